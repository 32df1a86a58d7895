"""The gate: no figure falls out of the accepted interval."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation import detection, gate, sets
from evaluation.detection import Verdicts
from evaluation.intervals import Share
from tests.evaluation.invented import CONCERN, CRISIS, MESSAGES, NONE, TALKS, verdicts


@pytest.fixture(scope="module")
def today() -> dict[str, Verdicts]:
    return detection.run()


def test_no_recall_and_no_false_alarm_is_worse_than_accepted(today: dict[str, Verdicts]) -> None:
    assert gate.load_baseline().sets == sets.digests(sets.DETECTION_FILES), "the test sets changed: gate.py --accept"
    now = gate.figures(today, sets.messages(), sets.conversations())
    assert gate.worse(now, gate.load_baseline().figures) == []


def test_explicit_statements_are_a_figure_of_their_own() -> None:
    name = "detector: recall, explicit statements, crisis"
    all_found = gate.figures({"detector": verdicts({})}, MESSAGES, TALKS)[name]
    one_missed = gate.figures({"detector": verdicts({"x2": CONCERN})}, MESSAGES, TALKS)[name]
    assert all_found.hits == all_found.n == one_missed.n == one_missed.hits + 1


@pytest.mark.parametrize(("hits", "told"), [(90, False), (86, False), (60, True)])
def test_recall_may_fall_within_the_interval_only(hits: int, told: bool) -> None:
    name = "detector: recall, all, concern"
    assert bool(gate.worse({name: Share(hits, 100)}, {name: Share(90, 100)})) is told


@pytest.mark.parametrize(("hits", "told"), [(0, False), (14, False), (30, True)])
def test_false_alarms_may_rise_within_the_interval_only(hits: int, told: bool) -> None:
    name = "detector: false alarms, level none, concern"
    assert bool(gate.worse({name: Share(hits, 100)}, {name: Share(10, 100)})) is told


def test_a_figure_that_is_gone_is_told() -> None:
    assert gate.worse({}, {"detector: recall, all, concern": Share(1, 1)}) != []


def test_changed_test_sets_are_told_before_anything_is_compared() -> None:
    baseline = gate.Baseline({"messages.jsonl": "before"}, {})
    told = gate.problems({}, baseline, {"messages.jsonl": "now"})
    assert len(told) == 1 and "--accept" in told[0]


def test_figures_cover_recall_and_false_alarms_of_detector_and_floor_and_turns() -> None:
    found = gate.figures({"detector": verdicts({}), "floor": verdicts({"x3": NONE, "x7": CRISIS})}, MESSAGES, TALKS)
    assert found["detector: recall, class passive, concern"] == Share(2, 2)
    assert found["floor: recall, class passive, concern"] == Share(1, 2)
    assert found["floor: false alarms, level none, crisis"] == Share(1, 3)
    assert found["detector: recall, turns, concern"] == Share(1, 1)


def test_an_accepted_baseline_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "messages", lambda: MESSAGES)
    monkeypatch.setattr(sets, "conversations", lambda: TALKS)
    found = {"detector": verdicts({}), "floor": verdicts({})}
    gate.save_baseline(found, tmp_path / "baseline.json")
    read = gate.load_baseline(tmp_path / "baseline.json")
    assert read.figures == gate.figures(found, MESSAGES, TALKS)
    assert read.sets == sets.digests(sets.DETECTION_FILES)


def test_a_missing_baseline_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(gate.GateError, match="--accept"):
        gate.load_baseline(tmp_path / "baseline.json")
