"""Who answers in a takeover, when silence is said, and how a staff message stands. Pure."""

from dataclasses import replace
from typing import Any

import pytest

from holdfast.crisis.types import Assessment, Level
from holdfast.door import takeover as t
from holdfast.door.conversation import Conversation
from holdfast.door.plan import Facts, clear_episode, next_step
from holdfast.door.staff import with_delivery
from holdfast.door.state import ConversationState

NEW = ConversationState()
SAM = t.taken(NEW, "Sam", 100.0)
SILENT = t.fallen_silent(SAM)
ON_DUTY = Facts(on_duty=True, page_for_other=True)


@pytest.mark.parametrize(
    ("state", "now", "due"),
    [
        (NEW, 1000.0, False),
        (SAM, 399.0, False),
        (SAM, 400.0, True),  # the first words count too: nobody waits for ever for a name
        (SILENT, 1000.0, False),  # it is said once
        (t.replied(SAM), 1000.0, False),  # staff have the last word
        (t.person_wrote(t.replied(SAM), 700.0), 999.0, False),
        (t.person_wrote(t.replied(SAM), 700.0), 1000.0, True),
        (t.person_wrote(t.person_wrote(t.replied(SAM), 700.0), 990.0), 1000.0, True),  # since the first message
        (t.handed_back(SAM), 1000.0, False),
        (t.person_wrote(t.replied(NEW), 1.0), 1000.0, False),  # words without a takeover bind nobody
    ],
)
def test_when_the_silence_of_staff_is_said(state: ConversationState, now: float, due: bool) -> None:
    assert t.silence_is_due(state, now, 300.0) is due


@pytest.mark.parametrize(
    ("state", "silent"),
    [(NEW, False), (SAM, True), (SILENT, False), (t.replied(SILENT), True), (t.handed_back(SAM), False)],
)
def test_who_answers(state: ConversationState, silent: bool) -> None:
    assert t.bot_silent(state) is silent


def test_words_of_staff_take_nothing_over_and_say_nothing_about_who_reads_g4() -> None:
    assert t.replied(NEW) == NEW
    assert t.replied(SAM).staff_name == "Sam"
    said = next_step(t.replied(NEW), Assessment(Level.CRISIS, "self"), ON_DUTY).state.notice
    assert said == "recorded" and not t.bot_silent(t.replied(NEW))


def test_that_somebody_reads_is_not_said_while_they_are_silent_and_again_when_they_write_g4() -> None:
    crisis = Assessment(Level.CRISIS, "self")
    said = [next_step(state, crisis, ON_DUTY).state.notice for state in (SAM, SILENT, t.replied(SILENT))]
    assert said == ["claimed", "recorded", "claimed"]
    assert SILENT.notice is None


@pytest.mark.parametrize("state", [SAM, SILENT])
def test_a_takeover_switches_no_detection_off_g6(state: ConversationState) -> None:
    plan = next_step(state, Assessment(Level.CRISIS, "self"), ON_DUTY)
    assert plan.card is not None and plan.card.variant == "full" and plan.record == "alarm"


@pytest.mark.parametrize("lift", [True, False])
def test_a_closed_episode_lifts_g5_only_when_staff_say_so_and_forgets_wishes(lift: bool) -> None:
    risky = replace(NEW, after_risk=True, episode_open=True, level=Level.CRISIS, staff_wanted=True)
    after = clear_episode(risky, lift=lift)
    assert (after.after_risk, after.episode, after.episode_open, after.staff_wanted) == (not lift, 2, False, False)


def test_the_state_of_a_takeover_survives_the_store() -> None:
    assert ConversationState.from_dict(SILENT.to_dict()) == SILENT
    assert ConversationState.from_dict(SAM.to_dict()) == SAM


def event(number: int, author: str) -> dict[str, Any]:
    return {"event_id": number, "author": author}


@pytest.mark.parametrize(
    ("handed", "channel", "deliveries"),
    [(0, "web", ["sent", "waiting"]), (5, "web", ["sent", "sent"]), (5, "slack", [None, None])],
)
def test_a_staff_message_counts_as_sent_once_an_open_page_was_given_it(
    handed: int, channel: str, deliveries: list[str | None]
) -> None:
    conversation = Conversation("w_1", replace(NEW, channel=channel), handed=handed)
    events = [event(1, "user"), event(2, "staff"), event(3, "user"), event(4, "bot"), event(5, "staff")]
    listed = with_delivery(conversation, events)
    assert [each.get("delivery") for each in listed if each["author"] == "staff"] == deliveries
