"""Gives Rasa's classifier the meaning of a message: one vector a text, by the encoder that the detector reads too."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any, Dict, List  # noqa: UP035 (Rasa compares annotations with typing's names)

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from holdfast.crisis.encoder import Encoder, EncoderError
from holdfast.crisis.vectors import CACHE, cached_encode
from holdfast.paths import models

_LOG = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The encoder of this process. Raises EncoderError."""
    return Encoder.load()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EncoderFeaturizer(DenseFeaturizer, GraphComponent):  # type: ignore[misc]
    """Adds a sentence feature of 384 numbers, multiplied by ``scale``.

    ``scale`` sets how freely the classifier may use the vectors: its regularization weighs larger features less.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:  # noqa: UP006
        """``scale`` is the length of each vector."""
        return {**DenseFeaturizer.get_default_config(), "scale": 1.0}

    @staticmethod
    def required_packages() -> List[str]:  # noqa: UP006
        """What must be importable."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:  # noqa: UP006
        """Every number is a valid scale."""
        float(config["scale"])

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],  # noqa: UP006
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderFeaturizer:
        """Builds the component; the encoder is the process's own, not part of the model."""
        return cls(execution_context.node_name, config)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:  # noqa: UP006
        """Vectors of another encoder are other features."""
        return encoder().fingerprint

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds vectors to all training messages; those of an earlier training are read from the cache."""
        messages = [example for example in training_data.training_examples if example.get(TEXT)]
        texts = [str(example.get(TEXT)) for example in messages]
        vectors = cached_encode(encoder(), texts, models() / "cache" / CACHE, progress=_progress)
        for message, vector in zip(messages, vectors, strict=True):
            self._add(message, vector)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:  # noqa: UP006
        """Adds the vector of each message. Without an encoder it is zero: the classifier is unsure then."""
        for message in messages:
            if message.get(TEXT):
                self._add(message, _vector(str(message.get(TEXT))))
        return messages

    def _add(self, message: Message, vector: Any) -> None:
        row = np.asarray(vector, dtype=np.float64).reshape(1, -1) * float(self._config["scale"])
        self.add_features_to_message(None, row, TEXT, message)


def _vector(text: str) -> Any:
    try:
        return encoder().encode([text])[0]
    except EncoderError as error:
        _LOG.error("%s", error)
    except Exception as error:
        _LOG.error("the encoder failed: %s", type(error).__name__)
    return np.zeros(384)


def _progress(done: int, missing: int) -> None:
    if done % 640 == 0 or done >= missing:
        _LOG.info("vectors: %d of %d new messages", min(done, missing), missing)
