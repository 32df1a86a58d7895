"""Temperature, thresholds and the report."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from holdfast.crisis.calibration import MISS, best_temperature, lines, report, softmax, thresholds
from holdfast.crisis.classifier import RISING, Floats
from holdfast.crisis.types import Level

RISKY = tuple(level for level in RISING if level >= Level.CONCERN)


def sample(count: int = 600, seed: int = 3) -> tuple[Floats, np.ndarray]:
    """Probabilities that rise with the level, with noise; most messages are harmless."""
    dice = np.random.default_rng(seed)
    levels = dice.choice([0, 0, 0, 0, 1, 1, 2, 3, 4], count)
    height = np.clip(levels[:, None] / 4 - 0.15 * np.arange(4) + dice.normal(0, 0.12, (count, 1)), 0.01, 0.99)
    return height.astype(np.float32), levels


def open_sample(count: int = 600, seed: int = 3) -> tuple[Floats, np.ndarray, np.ndarray]:
    """The same with a lexicon that finds nothing."""
    sums, levels = sample(count, seed)
    return sums, levels, np.zeros_like(levels)


def test_a_miss_weighs_more_the_higher_the_level() -> None:
    costs = [MISS[level] for level in RISING]
    assert all(lower < higher for lower, higher in pairwise(costs))


def test_calm_messages_alone_decide_where_distress_begins() -> None:
    sums, levels, known = open_sample()
    shifted = np.where(levels[:, None] >= Level.CONCERN, 0.03, sums).astype(np.float32)
    assert thresholds(shifted, levels, known)[Level.DISTRESS] == thresholds(sums, levels, known)[Level.DISTRESS]
    assert thresholds(shifted, levels, known)[Level.CONCERN] < thresholds(sums, levels, known)[Level.CONCERN]


def test_thresholds_part_the_harmless_from_the_risky() -> None:
    sums, levels, known = open_sample()
    limits = thresholds(sums, levels, known)
    called = sums[:, RISING.index(Level.CONCERN)] >= limits[Level.CONCERN]
    assert called[levels >= Level.CRISIS].mean() > 0.95 and called[levels == 0].mean() < 0.3


@pytest.mark.parametrize("rung", RISKY)
def test_so_many_are_found_first_whatever_it_costs(rung: Level) -> None:
    sums, levels, known = open_sample()
    risky = sums[levels >= rung, RISING.index(rung)]
    by_cost, first = thresholds(sums, levels, known), thresholds(sums, levels, known, {rung: 0.995})
    assert (risky >= by_cost[rung]).mean() < 0.995 <= (risky >= first[rung]).mean()
    assert all(first[higher] == by_cost[higher] for higher in RISKY if higher > rung)
    assert thresholds(sums, levels, known, {rung: 0.5}) == by_cost, "it never raises a threshold"


def test_what_the_lexicon_finds_already_asks_nothing_of_the_classifier() -> None:
    sums, levels, known = open_sample()
    faint = sums[:, RISING.index(Level.CONCERN)] < 0.45
    found = np.where(faint & (levels >= Level.CONCERN), levels, known)
    alone = thresholds(sums, levels, known, {Level.CONCERN: 0.99})[Level.CONCERN]
    assert alone < thresholds(sums, levels, found, {Level.CONCERN: 0.99})[Level.CONCERN]


def test_a_miss_or_an_alarm_of_the_lexicon_costs_the_classifier_nothing() -> None:
    """At the highest level, which no other one bounds."""
    sums, levels, known = open_sample()
    rung = Level.EMERGENCY
    limit = thresholds(sums, levels, known)[rung]
    called = sums[:, RISING.index(rung)]
    missed = (levels == rung) & (called < limit + 0.1)
    alarms = (levels < rung) & (called >= limit - 0.1)
    assert thresholds(sums, levels, np.where(missed, rung, known))[rung] > limit
    assert thresholds(sums, levels, np.where(alarms, rung, known))[rung] < limit


def test_a_threshold_hardly_moves_when_few_messages_change() -> None:
    sums, levels, known = open_sample()
    whole = thresholds(sums, levels, known)
    for seed in range(5):
        kept = np.random.default_rng(seed).random(len(levels)) > 0.02
        fewer = thresholds(sums[kept], levels[kept], known[kept])
        assert abs(fewer[Level.CONCERN] - whole[Level.CONCERN]) <= 0.06


def test_temperature_is_found_again() -> None:
    dice = np.random.default_rng(5)
    logits = dice.normal(0, 2, (4000, 5)).astype(np.float32)
    odds = softmax(logits, 1.0)
    truth = np.array([dice.choice(5, p=row / row.sum()) for row in odds.astype(float)])
    assert best_temperature(logits * 1.5, truth) == pytest.approx(1.5, abs=0.1)


def test_probabilities_sum_to_one_also_for_large_logits() -> None:
    odds = softmax(np.array([[900.0, -900.0, 0.0]], np.float32), 0.5)
    assert odds.sum() == pytest.approx(1) and odds[0, 0] == pytest.approx(1)


def test_the_report_counts_and_names_the_messages() -> None:
    sums = np.array([[0.9, 0.9, 0.9, 0.1], [0.1, 0.1, 0.1, 0.1]], np.float32)
    rows = report(sums, np.array([int(Level.CRISIS), int(Level.CRISIS)]), dict.fromkeys(RISING, 0.5))
    (row,) = (row for row in rows if row["messages"])
    assert row == {"level": "crisis", "messages": 2, "distress": 0.5, "concern": 0.5, "crisis": 0.5, "emergency": 0.0}
    table = lines(rows, "two of them")
    assert "two of them" in table[0] and len(table) == 2
