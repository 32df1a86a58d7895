"""What staff do through the desk, on a door by itself: what is said of them stays true when an order comes twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from holdfast.crisis.types import Level
from holdfast.door.staff import Staff
from tests.door.alone import Alone

CRISIS = "I want to kill myself"
Does = Callable[[Awaitable[Any]], Any]


@pytest.fixture
def staff(alone: Alone) -> Staff:
    alone.open()
    alone.say(CRISIS)
    return Staff(alone.door)


@pytest.fixture
def does(alone: Alone) -> Iterator[Does]:
    yield alone.loop.run_until_complete


def said(alone: Alone, words: str) -> int:
    """How often the person has read that."""
    conversation = alone.parts.registry.known("c")
    assert conversation is not None
    return sum(words in event.text for event in conversation.events)


def test_a_takeover_that_comes_twice_is_said_once_and_does_not_begin_the_wait_again_g4(
    alone: Alone, staff: Staff, does: Does
) -> None:
    """The door did it and answered too late, Sam wrote, and the desk repeats its order."""
    does(staff.take_over("c", "Sam", "7"))
    does(staff.reply("c", "Hello, I am here.", "Sam", "r-1"))
    does(staff.take_over("c", "Sam", "7"))
    assert said(alone, "Sam of the clinic is reading this") == 1
    alone.now += 3600
    assert does(staff.end_silence()) == 0, "nobody waits: Sam had the last word"
    assert said(alone, "has not written for a while") == 0


def test_a_takeover_that_is_repeated_after_the_silence_was_said_claims_nothing_again_g4(
    alone: Alone, staff: Staff, does: Does
) -> None:
    does(staff.take_over("c", "Sam", "7"))
    alone.now += 3600
    assert does(staff.end_silence()) == 1
    does(staff.take_over("c", "Sam", "7"))
    assert said(alone, "Sam of the clinic is reading this") == 1 and alone.state().staff_silent


def test_a_colleague_of_the_same_name_who_takes_a_silent_chat_over_is_a_new_takeover(
    alone: Alone, staff: Staff, does: Does
) -> None:
    does(staff.take_over("c", "Sam", "7"))
    alone.now += 3600
    does(staff.end_silence())
    does(staff.take_over("c", "Sam", "8"))
    assert said(alone, "Sam of the clinic is reading this") == 2 and not alone.state().staff_silent
    alone.now += 3600
    assert does(staff.end_silence()) == 1


def test_another_name_is_said_at_once_g4(alone: Alone, staff: Staff, does: Does) -> None:
    does(staff.take_over("c", "Sam", "7"))
    does(staff.take_over("c", "Kim", "8"))
    assert said(alone, "Kim of the clinic is reading this") == 1 and alone.state().staff_name == "Kim"


def test_g5_can_be_lifted_while_the_episode_goes_on(alone: Alone, staff: Staff, does: Does) -> None:
    does(staff.clear("c", 1, close=False, level=Level.CRISIS))
    assert (alone.state().after_risk, alone.state().episode, alone.state().episode_open) == (False, 1, True)
    alone.say(CRISIS)
    assert alone.state().after_risk, "the next message of risk holds it back again"


@pytest.mark.parametrize("close", [True, False])
def test_who_does_not_know_of_a_rise_lifts_nothing_g5(alone: Alone, staff: Staff, does: Does, close: bool) -> None:
    """Its record is still under way to the desk."""
    does(staff.clear("c", 1, close=close, level=Level.CONCERN))
    assert alone.state().after_risk and alone.state().episode == (2 if close else 1)
