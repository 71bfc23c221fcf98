"""How people write yes and no, amounts, times and questions. Pure text in, values out."""

from bot.reading.amounts import find_duration, find_severity
from bot.reading.questions import split_questions
from bot.reading.yes_no import (
    NOT_SURE,
    begins_with_yes,
    looks_like_a_question,
    normal,
    opens_with_no,
    opens_with_yes,
    says_no,
    says_not_sure,
    says_yes,
    without_not_sure,
)

__all__ = [
    "NOT_SURE",
    "begins_with_yes",
    "find_duration",
    "find_severity",
    "looks_like_a_question",
    "normal",
    "opens_with_no",
    "opens_with_yes",
    "says_no",
    "says_not_sure",
    "says_yes",
    "split_questions",
    "without_not_sure",
]
