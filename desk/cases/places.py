"""Where a person is: the country's name and the local time there, or what is known of it. Pure."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def local_time(timezone: str | None, country: str | None, now: datetime) -> str:
    """The time on the person's clock. A country with several zones gives a range; nothing known says so."""
    if timezone:
        try:
            return now.astimezone(ZoneInfo(timezone)).strftime("%H:%M, %A")
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    times = sorted({now.astimezone(zone).replace(tzinfo=None) for zone in _zones().get(country or "", ())})
    if not times:
        return "not known"
    first, last = times[0], times[-1]
    if first == last:
        return first.strftime("%H:%M, %A")
    return f"between {first.strftime('%H:%M')} and {last.strftime('%H:%M')}"


@lru_cache(maxsize=1)
def _zones() -> dict[str, tuple[ZoneInfo, ...]]:
    """Time zones of each country, from the time zone database."""
    found: dict[str, list[ZoneInfo]] = {}
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, _, name, *_ = line.split("\t")
            found.setdefault(code, []).append(ZoneInfo(name))
    return {code: tuple(zones) for code, zones in found.items()}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    table = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in table.splitlines() if line and not line.startswith("#"))


def country_name(code: str | None) -> str:
    """The country's English name, the code itself when it is unknown."""
    return _names().get(code, code) if code else "not known"
