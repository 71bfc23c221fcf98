"""What the pending question of triage makes of a message by its likeness to taught answers, beside its own words."""

from __future__ import annotations

from bot.nlu.reading import Heard
from bot.reading import NOT_SURE, opens_with_no, opens_with_yes, says_no, says_yes
from bot.safety import Disposition, gravest
from bot.triage import Answer, Protocol, Question, read_answer
from bot.triage.answers import denies_another, gravity
from bot.triage.protocol import Option
from bot.triage.taught import UNCLEAR, has_word_of_a_sign, has_words_beyond_a_doubt

_SIGN = 0.5  # from here on a likeness is read as a sign of something,
_DOUBT = 0.6  # as a doubt,
_GRAVER = 0.7  # as a graver sign than was read, or as a sign in spite of a no at the beginning,
_CLEAR = 0.75  # or as all clear
_SURE_SIGN = 0.85  # from here on a message is known for this sign and no graver one


def answer_by_both(
    protocol: Protocol, question: Question, read: Answer | None, heard: Heard, is_topic: bool
) -> Answer | None:
    """The answer by the protocol's own words and by likeness to taught answers: the graver one where both speak.

    All clear by likeness asks for the most, for a message in which nothing was found and no word of a sign stands. All
    clear by a message that only begins with a yes or a no needs both.

    Args:
        protocol: The reviewed protocol.
        question: The question, which has options.
        read: What the protocol's words make of the message.
        heard: The message, and what was made of it by itself.
        is_topic: Whether the classifier is sure of a topic; a likely answer beats it from the level of all clear on.

    Returns:
        The answer, or None where neither settles it.
    """
    text = heard.text
    label, likelihood = _likeliest(heard)
    known, likely = question.option(read), question.option(label)
    if is_topic and not (opens_with_yes(text) or opens_with_no(text) or (likely is not None and likelihood >= _CLEAR)):
        return None
    if known is None:
        is_another = denies_another(protocol, question, text)
        return label if likely and not is_another and _is_likely_enough(question, likely, likelihood, heard) else None
    if says_yes(text) or says_no(text, question.denied):
        return read
    if likely is not None and likely.disposition is not None and likelihood >= _GRAVER:
        return label if gravest([known.disposition, likely.disposition]) is not known.disposition else read
    is_loose = known.disposition is None and not question.is_for_age
    agrees = label == known.id and likelihood >= _CLEAR
    return None if is_loose and not agrees else read


def sign_told(question: Question, heard: Heard) -> dict[str, Answer]:
    """The answer that a message which alarms gives to the pending question, if it tells a sign that this asks for."""
    label, likelihood = _likeliest(heard)
    read = read_answer(question, heard.text) if question.kind == "choice" else None
    likely = label if likelihood >= _SIGN else None
    found = [option for option in question.options if option.id in (read, likely)]
    signs = [option for option in found if option.disposition is not None and option.id != NOT_SURE]
    return {question.slot: max(signs, key=gravity).id} if signs else {}


def question_knows_better(question: Question | None, heard: Heard) -> bool:
    """Whether likeness alone would raise an emergency, and the pending question knows it for a doubt or a milder sign.

    A doubt must be nothing but one, in words that taught doubts have; a crisis is never known better.
    """
    if question is None or question.kind != "choice":
        return False
    if any(not one.by_likeness or one.disposition is Disposition.CRISIS for one in heard.findings):
        return False
    label, likelihood = _likeliest(heard)
    option = question.option(label)
    if option is None or option.disposition is None:
        return False
    if option.id == NOT_SURE:
        return likelihood >= _DOUBT and not has_words_beyond_a_doubt(question, heard.text)
    return likelihood >= _SURE_SIGN


def _is_likely_enough(question: Question, option: Option, likelihood: float, heard: Heard) -> bool:
    """Whether an option counts by likeness alone."""
    if option.id == NOT_SURE:
        return likelihood >= _DOUBT
    if option.disposition is not None:
        return likelihood >= (_GRAVER if opens_with_no(heard.text) else _SIGN)
    return likelihood >= _CLEAR and not heard.findings and not has_word_of_a_sign(question, heard.text)


def _likeliest(heard: Heard) -> tuple[str, float]:
    """The option of the pending question that a message is most like to mean, with its likelihood."""
    return heard.answers[0] if heard.answers else (UNCLEAR, 0.0)
