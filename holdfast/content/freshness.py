"""What is stale, recalled, unsigned or changed after signature in the content, as findings for `doctor`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from holdfast.content.directory import Country, Directory, Line
from holdfast.content.review import ReviewText, changed, state_of, tally
from holdfast.content.review_texts import review_texts
from holdfast.content.wording import Wording
from holdfast.signatures import Signatures

#: Days after which a line has to be checked again (the collection's own rule).
RECHECK_DAYS = 90

FindingKind = Literal[
    "stale", "unchecked", "recalled", "held_back", "hours_unknown", "unsigned", "changed", "review_due"
]


@dataclass(frozen=True)
class Finding:
    """Something to look after. None of them stops the assistant."""

    kind: FindingKind
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def findings(directory: Directory, wording: Wording, today: date, *, country: str | None = None) -> list[Finding]:
    """Everything that is stale, recalled, unsigned or changed since on ``today``: countries, texts, signatures.

    With ``country`` only the lines of that country are looked at. Each finding reads well as ``str(finding)``.
    """
    found: list[Finding] = []
    for entry in directory.countries.values():
        if country in {None, entry.code}:
            found.extend(_of_country(entry, today))
    found.extend(_of_texts(wording, today))
    texts = review_texts(directory, wording)
    if country:
        texts = [text for text in texts if text.area != "lines" or text.key.startswith(f"lines/{country}/")]
    found.extend(signature_findings(texts, wording.signatures))
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
    for topic, entry in wording.answers.items():
        if today > date.fromisoformat(entry.next_review):
            yield Finding("review_due", f"answers/{topic}.yml", f"was to be reviewed by {entry.next_review}.")


def signature_findings(texts: Iterable[ReviewText], signatures: Signatures) -> list[Finding]:
    """What nobody has signed, counted a file, and each text that was changed after its signature."""
    files: dict[str, list[ReviewText]] = {}
    found = []
    for text in texts:
        files.setdefault(text.file, []).append(text)
    for file, those in files.items():
        count = tally(file, those, signatures)
        if count.unsigned:
            found.append(Finding("unsigned", file, f"{count.unsigned} of {count.texts} texts are unsigned."))
        for text in changed(those, signatures):
            found.append(Finding("changed", text.key, f"{state_of(text, signatures)}. It needs a new signature."))
    return found
