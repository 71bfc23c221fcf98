"""Triage as data: the protocol, how answers are read, and which care they point to. Pure: no Rasa, no database."""

from bot.triage.answers import Answer, read_answer, volunteered_answers
from bot.triage.assess import Assessment, assess
from bot.triage.protocol import Protocol, Question, load_protocol, the_protocol

__all__ = [
    "Answer",
    "Assessment",
    "Protocol",
    "Question",
    "assess",
    "load_protocol",
    "read_answer",
    "the_protocol",
    "volunteered_answers",
]
