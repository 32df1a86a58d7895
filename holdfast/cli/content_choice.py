"""Which texts a signature is meant for (files, folders, keys or all), and who signs. Errors say what to do."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from holdfast.cli.review_sources import path_of
from holdfast.content.reading import DATA
from holdfast.content.review import ReviewText
from holdfast.signatures import SignatureError

#: Longest name or role.
LONGEST = 120
_SEE = "`python -m holdfast content status` lists the files, `content export` shows each key."


def chosen(
    texts: Sequence[ReviewText], files: Sequence[str], keys: Sequence[str], language: str | None, *, everything: bool
) -> list[ReviewText]:
    """The texts that are meant, each once, in their order. Raises SignatureError."""
    if not files and not keys and not everything:
        raise SignatureError(f"Nothing to sign was named. Give a FILE, a --key or --all. {_SEE}")
    picked = {text.key for text in texts if everything and text.shown}
    for name in files:
        picked |= {text.key for text in _of_file(texts, name) if text.shown}
    for key in keys:
        picked |= {text.key for text in _of_key(texts, key)}
    found = [text for text in texts if text.key in picked and language in (None, text.language)]
    if not found:
        raise SignatureError(f"Nothing there is in the language {language}. Leave out --language, or name other texts.")
    return found


def signer(by: str, role: str, on: str | None, today: date) -> tuple[str, str, str]:
    """Name, role and day of a signature, checked. Raises SignatureError."""
    return _word("--by", by, "the name of who has read the texts"), _word("--role", role, "their role"), _day(on, today)


def _word(option: str, given: str, wanted: str) -> str:
    words = " ".join(given.split())
    if not words:
        raise SignatureError(f"{option} is empty. Give {wanted}, such as {option} {_EXAMPLES[option]}.")
    if len(words) > LONGEST or not words.isprintable():
        raise SignatureError(f"{option} is longer than {LONGEST} characters or holds signs that cannot be printed.")
    return words


_EXAMPLES = {"--by": '"Dr. Ana Ruiz"', "--role": "psychiatrist"}


def _day(on: str | None, today: date) -> str:
    if on is None:
        return today.isoformat()
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise SignatureError(f"--on {on}: is no date. Write it as {today.isoformat()}.") from None
    if day > today:
        raise SignatureError(f"--on {on}: lies in the future. Give the day on which the texts were read.")
    return day.isoformat()


def _of_file(texts: Sequence[ReviewText], name: str) -> list[ReviewText]:
    """The texts of a file or folder, named by its path or as `content status` does."""
    candidates = [Path(name).resolve(), (DATA / name).resolve()]
    for place in candidates:
        found = [text for text in texts if path_of(text) == place or place in path_of(text).parents]
        if found:
            return found
    here = next((place for place in candidates if place.exists()), None)
    if here is None:
        raise SignatureError(f"{name}: no such file. {_near(name, {text.file for text in texts})}{_SEE}")
    if DATA in here.parents:
        raise SignatureError(f"{name}: holds no words that people read, so there is nothing to sign. {_SEE}")
    raise SignatureError(f"{name}: is not a content file. {_SEE}")


def _of_key(texts: Sequence[ReviewText], key: str) -> list[ReviewText]:
    """The text of that key, or those of all languages when the key is without one."""
    found = [text for text in texts if key in (text.key, text.group)]
    if not found:
        known = {name for text in texts for name in (text.key, text.group)}
        raise SignatureError(f"--key {key}: no such text. {_near(key, known)}{_SEE}")
    if not found[0].shown:
        raise SignatureError(f"--key {key}: is shown to nobody, so there is nothing to sign. Confirm the line first.")
    return found


def _near(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"Do you mean {near[0]}? " if near else ""
