"""Disturbing a message leaves what it says; what is lost by it is counted and said."""

from __future__ import annotations

import random

import pytest

from evaluation import robustness
from evaluation.perturb import CHATTER, PERTURBATIONS
from evaluation.report_robustness import robustness_report
from evaluation.report_speed import speed_findings
from evaluation.robustness import UNDISTURBED, measure
from evaluation.speed import text_of
from holdfast.crisis.detector import Detector
from holdfast.crisis.types import Assessment, Level
from tests.evaluation.invented import DISTURBED, MESSAGES, speed


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


TEXT = "Honestly I don't know how to get through another week of this"


@pytest.mark.parametrize("name", sorted(PERTURBATIONS))
def test_every_disturbance_changes_something_and_can_be_repeated(name: str) -> None:
    change = PERTURBATIONS[name]
    once = change(TEXT, random.Random(1))
    assert once != TEXT and once == change(TEXT, random.Random(1))


@pytest.mark.parametrize("name", sorted(PERTURBATIONS))
@pytest.mark.parametrize("text", ["", " ", "a", "\U0001f614", "no"])
def test_even_the_shortest_text_can_be_disturbed(name: str, text: str) -> None:
    assert isinstance(PERTURBATIONS[name](text, random.Random(1)), str)


def test_hits_are_counted_against_the_message_as_written() -> None:
    class OnlyLowerCase:
        def assess(self, text: str) -> Assessment:
            return Assessment(Level.NONE if text.isupper() else Level.CONCERN, None if text.isupper() else "self")

    counted = measure(OnlyLowerCase(), [TEXT, TEXT], [TEXT])
    assert counted[UNDISTURBED] == {"risky": [2, 2], "calm": [1, 1]}
    assert counted["capitals"] == {"risky": [0, 2], "calm": [0, 1]}


def test_recall_what_was_lost_and_false_alarms_stand_side_by_side() -> None:
    told = robustness_report({"detector": DISTURBED, "floor": DISTURBED})
    heads, _, as_written, typos = [line for line in told.splitlines() if line.startswith("|")]
    assert [cell.strip() for cell in heads.split("|")][2:5] == ["detector", "points lost", "false alarms"]
    assert [cell.split()[-1] for cell in as_written.split("|")[2:7]] == ["9/10", "+0.0", "1/20", "9/10", "1/20"]
    assert [cell.split()[-1] for cell in typos.split("|")[2:7]] == ["7/10", "+20.0", "2/20", "7/10", "2/20"]


def test_calm_messages_are_those_labeled_none_and_all_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def noted(_detector: object, risky: list[str], calm: list[str]) -> robustness.Counted:
        asked.append((len(risky), len(calm)))
        return DISTURBED

    monkeypatch.setattr(robustness, "measure", noted)
    monkeypatch.setattr(robustness.sets, "messages", lambda: MESSAGES)
    monkeypatch.setattr(robustness.Detector, "load", lambda **_: None)
    assert set(robustness.run()) == {"detector", "floor"}
    assert asked == [(5, 3)] * 2  # one risky message is Spanish, one English one is distress


@pytest.mark.parametrize("sentence", CHATTER)
def test_no_chatter_raises_an_alarm_by_itself(sentence: str, detector: Detector) -> None:
    assert detector.assess(sentence).level < Level.CONCERN


def test_a_slow_detector_misses_its_aims_and_a_fast_one_meets_them() -> None:
    assert all(finding.met for finding in speed_findings(speed(2.0)))
    missed = [finding.aim for finding in speed_findings(speed(50.0)) if not finding.met]
    assert len(missed) == 2 and "150 characters" in missed[0] and "2,000 characters" in missed[1]


def test_texts_for_timing_have_the_length_asked_for() -> None:
    assert len(text_of(["one message", "another"], 100, random.Random(1))) == 100
