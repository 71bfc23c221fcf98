"""The graph components of the safety net: the reviewed phrases, and the statistical check over sentence vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.learning import LinearClassifier, Settings
from bot.nlu.minilm import Vector
from bot.nlu.reading import ALARMS, ASK_WHICH
from bot.nlu.sentence_vectors import PASSAGES, sentence_vector
from bot.nlu.stored import StoredComponent
from bot.reading import opens_with_no
from bot.safety.detector import RED_FLAGS_FILE, the_detector
from bot.safety.likeness import HARMLESS, Judged, passages, settled

FINDINGS = "findings"
"""The message's property that holds the red flags found in it."""

AMBIGUITY = "ambiguity"
"""The message's property that holds what it may mean where it says hardly anything else (bot/safety/detector.py)."""

WHOLES = "wholes"
"""The message's property that holds the passages that are the whole of what was typed."""

CLAUSES = "clauses"
"""The message's property that holds the passages in which a phrase was found."""

HARMLESS_REST = "harmless_rest"
"""The message's property that says whether nothing but harmless words follows its first one."""

ASKED = "asked"
"""The message's property that holds the care of a red flag which is asked about in general."""

OF_ANOTHER = "of_another"
"""The message's property that says whether it is told of a relative."""

RED_FLAG = "red_flag"
"""The property of an example that teaches the statistical check: its label (see bot/safety/likeness.py)."""

DENIED = "denied"
"""The property of an example that denies a sign or says that all is well: it teaches the check what is harmless."""

_SETTINGS = Settings(
    words=3, rarest_word=2, letters=6, rarest_letters=4, vector_weight=0.4, regularisation=20.0, tolerance=3e-3
)
_FRAGMENT = 5  # words; more of them are a message of its own


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=False)
class RedFlagPhrases(GraphComponent):
    """Finds red flags by the reviewed phrases, and says which passages of a message remain to be judged.

    The reviewed files are read when the model is loaded; they are not a part of the trained model.
    """

    def __init__(self) -> None:
        self._detector = the_detector()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RedFlagPhrases:
        """Makes the component (see Rasa's GraphComponent)."""
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Puts findings and passages on each message.

        Args:
            messages: The messages.
            tracker: The conversation so far.

        Returns:
            The same messages.
        """
        for message in messages:
            text = message.get(TEXT) or ""
            examined = [self._detector.examine(one) for one in (text, _with_the_last(text, tracker)) if one]
            message.set(FINDINGS, [finding for one in examined for finding in one.findings])
            message.set(WHOLES, [whole for one in examined for whole in (one.remaining, one.essence)])
            message.set(CLAUSES, [clause for one in examined for clause in one.clauses])
            judged = [passage for one in examined for passage in passages(one.remaining)]
            judged += [passage for passage in (*message.get(WHOLES), *message.get(CLAUSES)) if passage]
            message.set(PASSAGES, list(dict.fromkeys(judged)))
            if examined:
                message.set(AMBIGUITY, examined[0].ambiguity)
                message.set(HARMLESS_REST, examined[0].harmless_rest)
                message.set(ASKED, examined[0].asked)
                message.set(OF_ANOTHER, examined[0].of_another)
        return messages


def _with_the_last(text: str, tracker: DialogueStateTracker | None) -> str | None:
    """Two fragments typed one after the other, as one message; None where they are no fragments, or answer a form."""
    if tracker is None or tracker.active_loop_name or not tracker.latest_message:
        return None
    last = tracker.latest_message
    fragments = [last.text or "", text]
    if last.intent_name == ASK_WHICH and opens_with_no(text):
        return None
    if last.intent_name in ALARMS.values() or any(not 0 < len(one.split()) <= _FRAGMENT for one in fragments):
        return None
    return " ".join(fragments) if not fragments[0].startswith("/") else None


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class RedFlagLikeness(StoredComponent):
    """Judges the passages of a message by their likeness to the written wordings of red flags."""

    _classifier: LinearClassifier | None = None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What Rasa's cache cannot see: the settings, and the files by which texts are read."""
        files = sorted(file for file in RED_FLAGS_FILE.parent.iterdir() if file.suffix in (".py", ".yml"))
        return repr(_SETTINGS) + "".join(file.read_text(encoding="utf-8") for file in files)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the wordings of red flags, and from harmless ones: the intents' examples and denied signs."""
        examples = [(example, example.get(RED_FLAG)) for example in training_data.training_examples]
        taught = [(example, label) for example, label in examples if label]
        detector = the_detector()
        denied = [example for example in training_data.training_examples if example.get(DENIED)]
        harmless = [*training_data.intent_examples, *denied]
        taught += [(one, HARMLESS) for one in harmless if not detector.find(one.get(TEXT))]
        self._classifier = LinearClassifier.fit(
            _SETTINGS,
            [detector.as_read(example.get(TEXT)) for example, _ in taught],
            np.stack([sentence_vector(example) for example, _ in taught]),
            [label for _, label in taught],
        )
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    def _read(self, folder: Path) -> None:
        self._classifier = LinearClassifier.load(folder)

    def process(self, messages: list[Message]) -> list[Message]:
        """Settles the findings of each message."""
        for message in messages:
            wholes, clauses = message.get(WHOLES) or [], message.get(CLAUSES) or []
            judged = [
                Judged(text in wholes, self._rank(text, vector), text in clauses)
                for text, vector in message.get(PASSAGES) or []
            ]
            message.set(FINDINGS, settled(message.get(FINDINGS) or [], judged, len(message.get(TEXT) or "")))
        return messages

    def _rank(self, text: str, vector: Vector) -> list[tuple[str, float]]:
        if self._classifier is None:
            raise RuntimeError("RedFlagLikeness was used before it was trained or loaded")
        return self._classifier.rank(the_detector().as_read(text), vector)
