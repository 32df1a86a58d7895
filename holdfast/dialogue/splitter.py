"""Lets the pipeline read the parts of a message beside the whole of it; stands first in the pipeline.

A component may hand on more messages than it was given. Those that follow read all of them with the same vectors and
the same classifier; the guard reads the parts' intents and drops the parts.
"""

from __future__ import annotations

from typing import Any, Dict, List  # noqa: UP035 (Rasa compares annotations with typing's names)

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from holdfast.dialogue.parts import after_greeting, parts_of

#: Marks a message that is a part of another one, and the part that is all of it but the greeting.
PART = "holdfast_part"
UNGREETED = "holdfast_ungreeted"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class QuestionSplitter(GraphComponent, IntentClassifier):  # type: ignore[misc]
    """Adds the parts of a message behind it, and what follows a greeting."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],  # noqa: UP006
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionSplitter:
        """Builds the component."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:  # noqa: UP006
        """Divides a single message; a batch and a button's command stay as they are."""
        if len(messages) != 1 or str(messages[0].get(TEXT) or "").startswith("/"):
            return messages
        text = str(messages[0].get(TEXT) or "")
        parts, rest = parts_of(text), after_greeting(text)
        ungreeted = [Message({TEXT: rest, PART: True, UNGREETED: True})] if rest else []
        return [*messages, *(Message({TEXT: part, PART: True}) for part in parts), *ungreeted]
