"""What becomes of a case, as a table and as properties. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cases import transitions as t
from desk.cases.levels import LEVELS, height
from desk.cases.state import Arrival, CaseState, Person, Refused

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SAM, KIM = Person(1, "Sam"), Person(2, "Kim")


def arrival(level: str = "crisis", kind: str = "alarm", *, minutes: float = 0, **more: object) -> Arrival:
    pages = level in ("crisis", "emergency")
    return Arrival(kind, level, "self", NOW + timedelta(minutes=minutes), **{"pages": pages, **more})


def opened(level: str = "crisis", **more: object) -> CaseState:
    return t.open_case(arrival(level, **more), NOW).state


def claimed(level: str = "crisis") -> CaseState:
    return t.claim(opened(level), SAM, NOW).state


def resolved() -> CaseState:
    return t.resolve(claimed(), SAM, "safe_for_now", lift=False, now=NOW).state


def test_the_first_record_opens_the_case_and_begins_an_alarm_round() -> None:
    state = opened()
    assert (state.status, state.round, state.alarm_since) == ("open", 1, NOW)


def test_a_drill_alarms_nobody() -> None:
    assert opened(drill=True).alarm_since is None


def test_a_real_record_in_a_drill_case_makes_it_real() -> None:
    state = t.receive(opened(drill=True), arrival("emergency"), NOW).state
    assert not state.drill and state.alarm_since == NOW


@pytest.mark.parametrize("before", [opened("concern"), claimed("concern"), replace(resolved(), level="concern")])
def test_a_rise_alarms_anew_whatever_the_case_is(before: CaseState) -> None:
    later = NOW + timedelta(minutes=9)
    after = t.receive(before, arrival("emergency", "rise"), later).state
    assert (after.level, after.alarm_since, after.round) == ("emergency", later, before.round + 1)


def test_a_rise_leaves_the_claim_and_is_unseen() -> None:
    after = t.receive(claimed("concern"), arrival("crisis", "rise"), NOW).state
    assert after.claimed_by == SAM and after.unseen_rise


def test_only_the_holder_ends_the_alarm_of_a_rise() -> None:
    risen = t.receive(claimed("concern"), arrival("crisis", "rise"), NOW).state
    assert t.acknowledge(risen, "pager", NOW).state.alarm_since == NOW
    calm = t.acknowledge(risen, "Sam", NOW, holder=True).state
    assert calm.alarm_since is None and not calm.unseen_rise


def test_a_resolved_case_reopens_by_a_further_alarm() -> None:
    after = t.receive(resolved(), arrival("crisis", "rise"), NOW).state
    assert (after.status, after.claimed_by, after.alarm_since) == ("open", None, NOW)


def test_what_was_allowed_at_the_end_is_held_back_when_the_case_reopens_g5() -> None:
    ended = t.resolve(claimed(), SAM, "safe_for_now", lift=True, now=NOW).state
    assert ended.lifted
    assert not t.receive(ended, arrival("emergency", "rise"), NOW).state.lifted
    assert not t.reopen(ended, NOW).state.lifted


def test_a_late_record_of_a_lower_level_changes_neither_level_nor_alarm() -> None:
    case = t.claim(opened("emergency"), SAM, NOW).state
    after = t.receive(case, arrival("concern", minutes=-5), NOW).state
    assert (after.level, after.alarm_since, after.opened_at) == ("emergency", None, NOW - timedelta(minutes=5))


def test_a_new_special_situation_alarms_at_the_same_level() -> None:
    after = t.receive(claimed(), arrival("crisis", "rise", flags=frozenset({"voices"})), NOW).state
    assert after.alarm_since == NOW and after.unseen_rise


def test_a_resolved_case_reopens_when_a_special_situation_is_learned_of() -> None:
    after = t.receive(resolved(), arrival("none", "context", flags=frozenset({"voices"})), NOW).state
    assert (after.status, after.alarm_since) == ("open", NOW)


def test_an_unseen_alarm_and_what_the_page_did_not_show_hold_the_end_back() -> None:
    risen = t.receive(claimed("concern"), arrival("emergency", "rise"), NOW).state
    for ends in (lambda s: t.resolve(s, SAM, "answered", lift=False, now=NOW), lambda s: t.lift(s, SAM)):
        with pytest.raises(Refused, match="I have seen it"):
            ends(risen)
    seen = t.acknowledge(risen, "Sam", NOW, holder=True, shown=risen.known).state
    with pytest.raises(Refused, match="since you opened the page"):
        t.resolve(seen, SAM, "answered", lift=False, now=NOW, shown=claimed("concern").known)
    assert t.resolve(seen, SAM, "answered", lift=False, now=NOW, shown=seen.known).state.status == "resolved"


def test_answers_that_were_allowed_are_held_back_again_with_the_next_alarm_g5() -> None:
    allowed = t.lift(claimed(), SAM)
    assert [(order.kind, order.detail) for order in allowed.door] == [("lift", {"level": "crisis"})]
    assert (allowed.state.status, allowed.state.lifted) == ("claimed", True)
    assert not t.receive(allowed.state, arrival("emergency", "rise"), NOW).state.lifted


def test_a_holder_who_does_not_write_keeps_the_case_and_it_alarms_again() -> None:
    after = t.receive(claimed(), arrival("crisis", "context", minutes=5, staff_silent=True), NOW).state
    assert (after.claimed_by, after.alarm_since, after.holder_silent) == (SAM, NOW, True)
    calm = t.replied(after, NOW).state
    assert (calm.alarm_since, calm.holder_silent) == (None, False)


def test_a_silence_from_before_the_claim_alarms_nobody() -> None:
    late = arrival("crisis", "context", minutes=-1, staff_silent=True)
    assert t.receive(claimed(), late, NOW).state == claimed()


def test_a_reply_does_not_end_the_alarm_of_an_unseen_rise() -> None:
    risen = t.receive(claimed("concern"), arrival("crisis", "rise"), NOW).state
    assert t.replied(risen, NOW).state.alarm_since == NOW


def test_a_wish_does_not_alarm_a_claimed_case() -> None:
    after = t.receive(claimed(), arrival("none", "staff_request"), NOW).state
    assert after.alarm_since is None and after.wishes == {"staff_request"}


def test_wishes_rank_below_every_alarm() -> None:
    wish, call = opened("none", kind="staff_request"), opened("none", kind="callback")
    assert opened("concern").urgency.rank > wish.urgency.rank > call.urgency.rank


def test_commanding_voices_rank_as_crisis() -> None:
    """SM-77."""
    assert opened("distress", flags=frozenset({"voices"})).urgency.key == "crisis"


def test_a_claim_ends_the_alarm_and_tells_the_door_the_name() -> None:
    change = t.claim(opened(), SAM, NOW)
    assert change.state.alarm_since is None
    assert [(order.kind, order.detail) for order in change.door] == [("takeover", {"name": "Sam"})]


def test_who_comes_second_learns_who_has_it() -> None:
    with pytest.raises(Refused, match="Sam has this case"):
        t.claim(claimed(), KIM, NOW)


def test_a_colleague_can_take_a_case_over() -> None:
    assert t.take_over(claimed(), KIM, NOW).state.claimed_by == KIM


def test_handing_back_alarms_again_and_the_bot_speaks() -> None:
    change = t.hand_back(claimed(), SAM, NOW)
    assert (change.state.status, change.state.alarm_since) == ("open", NOW)
    assert [order.kind for order in change.door] == ["hand_back"]


@pytest.mark.parametrize("lift", [True, False])
def test_resolving_closes_the_episode_and_lifts_g5_only_when_asked(lift: bool) -> None:
    """G5: only staff lift it. A closed episode lets a new alarm open a new case (G3)."""
    change = t.resolve(claimed(), SAM, "safe_for_now", lift=lift, now=NOW)
    ending = {"lift": lift, "level": "crisis"}
    assert [(order.kind, dict(order.detail)) for order in change.door] == [("hand_back", {}), ("close", ending)]
    assert change.state.lifted is lift


@pytest.mark.parametrize(
    "deed",
    [
        lambda state: t.hand_back(state, KIM, NOW),
        lambda state: t.resolve(state, KIM, "safe_for_now", lift=False, now=NOW),
        lambda state: t.lift(state, KIM),
    ],
)
def test_only_the_holder_may_end_things(deed: object) -> None:
    with pytest.raises(Refused):
        deed(claimed())  # type: ignore[operator]


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(Refused, match="outcome"):
        t.resolve(claimed(), SAM, "whatever", lift=False, now=NOW)


def test_reopening_alarms() -> None:
    assert t.reopen(resolved(), NOW).state.alarm_since == NOW


def test_notified_is_told_once_a_round() -> None:
    """G4."""
    first = t.notified(opened(), NOW)
    assert [order.kind for order in first.door] == ["notice"]
    assert t.notified(first.state, NOW).door == ()
    risen = t.receive(first.state, arrival("emergency", "rise"), NOW).state
    assert [order.kind for order in t.notified(risen, NOW).door] == ["notice"]


ARRIVALS = st.builds(
    Arrival,
    kind=st.sampled_from(["alarm", "rise", "staff_request", "callback", "context"]),
    level=st.sampled_from(LEVELS),
    subject=st.sampled_from([None, "self", "other"]),
    at=st.integers(-60, 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    flags=st.frozensets(st.sampled_from(["voices", "overdose", "minor", "deaf"])),
    pages=st.booleans(),
    staff_silent=st.booleans(),
)
DEEDS = st.sampled_from(
    [
        lambda s: t.claim(s, SAM, NOW),
        lambda s: t.claim(s, KIM, NOW),
        lambda s: t.take_over(s, KIM, NOW),
        lambda s: t.hand_back(s, SAM, NOW),
        lambda s: t.resolve(s, SAM, "answered", lift=False, now=NOW),
        lambda s: t.lift(s, SAM),
        lambda s: t.reopen(s, NOW),
        lambda s: t.acknowledge(s, "pager", NOW),
        lambda s: t.notified(s, NOW),
        lambda s: t.replied(s, NOW),
    ]
)


@given(ARRIVALS, st.lists(st.one_of(ARRIVALS, DEEDS), max_size=25))
def test_whatever_happens_the_case_stays_sound(first: Arrival, happenings: list[object]) -> None:
    state = t.open_case(first, NOW).state
    for happening in happenings:
        before = state
        try:
            arrived = isinstance(happening, Arrival)
            change = t.receive(state, happening, NOW) if arrived else happening(state)  # type: ignore[operator]
        except Refused:
            continue
        state = change.state
        assert (state.status == "claimed") == (state.claimed_by is not None)
        assert state.status != "resolved" or state.alarm_since is None
        assert state.status != "resolved" or not before.unseen_rise  # nothing ends before it was seen
        assert height(state.level) >= height(before.level)  # the level never falls
        assert before.flags <= state.flags and state.round >= before.round
        if isinstance(happening, Arrival) and happening.kind in ("alarm", "rise") and not happening.staff_silent:
            assert state.status != "resolved"
            if height(happening.level) > height(before.level):
                assert state.alarm_since == NOW
        if change != t.Change(before):
            assert change.history  # nothing changes without a line in the history


@given(
    st.permutations([arrival("concern"), arrival("crisis", "rise", minutes=1), arrival("emergency", "rise", minutes=2)])
)
def test_the_order_of_arrival_does_not_matter_for_what_the_case_says(order: list[Arrival]) -> None:
    state = t.open_case(order[0], NOW).state
    for each in order[1:]:
        state = t.receive(state, each, NOW).state
    assert (state.level, state.opened_at, state.waiting_since, state.pages) == ("emergency", NOW, NOW, True)
