"""Secrets of this installation: made on first start, kept under `var/secrets`, readable by the owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from holdfast.paths import var

NAMES = ("session", "rasa", "internal")


def secret(name: str) -> bytes:
    """The secret called ``name`` (``session``, ``rasa`` or ``internal``), made when it does not exist yet.

    The environment variable ``HOLDFAST_SECRET_<NAME>`` wins, for installations that keep secrets elsewhere.
    """
    if given := os.environ.get(f"HOLDFAST_SECRET_{name.upper()}"):
        return given.encode()
    file = _file(name)
    try:
        return file.read_bytes().strip()
    except FileNotFoundError:
        return _make(file)


def _file(name: str) -> Path:
    if name not in NAMES:
        raise ValueError(f"no secret is called {name!r}; there are {', '.join(NAMES)}")
    return var() / "secrets" / name


def _make(file: Path) -> bytes:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    value = secrets.token_urlsafe(32).encode()
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(value)
    try:
        os.link(draft, file)  # two processes at first start: the first one's secret stands
    except FileExistsError:
        value = file.read_bytes().strip()
    draft.unlink()
    return value
