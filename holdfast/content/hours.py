"""Opening hours as data, and whether something is open at a given moment. Also used for the clinic's own hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60


@dataclass(frozen=True)
class Span:
    """One opening on each of ``days`` (0 is Monday), in minutes after midnight; past 1440 is the next day."""

    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Hours:
    """When something is open. With neither ``always`` nor ``spans`` the hours are unknown, which counts as closed."""

    always: bool = False
    spans: tuple[Span, ...] = ()
    timezone: ZoneInfo | None = None
    original: str = ""

    @property
    def known(self) -> bool:
        """Whether anything is known of the hours."""
        return self.always or bool(self.spans and self.timezone)


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether the hours cover ``now``, which must be aware. Unknown hours count as closed. Raises ValueError if naive.

    A span is read in the wall clock of its own time zone, so daylight saving needs no care of ours.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    if hours.always:
        return True
    if not hours.spans or hours.timezone is None:
        return False
    local = now.astimezone(hours.timezone)
    minute, today, yesterday = local.hour * 60 + local.minute, local.weekday(), (local.weekday() - 1) % 7
    return any(
        (today in span.days and span.start <= minute < span.end) or (yesterday in span.days and minute < span.end - DAY)
        for span in hours.spans
    )


def parse_hours(raw: Mapping[str, Any] | None, timezone: str | None = None) -> Hours:
    """Hours out of a line's ``hours`` mapping or out of a week as in `clinic.yml` (``mon: 09:00-17:00`` or a list).

    An end at or before the start runs past midnight. A time zone that this machine does not know makes the hours
    unknown, because a wrong clock is worse than none. Raises ValueError for a time that is none.
    """
    if not raw:
        return Hours()
    original = str(raw.get("original", ""))
    if raw.get("always"):
        return Hours(always=True, original=original)
    if "spans" in raw:
        spans = [_span([DAYS.index(day) for day in span["days"]], span["from"], span["to"]) for span in raw["spans"]]
        return Hours(spans=tuple(spans), timezone=_zone(raw.get("timezone", timezone)), original=original)
    week = {day: raw[day] for day in DAYS if day in raw}
    return Hours(spans=tuple(_week(week)), timezone=_zone(timezone), original=original)


def _week(week: Mapping[str, str | Sequence[str]]) -> list[Span]:
    spans: list[Span] = []
    for day, texts in week.items():
        for text in [texts] if isinstance(texts, str) else texts:
            start, _, end = text.partition("-")
            spans.append(_span([DAYS.index(day)], start, end))
    return spans


def _span(days: Sequence[int], start: str, end: str) -> Span:
    first, last = minutes(start), minutes(end)
    return Span(tuple(days), first, last if last > first else last + DAY)


def minutes(clock: str) -> int:
    """Minutes after midnight of ``HH:MM``; ``24:00`` is 1440. Raises ValueError."""
    hour, _, minute = clock.strip().partition(":")
    value = int(hour) * 60 + int(minute or 0)
    if not 0 <= value <= DAY or int(minute or 0) > 59:
        raise ValueError(f"{clock!r} is no time of day")
    return value


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
