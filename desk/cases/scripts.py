"""The staff script: which sentences stand beside a case. Read from `desk/data/scripts.yml`; choosing is pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

from desk.cases.casebook import state_of
from desk.cases.models import Case
from holdfast.quick_yaml import safe_load
from holdfast.signatures import Signatures, State, code_of, script_key, script_parts

DATA = Path(__file__).resolve().parent.parent / "data"


class ScriptError(Exception):
    """`scripts.yml` cannot be used; the message says where."""


@dataclass(frozen=True)
class Script:
    """One topic. ``say`` are sentences for the person, ``know`` is for staff alone; ``state`` says who signed them."""

    id: str
    title: str
    say: tuple[str, ...]
    know: tuple[str, ...]
    when: Mapping[str, Any]
    state: State


@lru_cache(maxsize=1)
def all_scripts() -> tuple[Script, ...]:
    """Every script in the order of the file. Raises ScriptError."""
    raw = safe_load((DATA / "scripts.yml").read_text(encoding="utf-8"))
    schema = json.loads((DATA / "scripts.schema.json").read_text(encoding="utf-8"))
    for problem in jsonschema.Draft7Validator(schema).iter_errors(raw):
        place = ".".join(str(part) for part in problem.absolute_path)
        raise ScriptError(f"desk/data/scripts.yml: {place}: {problem.message}")
    signatures = Signatures.load()
    return tuple(_script(entry, signatures) for entry in raw)


def _script(entry: Mapping[str, Any], signatures: Signatures) -> Script:
    state = signatures.state(script_key(entry["id"]), code_of(script_parts(entry)))
    say, know = tuple(entry.get("say", ())), tuple(entry.get("know", ()))
    return Script(entry["id"], entry["title"], say, know, entry["when"], state)


def choose(scripts: Iterable[Script], urgency: str, subject: str | None, flags: Iterable[str]) -> tuple[Script, ...]:
    """Those that fit the case. A wish without an alarm counts as about oneself."""
    known = set(flags)

    def fits(when: Mapping[str, Any]) -> bool:
        return (
            urgency in when.get("urgency", (urgency,))
            and when.get("subject", subject or "self") == (subject or "self")
            and ("flags" not in when or bool(known & set(when["flags"])))
        )

    return tuple(script for script in scripts if fits(script.when))


def scripts_for(case: Case) -> tuple[Script, ...]:
    """The scripts for a case."""
    return choose(all_scripts(), state_of(case).urgency.key, case.subject, case.flags)
