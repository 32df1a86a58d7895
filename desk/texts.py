"""Who has signed the texts: the page for administrators, and whether anything waits for a signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.accounts.management import administrators_only
from desk.cases.scripts import Script, all_scripts
from desk.door import DoorError, door
from holdfast.signatures import script_key

#: Words for the areas by which the door counts.
NAMES = {
    "answers": "Answers",
    "replies": "Replies",
    "cards": "Words of the crisis cards",
    "places": "Country names",
}


@dataclass(frozen=True)
class Row:
    """The counts of one area."""

    name: str
    texts: int
    signed: int
    changed: int
    unsigned: int


@dataclass(frozen=True)
class Report:
    """Everything that the page shows.

    ``waiting``: how many texts wait for a signature, without the lines of other countries. ``changed`` are keys;
    ``problem`` is why no signature counts.
    """

    rows: tuple[Row, ...]
    waiting: int
    changed: tuple[str, ...]
    problem: str | None
    production: bool


def report(told: Mapping[str, Any], scripts: Sequence[Script]) -> Report:
    """What the door told of its texts, and the desk's own scripts. Pure."""
    kinds = [script.state.kind for script in scripts]
    own = Row("Staff scripts", len(kinds), kinds.count("signed"), kinds.count("changed"), kinds.count("unsigned"))
    rows = [
        Row(_name(each["name"]), each["texts"], each["signed"], each["changed"], each["unsigned"])
        for each in told["areas"]
    ]
    void = [script_key(script.id) for script in scripts if script.state.kind == "changed"]
    return Report(
        rows=(*rows, own),
        waiting=told["waiting"] + own.changed + own.unsigned,
        changed=(*told["changed"], *void),
        problem=told["problem"],
        production=told["production"],
    )


def anything_open() -> bool:
    """Whether any text waits for a signature. Raises DoorError."""
    return report(door().texts(), all_scripts()).waiting > 0


@require_safe
@administrators_only
def texts(request: HttpRequest) -> HttpResponse:
    """How many texts are signed, which were changed after that, and what to do."""
    try:
        found = report(door().texts(), all_scripts())
    except DoorError as error:
        return render(request, "texts.html", {"door_problem": str(error)})
    return render(request, "texts.html", {"report": found})


def _name(area: str) -> str:
    return NAMES.get(area, area[:1].upper() + area[1:])
