"""Which country a user says to be in, and which one a locale or a time zone points to. Never a silent guess."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from holdfast.content.reading import DATA, read

#: Ways to say where one is now. What stands here beats "from", because many people live elsewhere than they are from.
_HERE = (
    r"i(?:'m|m| am)(?: (?:currently|now|here|still|actually|living|located|based|staying|visiting|over))* in",
    r"we(?:'re|re| are)(?: (?:currently|now|living|based))* in",
    r"(?:i|we)(?: (?:currently|now|actually))? (?:live|reside|stay)(?: (?:now|here))? in",
    r"i(?:'m|m| am)? (?:calling|writing|texting|messaging|chatting) (?:you )?from",
    r"(?:i|we)(?: have|'ve)? (?:just )?moved to",
    r"my country is",
    r"(?:ahora )?(?:estoy|estamos)(?: (?:ahora|aqui|actualmente|viviendo))* en",
    r"(?:vivo|vivimos|resido)(?: (?:ahora|aqui|actualmente))* en",
    r"me encuentro(?: ahora)? en",
    r"(?:escribo|llamo|hablo|(?:estoy )?escribiendo|llamando)(?: \w+)? (?:desde|de)",
    r"mi pais es",
)
_FROM = (r"i(?:'m|m| am) from", r"i come from", r"soy del?", r"somos del?", r"vengo de")
_LINES = (
    r"(?:number|numbers|line|lines|hotline|hotlines|helpline|helplines|help) (?:for|in)",
    r"(?:numeros?|lineas?|telefonos?|ayuda) (?:de|en|para)",
)
_LIVES = re.compile(r"\b(?:live|living|reside|vivo|viviendo|resido) (?:\w+ )?(?:in|en)\b")
#: Words before a statement that make it a wish, a memory or a plan.
_UNREAL = re.compile(
    r"\b(?:if|when|whenever|until|once|before|after|wish|dream|dreamt|imagine|si|cuando|ojala|hasta|sueno)\b[^.,!?;]{0,12}$"
)
#: Words after it that make it a plan.
_LATER = re.compile(r" (?:next|tomorrow|soon|until|manana|la proxima|el proximo)\b")
_FILLER = r"(?:the |la |el |los |las |northern |southern |eastern |western |rural |central )*?"
_POLITE = r"(?:(?:in|from|en|desde|de|soy de|it'?s|es|the|el|la|hi|hola|yes|si|no|now|ok)[ ,]+)*"


@dataclass(frozen=True)
class _Places:
    names: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, str]
    adjectives: Mapping[str, str]
    never: frozenset[str]
    never_alone: frozenset[str]
    states: re.Pattern[str]
    statement: re.Pattern[str]
    origin: re.Pattern[str]
    lines: re.Pattern[str]
    adjective: tuple[re.Pattern[str], ...]
    alone: re.Pattern[str]


def country_named_in(text: str) -> str | None:
    """The ISO code of the country that the text says the writer is in, else None.

    Only a statement of place counts ("I live in Canada", "soy de México", "numbers for Ireland") or a country's name as
    the whole message. Names that are more often something else (Georgia) are left alone; so are wishes and memories.
    """
    places = _places()
    plain = _plain(text[:2000])
    for pattern in (places.statement, places.lines):
        found = _first(pattern, plain, places)
        if found:
            return found
    if not _LIVES.search(plain) and (found := _first(places.origin, plain, places)):
        return found
    for pattern in places.adjective:
        if match := pattern.search(plain):
            return places.adjectives[match.group("name")]
    alone = places.alone.fullmatch(plain.strip(" .!?¿¡,"))
    if alone and alone.group("name") not in places.never_alone:
        return _code(alone.group("name"), places)
    return None


def country_name(code: str | None, language: str) -> str | None:
    """The country's name as it stands after "in", or None when the code is unknown."""
    names = _places().names.get((code or "").upper())
    return names.get(language, names["en"]) if names else None


def country_of_locale(locale: str | None) -> str | None:
    """The ISO code in a locale such as ``en-GB`` or ``es_MX.UTF-8``, else None."""
    parts = re.split(r"[-_.@]", locale or "")
    code = next((part.upper() for part in parts[1:] if re.fullmatch(r"[A-Za-z]{2}", part)), None)
    return code if code in _places().names else None


def country_of_timezone(timezone: str | None) -> str | None:
    """The ISO code of a time zone such as ``Europe/Dublin``, else None. Reads zone.tab where the machine has it."""
    return _zones().get(timezone or "")


def _first(pattern: re.Pattern[str], plain: str, places: _Places) -> str | None:
    for match in pattern.finditer(plain):
        rest = plain[match.end("name") : match.end("name") + 40]
        if _UNREAL.search(plain[: match.start()]) or places.states.match(rest) or _LATER.match(rest):
            continue
        if (
            match.group("name") == "us"
            and pattern is places.lines
            and not plain[: match.start("name")].endswith("the ")
        ):
            continue  # "is there any help for us"
        code = _code(match.group("name"), places)
        if code:
            return code
    return None


