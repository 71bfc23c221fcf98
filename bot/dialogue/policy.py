"""Rasa's rule policy, and the one place where triage begins anew and ends: whatever the rules do, its ending is said.

Rules never utter the disclaimer or the handoff. When they are through with a message, and triage was left without its
ending (finished, stopped, alarmed, timed out, or lost by an error), the policy says it before it listens.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction, confidence_scores_for
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.facts import care
from bot.dialogue.intake import BOOKING_ELSEWHERE, in_place_of_a_form, left_behind
from bot.dialogue.rules import NearRulePolicy
from bot.handoff import AGREED, BOOKING_SLOTS, NOTHING_TOLD
from bot.nlu.intake import Intake
from bot.nlu.reading import (
    ALARMING_ANSWERS,
    ASKED_BOOKING_HERE,
    ASKED_ERASURE,
    ASKED_TRIAGE_HERE,
    ASKED_WHICH,
    BOOK,
    BOOKING_FORM,
    CONFIRM_ERASURE,
    DO_I_HAVE_IT,
    REPORT,
    RESTART,
    RESTART_TRIAGE,
    STOP,
    TRIAGE_FORM,
    TRIAGE_STATE,
    URGENT_WORDS,
)
from bot.nlu.slots import FORGOTTEN
from bot.nlu.turns import Turn, newest_turn
from bot.safety import Disposition
from bot.triage import assess, the_protocol
from bot.triage.ending import ELSEWHERE_WORDS, HANDOFF, Ending, State, last_words
from bot.triage.protocol import REOPENED

_BEGINS = frozenset({REPORT, DO_I_HAVE_IT, RESTART_TRIAGE})
_WAITS = (State.OPEN.value, State.PAUSED.value)
_LEAVES = frozenset({STOP, RESTART, CONFIRM_ERASURE})
_LAST_WORDS = frozenset({HANDOFF, BOOKING_ELSEWHERE, ASKED_TRIAGE_HERE, ASKED_BOOKING_HERE})
_ASKS_FIRST = frozenset({ASKED_WHICH, ASKED_ERASURE})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class TriagePolicy(NearRulePolicy):
    """Predicts as the rules do, and closes triage where they are through with a message; no message goes unanswered."""

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predicts the next action (see Rasa's Policy)."""
        turn = newest_turn(tracker.events)
        closed = left_behind(tracker.current_slot_values(), tracker.active_loop_name, turn)
        left = tracker.active_loop_name if closed else None
        if closed:
            tracker = tracker.copy()
            tracker.update_with_events(closed, domain)
        prediction = super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
        prediction = self._corrected(prediction, tracker, domain, turn, left)
        prediction.events[:0] = closed
        return prediction

    def _corrected(
        self, prediction: PolicyPrediction, tracker: DialogueStateTracker, domain: Domain, turn: Turn, left: str | None
    ) -> PolicyPrediction:
        """The rules' prediction, or another in its place."""
        action = domain.action_names_or_texts[prediction.max_confidence_index]
        slots = tracker.current_slot_values()
        rules_are_through = action in (ACTION_LISTEN_NAME, self._fallback_action_name)
        ending = _ending_due(slots, tracker.active_loop_name, turn, rules_are_through)
        if ending is None:
            if instead := in_place_of_a_form(slots, left, turn, action):
                changed = _beginning(slots, tracker.active_loop_name, turn, instead)
                return self._predict_instead(instead, domain, changed)
            if action == ACTION_LISTEN_NAME and turn.is_unanswered:
                return self._predict_instead(self._fallback_action_name, domain, [])
            if rules_are_through and not _LAST_WORDS.isdisjoint(turn.said[-1:]):
                return self._predict_instead(ACTION_LISTEN_NAME, domain, [])
            prediction.events.extend(_beginning(slots, tracker.active_loop_name, turn, action))
            return prediction
        words, *_ = [one for one in last_words(the_protocol(), ending, _care(slots)) if one not in turn.said]
        closes = _closing(slots, ending, turn) if words == HANDOFF and slots.get(TRIAGE_STATE) in _WAITS else []
        return self._predict_instead(words, domain, closes)

    def _predict_instead(self, action: str, domain: Domain, events: list[Event]) -> PolicyPrediction:
        """A prediction of another action than the rules', with what it changes."""
        scores = confidence_scores_for(action, 1.0, domain)
        return PolicyPrediction(scores, type(self).__name__, self.priority, events=events)

    @staticmethod
    def _find_action_from_default_actions(tracker: DialogueStateTracker) -> tuple[str | None, str | None]:
        """Rasa's action for `/session_start` alone: `/restart` and `/back` would forget findings on safety."""
        action, source = NearRulePolicy._find_action_from_default_actions(tracker)
        return (action, source) if action == ACTION_SESSION_START_NAME else (None, None)


