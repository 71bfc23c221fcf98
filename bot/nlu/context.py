"""The last graph component of the pipeline: reads each message at its point of the conversation (see resolve.py)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_CONFIDENCE,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.intake import intake_of
from bot.nlu.reading import (
    ALARMS,
    ASK_WHICH,
    BOOKING_FORM,
    CONFIRM_ERASURE,
    DELETE_MY_DATA,
    TRIAGE_FORM,
    TRIAGE_STATE,
    Heard,
    Reading,
    State,
)
from bot.nlu.red_flags import AMBIGUITY, ASKED, FINDINGS, HARMLESS_REST, OF_ANOTHER
from bot.nlu.resolve import resolve
from bot.nlu.sentence_vectors import PARTS
from bot.nlu.triage_answers import LIKELY_ANSWERS
from bot.nlu.turns import newest_session, unclear_in_a_row
from bot.reading import normal
from bot.safety import Disposition
from bot.triage import the_protocol
from bot.triage.ending import State as TriageState


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=False)
class ConversationContext(GraphComponent):
    """Puts the safety net and the pending question behind the classifier.

    The reviewed file of the protocol is read when the model is loaded; it is not a part of the trained model.
    """

    def __init__(self) -> None:
        self._protocol = the_protocol()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ConversationContext:
        """Makes the component (see Rasa's GraphComponent)."""
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Corrects intent and entities of each message.

        Args:
            messages: The messages, classified.
            tracker: The conversation so far.

        Returns:
            The same messages.
        """
        state = state_of(tracker) if tracker is not None else State()
        for message in messages:
            text = message.get(TEXT) or ""
            reading = resolve(self._protocol, _heard(message), state)
            _write(message, reading, len(text))
        return messages


def _heard(message: Message) -> Heard:
    """A message with all that was made of it by itself."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    return Heard(
        text=message.get(TEXT) or "",
        findings=message.get(FINDINGS) or [],
        ambiguity=message.get(AMBIGUITY),
        asked=message.get(ASKED),
        harmless_rest=bool(message.get(HARMLESS_REST)),
        of_another=bool(message.get(OF_ANOTHER)),
        ranking=[(one[INTENT_NAME_KEY], one[PREDICTED_CONFIDENCE_KEY]) for one in ranking],
        parts=message.get(PARTS) or [],
        answers=message.get(LIKELY_ANSWERS) or [],
        intake=intake_of(message.get(METADATA)),
    )


def state_of(tracker: DialogueStateTracker) -> State:
    """Where a conversation stands, by its tracker."""
    session = [*newest_session(reversed(tracker.events))]
    uttered = [event for event in reversed(session) if isinstance(event, BotUttered)]
    told = [event.metadata.get("utter_action") for event in uttered]
    return State(
        form=tracker.active_loop_name,
        requested=tracker.get_slot(REQUESTED_SLOT),
        slots=tracker.current_slot_values(),
        last_response=told[-1] if told else None,
        unclear=unclear_in_a_row(reversed(tracker.events)),
        offers=_offers(uttered[-1]) if uttered else {},
        told=frozenset(name for name in told if name),
        interrupted=_interrupted(tracker),
    )


def _offers(uttered: BotUttered) -> dict[str, str]:
    """The titles of a message's buttons, to the intents that they stand for."""
    buttons = uttered.data.get("buttons") or []
    payloads = {normal(button["title"]): button.get("payload") or "" for button in buttons}
    return {title: payload[1:] for title, payload in payloads.items() if payload.startswith("/")}


def _interrupted(tracker: DialogueStateTracker) -> str | None:
    """The form that was left before it was complete, by an alarm, a question for one, or for later, and waits."""
    if tracker.get_slot(TRIAGE_STATE) in (TriageState.OPEN.value, TriageState.PAUSED.value):
        return TRIAGE_FORM if tracker.active_loop_name is None else None
    active, interrupted = None, None
    for event in tracker.events:
        if isinstance(event, UserUttered) and event.intent_name in (*ALARMS.values(), ASK_WHICH, DELETE_MY_DATA):
            interrupted = active if active == BOOKING_FORM else interrupted
        elif isinstance(event, UserUttered) and event.intent_name == CONFIRM_ERASURE:
            interrupted = None
        elif isinstance(event, ActiveLoop):
            active = event.name
            interrupted = None if active else interrupted
    return interrupted


def _write(message: Message, reading: Reading, length: int) -> None:
    """Puts a reading on a message as Rasa's own components do."""
    intent = {INTENT_NAME_KEY: reading.intent, PREDICTED_CONFIDENCE_KEY: reading.confidence}
    entities = [
        {
            ENTITY_ATTRIBUTE_TYPE: slot,
            ENTITY_ATTRIBUTE_VALUE: value.value if isinstance(value, Disposition) else value,
            ENTITY_ATTRIBUTE_START: 0,
            ENTITY_ATTRIBUTE_END: length,
            ENTITY_ATTRIBUTE_CONFIDENCE: 1.0,
            EXTRACTOR: ConversationContext.__name__,
        }
        for slot, value in reading.values.items()
    ]
    message.set(INTENT, intent, add_to_output=True)
    message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