def _code(name: str, places: _Places) -> str | None:
    return None if name in places.never else places.codes.get(name)


def _plain(text: str) -> str:
    """Lower case, no accents, plain apostrophes, single spaces; commas kept."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"\s+", " ", bare.replace("’", "'").replace("‘", "'").replace("ʼ", "'")).strip()


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1)
def _places() -> _Places:
    raw: Mapping[str, Any] = read(DATA / "places.yml", "places.schema.json")
    codes: dict[str, str] = {}
    for code, names in raw["names"].items():
        for name in names.values():
            codes[_without_article(name)] = code
    for code, aliases in raw["aliases"].items():
        for alias in aliases:
            codes[_without_article(alias)] = code
    never = frozenset(map(_plain, raw["never"]))
    adjectives = {_plain(word): code for code, words in raw["adjectives"].items() for word in words}
    name = f"(?P<name>{_any_of({*codes, *never})})(?![\\w'-])"
    beyond = r"(?:[a-z .'-]{2,40}, ?)?"
    kinds = r"(?:crisis |suicide |help |de )*(?:numbers?|lines?|hotlines?|helplines?|numeros?|lineas?)"
    nouns = r"(?:numeros?|lineas?|telefonos?)"
    adjective = f"(?P<name>{_any_of(adjectives)})"
    return _Places(
        names=raw["names"],
        codes=codes,
        adjectives=adjectives,
        never=never,
        never_alone=frozenset(map(_plain, raw["never_alone"])),
        states=re.compile(rf",? (?:{_any_of(map(_plain, raw['us_states']))})\b"),
        statement=re.compile(rf"\b(?:{'|'.join(_HERE)}) {beyond}{_FILLER}{name}"),
        origin=re.compile(rf"\b(?:{'|'.join(_FROM)}) {beyond}{_FILLER}{name}"),
        lines=re.compile(rf"\b(?:{'|'.join(_LINES)}) {_FILLER}{name}"),
        adjective=(re.compile(rf"\b{adjective} {kinds}\b"), re.compile(rf"\b{nouns} {adjective}\b")),
        alone=re.compile(rf"{_POLITE}{_FILLER}{name}(?:[ ,]+(?:please|por favor|now|thanks|gracias))*"),
    )


def _without_article(name: str) -> str:
    return re.sub(r"^(?:the|los|las|el|la) (?!salvador)", "", _plain(re.sub(r" \(.*\)", "", name)))


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, str]:
    zones = dict(_FEW_ZONES)
    for line in _zone_table().splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones[zone] = code
    return zones


def _zone_table() -> str:
    for folder in zoneinfo.TZPATH:
        file = Path(folder) / "zone.tab"
        if file.is_file():
            return file.read_text(encoding="utf-8")
    try:
        return (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return ""


#: Old names that browsers still report, and the most common zones for machines without zone.tab.
_FEW_ZONES = {
    "US/Eastern": "US", "US/Central": "US", "US/Mountain": "US", "US/Pacific": "US", "US/Alaska": "US",
    "US/Hawaii": "US",
    "America/New_York": "US", "America/Chicago": "US", "America/Denver": "US", "America/Los_Angeles": "US",
    "America/Phoenix": "US", "America/Anchorage": "US", "Pacific/Honolulu": "US", "America/Puerto_Rico": "PR",
    "Canada/Eastern": "CA", "Canada/Central": "CA", "Canada/Mountain": "CA", "Canada/Pacific": "CA",
    "Canada/Atlantic": "CA",
    "America/Toronto": "CA", "America/Montreal": "CA", "America/Winnipeg": "CA", "America/Edmonton": "CA",
    "America/Vancouver": "CA", "America/Halifax": "CA", "America/Mexico_City": "MX", "America/Tijuana": "MX",
    "America/Bogota": "CO", "America/Lima": "PE", "America/Santiago": "CL", "America/Buenos_Aires": "AR",
    "America/Argentina/Buenos_Aires": "AR", "America/Sao_Paulo": "BR", "Europe/London": "GB", "Europe/Dublin": "IE",
    "Europe/Paris": "FR", "Europe/Berlin": "DE", "Europe/Madrid": "ES", "Europe/Rome": "IT", "Europe/Lisbon": "PT",
    "Europe/Vienna": "AT", "Europe/Zurich": "CH", "Europe/Brussels": "BE", "Europe/Amsterdam": "NL",
    "Europe/Kiev": "UA", "Europe/Kyiv": "UA", "Asia/Calcutta": "IN", "Asia/Kolkata": "IN", "Asia/Katmandu": "NP",
    "Asia/Saigon": "VN", "Asia/Rangoon": "MM", "Asia/Tokyo": "JP", "Asia/Singapore": "SG", "Asia/Hong_Kong": "HK",
    "Australia/Sydney": "AU", "Australia/Melbourne": "AU", "Australia/Brisbane": "AU", "Australia/Perth": "AU",
    "Australia/Adelaide": "AU", "Australia/Canberra": "AU", "Pacific/Auckland": "NZ", "Africa/Johannesburg": "ZA",
}  # fmt: skip