def _care(slots: dict[str, Any]) -> Disposition:
    return care(the_protocol(), slots) or Disposition.ROUTINE


def _ending_due(slots: dict[str, Any], loop: str | None, turn: Turn, rules_are_through: bool) -> Ending | None:
    """Why triage must end now, or None where nothing ends."""
    alarmed = not URGENT_WORDS.isdisjoint(turn.said)
    if HANDOFF in turn.said or loop is not None or not _ASKS_FIRST.isdisjoint(turn.said):
        return None
    if turn.intake is Intake.ELSEWHERE or ELSEWHERE_WORDS in turn.said:
        return _ending_elsewhere(slots, turn, alarmed) if rules_are_through else None
    returns = turn.is_first and slots.get(TRIAGE_STATE) == State.PAUSED.value
    if slots.get(TRIAGE_STATE) != State.OPEN.value and not returns:
        return Ending.ALARMED if alarmed and rules_are_through else None
    is_complete = assess(the_protocol(), slots).complete
    if not rules_are_through:
        begins = turn.intent in _BEGINS or (turn.intent == BOOK and not returns)
        return (Ending.FINISHED if is_complete else Ending.KEPT) if begins and turn.intent != RESTART_TRIAGE else None
    if alarmed:
        return Ending.ALARMED
    if turn.intent in _LEAVES:
        return Ending.STOPPED
    return Ending.FINISHED if is_complete else Ending.KEPT


def _ending_elsewhere(slots: dict[str, Any], turn: Turn, alarmed: bool) -> Ending | None:
    """Why the words on triage end where none is opened; one of an earlier setting ends here."""
    is_open = slots.get(TRIAGE_STATE) == State.OPEN.value
    if alarmed:
        return Ending.ALARMED
    return Ending.ELSEWHERE if is_open or ELSEWHERE_WORDS in turn.said else None


def _closing(slots: dict[str, Any], ending: Ending, turn: Turn) -> list[Event]:
    """What the end of triage changes: where it stands, and the answers that raised an alarm, which are kept now."""
    alarming = turn.told.get(ALARMING_ANSWERS) or {}
    is_complete = assess(the_protocol(), {**slots, **alarming}).complete
    state = State.ENDED if is_complete else ending.state
    return [SlotSet(TRIAGE_STATE, state.value), *(SlotSet(slot, answer) for slot, answer in alarming.items())]


def _beginning(slots: dict[str, Any], loop: str | None, turn: Turn, action: str) -> list[Event]:
    """What a new session, a new triage, or a wish to start over, changes before the first words."""
    is_first_action = not turn.said and not (loop is not None and action in (TRIAGE_FORM, BOOKING_FORM))
    opens = _opening(slots, turn, action) if loop is None else []
    if not is_first_action:
        return opens
    waits = slots.get(TRIAGE_STATE) in _WAITS
    is_new_session = turn.is_first and not waits
    events: list[Event] = []
    if is_new_session and slots.get("disposition"):
        events += [SlotSet("disposition", FORGOTTEN), SlotSet("disposition", turn.told.get("disposition"))]
    if turn.intent == RESTART_TRIAGE or turn.intent == RESTART or (turn.intent in _BEGINS and not waits):
        events += _forgotten(slots, turn, keeps_care=not is_new_session)
    if turn.intent == RESTART:
        events += [SlotSet(slot, None) for slot in BOOKING_SLOTS]
        events += [SlotSet(TRIAGE_STATE, State.ENDED.value)] if slots.get(TRIAGE_STATE) == State.PAUSED.value else []
    return [*events, *opens]


def _opening(slots: dict[str, Any], turn: Turn, action: str) -> list[Event]:
    """What the beginning of a form changes: triage is open; a new request is agreed to and confirmed anew."""
    if action == TRIAGE_FORM:
        return [SlotSet(TRIAGE_STATE, State.OPEN.value)]
    if action != BOOKING_FORM:
        return []
    has_told = any(slots.get(slot) is not None for slot in the_protocol().slots)
    forgotten: list[Event] = [SlotSet(slot, None) for slot in AGREED] if turn.intent == BOOK else []
    return forgotten if has_told else [*forgotten, SlotSet("share_answers", NOTHING_TOLD)]


def _forgotten(slots: dict[str, Any], turn: Turn, keeps_care: bool) -> list[Event]:
    """Puts the answers aside, all but those of this message; within a session the care that they ask for stays."""
    slots_of_triage = (*the_protocol().all_slots, REOPENED)
    old = [slot for slot in slots_of_triage if slots.get(slot) is not None and turn.told.get(slot) is None]
    known = care(the_protocol(), slots) if keeps_care else None
    kept = [SlotSet("disposition", known.value)] if old and known else []
    return [*kept, *(SlotSet(slot, None) for slot in old)]
