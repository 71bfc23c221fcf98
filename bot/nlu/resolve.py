"""What a message means at this point of the conversation: the classifier's opinion, corrected by what was asked.

Pure: what was heard and the state in, intent and values out. In this order: a red flag that interrupts wins over
everything; then the pending question of a form; then another language, what was offered last, several questions at
once, and doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.handoff import BOOKING_FIELDS, BOOKING_SLOTS, CONFIRMATION
from bot.nlu.booking import asked_for_a_visit, at_booking_question
from bot.nlu.intake import GIVEN, INTAKE_CONSENT, may_take
from bot.nlu.likely import question_knows_better, sign_told
from bot.nlu.pending import at_triage_question, corrected
from bot.nlu.reading import (
    AGAIN,
    ALARMING_ANSWERS,
    ALARMS,
    ASK_ABOUT_SIGN,
    ASK_SEVERAL,
    ASK_WHICH,
    ASKED_BOOKING_HERE,
    ASKED_ERASURE,
    ASKED_TRIAGE_HERE,
    ASKED_WHICH,
    BOOK,
    BOOKING_FORM,
    CLEARED,
    CONFIRM_ERASURE,
    CONTROLS,
    DECLINE_BOOKING_HERE,
    DECLINE_CONTACT,
    DECLINE_TRIAGE_HERE,
    DELETE_MY_DATA,
    DO_I_HAVE_IT,
    FALLBACK,
    FIRST,
    INFORM,
    KEEP_DATA,
    NOT_A_TOPIC,
    OUT_OF_SCOPE,
    REPORT,
    REPORT_URGENT,
    RESTART,
    RESTART_TRIAGE,
    RESUME,
    STOP,
    SURE,
    TRIAGE_FORM,
    TRIAGE_STATE,
    UNSURE,
    Heard,
    Reading,
    State,
    alarm,
    is_alarmed,
    is_topic,
    triage_answers,
)
from bot.reading import (
    begins_with_yes,
    has_denial,
    looks_like_a_question,
    normal,
    opens_with_no,
    opens_with_yes,
    says_no,
    says_not_sure,
    says_yes,
)
from bot.reading.language import Language, other_language
from bot.safety import Disposition, gravest
from bot.topics import FIRST_OFFER, asks_to_resume, follow_up, picked, topic_titles
from bot.triage import Protocol, assess, read_correction, told_answers
from bot.triage.answers import is_own_word
from bot.triage.ending import HANDOFF
from bot.triage.ending import State as TriageState
from bot.triage.protocol import REOPENED

_SYMPTOM_REPORTS = frozenset({REPORT, DO_I_HAVE_IT})
# What a red flag outside a form turns into a report of symptoms: these would pass over it.
_PASSES_OVER = NOT_A_TOPIC | {"greet", "goodbye", "thank", STOP}
_LEAVES_BOOKING = frozenset({STOP, RESTART, DELETE_MY_DATA, DECLINE_CONTACT})
# What a general question that names a red flag is taken for; it is answered with the care that the sign calls for.
_ABOUT_SIGNS = frozenset({"ask_signs", "ask_causes", DO_I_HAVE_IT, "ask_medication_or_other_advice"})
_LANGUAGES = {Language.SPANISH: "speak_spanish", Language.OTHER: "speak_other_language"}
# What is begun by a yes to the question whether it may be asked on this channel, and what a no to it means.
_WORD = re.compile(r"\w+")
# nothing else is explicit enough for it: "yes, call me" means the other way
_AGREES = frozenset(
    {"yes", "yes please", "yes i agree", "i agree", "ok", "okay", "sure", "go ahead", "yes ask me here", "ask me here"}
)
_AGREED_HERE = {ASKED_TRIAGE_HERE: REPORT, ASKED_BOOKING_HERE: BOOK}
_DECLINED_HERE = {ASKED_TRIAGE_HERE: DECLINE_TRIAGE_HERE, ASKED_BOOKING_HERE: DECLINE_BOOKING_HERE}
_SORRY = {FALLBACK: "utter_not_understood", OUT_OF_SCOPE: "utter_out_of_scope"}
AMBIGUITY, AMBIGUOUS_CARE = "ambiguity", "ambiguous_care"
_NONE = "none"  # the care of words that the patient has said to be harmless
_OFFERS = ("utter_offer_topics", "utter_offer_rest", HANDOFF)
_NOT_UNDERSTOOD = 0.25  # below it nothing is likely
_IN_DOUBT = 0.35  # below it the likeliest topics are offered
_LIKELY_ENOUGH = 0.08  # to be one of them
_MOST_OFFERED = 3
_SURE_PART = 0.68  # from here on a part of a message is a question of its own
_WORDS_OF_A_LANGUAGE = 4  # in a form, fewer words may be an answer
_WORDS_BEYOND_A_NAME = 7  # where a name is asked for, fewer words may be one


def resolve(protocol: Protocol, heard: Heard, state: State) -> Reading:
    """Finds what a message means at this point of the conversation.

    Args:
        protocol: The triage protocol.
        heard: The message, and what was made of it by itself.
        state: Where the conversation stands.

    Returns:
        The reading. `disposition` among its values is the care that findings and answers ask for. Where nothing may be
        taken, there are no answers and no details among them.
    """
    if may_take(heard.intake, state.slots):
        return _resolved(protocol, heard, state)
    return _untaken(protocol, _resolved(protocol, heard, replace(state, form=None, requested=None, interrupted=None)))


def _untaken(protocol: Protocol, reading: Reading) -> Reading:
    """The reading without answers and details; the care that the answers ask for stays."""
    known = assess(protocol, reading.values).disposition
    left_out = {*protocol.all_slots, *BOOKING_SLOTS, REOPENED, ALARMING_ANSWERS}
    kept = {slot: value for slot, value in reading.values.items() if slot not in left_out}
    if known is not Disposition.ROUTINE:
        kept["disposition"] = gravest([known, kept.get("disposition")])
    return replace(reading, values=kept)


def _resolved(protocol: Protocol, heard: Heard, state: State) -> Reading:
    """The reading at this point of the conversation, with all that the message tells."""
    if heard.ambiguity and state.slots.get(AMBIGUITY) == heard.ambiguity.id and state.slots[AMBIGUOUS_CARE] == _NONE:
        # what reaches beyond the message was found in it and the fragment before it together
        heard = replace(heard, findings=[one for one in heard.findings if one.end > len(heard.text)])
    if which := _which(protocol, heard, state):
        return which
    question = protocol.question(state.requested) if state.form == TRIAGE_FORM else None
    reviewed = question is not None and is_own_word(question, heard.text)  # its care stands in the protocol
    found = None if reviewed else gravest(finding.disposition for finding in heard.findings)
    if found in ALARMS and question_knows_better(question, heard):
        found, heard = None, replace(heard, findings=())
    if found in ALARMS:
        alarming = alarm(found, heard.of_another)
        told = sign_told(question, heard) if question else {}
        return replace(alarming, values={**alarming.values, ALARMING_ANSWERS: told}) if told else alarming
    reading = _at_this_point(protocol, heard, state)
    if found is not None and state.form == TRIAGE_FORM:
        found = _beyond_the_answers(protocol, heard, reading)
    if found is None or reading.intent in ALARMS.values():
        return _apologetic(reading, state)
    graver = gravest([found, reading.values.get("disposition")])
    reading = replace(reading, values={**reading.values, "disposition": graver})
    if state.form == BOOKING_FORM and reading.intent in _LEAVES_BOOKING and found is Disposition.URGENT_SAME_DAY:
        return replace(reading, intent=REPORT_URGENT)  # first of all this; the question comes once more
    return _not_passed_over(reading, found) if state.form is None else reading


def _beyond_the_answers(protocol: Protocol, heard: Heard, reading: Reading) -> Disposition | None:
    """The care of the red flags that no answer of the reading stands for: an answer can be corrected later."""
    options = (question.option(reading.values.get(question.slot)) for question in protocol.questions)
    answered_by = {option.flag for option in options if option}
    return gravest(finding.disposition for finding in heard.findings if finding.flag not in answered_by)


def _which(protocol: Protocol, heard: Heard, state: State) -> Reading | None:
    """The reading of what may be a red flag or may not: it is asked about once; None where nothing of the kind is open.

    Booking asks about it only where it would alarm otherwise. To a red-flag question of triage it is an answer.
    """
    if state.last_response == ASKED_WHICH:
        return _told_which(heard, state)
    ambiguity = heard.ambiguity
    if ambiguity is None or state.slots.get(AMBIGUITY) == ambiguity.id:
        return None
    found = {finding.disposition for finding in heard.findings}
    if Disposition.CRISIS in found:
        return None
    if ambiguity.disposition is not Disposition.CRISIS:
        question = protocol.question(state.requested)
        is_answer = state.form == TRIAGE_FORM and question is not None and question.kind == "choice"
        is_harmless_here = state.form == BOOKING_FORM and Disposition.EMERGENCY not in found
        if is_alarmed(state) or is_answer or is_harmless_here:
            return None
    return Reading(ASK_WHICH, 1.0, {AMBIGUITY: ambiguity.id, AMBIGUOUS_CARE: ambiguity.disposition})


def _told_which(heard: Heard, state: State) -> Reading | None:
    """The reading of what follows that question: a yes or a doubt alarms, a no clears, what is neither is asked again.

    A red flag in it, or a topic of its own, is read by itself.
    """
    if says_no(heard.text):
        return _cleared(state)
    if opens_with_yes(heard.text) or says_not_sure(heard.text):
        crisis = state.slots.get(AMBIGUOUS_CARE) == Disposition.CRISIS.value
        return alarm(Disposition.CRISIS if crisis else Disposition.EMERGENCY, heard.of_another)
    if heard.findings:
        return None
    if opens_with_no(heard.text) and heard.harmless_rest and not looks_like_a_question(heard.text):
        return _cleared(state)
    opinion = _opinion(heard)
    is_its_own = opinion.intent in CONTROLS or is_topic(opinion, SURE) or _language(heard.text, state) is not None
    return None if is_its_own else Reading(ASK_WHICH, 1.0)


def _cleared(state: State) -> Reading:
    """The reading of a no to that question: what was interrupted goes on."""
    return Reading(RESUME[state.interrupted] if state.interrupted else CLEARED, 1.0, {AMBIGUOUS_CARE: _NONE})


def _at_this_point(protocol: Protocol, heard: Heard, state: State) -> Reading:
    """The reading by what is pending."""
    opinion = _opinion(heard)
    if language := _language(heard.text, state):
        return Reading(_LANGUAGES[language], 1.0)
    if heard.asked and not heard.findings and (opinion.intent in _ABOUT_SIGNS or opinion.intent in NOT_A_TOPIC):
        return Reading(ASK_ABOUT_SIGN, 1.0, {"asked_care": heard.asked})
    question = protocol.question(state.requested)
    if state.form == TRIAGE_FORM and question is not None:
        reading = at_triage_question(protocol, question, heard, opinion, state)
    elif state.form == BOOKING_FORM and state.requested in (*BOOKING_FIELDS, CONFIRMATION):
        reading = at_booking_question(state.requested, heard.text, opinion, bool(heard.findings), state)
    else:
        reading = _outside_forms(protocol, heard, opinion, state)
    topics = _several_topics(heard)
    return Reading(ASK_SEVERAL, 1.0, {"topics": topics}) if topics and reading.intent in topic_titles() else reading


def _opinion(heard: Heard) -> Reading:
    """What the classifier makes of the message; nothing, where nothing is likely."""
    intent, likelihood = heard.ranking[0] if heard.ranking else (FALLBACK, 0.0)
    has_words = any(letter.isalnum() for letter in heard.text)
    return Reading(intent if has_words and likelihood >= _NOT_UNDERSTOOD else FALLBACK, likelihood)


def _language(text: str, state: State) -> Language | None:
    """The language of a message, if it is not English; a few words may be a name, or an answer."""
    least = _WORDS_BEYOND_A_NAME if state.requested == "patient_name" else _WORDS_OF_A_LANGUAGE
    if state.form is not None and len(text.split()) < least:
        return None
    return other_language(text)


def _outside_forms(protocol: Protocol, heard: Heard, opinion: Reading, state: State) -> Reading:
    """The reading of a message that no form waits for."""
    if state.last_response == ASKED_ERASURE and (decided := _decided_on_erasure(heard.text, opinion, state)):
        return decided
    if state.last_response in _AGREED_HERE and (decided := _decided_on_intake(heard.text, state.last_response)):
        return decided
    if referred := _referred(heard.text, opinion, state):
        return Reading(referred, 1.0)
    if opinion.intent == BOOK:
        return asked_for_a_visit(opinion, heard.text, state)
    if not is_topic(opinion, SURE) and (correction := _corrected_afterwards(protocol, heard.text, state)):
        return correction
    if opinion.intent in _SYMPTOM_REPORTS | {INFORM}:
        flags = [finding.flag for finding in heard.findings]
        told = told_answers(protocol, heard.text, flags)
        if state.interrupted == TRIAGE_FORM:  # what waits is not told anew
            told = {slot: answer for slot, answer in told.items() if state.slots.get(slot) is None}
        return _report(opinion, told, protocol.place.slot)
    likely = [name for name, likelihood in heard.ranking if likelihood >= _LIKELY_ENOUGH and name in topic_titles()]
    if opinion.intent in topic_titles() and opinion.confidence < _IN_DOUBT and len(likely) > 1:
        return Reading(UNSURE, opinion.confidence, {"topics": likely[:_MOST_OFFERED]})
    return opinion


def _decided_on_erasure(text: str, opinion: Reading, state: State) -> Reading | None:
    """The reading of what follows the question whether everything is to be deleted; None where it decides nothing."""
    is_yes = says_yes(text) or (begins_with_yes(text) and opinion.intent == DELETE_MY_DATA)
    if is_yes and not has_denial(text):  # "no worries" is a yes elsewhere; what cannot be undone needs a plain one
        return Reading(CONFIRM_ERASURE, 1.0)
    if opens_with_no(text) and not looks_like_a_question(text):
        return Reading(RESUME[state.interrupted] if state.interrupted else KEEP_DATA, 1.0)
    return None


def _decided_on_intake(text: str, asked: str) -> Reading | None:
    """The reading of what follows the question whether something may be asked on this channel; None where no answer."""
    if " ".join(_WORD.findall(normal(text))) in _AGREES and not looks_like_a_question(text):
        return Reading(_AGREED_HERE[asked], 1.0, {INTAKE_CONSENT: GIVEN})
    if says_no(text) or (opens_with_no(text) and not looks_like_a_question(text)):
        return Reading(_DECLINED_HERE[asked], 1.0)
    return None


def _corrected_afterwards(protocol: Protocol, text: str, state: State) -> Reading | None:
    """The reading of a correction right after the end of triage, which is then summed up anew; None for others."""
    if state.last_response != HANDOFF or state.slots.get(TRIAGE_STATE) != TriageState.ENDED.value:
        return None
    answers = triage_answers(protocol, state)
    correction = read_correction(protocol, answers, None, text) if assess(protocol, answers).complete else None
    return corrected(protocol, answers, correction, state) if correction else None


def _report(opinion: Reading, told: Mapping[str, Any], place: str) -> Reading:
    """A report of symptoms with what it tells; an answer that nothing asked for is one if it names a place."""
    if opinion.intent == INFORM and place not in told:
        return replace(opinion, intent=FALLBACK)
    intent = REPORT if opinion.intent == INFORM else opinion.intent
    return replace(opinion, intent=intent, values=told)


def _referred(text: str, opinion: Reading, state: State) -> str | None:
    """What a message means that takes an offer, or leans on the last answer; None where it stands by itself."""
    if state.interrupted and asks_to_resume(text):
        return RESUME[state.interrupted]
    if state.interrupted == TRIAGE_FORM and opinion.intent == RESTART:
        return RESTART_TRIAGE
    if typed := state.offers.get(normal(text)):
        return typed
    offers = list(state.offers.values())
    place = picked(text)
    if place is not None and place < len(offers):
        return offers[place]
    if state.last_response in _OFFERS and opinion.intent == "affirm" and says_yes(text):
        return offers[0] if offers else None
    topic = (state.last_response or "").removeprefix("utter_")
    means = follow_up(text, topic) if topic in topic_titles() else None
    if means != FIRST_OFFER:
        return means
    return next((offer for offer in offers if f"utter_{offer}" not in state.told), "ask_capabilities")


def _several_topics(heard: Heard) -> list[str]:
    """The topics that a message asks for, if there are several, each once and in their order."""
    topics = dict.fromkeys(
        name for name, likelihood in heard.parts if likelihood >= _SURE_PART and name in topic_titles()
    )
    return list(topics) if len(topics) > 1 else []


def _apologetic(reading: Reading, state: State) -> Reading:
    """The reading with the wording that an apology takes: not the one that was just said."""
    if reading.intent not in _SORRY:
        return reading
    said = state.last_response == _SORRY[reading.intent] and state.slots.get("apology") != AGAIN
    return replace(reading, values={**reading.values, "apology": AGAIN if said else FIRST})


def _not_passed_over(reading: Reading, found: Disposition) -> Reading:
    """The reading with what was found told at once, or asked about; at the end of a form it is told anyway."""
    if found is Disposition.URGENT_SAME_DAY:
        return replace(reading, intent=REPORT_URGENT)
    return replace(reading, intent=REPORT) if reading.intent in _PASSES_OVER else reading
