"""Repeats."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher


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
