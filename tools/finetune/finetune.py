"""Fine-tunes the sentence encoder on data/nlu and writes it as models/encoder (8-bit ONNX).

    python tools/finetune/finetune.py [--epochs 3] [--layers 6] [--seeds 20261125 20261126]

The weights of one run for each seed are averaged: the average tells messages apart better than any of them.

Tasks learned together: the detector's classes (level with subject or flag), the level as four rising steps, the
subject, and every other intent. Only the encoder ships; `make train` fits the classifiers on its vectors. Held-out
blocks (holdfast/crisis/corpus.py) are never trained on. After every epoch a checkpoint lies in var/finetune/SEED, from
which an interrupted run goes on; above it the unquantized model's vectors for the test
(tests/crisis/reference_vectors.npz). Needs torch and the packages of tools/export_encoder/requirements.lock.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tools" / "export_encoder")]

import export  # noqa: E402
from compare import reference_texts  # noqa: E402
from disturb import disturbed  # noqa: E402
from tasks import Tasks, examples  # noqa: E402
from training import Course  # noqa: E402

from holdfast.crisis import corpus  # noqa: E402
from holdfast.crisis.classifier import RISING  # noqa: E402

MAX_TOKENS = 160
BATCH = 48
LEARNING_RATE = 8e-5
HEAD_RATE = 1e-3
DECAY = 0.9  # of the learning rate from each layer to the one below it
VERSION = "5"


class Model(torch.nn.Module):
    """The encoder with the heads that teach it."""

    def __init__(self, weights: Path, tasks: Tasks) -> None:
        super().__init__()
        self.encoder = export.SentenceEncoder(weights)
        self.scale = torch.nn.Parameter(torch.tensor(12.0))
        self.classes = torch.nn.Linear(export.DIMENSIONS, len(tasks.classes))
        self.levels = torch.nn.Linear(export.DIMENSIONS, len(RISING))
        self.subject = torch.nn.Linear(export.DIMENSIONS, 1)
        self.intents = torch.nn.Linear(export.DIMENSIONS, len(tasks.intents))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every task."""
        vector = self.encoder(ids, mask) * self.scale
        return {
            "classes": self.classes(vector),
            "levels": self.levels(vector),
            "subject": self.subject(vector).squeeze(-1),
            "intents": self.intents(vector),
        }


def loss(out: dict[str, torch.Tensor], batch: dict[str, torch.Tensor], tasks: Tasks) -> torch.Tensor:
    """The weighted sum of the tasks' losses; a missed risk costs more than a false alarm."""
    cross = torch.nn.functional.cross_entropy
    binary = torch.nn.functional.binary_cross_entropy_with_logits
    classes = cross(out["classes"], batch["class"], reduction="none", weight=tasks.class_weights, label_smoothing=0.05)
    levels = binary(out["levels"], batch["levels"], reduction="none", pos_weight=tasks.level_weights).mean(dim=1)
    total = ((classes + levels) * batch["weight"]).mean()
    known = batch["subject"] >= 0
    if known.any():
        total = total + 0.3 * binary(out["subject"][known], batch["subject"][known])
    known = batch["intent"] >= 0
    if known.any():
        total = total + 0.5 * cross(out["intents"][known], batch["intent"][known], label_smoothing=0.05)
    return total


def batches(rows: list[Any], tokenizer: Tokenizer, tasks: Tasks, dice: random.Random, *, disturb: bool) -> Any:
    """Batches of similar length in random order."""
    encoded = []
    for row in rows:
        text = disturbed(row.text, dice) if disturb and dice.random() < 0.35 else row.text
        encoded.append((tokenizer.encode(text).ids[:MAX_TOKENS], row))
    dice.shuffle(encoded)
    chunk = BATCH * 20
    for start in range(0, len(encoded), chunk):
        part = sorted(encoded[start : start + chunk], key=lambda pair: len(pair[0]))
        groups = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        dice.shuffle(groups)
        for group in groups:
            longest = max(len(ids) for ids, _ in group)
            ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in group])
            mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids, _ in group])
            yield ids, mask, tasks.targets([row for _, row in group])


def optimizer_of(model: Model, layers: int) -> torch.optim.Optimizer:
    """AdamW with smaller steps for lower layers; words and layers below the upper ``layers`` stay."""
    transformer = model.encoder.transformer
    total = len(transformer.encoder.layer)
    for parameter in transformer.embeddings.parameters():
        parameter.requires_grad_(False)
    groups: list[dict[str, Any]] = []
    for number, layer in enumerate(transformer.encoder.layer):
        if number < total - layers:
            for parameter in layer.parameters():
                parameter.requires_grad_(False)
        else:
            groups.append({"params": list(layer.parameters()), "lr": LEARNING_RATE * DECAY ** (total - 1 - number)})
    if layers == total:
        for parameter in transformer.embeddings.parameters():
            parameter.requires_grad_(parameter.shape[0] < 10_000)  # positions and norms, not the 30,522 words
        extra = [parameter for parameter in transformer.embeddings.parameters() if parameter.requires_grad]
        groups.append({"params": extra, "lr": LEARNING_RATE * DECAY**total})
    heads = [model.scale, *model.classes.parameters(), *model.levels.parameters(), *model.subject.parameters(),
             *model.intents.parameters()]  # fmt: skip
    groups.append({"params": heads, "lr": HEAD_RATE})
    return torch.optim.AdamW(groups, weight_decay=0.01)


