"""Reads content files: YAML in which every plain value is text, checked against the JSON Schema beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from holdfast.content.errors import ContentError
from holdfast.quick_yaml import SafeLoader

DATA = Path(__file__).resolve().parent / "data"


class _Loader(SafeLoader):  # type: ignore[misc]
    """Only ``true``, ``false`` and ``null`` are special.

    YAML 1.1 would read the number 000 as zero, the country NO as false and 16:00 as 960; an editor who forgets the
    quotes must not change a phone number.
    """


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])


def read(file: Path, schema: str) -> Any:
    """The content of ``file``, checked against ``schema`` (a file name in the data folder). Raises ContentError."""
    name = short_name(file)
    try:
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a SafeLoader with fewer types)
    except FileNotFoundError:
        raise ContentError(name, "(whole file)", "not found.", "Restore it from version control.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = " ".join(str(error).split())
        raise ContentError(name, "(whole file)", f"not readable as YAML: {place}.", "Correct that line.") from None
    problem = next(
        iter(sorted(_validator(schema).iter_errors(raw), key=lambda found: [str(p) for p in found.path])), None
    )
    if problem is not None:
        raise ContentError(name, _key(problem, raw), f"{_shorten(problem.message)}.", _remedy(problem))
    return raw


def short_name(file: Path) -> str:
    """The file as an editor knows it: its path below the data folder, if it is there."""
    try:
        return str(file.resolve().relative_to(DATA))
    except ValueError:
        return str(file)


@cache
def _validator(schema: str) -> Any:
    return jsonschema.Draft7Validator(json.loads((DATA / schema).read_text(encoding="utf-8")))


def _key(problem: Any, raw: Any) -> str:
    parts, here = [], raw
    for part in problem.absolute_path:
        here = here[part]
        known_as = here.get("id") or here.get("name") if isinstance(here, Mapping) else None
        parts.append(str(known_as) if isinstance(part, int) and isinstance(known_as, str) else str(part))
    return ".".join(parts) or "(whole file)"


def _shorten(message: str, limit: int = 200) -> str:
    return message if len(message) <= limit else message[:limit] + "..."


def _remedy(problem: Any) -> str:
    wanted = problem.schema.get("description") if isinstance(problem.schema, Mapping) else None
    if problem.validator == "enum":
        return f"Use one of: {', '.join(map(str, problem.validator_value))}."
    if problem.validator == "pattern":
        return f"It must be {wanted}." if wanted else f"It must look like {problem.validator_value}."
    return {
        "additionalProperties": "Remove the key or correct its spelling.",
        "required": "Add the key.",
        "type": f"It must be {wanted or f'of type {problem.validator_value}'}.",
    }.get(str(problem.validator), "See docs/content.md.")
