"""Who is on call, from `clinic.yml`: people in order with hours and a target, and the steps of each level. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from holdfast.clinic import DAYS, Clinic, Target, Week, within

#: Minutes after the alarm at which each step is due. For what pages the last gap repeats until somebody takes the case.
STEPS: Mapping[str, tuple[float, ...]] = {
    "emergency": (0, 2, 5, 10),
    "crisis": (0, 5, 10, 20),
    "concern": (0,),
    "request": (0,),
    "callback": (0,),
}


@dataclass(frozen=True)
class OnCall:
    """One person of the rota. Empty ``hours`` mean always; times of day are in ``timezone``."""

    target: Target
    timezone: ZoneInfo
    hours: Week = field(default_factory=dict)

    def on_duty(self, now: datetime) -> bool:
        """Whether the person has agreed to be alerted at ``now`` (aware)."""
        return not self.hours or within(self.hours, now.astimezone(self.timezone))


@dataclass(frozen=True)
class Rota:
    """People in the order in which they are alerted; ``everyone`` is `notify.targets`, alerted last or alone."""

    people: tuple[OnCall, ...]
    everyone: tuple[Target, ...]
    steps: Mapping[str, tuple[float, ...]]

    def on_duty(self, now: datetime) -> tuple[str, ...]:
        """Names of the people who are on duty at ``now``."""
        return tuple(each.target.name for each in self.people if each.on_duty(now))

    def targets(self, step: int, now: datetime) -> tuple[Target, ...]:
        """Whom step ``step`` alerts at ``now``: the first person on duty, the next one, in the end everybody."""
        chain = [each.target for each in self.people if each.on_duty(now)]
        if step < len(chain):
            return (chain[step],)
        return tuple({target.name: target for target in (*chain, *self.everyone)}.values())

    def find(self, name: str) -> Target | None:
        """The target with that name, None when `clinic.yml` no longer has it."""
        known = (*(each.target for each in self.people), *self.everyone)
        return next((target for target in known if target.name == name), None)


def read_rota(raw: Mapping[str, Any], clinic: Clinic) -> tuple[Rota, tuple[str, ...]]:
    """The rota in a parsed `clinic.yml`, and what is wrong with it. A bad entry costs that entry only."""
    people, problems = [], []
    for place, entry in enumerate(raw.get("on_call") or ()):
        try:
            zone = ZoneInfo(entry["timezone"]) if entry.get("timezone") else clinic.timezone
            target = Target(str(entry["name"]), str(entry["target"]), bool(entry.get("reaches_people", True)))
            people.append(OnCall(target, zone, week_of(entry.get("hours") or {})))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(f"clinic.yml: on_call.{place}: {error}. Write name, target and hours.")
    steps = dict(STEPS)
    for key, minutes in (raw.get("alert_steps") or {}).items():
        if key not in STEPS or not _rising(minutes):
            problems.append(
                f"clinic.yml: alert_steps.{key}: write rising minutes such as [0, 2, 5]; the default stands."
            )
            continue
        steps[key] = tuple(float(each) for each in minutes)
    return Rota(tuple(people), clinic.targets, steps), tuple(problems)


def week_of(raw: Mapping[str, str | Sequence[str]]) -> Week:
    """Hours as `clinic.yml` writes them: ``mon: 09:00-17:00`` or a list of spans. Raises ValueError."""
    week = {}
    for day, spans in raw.items():
        if day not in DAYS:
            raise ValueError(f"hours: {day!r} is no day; use {', '.join(DAYS)}")
        week[day] = tuple(_span(span) for span in ([spans] if isinstance(spans, str) else spans))
    return week


def _span(text: str) -> tuple[int, int]:
    start, end = (_minute(part) for part in text.split("-"))
    return start, end if end > start else end + 24 * 60


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if not (0 <= hour <= 24 and 0 <= minute < 60):
        raise ValueError(f"hours: {text!r} is no time of day")
    return hour * 60 + minute


def _rising(minutes: Any) -> bool:
    numbers = isinstance(minutes, list) and all(isinstance(m, int | float) and m >= 0 for m in minutes)
    return numbers and minutes == sorted(minutes)
