"""How people write yes and no, amounts, times and questions. Pure text in, values out."""

from bot.reading.amounts import find_age, find_duration, find_severity, is_severity, read_age, without_age
from bot.reading.questions import split_questions
from bot.reading.words import alternatives, has_word
from bot.reading.yes_no import (
    NOT_SURE,
    begins_with_yes,
    has_denial,
    looks_like_a_question,
    normal,
    opens_a_question,
    opens_with_no,
    opens_with_yes,
    says_no,
    says_not_sure,
    says_yes,
    without_not_sure,
)

__all__ = [
    "NOT_SURE",
    "alternatives",
    "begins_with_yes",
    "find_age",
    "find_duration",
    "find_severity",
    "has_denial",
    "has_word",
    "is_severity",
    "looks_like_a_question",
    "normal",
    "opens_a_question",
    "opens_with_no",
    "opens_with_yes",
    "read_age",
    "says_no",
    "says_not_sure",
    "says_yes",
    "split_questions",
    "without_age",
    "without_not_sure",
]
