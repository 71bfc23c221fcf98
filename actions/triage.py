"""What is done around triage that rules alone cannot do."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.triage import the_protocol


class BeginTriage(Action):
    """Makes sure that there is something to ask: a triage whose end was lost must not be told again."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_begin_triage"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Empties the slots of the triage form if all of them are filled."""
        slots = the_protocol().slots
        complete = all(tracker.get_slot(slot) is not None for slot in slots)
        return [SlotSet(slot, None) for slot in slots] if complete else []


class CloseTriage(Action):
    """Puts the answers aside after the last message, so that another triage asks anew."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_close_triage"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Empties the slots of the triage form. Says nothing: disclaimer and handoff stay the last words."""
        return [SlotSet(slot, None) for slot in the_protocol().slots]
