"""Rasa's generator of responses, which also knows what their words need (facts.py, booking.py)."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.booking import SENT, booking_facts
from bot.dialogue.facts import asked_progress, facts
from bot.nlu.turns import has_uttered, newest_turn
from bot.privacy.retention import the_limits
from bot.triage import the_protocol


class Responses(TemplatedNaturalLanguageGenerator):
    """Fills responses, and chooses among their variations, by slots and by the facts of the conversation."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})
        self._protocol = the_protocol()
        self._limits = {f"days_{what}": days for what, days in the_limits().dict().items()}

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Generates a response (see Rasa's NaturalLanguageGenerator).

        Args:
            utter_action: The response's name.
            tracker: The conversation so far.
            output_channel: The channel's name.
            **kwargs: Further values that its words may name.

        Returns:
            The message, or None where there is no such response.
        """
        slots = tracker.current_slot_values()
        turn = newest_turn(tracker.events)
        booking = booking_facts(slots, turn, has_uttered(tracker.events, SENT))
        known = {**facts(self._protocol, utter_action, slots, turn), **booking, **self._limits}
        response: dict[str, Any] | None = self.generate_from_slots(
            utter_action, {**slots, **known}, output_channel, **kwargs
        )
        if response and (asked := asked_progress(self._protocol, utter_action, slots)):
            response["progress"] = asked
        return response
