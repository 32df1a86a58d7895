"""Fine-tunes multilingual-e5-small on what `lessons.py` wrote; the mean of several runs' weights is the result.

    python tools/encoder/learn.py [--seeds 11 12 13] [--epochs 8] [--rate 2e-4] [--work var/encoder] [--device cuda]

Tasks learned together: the intents that Rasa reads; the detector's classes; the level as four rising steps; whose risk
it is. What is held out is never learned from: the report is about it. After every epoch a checkpoint lies in the work
folder, from which an interrupted run goes on; a finished run is not made again. Writes `average.pt`. Needs torch,
transformers and tokenizers, and nothing of Holdfast but this folder. A graphics processor is used where there is one.

Lessons written with `--onward` are taught to the shipped encoder instead: `--epochs 3 --rate 5e-5 --kept 0.3`, where
`kept` is the shipped encoder's share in the mean.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from disturb import disturbed
from model import WORDS, Pupil, empty, encoded, padded, pupil_of, set_common, transformer, vectors
from tokenizers import Tokenizer

WORK = Path(__file__).resolve().parents[2] / "var" / "encoder"
BATCH = 128
LEARNING_RATE = 2e-4
HEAD_FASTER = 15
HEAD_UNITS, HEAD_STEPS = 16_000, 300
DECAY = 0.92  # of the learning rate from each layer to the one below it
RISE = 1 / 12  # the share of all steps over which the rate rises
DISTURBED = 0.35
SMOOTHING = 0.05

Targets = dict[str, torch.Tensor]


def read(work: Path) -> dict[str, Any]:
    """The lessons. Raises SystemExit with what to do."""
    try:
        with gzip.open(work / "lessons.json.gz", "rt", encoding="utf-8") as file:
            found: dict[str, Any] = json.load(file)
    except FileNotFoundError as error:
        raise SystemExit(f"{error.filename} is missing: run tools/encoder/lessons.py first.") from None
    return found


def targets_of(units: Sequence[dict[str, Any]], levels: int) -> Targets:
    """What every task makes of these units."""
    return {
        "place": torch.tensor([unit["place"] for unit in units]),
        "kind": torch.tensor([unit["kind"] for unit in units]),
        "levels": torch.tensor([[float(unit["rungs"] > rung) for rung in range(levels)] for unit in units]),
        "subject": torch.tensor([float(unit["subject"]) for unit in units]),
        "weight": torch.tensor([unit["weight"] for unit in units]),
    }


def batches(told: dict[str, Any], tokenizer: Tokenizer, dice: random.Random) -> Iterator[Any]:
    """Batches of similar length in random order, a third of the texts disturbed, some of what is plentiful left out."""
    units = [unit for unit in told["units"] if dice.random() <= unit["share"]]
    texts = [disturbed(unit["text"], dice) if dice.random() < DISTURBED else unit["text"] for unit in units]
    pairs = list(zip(encoded(tokenizer, texts), units, strict=True))
    dice.shuffle(pairs)
    chunk = BATCH * 20
    for start in range(0, len(pairs), chunk):
        part = sorted(pairs[start : start + chunk], key=lambda pair: len(pair[0]))
        groups = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        for group in dice.sample(groups, len(groups)):
            ids, mask = padded([each for each, _ in group])
            yield ids, mask, targets_of([unit for _, unit in group], len(told["levels"]))


def loss(out: Targets, targets: Targets, class_weights: torch.Tensor, level_weights: torch.Tensor) -> torch.Tensor:
    """The sum of the tasks' losses; a missed risk costs more than a false alarm."""
    cross = torch.nn.functional.cross_entropy
    binary = torch.nn.functional.binary_cross_entropy_with_logits
    kinds = cross(out["classes"], targets["kind"], reduction="none", weight=class_weights, label_smoothing=SMOOTHING)
    levels = binary(out["levels"], targets["levels"], reduction="none", pos_weight=level_weights).mean(dim=1)
    total = ((kinds + levels) * targets["weight"]).mean()
    known = targets["place"] >= 0
    if known.any():
        total = total + cross(out["intents"][known], targets["place"][known], label_smoothing=SMOOTHING)
    known = targets["subject"] >= 0
    if known.any():
        total = total + 0.3 * binary(out["subject"][known], targets["subject"][known])
    return total


