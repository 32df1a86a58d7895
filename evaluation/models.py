"""Compares ways to build the classifier on the held-out part of the training messages; results in models.json.

    .venv/bin/python evaluation/models.py --encoder base=FOLDER --encoder "upper two layers"=FOLDER ...

Each FOLDER holds an exported encoder (tools/encoder/ship.py; `--published`: without fine-tuning). Every variant is
fitted on the same part and scored on the same held-out blocks, which no encoder was tuned on. Figures: area under the
curve for concern or above, and false alarms at the threshold that finds 95 % of the risky ones, with Wilson intervals.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from evaluation.intervals import wilson
from evaluation.scorecard import progress
from holdfast.crisis import corpus
from holdfast.crisis.calibration import best_temperature, highest_of_units, softmax
from holdfast.crisis.classifier import RISING, Floats, Weights, class_of, grams, legible, level_sums
from holdfast.crisis.detector import Detector
from holdfast.crisis.development import Held, held_out, held_out_logits, long_messages
from holdfast.crisis.encoder import Encoder
from holdfast.crisis.level_head import LevelHead, ruled_by
from holdfast.crisis.normalize import Normalizer
from holdfast.crisis.table import Table, tabulate
from holdfast.crisis.training import GRAM_SCALE, VECTOR_SCALE, fit, score_long
from holdfast.crisis.types import Level
from holdfast.paths import ROOT, models

TARGET = Path(__file__).with_name("models.json")
CONCERN = RISING.index(Level.CONCERN)
#: Shares of the training scenes for the learning curve.
CURVE = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
BINS = 10


def concern_scores(
    table: Table,
    messages: Sequence[corpus.Message],
    held: Held,
    chosen: Any,
    head: LevelHead | None = None,
    **scales: float,
) -> Any:
    """Probability of concern or above of each unit of the held-out messages, at the best temperature."""
    weights = fit(table, [class_of(message.name) for message in messages], chosen, **scales)
    if head is not None:
        weights = ruled_by(weights, head)
    logits = held_out_logits(weights, table, held)
    odds = softmax(logits, best_temperature(logits[held.first], held.truth))
    return level_sums(odds, held.names)[:, CONCERN : CONCERN + 1]


def figures(scores: Floats, levels: npt.NDArray[np.int64]) -> dict[str, Any]:
    """AUC with a bootstrap interval, false alarms at 95 % recall with a Wilson interval."""
    risky, calm = scores[levels >= Level.CONCERN], scores[levels < Level.CONCERN]
    dice = np.random.default_rng(7)
    drawn = [
        auc(dice.choice(risky, len(risky)), dice.choice(calm, len(calm)))
        for _ in range(200)
    ]  # fmt: skip
    alarms = int((calm >= np.quantile(risky, 0.05)).sum())
    return {
        "auc": [round(auc(risky, calm), 4), *(round(float(value), 4) for value in np.quantile(drawn, (0.025, 0.975)))],
        "alarms_at_95": [alarms, len(calm)],
        "risky": len(risky),
    }


def auc(risky: Floats, calm: Floats) -> float:
    """How often a risky message has a higher score than a calm one."""
    order = np.sort(calm)
    below = np.searchsorted(order, risky, "left")
    ties = np.searchsorted(order, risky, "right") - below
    return float((below + ties / 2).sum() / (len(risky) * len(calm)))


def lexicon_figures(messages: Sequence[corpus.Message], levels: npt.NDArray[np.int64]) -> dict[str, Any]:
    """The lexicon has no scale: what it finds, and its false alarms at that."""
    floor = Detector.load(lexicon_only=True)
    found = np.array([floor.assess(message.text).level >= Level.CONCERN for message in messages if message.development])
    risky = levels >= Level.CONCERN
    return {
        "recall": [int(found[risky].sum()), int(risky.sum())],
        "alarms": [int(found[~risky].sum()), int((~risky).sum())],
    }


def reliability(scores: Floats, levels: npt.NDArray[np.int64]) -> list[list[float]]:
    """For each tenth of the probability: its mean, the share that was risky, how many."""
    rows = []
    for number in range(BINS):
        inside = (scores >= number / BINS) & (scores < (number + 1) / BINS + (number == BINS - 1))
        if inside.any():
            share = float((levels[inside] >= Level.CONCERN).mean())
            rows.append([round(float(scores[inside].mean()), 3), round(share, 3), int(inside.sum())])
    return rows


def learning_curve(table: Table, messages: Sequence[corpus.Message], held: Held) -> list[dict[str, Any]]:
    """Figures by the share of training scenes, for an encoder that has seen none of them."""
    groups = np.array([message.group for message in messages])
    development = np.array([message.development for message in messages])
    order = np.random.default_rng(11).permutation(groups.max() + 1)
    curve = []
    for share in CURVE:
        chosen = ~development & (order[groups] < share * len(order))
        scores = highest_of_units(concern_scores(table, messages, held, chosen), held.first)[:, 0]
        curve.append({"messages": int(chosen.sum()), **figures(scores, held.levels)})
        progress(f"learning curve: {chosen.sum()} messages: {curve[-1]['auc'][0]}")
    return curve


def long_figures(weights: Weights, messages: Sequence[corpus.Message], encoder: Encoder) -> dict[str, Any]:
    """Long messages composed of held-out ones, read in sentence windows as at run time and as one piece."""
    levels, sums = score_long(weights, messages, encoder)
    normalizer = Normalizer.load()
    whole = []
    for _, text in long_messages(messages):
        form = normalizer(text)
        vector = encoder.encode([legible(normalizer, text, form)])
        odds = weights.probabilities(vector, [grams(form.repaired.words)])
        whole.append(float(level_sums(odds, weights.classes)[0, CONCERN]))
    return {"in sentence windows": figures(sums[:, CONCERN], levels), "as one piece": figures(np.array(whole), levels)}


def compare(
    messages: Sequence[corpus.Message], encoders: Mapping[str, Path], say: Callable[[str], None], command: str
) -> Any:
    """Every variant over the held-out part."""
    chosen = np.array([not message.development for message in messages])
    found: dict[str, Any] = {"variants": {}}
    units: dict[str, Floats] = {}
    for number, (name, folder) in enumerate(encoders.items()):
        table = tabulate(messages, Encoder.load(folder), models() / "cache" / f"compare-{number}.npz", say)
        held = held_out(table, messages)
        kinds: dict[str, Any] = {
            f"vectors ({name})": {"gram_scale": 0.0},
            f"vectors ({name}) and n-grams": {"vector_scale": VECTOR_SCALE, "gram_scale": GRAM_SCALE},
            f"the same with the encoder's level head ({name})": {"head": LevelHead.load(folder)},
        }
        if not number:
            found["variants"]["lexicon only"] = lexicon_figures(messages, held.levels)
            kinds = {"n-grams": {"vector_scale": 0.0}, **kinds}
            found["learning_curve"] = learning_curve(table, messages, held)
        for kind, scales in kinds.items():
            scores = concern_scores(table, messages, held, chosen, **scales)
            units[kind] = scores
            found["variants"][kind] = figures(highest_of_units(scores, held.first)[:, 0], held.levels)
            say(f"{kind}: {found['variants'][kind]}")
            if kind.endswith("and n-grams"):
                found["reliability"] = reliability(highest_of_units(scores, held.first)[:, 0], held.levels)
    labels = [class_of(message.name) for message in messages]
    last = ruled_by(fit(table, labels, chosen), LevelHead.load(folder))
    found["long"] = long_figures(last, messages, Encoder.load(folder))
    both = [scores for kind, scores in units.items() if kind.endswith("and n-grams")]
    if len(both) > 1:
        mean = np.mean([both[0], both[-1]], axis=0)
        found["variants"]["mean of the first and the last encoder, with n-grams"] = figures(
            highest_of_units(mean, held.first)[:, 0], held.levels
        )
    found["command"] = command
    found["data"] = corpus.data_hash(messages)[:16]
    found["held_out"] = int((~chosen).sum())
    found["fitted"] = int(chosen.sum())
    return found


def main() -> int:
    """Writes models.json."""
    parser = argparse.ArgumentParser(description="Compare classifiers on the held-out training messages.")
    parser.add_argument("--encoder", action="append", required=True, metavar="NAME=FOLDER")
    options = parser.parse_args()
    encoders = {name: Path(folder) for name, _, folder in (given.partition("=") for given in options.encoder)}
    command = " ".join(
        [".venv/bin/python evaluation/models.py", *(f"--encoder {shlex.quote(each)}" for each in options.encoder)]
    )
    found = compare(corpus.read(ROOT / "data" / "nlu"), encoders, progress, command)
    TARGET.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    alarms = {name: each.get("alarms_at_95") for name, each in found["variants"].items()}
    progress(f"written: {TARGET.name}; {alarms}; Wilson of the last {wilson(*list(alarms.values())[-1])}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
