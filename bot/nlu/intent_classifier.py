"""The graph component that classifies a message by its sentence vector and its n-grams."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.learning import LinearClassifier, Settings
from bot.nlu.sentence_vectors import PARTS, sentence_vector
from bot.nlu.stored import StoredComponent

_SETTINGS = Settings(letters=6, regularisation=20.0, sharpness=1.2)
_RANKED = 10  # intents told of in the ranking


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class LinearIntentClassifier(StoredComponent, IntentClassifier):
    """Gives a message the likeliest intent, and the ranking of the others."""

    _classifier: LinearClassifier | None = None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What Rasa's cache cannot see: the settings."""
        return repr(_SETTINGS)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the training examples, and keeps the classifier in the trained model."""
        examples = training_data.intent_examples
        self._classifier = LinearClassifier.fit(
            _SETTINGS,
            [example.get(TEXT) for example in examples],
            np.stack([sentence_vector(example) for example in examples]),
            [example.get(INTENT) for example in examples],
        )
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    def _read(self, folder: Path) -> None:
        self._classifier = LinearClassifier.load(folder)

    def process(self, messages: list[Message]) -> list[Message]:
        """Gives each message that has a text its intent and ranking."""
        for message in messages:
            if self._classifier is not None and message.get(TEXT):
                ranking = self._classifier.rank(message.get(TEXT), sentence_vector(message))
                told = [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: likelihood} for name, likelihood in ranking][
                    :_RANKED
                ]
                message.set(INTENT, told[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, told, add_to_output=True)
                parts = [self._classifier.rank(part, vector)[0] for part, vector in message.get(PARTS) or []]
                message.set(PARTS, parts)
        return messages
