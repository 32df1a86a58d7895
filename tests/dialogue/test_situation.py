"""What a reply depends on, with a door (its word counts) and without (the words themselves tell)."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.crisis.types import Level
from holdfast.dialogue.situation import Situation, Turn, situation

CONCERN = {"level": "concern", "subject": "self", "flags": [], "answer": None, "score": 0.8}
AFTER_CONCERN = {
    "highest": "concern",
    "subject": "self",
    "question_open": True,
    "question_put": True,
    "distress_turns": 1,
    "flags": [],
}


def turn(text: str = "hello", kept: dict[str, Any] | None = None, **metadata: Any) -> Turn:
    return Turn(text, metadata, kept or {})


def of(*turns: Turn, **slots: str) -> Situation:
    return situation(turns, slots, languages=("en", "es"), country="US")


def test_at_the_start_everything_is_the_clinics() -> None:
    now_in = of()
    assert (now_in.language, now_in.country, now_in.after_risk) == ("en", "US", False)


@pytest.mark.parametrize(
    ("now_in", "language", "country"),
    [
        (of(turn("hola", language="en", country="IE")), "en", "IE"),
        (of(turn("quiero saber cuánto cuesta")), "es", "US"),
        (of(turn("quiero saber cuánto cuesta"), turn("ok")), "es", "US"),
        (of(turn("quiero saber cuánto cuesta"), turn("what does it cost")), "en", "US"),
        (of(turn("I live in Canada")), "en", "CA"),
        (of(turn("hello"), country="NZ"), "en", "NZ"),
        (of(turn("ok"), language="es"), "es", "US"),
        (of(turn("bonjour", language="fr")), "en", "US"),
    ],
)
def test_language_and_country(now_in: Situation, language: str, country: str) -> None:
    assert (now_in.language, now_in.country) == (language, country)


@pytest.mark.parametrize(
    ("turns", "after_risk"),
    [
        ((turn(after_risk=True),), True),
        ((turn(after_risk=False),), False),
        ((turn(kept={"assessment": CONCERN}), turn("what does it cost")), True),
        ((turn(assessment=CONCERN), turn("what does it cost")), True),
        ((turn(kept={"assessment": {**CONCERN, "level": "distress"}}), turn("what does it cost")), False),
    ],
)
def test_after_a_risk_the_conversation_stays_so(turns: tuple[Turn, ...], after_risk: bool) -> None:
    """G5 holds without a door too."""
    assert of(*turns).after_risk is after_risk


def test_the_direct_question_is_due_once_and_to_the_person_at_risk() -> None:
    """SM-32."""
    first = turn("I wish I was not here", {"assessment": CONCERN, "context": AFTER_CONCERN})
    assert of(first).question_due
    assert not of(first, first).question_due
    assert not of(turn(assessment={**CONCERN, "subject": "other"})).question_due
    assert not of(turn(assessment={**CONCERN, "level": "emergency"})).question_due


def test_the_guards_assessment_counts_before_the_doors() -> None:
    now_in = of(turn(kept={"assessment": CONCERN}, assessment={**CONCERN, "level": "none"}))
    assert now_in.assessment.level is Level.CONCERN
