"""What is started, and what gives way to what."""

from __future__ import annotations

from holdfast.cli.processes import CORE, GIVING_WAY, Ports, programs


def test_a_card_and_an_alarm_give_way_to_nobody_at_the_processor() -> None:
    started = programs(Ports())
    giving_way = {each.name for each in started if each.command[: len(GIVING_WAY)] == GIVING_WAY}
    assert giving_way == {"desk", "worker", "rasa", "actions"}
    assert started[0].name == "door"
    assert set(CORE) - giving_way == {"door", "shipper"}
