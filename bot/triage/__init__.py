"""Triage as data: the protocol, how answers are read, and which care they point to. Pure: no Rasa, no database."""

from bot.triage.answers import Answer, own_words, read_answer
from bot.triage.assess import Assessment, assess
from bot.triage.corrections import Correction, read_correction
from bot.triage.course import (
    asked_questions,
    is_answered,
    may_be_asked,
    pending_question,
    progress,
    question_before,
    settled,
)
from bot.triage.load import ProtocolError, load_protocol, the_protocol
from bot.triage.protocol import DOES_NOT_APPLY, Answers, Protocol, Question
from bot.triage.told import told_answers, with_others

__all__ = [
    "DOES_NOT_APPLY",
    "Answer",
    "Answers",
    "Assessment",
    "Correction",
    "Protocol",
    "ProtocolError",
    "Question",
    "asked_questions",
    "assess",
    "is_answered",
    "load_protocol",
    "may_be_asked",
    "own_words",
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
