"""Secrets of this installation: made on first start, kept under `var/secrets`, readable by the owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from holdfast.clinic import ClinicError
from holdfast.paths import var

NAMES = ("session", "rasa", "internal", "telegram_webhook")
#: What a platform gave the clinic; never made here.
GIVEN = ("telegram_token", "slack_bot_token", "slack_signing_secret")


class SecretError(ClinicError):
    """A secret's file cannot be used. The message names the file, the reason and the remedy, never the secret."""


def secret(name: str) -> bytes:
    """The secret called ``name``, one of `NAMES`, made when it does not exist yet. Raises SecretError.

    The environment variable ``HOLDFAST_SECRET_<NAME>`` wins, for installations that keep secrets elsewhere.
    """
    if given := os.environ.get(f"HOLDFAST_SECRET_{name.upper()}"):
        return given.encode()
    file = _file(name)
    value = _read(file)
    if value == b"":
        raise SecretError(f"{file}: the secret {name} is empty. Delete the file; the next start makes a new secret.")
    return _make(file) if value is None else value


def given_secret(name: str) -> str | None:
    """A secret that a platform gave, from ``HOLDFAST_SECRET_<NAME>`` or ``var/secrets/<name>``; else None.

    Raises SecretError when the file is there and cannot be read.
    """
    if given := os.environ.get(f"HOLDFAST_SECRET_{name.upper()}"):
        return given.strip()
    file = _file(name)
    value = _read(file)
    try:
        return value.decode() or None if value else None
    except UnicodeDecodeError:
        raise SecretError(f"{file}: the secret {name} is not text. Copy it again, as text alone.") from None


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretError(
            f"{file}: the secret {file.name} cannot be read: {error.strerror}. It must be a file that the user who "
            f"runs Holdfast owns and may read (chown, chmod 600); or set HOLDFAST_SECRET_{file.name.upper()} instead."
        ) from None


def _file(name: str) -> Path:
    if name not in (*NAMES, *GIVEN):
        raise ValueError(f"no secret is called {name!r}; there are {', '.join((*NAMES, *GIVEN))}")
    return var() / "secrets" / name


def _make(file: Path) -> bytes:
    try:
        return _made(file)
    except OSError as error:
        raise SecretError(
            f"{file}: the secret {file.name} cannot be made: {error.strerror}. Let the user who runs Holdfast write "
            f"there, or set HOLDFAST_SECRET_{file.name.upper()} instead."
        ) from None


def _made(file: Path) -> bytes:
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
