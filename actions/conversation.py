"""Repeats, and starts over."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import forget_booking
from bot.triage import the_protocol


class Repeat(Action):
    """Says the last messages once more."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the responses of the last turn again."""
        said = last_responses(tracker.events)
        for response in said or ["utter_nothing_to_repeat"]:
            dispatcher.utter_message(response=response)
        return []


class Restart(Action):
    """Starts over in the place of Rasa's own action: findings on safety outlive it, and triage ends as it must."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_restart"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Leaves the active form and empties the answers; `disposition` stays."""
        dispatcher.utter_message(response="utter_restart")
        if tracker.active_loop_name == "triage_form":
            dispatcher.utter_message(response="utter_triage_stopped")
            dispatcher.utter_message(response="utter_medical_disclaimer")
            dispatcher.utter_message(response="utter_booking_handoff")
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            *(SlotSet(slot, None) for slot in the_protocol().slots),
            *forget_booking(),
            FollowupAction("action_listen"),
        ]


def last_responses(events: list[dict[str, Any]]) -> list[str]:
    """The names of the responses that were uttered after the last message but one of the patient.

    Args:
        events: The conversation's events, the patient's newest message among them.

    Returns:
        The names, in their order; empty where nothing was said before.
    """
    turns: list[list[str]] = [[]]
    for event in events:
        if event["event"] == "user":
            turns.append([])
        elif event["event"] == "bot":
            name = (event.get("metadata") or {}).get("utter_action")
            if name:
                turns[-1].append(name)
    return turns[-2] if len(turns) > 1 else []
