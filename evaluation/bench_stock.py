"""Trains Rasa's stock pipeline (DIET) on the same training messages and scores it: `make bench-stock`.

The result, levels by id and no text, is kept in evaluation/stock/verdicts.json with the hashes of training messages
and test set; the scorecard shows it beside the detector. Training with the 100 epochs of Rasa's own set-up on all
messages takes many hours on two cores (one epoch more than four minutes), so ``--epochs N`` takes fewer and
``--messages N`` draws some with a fixed seed, and the scorecard says so. It happens in var/stock, and is left out when
the model there was trained on the same messages as long.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from evaluation import sets
from evaluation.scorecard import progress
from evaluation.stock.verdicts import HERE, VERDICTS, verdicts_of
from holdfast.crisis import corpus
from holdfast.paths import ROOT
from holdfast.quick_yaml import safe_load

WORK = ROOT / "var" / "stock"
SEED = 20261126
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


def train(training: Sequence[corpus.Message], epochs: int) -> Path:
    """The stock model of these training messages, trained now when it is not there."""
    name = f"{corpus.data_hash(training)[:16]}-{epochs}"
    model = WORK / f"{name}.tar.gz"
    if not model.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        config = safe_load((HERE / "config.yml").read_text(encoding="utf-8"))
        for component in config["pipeline"]:
            if "epochs" in component:
                component["epochs"] = epochs
        (WORK / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        by_intent: dict[str, list[str]] = {}
        for message in training:
            by_intent.setdefault(message.intent, []).append(f"- {message.text}\n")
        blocks = [{"intent": intent, "examples": "".join(lines)} for intent, lines in by_intent.items()]
        nlu = WORK / "nlu.yml"
        nlu.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), encoding="utf-8")
        progress(f"stock: training DIET on {len(training)} messages; its own bar counts the epochs")
        _rasa(
            "-m", "rasa", "train", "nlu", "--config", str(WORK / "config.yml"), "--nlu", str(nlu),
            "--out", str(WORK), "--fixed-model-name", f"{name}-draft",
        )  # fmt: skip
        (WORK / f"{name}-draft.tar.gz").replace(model)
    return model


def main() -> int:
    """Trains, parses the sealed messages, keeps the verdicts."""
    parser = argparse.ArgumentParser(description="Train and score Rasa's stock pipeline.")
    parser.add_argument("--epochs", type=int, default=100, help="of DIET; 100 is what Rasa sets up")
    parser.add_argument("--messages", type=int, help="learn from so many, drawn from all; default is all")
    options = parser.parse_args()
    training = corpus.read_all(ROOT / "data" / "nlu")
    data = corpus.data_hash(training)[:16]
    if options.messages and options.messages < len(training):
        training = random.Random(SEED).sample(training, options.messages)
    command = shlex.join([".venv/bin/python", "evaluation/bench_stock.py", *sys.argv[1:]])
    model = train(training, options.epochs)
    messages = sets.messages()
    source, target = WORK / "messages.jsonl", WORK / "intents.jsonl"
    source.write_text("".join(json.dumps({"text": message.text}) + "\n" for message in messages), encoding="utf-8")
    _rasa(str(HERE / "parse.py"), str(model), str(source), str(target))
    intents = [json.loads(line)["intent"] for line in target.read_text(encoding="utf-8").splitlines()]
    found = verdicts_of(intents, messages)
    body = {
        "data": data, "training_messages": len(training), "epochs": options.epochs, "command": command,
        "test_set": sets.digest(sets.MESSAGES),
        "verdicts": {key: [each.level.label, each.subject] for key, each in found.items()},
    }  # fmt: skip
    VERDICTS.write_text(json.dumps(body) + "\n", encoding="utf-8")
    progress(f"written: {VERDICTS.relative_to(ROOT)}; the scorecard shows it")
    return 0


def _rasa(*arguments: str) -> None:
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([str(RASA_PYTHON), *arguments], cwd=WORK, env=environment, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
