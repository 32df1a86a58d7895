"""Tells the channel how a message was understood in the end; stands last in the pipeline."""

from __future__ import annotations

from typing import Any, Dict, List  # noqa: UP035 (Rasa compares annotations with typing's names)

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from holdfast.dialogue.situation import KEPT

#: Where the intent stands in the message's metadata, which the channel shares with the components.
UNDERSTOOD = "understood"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class TurnReport(GraphComponent, IntentClassifier):  # type: ignore[misc]
    """Writes the final intent and the assessment into the message's metadata, when the channel sent any."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],  # noqa: UP006
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TurnReport:
        """Builds the component."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:  # noqa: UP006
        """Writes; changes nothing else."""
        for message in messages:
            metadata, intent = message.get("metadata"), message.get(INTENT)
            if isinstance(metadata, dict) and isinstance(intent, dict):
                kept = message.get(KEPT) or {}
                confidence = round(float(intent.get("confidence") or 0.0), 4)
                metadata[UNDERSTOOD] = {"intent": intent.get("name"), "confidence": confidence, **kept}
        return messages
