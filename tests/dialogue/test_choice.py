"""What becomes of what the classifier believes: one answer, two answers, an offer, or nothing changed."""

from __future__ import annotations

import pytest

from holdfast.dialogue.choice import BETWEEN, LOST, MORE_THAN_TWO, TWO, Choice, Limits, choose
from holdfast.dialogue.decision import Ranked

LIMITS = Limits(answer=0.5, offer=0.6, part=0.8)


def ranks(**given: float) -> tuple[Ranked, ...]:
    return tuple(Ranked(name, confidence) for name, confidence in sorted(given.items(), key=lambda pair: -pair[1]))


COST, PARKING, BRING = ranks(ask_cost=0.9), ranks(ask_parking=0.85), ranks(ask_what_to_bring=0.95)
WHOLE = ranks(ask_cost=0.55, ask_parking=0.3)


@pytest.mark.parametrize(
    ("ranking", "parts", "choice"),
    [
        (WHOLE, (COST, PARKING), Choice(TWO, ("ask_cost", "ask_parking"))),
        (WHOLE, (PARKING, COST), Choice(TWO, ("ask_parking", "ask_cost"))),
        (WHOLE, (COST, COST, PARKING), Choice(TWO, ("ask_cost", "ask_parking"))),
        (WHOLE, (COST, PARKING, BRING), Choice(MORE_THAN_TWO, ("ask_cost", "ask_parking"))),
        (WHOLE, (COST, COST), None),
        (WHOLE, (COST, ranks(ask_parking=0.79)), None),
        (WHOLE, (COST, ranks(greet=0.99)), None),
        (WHOLE, (COST, ranks(out_of_scope=0.99)), None),
        (WHOLE, (), None),
        (ranks(out_of_scope=0.7, ask_cost=0.2), (COST, PARKING), None),
        (ranks(talk_to_person=0.4, ask_cost=0.3), (COST, PARKING), Choice(TWO, ("ask_cost", "ask_parking"))),
        (ranks(ask_cost=0.4, ask_insurance=0.3), (), Choice(BETWEEN, ("ask_cost", "ask_insurance"))),
        (ranks(ask_cost=0.3, ask_insurance=0.2), (), Choice(LOST, ())),
        (ranks(ask_cost=0.4, greet=0.3), (), Choice(LOST, ())),
        (ranks(greet=0.3, ask_cost=0.2), (), None),
        (ranks(out_of_scope=0.4, ask_cost=0.3), (), None),
        (ranks(ask_cost=0.4), (), Choice(LOST, ())),
        (ranks(ask_cost=0.5), (), None),
        ((), (), None),
    ],
)
def test_the_choice(ranking: tuple[Ranked, ...], parts: tuple[tuple[Ranked, ...], ...], choice: Choice | None) -> None:
    assert choose(ranking, parts, LIMITS) == choice


def test_nobody_gets_more_than_two_answers() -> None:
    many = tuple(ranks(**{f"ask_{letter}": 0.9}) for letter in "abcdef")
    choice = choose(WHOLE, many, LIMITS)
    assert choice is not None
    assert choice.topics == ("ask_a", "ask_b")
