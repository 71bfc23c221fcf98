"""Severity and lengths of time as people type them: "six or seven", "7/10", "3 wks", "since last tuesday"."""

from __future__ import annotations

import math
import re

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_UNIT = (
    r"(?:sec(?:ond)?s?|min(?:ute)?s?|h(?:ou)?rs?|days?|nights?|w(?:ee)?ks?|mos?|months?|mnths?|y(?:ea)?rs?|decades?)"
)
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|spring|summer|fall|autumn|winter|christmas|thanksgiving|easter|new years?)"
)
_DURATION = re.compile(
    rf"(?:(?:about|around|over|almost|nearly|roughly|for|maybe|past|last|the last|more than|at least|like) )*"
    rf"(?:(?:\d+(?:[.,]\d+)?(?: ?(?:-|to|or) ?\d+)?|{'|'.join(_NUMBER_WORDS)}|an?|half an?|(?:a )?couple(?: of)?|"
    rf"(?:a )?few|several|many|some) ?\+?(?:or (?:so|two|three|more) )?"
    rf"(?:good |more |whole )?{_UNIT}\b(?: (?:and a half|or so|now|ago))?)"
    rf"|\b(?:since|started|starting|from|back in|in|on) (?:last |this |early |late |the )?"
    rf"(?:{_DAY}|{_MONTH}|week|month|year|yesterday|birth|childhood|(?:19|20)\d\d|i was \w+)\b"
    rf"|\b(?:since|after) (?:i|my|the|a) [\w' ]{{2,40}}"
    rf"|\b(?:last|this) (?:{_DAY}|{_MONTH}|week|weekend|month|year|morning|afternoon|evening|night)\b"
    rf"|\b(?:yesterday|today|tonight|just now|all my life|my whole life|my entire life|forever|for ever|always|ages|"
    rf"(?:a |quite a |a long )?while|(?:a )?(?:long|short) time|(?:for )?(?:days|weeks|months|years|decades)|"
    rf"overnight|recently|not long|on and off|off and on)\b"
)
_OUT_OF_TEN = re.compile(r"\s*(?:/|out of|over|of)\s*(?:10|ten)\b")
_SEVERITY = re.compile(rf"(?<![\d.$])(\d{{1,2}}(?:\.\d+)?|{'|'.join(_NUMBER_WORDS)})(?:ish)?(?![\d%])")
_NO_PAIN = frozenset(["none", "no pain", "nothing", "no pain at all", "it doesn't hurt", "it doesnt hurt"])
_PRONOUN = re.compile(
    r"\b(?:the|worst|no|this|that|which|any|every|some) ones?\b|\bones? (?:i|that|knows?|side|leg|hip)\b"
)
_TIME_BEHIND = re.compile(rf"\s*(?:{_UNIT}|am|pm|o'?clock)\b")


def find_duration(text: str) -> str | None:
    """Finds a length of time, or a moment since when.

    Args:
        text: What the patient typed.

    Returns:
        The patient's own words for it, such as `about 3 weeks`; None where there are none.
    """
    found = _DURATION.search(" ".join(text.lower().replace("’", "'").split()))
    return found.group().strip() if found else None


def find_severity(text: str) -> int | None:
    """Finds how bad a pain is, from 0 to 10.

    Args:
        text: What the patient typed; of several numbers the highest counts.

    Returns:
        A whole number from 0 to 10, halves rounded up; None where there is none.
    """
    plain = _PRONOUN.sub(" ", _OUT_OF_TEN.sub(" ", " ".join(text.lower().replace("’", "'").split())))
    if plain.strip(" .!") in _NO_PAIN:
        return 0
    numbers = [
        _NUMBER_WORDS.get(found.group(1)) if found.group(1) in _NUMBER_WORDS else math.ceil(float(found.group(1)))
        for found in _SEVERITY.finditer(plain)
        if _stands_alone(plain, found) and not _TIME_BEHIND.match(plain, found.end())
    ]
    return max((number for number in numbers if number is not None and number <= 10), default=None)


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Whether the number is not a part of a longer word."""
    before = text[found.start() - 1] if found.start() else " "
    behind = text[found.end()] if found.end() < len(text) else " "
    return not before.isalpha() and not behind.isalpha()
