"""Two cases of one chat: one person sits behind them, so one member of staff has both, and one name is said (G4)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cases import casebook, chats
from desk.cases.levels import LEVELS
from desk.cases.models import Case, DoorTask
from desk.cases.state import Arrival, CaseState, Person, Refused
from tests.desk.fake_door import FakeDoor
from tests.desk.records import record, take
from tests.desk.test_cases import press

SignedIn = Callable[..., Any]
SAM, KIM = "Sam, nurse", "Kim, nurse"


@pytest.fixture
def sam(signed_in: SignedIn) -> Any:
    return signed_in("sam")


@pytest.fixture
def kim(signed_in: SignedIn) -> Any:
    return signed_in("kim")


@pytest.fixture
def old(sam: Any, door: FakeDoor) -> Any:
    """A case that Sam resolved, reopened, and took again: the door's next episode is the second."""
    door.say("w_1", "I do not want to be here any more")
    case = take(record())
    for button, form in (("claim", {}), ("resolve", {"outcome": "no_answer"}), ("reopen", {}), ("claim", {})):
        press(sam, case, button, **form)
    assert case.status == "claimed"
    return case


@pytest.fixture
def new(old: Any) -> Any:
    """The alarm of the next episode, while Sam has the old case."""
    return take(record(episode=2, level="emergency"))


def holders() -> dict[int, str | None]:
    """Who has which episode's case."""
    cases = Case.objects.select_related("claimed_by").exclude(status="resolved")
    return {case.episode: case.claimed_by and case.claimed_by.username for case in cases}


def test_a_new_alarm_goes_to_whoever_has_the_chat_and_alerts_until_they_have_seen_it(sam: Any, new: Any) -> None:
    assert (new.status, new.claimed_by.username, new.unseen_rise) == ("claimed", "sam", True)
    assert new.alarm_since is not None
    assert "Sam, nurse has the case and has not seen it" in sam.get("/").content.decode()
    press(sam, new, "seen")
    assert new.alarm_since is None and not new.unseen_rise


@pytest.mark.parametrize("ending", ["resolve", "hand-back"])
def test_who_ends_the_old_case_does_not_throw_the_colleague_out_who_took_the_new_one(
    sam: Any, kim: Any, old: Any, new: Any, door: FakeDoor, ending: str
) -> None:
    """Sam's page still says that the case is theirs."""
    press(kim, new, "claim")
    if new.claimed_by.username != "kim":  # no case of a held chat is free: it is taken over, knowingly
        press(kim, new, "take-over")
    assert door.names()[-1] == KIM
    page = press(sam, old, ending, outcome="safe_for_now")
    assert door.names()[-1] == KIM, "the person never reads that staff have left while Kim writes"
    assert "Kim, nurse has this case now" in page
    assert holders() == {1: "kim", 2: "kim"}


def test_nobody_takes_a_case_of_a_chat_that_a_colleague_has_without_knowing(kim: Any, new: Any) -> None:
    assert "Sam, nurse has this case." in press(kim, new, "claim")
    assert new.claimed_by.username == "sam"


def test_who_takes_one_waiting_case_has_the_whole_chat(sam: Any, kim: Any, old: Any, new: Any, door: FakeDoor) -> None:
    press(sam, old, "hand-back")
    assert holders() == {1: None, 2: None} and door.names()[-1] is None
    press(kim, new, "claim")
    assert holders() == {1: "kim", 2: "kim"} and door.names()[-1] == KIM
    assert not Case.objects.filter(alarm_since__isnull=False).exists()


def test_resolving_one_case_leaves_the_bot_silent_while_the_other_goes_on(
    sam: Any, old: Any, new: Any, door: FakeDoor
) -> None:
    told = len(door.names())
    page = press(sam, old, "resolve", outcome="answered")
    assert f"Case #{new.pk} of this chat goes on." in page
    assert door.names()[told:] == [] and holders() == {2: "sam"}
    press(sam, new, "seen"), press(sam, new, "resolve", outcome="answered")
    assert door.names()[told:] == [None]


def test_two_members_who_each_had_a_case_of_a_chat_before_are_kept_apart(
    sam: Any, kim: Any, old: Any, new: Any, door: FakeDoor
) -> None:
    """Rows that an older desk wrote."""
    Case.objects.filter(pk=new.pk).update(claimed_by=kim.member, unseen_rise=False)
    press(sam, old, "resolve", outcome="answered")
    assert door.names()[-1] == KIM and holders() == {2: "kim"}
    press(kim, new, "resolve", outcome="answered")
    assert door.names()[-1] is None


def test_a_case_is_not_reopened_beside_one_that_is_open(sam: Any, old: Any, new: Any) -> None:
    press(sam, old, "resolve", outcome="answered")
    assert f"This chat has an open case already: #{new.pk}" in press(sam, old, "reopen")
    assert old.status == "resolved"


def test_a_late_record_of_the_old_case_reopens_it_in_the_hands_of_whoever_has_the_chat(
    sam: Any, old: Any, new: Any
) -> None:
    press(sam, old, "resolve", outcome="answered")
    again = take(record(kind="rise", level="emergency"))
    assert (again.pk, again.claimed_by.username, again.unseen_rise) == (old.pk, "sam", True)


def test_a_wish_in_a_chat_that_somebody_has_alarms_nobody(sam: Any, old: Any) -> None:
    wish = take(record(episode=2, kind="callback", level="none"))
    assert (wish.status, wish.claimed_by.username) == ("claimed", "sam")
    assert wish.alarm_since is None and not wish.unseen_rise


