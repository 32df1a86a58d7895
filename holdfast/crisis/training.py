"""Trains the classifier from ``data/nlu``: ``python -m holdfast.crisis.training`` (behind ``make train``).

Writes ``models/detector/classifier.npz`` and ``classifier.json``. Temperature and thresholds are chosen on the held-out
blocks, which neither the classifier nor the fine-tuned encoder ever learned from (holdfast/crisis/corpus.py), from the
costs stated in ``calibration``. What it prints is measured on them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from holdfast import paths
from holdfast.crisis.calibration import best_temperature, highest_of_units, lines, report, softmax, thresholds
from holdfast.crisis.classifier import (
    BUCKETS,
    CLASSES,
    FORMAT,
    Floats,
    Weights,
    grams,
    legible,
    level_sums,
    units,
)  # fmt: skip
from holdfast.crisis.corpus import CorpusError, Message, data_hash, read
from holdfast.crisis.encoder import Encoder
from holdfast.crisis.normalize import Normalizer
from holdfast.crisis.types import Level
from holdfast.crisis.vectors import cached_encode

SEED = 20261123
#: How much sentence vectors and n-grams weigh, and how little the weights are held down; measured, docs/detector.md.
VECTOR_SCALE = 1.5
GRAM_SCALE = 2.0
STRENGTH = 1.0
#: A window of a message is a weaker witness for the message's class than the message.
WINDOW_WEIGHT = 0.6


class TrainingError(RuntimeError):
    """The training data cannot be used; the message names file and remedy."""


def class_of(message: Message) -> str:
    """The detector's class of a message: its intent, or ``none`` when that is no class of the detector.

    ``metadata: {detector: distress}`` on a block gives its messages another class than Rasa's intent: a follow-up to a
    card may be written out of distress.
    """
    name = str(message.metadata.get("detector", message.intent))
    return name if name in CLASSES else "none"


class CachingEncoder(Protocol):
    """What gives vectors: ``Encoder``, or a stand-in in a test."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Floats: ...


@dataclass(frozen=True)
class Table:
    """All units of all messages: vectors, counts of n-grams, and which message each unit belongs to."""

    vectors: Floats
    counts: list[Counter[int]]
    owner: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]


def tabulate(messages: Sequence[Message], encoder: CachingEncoder, cache: Path, say: Callable[[str], None]) -> Table:
    """Encodes every unit of every message, as at scoring."""
    normalizer = Normalizer.load()
    texts: list[str] = []
    owner: list[int] = []
    first: list[int] = []
    for number, message in enumerate(messages):
        parts = units(message.text)
        first.append(len(texts))
        texts.extend(parts)
        owner.extend([number] * len(parts))
    say(f"{len(messages)} messages, {len(texts)} units to encode (cached in {cache})")

    def progress(done: int, missing: int) -> None:
        if done % 640 == 0 or done == missing:
            say(f"  encoded {done} of {missing}")

    forms = [normalizer(text) for text in texts]
    readable = [legible(text, form) for text, form in zip(texts, forms, strict=True)]
    vectors = cached_encode(encoder, readable, cache, progress=progress)
    counts = [grams(form.repaired.words) for form in forms]
    return Table(vectors, counts, np.array(owner), np.array(first))


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
    whole[table.first] = True
    rows = chosen[table.owner] & (whole | (level <= Level.DISTRESS))
    index = np.flatnonzero(rows)
    counts = [table.counts[row] for row in index]
    idf = rarity(counts)
    features = sparse.hstack(
        [sparse.csr_matrix(table.vectors[index] * np.float32(vector_scale)), gram_scale * gram_matrix(counts, idf)],
        format="csr",
    )
    frequency = Counter(label[index][whole[index]])
    weight = np.array([np.sqrt(len(index) / (len(frequency) * frequency[name])) for name in label[index]])
    weight *= np.where(whole[index], 1.0, WINDOW_WEIGHT)
    model = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3, random_state=SEED)
    model.fit(features, label[index], sample_weight=weight)
    coefficients = model.coef_.T.astype(np.float32)
    dimensions = table.vectors.shape[1]
    return Weights(
        tuple(str(name) for name in model.classes_), coefficients[:dimensions] * np.float32(vector_scale),
        coefficients[dimensions:].astype(np.float16), model.intercept_.astype(np.float32), idf, gram_scale, 1.0,
    )  # fmt: skip


def held_out_logits(weights: Weights, table: Table, rows: npt.NDArray[np.int64], names: Sequence[str]) -> Floats:
    """Logarithms of the class probabilities of these units, in the order of ``names``."""
    logits = np.full((len(rows), len(names)), -20.0, dtype=np.float32)
    found = weights.probabilities(table.vectors[rows], [table.counts[row] for row in rows])
    for column, name in enumerate(weights.classes):
        logits[:, names.index(name)] = np.log(np.maximum(found[:, column], 1e-9))
    return logits


def train(
    messages: Sequence[Message],
    encoder: CachingEncoder,
    folder: Path,
    cache: Path,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Trains, calibrates, chooses thresholds and writes both files; gives back what stands in the JSON."""
    started = time.monotonic()
    table = tabulate(messages, encoder, cache, say)
    labels = [class_of(message) for message in messages]
    development = np.array([message.development for message in messages])
    if not development.any() or development.all():
        raise TrainingError("data/nlu: no blocks are held out for thresholds. Restore data/nlu from the repository.")
    weights = fit(table, labels, ~development)
    say(f"fitted on {int((~development).sum())} messages ({time.monotonic() - started:.0f} s)")
    names = tuple(sorted(set(labels)))
    rows = np.flatnonzero(development[table.owner])
    logits = held_out_logits(weights, table, rows, names)
    first = np.searchsorted(rows, table.first[development])
    truth = np.array([names.index(label) for label, out in zip(labels, development, strict=True) if out])
    levels = np.array([int(CLASSES[names[number]][0]) for number in truth])
    temperature = best_temperature(logits[first], truth)
    sums = highest_of_units(level_sums(softmax(logits, temperature), names), first)
    limits = thresholds(sums, levels)
    found = report(sums, levels, limits)
    weights = replace(weights, temperature=temperature)
    about = write(weights, limits, messages, encoder, folder, found)
    for line in lines(found):
        say(line)
    say(
        f"temperature {temperature}, thresholds {about['thresholds']}; "
        f"{time.monotonic() - started:.0f} s; written to {folder}"
    )
    return about


def write(
    weights: Weights, limits: Mapping[Level, float], messages: Sequence[Message], encoder: CachingEncoder, folder: Path,
    rows: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """Writes the weights, then the JSON that vouches for them."""
    folder.mkdir(parents=True, exist_ok=True)
    weights_file = folder / "classifier.npz"
    np.savez_compressed(weights_file, dense=weights.dense, sparse=weights.sparse, bias=weights.bias, idf=weights.idf)
    about = {
        "format": FORMAT,
        "classes": list(weights.classes),
        "gram_scale": weights.gram_scale,
        "temperature": weights.temperature,
        "thresholds": {level.label: value for level, value in limits.items()},
        "encoder": encoder.fingerprint,
        "data": data_hash(messages),
        "seed": SEED,
        "weights_sha256": hashlib.sha256(weights_file.read_bytes()).hexdigest(),
        "cross_validation": list(rows),
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
        messages = read(options.data)
        train(
            messages,
            Encoder.load(options.models / "encoder"),
            options.models / "detector",
            options.models / "cache" / "detector.npz",
            say,
        )
    except (TrainingError, CorpusError, RuntimeError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
