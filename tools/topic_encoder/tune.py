"""Fine-tunes multilingual-e5-small on data/nlu and writes it as models/topic_encoder (8-bit ONNX).

    python tools/topic_encoder/tune.py [--epochs 4] [--together 1] [--seed 20261126] [--begin FINISHED]

First it learns to tell apart the intents that Rasa reads, then ``--together`` with them all that the detector reads
(tools/finetune/tasks.py). The files of `HELD_OUT` and the detector's held-out blocks are never learned from: the report
is about them. After every epoch a checkpoint lies in var/topic_encoder, from which an interrupted run goes on;
``--begin`` takes the first part from an earlier run. Needs torch and tools/export_encoder/requirements.lock.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT),
    str(ROOT / "tools"),
    *(str(ROOT / "tools" / name) for name in ("finetune", "export_encoder")),
]

import shipping  # noqa: E402
import source  # noqa: E402
from disturb import disturbed  # noqa: E402
from tasks import Example, Tasks, examples  # noqa: E402
from train import RASA_READS  # noqa: E402
from training import Course  # noqa: E402

from holdfast.content.language import language_of  # noqa: E402
from holdfast.crisis import corpus  # noqa: E402
from holdfast.crisis.classifier import CLASSES, RISING  # noqa: E402
from holdfast.crisis.types import Level  # noqa: E402
from holdfast.quick_yaml import safe_load  # noqa: E402

#: Files of two writers, English and Spanish, from which the encoder never learns (Rasa's classifier does).
HELD_OUT = ("askers_uk*", "askers_es_south*")
MAX_TOKENS = 128
BATCH = 32
LEARNING_RATE = 1.5e-4
HEAD_RATE = 3e-3
DECAY = 0.92  # of the learning rate from each layer to the one below it
DISTURBED = 0.35
#: The share of the background (everyday requests, small talk) that each epoch reads: there is plenty of it.
BACKGROUND = 0.4
#: The share of single sentences out of long harmless messages that each epoch reads.
WINDOWS = 0.3


@dataclass(frozen=True)
class Row:
    """One training message with its intent and the name of its file."""

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


class TopicEncoder(torch.nn.Module):
    """Mean of the last layer, length 1, less what all messages have in common, length 1 again."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer
        self.register_buffer("center", torch.zeros(source.DIMENSIONS))

    def pooled(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """The mean of the last layer, length 1."""
        hidden = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=torch.zeros_like(input_ids)
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, p=2.0, dim=1)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """(batch, 384) unit vectors for (batch, length) int64 token ids and their mask of ones and zeros."""
        return torch.nn.functional.normalize(self.pooled(input_ids, attention_mask) - self.center, p=2.0, dim=1)