@torch.no_grad()
def report(model: Model, rows: list[Any], tokenizer: Tokenizer) -> dict[str, float]:
    """How well whole held-out messages are told apart at concern or above and at crisis or above."""
    model.eval()
    scores = []
    for row in rows:
        ids = torch.tensor([tokenizer.encode(row.text).ids[:256]])
        scores.append(torch.sigmoid(model(ids, torch.ones_like(ids))["levels"])[0].numpy())
    table, levels = np.array(scores), np.array([row.level for row in rows])
    found: dict[str, float] = {}
    for name, column, rung in (("concern", 1, 2), ("crisis", 2, 3)):
        risky, calm = table[levels >= rung, column], table[levels < rung, column]
        found[f"{name} AUC"] = round(float((risky[:, None] > calm[None, :]).mean()), 4)
        found[f"{name} false alarms at 95 % recall"] = round(float((calm >= np.quantile(risky, 0.05)).mean()), 4)
    return found


def averaged(checkpoints: Sequence[Path]) -> tuple[dict[str, torch.Tensor], list[str]]:
    """The mean of the finished runs' weights, and what each learned from: data hash, seed, layers, epochs."""
    saved = [torch.load(file, weights_only=False) for file in checkpoints]  # written by this very script
    first = saved[0]["model"]
    mean = {name: torch.stack([each["model"][name].float() for each in saved]).mean(dim=0) for name in first}
    return {name: mean[name].to(first[name].dtype) for name in first}, [each["mark"] for each in saved]


def main() -> None:
    """Fine-tunes once for each seed, averages, exports, describes."""
    parser = argparse.ArgumentParser(description="Fine-tune the sentence encoder and export it to 8-bit ONNX.")
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "nlu")
    parser.add_argument("--out", type=Path, default=export.DEFAULT_OUT)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "finetune", help="checkpoints and the report")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--layers", type=int, default=6, help="how many upper layers are trained, 6 is all")
    parser.add_argument("--seeds", type=int, nargs="+", default=[20261125, 20261126])
    parser.add_argument("--everything", action="store_true", help="train on the held-out blocks too (no honest report)")
    parser.add_argument("--average", type=Path, nargs="+", help="train nothing: average these checkpoints")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    checkpoints = options.average or [fine_tune(options, seed) for seed in options.seeds]
    mean, marks = averaged(checkpoints)
    rows = examples(corpus.read_all(options.data), random.Random(options.seeds[0]))
    weights = export.weights_folder()
    model = Model(weights, Tasks.of([row for row in rows if options.everything or not row.development]))
    model.load_state_dict(mean)
    held_out = [row for row in rows if row.development and row.whole]
    found = report(model, held_out, export.plain_tokenizer(weights)) if held_out else {}
    print(f"average of {len(marks)} runs, held out: {found}", flush=True)
    write(model, options, {"script": "tools/finetune/finetune.py", "averaged_runs": marks, "held_out": found})


def fine_tune(options: argparse.Namespace, seed: int) -> Path:
    """One run; its last checkpoint. A finished one is left alone, an interrupted one goes on."""
    folder = options.work / str(seed)
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    dice = random.Random(seed)
    messages = corpus.read_all(options.data)
    mark = f"{corpus.data_hash(messages)[:16]}-{seed}-{options.layers}-{options.epochs}-{options.everything}"
    rows = examples(messages, dice)
    train = [row for row in rows if options.everything or not row.development]
    held_out = [row for row in rows if row.development and row.whole]
    tasks = Tasks.of(train)
    weights = export.weights_folder()
    tokenizer = export.plain_tokenizer(weights)
    model = Model(weights, tasks)
    optimizer = optimizer_of(model, options.layers)
    steps = options.epochs * (len(train) // BATCH + 1)
    course = Course.of(model, optimizer, steps, 0.1)
    checkpoint = folder / "checkpoint.pt"
    first, _ = course.resume(checkpoint, mark)
    print(f"{len(train)} units to learn from, {len(held_out)} messages held out, {steps} steps", flush=True)
    for epoch in range(first, options.epochs):
        dice.seed(seed * 100 + epoch)
        torch.manual_seed(seed * 100 + epoch)
        began = time.monotonic()
        some = batches(train, tokenizer, tasks, dice, disturb=True)
        mean = course.pass_over(
            some, len(train) // BATCH + 1, lambda out, targets: loss(out, targets, tasks), f"epoch {epoch + 1}"
        )
        course.save(checkpoint, mark, epoch + 1, None)
        found = report(model, held_out, tokenizer) if held_out else {}
        print(f"epoch {epoch + 1}: loss {mean:.3f}, {time.monotonic() - began:.0f} s, held out: {found}", flush=True)
    return checkpoint


def write(model: Model, options: argparse.Namespace, tuning: Mapping[str, Any]) -> None:
    """Writes the encoder in 8 bits with its description, and the unquantized vectors for the test."""
    weights = export.weights_folder()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        unquantized = Path(folder) / "float.onnx"
        export.export_module(model.encoder.eval(), unquantized)
        export.strip(unquantized)
        export.quantize(unquantized, options.out / "encoder.onnx")
        tokenizer = export.plain_tokenizer(weights)
        kept = export.fidelity(unquantized, options.out / "encoder.onnx", tokenizer, export.sentences())
        texts = reference_texts()
        known = export.vectors(unquantized, tokenizer, texts)
        np.savez_compressed(options.work / "reference_vectors.npz", texts=np.array(texts), vectors=known)
    export.copy_tokenizer(weights / "tokenizer.json", options.out / "tokenizer.json")
    about = export.manifest(options.out)
    about.update(name="all-MiniLM-L6-v2, fine-tuned by Holdfast", version=VERSION)
    about["cosine_to_unquantized"] = kept
    about["fine_tuning"] = dict(tuning)
    (options.out / "encoder.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
