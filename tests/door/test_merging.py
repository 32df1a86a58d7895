"""Two states of one conversation become one: what was stored counts, what is newer counts, no level falls (G6)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.crisis.types import Context, Level
from holdfast.door.callback.form import CallBack
from holdfast.door.merging import merged
from holdfast.door.state import ConversationState
from holdfast.door.takeover import taken

BASE = ConversationState(country="US", language="en")
STORED = replace(
    taken(BASE, "Sam", 50.0),
    episode=3,
    episode_open=True,
    level=Level.CRISIS,
    subject="self",
    language="es",
    country="MX",
    after_risk=True,
    quiet=True,
    reached=True,
    flags=frozenset({"deaf"}),
    context=Context(Level.CRISIS, "self", True, 4, frozenset({"intoxicated"})),
    issued=frozenset({"/affirm"}),
    callback=CallBack(name="Ana"),
    wrote_at=100.0,
)

states = st.builds(
    ConversationState,
    country=st.sampled_from(["US", "MX"]),
    language=st.sampled_from(["en", "es"]),
    episode=st.integers(1, 3),
    episode_open=st.booleans(),
    level=st.sampled_from(list(Level)),
    subject=st.sampled_from(["self", "other", None]),
    flags=st.frozensets(st.sampled_from(["deaf", "voices"])),
    context=st.builds(
        Context,
        highest=st.sampled_from(list(Level)),
        question_open=st.booleans(),
        question_put=st.booleans(),
        distress_turns=st.integers(0, 3),
    ),
    after_risk=st.booleans(),
    quiet=st.booleans(),
    reached=st.booleans(),
    callback=st.sampled_from([None, CallBack(), CallBack(status="left"), CallBack(status="noted", noted_at=1.0)]),
    notice=st.sampled_from([None, "recorded", "nobody"]),
    issued=st.frozensets(st.sampled_from(["/affirm", "/deny"])),
    staff_name=st.sampled_from([None, "Sam"]),
    waits_since=st.sampled_from([None, 5.0]),
    wrote_at=st.floats(0, 10),
    forgotten_before=st.integers(0, 5),
)
#: What a message can leave of a conversation that was not read: nothing that only staff do.
unread = st.builds(lambda state: replace(state, episode=1, staff_name=None, waits_since=None), states)


@given(states)
def test_a_conversation_in_which_nothing_came_is_as_it_was_stored(stored: ConversationState) -> None:
    assert merged(BASE, BASE, stored) == stored


@given(unread, states)
def test_to_merge_again_changes_nothing(ours: ConversationState, stored: ConversationState) -> None:
    once = merged(BASE, ours, stored)
    assert merged(BASE, ours, once) == once


@given(unread, states)
def test_nothing_falls_below_what_either_side_knows_g6(ours: ConversationState, stored: ConversationState) -> None:
    both = merged(BASE, ours, stored)
    for side in (ours, stored):
        assert both.level >= side.level and both.context.highest >= side.context.highest
        assert both.flags >= side.flags and both.issued >= side.issued
        assert both.after_risk >= side.after_risk and both.episode_open >= side.episode_open
        assert both.forgotten_before >= side.forgotten_before
        assert both.context.question_put >= side.context.question_put  # it is put once (SM-32)
    assert (both.episode, both.staff_name) == (stored.episode, stored.staff_name)


@pytest.mark.parametrize(
    ("came", "field", "expected"),
    [
        ({}, "language", "es"),
        ({"language": "es"}, "language", "es"),
        ({"country": "IE"}, "country", "IE"),
        ({"quiet": True}, "quiet", True),
        ({"level": Level.CRISIS, "subject": "other"}, "subject", "self"),
        ({"level": Level.CONCERN}, "quiet", True),
        ({"level": Level.EMERGENCY}, "quiet", False),  # a rise ends the wish for fewer numbers
        ({"level": Level.CONCERN}, "reached", False),  # an alarm: nobody is with them any more
        ({"level": Level.DISTRESS}, "reached", True),
        ({"level": Level.CONCERN}, "callback", CallBack(status="left", name="Ana")),
        ({"callback": CallBack(name="Bo")}, "callback", CallBack(name="Bo")),
        ({"wrote_at": 120.0}, "waits_since", 50.0),
        ({}, "notice", "claimed"),
    ],
)
def test_what_is_newer_counts_and_the_rest_is_as_it_was_stored(
    came: dict[str, object], field: str, expected: object
) -> None:
    ours = replace(BASE, **came)  # type: ignore[arg-type]
    assert getattr(merged(BASE, ours, STORED), field) == expected


def test_who_writes_to_staff_that_the_door_does_not_know_of_waits_from_then_on() -> None:
    answered = replace(STORED, waits_since=None)
    assert merged(BASE, replace(BASE, wrote_at=120.0), answered).waits_since == 120.0


@pytest.mark.parametrize(
    ("stored", "alarm", "left"), [("heard", False, "heard"), ("heard", True, None), ("open", False, None)]
)
def test_a_denial_counts_only_as_stored_and_without_an_alarm_since(stored: str, alarm: bool, left: str | None) -> None:
    ours = replace(BASE, level=Level.CONCERN, episode_open=True, denial="open") if alarm else BASE
    assert merged(BASE, ours, replace(STORED, denial=stored)).denial == left
