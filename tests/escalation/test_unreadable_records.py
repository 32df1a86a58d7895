"""One record that cannot be read, or a disk that is full, stops no other; somebody is told of it (G3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from holdfast.escalation import outbox
from holdfast.escalation.notifier import alert_text
from holdfast.escalation.record import OutboxRecord
from holdfast.escalation.shipper import Shipper
from holdfast.escalation.spool import Spool
from tests.escalation.parts import Alerts, Clock, Desk, StopAfter, entries, put, record

NEWER = {"kind": "alarm", "weather": "fine"}
ODD: dict[str, Any] = {
    "a kind of a newer version": {"kind": "transfer"},
    "no episode": {"episode": None},
    "a time in words": {"created_at": "yesterday"},
    "flags of no kind": {"flags": None},
}


def put_raw(engine: sa.Engine, given: OutboxRecord, body: str) -> None:
    """The record's row, with another body than it should have."""
    put(engine, given)
    with engine.begin() as connection:
        row = outbox.OUTBOX.c.record_id == given.record_id
        connection.execute(sa.update(outbox.OUTBOX).where(row).values(body=body))


def changed(given: OutboxRecord, changes: dict[str, Any]) -> str:
    return json.dumps({**given.to_dict(), **changes})


class Seen(Alerts):
    """Keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[OutboxRecord] = []

    def send(self, sent: OutboxRecord, now: float, had: Any = ()) -> Any:
        outcome = super().send(sent, now, had)
        self.seen.append(sent)
        return outcome


def test_fields_of_a_newer_version_are_dropped(engine: sa.Engine, make: Callable[..., Shipper]) -> None:
    """After a clinic has rolled back."""
    newer, other = record(record_id="newer"), record(record_id="other", conversation_id="w_2")
    put_raw(engine, newer, changed(newer, NEWER))
    put(engine, other)
    desk = Desk(works=True)
    assert make(Alerts(), desk).round() == 2
    assert sorted(desk.got) == ["newer", "other"]
    assert OutboxRecord.from_dict({**newer.to_dict(), **NEWER}) == newer


BODIES = [*(pytest.param(changes, id=name) for name, changes in ODD.items()), pytest.param(None, id="no JSON")]


@pytest.mark.parametrize("changes", BODIES)
def test_a_record_that_cannot_be_read_stops_no_other_and_is_alerted(
    engine: sa.Engine, make: Callable[..., Shipper], changes: dict[str, Any] | None
) -> None:
    odd = record(record_id="odd")
    put_raw(engine, odd, "{" if changes is None else changed(odd, changes))
    put(engine, record(record_id="same", created_at=1001.0), record(record_id="other", conversation_id="w_2"))
    desk, alerts, clock = Desk(works=True), Alerts(), Clock(1002.0)
    shipper = make(alerts, desk, clock)
    assert shipper.round() == 2
    assert sorted(desk.got) == ["other", "same"] and alerts.sent == []
    clock.now = 1065.0
    assert shipper.round() == 1
    clock.now = 1200.0
    assert shipper.round() == 0
    assert alerts.sent == ["odd"]
    (entry,) = [each for each in entries(engine) if each.record.record_id == "odd"]
    assert entry.alerted_at is not None and entry.reached_people, "doctor lists it too"


def test_the_alert_says_that_a_record_could_not_be_read_and_where_to_look(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    odd = record()
    put_raw(engine, odd, changed(odd, {"kind": "transfer", "text": "words of the person"}))
    alerts = Seen()
    assert make(alerts).round() == 1
    title, body = alert_text(alerts.seen[0], 1001.0)
    assert title == "Holdfast page: a record that could not be read"
    assert "w_1" in body and "words" not in body


def test_a_drill_that_cannot_be_read_still_pages_nobody(engine: sa.Engine, make: Callable[..., Shipper]) -> None:
    odd = record(drill=True)
    put_raw(engine, odd, changed(odd, {"kind": "transfer"}))
    alerts = Alerts()
    assert make(alerts).round() == 1
    assert alerts.sent == []


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
def test_a_spooled_record_that_cannot_be_read_gets_into_the_outbox_and_stops_no_other(
    engine: sa.Engine, make: Callable[..., Shipper], spool: Spool, changes: dict[str, Any]
) -> None:
    spool.put("w_1-1", {"record": {**record(record_id="odd").to_dict(), **changes}})
    spool.put("w_2-1", {"record": record(record_id="well", conversation_id="w_2").to_dict()})
    alerts = Alerts()
    shipper = make(alerts)
    assert shipper.round() == 2
    shipper.round()
    assert sorted(alerts.sent) == ["odd", "well"]
    assert "odd" in {entry.record.record_id for entry in entries(engine)}


@pytest.mark.parametrize("rubbish", ["{", "[1, 2]", '"words"'])
def test_a_spool_file_that_is_no_entry_is_set_aside_kept_and_told_of_once(
    engine: sa.Engine, make: Callable[..., Shipper], spool: Spool, rubbish: str
) -> None:
    spool.put("w_2-1", {"record": record(record_id="well", conversation_id="w_2").to_dict()})
    (spool.folder / "w_1-00000001.json").write_text(rubbish, encoding="utf-8")
    alerts, clock = Seen(), Clock(2e9)
    shipper = make(alerts, None, clock)
    for _ in range(3):
        shipper.round()
        clock.now += 100
    assert len(alerts.sent) == 2 and "well" in alerts.sent
    assert {each.conversation_id for each in alerts.seen} == {"w_1", "w_2"}
    assert [file.name for file in spool.damaged()] == ["w_1-00000001.damaged"]


@pytest.fixture
def away(spool: Spool) -> Callable[..., Shipper]:
    """A shipper without a database."""

    def made(alerts: Alerts) -> Shipper:
        engine = sa.create_engine("sqlite:////nowhere/at/all.sqlite3")
        return Shipper(engine, spool, alerts, clock=Clock())

    return made


def run(shipper: Shipper, rounds: int = 3) -> None:
    shipper.run(StopAfter(rounds), interval_s=0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
def test_with_the_database_gone_too_an_unreadable_record_is_told_of_once_and_stops_no_other(
    away: Callable[..., Shipper], spool: Spool, changes: dict[str, Any]
) -> None:
    spool.put("w_1-1", {"record": {**record(record_id="odd").to_dict(), **changes}})
    spool.put("w_2-1", {"record": record(record_id="well").to_dict()})
    (spool.folder / "w_3-1.json").write_text("[]", encoding="utf-8")
    alerts = Alerts()
    run(away(alerts))
    run(away(alerts))
    assert len(alerts.sent) == 3 and {"odd", "well"} < set(alerts.sent)


def test_a_full_disk_that_takes_no_mark_ends_neither_the_shipper_nor_the_night(
    away: Callable[..., Shipper], spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is alerted again and again, and the alarm after it goes out too."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    spool.put("w_1-1", {"record": record(record_id="one").to_dict()})
    spool.put("w_2-1", {"record": record(record_id="two").to_dict()})
    monkeypatch.setattr(Spool, "mark", full)
    alerts = Alerts()
    run(away(alerts))
    assert sorted(alerts.sent) == ["one", "two"]


def test_a_desk_client_that_raises_counts_as_a_desk_that_is_away(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    class Broken(Desk):
        def deliver(self, given: OutboxRecord) -> bool:
            raise ValueError("an address that is none")

    put(engine, record())
    alerts = Alerts()
    assert make(alerts, Broken(works=True), 1061.0).round() == 1
    assert len(alerts.sent) == 1


def test_a_target_list_that_raises_over_one_record_stops_no_other(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    class Choosy(Alerts):
        def send(self, sent: OutboxRecord, now: float, had: Any = ()) -> Any:
            if sent.record_id == "odd":
                raise RuntimeError("over this one")
            return super().send(sent, now, had)

    put(engine, record(record_id="odd"), record(record_id="well", conversation_id="w_2"))
    alerts = Choosy()
    assert make(alerts).round() == 1
    assert alerts.sent == ["well"]
