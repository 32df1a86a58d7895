"""The directory: emergency numbers and crisis lines of every country, with what of them may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from holdfast.content.errors import ContentError
from holdfast.content.hours import Hours, parse_hours
from holdfast.content.reading import DATA, read, short_name

Both = Mapping[str, str]
#: Kinds of lines for everybody in a crisis; the other kinds come when the situation asks for them.
GENERAL = frozenset({"suicide-crisis", "crisis", "text-crisis", "chat"})


@dataclass(frozen=True)
class Number:
    """An emergency number.

    ``purpose`` is ``emergency``, ``police``, ``ambulance``, ``general``, ``deaf``, ``doctor`` or ``regional``.
    """

    display: str
    tel: str
    purpose: str = "emergency"


@dataclass(frozen=True)
class Line:
    """A crisis line as collected. The ``shown_*`` members give only what was read in the source; show nothing else."""

    id: str
    name: str
    kind: str
    primary: bool
    serves: str
    variant_of: str | None
    audience: Both | None
    helps_relatives: bool
    phone: tuple[Both, str] | None
    text: tuple[str, str, str | None] | None
    chat_url: str | None
    whatsapp: str | None
    hours: Hours
    languages: tuple[str, ...]
    note: Both | None
    notes_for: Mapping[str, Both]
    verified: frozenset[str]
    confidence: str
    source: str
    source_date: str
    checked_on: str | None
    checked_by: str | None
    next_check: str | None

    @property
    def displayable(self) -> bool:
        """Whether the line may be shown at all: read in a source, and with at least one confirmed way to reach it."""
        return self.confidence == "read-in-source" and bool(self.shown_phone or self.shown_text or self.shown_chat)

    @property
    def shown_phone(self) -> tuple[Both, str] | None:
        """What to print in each language and the ``tel:`` address, when confirmed."""
        return self.phone if "phone" in self.verified else None

    @property
    def shown_text(self) -> tuple[str, str, str | None] | None:
        """Number, ``sms:`` address and keyword, each when confirmed."""
        if self.text is None or "text" not in self.verified:
            return None
        number, sms, keyword = self.text
        return number, sms, keyword if "keyword" in self.verified else None

    @property
    def shown_chat(self) -> str | None:
        """The address of the chat, when a chat is confirmed."""
        return self.chat_url if self.verified & {"chat", "chat_exists"} else None

    @property
    def shown_whatsapp(self) -> str | None:
        """The WhatsApp number, when confirmed."""
        return self.whatsapp if "whatsapp" in self.verified else None

    @property
    def for_all(self) -> bool:
        """Whether the line is meant for everybody in a crisis in this country."""
        return self.kind in GENERAL and self.serves == "everyone"


@dataclass(frozen=True)
class Country:
    """One country: its name as it stands after "in", its emergency number and its lines in the order of the file."""

    code: str
    name: Both
    emergency: Number
    also: tuple[Number, ...]
    beside_lines: bool
    emergency_confidence: str
    emergency_source: str
    lines: tuple[Line, ...]
    collected: str

    def number_for(self, purpose: str) -> Number | None:
        """A further emergency number of that purpose, if the country has one."""
        return next((number for number in self.also if number.purpose == purpose), None)


@dataclass(frozen=True)
class Directory:
    """All countries by ISO code."""

    countries: Mapping[str, Country]

    @classmethod
    def load(cls, folder: Path | None = None) -> Directory:
        """The directory in ``folder`` (default: the repository's). Read once a process. Raises ContentError."""
        return _load(folder or DATA / "lines")

    def country(self, code: str | None) -> Country | None:
        """The country with that ISO code, or None when it is unknown or not in the directory."""
        return self.countries.get(code.upper()) if code else None

    def has(self, code: str | None) -> bool:
        """Whether the directory has that country."""
        return self.country(code) is not None

    def name(self, code: str | None, language: str = "en") -> str:
        """The country's name as it stands after "in"; the code itself when it is unknown."""
        country = self.country(code)
        return country.name.get(language, country.name["en"]) if country else (code or "")

    def lines(self) -> Mapping[str, tuple[Country, Line]]:
        """Every line by its id."""
        return {line.id: (country, line) for country in self.countries.values() for line in country.lines}


@lru_cache(maxsize=4)
def _load(folder: Path) -> Directory:
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise ContentError(str(folder), "(folder)", "no country files.", "Restore the folder from version control.")
    raws = {file: read(file, "lines.schema.json") for file in files}
    hours = {line["id"]: line["hours"] for raw in raws.values() for line in raw["lines"]}
    countries: dict[str, Country] = {}
    seen: set[str] = set()
    for file, raw in raws.items():
        _check(file, raw, hours, seen)
        countries[raw["code"]] = _country(raw, hours)
    return Directory(MappingProxyType(countries))


def _check(file: Path, raw: Mapping[str, Any], hours: Mapping[str, Any], seen: set[str]) -> None:
    name = short_name(file)
    if file.stem != raw["code"]:
        raise ContentError(name, "code", f"is {raw['code']}.", "The file must be named after the code.")
    ids = {line["id"] for line in raw["lines"]}
    for line in raw["lines"]:
        where = f"lines.{line['id']}"
        if line["id"] in seen:
            raise ContentError(name, where, "this id exists already.", "Give every line an id of its own.")
        seen.add(line["id"])
        same_as = line["hours"].get("same_as")
        if same_as and "same_as" in hours.get(same_as, {"same_as": None}):
            raise ContentError(name, f"{where}.hours.same_as", f"{same_as} has no hours.", "Name a line with hours.")
        if line.get("variant_of") and line["variant_of"] not in ids:
            raise ContentError(name, f"{where}.variant_of", "no such line here.", "Name a line of the same country.")
        if "hours" not in line["verified"] and not same_as and "unknown" not in line["hours"]:
            raise ContentError(
                name,
                f"{where}.hours",
                "given but not verified.",
                "Add hours to verified, or write hours: {unknown: true}.",
            )
    if sum(bool(line.get("primary")) for line in raw["lines"]) > 1:
        raise ContentError(name, "lines", "more than one primary line.", "Mark one line as primary.")


def _country(raw: Mapping[str, Any], hours: Mapping[str, Any]) -> Country:
    emergency = raw["emergency"]
    return Country(
        code=raw["code"],
        name=raw["name"],
        emergency=Number(emergency["display"], emergency["tel"]),
        also=tuple(Number(also["display"], also["tel"], also["for"]) for also in emergency.get("also", ())),
        beside_lines=emergency.get("beside_lines", False),
        emergency_confidence=emergency["confidence"],
        emergency_source=emergency.get("source", ""),
        lines=tuple(_line(line, hours) for line in raw["lines"]),
        collected=raw["collected"],
    )


def _line(raw: Mapping[str, Any], hours: Mapping[str, Any]) -> Line:
    phone, text = raw.get("phone"), raw.get("text")
    return Line(
        id=raw["id"],
        name=raw["name"],
        kind=raw["kind"],
        primary=raw.get("primary", False),
        serves=raw["serves"],
        variant_of=raw.get("variant_of"),
        audience=raw.get("audience"),
        helps_relatives=raw.get("helps_relatives", False),
        phone=(_both(phone["display"]), phone["tel"]) if phone else None,
        text=(text["number"], text["sms"], text.get("keyword")) if text else None,
        chat_url=raw.get("chat_url"),
        whatsapp=raw.get("whatsapp"),
        hours=parse_hours(hours[raw["hours"]["same_as"]] if "same_as" in raw["hours"] else raw["hours"]),
        languages=tuple(raw["languages"]),
        note=raw.get("note"),
        notes_for=raw.get("notes_for", {}),
        verified=frozenset(raw["verified"]),
        confidence=raw["confidence"],
        source=raw["source"],
        source_date=raw["source_date"],
        checked_on=raw["checked_on"],
        checked_by=raw["checked_by"],
        next_check=raw["next_check"],
    )


def _both(display: str | Both) -> Both:
    return {"en": display, "es": display} if isinstance(display, str) else display
