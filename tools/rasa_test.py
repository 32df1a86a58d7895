"""Runs `rasa test` with the test stories of tests/rasa and fails on any story that fails.

`rasa test` and not `rasa test core`: the latter never asks the NLU pipeline. Its own --fail-on-prediction-errors stops
at the first failure without a report, and its exit status is 0 when it found no story; so the report is counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
STORIES = ROOT / "tests" / "rasa"


def main() -> int:
    model = Path(os.environ.get("HOLDFAST_MODELS", ROOT / "models")) / "rasa" / "holdfast.tar.gz"
    if not model.exists():
        print(f"{model} is missing. Run: make train", file=sys.stderr)
        return 1
    written = sum(len(yaml.safe_load(file.read_text())["stories"]) for file in STORIES.glob("test_*.yml"))
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder)
        run = rasa_test(model, results)
        report = results / "story_report.json"
        counted = json.loads(report.read_text())["conversation_accuracy"] if report.exists() else {}
        passed, total = counted.get("correct", 0), counted.get("total", 0)
        if run.returncode != 0 or total != written:
            print(run.stdout[-6000:], file=sys.stderr)
            print(f"rasa test ended with {run.returncode} and read {total} of {written} stories.", file=sys.stderr)
        failures = results / "failed_test_stories.yml"
        if passed != total and failures.exists():
            print(failures.read_text(), file=sys.stderr)
    print(f"{passed} passed, {written - passed} failed")
    return 0 if run.returncode == 0 and passed == total == written else 1


def rasa_test(model: Path, results: Path) -> subprocess.CompletedProcess[str]:
    """The run of `rasa test`; its output lies in ``stdout``."""
    command = [str(PYTHON), "-m", "rasa", "test", "--model", str(model), "--stories", str(STORIES)]
    command += ["--nlu", str(STORIES / "messages.yml"), "--out", str(results), "--no-plot"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    return subprocess.run(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
