"""Secrets of this installation: made on first start, kept under `var/secrets`, readable by the owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from holdfast.paths import var

NAMES = ("session", "rasa", "internal", "telegram_webhook")
#: What a platform gave the clinic; never made here.
GIVEN = ("telegram_token", "slack_bot_token", "slack_signing_secret")


def secret(name: str) -> bytes:
    """The secret called ``name``, one of `NAMES`, made when it does not exist yet.

    The environment variable ``HOLDFAST_SECRET_<NAME>`` wins, for installations that keep secrets elsewhere.
    """
    if given := os.environ.get(f"HOLDFAST_SECRET_{name.upper()}"):
        return given.encode()
    file = _file(name)
    try:
        return file.read_bytes().strip()
    except FileNotFoundError:
        return _make(file)


def given_secret(name: str) -> str | None:
    """A secret that a platform gave, from ``HOLDFAST_SECRET_<NAME>`` or ``var/secrets/<name>``; else None."""
    if given := os.environ.get(f"HOLDFAST_SECRET_{name.upper()}"):
        return given.strip()
    try:
        return _file(name).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def _file(name: str) -> Path:
    if name not in (*NAMES, *GIVEN):
        raise ValueError(f"no secret is called {name!r}; there are {', '.join((*NAMES, *GIVEN))}")
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
