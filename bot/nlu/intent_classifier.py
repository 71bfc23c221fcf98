"""The graph component that classifies a message by its sentence vector and its n-grams."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
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
from bot.nlu.sentence_vectors import PARTS, SentenceVectors, sentence_vector

_SETTINGS = Settings(letters=6, regularisation=20.0, sharpness=1.2)
_RANKED = 10  # intents told of in the ranking


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Gives a message the likeliest intent, and the ranking of the others."""

    def __init__(self, storage: ModelStorage, resource: Resource, classifier: LinearClassifier | None = None) -> None:
        self._storage = storage
        self._resource = resource
        self._classifier = classifier

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vectors come first."""
        return [SentenceVectors]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Makes the component for training (see Rasa's GraphComponent)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Makes the component with the classifier of the trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, LinearClassifier.load(folder))

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
