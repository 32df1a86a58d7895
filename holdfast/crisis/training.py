"""Trains the classifier from ``data/nlu``: ``python -m holdfast.crisis.training`` (behind ``make train``).

Writes ``models/detector/classifier.npz`` and ``classifier.json``. Temperature and thresholds are chosen on the held-out
blocks, which neither the classifier nor the fine-tuned encoder ever learned from (holdfast/crisis/corpus.py,
``development``), from the costs stated in ``calibration``. What it prints is measured on them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from holdfast import paths
from holdfast.crisis.calibration import (
    FOUND_FIRST,
    FOUND_FIRST_LONG,
    best_temperature,
    lines,
    report,
    softmax,
    thresholds,
)
from holdfast.crisis.classifier import (
    BUCKETS,
    CLASSES,
    FORMAT,
    RISING,
    SHORT_CHARS,
    Classifier,
    Floats,
    Thresholds,
    Weights,
    class_of,
    known_key,
    level_sums,
)  # fmt: skip
from holdfast.crisis.corpus import CorpusError, Message, data_hash, read_all
from holdfast.crisis.detector import Detector
from holdfast.crisis.development import held_out, held_out_logits, long_messages
from holdfast.crisis.encoder import Encoder
from holdfast.crisis.level_head import LevelHead, ruled_by
from holdfast.crisis.normalize import Normalizer
from holdfast.crisis.table import Table, tabulate
from holdfast.crisis.types import Level
from holdfast.crisis.vectors import CACHE as VECTORS
from holdfast.crisis.vectors import TextEncoder

SEED = 20261123
#: How much sentence vectors and n-grams weigh, and how little the weights are held down. Chosen by hand;
#: evaluation/models.py compares variants.
VECTOR_SCALE = 1.5
GRAM_SCALE = 1.0
STRENGTH = 0.1
#: A window of a message is a weaker witness for the message's class than the message.
WINDOW_WEIGHT = 0.6


class TrainingError(RuntimeError):
    """The training data cannot be used; the message names file and remedy."""


def rarity(counts: Sequence[Counter[int]]) -> Floats:
    """How rare each bucket is among the units; 0 for one that never or hardly occurs."""
    seen = np.zeros(BUCKETS, dtype=np.float32)
    for count in counts:
        seen[list(count)] += 1
    idf = np.log((1 + len(counts)) / (1 + seen)) + 1
    return np.where(seen >= 2, idf, 0).astype(np.float32)


def gram_matrix(counts: Sequence[Counter[int]], idf: Floats) -> sparse.csr_matrix:
    """The n-gram half of the features: what ``classifier.weighted`` gives for each unit, as a sparse matrix."""
    lengths = [len(count) for count in counts]
    columns = np.fromiter((bucket for count in counts for bucket in count), dtype=np.int32, count=sum(lengths))
    values = np.fromiter((value for count in counts for value in count.values()), dtype=np.float32, count=sum(lengths))
    values = np.log1p(values) * idf[columns]
    matrix = sparse.csr_matrix((values, columns, np.cumsum([0, *lengths])), shape=(len(counts), BUCKETS))
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    return sparse.diags(1 / np.maximum(norms, 1e-9)) @ matrix


def fit(
    table: Table,
    labels: Sequence[str],
    chosen: npt.NDArray[np.bool_],
    *,
    vector_scale: float = VECTOR_SCALE,
    gram_scale: float = GRAM_SCALE,
) -> Weights:
    """Logistic regression on the units of the chosen messages. A scale of 0 leaves that half of the features out.

    Windows of harmless and of distressed messages are counterexamples like the messages themselves: it is they that
    make false alarms in long messages. Windows of risky messages are mostly harmless sentences, and are left out.
    """
    label = np.array(labels)[table.owner]
    level = np.array([int(CLASSES[name][0]) for name in label])
    whole = np.zeros(len(label), dtype=bool)
    whole[table.first[~table.cut]] = True
    rows = chosen[table.owner] & (whole | (level <= Level.DISTRESS))
    index = np.flatnonzero(rows)
    counts = [table.counts[row] for row in index]
    idf = rarity(counts)
    features = sparse.hstack(
        [sparse.csr_matrix(table.vectors[index] * np.float32(vector_scale)), gram_scale * gram_matrix(counts, idf)],
        format="csr",
    )
    frequency = Counter(label[index][whole[index]])
    share = {name: float(np.sqrt(len(index) / (len(frequency) * count))) for name, count in frequency.items()}
    weight = np.array([share[name] for name in label[index]])
    weight *= np.where(whole[index], 1.0, WINDOW_WEIGHT)
    model = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3, random_state=SEED)
    model.fit(features, label[index], sample_weight=weight)
    coefficients = model.coef_.T.astype(np.float32)
    dimensions = table.vectors.shape[1]
    names = tuple(str(name) for name in model.classes_)
    return Weights(
        names, coefficients[:dimensions] * np.float32(vector_scale), coefficients[dimensions:].astype(np.float16),
        (model.intercept_ - inflation(names, share)).astype(np.float32), idf, gram_scale, 1.0,
        np.zeros((dimensions, len(RISING)), np.float32), np.zeros(len(RISING), np.float32), 1.0,
        np.zeros(0, np.uint64),
    )  # fmt: skip


def inflation(names: Sequence[str], share: Mapping[str, float]) -> Floats:
    """What its weight added to the logit of a rare class of risk, to be taken off again.

    The weight makes the class learned; left in, two hundred messages that ask to be treated tonight count as much as
    two thousand, and a question on ketamine and suicide looks like one of them.
    """
    taken = [max(0.0, np.log(share[name])) if CLASSES[name][0] >= Level.CONCERN else 0.0 for name in names]
    return np.array(taken, dtype=np.float32)


def train(
    messages: Sequence[Message],
    encoder: TextEncoder,
    folder: Path,
    cache: Path,
    say: Callable[[str], None] = lambda _: None,
    head: LevelHead | None = None,
) -> dict[str, Any]:
    """Trains, calibrates, chooses thresholds and writes both files; gives back what stands in the JSON.

    ``head`` is the encoder's own; without one the regression stands alone.
    """
    started = time.monotonic()
    table = tabulate(messages, encoder, cache, say)
    labels = [class_of(message.name) for message in messages]
    development = np.array([message.development for message in messages])
    if not development.any() or development.all():
        raise TrainingError("data/nlu: no blocks are held out for thresholds. Restore data/nlu from the repository.")
    weights = fit(table, labels, ~development)
    if head is not None:
        weights = ruled_by(weights, head)
    say(f"fitted on {int((~development).sum())} messages ({time.monotonic() - started:.0f} s)")
    weights = replace(weights, harmless=known_harmless(messages))
    held = held_out(table, messages)
    logits = held_out_logits(weights, table, held)
    weights = replace(weights, temperature=best_temperature(logits[held.first], held.truth))
    sums = level_sums(softmax(logits, weights.temperature), held.names)[held.first[held.single]]
    levels = held.levels[held.single]
    lexicon = Detector.load(lexicon_only=True)
    texts = [message.text for message in messages if message.development]
    known = known_by(lexicon, [text for text, single in zip(texts, held.single, strict=True) if single])
    whole = thresholds(sums, levels, known, FOUND_FIRST)
    long_levels, long_sums = score_long(weights, messages, encoder)
    known_long = known_by(lexicon, [text for _, text in long_messages(messages)])
    limits = Thresholds(whole, thresholds(long_sums, long_levels, known_long, FOUND_FIRST_LONG))
    found = report(sums, levels, limits.whole)
    found_long = report(long_sums, long_levels, limits.long)
    about = write(weights, limits, messages, encoder, folder, {"held_out": found, "held_out_long": found_long})
    for line in [*lines(found, "messages of one unit"), *lines(found_long, "long, composed of several")]:
        say(line)
    say(
        f"temperature {weights.temperature}, thresholds {about['thresholds']}, long {about['long_thresholds']}; "
        f"{time.monotonic() - started:.0f} s; written to {folder}"
    )
    return about


def known_harmless(messages: Sequence[Message]) -> npt.NDArray[np.uint64]:
    """The numbers of short messages that are labeled harmless wherever they stand, held out or not; no flag hangs on
    them. What stands only among the held-out ones is not remembered."""
    names: dict[int, set[str]] = {}
    taught = set()
    for message in messages:
        key = known_key(message.text) if len(message.text) <= SHORT_CHARS else None
        if key is not None:
            names.setdefault(key, set()).add(class_of(message.name))
            if not message.development:
                taught.add(key)
    harmless = {name for name, (level, _, flag) in CLASSES.items() if level == Level.NONE and flag is None}
    return np.array(sorted(key for key in taught if names[key] <= harmless), dtype=np.uint64)


def known_by(lexicon: Detector, texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """The level that the lexicon alone gives each text."""
    return np.array([int(lexicon.assess(text).level) for text in texts])


def score_long(
    weights: Weights, messages: Sequence[Message], encoder: TextEncoder
) -> tuple[npt.NDArray[np.int64], Floats]:
    """True levels and level probabilities of long held-out messages, scored as at run time."""
    any_limit = dict.fromkeys(RISING, 0.5)
    scorer = Classifier(weights, Thresholds(any_limit, any_limit), encoder, Normalizer.load())
    levels, texts = zip(*long_messages(messages), strict=True)
    sums = np.array([scorer.score(text).probabilities for text in texts], dtype=np.float32)
    return np.array([int(level) for level in levels]), sums


def write(
    weights: Weights, limits: Thresholds, messages: Sequence[Message], encoder: TextEncoder, folder: Path,
    measured: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Writes the weights, then the JSON that vouches for them."""
    folder.mkdir(parents=True, exist_ok=True)
    weights_file = folder / "classifier.npz"
    np.savez_compressed(
        weights_file, dense=weights.dense, sparse=weights.sparse, bias=weights.bias, idf=weights.idf,
        rise=weights.rise, rise_bias=weights.rise_bias, harmless=weights.harmless,
    )  # fmt: skip
    about = {
        "format": FORMAT,
        "classes": list(weights.classes),
        "gram_scale": weights.gram_scale,
        "class_share": weights.class_share,
        "temperature": weights.temperature,
        "thresholds": {level.label: value for level, value in limits.whole.items()},
        "long_thresholds": {level.label: value for level, value in limits.long.items()},
        "encoder": encoder.fingerprint,
        "data": data_hash(messages),
        "seed": SEED,
        "weights_sha256": hashlib.sha256(weights_file.read_bytes()).hexdigest(),
        **measured,
    }
    (folder / "classifier.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return about


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. 0 when trained, 1 with a message when the data cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m holdfast.crisis.training", description="Train the detector's classifier."
    )
    parser.add_argument("--data", type=Path, default=paths.ROOT / "data" / "nlu", help="folder of Rasa NLU files")
    parser.add_argument("--models", type=Path, default=paths.models(), help="folder of all model files")
    options = parser.parse_args(arguments)

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    try:
        messages = read_all(options.data)
        train(
            messages,
            Encoder.load(options.models / "encoder"),
            options.models / "detector",
            options.models / "cache" / VECTORS,
            say,
            LevelHead.load(options.models / "encoder"),
        )
    except (TrainingError, CorpusError, RuntimeError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
