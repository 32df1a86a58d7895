"""The one check-back after a card, and lines for who the person turns out to be: pure decisions of the door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdfast.crisis.types import Assessment, Level
from holdfast.door.check_back import EASE, REACH, answered, asked, due
from holdfast.door.commands import apply_request
from holdfast.door.plan import Facts, clear_episode, next_step
from holdfast.door.records import rasa_metadata
from holdfast.door.state import ConversationState

FACTS = Facts(on_duty=True, page_for_other=True)
NEW = ConversationState()
CRISIS = Assessment(Level.CRISIS, "self")
AFTER = next_step(NEW, CRISIS, FACTS).state


@pytest.mark.parametrize("intent", ["thanks", "goodbye", "heard", "distress", "out_of_scope"])
def test_it_comes_with_the_next_message_about_something_else_sm49(intent: str) -> None:
    assert due(AFTER, intent, None, carded=False) is REACH
    assert due(AFTER, "ask_cost", "ask_cost", carded=False) is REACH


@pytest.mark.parametrize(
    "intent", ["fear_of_police", "call_what_happens", "grounding", "not_reached", "returning", "talk_to_person", None]
)
def test_it_interrupts_nobody_who_is_getting_help_sm49(intent: str | None) -> None:
    assert due(AFTER, intent, None, carded=False) is None


def test_it_comes_once_an_episode_sm49() -> None:
    once = asked(AFTER, REACH)
    assert due(once, "thanks", None, carded=False) is None
    again = next_step(clear_episode(once), CRISIS, FACTS).state
    assert due(again, "thanks", None, carded=False) is REACH


def test_it_comes_neither_with_a_card_nor_without_one_nor_while_staff_answer() -> None:
    assert due(AFTER, "thanks", None, carded=True) is None
    assert due(NEW, "thanks", None, carded=False) is None
    assert due(replace(AFTER, staff_name="Sam"), "thanks", None, carded=False) is None
    assert due(clear_episode(AFTER, lift=False), "thanks", None, carded=False) is None


def test_a_person_who_has_reached_somebody_is_asked_how_it_is_and_gets_no_number_sm85() -> None:
    reached = apply_request(AFTER, {"type": "reached"}, lambda code: True)
    assert due(reached, "thanks", None, carded=False) is EASE
    assert not next_step(reached, CRISIS, FACTS).state.reached, "a new alarm begins anew"
    assert next_step(reached, Assessment(Level.NONE), FACTS).state.reached


def test_only_the_next_message_is_its_answer() -> None:
    waiting = asked(AFTER, EASE)
    assert rasa_metadata(waiting, None, carded=False)["asked_back"] == "ease"
    assert answered(waiting).asked_back is None
    assert ConversationState.from_dict(waiting.to_dict()) == waiting


@pytest.mark.parametrize("flag", ["veteran", "minor", "deaf"])
def test_who_the_person_is_brings_the_fitting_lines_once_after_a_card_sm74_sm75_sm78(flag: str) -> None:
    told = Assessment(Level.NONE, flags=frozenset({flag}))
    plan = next_step(AFTER, told, FACTS)
    assert plan.card is not None and plan.card.variant == "full" and plan.record is None
    assert next_step(plan.state, told, FACTS).card is None, "not twice (SM-34)"
    assert next_step(NEW, told, FACTS).card is None, "not before any risk"
    assert next_step(replace(AFTER, quiet=True), told, FACTS).card is None, (
        "not to a person who wants no numbers (SM-85)"
    )


def test_rasa_is_told_that_a_card_is_out_also_one_without_an_alarm() -> None:
    bereaved = next_step(NEW, Assessment(Level.DISTRESS, "self", flags=frozenset({"bereaved"})), FACTS).state
    assert not bereaved.after_risk
    assert rasa_metadata(bereaved, None, carded=False)["after_card"]
    assert not rasa_metadata(NEW, None, carded=False)["after_card"]
