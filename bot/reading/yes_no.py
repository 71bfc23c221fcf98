"""Yes, no, not sure, and questions, as people type them. What is not plainly one of these is none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

NOT_SURE = "not_sure"

_FILE = Path(__file__).with_name("yes_no.yml")
_LISTS: dict[str, frozenset[str]] = {
    name: frozenset(words) for name, words in yaml.safe_load(_FILE.read_text(encoding="utf-8")).items()
}
_OPENERS = _LISTS["openers"]
_YES = _LISTS["yes_words"]
_YES_FILLERS = _LISTS["yes_fillers"]
_YES_PHRASES = _LISTS["yes_phrases"]
_NO = _LISTS["no_words"]
_NO_VERBS = _LISTS["no_verbs"]
_NO_FILLERS = _LISTS["no_fillers"]
_LEADS_ON = _LISTS["leads_on"]
_AFTER_LEAD = _LISTS["after_lead"]
_NO_PHRASES = _LISTS["no_phrases"]
_NO_ENDINGS = _LISTS["no_endings"]

_WORD = re.compile(r"[\w']+")
_NOT_SURE = re.compile(
    r"\b(?:not (?:really |quite |too |so |100% )?(?:sure|certain)|unsure|"
    r"(?:i )?(?:do not|don'?t|cannot|can'?t|couldn'?t) ?(?:really )?(?:know|tell|say|remember|recall)\b(?! when| if i)|"
    r"dunno|idk|no idea|no clue|hard to (?:say|tell)|maybe|perhaps|possibly|might be|could be)\b"
)

_CONTRARY = re.compile(
    r"\b(?:no|not|never|none|nothing|neither|normal|fine|ok|okay|good|well|don'?t|doesn'?t|isn'?t|can'?t|won'?t|"
    r"stop|cancel|wait|later|what|how|why|fall asleep)\b|n't\b|\?"
)
_BEGINS_YES = re.compile(
    r"^(?:(?:oh|um+|uh+|well|hmm+|unfortunately|i think|i guess)[ ,]+)*"
    r"(?:y|ye+s+|yeah+|yea|yep+|yup+|ya|yah|si|sí|absolutely|definitely|affirmative|unfortunately|sadly)\b[ ,.:]*"
)


_SUBJECT = (
    r"(?:i|you|u|it|this|that|the|my|your|there|we|they|he|she|psoas|a|an|any|people|anyone|someone|chiropract\w*)"
)
_QUESTION_START = re.compile(
    r"^(?:(?:ok(?:ay)?|so|and|but|um+|hey|hi|hello|well|wait|first|also|actually|sorry|please|just)[ ,]+)*"
    r"(?:(?:what|whats|what's|how|hows|how's|why|which|who|whats|tell me|explain|show me|talk to me about)\b|"
    r"(?:when|where|wheres|where's) (?:is|are|do|does|did|can|could|will|would|should|was|were|to)\b|"
    rf"(?:can|could|do|does|did|is|are|will|would|should|shall|may|am) {_SUBJECT}\b)"
)


def normal(text: str) -> str:
    """The text in small letters, with plain apostrophes and single spaces, without marks at its ends."""
    plain = " ".join(text.lower().replace("’", "'").split())
    return plain.strip(" .,!;:\"'()")


def says_not_sure(text: str) -> bool:
    """Whether the message says that its writer does not know."""
    return bool(_NOT_SURE.search(normal(text)))


def without_not_sure(text: str) -> str:
    """The message without the words that say so."""
    return _NOT_SURE.sub(" ", normal(text))


def says_yes(text: str) -> bool:
    """Whether the whole message is a plain yes: nothing in it could be anything else."""
    if "?" in text or says_not_sure(text):
        return False
    words = _words(text)
    if " ".join(words) in _YES_PHRASES:
        return True
    return bool(words) and words[0] in _YES and all(word in _YES | _YES_FILLERS for word in words)


def opens_with_yes(text: str) -> bool:
    """Whether the message opens with a yes, whatever follows: "yes, i can't hold it"."""
    return bool(_BEGINS_YES.match(normal(text)))


def opens_with_no(text: str) -> bool:
    """Whether the first word is a no by itself, whatever follows; "not" and "none" are none."""
    return _words(text)[:1] in (["no"], ["nope"], ["nah"])


def begins_with_yes(text: str) -> bool:
    """Whether the message begins as a yes, and nothing in it speaks against that: "yes, since monday"."""
    plain = normal(text)
    yes = _BEGINS_YES.match(plain)
    return yes is not None and not says_not_sure(text) and not _CONTRARY.search(plain[yes.end() :]) and "?" not in text


def has_denial(text: str) -> bool:
    """Whether any word of the message denies, whatever the whole of it means: "no worries", "i don't mind"."""
    return any(word in _NO | _NO_VERBS or word.endswith("n't") for word in _words(text))


def says_no(text: str, denied: Iterable[str] = ()) -> bool:
    """Whether the whole message is a plain no: nothing in it could be anything else.

    Args:
        text: What was typed.
        denied: What may be denied in the message: with "numbness" among them, "no numbness" is a no as well.

    Returns:
        True for "no", "nope, nothing like that", "i don't have any numbness"; False for "no, it feels different".
    """
    if "?" in text or says_not_sure(text):
        return False
    words = _words(text)
    if " ".join(words) in _NO_PHRASES:
        return True
    words = _with_topics(_without_ending(words), denied)
    while words and words[0] in _OPENERS:
        words = words[1:]
    return any(word in _NO | _NO_VERBS for word in words) and all(
        _fits_a_no(words, place) for place in range(len(words))
    )


def looks_like_a_question(text: str) -> bool:
    """Whether the message asks something: by its mark, or by its first words."""
    return text.rstrip().endswith("?") or opens_a_question(text)


def opens_a_question(text: str) -> bool:
    """Whether the message asks something by its first words: "what about", not "maybe a 6?"."""
    return bool(_QUESTION_START.search(normal(text)))


_TOPIC = "<topic>"


def _words(text: str) -> list[str]:
    return _WORD.findall(normal(text))


def _without_ending(words: list[str]) -> list[str]:
    """The words without what may end a no."""
    line = " ".join(words)
    ending = next((ending for ending in _NO_ENDINGS if line.endswith(f" {ending}")), "")
    return line.removesuffix(ending).split()


def _with_topics(words: list[str], denied: Iterable[str]) -> list[str]:
    """The words, with each thing that may be denied as one mark."""
    line = " ".join(words)
    for topic in sorted(denied, key=len, reverse=True):
        line = re.sub(rf"\b{re.escape(topic)}\b", _TOPIC, line)
    return line.split()


def _fits_a_no(words: list[str], place: int) -> bool:
    """Whether a word has its place in a plain no."""
    word = words[place]
    before = words[place - 1] if place else ""
    behind = words[place + 1] if place + 1 < len(words) else ""
    if word == _TOPIC:  # "no fever chills" denies the fever alone, as far as anyone can tell
        return before in _NO | _NO_VERBS | _NO_FILLERS | _LEADS_ON
    if word in _LEADS_ON:
        return behind == _TOPIC or behind in _AFTER_LEAD or (not behind and before in _NO_VERBS | {"not"})
    return word in _NO | _NO_VERBS | _NO_FILLERS
