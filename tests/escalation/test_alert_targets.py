"""Who must have an alert before it counts: a person where one can be reached; and no target gets it twice (G3, G4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from holdfast.escalation.notifier import Notifier
from holdfast.escalation.shipper import Shipper
from holdfast.escalation.spool import Spool
from tests.escalation.parts import Clock, Desk, Pager, StopAfter, Target, entries, lines, put, record

LOG = Target("alert log", "log:alerts.log", reaches_people=False)
SCENES = ("no desk", "desk away")


@pytest.fixture
def notifier(tmp_path: Path, pager: Pager) -> Notifier:
    """The log of the default configuration and, added by the clinic, a text message."""
    return Notifier([LOG, Target("sms", pager.url)], tmp_path)


def desk_of(scene: str) -> Desk | None:
    return Desk(works=False) if scene == "desk away" else None


@pytest.mark.parametrize("scene", SCENES)
def test_a_log_that_takes_the_alert_does_not_stand_for_the_pager_that_refused_it(
    engine: sa.Engine, make: Callable[..., Shipper], notifier: Notifier, pager: Pager, scene: str
) -> None:
    put(engine, record())
    pager.works, clock = False, Clock(1061.0)
    shipper = make(notifier, desk_of(scene), clock)
    assert shipper.round() == 0
    (entry,) = entries(engine)
    assert entry.alerted_at is None and not entry.reached_people
    assert "sms" in (entry.problem or "") and "alert log" not in (entry.problem or "")
    pager.works, clock.now = True, 1070.0
    assert shipper.round() == 1
    assert pager.asked == 2
    (entry,) = entries(engine)
    assert entry.alerted_at == 1070.0 and entry.reached_people


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("restarted", [False, True])
def test_the_log_has_the_alert_once_however_often_the_pager_is_tried(
    engine: sa.Engine,
    make: Callable[..., Shipper],
    notifier: Notifier,
    pager: Pager,
    tmp_path: Path,
    scene: str,
    restarted: bool,
) -> None:
    put(engine, record())
    pager.works, clock = False, Clock(1061.0)
    shipper = make(notifier, desk_of(scene), clock)
    for _ in range(5):
        shipper.round()
        clock.now += 100
        shipper = make(notifier, desk_of(scene), clock) if restarted else shipper
    assert pager.asked == 5
    assert len(lines(tmp_path / "alerts.log")) == 1


def test_one_person_reached_is_enough(
    engine: sa.Engine, make: Callable[..., Shipper], pager: Pager, tmp_path: Path
) -> None:
    put(engine, record())
    refusing = Pager()
    refusing.works = False
    clock = Clock()
    shipper = make(Notifier([Target("sms", refusing.url), Target("mail", pager.url)], tmp_path), None, clock)
    assert shipper.round() == 1
    clock.now = 5000.0
    assert shipper.round() == 0
    assert (refusing.asked, pager.asked) == (1, 1)
    refusing.close()


def test_where_nobody_can_be_reached_any_target_is_enough(
    engine: sa.Engine, make: Callable[..., Shipper], pager: Pager, tmp_path: Path
) -> None:
    put(engine, record())
    pager.works = False
    assert make(Notifier([LOG, Target("archive", pager.url, reaches_people=False)], tmp_path)).round() == 1
    (entry,) = entries(engine)
    assert entry.alerted_at is not None and not entry.reached_people


def test_targets_of_the_same_name_are_told_apart(
    engine: sa.Engine, make: Callable[..., Shipper], pager: Pager, tmp_path: Path
) -> None:
    put(engine, record())
    pager.works, clock = False, Clock()
    same = [Target("alerts", LOG.url, reaches_people=False), Target("alerts", pager.url)]
    shipper = make(Notifier(same, tmp_path), None, clock)
    assert shipper.round() == 0
    pager.works, clock.now = True, 1100.0
    assert shipper.round() == 1
    assert len(lines(tmp_path / "alerts.log")) == 1


def test_while_the_pager_refuses_the_desk_is_asked_no_less_often(
    engine: sa.Engine, make: Callable[..., Shipper], notifier: Notifier, pager: Pager
) -> None:
    """The pauses between alerts grow; a desk that is back gets its record within seconds all the same."""
    one = record()
    put(engine, one)
    pager.works, clock, desk = False, Clock(1061.0), Desk(works=False)
    shipper = make(notifier, desk, clock)
    for _ in range(100):
        shipper.round()
        clock.now += 1.0
    assert pager.asked < 10
    desk.works, clock.now = True, clock.now + 5.0
    assert shipper.round() == 1
    assert desk.got == [one.record_id]


def test_a_minute_without_the_desk_does_not_lengthen_the_pause_before_the_second_alert(
    engine: sa.Engine, make: Callable[..., Shipper], notifier: Notifier, pager: Pager
) -> None:
    put(engine, record())
    pager.works, clock = False, Clock(1000.0)
    shipper = make(notifier, Desk(works=False), clock)
    while pager.asked < 1:
        shipper.round()
        clock.now += 1.0
    clock.now += 1.0
    shipper.round()
    assert pager.asked == 2


def test_from_the_spool_too_only_the_pager_is_tried_again(
    notifier: Notifier, pager: Pager, spool: Spool, tmp_path: Path
) -> None:
    spool.put("w_1-1", {"record": record().to_dict()})
    pager.works, clock = False, Clock()
    shipper = Shipper(sa.create_engine("sqlite:////nowhere/at/all.sqlite3"), spool, notifier, clock=clock)
    for works, asked in ((False, 1), (False, 2), (True, 3), (True, 3)):
        pager.works = works
        shipper.run(StopAfter(2), interval_s=0.0)  # type: ignore[arg-type]
        assert pager.asked == asked
        clock.now += 100
    assert len(lines(tmp_path / "alerts.log")) == 1


def test_who_was_alerted_from_the_spool_is_known_once_the_database_is_back(
    engine: sa.Engine,
    make: Callable[..., Shipper],
    notifier: Notifier,
    pager: Pager,
    spool: Spool,
    tmp_path: Path,
) -> None:
    spool.put("w_1-1", {"record": record().to_dict()})
    away = Shipper(sa.create_engine("sqlite:////nowhere/at/all.sqlite3"), spool, notifier, clock=Clock())
    away.run(StopAfter(1), interval_s=0.0)  # type: ignore[arg-type]
    assert make(notifier).round() == 1
    (entry,) = entries(engine)
    assert entry.reached_people, "G4: the person may read that the team has been alerted"
    assert pager.asked == 1 and len(lines(tmp_path / "alerts.log")) == 1
