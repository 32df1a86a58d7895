"""A request for a call at the desk: details behind the login only, changes, withdrawal; and counts of answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from desk.cases import casebook, transitions
from desk.cases.models import Case
from desk.cases.talk import callback_of
from tests.desk.fake_door import FakeDoor
from tests.desk.records import claim, post, record, take

NOTED = {
    "status": "noted", "episode": 1, "noted_at": 1_795_600_000.0,
    "name": "Zebediah <b>", "way": "phone", "contact": "+1 303-555-0147", "time": "moonlit evenings",
}  # fmt: skip


def wish(**changes: Any) -> Any:
    """The case of a request for a call without any alarm."""
    plain = {"kind": "callback", "level": "none", "subject": None, "signals": (), "queue_only": True}
    return take(record(**{**plain, **changes}))


@pytest.fixture
def case(door: FakeDoor) -> Any:
    door.say("w_1", "could you call me back")
    door.state = {"after_risk": False, "callback": NOTED}
    return wish()


def page(client: Any, case: Any) -> str:
    return str(client.get(f"/cases/{case.pk}").content.decode())


def test_staff_read_the_details_and_when_consent_was_given(
    signed_in: Callable[..., Any], case: Any, database: Callable[[], bytes]
) -> None:
    shown = page(signed_in(), case)
    for words in ("Request for a call", "Zebediah &lt;b&gt;", "+1 303-555-0147", "moonlit evenings", "said yes at"):
        assert words in shown
    assert b"Zebediah" not in database() and b"555-0147" not in database(), "read from the door on each view (G7)"


def test_nobody_reads_the_details_without_the_role(signed_in: Callable[..., Any], case: Any) -> None:
    assert Client().get(f"/cases/{case.pk}").status_code == 302
    assert signed_in("ada", "administrator").get(f"/cases/{case.pk}").status_code == 403


def test_a_request_for_a_call_waits_below_every_alarm_and_pages_nobody(
    signed_in: Callable[..., Any], case: Any
) -> None:
    alarm = take(record(conversation_id="w_2", level="concern"))
    queue = signed_in().get("/").content.decode()
    assert queue.index(f"/cases/{alarm.pk}") < queue.index(f"/cases/{case.pk}")
    assert "Wants a call" in queue and not case.pages


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"status": "withdrawn", "episode": 1, "noted_at": 1.0}, "Do not call"),
        ({"status": "asking", "episode": 1, "noted_at": 1.0}, "Wait until they say yes again"),
        ({"status": "left", "episode": 1, "noted_at": 1.0}, "Wait until they say yes again"),
    ],
)
def test_staff_see_that_a_request_was_taken_back_or_is_being_changed(
    signed_in: Callable[..., Any], case: Any, door: FakeDoor, form: dict[str, Any], words: str
) -> None:
    door.state = {"callback": form}
    shown = page(signed_in(), case)
    assert words in shown and "Good time" not in shown


@pytest.mark.parametrize("form", [None, {"status": "asking", "episode": 1, "noted_at": None}, {**NOTED, "episode": 2}])
def test_what_was_only_begun_or_belongs_to_another_case_is_not_shown(form: dict[str, Any] | None) -> None:
    assert callback_of({"callback": form}, 1) is None
    assert callback_of({}, 1) is None


def test_taking_it_back_is_in_the_history_and_ends_the_wish(signed_in: Callable[..., Any], case: Any) -> None:
    back = take(record(kind="context", level="none", details={"callback": "withdrawn"}))
    assert back.pk == case.pk and back.wishes == []
    assert "Took back the wish to be called" in page(signed_in(), case)
    again = wish()
    assert again.pk == case.pk and again.wishes == ["callback"]


def test_a_change_is_in_the_history_and_alerts_nobody_anew(signed_in: Callable[..., Any], case: Any) -> None:
    rounds = case.round
    changed = take(record(kind="context", level="none", details={"callback": "corrected"}), datetime.now(UTC))
    assert changed.round == rounds and changed.wishes == ["callback"]
    assert "Changed the details for a call" in page(signed_in(), case)


def resolved(case: Any, member: Callable[..., Any]) -> None:
    nurse = member()
    claim(case.pk, nurse)
    who = casebook.person(nurse)
    casebook.change(
        case.pk, lambda state: transitions.resolve(state, who, "answered", lift=False, now=datetime.now(UTC))
    )


@pytest.mark.usefixtures("worker_lives")
@pytest.mark.parametrize("level", ["none", "crisis"])
@pytest.mark.parametrize("episode", [1, 2])
@pytest.mark.parametrize("news", ["withdrawn", "corrected"])
def test_what_became_of_a_wish_after_its_case_was_resolved_opens_nothing_and_alarms_nobody(
    case: Any, member: Callable[..., Any], level: str, episode: int, news: str
) -> None:
    """Whatever the door says of level and episode: a door before this version named the episode of today."""
    resolved(case, member)
    given = record(kind="context", level=level, episode=episode, details={"callback": news})
    assert [post(Client(), given).status_code for _ in range(2)] == [201, 200]
    after = Case.objects.get()
    assert (after.pk, after.status, after.alarm_since, after.pages) == (case.pk, "resolved", None, False)
    assert after.history.filter(kind="context", detail__callback=news).count() == 1


@pytest.mark.usefixtures("worker_lives")
def test_what_became_of_a_wish_of_which_the_desk_has_no_case_is_taken_and_opens_none() -> None:
    given = record(kind="context", level="none", details={"callback": "withdrawn"})
    answer = post(Client(), given)
    assert answer.status_code == 200 and answer.json() == {"case": None, "new": False}
    assert not Case.objects.exists()


@pytest.mark.usefixtures("worker_lives")
def test_silent_staff_are_told_of_though_the_first_record_was_lost() -> None:
    post(Client(), record(kind="context", details={"staff_silent": "yes"}))
    case = Case.objects.get()
    assert case.alarmed and case.alarm_since is not None


def test_staff_and_administrators_see_whether_answers_helped(signed_in: Callable[..., Any], door: FakeDoor) -> None:
    door.feedback["answers"] = [{"topic": "ask_side_effects", "language": "es", "helpful": 3, "not_helpful": 41}]
    for client in (signed_in("sam"), signed_in("ada", "administrator")):
        shown = client.get("/answers").content.decode()
        assert "side effects" in shown and "Spanish" in shown and "41" in shown
    door.works = False
    assert "cannot be shown now" in client.get("/answers").content.decode()


def test_strangers_do_not_see_the_counts(door: FakeDoor) -> None:
    assert Client().get("/answers").status_code == 302
