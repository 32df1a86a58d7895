"""Intake: at least once becomes exactly once, in any order, signed, only after the commit (G3)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from desk.cases.models import Case, Entry, Record
from tests.desk.records import post, record, signed

pytestmark = pytest.mark.usefixtures("worker_lives")


def test_a_record_opens_a_case() -> None:
    answer = post(Client(), record())
    assert answer.status_code == 201
    case = Case.objects.get()
    assert (case.conversation_id, case.episode, case.level, case.status) == ("w_1", 1, "crisis", "open")


def test_the_same_record_again_changes_nothing() -> None:
    given = record()
    assert [post(Client(), given).status_code for _ in range(3)] == [201, 200, 200]
    assert (Case.objects.count(), Record.objects.count(), Entry.objects.count()) == (1, 1, 1)


def test_an_episode_is_one_case() -> None:
    """G3."""
    post(Client(), record(level="concern"))
    post(Client(), record(kind="rise", level="emergency"))
    post(Client(), record(episode=2))
    assert sorted(Case.objects.values_list("episode", "level")) == [(1, "emergency"), (2, "crisis")]


def test_records_that_overtake_each_other_lead_to_the_same_case() -> None:
    early, late = record(level="concern", created_at=1000.0), record(kind="rise", level="crisis", created_at=1060.0)
    post(Client(), late), post(Client(), early)
    case = Case.objects.get()
    assert (case.level, case.opened_at.timestamp()) == ("crisis", 1000.0)


def test_the_history_tells_the_records_in_their_order() -> None:
    for given in (record(level="concern"), record(kind="rise", level="crisis"), record(kind="staff_request")):
        post(Client(), given)
    assert list(Entry.objects.values_list("kind", flat=True)) == ["opened", "rise", "staff_request"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": b"another secret"},
        {"at": time.time() - 3600},
        {"at": time.time() + 3600},
    ],
)
def test_a_wrong_signature_or_an_old_stamp_is_refused(wrong: dict[str, Any]) -> None:
    assert post(Client(), record(), **wrong).status_code == 401
    assert not Case.objects.exists()


def test_an_unsigned_request_is_refused() -> None:
    assert Client().post("/intake/records", data=b"{}", content_type="application/json").status_code == 401


def test_a_signature_fits_one_body_only() -> None:
    body = json.dumps(record().to_dict()).encode()
    changed = body.replace(b"crisis", b"emergency")
    answer = Client().post("/intake/records", changed, content_type="text/plain", headers=signed(body))
    assert answer.status_code == 401


def test_a_replayed_request_is_refused() -> None:
    body = json.dumps(record().to_dict()).encode()
    headers = signed(body)
    sent = [Client().post("/intake/records", body, content_type="text/plain", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 401]
    assert sent[1].json() == {"error": "replayed"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"not json", "JSON"),
        (b"[1, 2]", "object"),
        (b"{}", "flags"),
        (json.dumps({**record().to_dict(), "kind": "party"}).encode(), "party"),
        (json.dumps({**record().to_dict(), "level": "terrible"}).encode(), "level"),
        (json.dumps({**record().to_dict(), "conversation_id": "../../x"}).encode(), "conversation_id"),
        (json.dumps({**record().to_dict(), "episode": "one"}).encode(), "episode"),
        (json.dumps({**record().to_dict(), "created_at": "yesterday"}).encode(), "created_at"),
        (json.dumps({**record().to_dict(), "flags": 3}).encode(), "flags"),
        (json.dumps({**record().to_dict(), "details": ["a"]}).encode(), "details"),
        (json.dumps({**record().to_dict(), "signals": [{}]}).encode(), "signals"),
    ],
)
def test_a_malformed_record_is_refused_with_what_is_wrong(body: bytes, told: str) -> None:
    answer = post(Client(), body)
    assert answer.status_code == 400 and told in answer.json()["error"]
    assert not Case.objects.exists()


def test_fields_of_a_newer_door_do_no_harm() -> None:
    assert post(Client(), json.dumps({**record().to_dict(), "weather": "fine"}).encode()).status_code == 201


def test_without_a_worker_the_desk_says_that_nobody_is_alerted(clock: Any) -> None:
    """The shipper's last resort then alerts; the record is kept all the same."""
    clock.forward(minutes=5)
    given = record()
    assert post(Client(), given).status_code == 503
    assert Case.objects.count() == 1


def test_once_the_worker_is_back_the_same_record_is_acknowledged(clock: Any, worker_lives: Callable[[], None]) -> None:
    clock.forward(minutes=5)
    given = record()
    post(Client(), given)
    worker_lives()
    assert post(Client(), given).status_code == 200


def test_a_drill_makes_a_case_marked_drill_and_alarms_nobody(clock: Any) -> None:
    clock.forward(minutes=5)  # not even a worker is needed
    assert post(Client(), record(drill=True)).status_code == 201
    case = Case.objects.get()
    assert case.drill and case.alarm_since is None


def test_no_words_of_the_person_reach_the_desk() -> None:
    """G7: the record has no field for them, and none that it does not know is kept."""
    body = json.dumps({**record().to_dict(), "text": "I want to die"}).encode()
    post(Client(), body)
    assert "want to die" not in json.dumps(Record.objects.get().body)


def test_callback_wishes_keep_what_the_person_left() -> None:
    given = replace(record(kind="callback", level="none"), details={"when": "afternoon"})
    post(Client(), given)
    assert Case.objects.get().wish_details == {"when": "afternoon"}
