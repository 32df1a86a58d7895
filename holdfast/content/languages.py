"""Languages that the assistant does not speak: the words of their static card, and by which words they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from holdfast.content.errors import ContentError
from holdfast.content.reading import DATA, read, short_name
from holdfast.content.wording import Deck, placeholders

#: What reads the same in every language.
SHARED = {
    "label.keyword": "{keyword} → {number}",
    "label.whatsapp": "WhatsApp {number}",
    "label.chat_exists": "Chat.",
    "hours.daily": "{from}–{to}",
    "hours.days": "{days} {from}–{to}",
    "hours.zone": "{hours} ({city})",
    "days.to": "{first}–{last}",
    "label.ways": "{first}, {last}",
}
#: Every text that a static card may need, with the facts that it names.
NEEDED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        key: frozenset(facts.split())
        for key, facts in {
            "title": "", "lead.self": "", "lead.self.emergency": "emergency", "lead.other": "",
            "lead.other.emergency": "emergency", "intro": "", "safety.self": "", "safety.other": "", "overdose": "",
            "support": "", "automated": "", "g4.recorded": "", "g4.notified": "", "g4.claimed": "staff_name",
            "g4.claimed.unnamed": "", "g4.nobody": "", "emergency.unknown": "", "directory": "", "unsupported": "",
            "noted": "", "label.emergency": "", "label.call": "number", "label.text": "number",
            "label.chat": "number", "hours.always": "", "hours.unknown": "", "hours.closed": "hours", "days": "",
            "button.talk": "", "button.leave": "", "button.country": "", "button.more": "",
        }.items()
    }
)  # fmt: skip


@dataclass(frozen=True)
class OtherLanguage:
    """One language. ``name`` is its own name for itself; ``direction`` is ``ltr`` or ``rtl``."""

    code: str
    name: str
    direction: str
    words: frozenset[str]
    deck: Deck


@lru_cache(maxsize=2)
def other_languages(folder: Path | None = None) -> Mapping[str, OtherLanguage]:
    """All of them by code. Read once a process. Raises ContentError with file, key and remedy."""
    files = sorted(((folder or DATA) / "languages").glob("*.yml"))
    return MappingProxyType({language.code: language for language in map(_language, files)})


def _language(file: Path) -> OtherLanguage:
    raw = read(file, "languages.schema.json")
    name = short_name(file)
    if raw["language"] != file.stem:
        raise ContentError(name, "language", f"is {raw['language']}.", f"Write {file.stem}, or rename the file.")
    entries = {**SHARED, **raw["entries"]}
    for key in sorted(NEEDED.keys() | raw["entries"].keys()):
        if key not in NEEDED or key not in entries:
            raise ContentError(name, f"entries.{key}", "is not in every language.", "Add it, or correct the key.")
        if placeholders(entries[key]) != NEEDED[key]:
            wanted = ", ".join(sorted(NEEDED[key])) or "none"
            raise ContentError(name, f"entries.{key}", "has other placeholders.", f"Use these: {wanted}.")
    if len(entries["days"].split()) != 7:
        raise ContentError(name, "entries.days", "has not seven days.", "Write Monday to Sunday, divided by spaces.")
    cited = dict.fromkeys(entries, tuple(raw["source"]))
    deck = Deck(raw["language"], MappingProxyType(entries), MappingProxyType(cited), raw["updated"], name)
    return OtherLanguage(raw["language"], raw["name"], raw["direction"], frozenset(raw["words"].split()), deck)
