"""What is stale, recalled or unsigned in the content, as findings for `doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from holdfast.content.directory import Country, Directory, Line
from holdfast.content.languages import other_languages
from holdfast.content.wording import Wording

#: Days after which a line has to be checked again (the collection's own rule).
RECHECK_DAYS = 90

FindingKind = Literal["stale", "unchecked", "recalled", "held_back", "hours_unknown", "unsigned", "review_due"]


@dataclass(frozen=True)
class Finding:
    """Something to look after. None of them stops the assistant."""

    kind: FindingKind
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def findings(directory: Directory, wording: Wording, today: date, *, country: str | None = None) -> list[Finding]:
    """Everything that is stale, recalled or unsigned on ``today``, countries first, then texts.

    With ``country`` only the lines of that country are looked at. Each finding reads well as ``str(finding)``.
    """
    found: list[Finding] = []
    for entry in directory.countries.values():
        if country in {None, entry.code}:
            found.extend(_of_country(entry, today))
    found.extend(_of_texts(wording, today))
    return found


def _of_country(country: Country, today: date) -> Iterator[Finding]:
    where = f"lines/{country.code}.yml"
    if country.emergency_confidence != "read-in-source":
        yield Finding(
            "recalled",
            f"{where}: emergency",
            f"{country.emergency.display} is recalled, not read in a source. Check it and set confidence.",
        )
    for line in country.lines:
        yield from _of_line(line, f"{where}: {line.id}", country.collected, today)


def _of_line(line: Line, where: str, collected: str, today: date) -> Iterator[Finding]:
    if not line.displayable:
        yield Finding(
            "held_back", where, "not shown: nothing of it is confirmed. Confirm it and set confidence and verified."
        )
        return
    if not line.hours.known:
        yield Finding("hours_unknown", where, "counts as closed: its hours are not confirmed. Confirm them.")
    if line.checked_on is None:
        yield Finding(
            "unchecked", where, "nobody has checked it by a call or on the operator's page. Set checked_on and by."
        )
    last = date.fromisoformat(line.checked_on or collected)
    due = min(last + timedelta(days=RECHECK_DAYS), date.fromisoformat(line.next_check) if line.next_check else date.max)
    if today > due:
        yield Finding("stale", where, f"was to be checked again by {due}. Check it and set checked_on.")


def _of_texts(wording: Wording, today: date) -> Iterator[Finding]:
    for language, deck in wording.decks.items():
        if deck.reviewed_by is None:
            yield Finding("unsigned", f"cards/{language}.yml", "no clinician has signed the cards. Set reviewed_by.")
    for code, other in other_languages().items():
        if other.deck.reviewed_by is None:
            yield Finding("unsigned", f"languages/{code}.yml", "no clinician who speaks it has signed it.")
    for language, replies in wording.replies.items():
        names = [name for name, entry in replies.items() if entry.reviewed_by is None]
        if names:
            yield Finding(
                "unsigned", f"replies/{language}.yml", f"{len(names)} replies are unsigned. Set reviewed_by of each."
            )
    for topic, entry in wording.answers.items():
        if entry.reviewed_by is None:
            yield Finding("unsigned", f"answers/{topic}.yml", "unsigned: withheld in production. Set reviewed_by.")
        if today > date.fromisoformat(entry.next_review):
            yield Finding("review_due", f"answers/{topic}.yml", f"was to be reviewed by {entry.next_review}.")