class Pupil(torch.nn.Module):
    """The encoder with the heads that teach it: intents, and what the detector tells apart."""

    def __init__(self, encoder: TopicEncoder, intents: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.scale = torch.nn.Parameter(torch.tensor(8.0))
        self.head = torch.nn.Linear(source.DIMENSIONS, intents)
        self.classes = torch.nn.Linear(source.DIMENSIONS, len(CLASSES))
        self.levels = torch.nn.Linear(source.DIMENSIONS, len(RISING))
        self.subject = torch.nn.Linear(source.DIMENSIONS, 1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every task."""
        vector = self.encoder(ids, mask) * self.scale
        return {
            "intents": self.head(vector),
            "classes": self.classes(vector),
            "levels": self.levels(vector),
            "subject": self.subject(vector).squeeze(-1),
        }


def loss(out: dict[str, torch.Tensor], targets: dict[str, torch.Tensor], tasks: Tasks) -> torch.Tensor:
    """Intents, and as far as the targets speak of them the detector's tasks (as in tools/finetune/finetune.py)."""
    cross = torch.nn.functional.cross_entropy
    binary = torch.nn.functional.binary_cross_entropy_with_logits
    known = targets["place"] >= 0
    total = cross(out["intents"][known], targets["place"][known], label_smoothing=0.05) if known.any() else 0.0
    if "class" not in targets:
        return total
    classes = cross(
        out["classes"], targets["class"], reduction="none", weight=tasks.class_weights, label_smoothing=0.05
    )
    levels = binary(out["levels"], targets["levels"], reduction="none", pos_weight=tasks.level_weights).mean(dim=1)
    total = total + ((classes + levels) * targets["weight"]).mean()
    known = targets["subject"] >= 0
    return total + 0.3 * binary(out["subject"][known], targets["subject"][known]) if known.any() else total


@torch.no_grad()
def vectors(encoder: TopicEncoder, tokenizer: Tokenizer, texts: Sequence[str], *, raw: bool = False) -> np.ndarray:
    """The vectors of texts; ``raw``: before the common part is taken away."""
    encoder.eval()
    encoded = [tokenizer.encode(text).ids[:MAX_TOKENS] for text in texts]
    order = sorted(range(len(encoded)), key=lambda number: len(encoded[number]))
    found = np.zeros((len(texts), source.DIMENSIONS), np.float32)
    for start in range(0, len(order), 64):
        some = order[start : start + 64]
        ids, mask = padded([encoded[number] for number in some])
        found[some] = (encoder.pooled(ids, mask) if raw else encoder(ids, mask)).numpy()
    return found


def padded(encoded: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids of equal length, and which of them count."""
    longest = max(map(len, encoded))
    ids = torch.tensor([[*each, *[source.PAD] * (longest - len(each))] for each in encoded])
    mask = torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in encoded])
    return ids, mask


def batches(units: Sequence[Unit], tokenizer: Tokenizer, tasks: Tasks, dice: random.Random) -> Iterator[Any]:
    """Batches of similar length in random order, a third of the texts disturbed, some of what is plentiful left out."""
    encoded = []
    for unit in units:
        if dice.random() > unit.share:
            continue
        text = disturbed(unit.text, dice) if dice.random() < DISTURBED else unit.text
        encoded.append((tokenizer.encode(text).ids[:MAX_TOKENS], unit))
    dice.shuffle(encoded)
    chunk, groups = BATCH * 20, []
    for start in range(0, len(encoded), chunk):
        part = sorted(encoded[start : start + chunk], key=lambda pair: len(pair[0]))
        some = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        groups += dice.sample(some, len(some))
    for group in groups:
        targets = {"place": torch.tensor([unit.place for _, unit in group])}
        known = [unit.example for _, unit in group if unit.example]
        if known:
            told = tasks.targets(known)
            targets |= {name: told[name] for name in ("class", "levels", "subject", "weight")}
        yield *padded([ids for ids, _ in group]), targets


def optimizer_of(pupil: Pupil, rate: float) -> torch.optim.Optimizer:
    """AdamW with smaller steps for lower layers; the word table learns too, its numbers came in 4 bits."""
    transformer = pupil.encoder.transformer
    layers = list(transformer.encoder.layer)
    groups: list[dict[str, Any]] = [
        {"params": list(layer.parameters()), "lr": rate * DECAY ** (len(layers) - 1 - number)}
        for number, layer in enumerate(layers)
    ]
    words = list(transformer.embeddings.parameters())
    groups.append({"params": words, "lr": rate * DECAY ** len(layers), "weight_decay": 0.0})
    heads = (pupil.head, pupil.classes, pupil.levels, pupil.subject)
    groups.append({"params": [pupil.scale, *(each for head in heads for each in head.parameters())], "lr": HEAD_RATE})
    return torch.optim.AdamW(groups, weight_decay=0.01)


@torch.no_grad()
def report(pupil: Pupil, held_out: HeldOut, intents: Sequence[str], tokenizer: Tokenizer) -> dict[str, float]:
    """Over what was never learned from: the share of messages whose intent comes first, by language of the file, and
    how well messages at ``concern`` or above are told from the others, English and Spanish apart."""
    found = {}
    rows = held_out.rows
    given = torch.from_numpy(vectors(pupil.encoder, tokenizer, [row.text for row in rows])) * pupil.scale
    best = pupil.head(given).argmax(dim=1).numpy()
    right = np.array([intents[place] == row.intent for place, row in zip(best, rows, strict=True)])
    topics = np.array(["topics, Spanish" if "_es" in row.file else "topics, English" for row in rows])
    kinds = np.where([row.intent == "out_of_scope" for row in rows], "out of scope", topics)
    for kind in sorted(set(kinds)):
        found[f"{kind} ({(kinds == kind).sum()})"] = round(float(right[kinds == kind].mean()), 4)
    if held_out.examples:
        given = torch.from_numpy(vectors(pupil.encoder, tokenizer, [each.text for each in held_out.examples]))
        scores = pupil.levels(given * pupil.scale)[:, RISING.index(Level.CONCERN)].numpy()
        risky = np.array([each.level >= Level.CONCERN for each in held_out.examples])
        spanish = np.array([language_of(each.text, "en") == "es" for each in held_out.examples])
        for name, some in (("English", ~spanish), ("Spanish", spanish)):
            up, down = scores[some & risky], scores[some & ~risky]
            found[f"area at concern, {name} ({some.sum()})"] = round(float((up[:, None] > down[None, :]).mean()), 4)
            found[f"false alarms at 95 % recall, {name}"] = round(float((down >= np.quantile(up, 0.05)).mean()), 4)
    return found


@dataclass(frozen=True)
class Unit:
    """A text to learn from: the place of its intent (-1: none of Rasa's), what the detector shall make of it (None: it
    is not asked), and the share of epochs that read it."""

    text: str
    place: int
    example: Example | None
    share: float


@dataclass(frozen=True)
class HeldOut:
    """What is never learned from: messages on topics, and the detector's held-out messages."""

    rows: Sequence[Row]
    examples: Sequence[Example]


@dataclass(frozen=True)
class Lesson:
    """One part of the training. A checkpoint with another ``mark`` (data, settings, where it began) is not taken up."""

    name: str
    units: Sequence[Unit]
    epochs: int
    rate: float
    held_out: HeldOut
    mark: str


def main() -> None:
    """Fine-tunes and exports."""
    parser = argparse.ArgumentParser(description="Fine-tune the encoder of topics and export it to 8-bit ONNX.")
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "nlu")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "topic_encoder")
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "topic_encoder", help="checkpoints")
    parser.add_argument("--epochs", type=int, default=4, help="on what Rasa reads")
    parser.add_argument("--together", type=int, default=1, help="then so many on all that the detector reads")
    parser.add_argument("--begin", type=Path, help="finished.pt of an earlier run: go on from its weights")
    parser.add_argument("--seed", type=int, default=20261126)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    rows = rows_of(options.data)
    messages = corpus.read_all(options.data)
    intents = sorted({row.intent for row in rows})
    places = {name: number for number, name in enumerate(intents)}
    told = examples(messages, random.Random(options.seed))
    tasks = Tasks.of([each for each in told if not each.development])
    weights = source.published()
    begun = torch.load(options.begin, weights_only=False) if options.begin else None  # written by this very script
    keep = begun["keep"] if begun else source.kept(weights, [message.text for message in messages])
    tokenizer = source.tokenizer_of([weights.pieces[n] for n in keep], [weights.scores[n] for n in keep])
    torch.manual_seed(options.seed)
    pupil = Pupil(TopicEncoder(source.transformer(weights, keep)), len(intents))
    known = [row for row in rows if not row.held_out]
    unknown = HeldOut([row for row in rows if row.held_out], [each for each in told if each.development and each.whole])
    topics = [Unit(row.text, places[row.intent], None, BACKGROUND if row.background else 1.0) for row in known]
    mark = f"{corpus.data_hash(messages)[:16]} {options.seed} {options.epochs} {options.together} {options.begin}"
    lessons = [
        Lesson("topics", topics, options.epochs, LEARNING_RATE, replace(unknown, examples=()), mark),
        Lesson("together", together(told, rows, places), options.together, LEARNING_RATE * 0.7, unknown, mark),
    ]
    if begun:
        pupil.load_state_dict(begun["pupil"], strict=False)
    else:
        center(pupil.encoder, tokenizer, known, options.seed)
    print(
        f"{len(rows)} messages of Rasa, {len(messages)} in all, {len(intents)} intents, {len(keep)} pieces", flush=True
    )
    found: dict[str, float] = {}
    for lesson in lessons:
        if lesson.epochs and not (begun and lesson.name == "topics"):
            found = learn(pupil, lesson, intents, tasks, tokenizer, options)
            torch.save({"pupil": pupil.state_dict(), "keep": keep}, options.work / f"finished_{lesson.name}.pt")
    center(pupil.encoder, tokenizer, known, options.seed)
    about = {
        "script": "tools/topic_encoder/tune.py",
        "messages": len(messages),
        "data_sha256": corpus.data_hash(messages)[:16],
        "epochs": [options.epochs, options.together],
        "seed": options.seed,
        "held_out_files": list(HELD_OUT),
        "held_out": found,
    }
    some = random.Random(options.seed).sample([row.text for row in rows if not row.background], shipping.COMPARED)
    shipping.write(pupil.encoder, tokenizer, some, options.out, about)
    print(f"written: {options.out}", flush=True)


