"""From predictions for unseen messages to temperature, thresholds and the table of what is found. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from holdfast.crisis.classifier import RISING, Floats
from holdfast.crisis.types import Level

#: The threshold of a level is the one with the least cost. A miss counts by the true level, a false alarm by the true
#: level too; a miss at emergency weighs most. "none" counts more often in life than in the data, hence its weight.
MISS = {Level.EMERGENCY: 36.0, Level.CRISIS: 24.0, Level.CONCERN: 12.0, Level.DISTRESS: 1.0}
FALSE_ALARM: Mapping[Level, Mapping[Level, float]] = {
    Level.DISTRESS: {Level.NONE: 2.0},
    Level.CONCERN: {Level.NONE: 4.0, Level.DISTRESS: 2.0},
    Level.CRISIS: {Level.NONE: 8.0, Level.DISTRESS: 6.0, Level.CONCERN: 2.0},
    Level.EMERGENCY: {Level.NONE: 20.0, Level.DISTRESS: 20.0, Level.CONCERN: 14.0, Level.CRISIS: 6.0},
}


def softmax(logits: Floats, temperature: float) -> Floats:
    """Probabilities of logits at a temperature."""
    scaled = logits / temperature
    odds = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: Floats = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


def best_temperature(logits: Floats, truth: npt.NDArray[np.int64]) -> float:
    """The temperature at which whole messages are predicted with the least surprise."""
    grid = np.round(np.arange(0.3, 2.01, 0.05), 2)
    losses = [-np.log(np.maximum(softmax(logits, t)[np.arange(len(truth)), truth], 1e-9)).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])


def highest_of_units(sums: Floats, first: npt.NDArray[np.int64]) -> Floats:
    """The level probabilities of each message, the highest over its units; ``first`` says where each message begins."""
    result: Floats = np.maximum.reduceat(sums, first, axis=0)
    return result


def thresholds(sums: Floats, levels: npt.NDArray[np.int64]) -> dict[Level, float]:
    """For each level the probability from which it is called, at the least cost."""
    chosen: dict[Level, float] = {}
    for column, rung in enumerate(RISING):
        values = sums[:, column]
        grid = np.round(np.arange(0.05, 0.96, 0.01), 2)
        costs = []
        for threshold in grid:
            called = values >= threshold
            cost = sum(MISS[level] * float((~called & (levels == level)).sum()) for level in RISING if level >= rung)
            cost += sum(price * float((called & (levels == level)).sum()) for level, price in FALSE_ALARM[rung].items())
            costs.append(cost)
        chosen[rung] = float(grid[int(np.argmin(costs))])
    return chosen


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


def lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The report as a table."""
    found = ["true level  messages  called concern+  crisis+  emergency   (held out, classifier alone)"]
    for row in rows:
        if row["messages"]:
            found.append(
                f"{row['level']:<11} {row['messages']:>8}  {row['concern']:>15.3f}  "
                f"{row['crisis']:>7.3f}  {row['emergency']:>9.3f}"
            )
    return found
