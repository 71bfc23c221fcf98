"""Severity, age and lengths of time as people type them: "six or seven", "7/10", "3 wks", "since last tuesday"."""

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
    r"(?:sec(?:ond)?s?|min(?:ute)?s?|h(?:ou)?rs?|days?|nights?|w(?:ee)?ks?|mos?|months?|mnths?|m(?:ou?n)?ths?|monts?|y(?:ea)?rs?|yeras?|"
    r"fortnights?|w(?:ea|eee+|e)ks?|weekss|dayss?|dayz|decades?)"
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
    rf"(?:good |more |whole )?{_UNIT}\b(?!,?[ -]old)(?: (?:and a half|or so|now|ago))?)"
    rf"|\b(?:since|started|starting|from|back in|in|on) (?:last |this |early |late |the )?"
    rf"(?:{_DAY}|{_MONTH}|week|month|year|yesterday|birth|childhood|(?:19|20)\d\d|i was \w+)\b"
    rf"|\b(?:since|after) (?:i|my|the|a) [\w' ]{{2,40}}"
    rf"|\b(?:last|this) (?:{_DAY}|{_MONTH}|week|weekend|month|year|morning|afternoon|evening|night)\b"
    rf"|\b(?:yesterday|today|tonight|just now|all my life|my whole life|my entire life|forever|for ever|always|ages|"
    rf"(?:a |quite a |a long )?while|(?:a )?(?:long|short) time|(?:for )?(?:days|weeks|months|years|decades)(?! old)|"
    rf"overnight|recently|not long|on and off|off and on)\b"
)
_OUT_OF = re.compile(r"\b\d{1,2} out of \d{1,2} (?:times|days|nights)\b")
_OUT_OF_TEN = re.compile(r"\s*(?:/|out of|over|of)\s*(?:10|ten)\b")
_SEVERITY = re.compile(rf"(?<![\d.$])(\d{{1,2}}(?:\.\d+)?|{'|'.join(_NUMBER_WORDS)})(?:ish)?(?![\d%])")
_NO_PAIN = frozenset(["none", "no pain", "nothing", "no pain at all", "it doesn't hurt", "it doesnt hurt"])
_PRONOUN = re.compile(
    r"\b(?:the|worst|no|this|that|which|any|every|some) ones?\b|\bones? (?:i|that|knows?|side|leg|hip)\b"
)
_TIME_BEHIND = re.compile(rf"\s*(?:{_UNIT}|am|pm|o'?clock)\b")

_LEAD = (
    r"(?:i'?d say|id say|i would say|say|it'?s|its|it is|is|was|pain|the|my|level|scale|number|about|around|like|maybe|"
    r"probably|roughly|at|a|an|of|solid|strong|good|more|between|prob|now|just|only|up to|severity|so) "
)
_NUMBER = rf"(?:(?:10|\d)(?:\.\d)?|{'|'.join(_NUMBER_WORDS)})"
_IS_SEVERITY = re.compile(
    rf"(?:{_LEAD})*{_NUMBER}(?:ish)?(?: ?(?:-|to|or|and) ?{_NUMBER})?(?: ?(?:/|out of|over|of) ?(?:10|ten))?"
    r"(?: (?:now|today|pain|i guess|i think|ish|or so|at worst|at its worst|max|on a bad day))*"
)
_TENS = {
    word: 10 * number
    for number, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_TEENS = {
    word: number
    for number, word in enumerate(
        ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], 11
    )
}
_SPELT_AGE = re.compile(rf"\b({'|'.join(_TENS)})(?:[ -]?({'|'.join(_NUMBER_WORDS)}))?\b|\b({'|'.join(_TEENS)})\b")
_AGE_UNIT = r"(?:y(?:ea)?rs?|yo|y/o|y\.o\.?|years?)"
_PERSON = r"(?:man|woman|male|female|guy|gal|girl|boy|lady|gentleman|mom|dad|grandma|grandpa|runner|teacher|nurse)"
_AGE = re.compile(
    # of the writer alone: "i'm 45", "i am a 70 year old woman", "45 year old man" at the beginning, "(34F)"
    rf"\b(?:i'?m|i am|my age is|just turned|i turned) (?:now |only |just )?(\d{{2,3}})"
    rf"(?= ?{_AGE_UNIT}\b| ?$| ?[,.;!?)]| (?:and|with|now|but|so|here|male|female|m|f)\b)(?!\.\d)"
    rf"|\b(?:i'?m|i am)(?: an?)? (\d{{1,3}})[ -]?{_AGE_UNIT}[ -]?(?:of age|old|\b)"
    rf"|^\W*(?:hi|hello|hey)?\W*(\d{{1,3}})[ -]?{_AGE_UNIT}[ -]?(?:old)? {_PERSON}\b"
    r"|(?<![\w.])\((\d{2}) ?[mf]\)|(?<![\w.])(\d{2})[mf](?![\w])"
)
_YEARS = re.compile(rf"\b(\d{{1,3}}) ?{_AGE_UNIT}(?: (?:old|young))?\b")
_NOT_YET = re.compile(r"\b(?:almost|nearly|not|turning|under|below|less than|going on) (?:quite |yet )?(\d{1,3})\b")
_LONE_NUMBER = re.compile(r"(?<![\w.,/-])(\d{1,3})(?![\w./%-]|,\d| (?:out of|of) (?:10|ten))")
_DECADE = re.compile(rf"\b(?:(\d)0'?s|({'|'.join(word[:-1] for word in _TENS)})ies)\b")
_MIDDLE_OF_DECADE = 5
_OLDEST = 120


