"""The sealed test sets: read, checked and hashed. They are scored and never trained on, and no report quotes them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from holdfast.crisis.types import Level, Subject

HERE = Path(__file__).resolve().parent
MESSAGES = HERE / "sealed" / "messages.jsonl"
CONVERSATIONS = HERE / "sealed" / "conversations.jsonl"
#: These may be looked at and tuned on; explicit statements among them must all be found.
REGRESSION = HERE / "regression" / "messages.jsonl"
REGRESSION_CONVERSATIONS = HERE / "regression" / "conversations.jsonl"
QUESTIONS = HERE / "topics" / "questions.jsonl"
DETECTION_FILES = (MESSAGES, CONVERSATIONS)


class SetError(Exception):
    """A test set cannot be read. The message names the file and the line."""


@dataclass(frozen=True)
class Message:
    """One labeled message. ``group`` is its class (explicit, passive, distress, ...); ``explicit``: must be caught.

    ``pair`` names the contrast pair that it belongs to: two messages that differ in one decisive point.
    """

    id: str
    text: str
    level: Level
    subject: Subject | None
    group: str
    language: str
    explicit: bool = False
    pair: str | None = None


@dataclass(frozen=True)
class Talk:
    """One labeled conversation: the user's turns and the level of each."""

    id: str
    turns: tuple[str, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Question:
    """One labeled question; ``topic`` is an intent name or ``out_of_scope``."""

    id: str
    text: str
    topic: str


def messages(file: Path = MESSAGES) -> tuple[Message, ...]:
    """The labeled messages. Raises SetError."""
    return tuple(_parsed(file, number, row, _message) for number, row in _rows(file))


def conversations(file: Path = CONVERSATIONS) -> tuple[Talk, ...]:
    """The labeled conversations. Raises SetError."""
    return tuple(_parsed(file, number, row, _talk) for number, row in _rows(file))


def questions(file: Path = QUESTIONS) -> tuple[Question, ...]:
    """The labeled questions. Raises SetError."""
    return tuple(_parsed(file, number, row, _question) for number, row in _rows(file))


def digest(file: Path) -> str:
    """The first 16 hexadecimal digits of the file's SHA-256."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def digests(files: tuple[Path, ...]) -> dict[str, str]:
    """File name to digest."""
    return {file.name: digest(file) for file in files}


def _message(row: dict[str, Any]) -> Message:
    return Message(
        id=row["id"],
        text=row["text"],
        level=Level.of(row["level"]),
        subject=cast("Subject | None", row["subject"]),
        group=row["class"],
        language=row["lang"],
        explicit=bool(row.get("explicit", False)),
        pair=row.get("pair"),
    )


def _talk(row: dict[str, Any]) -> Talk:
    talk = Talk(row["id"], tuple(row["turns"]), tuple(Level.of(label) for label in row["levels"]))
    if len(talk.turns) != len(talk.levels):
        raise ValueError("turns and levels differ in number")
    return talk


def _question(row: dict[str, Any]) -> Question:
    return Question(row["id"], row["text"], row["topic"])


def _rows(file: Path) -> list[tuple[int, dict[str, Any]]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [(number, _parsed(file, number, line, json.loads)) for number, line in enumerate(lines, 1) if line.strip()]


def _parsed(file: Path, number: int, raw: Any, parse: Any) -> Any:
    try:
        return parse(raw)
    except (KeyError, TypeError, ValueError) as error:
        raise SetError(f"{file.name}, line {number}: {type(error).__name__}: {error}") from None
