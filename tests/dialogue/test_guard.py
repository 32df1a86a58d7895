"""The detector as a component of Rasa's pipeline: metadata short-cut, own assessment, never a muted conversation."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("rasa", reason="Rasa lives in .venv-rasa; make test runs these there")

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from holdfast.crisis.detector import Detector, DetectorError
from holdfast.crisis.types import Assessment, Context, Level
from holdfast.dialogue import guard as module
from holdfast.dialogue.guard import CrisisGuard, load_detector
from holdfast.dialogue.situation import KEPT

SECRET_WORDS = "words that nobody may log"


class FakeDetector:
    """Says what it is told to say, and remembers the context that it was given."""

    def __init__(self, says: Assessment | Exception, *, models: bool = True) -> None:
        self.says, self.classifier, self.contexts = says, object() if models else None, []

    def assess(self, text: str, context: Context) -> Assessment:
        self.contexts.append(context)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def understood(
    detector: Any,
    *,
    tracker: DialogueStateTracker | None = None,
    metadata: Any = None,
    text: str = SECRET_WORDS,
    **ranks: float,
) -> Message:
    """The message after the guard, when the classifier gave these ranks."""
    ranking = sorted(({"name": n, "confidence": c} for n, c in ranks.items()), key=lambda entry: -entry["confidence"])
    top = ranking[0] if ranking else {"name": None, "confidence": 0.0}
    message = Message({"text": text, "metadata": metadata, "intent": top, "intent_ranking": ranking})
    component = CrisisGuard({"question_threshold": 0.3}, detector=lambda: detector)
    [message] = component.process([message], tracker or DialogueStateTracker.from_events("x", []))
    return message


def wire(level: str, **more: Any) -> dict[str, Any]:
    return {"assessment": {"level": level, "subject": "self", "flags": [], "answer": None, "score": 0.9, **more}}


def forbidden() -> Any:
    return FakeDetector(AssertionError("the door has assessed; nobody assesses again"))


@pytest.mark.parametrize(
    ("metadata", "ranks", "intent"),
    [
        (wire("crisis"), {"ask_cost": 0.9, "crisis_self": 0.1}, "crisis_self"),
        (wire("emergency", subject="other"), {"greet": 1.0}, "emergency_other"),
        (wire("none", subject=None), {"crisis_self": 0.9, "ask_cost": 0.1}, "ask_cost"),
        (wire("distress"), {"distress": 0.9, "ask_cost": 0.1}, "distress"),
        (wire("distress"), {"ask_cost": 0.6, "distress": 0.4}, "ask_cost"),
        (wire("distress", flags=["bereaved"]), {"greet": 0.9}, "bereaved"),
        (wire("crisis", answer="yes"), {"affirm": 0.9}, "direct_yes"),
        (wire("none", subject=None, answer="no"), {"deny": 0.9}, "direct_no"),
    ],
)
def test_the_doors_assessment_leads_without_another_one(metadata: Any, ranks: dict[str, float], intent: str) -> None:
    detector = forbidden()
    message = understood(detector, metadata=metadata, **ranks)
    assert message.get("intent")["name"] == intent
    assert message.get("intent_ranking")[0]["name"] == intent
    assert detector.contexts == []


def test_without_a_door_the_detector_is_asked() -> None:
    message = understood(FakeDetector(Assessment(Level.CONCERN, "self")), ask_cost=0.9, crisis_self=0.1)
    assert message.get("intent") == {"name": "concern_self", "confidence": 1.0}
    assert message.get(KEPT)["assessment"]["level"] == "concern"
    assert message.get(KEPT)["context"]["question_open"] is True


def test_an_unassessed_message_of_the_door_is_assessed_here() -> None:
    message = understood(FakeDetector(Assessment(Level.CONCERN, "self")), metadata={"assessment": None}, greet=1.0)
    assert message.get("intent")["name"] == "concern_self"


def test_the_context_of_the_turn_before_is_handed_to_the_detector() -> None:
    first = understood(FakeDetector(Assessment(Level.CONCERN, "self")), concern_self=1.0)
    told = UserUttered("before", parse_data={KEPT: first.get(KEPT)})
    tracker = DialogueStateTracker.from_events("x", [told, UserUttered("/ask_cost", parse_data={})])
    detector = FakeDetector(Assessment(Level.CRISIS, "self", answer="yes"))
    message = understood(detector, tracker=tracker, affirm=1.0)
    assert detector.contexts == [Context(Level.CONCERN, "self", True, 1, question_put=True)]
    assert message.get("intent")["name"] == "direct_yes"


@pytest.mark.parametrize("detector", [None, FakeDetector(RuntimeError("broken"))])
def test_without_a_working_detector_a_crisis_intent_stands(detector: Any) -> None:
    """SM-02."""
    assert understood(detector, crisis_self=0.4, ask_cost=0.3).get("intent") == {
        "name": "crisis_self",
        "confidence": 1.0,
    }
    assert understood(detector, ask_cost=0.9, crisis_self=0.1).get("intent")["name"] == "ask_cost"


def test_with_the_lexicon_alone_a_crisis_intent_of_the_classifier_stands() -> None:
    message = understood(FakeDetector(Assessment(Level.NONE), models=False), concern_self=0.4, ask_cost=0.3)
    assert message.get("intent")["name"] == "concern_self"
    assert message.get(KEPT)["assessment"]["level"] == "concern"


@pytest.mark.parametrize(
    "metadata", [{"assessment": {"level": "worst"}}, {"assessment": "crisis"}, {"assessment": [1]}]
)
def test_a_failure_inside_never_mutes_the_conversation_nor_logs_words(
    metadata: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """G2, G7."""
    message = understood(forbidden(), metadata=metadata, ask_cost=0.9)
    assert message.get("intent")["name"] == "ask_cost"
    assert "the crisis guard failed" in caplog.text
    assert SECRET_WORDS not in caplog.text


def test_a_message_without_ranking_passes() -> None:
    assert understood(FakeDetector(Assessment(Level.NONE))).get("intent")["name"] is None
    assert understood(FakeDetector(Assessment(Level.CRISIS, "self"))).get("intent")["name"] == "crisis_self"


def test_a_buttons_command_is_not_assessed() -> None:
    assert understood(forbidden(), text="/affirm", greet=1.0).get("intent")["name"] == "greet"


def test_missing_models_leave_the_lexicon_and_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load(models: Any = None, *, lexicon_only: bool = False) -> str:
        if not lexicon_only:
            raise DetectorError("models/detector is missing. Run: make train")
        return "the lexicon"

    monkeypatch.setattr(Detector, "load", load)
    load_detector.cache_clear()
    assert module.load_detector() == "the lexicon"
    assert "lexicon alone" in caplog.text and "make train" in caplog.text
    load_detector.cache_clear()
