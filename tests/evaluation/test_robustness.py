"""Disturbing a message leaves what it says; what is lost by it is counted and said."""

from __future__ import annotations

import random

import pytest

from evaluation.perturb import PERTURBATIONS
from evaluation.report_robustness import robustness_report
from evaluation.report_speed import speed_findings
from evaluation.robustness import UNDISTURBED, measure
from evaluation.speed import text_of
from holdfast.crisis.types import Assessment, Level
from tests.evaluation.invented import speed

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

    counted = measure(OnlyLowerCase(), [TEXT, TEXT])
    assert counted[UNDISTURBED] == [2, 2] and counted["capitals"] == [0, 2]
    told = robustness_report({"detector": counted, "floor": counted})
    assert "| capitals | 0.0 % [0.0\u201365.8] 0/2 | +100.0 |" in told


def test_a_slow_detector_misses_its_aims_and_a_fast_one_meets_them() -> None:
    assert all(finding.met for finding in speed_findings(speed(2.0)))
    missed = [finding.aim for finding in speed_findings(speed(50.0)) if not finding.met]
    assert len(missed) == 2 and "150 characters" in missed[0] and "2,000 characters" in missed[1]


def test_texts_for_timing_have_the_length_asked_for() -> None:
    assert len(text_of(["one message", "another"], 100, random.Random(1))) == 100
