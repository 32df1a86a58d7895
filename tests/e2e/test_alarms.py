"""Alarms from the real door while processes are killed at random (G3); the long run is the scorecard's."""

import pytest

from evaluation.alarms import measure

pytestmark = pytest.mark.e2e


def test_killed_processes_lose_no_alarm_and_double_no_case_g3() -> None:
    found = measure(alarms=40, kills=5, lasts_s=25)
    assert (found.sent, found.accepted) == (40, 40)
    assert sum(found.kills.values()) == 5
    assert (found.without_case, found.unnotified, found.doubled) == (0, 0, 0)
