"""The graph component that gives each message its MiniLM sentence vector."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.minilm import WEIGHTS_SHA256, SentenceEncoder, Vector, build_encoder, published_files
from bot.reading import split_questions

PARTS = "parts"
"""The message's property that holds its questions with their vectors, where it asks several."""

PASSAGES = "passages"
"""The message's property that holds the passages to be judged by the safety net, then with their vectors."""

_MODEL = "encoder.onnx"
_TOKENIZER = "tokenizer.json"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class SentenceVectors(DenseFeaturizer, GraphComponent):
    """Adds the vector of a message's text as a dense sentence feature.

    Training checks the published weights, writes them down as an ONNX model with 8-bit weights (3.4 times as fast as
    32-bit ones, at the same accuracy: docs/evaluation.md) and keeps that in the trained model. Running needs neither
    the weights nor TensorFlow nor a network.
    """

    def __init__(self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource) -> None:
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._encoder: SentenceEncoder | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component has no settings of its own (see Rasa's DenseFeaturizer)."""
        return DenseFeaturizer.get_default_config()

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        """There is nothing to validate."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceVectors:
        """Makes the component for training (see Rasa's GraphComponent)."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceVectors:
        """Makes the component with the encoder of the trained model."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._encoder = SentenceEncoder(folder / _MODEL, folder / _TOKENIZER)
        return component

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What Rasa's cache cannot see: which weights the vectors come from."""
        return WEIGHTS_SHA256

    def train(self, training_data: TrainingData) -> Resource:
        """Puts the encoder into the trained model."""
        weights, tokenizer = published_files()
        with tempfile.TemporaryDirectory() as workshop, self._storage.write_to(self._resource) as folder:
            exact = Path(workshop) / _MODEL
            onnx.save(build_encoder(weights), str(exact))
            quantize_dynamic(exact, folder / _MODEL, weight_type=QuantType.QInt8)
            shutil.copy(tokenizer, folder / _TOKENIZER)
            self._encoder = SentenceEncoder(folder / _MODEL, folder / _TOKENIZER)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vectors to the training examples."""
        for message in training_data.training_examples:
            if message.get(TEXT):
                self._add_vector(message)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the vector to each message that has a text, to its questions and to its passages."""
        for message in messages:
            if message.get(TEXT):
                self._add_vector(message)
                message.set(PARTS, self._with_vectors(split_questions(message.get(TEXT)), message))
                self._read_passages(message)
        return messages

    def _read_passages(self, message: Message) -> None:
        message.set(PASSAGES, self._with_vectors(message.get(PASSAGES) or [], message))

    def _add_vector(self, message: Message) -> None:
        vector = self._encode(message.get(TEXT))
        message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))

    def _with_vectors(self, texts: Iterable[str], message: Message) -> list[tuple[str, Vector]]:
        """Parts of a message with their vectors; a part may be the whole, which has its vector already."""
        known = {message.get(TEXT): sentence_vector(message)}
        return [(text, known[text] if text in known else self._encode(text)) for text in texts]

    def _encode(self, text: str) -> Vector:
        if self._encoder is None:
            raise RuntimeError("SentenceVectors was used before it was trained or loaded")
        return self._encoder.encode(text)


def sentence_vector(message: Message) -> Vector:
    """The vector that SentenceVectors has put on a message."""
    _, sentence = message.get_dense_features(TEXT)
    vector: Vector = sentence.features[0]
    return vector