def test_allowing_prices_again_leaves_the_episode_open_so_that_a_rise_comes_to_this_case(
    sam: Any, door: FakeDoor
) -> None:
    """A closed episode made the next alarm a second case beside this one."""
    door.say("w_1", "I do not want to be here any more")
    case = take(record())
    press(sam, case, "claim"), press(sam, case, "lift")
    assert door.told("clear") == [{"episode": 1, "lift": True, "close": False, "level": "crisis"}]


def silence(clock: Any, **more: Any) -> Any:
    details = {"staff_silent": "yes"}
    return take(record(kind="context", details=details, created_at=clock.now.timestamp(), **more), clock.now)


def test_that_staff_do_not_write_reaches_the_case_that_somebody_has(sam: Any, old: Any, clock: Any) -> None:
    """The door names the episode that would come next; a case of rank Concern was opened for it."""
    clock.forward(minutes=5)
    told = silence(clock, episode=2)
    assert told.pk == old.pk and told.holder_silent and told.alarm_since == clock.now
    assert Case.objects.count() == 1


def test_a_reply_ends_the_alarm_about_silence_whichever_case_it_is_written_in(
    sam: Any, old: Any, new: Any, clock: Any
) -> None:
    press(sam, new, "seen")
    clock.forward(minutes=5)
    assert silence(clock, episode=2).pk == new.pk, "the more urgent of the two"
    press(sam, old, "reply", text="I am back")
    new.refresh_from_db()
    assert not new.holder_silent and new.alarm_since is None and new.first_reply_at is not None


def test_that_staff_do_not_write_opens_no_case_when_nobody_has_one(sam: Any, old: Any, clock: Any) -> None:
    press(sam, old, "resolve", outcome="answered")
    clock.forward(minutes=5)
    told = silence(clock, episode=3)
    assert told.pk == old.pk and told.status == "resolved"


def test_the_head_of_an_open_page_shows_the_other_case_by_itself(sam: Any, old: Any) -> None:
    page = sam.get(f"/cases/{old.pk}").content.decode()
    poll = page.split(f'hx-get="/cases/{old.pk}/status')[1].split('"')[0].replace("&amp;", "&")
    assert sam.get(f"/cases/{old.pk}/status{poll}", headers={"HX-Request": "true"}).status_code == 204
    new = take(record(episode=2, level="emergency"))
    head = sam.get(f"/cases/{old.pk}/status{poll}", headers={"HX-Request": "true"}).content.decode()
    assert "There is a newer case of this chat" in head and f"#{new.pk}, emergency" in head
    assert "Its alarm has not been seen" in head and 'data-announce="Another case of this chat waits"' in head


def test_two_ends_at_once_leave_nobody_in_the_chat(sam: Any, old: Any, new: Any) -> None:
    """Real threads on one database: each end sees the other, so the last one hands the chat back."""
    press(sam, new, "seen")
    start, who = threading.Barrier(2), casebook.person(sam.member)

    def end(number: int) -> None:
        from django.db import connection

        start.wait()
        now = new.opened_at + timedelta(minutes=1)
        casebook.change_chat(
            number, lambda cases: chats.resolve(cases, number, who, "answered", lift=False, now=now), who=who.name
        )
        connection.close()

    before = DoorTask.objects.filter(kind="hand_back").count()
    threads = [threading.Thread(target=end, args=(case.pk,)) for case in (old, new)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert DoorTask.objects.filter(kind="hand_back").count() == before + 1


NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MEMBERS = (Person(1, "Sam"), Person(2, "Kim"))
ARRIVALS = st.builds(
    Arrival,
    kind=st.sampled_from(["alarm", "rise", "staff_request", "callback", "context"]),
    level=st.sampled_from(LEVELS),
    subject=st.just("self"),
    at=st.integers(-60, 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    flags=st.frozensets(st.sampled_from(["voices", "minor"])),
    pages=st.booleans(),
    staff_silent=st.booleans(),
)
DEEDS = st.sampled_from(
    [
        chats.claim,
        chats.take_over,
        chats.hand_back,
        lambda cases, number, who, now: chats.resolve(cases, number, who, "answered", lift=False, now=now),
        lambda cases, number, who, now: chats.reopen(cases, number, now),
        lambda cases, number, who, now: chats.replied(cases, number, now),
    ]
)
CASES = st.integers(1, 3)


@given(st.lists(st.one_of(st.tuples(CASES, ARRIVALS), st.tuples(CASES, DEEDS, st.sampled_from(MEMBERS))), max_size=30))
def test_whatever_happens_one_member_has_a_chat_and_the_door_says_their_name(happenings: list[Any]) -> None:
    """G4. ``said`` is what the person reads: the door has carried out every order."""
    cases: dict[int, CaseState] = {}
    said: str | None = None
    for number, happening, *who in happenings:
        if isinstance(happening, Arrival):
            own = number if number in cases else None
            meant = chats.told_of_silence(cases, own) if happening.staff_silent else own
            changes = {meant or number: chats.arrive(cases, meant, happening, NOW)}
        elif number in cases:
            try:
                changes = happening(cases, number, who[0], NOW)
            except Refused:
                continue
        else:
            continue
        for each, change in changes.items():
            assert change.history or change.state == cases.get(each)
            cases[each] = change.state
        for order in (order for change in changes.values() for order in change.door):
            said = {"takeover": order.detail.get("name"), "hand_back": None}.get(order.kind, said)
        going = [state for state in cases.values() if state.status != "resolved"]
        names = {state.claimed_by.name if state.claimed_by else None for state in going} or {None}
        assert names == {said}