def begun(told: dict[str, Any], tokenizer: Tokenizer, options: argparse.Namespace) -> Pupil:
    """Whom the lessons are taught to, before the first: the published transformer, or the shipped one where the
    lessons say so, with heads that fit it (without them, it would first be bent to heads of chance)."""
    torch.manual_seed(0)  # the heads begin alike in every run, or their mean would mean nothing
    if not told["onward"]:
        pupil = pupil_of(told, transformer(options.work / "start.npz")).to(options.device)
        set_common(pupil.encoder, tokenizer, told["common"], options.device)
        return pupil
    shipped = torch.load(options.work / "shipped.pt", weights_only=False)  # written by lessons.py
    pupil = pupil_of(told, empty(len(shipped["encoder"][WORDS])))
    pupil.encoder.load_state_dict(shipped["encoder"])
    pupil.to(options.device)
    file = options.work / "heads.pt"
    if file.exists() and (saved := torch.load(file, weights_only=False))["mark"] == told["data_sha256"]:
        pupil.load_state_dict(saved["pupil"])
        return pupil
    fit_heads(pupil, told, tokenizer, options.device)
    with torch.no_grad():
        pupil.levels.weight.copy_(shipped["levels"]["dense"].T / pupil.scale.cpu())
        pupil.levels.bias.copy_(shipped["levels"]["bias"])
    torch.save({"mark": told["data_sha256"], "pupil": pupil.state_dict()}, file)
    return pupil


def fit_heads(pupil: Pupil, told: dict[str, Any], tokenizer: Tokenizer, device: str) -> None:
    """Fits the heads to the encoder as it is, on at most ``HEAD_UNITS`` texts."""
    units = random.Random(0).sample(told["units"], min(HEAD_UNITS, len(told["units"])))
    given = vectors(pupil.encoder, tokenizer, [unit["text"] for unit in units], device).to(device)
    targets = {name: each.to(device) for name, each in targets_of(units, len(told["levels"])).items()}
    weights = [torch.tensor(told[name], device=device) for name in ("class_weights", "level_weights")]
    optimizer = torch.optim.AdamW(pupil.head_parameters()[1:], lr=0.03, weight_decay=0.01)
    for _ in range(HEAD_STEPS):
        value = loss(pupil.heads(given), targets, *weights)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    print(f"heads fitted on {len(units)} texts: loss {value.item():.3f}", flush=True)


def optimizer_of(pupil: Pupil, rate: float) -> torch.optim.Optimizer:
    """AdamW with smaller steps for lower layers; the word table learns too, its numbers came in 4 bits."""
    layers = list(pupil.encoder.transformer.encoder.layer)
    groups: list[dict[str, Any]] = [
        {"params": list(layer.parameters()), "lr": rate * DECAY ** (len(layers) - 1 - number)}
        for number, layer in enumerate(layers)
    ]
    words = list(pupil.encoder.transformer.embeddings.parameters())
    groups.append({"params": words, "lr": rate * DECAY ** len(layers), "weight_decay": 0.0})
    groups.append({"params": pupil.head_parameters(), "lr": rate * HEAD_FASTER})
    return torch.optim.AdamW(groups, weight_decay=0.01)


def report(pupil: Pupil, told: dict[str, Any], tokenizer: Tokenizer, device: str) -> dict[str, float]:
    """Over what was never learned from: the share of messages whose intent comes first, and how well messages at
    ``concern`` or above are told from the others, English and Spanish apart."""
    found = {}
    rows = told["unseen_topics"]
    with torch.no_grad():
        given = vectors(pupil.encoder, tokenizer, [row["text"] for row in rows], device).to(device)
        best = pupil.heads(given)["intents"].argmax(dim=1).cpu().numpy()
    right = best == np.array([row["place"] for row in rows])
    kinds = np.array([row["kind"] for row in rows])
    for kind in sorted(set(kinds.tolist())):
        found[f"intents, {kind} ({(kinds == kind).sum()})"] = round(float(right[kinds == kind].mean()), 4)
    rows = told["unseen_messages"]
    with torch.no_grad():
        given = vectors(pupil.encoder, tokenizer, [row["text"] for row in rows], device).to(device)
        scores = pupil.heads(given)["levels"][:, told["concern"]].float().cpu().numpy()
    risky = np.array([row["rungs"] > told["concern"] for row in rows])
    languages = np.array([row["language"] for row in rows])
    for language in ("en", "es"):
        up, down = scores[(languages == language) & risky], scores[(languages == language) & ~risky]
        if len(up) and len(down):
            name = f"{language} ({len(up)} and {len(down)})"
            found[f"area at concern, {name}"] = round(float((up[:, None] > down[None, :]).mean()), 4)
            found[f"false alarms at 95 % recall, {name}"] = round(float((down >= np.quantile(up, 0.05)).mean()), 4)
    return found


