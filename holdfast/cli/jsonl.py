"""JSON Lines as commands read them: one object a line, a bad line named by its number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO


class InputError(ValueError):
    """A line is not what it must be; the message names the line and the remedy."""


@dataclass(frozen=True)
class Request:
    """One line: the user's turns in order; ``single`` when it was ``{"text": ...}``."""

    turns: tuple[str, ...]
    single: bool


def requests(lines: TextIO) -> Iterator[Request]:
    """The requests on ``lines``; empty lines are passed over. Raises InputError."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _request(line, number)


def _request(line: str, number: int) -> Request:
    wanted = 'write {"text": "..."} or {"turns": ["...", ...]}'
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"line {number}: no JSON ({error.msg}); {wanted}") from None
    if isinstance(data, dict) and isinstance(data.get("text"), str):
        return Request((data["text"],), single=True)
    turns = data.get("turns") if isinstance(data, dict) else None
    if isinstance(turns, list) and all(isinstance(turn, str) for turn in turns):
        return Request(tuple(turns), single=False)
    raise InputError(f"line {number}: neither text nor turns; {wanted}")
