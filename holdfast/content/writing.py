"""Lines of a country that one can write to now, in one sentence: for people who cannot or will not speak. Pure."""

from __future__ import annotations

from datetime import datetime

from holdfast.content.choosing import related
from holdfast.content.country import country_name
from holdfast.content.describing import written_ways
from holdfast.content.directory import Country, Directory, Line
from holdfast.content.hours import is_open
from holdfast.content.wording import Wording

#: So many lines at most, because a person in need reads little (SM-48).
MOST = 2


def written_help(country: str | None, language: str, directory: Directory, wording: Wording, now: datetime) -> str:
    """How to text or chat instead of calling (SM-44, SM-78); says so when no line that is open now takes writing.

    A line whose hours nobody has confirmed counts as closed.
    """
    deck = wording.deck(language)
    place = directory.country(country)
    found = _lines(place, now, language) if place else []
    if not found:
        name = place.name[deck.language] if place else country_name(country, deck.language)
        return deck.say("written.none", country=name or deck.say("written.here"))
    parts = [deck.say("written.line", name=line.name, ways=written_ways(line, deck)) for line in found]
    return deck.say("written.some", ways="; ".join(parts))


def _lines(country: Country, now: datetime, language: str) -> list[Line]:
    """Open lines for everybody that take writing: those in the person's language and the primary first."""
    able = [
        line
        for line in country.lines
        if line.displayable and line.for_all and is_open(line.hours, now) and (line.shown_text or line.shown_chat)
    ]
    ordered = sorted(able, key=lambda line: (language not in line.languages, not line.primary))
    kept: list[Line] = []
    for line in ordered:
        if len(kept) < MOST and not related(line, kept):
            kept.append(line)
    return kept
