"""Changes, drops and sends a booking request."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.database import the_database
from bot.handoff import BOOKING_FIELDS, BOOKING_SLOTS, CONFIRMATION, BookingRequest, IncompleteRequestError
from bot.storage import DataKeyError, Saved, save_booking_request
from bot.triage import the_protocol
from bot.triage.summary import summary

logger = logging.getLogger(__name__)


def forget_booking() -> list[EventType]:
    """Empties the slots of the booking form."""
    return [SlotSet(slot, None) for slot in BOOKING_SLOTS]


def session_of(tracker: Tracker) -> str:
    """What the newest session of a conversation is called: the same however often it is asked for."""
    started = [event["timestamp"] for event in tracker.events if event["event"] == "session_started"]
    return f"{tracker.sender_id} {started[-1] if started else 0}"


class SubmitBooking(Action):
    """Writes the confirmed request, and says so only once it is on disk."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_submit_booking"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Stores the request; where that fails, says so and keeps the answers for another try."""
        try:
            slots = tracker.current_slot_values()
            request = BookingRequest.from_answers(slots, summary(the_protocol(), slots))
            saved = await asyncio.to_thread(
                save_booking_request, the_database(), tracker.sender_id, session_of(tracker), request
            )
        except (IncompleteRequestError, DataKeyError, SQLAlchemyError, UnicodeError) as error:
            logger.error("a booking request was not stored: %s", type(error).__name__)
            dispatcher.utter_message(response="utter_booking_failed")
            return [SlotSet(CONFIRMATION, None)]
        response = "utter_booking_updated" if saved is Saved.CHANGED else "utter_booking_stored"
        dispatcher.utter_message(response=response)
        return forget_booking()


class ChangeBooking(Action):
    """Empties the field that the patient wants to change, so that the form asks for it again."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_change_booking"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Reads which field; where none was named, says that one can be."""
        field = next(tracker.get_latest_entity_values("booking_field"), None)
        if field not in BOOKING_FIELDS:
            dispatcher.utter_message(response="utter_which_field_to_change")
            return []
        return [SlotSet(field, None)]


class ForgetBooking(Action):
    """Drops the request's details after it was cancelled."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_forget_booking"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Empties the slots of the booking form."""
        return forget_booking()
