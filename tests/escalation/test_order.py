"""A record of a conversation waits for the one before it; its alert and other conversations do not (decision 0008)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from holdfast.escalation import shipper as module
from holdfast.escalation.desk import DeskClient, RecordUnwanted
from holdfast.escalation.record import OutboxRecord
from holdfast.escalation.shipper import Shipper
from tests.escalation.parts import Alerts, Clock, Desk, Pager, put, record


def test_a_record_waits_for_the_one_before_it_at_every_moment(engine: sa.Engine, make: Callable[..., Shipper]) -> None:
    first, second = record(record_id="r1", created_at=1000.0), record(record_id="r2", created_at=1000.1)
    clock, desk = Clock(1000.2), Desk(works=True, refuses={"r1"})
    put(engine, first, second)
    shipper = make(Alerts(), desk, clock)
    for _ in range(20):
        shipper.round()
        clock.now += 0.3
    assert desk.got == []
    desk.refuses.clear()
    clock.now += 1.0
    shipper.round()
    assert desk.got == ["r1", "r2"]


def test_one_that_comes_while_the_first_is_held_back_waits_too(engine: sa.Engine, make: Callable[..., Shipper]) -> None:
    put(engine, record(record_id="r1", created_at=1000.0))
    clock, desk = Clock(1000.0), Desk(works=False)
    shipper = make(Alerts(), desk, clock)
    shipper.round()
    clock.now, desk.works = 1000.3, True
    put(engine, record(record_id="r2", created_at=1000.2))
    shipper.round()
    assert desk.got == ["r1", "r2"]


def test_each_record_is_alerted_when_its_own_time_is_over_though_the_desk_has_not_the_first(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    put(engine, record(record_id="r1", created_at=1000.0), record(record_id="r2", kind="rise", created_at=1030.0))
    clock, alerts = Clock(1031.0), Alerts()
    shipper = make(alerts, Desk(works=False), clock)
    told: dict[str, float] = {}
    while clock.now < 1100.0:
        shipper.round()
        told |= {name: clock.now for name in alerts.sent if name not in told}
        clock.now += 0.5
    assert sorted(alerts.sent) == ["r1", "r2"]
    assert told["r1"] <= 1062.0 and told["r2"] <= 1092.0


def test_a_pager_that_refuses_the_first_does_not_hold_back_the_second(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    put(engine, record(record_id="r1"), record(record_id="r2", created_at=1001.0))
    alerts = Alerts(works=False)
    make(alerts, now=1002.0).round()
    assert alerts.sent == ["r1", "r2"]


def test_what_the_desk_never_wants_holds_nobody_back_and_is_alerted(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    class Choosy(Desk):
        def deliver(self, given: OutboxRecord) -> bool:
            if given.record_id == "odd":
                raise RecordUnwanted("kind")
            return super().deliver(given)

    put(engine, record(record_id="odd", created_at=1000.0), record(record_id="r2", created_at=1001.0))
    desk, alerts, clock = Choosy(works=True), Alerts(), Clock(1002.0)
    shipper = make(alerts, desk, clock)
    shipper.round()
    assert (desk.got, alerts.sent) == (["r2"], [])
    clock.now = 1065.0
    shipper.round()
    assert alerts.sent == ["odd"]


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_a_desk_that_does_not_take_a_record_now_is_asked_again(pager: Pager, status: int) -> None:
    client = DeskClient(f"http://{pager.address}", b"secret")
    assert client.deliver(record())
    pager.works, pager.refusal = False, status
    assert not client.deliver(record())


@pytest.mark.parametrize("status", [400, 413])
def test_a_record_that_the_desk_cannot_read_is_one_that_it_never_wants(pager: Pager, status: int) -> None:
    pager.works, pager.refusal = False, status
    with pytest.raises(RecordUnwanted, match=str(status)):
        DeskClient(f"http://{pager.address}", b"secret").deliver(record())


def test_in_a_long_outage_a_fresh_alarm_comes_before_what_has_been_tried(
    engine: sa.Engine, make: Callable[..., Shipper]
) -> None:
    put(engine, *(record(conversation_id=f"w_{number}", created_at=1000.0 + number) for number in range(150)))
    clock, alerts = Clock(2000.0), Alerts()
    shipper = make(alerts, Desk(works=False), clock)
    while len(alerts.sent) < 150:
        shipper.round()
    clock.now = 2010.0  # all are due again, and more of them than one round takes
    put(engine, record(record_id="fresh", conversation_id="w_fresh", created_at=1940.0))
    shipper.round()
    assert alerts.sent[150:] == ["fresh"]


def test_a_record_over_which_the_desk_hangs_does_not_keep_the_desk_from_others(
    engine: sa.Engine, make: Callable[..., Shipper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HANGS_S", -1.0)  # each refusal counts as a long one
    put(engine, record(record_id="poison", conversation_id="w_1"), record(record_id="well", conversation_id="w_2"))
    desk, clock = Desk(works=True, refuses={"poison"}), Clock(1001.0)
    shipper = make(Alerts(), desk, clock)
    for _ in range(12):
        shipper.round()
        clock.now += 0.25
    assert desk.got == ["well"]
