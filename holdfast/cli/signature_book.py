"""Writes signatures into `signatures.yml`: line by line, so that comments stay, and whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from holdfast.signatures import Signature, SignatureError, parse

_EMPTY = "# Who has read which text and stands behind it. docs/content.md explains it.\nsignatures: {}\n"
_KEY = re.compile(r"^  ([^\s#:-][^\s:]*):\s*(?:#.*)?$")
_GIVEN = re.compile(r"^  - \{")


def add(file: Path, new: Mapping[str, Signature]) -> None:
    """Adds a signature to each key; an older one of the same person gives way. Raises SignatureError.

    The file is read, changed and put in place under a lock, so that of two people who sign at once none is lost.
    """
    with _alone(file):
        try:
            before = file.read_text(encoding="utf-8") if file.exists() else _EMPTY
        except (OSError, UnicodeDecodeError) as error:
            raise SignatureError(f"{file}: cannot be read: {error}. Make it readable, or restore it.") from None
        expected = {key: list(given) for key, given in parse(before, file).items()}
        text = before
        for key, signature in new.items():
            expected[key] = [*(each for each in expected.get(key, []) if each.by != signature.by), signature]
            text = _with(text, key, signature)
        if not _holds(text, file, expected):
            raise SignatureError(
                f"{file}: is not laid out as this command writes it; nothing was written. "
                "Put each key and each signature on a line of its own, as git shows the older ones."
            )
        _replace(file, text)


def _holds(text: str, file: Path, expected: Mapping[str, list[Signature]]) -> bool:
    """Whether the changed text says exactly what it should: the proof that no signature was lost on the way."""
    try:
        return {key: list(given) for key, given in parse(text, file).items()} == expected
    except SignatureError:
        return False


def _with(text: str, key: str, signature: Signature) -> str:
    """The text with one signature more."""
    lines = re.sub(r"^signatures:\s*\{\}", "signatures:", text, flags=re.MULTILINE).rstrip("\n").split("\n")
    row = f"  - {{by: {_quoted(signature.by)}, role: {_quoted(signature.role)}, on: {_quoted(signature.on)}, "
    row += f"code: {_quoted(signature.code)}}}"
    keys = {match.group(1): place for place, line in enumerate(lines) if (match := _KEY.match(line))}
    if key in keys:
        end = min((place for place in keys.values() if place > keys[key]), default=len(lines))
        own = f"  - {{by: {_quoted(signature.by)},"
        kept = [line for line in lines[keys[key] + 1 : end] if not line.startswith(own)]
        last = max((place for place, line in enumerate(kept, 1) if _GIVEN.match(line)), default=0)
        lines[keys[key] + 1 : end] = [*kept[:last], row, *kept[last:]]
    else:
        place = min((place for other, place in keys.items() if other > key), default=len(lines))
        while place < len(lines) and lines[place - 1].lstrip().startswith("#") and lines[place - 1].startswith(" "):
            place -= 1  # a comment above a key belongs to it
        lines[place:place] = [f"  {key}:", row]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _replace(file: Path, text: str) -> None:
    """Puts the new content in place in one step; a failure leaves the old file as it was. Raises SignatureError."""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    try:
        if file.exists() and not os.access(file, os.W_OK):
            raise PermissionError(13, "it is read-only")
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(mode)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SignatureError(
            f"{file}: cannot be written: {error.strerror or error}; nothing was changed. "
            "Make the file and its folder writable for you, or sign in a checkout of your own."
        ) from None


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Nobody else signs meanwhile. The lock lies on the folder, because the file itself is replaced."""
    try:
        folder = os.open(file.parent, os.O_RDONLY)
    except OSError as error:
        raise SignatureError(
            f"{file.parent}: {error.strerror}. Set HOLDFAST_SIGNATURES to a file that can be."
        ) from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
