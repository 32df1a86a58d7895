"""Which intent leads a turn: the detector decides risk both ways (design, step 5)."""

from __future__ import annotations

import pytest

from holdfast.crisis.types import Assessment, Level
from holdfast.dialogue.decision import CRISIS_SIDE, Ranked, decide, leading_intent

NONE = Assessment(Level.NONE)
DISTRESS = Assessment(Level.DISTRESS, "self")


def ranking(**confidences: float) -> list[Ranked]:
    return sorted((Ranked(*item) for item in confidences.items()), key=lambda entry: -entry.confidence)


def assessed(level: Level, *flags: str, subject: str = "self", answer: str | None = None) -> Assessment:
    return Assessment(level, subject, flags=frozenset(flags), answer=answer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("assessment", "intent"),
    [
        (assessed(Level.EMERGENCY), "emergency_self"),
        (assessed(Level.EMERGENCY, subject="other"), "emergency_other"),
        (assessed(Level.CRISIS), "crisis_self"),
        (assessed(Level.CRISIS, subject="other"), "crisis_other"),
        (assessed(Level.CONCERN), "concern_self"),
        (assessed(Level.CONCERN, subject="other"), "concern_other"),
        (assessed(Level.CRISIS, "voices"), "voices"),
        (assessed(Level.EMERGENCY, "voices"), "emergency_self"),
        (assessed(Level.CONCERN, "treat_tonight"), "treat_tonight"),
        (assessed(Level.CRISIS, "treat_tonight"), "crisis_self"),
        (assessed(Level.CRISIS, "abuse", "after_session"), "crisis_self"),
        (assessed(Level.DISTRESS, "abuse"), "abuse"),
        (assessed(Level.DISTRESS, "bereaved"), "bereaved"),
        (assessed(Level.NONE, "after_session"), "after_session"),
        (assessed(Level.NONE, "harm_to_others", "abuse"), "harm_to_others"),
        (assessed(Level.NONE, "minor", "veteran"), None),
        (assessed(Level.CRISIS, answer="yes"), "direct_yes"),
        (assessed(Level.EMERGENCY, answer="yes"), "emergency_self"),
        (assessed(Level.CONCERN, answer="unsure"), "direct_unsure"),
        (assessed(Level.NONE, answer="no"), "direct_no"),
        (assessed(Level.CRISIS, answer="no"), "crisis_self"),
        (NONE, None),
        (DISTRESS, None),
    ],
)
def test_the_assessment_demands_an_intent(assessment: Assessment, intent: str | None) -> None:
    assert leading_intent(assessment) == intent


@pytest.mark.parametrize("level", [Level.CONCERN, Level.CRISIS, Level.EMERGENCY])
def test_a_risk_wins_over_a_confident_question(level: Level) -> None:
    decision = decide(assessed(level), ranking(ask_cost=0.99, crisis_self=0.01))
    assert decision.ranking[0] == Ranked(f"{level.label}_self", 1.0)


@pytest.mark.parametrize("intent", sorted(CRISIS_SIDE))
def test_below_concern_a_crisis_side_intent_gives_way_to_the_best_other_one(intent: str) -> None:
    decision = decide(NONE, ranking(**{intent: 0.7, "ask_cost": 0.2, "greet": 0.1}))
    assert decision.ranking[0].name == "ask_cost"
    assert decision.ranking[0].confidence == pytest.approx(2 / 3)
    assert not {entry.name for entry in decision.ranking} & CRISIS_SIDE


@pytest.mark.parametrize(
    ("confidences", "intent"),
    [
        ({"distress": 0.6, "ask_cost": 0.4}, "ask_cost"),
        ({"distress": 0.9, "ask_cost": 0.1}, "distress"),
        ({"talk_to_person": 0.8, "distress": 0.2}, "talk_to_person"),
        ({"thanks": 0.8, "distress": 0.2}, "thanks"),
        ({"out_of_scope": 0.8, "distress": 0.2}, "distress"),
        ({}, "distress"),
    ],
)
def test_a_sad_person_who_asks_gets_the_question_answered(confidences: dict[str, float], intent: str) -> None:
    assert decide(DISTRESS, ranking(**confidences), question_threshold=0.3).ranking[0].name == intent


@pytest.mark.parametrize("known", [None, NONE])
def test_without_models_a_crisis_intent_of_the_classifier_stands_at_full_confidence(known: Assessment | None) -> None:
    """SM-02: detection fails safe, and the fallback must not swallow it."""
    decision = decide(known, ranking(crisis_other=0.2, ask_cost=0.19), sure=False)
    assert decision.ranking[0] == Ranked("crisis_other", 1.0)
    assert (decision.assessment.level, decision.assessment.subject) == (Level.CRISIS, "other")


def test_without_models_the_lexicon_still_leads() -> None:
    decision = decide(assessed(Level.EMERGENCY), ranking(concern_self=0.9, greet=0.1), sure=False)
    assert decision.ranking[0].name == "emergency_self"


def test_without_models_a_special_intent_brings_its_flag() -> None:
    decision = decide(NONE, ranking(voices=0.6, greet=0.4), sure=False)
    assert decision.assessment == Assessment(Level.CRISIS, "self", flags=frozenset({"voices"}))


def test_without_a_detector_a_harmless_intent_stands() -> None:
    decision = decide(None, ranking(greet=0.9, crisis_self=0.1), sure=False)
    assert decision.ranking[0].name == "greet"
    assert decision.assessment.level is Level.NONE
