"""What the trained components share: they are made for training empty, and loaded from the trained model's storage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from typing_extensions import Self

from bot.nlu.sentence_vectors import SentenceVectors


class StoredComponent(GraphComponent):
    """A component that learns over sentence vectors and keeps what it has learned in a folder of the trained model."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource

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
    ) -> Self:
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
    ) -> Self:
        """Makes the component with what it has learned."""
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._read(folder)
        return component

    def _read(self, folder: Path) -> None:
        """Reads what training has written."""
        raise NotImplementedError
