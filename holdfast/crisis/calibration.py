"""From predictions for unseen messages to temperature, thresholds and the table of what is found. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from holdfast.crisis.classifier import RISING, Floats, odds_of
from holdfast.crisis.types import Level

SEED = 20261125
RESAMPLED = 40
#: The threshold of a level is the one with the least cost. A miss counts by the true level, a false alarm by the true
#: level too; a miss at emergency weighs most. "none" counts more often in life than in the data, hence its weight.
MISS = {Level.EMERGENCY: 36.0, Level.CRISIS: 24.0, Level.CONCERN: 12.0, Level.DISTRESS: 3.0}
#: Recall comes before false alarms: whatever the costs say, lexicon and classifier together find so many of those
#: at a level or above. The held-out ones share their writers with those learned from and flatter: of what others write,
#: 96.8 % were found with this (docs/decisions/0021).
FOUND_FIRST: Mapping[Level, float] = {Level.CONCERN: 0.965, Level.CRISIS: 0.93}
#: The same for messages of several units, where every further unit is a chance for a false alarm.
FOUND_FIRST_LONG: Mapping[Level, float] = {Level.CONCERN: 0.9}
LEAST = 0.02
FALSE_ALARM: Mapping[Level, Mapping[Level, float]] = {
    Level.DISTRESS: {Level.NONE: 1.0},
    Level.CONCERN: {Level.NONE: 4.0, Level.DISTRESS: 2.0},
    Level.CRISIS: {Level.NONE: 8.0, Level.DISTRESS: 6.0, Level.CONCERN: 2.0},
    Level.EMERGENCY: {Level.NONE: 20.0, Level.DISTRESS: 20.0, Level.CONCERN: 14.0, Level.CRISIS: 6.0},
}


def softmax(logits: Floats, temperature: float) -> Floats:
    """Probabilities of logits at a temperature."""
    return odds_of(logits / np.float32(temperature))


def best_temperature(logits: Floats, truth: npt.NDArray[np.int64]) -> float:
    """The temperature, 0.3 to 2, at which whole messages are predicted with the least surprise."""

    def surprise(temperature: float) -> float:
        odds = softmax(logits, temperature)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(odds, 1e-9)).mean())

    return round(float(minimize_scalar(surprise, bounds=(0.3, 2.0), method="bounded").x), 3)


def highest_of_units(sums: Floats, first: npt.NDArray[np.int64]) -> Floats:
    """The level probabilities of each message, the highest over its units; ``first`` says where each message begins."""
    result: Floats = np.maximum.reduceat(sums, first, axis=0)
    return result


def thresholds(
    sums: Floats,
    levels: npt.NDArray[np.int64],
    known: npt.NDArray[np.int64],
    found: Mapping[Level, float] = MappingProxyType({}),
) -> dict[Level, float]:
    """For each level the probability from which it is called, at the least cost.

    ``known`` is the level that the lexicon gives each message: where it calls a level already, the classifier neither
    misses nor alarms. ``found`` gives for some levels the share (0..1) of the messages at that level or above that both
    together must call so, whatever it costs.

    The costs move in steps, one a message, so the least one jumps when a few messages change: the median over resampled
    messages stays. Each level has its own: a message is called the highest whose threshold it reaches, so a low one for
    crisis does not pull that of concern down with it.
    """
    dice = np.random.default_rng(SEED)
    draws = [np.arange(len(levels)), *(dice.integers(0, len(levels), len(levels)) for _ in range(RESAMPLED))]
    chosen = {}
    for column, rung in enumerate(RISING):
        best = []
        for draw in draws:
            left = draw[known[draw] < rung]
            best.append(_cheapest(sums[left, column], levels[left], rung))
        chosen[rung] = round(float(np.median(best)), 2)
    for rung, share in found.items():
        chosen[rung] = min(chosen[rung], _finding(share, rung, sums, levels, known))
    return chosen


def _finding(
    share: float, rung: Level, sums: Floats, levels: npt.NDArray[np.int64], known: npt.NDArray[np.int64]
) -> float:
    """The highest threshold, LEAST or more, at which that share of the messages at ``rung`` or above is called."""
    risky = levels >= rung
    left = np.sort(sums[risky & (known < rung), RISING.index(rung)])
    missed = int((1 - share) * risky.sum())  # so many may be missed
    if missed >= len(left):
        return 1.0
    return max(LEAST, math.floor(1000 * float(left[missed])) / 1000)


def _cheapest(values: Floats, levels: npt.NDArray[np.int64], rung: Level) -> float:
    """The threshold at the least cost for these messages."""
    grid = np.round(np.arange(LEAST, 0.96, 0.01), 2)
    called = values[None, :] >= grid[:, None]
    costs = np.zeros(len(grid))
    for level in RISING:
        if level == rung or level > rung >= Level.CONCERN:
            costs += MISS[level] * (~called[:, levels == level]).sum(axis=1)
    for level, price in FALSE_ALARM[rung].items():
        costs += price * called[:, levels == level].sum(axis=1)
    return float(grid[int(np.argmin(costs))])


def report(sums: Floats, levels: npt.NDArray[np.int64], limits: Mapping[Level, float]) -> list[dict[str, Any]]:
    """What share of each true level is called concern or above, crisis or above, emergency."""
    rows = []
    for level in reversed(list(Level)):
        mask = levels == level
        shares = {
            rung.label: round(float((sums[mask][:, RISING.index(rung)] >= limits[rung]).mean()), 3)
            if mask.any()
            else None
            for rung in RISING
        }
        rows.append({"level": level.label, "messages": int(mask.sum()), **shares})
    return rows


def lines(rows: Sequence[Mapping[str, Any]], what: str) -> list[str]:
    """The report as a table; ``what`` says which messages."""
    found = [f"true level  messages  called concern+  crisis+  emergency   (held out, classifier alone: {what})"]
    for row in rows:
        if row["messages"]:
            found.append(
                f"{row['level']:<11} {row['messages']:>8}  {row['concern']:>15.3f}  "
                f"{row['crisis']:>7.3f}  {row['emergency']:>9.3f}"
            )
    return found
