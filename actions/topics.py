"""Answers several questions at once, and offers topics in doubt."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.topics import topic_titles

_ANSWERED = 2  # questions answered in one reply


class OfferTopics(Action):
    """Offers the likeliest topics of a message that was not clear."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_offer_topics"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters a button for each topic in the slot `topics`."""
        dispatcher.utter_message(response="utter_offer_topics", buttons=topic_buttons(tracker.get_slot("topics") or []))
        return []


class AnswerSeveral(Action):
    """Answers the first two questions of a message in their order, and offers the rest."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer_several"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the answers; the last message alone has buttons."""
        topics = tracker.get_slot("topics") or []
        answered, rest = topics[:_ANSWERED], topics[_ANSWERED:]
        *without_buttons, last = answered
        if rest:
            without_buttons, last = answered, None
        for topic in without_buttons:
            response = f"utter_{topic}"
            dispatcher.utter_message(text=words_of(response, domain, tracker), utter_action=response)
        if last:
            dispatcher.utter_message(response=f"utter_{last}")
        else:
            dispatcher.utter_message(response="utter_offer_rest", buttons=topic_buttons(rest))
        return [SlotSet("topics", rest or None)]


def topic_buttons(topics: list[str]) -> list[dict[str, str]]:
    """A button for each topic that has a title."""
    titles = topic_titles()
    return [{"title": titles[topic], "payload": f"/{topic}"} for topic in topics if topic in titles]


def words_of(response: str, domain: dict[str, Any], tracker: Tracker) -> str:
    """The words of a response without its buttons, as the slots choose and fill them."""
    slots = tracker.current_slot_values()
    variations = domain["responses"][response]
    fitting = [
        variation
        for variation in variations
        if variation.get("condition")
        and all(slots.get(condition["name"]) == condition["value"] for condition in variation["condition"])
    ]
    plain = [variation for variation in variations if not variation.get("condition")]
    words: str = (fitting or plain)[0]["text"]
    return words.format_map({name: value for name, value in slots.items() if value is not None})
