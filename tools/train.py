"""Trains the detector and the Rasa model side by side, each only when what it is made from has changed.

What was trained is stamped in models/cache/trained.json with a hash of its sources. A model replaces the last one only
when its training has succeeded.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = Path(os.environ.get("HOLDFAST_MODELS", ROOT / "models"))
STAMP = MODELS / "cache" / "trained.json"
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
#: What Rasa learns from, below data/nlu; of the background that which people might type to an assistant.
RASA_READS = (
    "*.yml",
    "topics/*.yml",
    "background/requests_*.yml",
    "background/small_talk_*.yml",
    "background/spanish_*.yml",
)
_SHARED = ("data/nlu/*.yml", "holdfast/crisis/encoder.py", "holdfast/crisis/vectors.py")


@dataclass(frozen=True)
class Part:
    """Something that is trained: its sources as globs, what it leaves behind, how it is made."""

    name: str
    sources: tuple[str, ...]
    result: Path
    make: Callable[[], None]


class TrainingFailed(Exception):
    """The message says what failed and shows the end of its output."""


def encode_ahead() -> None:
    """Encodes the messages that both parts learn from, on all processors; most of the time of a first training."""
    stream("encoder", [sys.executable, "-m", "holdfast.crisis.ahead"], shown=re.compile(r"00 of|(\d+) of \1$"))


def train_detector() -> None:
    """Trains the crisis detector; it writes models/detector by itself."""
    stream("detector", [sys.executable, "-m", "holdfast.crisis.training"], shown=re.compile(r"\S"))


def train_rasa() -> None:
    """Trains the Rasa model beside the last one, then puts it in its place."""
    folder = MODELS / "rasa"
    draft = folder / "next"
    draft.mkdir(parents=True, exist_ok=True)
    command = [str(RASA_PYTHON), "-m", "rasa", "train", "--fixed-model-name", "holdfast", "--out", str(draft)]
    # The detector's large corpora stay out: the guard decides risk, and training stays short.
    nlu = ROOT / "data" / "nlu"
    data = [str(file.relative_to(ROOT)) for file in sorted(file for glob in RASA_READS for file in nlu.glob(glob))]
    command += ["--config", "config.yml", "--domain", "domain.yml", "--data", *data, "data/rules"]
    command += ["--force", "--skip-validation"]
    stream("Rasa model", command, shown=re.compile(r"vectors: |Starting to train component|is trained and saved"))
    (draft / "holdfast.tar.gz").replace(folder / "holdfast.tar.gz")
    draft.rmdir()


PARTS = (
    Part(
        "detector",
        (
            *_SHARED,
            "models/encoder/*.json",
            "data/nlu/risk/*.yml",
            "data/nlu/topics/*.yml",
            "data/nlu/background/*.yml",
            "holdfast/crisis/**/*.py",
            "holdfast/crisis/data/**/*",
        ),
        MODELS / "detector",
        train_detector,
    ),
    Part(
        "Rasa model",
        (
            *_SHARED,
            "models/encoder/*.json",
            *(f"data/nlu/{glob}" for glob in RASA_READS),
            "data/rules/*.yml",
            "data/stories/*.yml",
            "config.yml",
            "domain.yml",
            "holdfast/dialogue/classifier.py",
            "holdfast/dialogue/featurizer.py",
            "holdfast/dialogue/ngrams.py",
            "requirements/rasa.lock",
        ),
        MODELS / "rasa" / "holdfast.tar.gz",
        train_rasa,
    ),
)


def stream(name: str, command: Sequence[str], shown: re.Pattern[str]) -> None:
    """Runs ``command``, prints the lines that ``shown`` finds as they come, after ``name``. Raises TrainingFailed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",  # sparse arithmetic on few cores: more threads only wait for each other
        "RASA_MAX_CACHE_SIZE": "0",  # everything is trained anew; a cache of it would only grow
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    tail: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout
        for line in process.stdout:
            said = re.sub(r"\x1b\[[0-9;]*m", "", line.rpartition("\r")[2]).rstrip()
            tail = [*tail[-39:], said]
            if shown.search(said):
                print(f"   {name}: {said}", flush=True)
    if process.returncode:
        ending = "\n".join(line for line in tail if line)
        raise TrainingFailed(f"{ending}\n{' '.join(command[1:5])} ended with {process.returncode}.")


def fingerprint(globs: Sequence[str], root: Path = ROOT) -> str:
    """A hash of all files that the globs find, of their names and contents."""
    digest = hashlib.sha256()
    for file in sorted(
        {file for glob in globs for file in root.glob(glob) if file.is_file() and file.suffix != ".pyc"}
    ):
        digest.update(f"{file.relative_to(root)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def due(part: Part, stamp: dict[str, str], root: Path = ROOT) -> bool:
    """Whether the part must be trained: its sources changed since, or its result is gone."""
    return not part.result.exists() or stamp.get(part.name) != fingerprint(part.sources, root)


def read_stamp(file: Path = STAMP) -> dict[str, str]:
    """What was trained from what; nothing when the stamp cannot be read."""
    try:
        stamp = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Waits until no other training runs on this machine."""
    STAMP.parent.mkdir(parents=True, exist_ok=True)
    with (STAMP.parent / "train.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another training is running; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def train(part: Part) -> tuple[str, float]:
    """Trains one part; gives back the hash of the sources that it was made from, and seconds. Raises TrainingFailed."""
    began, sources = time.monotonic(), fingerprint(part.sources)
    part.make()
    return sources, time.monotonic() - began


def main(arguments: Sequence[str]) -> int:
    forced = "--force" in arguments
    failed = False
    with alone():
        parts = [part for part in PARTS if forced or due(part, read_stamp())]
        if not parts:
            return 0
        print(f"== training the {' and the '.join(part.name for part in parts)}", flush=True)
        try:
            encode_ahead()
        except TrainingFailed as failure:
            print(f"{failure}\nNothing was trained; the last models, if any, stay.", file=sys.stderr)
            return 1
        with ThreadPoolExecutor(len(parts)) as pool:
            running = {pool.submit(train, part): part for part in parts}
            for done in as_completed(running):
                name = running[done].name
                try:
                    sources, seconds = done.result()
                except TrainingFailed as failure:
                    print(f"{failure}\nThe {name} was not trained; the last one, if any, stays.", file=sys.stderr)
                    failed = True
                    continue
                draft = STAMP.with_suffix(".next")
                draft.write_text(json.dumps({**read_stamp(), name: sources}, indent=2))
                draft.replace(STAMP)
                print(f"   {name}: trained in {seconds:.0f} s", flush=True)
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
