"""What staff must learn of is never lost, never doubled, and carries no words of the user (G3, G7)."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from holdfast.escalation import outbox
from holdfast.escalation.last_resort import retry_delay
from holdfast.escalation.notifier import Notifier, NotifierError, alert_text
from holdfast.escalation.record import OutboxRecord, RecordError
from holdfast.escalation.shipper import Shipper
from holdfast.escalation.spool import Spool
from tests.escalation.parts import Alerts, Desk, StopAfter, entries, put, record


def test_a_record_is_added_once_however_often_it_comes_g3(engine: sa.Engine) -> None:
    one = record()
    put(engine, one, one)
    put(engine, one)
    assert [entry.record for entry in entries(engine)] == [one]


def test_without_a_desk_the_shipper_alerts_at_once_and_once(engine: sa.Engine, make: Callable[..., Shipper]) -> None:
    put(engine, record())
    alerts = Alerts()
    shipper = make(alerts)
    assert [shipper.round(), shipper.round()] == [1, 0]
    assert len(alerts.sent) == 1
    assert entries(engine)[0].reached_people


def test_a_refused_alert_is_tried_again_later_and_the_problem_is_kept(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    put(engine, record())
    assert make(Alerts(works=False)).round() == 0
    assert "no target accepted" in (entries(engine)[0].problem or "")
    assert make(Alerts(), now=1000.5).round() == 0
    assert make(Alerts(), now=1001.5).round() == 1


def test_the_desk_goes_first_and_the_last_resort_comes_after_its_time(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    put(engine, record())
    early, late = Alerts(), Alerts()
    assert make(early, Desk(works=False), now=1059.0).round() == 0
    assert early.sent == []
    assert make(late, Desk(works=False), now=1061.0).round() == 1
    assert len(late.sent) == 1


def test_what_the_desk_acknowledged_is_never_alerted_by_the_shipper(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    put(engine, record())
    alerts = Alerts()
    assert make(alerts, Desk(works=True)).round() == 1
    assert make(alerts, Desk(works=True), now=2000.0).round() == 0
    assert alerts.sent == []


def test_after_the_last_resort_the_desk_still_gets_its_record_and_nobody_is_alerted_twice_g3(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    put(engine, record())
    alerts, back = Alerts(), Desk(works=True)
    make(alerts, Desk(works=False), now=1061.0).round()
    make(alerts, Desk(works=False), now=1070.0).round()
    assert make(alerts, back, now=1080.0).round() == 1
    assert len(alerts.sent) == 1 and len(back.got) == 1
    assert entries(engine)[0].acknowledged_at is not None and entries(engine)[0].alerted_at is not None


def test_a_conversation_keeps_its_order_and_others_do_not_wait_for_it(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    first, second, other = record(created_at=1.0), record(created_at=2.0), record(created_at=3.0, conversation_id="w_2")
    put(engine, first, second, other)
    desk = Desk(works=True, refuses={first.record_id})
    make(Alerts(), desk, now=30.0).round()
    assert desk.got == [other.record_id]
    desk.refuses.clear()
    make(Alerts(), desk, now=32.0).round()
    assert desk.got == [other.record_id, first.record_id, second.record_id]


def test_a_quiet_drill_goes_to_the_desk_and_is_dropped_when_the_desk_stays_away(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    put(engine, record(drill=True))
    alerts = Alerts()
    assert make(alerts, Desk(works=False), now=1001.0).round() == 0
    assert make(alerts, Desk(works=False), now=1061.0).round() == 1
    assert make(alerts, Desk(works=True), now=1080.0).round() == 0
    put(engine, record(drill=True))
    back = Desk(works=True)
    assert make(alerts, back).round() == 1 and len(back.got) == 1
    assert alerts.sent == []


def test_a_drill_pages_nobody(engine: sa.Engine, make: Callable[..., Shipper]) -> None:
    real = record()
    put(engine, record(drill=True), real)
    alerts = Alerts()
    assert make(alerts).round() == 2
    assert alerts.sent == [real.record_id]


def test_a_spooled_record_reaches_the_outbox_and_is_alerted_g3(
    engine: sa.Engine, make: Callable[..., Shipper], tmp_path: Path
) -> None:
    one = record()
    Spool(tmp_path / "spool").put("w_1-1", {"record": one.to_dict()})
    alerts = Alerts()
    make(alerts).round()
    make(alerts).round()
    assert alerts.sent == [one.record_id]


def test_with_the_database_gone_the_spool_is_alerted_all_the_same_and_once(tmp_path: Path) -> None:
    broken = sa.create_engine("sqlite:////nowhere/at/all.sqlite3")
    spool, alerts = Spool(tmp_path / "spool"), Alerts()
    real = record()
    spool.put("w_1-1", {"record": real.to_dict()})
    spool.put("drill_1-1", {"record": record(drill=True).to_dict()})  # readiness is asked for again and again
    shipper = Shipper(broken, spool, alerts, clock=lambda: 1000.0)
    stop = StopAfter(3)
    shipper.run(stop, interval_s=0.0)  # type: ignore[arg-type]
    assert alerts.sent == [real.record_id]


def test_a_damaged_spool_file_is_set_aside_and_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put("good", {"a": 1})
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    assert [entry for _, entry in spool.entries()] == [{"a": 1}]
    assert [file.name for file in spool.damaged()] == ["bad.damaged"]


def test_an_alert_holds_level_waiting_time_and_where_to_look_only_g7() -> None:
    title, body = alert_text(record(signals=("lexicon:explicit",)), now=1042.0)
    assert title == "Holdfast page: crisis"
    assert "42 s" in body and "w_1" in body
    assert "lexicon" not in title + body


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"kind": "callback", "queue_only": True}, "Holdfast queue: asks for a call back"),
        ({"details": {"callback": "withdrawn"}, "queue_only": True}, "Holdfast queue: no call is wanted any more"),
        ({"details": {"callback": "corrected"}, "queue_only": True}, "Holdfast queue: the wish for a call has changed"),
        ({"details": {"staff_silent": "yes"}}, "Holdfast page: crisis"),
    ],
)
def test_an_alert_does_not_take_a_changed_wish_for_an_alarm(changes: dict, title: str) -> None:
    assert alert_text(record(**{"kind": "context", **changes}), now=1042.0)[0] == title


@pytest.mark.parametrize(
    ("changes", "pages"),
    [
        ({"level": "crisis"}, True),
        ({"level": "emergency"}, True),
        ({"level": "concern"}, False),
        ({"level": "none", "flags": ("harm_to_others",)}, True),
        ({"level": "crisis", "queue_only": True}, False),
    ],
)
def test_crisis_emergency_and_harm_page_and_the_rest_queues(changes: dict, pages: bool) -> None:
    assert record(**changes).pages is pages


def test_the_default_target_is_a_log_file_that_reaches_nobody(tmp_path: Path) -> None:
    class Log:
        name, url, reaches_people = "log", "log:alerts.log", False

    outcome = Notifier([Log()], tmp_path).send(record(), 1001.0)
    assert outcome.accepted == ("log",) and not outcome.reached_people
    assert "crisis" in (tmp_path / "alerts.log").read_text(encoding="utf-8")


def test_an_address_that_apprise_does_not_know_stops_the_start(tmp_path: Path) -> None:
    class Wrong:
        name, url, reaches_people = "pager", "nonsense://x", True

    with pytest.raises(NotifierError, match="pager"):
        Notifier([Wrong()], tmp_path)


def test_records_survive_the_way_to_json_and_back_and_odd_ones_are_named() -> None:
    one = record(flags=("overdose",), details={"when": "afternoon"})
    assert OutboxRecord.from_dict(one.to_dict()) == one
    with pytest.raises(RecordError, match="kind 'rumor'"):
        OutboxRecord.from_dict({**one.to_dict(), "kind": "rumor"})


def test_closing_an_episode_takes_its_records_off_the_open_list(engine: sa.Engine) -> None:
    put(engine, record(), record(episode=2))
    with engine.begin() as connection:
        outbox.close_episode(connection, "w_1", 1, 2000.0)
    assert [entry.record.episode for entry in entries(engine)] == [2]


def test_tries_grow_apart_up_to_a_minute() -> None:
    assert [retry_delay(n) for n in (0, 1, 5, 6, 50)] == [1.0, 2.0, 32.0, 60.0, 60.0]
