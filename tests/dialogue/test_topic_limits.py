"""What the tool that chooses the limits counts as right, as doubt and as wrong."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="scikit-learn 1.9 lives in .venv; make test runs these there")

from holdfast.dialogue.choice import Limits
from holdfast.dialogue.decision import Ranked
from tools.topic_limits import COSTS, Reading, outcome, second

LIMITS = Limits(answer=0.6, offer=0.5, part=0.8)
CLINIC = frozenset({"ask_parking"})


def reading(intent: str, *parts: Ranked, **ranks: float) -> Reading:
    return Reading(intent, tuple(Ranked(*pair) for pair in ranks.items()), tuple((part,) for part in parts))


@pytest.mark.parametrize(
    ("read", "result"),
    [
        (reading("ask_cost", ask_cost=0.7), "right"),
        (reading("ask_cost", ask_heart=0.7), "wrong_treatment"),
        (reading("ask_cost", ask_parking=0.7), "wrong_clinic"),
        (reading("out_of_scope", ask_parking=0.7), "beyond_scope"),
        (reading("out_of_scope", out_of_scope=0.4), "right"),
        (reading("out_of_scope", ask_cost=0.3), "right"),
        (reading("ask_cost", out_of_scope=0.9), "unsure"),
        (reading("ask_cost", ask_cost=0.3, greet=0.3), "unsure"),
        (reading("ask_cost", ask_heart=0.4, ask_cost=0.3), "offer_holds"),
        (reading("ask_cost", ask_heart=0.4, ask_parking=0.3), "offer_misses"),
        (reading("out_of_scope", ask_heart=0.4, ask_parking=0.3), "offer_misses"),
    ],
)
def test_each_reading_has_one_outcome_and_each_bad_one_a_cost(read: Reading, result: str) -> None:
    assert outcome(read, LIMITS, CLINIC) == result
    assert (result in COSTS) != (result == "right")


def test_two_certain_parts_are_two_questions() -> None:
    cost, parking = Ranked("ask_cost", 0.9), Ranked("ask_parking", 0.9)
    assert second(reading("ask_cost", cost, parking, ask_cost=0.7), LIMITS)
    assert not second(reading("ask_cost", cost, cost, ask_cost=0.7), LIMITS)
    assert not second(reading("ask_cost", ask_heart=0.4, ask_parking=0.3), LIMITS)
    assert not second(reading("ask_cost", ask_heart=0.4), LIMITS)
