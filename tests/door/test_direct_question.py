"""The direct question stays open until it is answered, and a tapped answer counts whenever it is tapped (SM-32)."""

from __future__ import annotations

import pytest

from holdfast.crisis.types import Level
from tests.door.alone import Alone

CONCERN = "everyone would be better off without me"


def test_a_tap_without_words_leaves_the_question_open(alone: Alone) -> None:
    alone.open()
    alone.say(CONCERN)
    assert alone.state().context.question_open
    alone.say("/more_lines")
    alone.say("/call_what_happens")
    alone.say("yes")
    assert alone.state().level is Level.CRISIS


@pytest.mark.parametrize("between", [(), ("/more_lines",), ("what does it cost?", "thanks")])
def test_a_tapped_yes_counts_whenever_it_is_tapped(alone: Alone, between: tuple[str, ...]) -> None:
    alone.open()
    alone.say(CONCERN)
    for words in between:
        alone.say(words)
    shown = alone.say("/affirm")
    assert alone.state().level is Level.CRISIS
    assert any(event.kind == "card" for event in shown)
    assert [record.kind for record in alone.records()] == ["alarm", "rise"]


def test_a_yes_in_words_after_something_else_answers_nothing(alone: Alone) -> None:
    alone.open()
    alone.say(CONCERN)
    alone.say("what does it cost?")
    alone.say("yes")
    assert alone.state().level is Level.CONCERN
