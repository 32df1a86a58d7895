"""A text as a clinician reads and signs it, and how many of them are signed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from holdfast.signatures import Parts, Signatures, State

#: The areas of texts, in the order in which a reviewer meets them.
AREAS = ("answers", "replies", "cards", "languages", "lines", "places", "scripts", "widget")
#: The lines that a clinic hardly ever shows; they are counted apart, and nobody is urged to sign them.
ELSEWHERE = "lines of other countries"


@dataclass(frozen=True)
class ReviewText:
    """One text in one language.

    ``key`` is area, name and language, such as ``answers/ask_cost/en``; ``parts`` are what is read, each with a label;
    ``code`` is what a signature is bound to. What is not ``shown`` to anybody needs no signature.
    """

    key: str
    file: str
    title: str
    parts: Parts
    code: str
    sources: tuple[str, ...] = ()
    updated: str | None = None
    next_review: str | None = None
    after_risk: str | None = None
    notes: tuple[str, ...] = ()
    shown: bool = True

    @property
    def area(self) -> str:
        """The first part of the key."""
        return self.key.partition("/")[0]

    @property
    def group(self) -> str:
        """The key without the language: what belongs together in all languages."""
        return self.key.rpartition("/")[0]

    @property
    def language(self) -> str:
        """``en``, ``es``, or that of a static card."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True)
class Tally:
    """How many texts of ``name`` are signed, changed after signature, or unsigned."""

    name: str
    texts: int
    signed: int
    changed: int
    unsigned: int

    @property
    def open(self) -> int:
        """How many wait for a signature."""
        return self.changed + self.unsigned


def state_of(text: ReviewText, signatures: Signatures) -> State:
    """How the text stands."""
    return signatures.state(text.key, text.code)


def is_open(text: ReviewText, signatures: Signatures) -> bool:
    """Whether somebody has still to sign it."""
    return text.shown and state_of(text, signatures).kind != "signed"


def tally(name: str, texts: Iterable[ReviewText], signatures: Signatures) -> Tally:
    """The counts of those that are shown."""
    kinds = [state_of(text, signatures).kind for text in texts if text.shown]
    return Tally(name, len(kinds), kinds.count("signed"), kinds.count("changed"), kinds.count("unsigned"))


def tallies(texts: Sequence[ReviewText], signatures: Signatures, country: str) -> list[Tally]:
    """The counts of each area that has texts; the lines of ``country`` stand apart from those of all others."""
    here = f"lines/{country}/"
    found = []
    for area in AREAS:
        of_area = [text for text in texts if text.area == area]
        if area == "lines":
            found.append(tally(f"lines of {country}", (t for t in of_area if t.key.startswith(here)), signatures))
            elsewhere = (t for t in of_area if not t.key.startswith(here))
            found.append(tally(ELSEWHERE, elsewhere, signatures))
        else:
            found.append(tally(area, of_area, signatures))
    return [each for each in found if each.texts]


def changed(texts: Iterable[ReviewText], signatures: Signatures) -> list[ReviewText]:
    """Those whose signature a change has ended."""
    return [text for text in texts if text.shown and state_of(text, signatures).kind == "changed"]
