"""The detector inside Rasa: makes the intent agree with the assessment, and keeps both with the turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Dict, List  # noqa: UP035 (Rasa compares annotations with typing's names)

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from holdfast.crisis.types import Assessment, Context, Level
from holdfast.dialogue.after_card import Talk
from holdfast.dialogue.decision import Decision, decide
from holdfast.dialogue.ranked import Ranked
from holdfast.dialogue.situation import KEPT, turns_of
from holdfast.dialogue.wire import assessment_from, assessment_to, context_from, context_to

_LOG = logging.getLogger(__name__)
#: How much of the ranking is kept with the turn.
KEPT_RANKS = 5


@lru_cache(maxsize=1)
def load_detector() -> Any:
    """This process's detector; with the lexicon alone when its models are missing; None when nothing can be loaded.

    Loaded when first needed: behind the door every message comes with its assessment.
    """
    try:
        from holdfast.crisis.detector import Detector, DetectorError  # noqa: PLC0415 (optional by design)
    except Exception as error:
        _LOG.error("no crisis detector (%s): the classifier's crisis intents stand as they are", type(error).__name__)
        return None
    try:
        return Detector.load()
    except DetectorError as error:
        _LOG.warning("the crisis detector works with its lexicon alone: %s", error)
    except Exception as error:
        _LOG.error("the crisis detector works with its lexicon alone: %s", type(error).__name__)
    try:
        return Detector.load(lexicon_only=True)
    except Exception as error:
        _LOG.error("no crisis detector (%s): the classifier's crisis intents stand as they are", type(error).__name__)
        return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CrisisGuard(GraphComponent, IntentClassifier):  # type: ignore[misc]
    """Takes the assessment that the door sent, or assesses; then lets `decide` have the last word on the intent.

    It stands after the classifier and before the FallbackClassifier, which therefore never sees a risk in doubt.
    """

    def __init__(self, config: Mapping[str, Any], detector: Callable[[], Any] = load_detector) -> None:
        self._question_threshold = float(config["question_threshold"])
        self._detector = detector

    @staticmethod
    def get_default_config() -> Dict[str, Any]:  # noqa: UP006
        """``question_threshold``: confidence from which a person in distress is taken to ask something."""
        return {"question_threshold": 0.5}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],  # noqa: UP006
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CrisisGuard:
        """Builds the component."""
        return cls(config)

    def process(self, messages: List[Message], tracker: DialogueStateTracker) -> List[Message]:  # noqa: UP006
        """Sets the intent of each message. Whatever fails in here, the conversation goes on."""
        for message in messages:
            try:
                self._lead(message, tracker)
            except Exception as error:
                _LOG.error("the crisis guard failed: %s", type(error).__name__)
        return messages

    def _lead(self, message: Message, tracker: DialogueStateTracker) -> None:
        text, metadata = str(message.get(TEXT) or ""), message.get("metadata")
        if text.startswith("/"):  # a button's command carries no words; Rasa reads it after this component
            return
        before = _context(tracker)
        assessment, after, sure = self._assess(text, metadata, before)
        ranking = [Ranked(entry["name"], float(entry["confidence"])) for entry in message.get(INTENT_RANKING_KEY) or []]
        decision = decide(
            assessment,
            ranking,
            sure=sure,
            question_threshold=self._question_threshold,
            text=text,
            talk=_talk(metadata, before, assessment),
        )
        _write(message, decision)
        kept: dict[str, Any] = {"assessment": assessment_to(decision.assessment), "context": context_to(after)}
        if decision.beside:
            kept["beside"] = decision.beside
        message.set(KEPT, kept, add_to_output=True)

    def _assess(self, text: str, metadata: Any, before: Context) -> tuple[Assessment | None, Context, bool]:
        """The assessment, the context after it, and whether models had a part in it."""
        given = metadata.get("assessment") if isinstance(metadata, Mapping) else None
        if given:
            return assessment_from(given), before, True
        detector = self._detector()
        if detector is None:
            return None, before, False
        try:
            from holdfast.crisis.context import next_context  # noqa: PLC0415 (optional by design)

            assessment = detector.assess(text, before)
            return assessment, next_context(before, assessment), detector.classifier is not None
        except Exception as error:
            _LOG.error("the crisis detector failed: %s", type(error).__name__)
            return None, before, False


def _context(tracker: Any) -> Context:
    """The context after the last turn that was assessed in this conversation; empty at its start."""
    for turn in reversed(turns_of(tracker)):
        if turn.context is not None:
            return context_from(turn.context)
    return Context()


def _talk(metadata: Any, before: Context, assessment: Assessment | None) -> Talk:
    """Where the conversation stands: the door knows; without a door the turns before and this one tell."""
    said = metadata if isinstance(metadata, Mapping) else {}
    level = max(before.highest, assessment.level if assessment else Level.NONE)
    card = bool(said.get("after_card") or said.get("after_risk")) or level >= Level.CONCERN
    return Talk(card, said.get("asked_back"))


def _write(message: Message, decision: Decision) -> None:
    if not decision.ranking:
        return
    entries = [{"name": entry.name, "confidence": entry.confidence} for entry in decision.ranking[:KEPT_RANKS]]
    message.set(INTENT, dict(entries[0]), add_to_output=True)
    message.set(INTENT_RANKING_KEY, entries, add_to_output=True)
