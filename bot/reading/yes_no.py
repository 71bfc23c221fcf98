"""Yes, no, not sure, and questions, as people type them."""

from __future__ import annotations

import re

NOT_SURE = "not_sure"

_YES = re.compile(
    r"^(?:(?:oh|um+|uh+|well|hmm+|i guess|i think|i believe|unfortunately)[ ,]+)*"
    r"(?:y|ye+s+|yeah+|yea|yep+|yup+|ya|yah|yess+ir|si|sí|sure|ok(?:ay)?|k|correct|absolutely|definitely|"
    r"affirmative|of course|go ahead|please do|kind ?of|kinda|sort ?of|a little|a bit|sometimes|so$|"
    r"(?:i do|i have|i am|it does|it is|i did|there is)$)\b"
)
_NO = re.compile(
    r"^(?:(?:oh|um+|uh+|well|hmm+|i think|thankfully|luckily|thank god)[ ,]+)*"
    r"(?:n|no+|nope+|nah+|na|none|negative|nothing|neither|no way|nada|"
    r"never(?: had| have|$)|not(?: at all| really| that i| any| yet|$)|"
    r"(?:i|it|we) (?:do not|don'?t|have not|haven'?t|did not|didn'?t|does not|doesn'?t|isn'?t)"
    r"(?: (?:have|think so|believe so|feel|get|got|had|any)|$))\b"
)
_NOT_SURE = re.compile(
    r"\b(?:not (?:really |quite |too |so |100% )?(?:sure|certain)|unsure|"
    r"(?:do not|don'?t|dunno|cannot|can'?t|couldn'?t) ?(?:really )?"
    r"(?:know|tell|say|remember|recall)|dunno|idk|no idea|no clue|hard to (?:say|tell)|maybe|perhaps|possibly|might be|"
    r"could be)\b"
)
_BUT = re.compile(
    r"\b(?:but|except|although|though|however|only|just|sometimes|a little|a bit|until|unless|yes|yeah)\b"
)
_SHORT_NO = 8  # words; a longer denial may hold more than a no
_QUESTION_WORDS = re.compile(
    r"^(?:(?:ok(?:ay)?|so|and|but|um+|hey|hi|well|wait|first|also|actually|sorry)[ ,]+)*"
    r"(?:what|whats|how|hows|why|when|where|wheres|who|which|can|could|do|does|did|is|are|will|would|should|shall|may|"
    r"tell me|explain|show me|give me|talk to me about)\b"
)


def normal(text: str) -> str:
    """The text in small letters, with plain apostrophes and single spaces, without marks at its ends."""
    plain = " ".join(text.lower().replace("’", "'").split())
    return plain.strip(" .,!;:\"'()")


def says_not_sure(text: str) -> bool:
    """Whether the message says that its writer does not know."""
    return bool(_NOT_SURE.search(normal(text)))


def says_yes(text: str) -> bool:
    """Whether the message begins as a yes, and is not a maybe."""
    return bool(_YES.search(normal(text))) and not says_not_sure(text)


def says_no(text: str) -> bool:
    """Whether the message is a plain no: short, and with nothing behind a `but`."""
    plain = normal(text)
    return (
        bool(_NO.search(plain))
        and not says_not_sure(text)
        and not _BUT.search(plain)
        and len(plain.split()) <= _SHORT_NO
    )


def looks_like_a_question(text: str) -> bool:
    """Whether the message asks something: by its mark, or by its first words."""
    return text.rstrip().endswith("?") or bool(_QUESTION_WORDS.search(normal(text)))
