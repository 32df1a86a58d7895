"""The lexicon's files: read, checked against their schema, and compiled (docs/detector.md explains the format)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import jsonschema
import yaml

from holdfast.crisis.normalize import DATA, Normalized
from holdfast.crisis.phrases import Node, PatternError, check, parse
from holdfast.crisis.types import Level, Subject
from holdfast.quick_yaml import safe_load

LANGUAGES = ("en", "es")
#: Languages in which only plain statements are found, so that the static card comes (SM-28; docs/languages.md).
OTHER_LANGUAGES = (
    "ar", "de", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tl", "tr", "uk", "vi", "zh",
)  # fmt: skip


class WordReader(Protocol):
    """What makes words of a text and of a phrase alike: one for English and Spanish, one for all other languages."""

    def __call__(self, text: str) -> Normalized:
        """The words of a text."""
        ...

    def words_of(self, written: str) -> tuple[str, ...]:
        """The words of one written word of a phrase."""
        ...

    def variants(self, word: str) -> tuple[str, ...]:
        """The words under which such a word is found."""
        ...


class LexiconError(RuntimeError):
    """The lexicon's data is wrong; the message names the file, the entry and the remedy."""


@dataclass(frozen=True)
class Guard:
    """Words around an entry that change what it means; see docs/detector.md for the effects."""

    name: str
    where: str
    effect: str
    flags: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """One thing that people say, with its level, whom it is about and what cancels it."""

    name: str
    level: Level
    subject: Subject
    guards: frozenset[str]
    flags: frozenset[str]
    marks: frozenset[str]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass
class Sources:
    """What the files hold: entries, guards, and for each pattern its tree and whom it belongs to."""

    entries: list[Entry] = field(default_factory=list)
    guards: dict[str, Guard] = field(default_factory=dict)
    trees: list[Node] = field(default_factory=list)
    owners: list[Entry | Guard] = field(default_factory=list)


def read_sources(folder: Path, normalizer: WordReader, languages: tuple[str, ...] = LANGUAGES) -> Sources:
    """Reads and checks every file of these languages. Raises LexiconError with file, entry and remedy."""
    schema = json.loads((DATA / "lexicon.schema.json").read_text(encoding="utf-8"))
    sources = Sources()
    for language in languages:
        files = sorted((folder / language).glob("*.yml"))
        if not files:
            raise LexiconError(f"{folder / language}: no lexicon files. Restore them from the repository.")
        contents = {file: _read(file, schema) for file in files}
        macros = _macros(contents, normalizer)
        for file, content in contents.items():
            _add_guards(sources, file, content, language, macros, normalizer)
        for file, content in contents.items():
            _add_entries(sources, file, content, language, macros, normalizer)
    return sources


def _read(file: Path, schema: dict[str, Any]) -> dict[str, Any]:
    try:
        content: dict[str, Any] = safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise LexiconError(f"{file}: not valid YAML ({error}). Correct the file.") from None
    for problem in jsonschema.Draft7Validator(schema).iter_errors(content):
        where = list(problem.absolute_path)
        name = ""
        if len(where) > 1 and where[0] in ("entries", "guard_list"):
            name = f" entry {content[where[0]][where[1]].get('id', where[1])!r},"
        path = ".".join(map(str, where)) or "the file"
        raise LexiconError(f"{file}:{name} {path}: {problem.message}. Correct it as data/lexicon.schema.json says.")
    return content


def _compile(pattern: str, macros: dict[str, Node], normalizer: WordReader, file: Path, name: str) -> Node:
    try:
        tree = parse(pattern, macros, normalizer.words_of, normalizer.variants)
        check(tree)
    except PatternError as error:
        raise LexiconError(f"{file}: entry {name!r}: {error}. The syntax is explained in docs/detector.md.") from None
    return tree


def _macros(contents: dict[Path, dict[str, Any]], normalizer: WordReader) -> dict[str, Node]:
    """The macros of a language. One may use those that stand before it."""
    macros: dict[str, Node] = {}
    for file, content in contents.items():
        for name, patterns in content.get("macros", {}).items():
            if name in macros:
                raise LexiconError(f"{file}: macro {name!r} is defined twice. Rename one of them.")
            pattern = "(" + "|".join(patterns) + ")"
            macros[name] = _compile(pattern, macros, normalizer, file, name)
    return macros


def _add_guards(
    sources: Sources,
    file: Path,
    content: dict[str, Any],
    language: str,
    macros: dict[str, Node],
    normalizer: WordReader,
) -> None:
    for item in content.get("guard_list", ()):
        name = f"{language}.{item['id']}"
        if name in sources.guards:
            raise LexiconError(f"{file}: guard {item['id']!r} is defined twice. Rename one of them.")
        guard = Guard(name, item["where"], item["effect"], frozenset(item.get("flags", ())))
        sources.guards[name] = guard
        _add_patterns(sources, guard, item, macros, normalizer, file)


def _add_entries(
    sources: Sources,
    file: Path,
    content: dict[str, Any],
    language: str,
    macros: dict[str, Node],
    normalizer: WordReader,
) -> None:
    names = {entry.name for entry in sources.entries}
    for item in content.get("entries", ()):
        name = f"{language}.{item['id']}"
        if name in names:
            raise LexiconError(f"{file}: entry {item['id']!r} is defined twice. Rename one of them.")
        names.add(name)
        level, subject = item.get("level", content.get("level")), item.get("subject", content.get("subject"))
        if level is None or subject is None or not item.get("source", content.get("source")):
            raise LexiconError(
                f"{file}: entry {item['id']!r} has no level, subject or source. Give it one, or give the file one."
            )
        guards = [f"{language}.{guard}" for guard in item.get("guards", content.get("guards", ()))]
        for guard in guards:
            if guard not in sources.guards:
                raise LexiconError(
                    f"{file}: entry {item['id']!r} names the guard {guard!r}, which no file defines. "
                    "Define it or correct the name."
                )
        entry = Entry(
            name, Level.of(level), subject, frozenset(guards),
            frozenset(item.get("flags", ())), frozenset(item.get("marks", ())),
            tuple(item["examples"]), tuple(item.get("counterexamples", ())),
        )  # fmt: skip
        sources.entries.append(entry)
        _add_patterns(sources, entry, item, macros, normalizer, file)


def _add_patterns(
    sources: Sources,
    owner: Entry | Guard,
    item: dict[str, Any],
    macros: dict[str, Node],
    normalizer: WordReader,
    file: Path,
) -> None:
    for pattern in item["patterns"]:
        sources.trees.append(_compile(pattern, macros, normalizer, file, item["id"]))
        sources.owners.append(owner)
