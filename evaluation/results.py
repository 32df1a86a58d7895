"""Raw results in `results/`: what was measured, when, on what, over which data. Hold no text.

Versioned, so that one section can be measured anew in another checkout.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from evaluation import robustness, sets, topics
from evaluation.alarms import Alarms
from evaluation.detection import Verdicts
from evaluation.latency import Latencies
from evaluation.metrics import Verdict
from evaluation.stock.verdicts import stored
from evaluation.topics import Heard
from holdfast.paths import ROOT, models

FOLDER = ROOT / "results"
#: What evaluation/models.py found.
COMPARED = Path(__file__).with_name("models.json")
SECTIONS = ("detection", "robustness", "speed", "topics", "latency", "alarms")
#: The test files that each section depends on.
FILES: Mapping[str, tuple[Path, ...]] = {
    "detection": sets.DETECTION_FILES,
    "robustness": (sets.MESSAGES,),
    "speed": (sets.MESSAGES,),
    "topics": (sets.QUESTIONS,),
    "latency": (),
    "alarms": (),
}
T = TypeVar("T")


@dataclass(frozen=True)
class Section(Generic[T]):
    """One part of the scorecard. ``stamp`` says when, on what and by which command; see `evaluation.machine`."""

    stamp: Mapping[str, Any]
    data: T


@dataclass(frozen=True)
class Results:
    """All parts; None where nothing usable was measured yet. ``problems`` says why."""

    detection: Section[dict[str, Verdicts]] | None = None
    robustness: Section[Any] | None = None
    speed: Section[Any] | None = None
    topics: Section[dict[str, Heard]] | None = None
    latency: Section[Latencies] | None = None
    alarms: Section[Alarms] | None = None
    models: Mapping[str, Any] | None = None
    stock: tuple[Mapping[str, Any], Mapping[str, Verdict]] | None = None
    problems: tuple[str, ...] = ()


def save(name: str, stamp: Mapping[str, Any], data: Any, folder: Path = FOLDER) -> None:
    """Writes a section's raw results."""
    folder.mkdir(parents=True, exist_ok=True)
    body = {"stamp": stamp, "sets": sets.digests(FILES[name]), "data": _to_json(name, data)}
    draft = folder / f".{name}.json"
    draft.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    draft.replace(folder / f"{name}.json")


def load(folder: Path = FOLDER) -> Results:
    """What was measured last; a section measured over other test data counts as not measured."""
    found: dict[str, Any] = {}
    problems = []
    for name in SECTIONS:
        try:
            body = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            if body["sets"] != sets.digests(FILES[name]):
                problems.append(f"{name}: measured over other test data than there is now; run it again")
                continue
            found[name] = Section(body["stamp"], _from_json(name, body["data"]))
        except FileNotFoundError:
            problems.append(f"{name}: not measured yet")
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"{name}: results/{name}.json cannot be read ({type(error).__name__}); run it again")
    try:  # versioned: it takes encoders that are not in the repository
        found["models"] = json.loads(COMPARED.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append("models: evaluation/models.py has not been run")
    found["stock"] = stored()
    if found["stock"] is None:
        problems.append("stock Rasa: not measured over these test messages; run `make bench-stock`")
    return Results(**found, problems=tuple(problems))


def inputs() -> dict[str, str]:
    """What the figures depend on, by name, each with the first 16 digits of its SHA-256."""
    folders = {
        "training messages, data/nlu": ROOT / "data" / "nlu",
        "lexicon, holdfast/crisis/data": ROOT / "holdfast" / "crisis" / "data",
        "encoder, models/encoder": models() / "encoder",
        "detector, models/detector": models() / "detector",
        "Rasa model, models/rasa": models() / "rasa",
    }
    files = (*sets.DETECTION_FILES, sets.QUESTIONS)
    tests = {f"test set, {file.relative_to(ROOT)}": sets.digest(file) for file in files}
    return {**tests, **{name: folder_digest(folder) for name, folder in folders.items()}}


def folder_digest(folder: Path) -> str:
    """A digest over all files of a folder with their names; ``missing`` when it is not there."""
    if not folder.is_dir():
        return "missing"
    total = hashlib.sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file() and "__pycache__" not in each.parts):
        total.update(f"{file.relative_to(folder)}\0{sets.digest(file)}\n".encode())
    return total.hexdigest()[:16]


def _to_json(name: str, data: Any) -> Any:
    if name == "detection":
        return {which: verdicts.to_dict() for which, verdicts in data.items()}
    if name == "topics":
        return topics.to_dict(data)
    return data.to_dict() if name in ("latency", "alarms") else data


def _from_json(name: str, data: Any) -> Any:
    if name == "detection":
        return {which: Verdicts.from_dict(verdicts) for which, verdicts in data.items()}
    if name == "topics":
        return topics.from_dict(data)
    if name == "robustness":
        return robustness.checked(data)
    if name == "alarms":
        return Alarms.from_dict(data)
    return Latencies.from_dict(data) if name == "latency" else data
