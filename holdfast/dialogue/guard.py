"""The detector inside Rasa: makes the intent agree with the assessment, and keeps both with the turn."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
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

from holdfast.crisis.types import Assessment, Context, Level, Subject
from holdfast.dialogue.after_card import ASKS_MEANS, UNTRAINED, Talk, barriers, in_context, situations, steps
from holdfast.dialogue.asked import Part, asked_in_distress, both, settled
from holdfast.dialogue.choice import BETWEEN, LOST, Choice, Limits, choose, is_topic
from holdfast.dialogue.decision import CRISIS_SIDE, DISTRESS, Decision, decide, without_crisis_side
from holdfast.dialogue.follow_up import FollowUp, follow_up, recall
from holdfast.dialogue.ranked import Ranked
from holdfast.dialogue.situation import KEPT, Turn, turns_of
from holdfast.dialogue.splitter import PART, UNGREETED
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

    It stands after the classifier and before the FallbackClassifier, which therefore never sees a risk in doubt. Where
    nothing is at risk it reads what refers back, answers two questions, and offers two topics in doubt.
    """

    def __init__(self, config: Mapping[str, Any], detector: Callable[[], Any] = load_detector) -> None:
        known = {**self.get_default_config(), **config}
        self._question_threshold = float(known["question_threshold"])
        self._limits = Limits(*(float(known[f"{name}_threshold"]) for name in ("answer", "offer", "part")))
        self._detector = detector
        situations(), barriers(), steps()  # a wrong file stops the start, not the first message

    @staticmethod
    def get_default_config() -> Dict[str, Any]:  # noqa: UP006
        """``question_threshold``: confidence from which a person in distress is taken to ask something; the others
        stand in `choice.Limits`."""
        limits = Limits()
        others = {"answer_threshold": limits.answer, "offer_threshold": limits.offer, "part_threshold": limits.part}
        return {"question_threshold": 0.5, **others}

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
        whole = [message for message in messages if not message.get(PART)]
        marked = [message for message in messages if message.get(PART)]
        parts = [Part(str(each.get(TEXT) or ""), _ranking(each)) for each in marked if not each.get(UNGREETED)]
        ungreeted = next((_ranking(each) for each in marked if each.get(UNGREETED)), [])
        for message in whole:
            try:
                ranking = both(_ranking(message), ungreeted, self._limits.answer)
                self._lead(message, ranking, parts, tracker)
            except Exception as error:
                _LOG.error("the crisis guard failed: %s", type(error).__name__)
        return whole

    def _lead(
        self, message: Message, ranking: Sequence[Ranked], parts: Sequence[Part], tracker: DialogueStateTracker
    ) -> None:
        text, metadata = str(message.get(TEXT) or ""), message.get("metadata")
        if text.startswith("/"):  # a button's command carries no words; Rasa reads it after this component
            return
        turns = turns_of(tracker)
        before = _context(turns)
        assessment, after, sure = self._assess(text, metadata, before)
        talk = _talk(metadata, before, assessment)
        decision = decide(
            assessment,
            ranking,
            sure=sure,
            question_threshold=self._question_threshold,
            text=text,
            talk=talk,
        )
        kept: dict[str, Any] = {"assessment": assessment_to(decision.assessment), "context": context_to(after)}
        if decision.beside:
            kept["beside"] = decision.beside
        if decision.ranking and decision.ranking[0].name not in CRISIS_SIDE | _told():
            weighed = [Part(part.text, without_crisis_side(in_context(part.ranking, talk))) for part in parts]
            decision, found = self._informed(decision, text, weighed, turns)
            kept.update(found)
        elif _plainly_sad(decision) and (choice := asked_in_distress(text, parts, self._limits.part)):
            decision = decision.led_by(choice.intent)  # the door adds the line of help to its answer
            kept.update({"topics": list(choice.topics)} if choice.topics else {})
        _write(message, decision)
        message.set(KEPT, kept, add_to_output=True)

    def _informed(
        self, decision: Decision, text: str, parts: Sequence[Part], turns: Sequence[Turn]
    ) -> tuple[Decision, dict[str, Any]]:
        """The decision on a message without risk, and what is to be kept beside its intent."""
        recalled = recall(turns, time.time())
        if meant := follow_up(text, recalled):
            intent, beside = _referring(meant, told_more=recalled is not None and recalled.told_more)
            return decision.led_by(intent), beside
        asked = settled(parts, recalled, self._limits.part)
        choice: Choice | None = choose(decision.ranking, asked.rankings, self._limits)
        alone = choice.intent in (BETWEEN, LOST) if choice else is_topic(decision.ranking[0].name)
        if asked.back and alone:  # "what about next morning? i got a 5am load"
            intent, beside = _referring(asked.back, told_more=recalled is not None and recalled.told_more)
            return decision.led_by(intent), beside
        if choice is None:
            return decision, {}
        if choice.intent == LOST and decision.assessment.level is Level.DISTRESS:
            return decision.led_by(DISTRESS), {}  # a sad person is heard rather than asked for other words
        return decision.led_by(choice.intent), {"topics": list(choice.topics)} if choice.topics else {}

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


def _plainly_sad(decision: Decision) -> bool:
    """Whether distress leads the turn and nothing above it or beside it does."""
    return decision.ranking[:1] == (Ranked(DISTRESS, 1.0),) and decision.assessment.level is Level.DISTRESS


def _told() -> frozenset[str]:
    """What the words told of for certain."""
    return frozenset({ASKS_MEANS, *UNTRAINED, *(each.name for each in situations())})


def _referring(meant: FollowUp, *, told_more: bool) -> tuple[str, dict[str, Any]]:
    """The intent of a message that refers back, and what is to be kept beside it."""
    topics = [meant.topic] if meant.topic else []
    if meant.sources or meant.topic is None:
        return "where_from", {"topics": topics}
    if meant.more and told_more:
        return "nothing_more", {"topics": topics, "more": True}
    return meant.topic, {"more": meant.more}


def _ranking(message: Message) -> list[Ranked]:
    return [Ranked(entry["name"], float(entry["confidence"])) for entry in message.get(INTENT_RANKING_KEY) or []]


def _context(turns: Sequence[Turn]) -> Context:
    """The context after the last turn that was assessed in this conversation; empty at its start."""
    for turn in reversed(turns):
        if turn.context is not None:
            return context_from(turn.context)
    return Context()


def _talk(metadata: Any, before: Context, assessment: Assessment | None) -> Talk:
    """Where the conversation stands: the door knows; without a door the turns before and this one tell."""
    said = metadata if isinstance(metadata, Mapping) else {}
    level = max(before.highest, assessment.level if assessment else Level.NONE)
    card = bool(said.get("after_card") or said.get("after_risk")) or level >= Level.CONCERN
    about: Subject = "other" if (said.get("about") or before.subject) == "other" else "self"
    return Talk(card, said.get("asked_back"), about, bool(said.get("reached")))


def _write(message: Message, decision: Decision) -> None:
    if not decision.ranking:
        return
    entries = [{"name": entry.name, "confidence": entry.confidence} for entry in decision.ranking[:KEPT_RANKS]]
    message.set(INTENT, dict(entries[0]), add_to_output=True)
    message.set(INTENT_RANKING_KEY, entries, add_to_output=True)
