"""The clinic's settings: reads `clinic.yml`, checks it, and says what is wrong in the words of the file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema
import yaml

from holdfast.paths import clinic_file
from holdfast.quick_yaml import safe_load

_SCHEMA = json.loads(Path(__file__).with_name("clinic.schema.json").read_text(encoding="utf-8"))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: What the clinic may tell about itself under ``about``; the answers use it as ``{about_<key>}``.
ABOUT = (
    "booking", "cancellation", "insurance", "referral", "waiting", "directions", "parking", "bring", "eating",
    "therapy", "team", "records", "complaints", "jobs",
)  # fmt: skip
#: Opening spans of a week: for each day pairs of minutes after midnight, the end possibly past 24 * 60.
Week = Mapping[str, tuple[tuple[int, int], ...]]

#: The same thing said in several languages, by the language's code.
Words = Mapping[str, str]


class ClinicError(Exception):
    """`clinic.yml` cannot be used. The message names the file, the key and the remedy."""


@dataclass(frozen=True)
class Target:
    """Whom an alert goes to: an Apprise address or ``log:FILE``. Only one that reaches people counts as notified."""

    name: str
    url: str
    reaches_people: bool


@dataclass(frozen=True)
class OnCall:
    """One person of the on-call rota. Without ``hours`` always; times of day are in ``timezone``."""

    target: Target
    timezone: ZoneInfo
    hours: Week

    def on_duty(self, now: datetime) -> bool:
        """Whether the person has agreed to be alerted at ``now`` (aware)."""
        return not self.hours or within(self.hours, now.astimezone(self.timezone))


@dataclass(frozen=True)
class ChatFacts:
    """What the clinic tells of this chat. ``readers`` and ``policy`` are a sentence by language, empty when untold.

    ``staff_call``: whether its staff may call emergency services for somebody; None when it has not said.
    """

    readers: Mapping[str, str] = field(default_factory=dict)
    staff_call: bool | None = None
    policy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Clinic:
    """What a clinic has configured. Times of day are local to ``timezone``; durations are in seconds or days.

    ``about`` holds what the clinic tells of itself: a sentence by language for each key of ABOUT that it has filled in.
    ``place`` and each of ``prices`` are words by language too; a price may be there in one language alone.
    """

    environment: str
    name: str
    place: Words
    country: str
    timezone: ZoneInfo
    phone: str
    on_call_phone: str
    languages: tuple[str, ...]
    hours: Week
    duty_hours: Week
    page_for_other: bool
    targets: tuple[Target, ...]
    last_resort_after: int
    prices: tuple[Words, ...]
    about: Mapping[str, Words]
    origins: tuple[str, ...]
    session_days: int
    retention_days: int
    on_call: tuple[OnCall, ...] = ()
    alert_steps: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    desk_enabled: bool = True
    desk_url: str | None = None
    staff_silent_after: int = 300
    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    chat: ChatFacts = field(default_factory=ChatFacts)

    @property
    def production(self) -> bool:
        """Whether unsigned information answers are withheld."""
        return self.environment == "production"

    @property
    def reaches_people(self) -> bool:
        """Whether anybody who is alerted is said to be a person (G4 depends on it)."""
        return any(target.reaches_people for target in (*self.targets, *(each.target for each in self._rota)))

    def on_duty(self, now: datetime) -> bool:
        """Whether somebody who can be reached has agreed to read alerts at ``now`` (aware), by rota or duty hours."""
        if any(each.target.reaches_people and each.on_duty(now) for each in self._rota):
            return True
        reached = any(target.reaches_people for target in self.targets)
        return reached and within(self.duty_hours, now.astimezone(self.timezone))

    @property
    def _rota(self) -> tuple[OnCall, ...]:
        """Only the desk works through the rota."""
        return self.on_call if self.desk_enabled else ()


def within(week: Week, local: datetime) -> bool:
    """Whether the local time lies in one of the week's spans; a span may run past midnight into the next day."""
    minute = local.hour * 60 + local.minute
    today, yesterday = DAYS[local.weekday()], DAYS[local.weekday() - 1]
    return any(start <= minute < end for start, end in week.get(today, ())) or any(
        minute < end - 24 * 60 for _, end in week.get(yesterday, ())
    )


