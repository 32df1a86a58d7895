"""Alerting: rota, steps, messages, links; with a clock that is moved and a receiver in a pager's place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from desk.alerts.models import Alert
from desk.alerts.rota import STEPS, Rota, rota_of
from desk.alerts.steps import due_step, steps_key
from desk.cases import casebook, outgoing, queue, transitions
from desk.cases.models import Case, Entry
from desk.worker.alarms import Alarms
from holdfast.clinic import OnCall, Target, load_clinic
from tests.desk.fake_door import FakeDoor
from tests.desk.records import claim, record, take
from tests.staffed import Pager

NOON = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # Monday noon in Denver
NIGHT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # one in the morning there


@pytest.fixture
def pagers() -> Iterator[dict[str, Pager]]:
    made = {name: Pager() for name in ("Sam", "Kim", "everyone")}
    yield made
    [pager.close() for pager in made.values()]


@pytest.fixture
def alarms(pagers: dict[str, Pager], tmp_path: Path) -> Alarms:
    targets = {name: Target(name, pager.url, True) for name, pager in pagers.items()}
    people = tuple(OnCall(targets[name], ZoneInfo("America/Denver"), {}) for name in ("Sam", "Kim"))
    return Alarms(Rota(people, (targets["everyone"],), STEPS), tmp_path)


@pytest.fixture
def run(alarms: Alarms, clock: Any) -> Callable[..., None]:
    """Moves the clock and lets the worker do a round to the end."""

    def go(**span: float) -> None:
        now = clock.forward(**span)
        alarms.plan(now), alarms.hand_out(now), alarms.collect(now, to_the_end=True)

    return go


def open_case(clock: Any, **changes: Any) -> Any:
    return take(record(created_at=clock.now.timestamp(), **changes), clock.now)


def got(pagers: dict[str, Pager]) -> dict[str, int]:
    return {name: len(pager.got) for name, pager in pagers.items()}


def test_steps_of_a_level_may_be_changed_in_clinic_yml_and_the_others_stand() -> None:
    rota = rota_of(replace(load_clinic(), alert_steps={"crisis": (0.0, 3.0)}))
    assert rota.steps["crisis"] == (0, 3) and rota.steps["emergency"] == STEPS["emergency"]


def test_without_a_rota_the_general_targets_are_alerted() -> None:
    assert [target.name for target in rota_of(load_clinic()).targets(0, NOON)] == ["alert log"]


def test_who_is_off_duty_is_passed_over() -> None:
    def person(name: str, hours: Any) -> OnCall:
        return OnCall(Target(name, "json://x", True), ZoneInfo("America/Denver"), hours)

    by_day, by_night = person("Sam", {"mon": ((480, 1080),)}), person("Kim", {"mon": ((1080, 1920),)})
    rota = rota_of(replace(load_clinic(), on_call=(by_day, by_night)))
    assert (rota.on_duty(NOON), rota.on_duty(NIGHT)) == (("Sam",), ("Kim",))
    assert [target.name for target in rota.targets(0, NIGHT)] == ["Kim"]


@pytest.mark.parametrize(
    ("key", "minutes", "passed", "step"),
    [
        ("crisis", (0, 5, 10), 0, 0),
        ("crisis", (0, 5, 10), 4.9, 0),
        ("crisis", (0, 5, 10), 5, 1),
        ("crisis", (0, 5, 10), 10, 2),
        ("crisis", (0, 5, 10), 15, 3),  # the last gap repeats
        ("crisis", (0, 5, 10), 31, 6),
        ("emergency", (0, 1), 1.5, 1),
        ("emergency", (0, 1), 6, 2),  # but never faster than every five minutes
        ("concern", (0,), 600, 0),  # told once
        ("concern", (), 600, -1),
        ("crisis", (2,), 1, -1),
    ],
)
def test_which_step_is_due(key: str, minutes: tuple[float, ...], passed: float, step: int) -> None:
    assert due_step(key, minutes, NOON, None, NOON + timedelta(minutes=passed)) == step


def test_what_only_queues_follows_the_steps_of_a_concern() -> None:
    assert steps_key("crisis", pages=False) == "concern" and steps_key("crisis", pages=True) == "crisis"


def test_the_next_person_is_alerted_while_nobody_takes_the_case(run: Any, clock: Any, pagers: dict[str, Pager]) -> None:
    """SM-91."""
    open_case(clock)
    run()
    assert got(pagers) == {"Sam": 1, "Kim": 0, "everyone": 0}
    run(minutes=4)
    assert got(pagers) == {"Sam": 1, "Kim": 0, "everyone": 0}
    run(minutes=1)
    assert got(pagers) == {"Sam": 1, "Kim": 1, "everyone": 0}
    run(minutes=5)
    assert got(pagers) == {"Sam": 2, "Kim": 2, "everyone": 1}


def test_a_claim_stops_the_steps(run: Any, clock: Any, pagers: dict[str, Pager], member: Callable[..., Any]) -> None:
    case = open_case(clock)
    run()
    claim(case.pk, member())
    run(minutes=60)
    assert got(pagers) == {"Sam": 1, "Kim": 0, "everyone": 0}


def test_a_step_is_alerted_once_however_often_the_worker_looks(run: Any, clock: Any, pagers: dict[str, Pager]) -> None:
    open_case(clock)
    [run(seconds=1) for _ in range(5)]
    assert got(pagers)["Sam"] == 1


def test_an_alert_holds_level_waiting_time_and_a_link_and_nothing_else(
    run: Any, clock: Any, pagers: dict[str, Pager], door: FakeDoor
) -> None:
    """G7, SM-90."""
    door.say("w_secret", "I want to die tonight")
    open_case(clock, conversation_id="w_secret", country="US", flags=("minor",))
    run(minutes=3)
    message = pagers["Sam"].got[0]
    assert message["title"] == "Holdfast: crisis"
    assert message["message"].startswith("Waiting 3 min. http://desk.test/a/")
    for private in ("w_secret", "die", "minor", "US,"):
        assert private not in json.dumps(message)


def test_a_rise_alarms_again_at_once_also_while_claimed(
    run: Any, clock: Any, pagers: dict[str, Pager], member: Callable[..., Any]
) -> None:
    case = open_case(clock)
    run()
    claim(case.pk, member())
    take(record(kind="rise", level="emergency"), clock.forward(minutes=40))
    run(seconds=1)
    assert got(pagers)["Sam"] == 2 and "emergency, new alarm" in pagers["Sam"].got[1]["title"]
    assert pagers["Sam"].got[1]["message"].startswith("Waiting 1 s."), "since the rise, not since the beginning"
    assert "A new alarm came 1 s ago" in Client().get(link_in(pagers["Sam"])).content.decode()


def test_a_holder_who_does_not_write_has_somebody_alerted_again_and_a_reply_ends_it(
    run: Any, clock: Any, pagers: dict[str, Pager], member: Callable[..., Any]
) -> None:
    case = open_case(clock)
    run()
    claim(case.pk, member())
    silent = {"kind": "context", "details": {"staff_silent": "yes"}, "created_at": clock.forward(minutes=5).timestamp()}
    take(record(**silent), clock.now)
    run(seconds=1)
    assert got(pagers)["Sam"] == 2 and Case.objects.get().calls_again
    casebook.change(case.pk, lambda state: transitions.replied(state, clock.now), now=clock.now)
    run(minutes=30)
    assert got(pagers) == {"Sam": 2, "Kim": 0, "everyone": 0} and not Case.objects.get().calls_again


@pytest.mark.parametrize("wish", ["staff_request", "callback"])
def test_a_wish_is_told_once_and_ranks_below_every_alarm(
    wish: str, run: Any, clock: Any, pagers: dict[str, Pager]
) -> None:
    open_case(clock, kind=wish, level="none", conversation_id="w_wish", queue_only=True)
    run(), run(minutes=60)
    assert got(pagers) == {"Sam": 1, "Kim": 0, "everyone": 0}
    open_case(clock, level="concern", conversation_id="w_later")
    assert [case.conversation_id for case in queue.load().waiting] == ["w_later", "w_wish"]


def test_a_drill_pages_nobody(run: Any, clock: Any, pagers: dict[str, Pager]) -> None:
    open_case(clock, drill=True)
    run(), run(minutes=60)
    assert got(pagers) == {"Sam": 0, "Kim": 0, "everyone": 0} and not Alert.objects.exists()


def test_a_refused_alert_is_tried_again_and_shows_in_the_health_light(
    run: Any, clock: Any, pagers: dict[str, Pager]
) -> None:
    from desk.health import facts

    pagers["Sam"].works = False
    open_case(clock)
    run()
    assert facts(clock.now).failing_targets == ("Sam",)
    pagers["Sam"].works = True
    run(seconds=1)
    assert got(pagers)["Sam"] == 0
    run(seconds=2)
    assert got(pagers)["Sam"] == 1 and facts(clock.now).failing_targets == ()


def test_an_alert_that_a_killed_worker_began_is_sent(run: Any, clock: Any, alarms: Alarms, pagers: Any) -> None:
    open_case(clock)
    alarms.plan(clock.now)
    Alert.objects.update(state="sending", started_at=clock.now)
    run()
    assert got(pagers)["Sam"] == 0
    run(minutes=2)
    assert got(pagers)["Sam"] == 1


def test_two_workers_send_an_alert_once(clock: Any, alarms: Alarms, tmp_path: Path, pagers: Any) -> None:
    open_case(clock)
    both = (alarms, Alarms(alarms.rota, tmp_path))
    [worker.plan(clock.now) for worker in both]
    [worker.hand_out(clock.now) for worker in both]
    [worker.collect(clock.now, to_the_end=True) for worker in both]
    assert got(pagers)["Sam"] == 1


def test_after_a_pause_everybody_who_was_due_is_alerted_once(run: Any, clock: Any, pagers: dict[str, Pager]) -> None:
    open_case(clock)
    run(minutes=30)
    assert got(pagers) == {"Sam": 1, "Kim": 1, "everyone": 1}


def test_the_person_is_told_of_an_alert_only_when_somebody_was_reached(
    run: Any, clock: Any, pagers: dict[str, Pager], door: FakeDoor
) -> None:
    """G4: notified."""
    pagers["Sam"].works = False
    open_case(clock)
    run(), outgoing.tell_door(clock.now)
    assert door.told("notice") == []
    pagers["Sam"].works = True
    run(seconds=5), outgoing.tell_door(clock.now)
    assert door.told("notice") == [{"kind": "notified", "episode": 1}]
    assert list(Entry.objects.values_list("kind", flat=True)) == ["opened", "alerted", "notified"]


def test_a_log_file_reaches_nobody(clock: Any, tmp_path: Path, door: FakeDoor) -> None:
    alarms = Alarms(rota_of(load_clinic()), tmp_path)
    open_case(clock)
    alarms.plan(clock.now), alarms.hand_out(clock.now), alarms.collect(clock.now, to_the_end=True)
    outgoing.tell_door(clock.now)
    assert "Holdfast: crisis" in (tmp_path / "alerts.log").read_text() and door.told("notice") == []


def link_in(pager: Pager) -> str:
    return str(pager.got[-1]["message"]).split("http://desk.test")[1]


def test_opening_the_link_is_no_acknowledgement_but_the_button_is(
    run: Any, clock: Any, pagers: dict[str, Pager]
) -> None:
    open_case(clock)
    run()
    page = Client().get(link_in(pagers["Sam"]))
    assert page.status_code == 200 and Case.objects.get().held_until is None
    Client().post(link_in(pagers["Sam"]))
    assert Case.objects.get().held_until == clock.now + transitions.HOLD
    assert Entry.objects.get(kind="acknowledged").who == "Sam"


def test_an_acknowledgement_without_a_claim_holds_for_a_while_only(
    run: Any, clock: Any, pagers: dict[str, Pager]
) -> None:
    open_case(clock)
    run(), run(minutes=4)
    Client().post(link_in(pagers["Sam"]))
    run(minutes=4)
    assert got(pagers)["Kim"] == 0
    run(minutes=2)
    assert got(pagers)["Kim"] == 1


def test_a_link_of_an_earlier_round_acknowledges_nothing(run: Any, clock: Any, pagers: dict[str, Pager]) -> None:
    open_case(clock, level="concern")
    run()
    old = link_in(pagers["Sam"])
    take(record(kind="rise", level="emergency"), clock.now)
    Client().post(old)
    assert Case.objects.get().held_until is None


@pytest.mark.parametrize("token", ["x", "WzEsMSwiU2FtIl0:1xV:forged"])
def test_a_forged_link_shows_nothing(token: str, clock: Any) -> None:
    open_case(clock)
    answer = Client().get(f"/a/{token}")
    assert answer.status_code == 404 and "Crisis" not in answer.content.decode()


def test_the_page_behind_the_link_holds_no_words_of_the_person(
    run: Any, clock: Any, pagers: dict[str, Pager], door: FakeDoor
) -> None:
    door.say("w_1", "private words")
    open_case(clock)
    run()
    page = Client().get(link_in(pagers["Sam"])).content.decode()
    assert "private words" not in page and "w_1" not in page and door.told("transcript") == []