def together(told: Sequence[Example], rows: Sequence[Row], places: dict[str, int]) -> list[Unit]:
    """Everything that the detector reads, less what is held out, with the place of its intent."""
    background = {row.text for row in rows if row.background}
    held_out = {row.text for row in rows if row.held_out}
    found = []
    for each in told:
        if each.development or each.text in held_out:
            continue
        share = 1.0 if each.whole else WINDOWS
        plenty = each.intent == "out_of_scope" and each.text in background
        found.append(
            Unit(each.text, places.get(each.intent, -1) if each.whole else -1, each, BACKGROUND if plenty else share)
        )
    return found


def center(encoder: TopicEncoder, tokenizer: Tokenizer, rows: Sequence[Row], seed: int) -> None:
    """Sets what all messages have in common: the mean over some of those on topics."""
    some = [row.text for row in rows if not row.background]
    random.Random(seed).shuffle(some)
    mean = vectors(encoder, tokenizer, some[:2000], raw=True).mean(axis=0)
    encoder.center = torch.from_numpy(mean)


def learn(
    pupil: Pupil,
    lesson: Lesson,
    intents: Sequence[str],
    tasks: Tasks,
    tokenizer: Tokenizer,
    options: argparse.Namespace,
) -> dict[str, float]:
    """All epochs of a lesson, and the last report on what is held out."""
    steps = lesson.epochs * (int(sum(unit.share for unit in lesson.units) / BATCH) + 1)
    course = Course.of(pupil, optimizer_of(pupil, lesson.rate), steps, 1 / 12)
    checkpoint = options.work / f"checkpoint_{lesson.name}.pt"
    first, saved = course.resume(checkpoint, lesson.mark)
    found: dict[str, float] = saved or {}
    for epoch in range(first, lesson.epochs):
        dice = random.Random(f"{options.seed} {lesson.name} {epoch}")
        torch.manual_seed(options.seed * 100 + epoch)
        began = time.monotonic()
        name = f"{lesson.name}, epoch {epoch + 1} of {lesson.epochs}"
        some = batches(lesson.units, tokenizer, tasks, dice)
        mean = course.pass_over(some, steps // lesson.epochs, lambda out, targets: loss(out, targets, tasks), name)
        found = report(pupil, lesson.held_out, intents, tokenizer) if lesson.held_out.rows else {}
        print(f"{name}: loss {mean:.3f}, {time.monotonic() - began:.0f} s, {found}", flush=True)
        course.save(checkpoint, lesson.mark, epoch + 1, found)
    return found


if __name__ == "__main__":
    main()
