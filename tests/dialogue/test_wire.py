"""Assessment and context survive the way into Rasa and back; what is malformed is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from holdfast.crisis.types import Assessment, Context, Level
from holdfast.dialogue.wire import assessment_from, assessment_to, context_from, context_to


@pytest.mark.parametrize(
    "assessment",
    [
        Assessment(Level.NONE),
        Assessment(Level.EMERGENCY, "other", score=0.5, flags=frozenset({"overdose", "minor"})),
        Assessment(Level.CRISIS, "self", answer="yes"),
    ],
)
def test_an_assessment_survives_json(assessment: Assessment) -> None:
    assert assessment_from(json.loads(json.dumps(assessment_to(assessment)))) == assessment


def test_a_context_survives_json() -> None:
    context = Context(Level.CONCERN, "self", True, 2, frozenset({"intoxicated"}))
    assert context_from(json.loads(json.dumps(context_to(context)))) == context


def test_unknown_flags_are_dropped() -> None:
    assert assessment_from({"level": "none", "flags": ["abuse", "of_tomorrow"]}).flags == {"abuse"}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"level": "worst"},
        {"level": 3},
        {"level": "none", "subject": "me"},
        {"level": "none", "answer": "perhaps"},
        {"level": "none", "flags": "abuse"},
        {"level": "none", "flags": [1]},
        {"level": "none", "score": "high"},
        {"level": "none", "score": True},
    ],
)
def test_a_malformed_assessment_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        assessment_from(data)
