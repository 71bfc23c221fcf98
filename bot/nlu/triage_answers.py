"""The graph component that reads answers to triage questions by their likeness to taught ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.learning import LinearClassifier, Settings
from bot.nlu.reading import TRIAGE_FORM
from bot.nlu.sentence_vectors import sentence_vector
from bot.nlu.stored import StoredComponent
from bot.triage.taught import TaughtAnswer

TAUGHT_ANSWER = "taught_answer"
"""The property of an example that teaches answers: a TaughtAnswer."""

LIKELY_ANSWERS = "likely_answers"
"""The message's property that holds the options of the pending question with their likelihoods, the likeliest first."""

_SETTINGS = Settings(letters=5, vector_weight=1.0, regularisation=30.0)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class TriageAnswers(StoredComponent):
    """Ranks the options of the triage question that waits, for each message; a classifier for each question."""

    _classifiers: dict[str, LinearClassifier]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, object]) -> str | None:
        """What Rasa's cache cannot see: the settings."""
        return repr(_SETTINGS)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the taught answers."""
        taught: dict[str, list[tuple[Message, TaughtAnswer]]] = {}
        for example in training_data.training_examples:
            if answer := example.get(TAUGHT_ANSWER):
                taught.setdefault(answer.slot, []).append((example, answer))
        with self._storage.write_to(self._resource) as folder:
            for slot, examples in taught.items():
                place = folder / slot
                place.mkdir()
                LinearClassifier.fit(
                    _SETTINGS,
                    [answer.text for _, answer in examples],
                    np.stack([sentence_vector(example) for example, _ in examples]),
                    [answer.label for _, answer in examples],
                ).save(place)
        return self._resource

    def _read(self, folder: Path) -> None:
        self._classifiers = {place.name: LinearClassifier.load(place) for place in folder.iterdir() if place.is_dir()}

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Puts the ranking on each message that follows a question of triage with options.

        Args:
            messages: The messages.
            tracker: The conversation so far.

        Returns:
            The same messages.
        """
        classifier = None
        if tracker is not None and tracker.active_loop_name == TRIAGE_FORM:
            classifier = self._classifiers.get(tracker.get_slot(REQUESTED_SLOT))
        for message in messages:
            if classifier is not None and message.get(TEXT):
                message.set(LIKELY_ANSWERS, classifier.rank(message.get(TEXT), sentence_vector(message)))
        return messages
