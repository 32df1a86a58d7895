"""Trains the classifier from ``data/nlu``: ``python -m holdfast.crisis.training`` (behind ``make train``).

Writes ``models/detector/classifier.npz`` and ``classifier.json``. Thresholds are chosen on predictions for messages
that the model did not see (grouped cross-validation), from the stated costs below. What it prints is that
cross-validation.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import yaml
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
    level_sums,
    units,
)  # fmt: skip
from holdfast.crisis.encoder import Encoder
from holdfast.crisis.normalize import Normalizer
from holdfast.crisis.types import Level
from holdfast.crisis.vectors import cached_encode

SEED = 20261123
FOLDS = 5
#: Neighbors in a file come from one writer and one scene; they stay together in cross-validation.
GROUP = 6
#: How much sentence vectors and n-grams weigh, and how little the weights are held down; measured, docs/detector.md.
VECTOR_SCALE = 1.5
GRAM_SCALE = 2.0
STRENGTH = 1.0
#: A window of a message is a weaker witness for the message's class than the message.
WINDOW_WEIGHT = 0.6


class TrainingError(RuntimeError):
    """The training data cannot be used; the message names file and remedy."""


class CachingEncoder(Protocol):
    """What gives vectors: ``Encoder``, or a stand-in in a test."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Floats: ...


@dataclass(frozen=True)
class Message:
    """One training message with its class and the group that must not be divided."""

    text: str
    label: str
    group: int


def read_messages(folder: Path) -> list[Message]:
    """All messages of Rasa NLU files. An intent that is no class of the detector counts as ``none``."""
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise TrainingError(f"{folder}: no training data. Restore data/nlu from the repository.")
    messages: list[Message] = []
    group = 0
    for file in files:
        try:
            blocks = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        except (yaml.YAMLError, KeyError, TypeError) as error:
            raise TrainingError(f"{file}: not Rasa NLU YAML ({error}). Correct the file.") from None
        for block in blocks:
            if "intent" not in block:
                continue
            label = block["intent"] if block["intent"] in CLASSES else "none"
            lines = [line[2:].strip() for line in str(block["examples"]).splitlines() if line.startswith("- ")]
            for number, text in enumerate(line for line in lines if line):
                group += number % GROUP == 0
                messages.append(Message(text, label, group))
    return messages


def data_hash(messages: Iterable[Message]) -> str:
    """Changes when any message or label does."""
    digest = hashlib.sha256()
    for message in messages:
        digest.update(f"{message.label}\n{message.text}\n".encode())
    return digest.hexdigest()


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

    vectors = cached_encode(encoder, texts, cache, progress=progress)
    counts = [grams(normalizer(text).repaired.words) for text in texts]
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


def fit(table: Table, labels: Sequence[str], chosen: npt.NDArray[np.bool_], temperature: float = 1.0) -> Weights:
    """Logistic regression on the units of the chosen messages.

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
        [sparse.csr_matrix(table.vectors[index] * np.float32(VECTOR_SCALE)), GRAM_SCALE * gram_matrix(counts, idf)],
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
        tuple(str(name) for name in model.classes_), coefficients[:dimensions] * np.float32(VECTOR_SCALE),
        coefficients[dimensions:].astype(np.float16), model.intercept_.astype(np.float32), idf, GRAM_SCALE, temperature,
    )  # fmt: skip


def out_of_fold(
    table: Table, messages: Sequence[Message], say: Callable[[str], None]
) -> tuple[Floats, tuple[str, ...]]:
    """Logarithms of the class probabilities of every unit, from a model that did not see its message."""
    labels = [message.label for message in messages]
    groups = np.array([message.group for message in messages])
    order = np.random.default_rng(SEED).permutation(groups.max() + 1)
    fold = order[groups] % FOLDS
    names: tuple[str, ...] = tuple(sorted(set(labels)))
    logits = np.full((len(table.owner), len(names)), -20.0, dtype=np.float32)
    for number in range(FOLDS):
        started = time.monotonic()
        weights = fit(table, labels, fold != number)
        rows = np.flatnonzero((fold == number)[table.owner])
        found = np.log(
            np.maximum(weights.probabilities(table.vectors[rows], [table.counts[row] for row in rows]), 1e-9)
        )
        for column, name in enumerate(weights.classes):
            logits[rows, names.index(name)] = found[:, column]
        say(f"  fold {number + 1} of {FOLDS} ({time.monotonic() - started:.0f} s)")
    return logits, names


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
    levels = np.array([int(CLASSES[message.label][0]) for message in messages])
    logits, names = out_of_fold(table, messages, say)
    truth = np.array([names.index(message.label) for message in messages])
    temperature = best_temperature(logits[table.first], truth)
    sums = highest_of_units(level_sums(softmax(logits, temperature), names), table.first)
    limits = thresholds(sums, levels)
    rows = report(sums, levels, limits)
    weights = fit(table, [message.label for message in messages], np.ones(len(messages), dtype=bool), temperature)
    about = write(weights, limits, messages, encoder, folder, rows)
    for line in lines(rows):
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
        messages = read_messages(options.data)
        train(
            messages,
            Encoder.load(options.models / "encoder"),
            options.models / "detector",
            options.models / "cache" / "detector.npz",
            say,
        )
    except (TrainingError, RuntimeError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
