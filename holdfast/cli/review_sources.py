"""Every text that somebody reads, wherever it lies: the content room's, the desk's staff scripts, the chat window's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.reading import DATA
from holdfast.content.review import ReviewText
from holdfast.content.review_texts import review_texts
from holdfast.content.wording import LANGUAGES, Wording
from holdfast.paths import ROOT
from holdfast.quick_yaml import safe_load
from holdfast.signatures import code_of, script_key, script_parts

SCRIPTS = ROOT / "desk" / "data" / "scripts.yml"
WINDOW = ROOT / "widget" / "strings.js"
_BLOCK = re.compile(r"^const (en|es) = \{\n(.*?)^\};", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r'^  (\w+):\s*((?:"(?:[^"\\]|\\.)*"(?:\s*\+\s*)?)+),$', re.MULTILINE)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAMES = re.compile(r"^  (\w+):", re.MULTILINE)


def all_texts(directory: Directory, wording: Wording) -> list[ReviewText]:
    """All of them. Raises ContentError."""
    return [*review_texts(directory, wording), *script_texts(SCRIPTS), *window_texts(WINDOW)]


def path_of(text: ReviewText) -> Path:
    """The file in which the text stands."""
    return (ROOT if text.area in {"scripts", "widget"} else DATA) / text.file


def script_texts(file: Path) -> Iterator[ReviewText]:
    """What the desk shows its staff beside a case. The file is data: the desk itself is not imported."""
    name = str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else str(file)
    for script in _scripts(file, name):
        parts = script_parts(script)
        labels = {"title": "Title", "say": "To say", "know": "To know"}
        yield ReviewText(
            key=script_key(script["id"]),
            file=name,
            title=script["title"],
            parts=tuple((labels[part.partition(" ")[0]], words) for part, words in parts),
            code=code_of(parts),
            sources=tuple(script["source"]),
            updated=script["updated"],
            notes=("Staff read it, and may send what stands under “To say”.",),
        )


def _scripts(file: Path, name: str) -> list[dict[str, Any]]:
    try:
        raw = safe_load(file.read_text(encoding="utf-8"))
        schema = json.loads(file.with_name("scripts.schema.json").read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        place = " ".join(str(error).split())
        raise ContentError(name, "(whole file)", f"cannot be read: {place}.", "Restore it.") from None
    for problem in jsonschema.Draft7Validator(schema).iter_errors(raw):
        key = ".".join(str(part) for part in problem.absolute_path) or "(whole file)"
        raise ContentError(name, key, f"{problem.message}.", "See scripts.schema.json beside it.")
    return list(raw)


def window_texts(file: Path) -> Iterator[ReviewText]:
    """The words of the chat window itself, read from its module: plain strings, one a key."""
    name = str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else str(file)
    found = {language: body for language, body in _BLOCK.findall(file.read_text(encoding="utf-8"))}
    for language in LANGUAGES:
        body = found.get(language, "")
        parts = tuple(
            (key, "".join(json.loads(part) for part in _STRING.findall(words))) for key, words in _ENTRY.findall(body)
        )
        missing = set(_NAMES.findall(body)) - {key for key, _ in parts} - {"otherLanguage"}
        if not parts or missing:
            names = ", ".join(sorted(missing)) or f"the words in {language}"
            raise ContentError(name, names, "cannot be read.", 'Write each as key: "words", in double quotes.')
        yield ReviewText(f"widget/{language}", name, "The chat window itself", parts, code_of(parts))
