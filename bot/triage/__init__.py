"""Triage as data: the protocol, how answers are read, and which care they point to. Pure: no Rasa, no database."""

from bot.triage.answers import Answer, read_answer
from bot.triage.assess import assess
from bot.triage.corrections import Correction, read_correction
from bot.triage.course import (
    is_answered,
    may_be_asked,
    pending_question,
    progress,
    question_before,
    settled,
)
from bot.triage.load import ProtocolError, load_protocol, the_protocol
from bot.triage.protocol import DOES_NOT_APPLY, Answers, Protocol, Question
from bot.triage.told import others_told, told_answers, with_others

__all__ = [
    "DOES_NOT_APPLY",
    "Answer",
    "Answers",
    "Correction",
    "Protocol",
    "ProtocolError",
    "Question",
    "assess",
    "is_answered",
    "load_protocol",
    "may_be_asked",
    "others_told",
    "pending_question",
    "progress",
    "question_before",
    "read_answer",
    "read_correction",
    "settled",
    "the_protocol",
    "told_answers",
    "with_others",
]
