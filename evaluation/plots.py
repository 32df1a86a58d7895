"""Draws what tables say badly: learning curve, reliability, time by length, disturbances. SVG in docs/images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams.update({"svg.hashsalt": "holdfast", "svg.fonttype": "none", "font.size": 10, "figure.figsize": (6.4, 3.6)})

from matplotlib import pyplot as plt  # noqa: E402

from evaluation.intervals import quantile, wilson  # noqa: E402
from evaluation.robustness import RISKY  # noqa: E402

INK, PALE = "#1f4e5f", "#c97b3d"


def draw_models(found: Mapping[str, Any], folder: Path) -> None:
    """Learning curve and reliability."""
    figure, axes = plt.subplots()
    curve = found["learning_curve"]
    sizes = [each["messages"] for each in curve]
    axes.plot(sizes, [each["auc"][0] for each in curve], marker="o", color=INK)
    axes.fill_between(
        sizes, [each["auc"][1] for each in curve], [each["auc"][2] for each in curve], alpha=0.2, color=INK
    )
    axes.set_xlabel("training messages")
    axes.set_ylabel("area under the curve")
    _keep(figure, folder / "learning-curve.svg")
    figure, axes = plt.subplots(figsize=(4.2, 4.0))
    rows = found["reliability"]
    axes.plot([0, 1], [0, 1], linestyle=":", color="gray")
    axes.plot([row[0] for row in rows], [row[1] for row in rows], marker="o", color=INK)
    axes.set_xlabel("probability said")
    axes.set_ylabel("share found to be risky")
    _keep(figure, folder / "reliability.svg")


def draw_speed(found: Mapping[str, Any], folder: Path) -> None:
    """Median and 99th percentile by length."""
    figure, axes = plt.subplots()
    times = found["times_ms"]["detector"]
    lengths = [int(length) for length in times]
    for q, color in ((0.5, INK), (0.99, PALE)):
        values = [quantile(taken, q).value for taken in times.values()]
        axes.plot(lengths, values, marker="o", color=color, label=f"p{100 * q:.0f}")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("characters")
    axes.set_ylabel("milliseconds")
    axes.legend()
    _keep(figure, folder / "speed.svg")


def draw_robustness(found: Mapping[str, Any], folder: Path) -> None:
    """Recall by disturbance with intervals."""
    figure, axes = plt.subplots(figsize=(6.4, 4.4))
    rows = {name: counts[RISKY] for name, counts in found["detector"].items()}
    names = list(rows)[::-1]
    values = [rows[name][0] / rows[name][1] for name in names]
    ends = [wilson(*rows[name]) for name in names]
    errors = [
        [value - low for value, (low, _) in zip(values, ends, strict=True)],
        [high - value for value, (_, high) in zip(values, ends, strict=True)],
    ]
    axes.barh(names, values, xerr=errors, color=INK, ecolor=PALE)
    axes.set_xlim(0, 1)
    axes.set_xlabel("recall at concern")
    _keep(figure, folder / "robustness.svg")


def _keep(figure: Any, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)
