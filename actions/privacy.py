"""Erases what is kept of the patient."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.database import the_database
from bot.handoff import BOOKING_SLOTS
from bot.nlu.intake import INTAKE_CONSENT
from bot.privacy.erasure import erase_conversation
from bot.storage import DataKeyError
from bot.triage import the_protocol

logger = logging.getLogger(__name__)


class EraseData(Action):
    """Erases requests, figures, answers and, soon after, the log of the conversation."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_erase_data"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Erases, and says so only when it is done; what a red flag has asked for stays, for the words that follow."""
        try:
            await asyncio.to_thread(erase_conversation, the_database(), tracker.sender_id, "patient")
        except (DataKeyError, SQLAlchemyError) as error:
            logger.error("the data of a conversation were not erased: %s", type(error).__name__)
            dispatcher.utter_message(response="utter_erasure_failed")
            return []
        dispatcher.utter_message(response="utter_data_erased")
        return [SlotSet(slot, None) for slot in (*BOOKING_SLOTS, *the_protocol().all_slots, INTAKE_CONSENT)]
