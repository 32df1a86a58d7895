"""Who has read which text and stands behind it: `signatures.yml`, and whether a text is still as it was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import jsonschema
import yaml

from holdfast.paths import signatures_file

_SCHEMA = json.loads(Path(__file__).with_name("signatures.schema.json").read_text(encoding="utf-8"))
#: What people read of a text, as pairs of a name and the words; the order counts.
Parts = tuple[tuple[str, str], ...]
StateKind = Literal["signed", "changed", "unsigned"]


class SignatureError(Exception):
    """`signatures.yml` cannot be used. The message names the file, the key and the remedy."""


@dataclass(frozen=True)
class Signature:
    """One signature. ``on`` is a day as YYYY-MM-DD; ``code`` is taken from the words that were signed."""

    by: str
    role: str
    on: str
    code: str

    def __str__(self) -> str:
        return f"{self.by} ({self.role}) on {self.on}"


@dataclass(frozen=True)
class State:
    """How a text stands. ``signature`` is the one that counts, or the last one that a change has ended."""

    kind: StateKind
    signature: Signature | None = None

    def __str__(self) -> str:
        if self.kind == "signed":
            return f"signed by {self.signature}"
        return f"changed after signature by {self.signature}" if self.signature else "unsigned"


@dataclass(frozen=True)
class Signatures:
    """All signatures by the key of their text. ``problem`` says why the file could not be read; then nothing counts."""

    entries: Mapping[str, tuple[Signature, ...]] = field(default_factory=dict)
    problem: str | None = None

    @classmethod
    def load(cls, file: Path | None = None) -> Signatures:
        """The signatures in ``file`` (default: the installation's). Never fails: no signature is worth a card."""
        file = file or signatures_file()
        try:
            return cls(parse(file.read_text(encoding="utf-8"), file))
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            return cls(problem=f"{file}: cannot be read: {error}. Make it readable, or restore it.")
        except SignatureError as error:
            return cls(problem=str(error))

    def state(self, key: str, code: str) -> State:
        """How the text ``key`` stands whose words have that code."""
        given = self.entries.get(key, ())
        good = [signature for signature in given if signature.code == code]
        if good:
            return State("signed", good[-1])
        return State("changed", given[-1]) if given else State("unsigned")


def code_of(parts: Iterable[tuple[str, str]]) -> str:
    """Sixteen digits that change with any change of the words: the first half of a SHA-256, against accidents."""
    plain = json.dumps(list(map(list, parts)), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def script_parts(script: Mapping[str, Any]) -> Parts:
    """What is signed of a staff script of the desk: its title, what staff may say, what they should know."""
    said = [(f"say {place}", words) for place, words in enumerate(script.get("say", ()), 1)]
    known = [(f"know {place}", words) for place, words in enumerate(script.get("know", ()), 1)]
    return (("title", script["title"]), *said, *known)


def script_key(script_id: str) -> str:
    """The key of a staff script; there is only an English one."""
    return f"scripts/{script_id}/en"


def parse(text: str, file: Path) -> Mapping[str, tuple[Signature, ...]]:
    """The signatures in the text of ``file``. Raises SignatureError."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (plain text only: a date must stay what is written)
    except yaml.YAMLError as error:
        place = " ".join(str(error).split())
        raise SignatureError(f"{file}: not readable as YAML: {place}. Correct that line.") from None
    if twice := _twice(tree):
        raise SignatureError(f"{file}: {twice}: stands there twice. Put its signatures under one key.")
    for problem in jsonschema.Draft7Validator(_SCHEMA).iter_errors(raw):
        key = ".".join(str(part) for part in problem.absolute_path) or "(whole file)"
        wanted = problem.schema.get("description") if isinstance(problem.schema, dict) else None
        remedy = f"It must be {wanted}." if wanted else "Restore it from version control and sign with the command."
        raise SignatureError(f"{file}: {key}: {problem.message[:160]}. {remedy}")
    return MappingProxyType(
        {key: tuple(Signature(**each) for each in given) for key, given in raw["signatures"].items()}
    )


def _twice(tree: yaml.Node | None) -> str | None:
    """A key that stands twice in one mapping: YAML would silently drop the first, and a signature with it."""
    if isinstance(tree, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in tree.value:
            if (name := str(key.value)) in seen:
                return name
            seen.add(name)
            if found := _twice(value):
                return found
    return None
