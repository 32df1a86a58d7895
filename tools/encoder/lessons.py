"""Writes what the encoder learns from: `lessons.json.gz` (texts and what each task makes of them) and `start.npz`.

    python tools/encoder/lessons.py [--data data/nlu] [--work var/encoder] [--onward 'risk/new_*' 'topics/new_*']

After this step nothing of Holdfast is needed any more: both files and this folder can be carried to a machine with an
accelerator. Needs the packages of requirements.lock.

With `--onward` the shipped encoder is to go on learning: the files of data/nlu that these patterns name count in full,
all others at a share of `REHEARSED`, so that nothing is forgotten.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import published  # noqa: E402
import shipped  # noqa: E402
from train import RASA_READS  # noqa: E402

from holdfast.content.language import language_of  # noqa: E402
from holdfast.crisis import corpus  # noqa: E402
from holdfast.crisis.classifier import CLASSES, RISING, class_of  # noqa: E402
from holdfast.crisis.types import Level  # noqa: E402
from holdfast.crisis.windows import windows  # noqa: E402
from holdfast.quick_yaml import safe_load  # noqa: E402

WORK = ROOT / "var" / "encoder"
SHIPPED = ROOT / "models" / "encoder"
#: Files of two writers, English and Spanish, from which the encoder never learns (Rasa's classifier does).
HELD_OUT = ("askers_uk*", "askers_es_south*")
#: The share of the background (everyday requests, small talk) that each epoch reads: there is plenty of it.
BACKGROUND = 0.4
#: Sentence windows of harmless messages are counterexamples, weaker ones than messages; each epoch reads this share.
WINDOW_SHARE, WINDOW_WEIGHT = 0.3, 0.5
LONG_CHARS = 120
#: The share of what is not new that each epoch reads when the shipped encoder goes on learning.
REHEARSED = 0.35
#: How many texts tell what all messages have in common.
COMMON = 2000
SEED = 20261126


@dataclass(frozen=True)
class Unit:
    """A text to learn from: the places of its intent (-1: none that Rasa reads) and of its class, how many levels it
    reaches, whose risk it is (0 self, 1 another's, -1: no risk), its weight, and the share of epochs that read it."""

    text: str
    place: int
    kind: int
    rungs: int
    subject: int
    weight: float
    share: float


@dataclass(frozen=True)
class Row:
    """One message that Rasa learns from, with its intent and the name of its file."""

    text: str
    intent: str
    file: str
    background: bool

    @property
    def held_out(self) -> bool:
        """Whether the encoder never learns from its writer."""
        return any(fnmatch(self.file, name) for name in HELD_OUT)


def rows_of(data: Path) -> list[Row]:
    """What Rasa learns from, without the marks of entities."""
    found = []
    for file in sorted({file for glob in RASA_READS for file in data.glob(glob)}):
        for block in safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = str(block["examples"]).splitlines() if "intent" in block else []
            for line in lines:
                text = re.sub(r"\[([^\]]+)\](\([^)]+\)|\{[^}]+\})", r"\1", line.removeprefix("- ")).strip()
                if text:
                    found.append(Row(text, str(block["intent"]), file.stem, file.parent.name == "background"))
    return found


def texts_of(data: Path, patterns: Sequence[str]) -> set[str]:
    """The messages of the files below ``data`` that the patterns name. Raises SystemExit when one names none."""
    found = set()
    for pattern in patterns:
        if not (files := sorted(data.glob(f"{pattern}.yml"))):
            raise SystemExit(f"--onward {pattern}: no such file below {data} (without .yml, such as 'risk/new_*')")
        for file in files:
            for block in safe_load(file.read_text(encoding="utf-8"))["nlu"]:
                found |= {line.removeprefix("- ").strip() for line in str(block.get("examples", "")).splitlines()}
    return found


def rehearsed(units: Sequence[Unit], new: set[str]) -> list[Unit]:
    """The same units, what is not new read by fewer epochs."""
    return [unit if unit.text in new else replace(unit, share=unit.share * REHEARSED) for unit in units]


def rungs_of(level: Level) -> int:
    """How many of the rising levels a message of ``level`` reaches: 0 (none) to 4 (emergency)."""
    return sum(level >= rung for rung in RISING)


def units_of(messages: Sequence[corpus.Message], rows: Sequence[Row], dice: random.Random) -> list[Unit]:
    """Every message that is not held out, and up to three windows of each long one below concern (those of risky ones
    are mostly harmless)."""
    places = {name: place for place, name in enumerate(intents_of(rows))}
    kinds = {name: kind for kind, name in enumerate(sorted(CLASSES))}
    plenty = {row.text for row in rows if row.background}
    held_out = {row.text for row in rows if row.held_out}
    read = {row.text for row in rows}  # elsewhere "out_of_scope" means harmless, whatever it asks
    found = []
    for message in messages:
        level, subject = CLASSES[class_of(message.name)][:2]
        told = {"kind": kinds[class_of(message.name)], "rungs": rungs_of(level)}
        told["subject"] = -1 if level < Level.CONCERN else int(subject == "other")
        share = BACKGROUND if message.intent == "out_of_scope" and message.text in plenty else 1.0
        parts = []
        if level <= Level.DISTRESS and len(message.text) > LONG_CHARS:
            parts = [part for part in windows(message.text) if part != message.text]
            parts = dice.sample(parts, min(3, len(parts)))
        if message.development or message.text in held_out:
            continue
        place = places.get(message.intent, -1) if message.text in read else -1
        found.append(Unit(message.text, place, **told, weight=1.0, share=share))
        found += [Unit(part, -1, **told, weight=WINDOW_WEIGHT, share=WINDOW_SHARE) for part in parts]
    return found


def intents_of(rows: Sequence[Row]) -> list[str]:
    """The intents that Rasa tells apart, in the order of their places."""
    return sorted({row.intent for row in rows})


def weights_of(units: Sequence[Unit]) -> tuple[list[float], list[float]]:
    """What a mistake costs in each class and at each level: rare ones weigh more, by the square root, at most 3."""
    counts = Counter(unit.kind for unit in units)
    classes = [min(3.0, (len(units) / len(CLASSES) / max(1, counts[kind])) ** 0.5) for kind in range(len(CLASSES))]
    risky = [sum(unit.rungs > rung for unit in units) for rung in range(len(RISING))]
    return classes, [min(3.0, ((len(units) - count) / max(1, count)) ** 0.5) for count in risky]


def lessons(messages: Sequence[corpus.Message], rows: Sequence[Row], new: set[str]) -> dict[str, Any]:
    """All that `learn.py` reads, but for the tokenizer and whom it teaches; ``new``: see `rehearsed`, if any."""
    intents = intents_of(rows)
    units = units_of(messages, rows, random.Random(SEED))
    if new:
        units = rehearsed(units, new)
    classes, levels = weights_of(units)
    unseen = [
        {
            "text": row.text,
            "place": intents.index(row.intent),
            "kind": "out of scope" if row.intent == "out_of_scope" else "Spanish" if "_es" in row.file else "English",
        }
        for row in rows
        if row.held_out
    ]
    development = [
        {
            "text": message.text,
            "rungs": rungs_of(CLASSES[class_of(message.name)][0]),
            "language": language_of(message.text, "en"),
        }
        for message in messages
        if message.development
    ]
    return {
        "data_sha256": corpus.data_hash(messages)[:16],
        "messages": len(messages),
        "intents": intents,
        "classes": sorted(CLASSES),
        "levels": [rung.label for rung in RISING],
        "concern": RISING.index(Level.CONCERN),
        "class_weights": classes,
        "level_weights": levels,
        "units": [asdict(unit) for unit in units],
        "common": [row.text for row in rows if not row.background and not row.held_out][:COMMON],
        "held_out_files": list(HELD_OUT),
        "unseen_topics": unseen,
        "unseen_messages": development,
    }


def main() -> None:
    """Writes both files."""
    parser = argparse.ArgumentParser(description="Write what the encoder learns from.")
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "nlu")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--onward", nargs="+", default=[], metavar="FILES", help="what is new to the shipped encoder")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    messages, rows = corpus.read_all(options.data), rows_of(options.data)
    told = lessons(messages, rows, texts_of(options.data, options.onward))
    if options.onward:
        shipped.write(SHIPPED, options.work / "shipped.pt")
        told["onward"] = {"from": shipped.fingerprint(SHIPPED), "new": options.onward}
        pieces = (SHIPPED / "tokenizer.json").read_text(encoding="utf-8")
    else:
        told["onward"], pieces = None, start(options.work, [message.text for message in messages]).to_str()
    with gzip.open(options.work / "lessons.json.gz", "wt", encoding="utf-8") as file:
        json.dump({**told, "tokenizer": pieces}, file)
    print(
        f"{len(told['units'])} texts to learn from, {len(told['unseen_topics'])} and {len(told['unseen_messages'])} "
        f"held out, {len(told['intents'])} intents: {options.work}"
    )


def start(work: Path, texts: Sequence[str]) -> Tokenizer:
    """Writes the published weights with the word pieces that are kept to ``start.npz``; the tokenizer of these."""
    weights = published.published()
    keep = published.kept(weights, texts)
    tensors = {name: values.astype(np.float16) for name, values in weights.tensors.items()}
    words = tensors["emb.word"].reshape(-1, published.DIMENSIONS)  # a few rows more than pieces
    np.savez_compressed(work / "start.npz", **{**tensors, "emb.word": words[keep]})
    return published.tokenizer_of([weights.pieces[n] for n in keep], [weights.scores[n] for n in keep])


if __name__ == "__main__":
    main()
