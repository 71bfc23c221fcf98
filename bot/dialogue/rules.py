"""Rasa's rule policy, which looks only at what a rule can see.

Rasa's own makes states of a whole conversation, twice, and holds every rule against each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, cast

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

_Place = tuple[Any, Any]
_Found = tuple["str | None", "str | None", bool]


class _Newest:
    """The newest states of a tracker, as Rasa's domain asks for them."""

    def __init__(self, tracker: DialogueStateTracker, most: int) -> None:
        self._tracker, self._most = tracker, most

    def generate_all_prior_trackers(self) -> Iterator[tuple[DialogueStateTracker, bool]]:
        """The tracker as it was before each of its last actions, and as it is."""
        states = 1 + sum(isinstance(event, ActionExecuted) for event in self._tracker.applied_events())
        return islice(self._tracker.generate_all_prior_trackers(), max(0, states - self._most), None)


class NearRulePolicy(RulePolicy):
    """Predicts what Rasa's rule policy predicts. No rule of ours is on a text, and none looks far back.

    While it is trained it has no rules yet, and is Rasa's own.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        lookups = [self.lookup.get(name, {}) for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)]
        self._near = {id(lookup): self._by_place(lookup) for lookup in lookups if lookup}
        self._most_states = 1 + max((len(self._rule_key_to_state(key)) for key in lookups[0]), default=0)

    def _by_place(self, lookup: Mapping[str, str]) -> dict[_Place, list[str]]:
        """Rules by the action and the intent that they end with."""
        found: dict[_Place, list[str]] = {}
        for key in lookup:
            found.setdefault(_place(self._rule_key_to_state(key)[-1]), []).append(key)
        return found

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> _Found:
        """The action by the rules on intents; there are none on texts."""
        if self._near and use_text_for_last_user_input:
            return None, None, False
        found: _Found = super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)
        return found

    def _prediction_states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """The newest states, one more than the longest rule has."""
        if not self._near:
            every: list[State] = super()._prediction_states(
                tracker, domain, use_text_for_last_user_input, rule_only_data
            )
            return every
        newest: list[State] = domain.states_for_tracker_history(
            cast(DialogueStateTracker, _Newest(tracker, self._most_states))
        )
        self.featurizer._choose_last_user_input([newest], use_text_for_last_user_input)
        return newest

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The rules that fit: they end with this action, and with this intent or with any."""
        near = self._near.get(id(lookup))
        if near is not None:
            action, intent = _place(states[-1])
            lookup = {key: lookup[key] for place in {(action, intent), (action, None)} for key in near.get(place, ())}
        found: set[str] = super()._get_possible_keys(lookup, states)
        return found


def _place(state: State) -> _Place:
    """The action and the intent of a state."""
    return state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME), state.get(USER, {}).get(INTENT)