def load_clinic(file: Path | None = None) -> Clinic:
    """The settings in ``file`` (default: the installation's `clinic.yml`). Raises ClinicError."""
    file = file or clinic_file()
    try:
        raw = safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ClinicError(f"{file}: not found. Restore it (git checkout clinic.yml) or set HOLDFAST_CLINIC.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ClinicError(f"{file}: not readable as YAML: {error}. Correct that line.") from None
    problems = sorted(
        jsonschema.Draft7Validator(_SCHEMA).iter_errors(raw), key=lambda error: list(map(str, error.path))
    )
    if problems:
        raise ClinicError("\n".join(_explain(file, problem) for problem in problems))
    return _build(file, raw)


def _explain(file: Path, problem: Any) -> str:
    key = ".".join(str(part) for part in problem.absolute_path) or "(whole file)"
    wanted = problem.schema.get("description") if isinstance(problem.schema, dict) else None
    remedies = {
        "additionalProperties": "Remove the key or correct its spelling.",
        "required": "Add the key.",
        "enum": f"Use one of {', '.join(map(str, problem.validator_value))}." if problem.validator == "enum" else "",
        "pattern": f"It must look like {wanted or problem.validator_value}.",
        "oneOf": _choice(key),
        "type": f"It must be of type {problem.validator_value}.",
    }
    remedy = remedies.get(problem.validator, "See docs/configuration.md.")
    return f"{file}: {key}: {problem.message}. {remedy}"


def _choice(key: str) -> str:
    """The remedy where a key takes one of several shapes."""
    if key.startswith(("about.", "chat.")):
        return 'Write null, or a sentence that ends with a period for each language: {en: "...", es: "..."}.'
    if key.startswith("prices.") or key == "clinic.place":
        return 'Write a text, or one for each language: {en: "...", es: "..."}.'
    return "Write HH:MM-HH:MM, for example 09:00-17:00, or a list of such spans."


def _build(file: Path, raw: Mapping[str, Any]) -> Clinic:
    clinic, duty, notify = raw["clinic"], raw["duty"], raw["notify"]
    timezone = _timezone(file, "clinic.timezone", clinic["timezone"])
    web, retention, desk = raw.get("web") or {}, raw.get("retention") or {}, raw.get("desk") or {}
    languages = tuple(clinic.get("languages", ["en"]))
    return Clinic(
        environment=raw["environment"],
        name=clinic["name"],
        place=_place(file, clinic.get("place", ""), languages),
        country=clinic["country"],
        timezone=timezone,
        phone=clinic["phone"],
        on_call_phone=clinic.get("on_call_phone") or clinic["phone"],
        languages=languages,
        hours=_week(raw.get("hours") or {}),
        duty_hours=_week(duty["hours"]),
        page_for_other=duty.get("worried_about_other", "page") == "page",
        targets=tuple(Target(t["name"], t["url"], t.get("reaches_people", True)) for t in notify["targets"]),
        last_resort_after=notify.get("last_resort_after", 60),
        prices=_prices(file, raw.get("prices") or (), languages),
        about=_told(file, "about", raw.get("about") or {}, languages),
        origins=tuple(web.get("origins", ())),
        session_days=web.get("session_days", 30),
        retention_days=retention.get("days", 90),
        on_call=_on_call(file, raw, timezone),
        alert_steps=_alert_steps(file, raw.get("alert_steps") or {}),
        desk_enabled=desk.get("enabled", True),
        desk_url=desk.get("url"),
        staff_silent_after=desk.get("staff_silent_after", 300),
        chat=_chat(file, raw.get("chat") or {}, languages),
        channels={name: settings or {} for name, settings in (raw.get("channels") or {}).items()},
    )


def _chat(file: Path, raw: Mapping[str, Any], languages: tuple[str, ...]) -> ChatFacts:
    """What is told of the chat itself; a policy without a yes or no would leave open what it is about."""
    calls = raw.get("emergency_calls") or {}
    readers = _told(file, "chat", {"readers": raw.get("readers")}, languages).get("readers", {})
    policy = _told(file, "chat.emergency_calls", {"policy": calls.get("policy")}, languages).get("policy", {})
    return ChatFacts(readers, calls.get("by_staff"), policy)


def _told(
    file: Path, place: str, raw: Mapping[str, Mapping[str, str] | None], languages: tuple[str, ...]
) -> Mapping[str, Mapping[str, str]]:
    """What is filled in. A fact in one language alone would be known to half of the people only."""
    told = {key: {code: _tidy(text) for code, text in words.items()} for key, words in raw.items() if words}
    for key, words in told.items():
        _in_all(file, f"{place}.{key}", words, languages, f"set {place}.{key} to null")
    return told


def _place(file: Path, raw: str | Words, languages: tuple[str, ...]) -> Words:
    """An address is written alike in every language unless the clinic writes it for each."""
    if isinstance(raw, str):
        return dict.fromkeys(languages, _tidy(raw)) if raw.strip() else {}
    _in_all(file, "clinic.place", raw, languages, "write one text for all")
    return {code: _tidy(text) for code, text in raw.items()}


def _prices(file: Path, raw: Sequence[str | Words], languages: tuple[str, ...]) -> tuple[Words, ...]:
    """A text alone is in the clinic's first language."""
    prices: list[Words] = []
    for place, given in enumerate(raw):
        words = {languages[0]: given} if isinstance(given, str) else given
        if not isinstance(given, str):
            _in_all(file, f"prices.{place}", words, languages, f"write the text in {languages[0]} alone")
        prices.append({code: _tidy(text) for code, text in words.items()})
    return tuple(prices)


def _in_all(file: Path, key: str, words: Words, languages: tuple[str, ...], otherwise: str) -> None:
    """Raises ClinicError when the words are not there in each of the clinic's languages."""
    for missing in sorted(set(languages) - words.keys()):
        raise ClinicError(
            f"{file}: {key}.{missing}: is missing, and clinic.languages has {missing}. "
            f"Add the sentence in that language, or {otherwise}."
        )


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _timezone(file: Path, key: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ClinicError(f"{file}: {key}: {name!r} is no IANA time zone. Use one like America/Denver.") from None


def _on_call(file: Path, raw: Mapping[str, Any], timezone: ZoneInfo) -> tuple[OnCall, ...]:
    """The rota in its order. Names tell the desk's alerts apart, so each may stand once."""
    names = [target["name"] for target in raw["notify"]["targets"]]
    people = []
    for place, entry in enumerate(raw.get("on_call") or ()):
        key = f"on_call.{place}"
        if entry["name"] in names:
            raise ClinicError(f"{file}: {key}.name: {entry['name']!r} is there twice. Choose another name.")
        names.append(entry["name"])
        zone = _timezone(file, f"{key}.timezone", entry["timezone"]) if "timezone" in entry else timezone
        target = Target(entry["name"], entry["url"], entry.get("reaches_people", True))
        people.append(OnCall(target, zone, _week(entry.get("hours") or {})))
    return tuple(people)


def _alert_steps(file: Path, raw: Mapping[str, list[float]]) -> dict[str, tuple[float, ...]]:
    for key, minutes in raw.items():
        if minutes != sorted(set(minutes)):
            raise ClinicError(
                f"{file}: alert_steps.{key}: {minutes} does not rise. Write minutes after the alarm, such as [0, 2, 5]."
            )
    return {key: tuple(float(each) for each in minutes) for key, minutes in raw.items()}


def _week(raw: Mapping[str, str | list[str]]) -> Week:
    return {
        day: tuple(_span(span) for span in ([spans] if isinstance(spans, str) else spans)) for day, spans in raw.items()
    }


def _span(text: str) -> tuple[int, int]:
    start, end = (_minutes(part) for part in text.split("-"))
    return (start, end if end > start else end + 24 * 60)


def _minutes(text: str) -> int:
    if text == "24:00":
        return 24 * 60
    clock = time.fromisoformat(text)
    return clock.hour * 60 + clock.minute