def run(seed: int, told: dict[str, Any], options: argparse.Namespace) -> Path:
    """One run; its file. A finished one is left alone, an interrupted one goes on."""
    mark = f"{told['data_sha256']} {len(told['units'])} {seed} {options.epochs} {options.rate} {told['onward']}"
    file = options.work / f"seed_{seed}.pt"
    saved = torch.load(file, weights_only=False) if file.exists() else {}  # written below
    if saved.get("mark") != mark:
        saved = {}
    if saved.get("epoch") == options.epochs:
        return file
    tokenizer = Tokenizer.from_str(told["tokenizer"])
    pupil = begun(told, tokenizer, options)
    optimizer = optimizer_of(pupil, options.rate)
    per_epoch = int(sum(unit["share"] for unit in told["units"]) / BATCH) + 1
    steps, up = options.epochs * per_epoch, max(1, int(options.epochs * per_epoch * RISE))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: step / up if step < up else max(0.02, (steps - step) / max(1, steps - up))
    )
    if saved:
        print(f"seed {seed}: going on after epoch {saved['epoch']}", flush=True)
        for part, name in ((pupil, "pupil"), (optimizer, "optimizer"), (schedule, "schedule")):
            part.load_state_dict(saved[name])
    weights = [torch.tensor(told[name], device=options.device) for name in ("class_weights", "level_weights")]
    for epoch in range(saved.get("epoch", 0), options.epochs):
        torch.manual_seed(seed * 100 + epoch)
        began, losses = time.monotonic(), []
        pupil.train()
        for number, (ids, mask, targets) in enumerate(batches(told, tokenizer, random.Random(f"{seed} {epoch}")), 1):
            with torch.autocast(options.device, torch.bfloat16):
                out = pupil(ids.to(options.device), mask.to(options.device))
            value = loss(
                {name: each.float() for name, each in out.items()},
                {name: each.to(options.device) for name, each in targets.items()},
                *weights,
            )
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(pupil.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(value.item())
            if number % 50 == 0:
                left = max(0, per_epoch - number) * (time.monotonic() - began) / number
                print(f"seed {seed}, epoch {epoch + 1}, batch {number}: loss {np.mean(losses[-50:]):.3f}, "
                      f"{left:.0f} s left of it", flush=True)  # fmt: skip
        found = report(pupil, told, tokenizer, options.device)
        print(
            f"seed {seed}, epoch {epoch + 1} of {options.epochs}: loss {np.mean(losses):.3f}, "
            f"{time.monotonic() - began:.0f} s, {found}",
            flush=True,
        )
        state = {"mark": mark, "epoch": epoch + 1, "pupil": pupil.state_dict()}
        if epoch + 1 < options.epochs:
            state |= {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state, file)
    return file


def averaged(files: Sequence[Path], start: Pupil | None = None, kept: float = 0.0) -> dict[str, torch.Tensor]:
    """The mean of the finished runs' weights; with ``start`` a share ``kept`` of it is that of where they began."""
    states = [torch.load(file, weights_only=False, map_location="cpu")["pupil"] for file in files]
    mean = {name: torch.stack([state[name].float() for state in states]).mean(dim=0) for name in states[0]}
    if start is None:
        return mean
    return {name: kept * each.cpu().float() + (1 - kept) * mean[name] for name, each in start.state_dict().items()}


def main() -> None:
    """Runs once for each seed and writes the mean."""
    parser = argparse.ArgumentParser(description="Fine-tune the sentence encoder.")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--kept", type=float, default=0.0, help="the shipped encoder's share in the mean, 0 to 1")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    told = read(options.work)
    if options.kept and not told["onward"]:
        parser.error("--kept needs lessons that were written with --onward")
    files = [run(seed, told, options) for seed in options.seeds]
    tokenizer = Tokenizer.from_str(told["tokenizer"])
    pupil = begun(told, tokenizer, options)
    pupil.load_state_dict(averaged(files, pupil, options.kept))
    found = report(pupil, told, tokenizer, options.device)
    about = {
        "messages": told["messages"],
        "data_sha256": told["data_sha256"],
        "seeds": options.seeds,
        "epochs": options.epochs,
        **({"onward": {**told["onward"], "kept": options.kept}} if told["onward"] else {}),
        "held_out_files": told["held_out_files"],
        "held_out": found,
    }
    pupil.cpu()
    head = {"dense": (pupil.levels.weight * pupil.scale).T.detach(), "bias": pupil.levels.bias.detach()}
    saved = {"about": about, "encoder": pupil.encoder.state_dict(), "levels": head}
    torch.save(saved, options.work / "average.pt")
    print(f"mean of {len(files)} runs: {found}; written: {options.work / 'average.pt'}", flush=True)


if __name__ == "__main__":
    main()
