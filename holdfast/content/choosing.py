"""Which lines go on a card: valid in the country, confirmed, open now, fitting the situation, three at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holdfast.content.directory import GENERAL, Country, Line
from holdfast.content.hours import is_open
from holdfast.content.types import CardRequest

MOST = 3
#: Kinds that a situation brings to the front, in the order in which situations count (SM-60, SM-74 to SM-78).
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("overdose", ("poison",)),
    ("abuse", ("abuse",)),
    ("veteran", ("veterans",)),
    ("minor", ("minors", "youth")),
    ("deaf", ("deaf",)),
)
#: At most so many lines of special situations, so that one line for everybody stays on the card.
MOST_SPECIAL = 2


@dataclass(frozen=True)
class Choice:
    """The lines of a card.

    ``closed_primary`` is the country's first line when it is closed now; ``unconfirmed`` a line that may be closed,
    named only when no line for everybody is known to be open; ``more`` whether the country has further lines.
    """

    lines: tuple[Line, ...] = ()
    closed_primary: Line | None = None
    unconfirmed: Line | None = None
    more: bool = False


def choose(country: Country, request: CardRequest) -> Choice:
    """The choice for a request. Lines with unknown hours count as closed (display rule of the directory)."""
    shown = [line for line in country.lines if line.displayable]
    now_open = [line for line in shown if is_open(line.hours, request.now)]
    picked: list[Line] = []
    for line in (*_special(now_open, request.situations), *_general(country, now_open, request)):
        if len(picked) < MOST and not related(line, picked):
            picked.append(line)
    served = any(line.for_all for line in picked)
    if not served:
        regional = [line for line in now_open if line.kind in GENERAL and line.serves == "region"]
        picked += regional[: MOST - len(picked)]
    primary = next((line for line in shown if line.primary), None)
    closed = primary if primary and primary.hours.known and primary not in now_open else None
    unconfirmed = None if served or closed else next((line for line in shown if line.for_all), None)
    return Choice(tuple(picked), closed, unconfirmed, len(shown) > len(picked))


def further_lines(country: Country, request: CardRequest) -> tuple[Line, ...]:
    """Every line that may be shown, those of the card first, then those open now, then the others."""
    chosen = choose(country, request).lines
    rest = [line for line in country.lines if line.displayable and line not in chosen]
    return (*chosen, *sorted(rest, key=lambda line: (not is_open(line.hours, request.now), not line.for_all)))


def _special(lines: Iterable[Line], situations: frozenset[str]) -> list[Line]:
    found: list[Line] = []
    for situation, kinds in KINDS:
        if situation not in situations:
            continue
        wanted = ("minors-abuse", *kinds) if situation == "abuse" and "minor" in situations else kinds
        match = next(
            (line for kind in wanted for line in lines if line.kind == kind and line.serves == "everyone"), None
        )
        if match and match not in found:
            found.append(match)
    return found[:MOST_SPECIAL]


def _general(country: Country, lines: Iterable[Line], request: CardRequest) -> list[Line]:
    """Lines for everybody: those that speak the language first when the primary does not, then the primary (SM-78: for
    Deaf people those with text or chat)."""
    candidates = [line for line in lines if line.for_all]
    primary = next((line for line in country.lines if line.primary), None)
    elsewhere = primary is not None and primary.languages[:1] != (request.language,)

    def rank(line: Line) -> tuple[bool, bool, bool]:
        silent = bool(line.shown_text or line.shown_chat)
        speaks = elsewhere and line.languages[:1] == (request.language,)
        return ("deaf" in request.situations and not silent, not speaks, not line.primary)

    ordered = sorted(candidates, key=rank)
    head, tail = ordered[:MOST], ordered[MOST:]
    written = next((line for line in tail if line.shown_text or line.shown_chat), None)
    if written and not any(line.shown_text or line.shown_chat for line in head):
        head[-1] = written  # somebody who cannot call always finds a way to write (SM-44)
    return head


def related(line: Line, picked: Iterable[Line]) -> bool:
    """Whether the same service is already there under another entry."""
    return any(line.variant_of == other.id or line.id in {other.id, other.variant_of} for other in picked)
