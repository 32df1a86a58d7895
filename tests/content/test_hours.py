"""Opening hours: spans, nights, time zones, and that unknown means closed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.content.hours import DAYS, Hours, is_open, minutes, parse_hours

LISBON = {"spans": [{"days": list(DAYS), "from": "15:30", "to": "00:30"}], "timezone": "Europe/Lisbon"}
OFFICE = {"mon": "09:00-17:00", "tue": ["09:00-12:00", "13:00-17:00"], "fri": "22:00-02:00", "sat": "18:00-24:00"}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T15:29", False),
        ("2026-11-23T15:30", True),
        ("2026-11-23T23:59", True),
        ("2026-11-24T00:29", True),
        ("2026-11-24T00:30", False),
        ("2026-07-01T14:30", True),  # summer time: 15:30 in Lisbon
    ],
)
def test_a_span_past_midnight_is_read_in_the_clock_of_the_line(moment: str, expected: bool) -> None:
    assert is_open(parse_hours(LISBON), utc(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T16:00", True),  # Monday 09:00 in Denver
        ("2026-11-24T00:00", False),  # Monday 17:00
        ("2026-11-24T19:30", False),  # Tuesday 12:30, lunch
        ("2026-11-24T20:00", True),
        ("2026-11-25T18:00", False),  # Wednesday
        ("2026-11-28T08:59", True),  # Saturday 01:59, still Friday's span
        ("2026-11-28T09:00", False),
        ("2026-11-29T06:59", True),  # Saturday 23:59
        ("2026-11-29T07:00", False),
    ],
)
def test_a_week_as_in_the_clinic_file_is_understood(moment: str, expected: bool) -> None:
    assert is_open(parse_hours(OFFICE, "America/Denver"), utc(moment)) is expected


def test_a_night_that_starts_on_sunday_runs_into_monday() -> None:
    assert is_open(parse_hours({"sun": "20:00-06:00"}, "Europe/London"), utc("2026-11-23T05:00"))


@pytest.mark.parametrize("raw", [None, {}, {"unknown": True, "original": "24/7"}])
def test_unknown_hours_count_as_closed(raw: dict[str, object] | None) -> None:
    hours = parse_hours(raw)
    assert not hours.known
    assert not is_open(hours, utc("2026-11-23T12:00"))


def test_a_time_zone_that_the_machine_does_not_know_makes_the_hours_unknown() -> None:
    hours = parse_hours({**LISBON, "timezone": "Atlantis/Capital"})
    assert not hours.known
    assert not is_open(hours, utc("2026-11-23T16:00"))


def test_a_naive_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        is_open(Hours(always=True), datetime(2026, 11, 23))


@pytest.mark.parametrize("bad", ["25:00", "09:60", "noon", "24:01"])
def test_a_time_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        minutes(bad)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(["Asia/Tokyo", "America/Denver"]))
def test_a_daily_span_is_open_exactly_inside_its_clock(moment: datetime, zone: str) -> None:
    hours = parse_hours({"spans": [{"days": list(DAYS), "from": "09:00", "to": "21:00"}], "timezone": zone})
    now = moment.replace(tzinfo=timezone.utc)
    local = now.astimezone(ZoneInfo(zone))
    assert is_open(hours, now) == (9 <= local.hour < 21)


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 7 * 1440 - 1))
def test_a_span_covers_as_many_minutes_as_it_is_long(day: int, start: int, length: int, probe: int) -> None:
    end = (start + length) % 1440
    clock = f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
    hours = parse_hours({DAYS[day]: clock}, "UTC")
    monday = utc("2026-11-23T00:00")
    inside = (probe - day * 1440 - start) % (7 * 1440) < length
    assert is_open(hours, monday + timedelta(minutes=probe)) == inside