def find_age(text: str) -> int | None:
    """Finds an age that a message tells of its writer: "i'm 45", "a 70 year old", "54 yo", "(34F)".

    Args:
        text: What the patient typed.

    Returns:
        The age in years, from 1 to 120; None where none is told.
    """
    found = _AGE.search(" ".join(text.lower().replace("’", "'").split()))
    number = int(next(group for group in found.groups() if group)) if found else 0
    return number if 0 < number <= _OLDEST else None


def without_age(text: str) -> str:
    """The message without the words that tell its writer's age."""
    return " ".join(_AGE.sub(" ", " ".join(text.split())).split())


def read_age(text: str) -> int | None:
    """Reads a message as the answer to "How old are you?": any single number will do, in figures or words.

    Args:
        text: What the patient typed.

    Returns:
        The age in years, from 1 to 120; None where there is none.
    """
    if told := find_age(text):
        return told
    plain = " ".join(re.sub(r"[^\w' -]+", " ", text.lower().replace("’", "'")).split())
    if decade := _DECADE.search(plain):
        figure, word = decade.groups()
        return (int(figure) * 10 if figure else _TENS[f"{word}y"]) + _MIDDLE_OF_DECADE
    if (spelt := _SPELT_AGE.search(plain)) and not find_duration(plain):
        tens, ones, teens = spelt.groups()
        return _TEENS[teens] if teens else _TENS[tens] + _NUMBER_WORDS.get(ones or "zero", 0)
    plain = _NOT_YET.sub(lambda said: str(int(said[1]) - 1), _YEARS.sub(r"\1", plain))
    is_of_time = any(letter.isdigit() for letter in find_duration(plain) or "")
    numbers = [] if is_of_time else [int(number) for number in _LONE_NUMBER.findall(plain)]
    return numbers[0] if len(numbers) == 1 and 0 < numbers[0] <= _OLDEST else None


def is_severity(text: str) -> bool:
    """Whether a few words tell nothing but how bad a pain is: "about a 7", "8/10", "pain level six"."""
    return bool(_IS_SEVERITY.fullmatch(" ".join(text.lower().replace("’", "'").split()).strip(" .!")))


def find_duration(text: str) -> str | None:
    """Finds a length of time, or a moment since when.

    Args:
        text: What the patient typed.

    Returns:
        The patient's own words for it, such as `about 3 weeks`; None where there are none.
    """
    found = _DURATION.search(_OUT_OF.sub(" ", " ".join(text.lower().replace("’", "'").split())))
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
