"""Every text that the assistant may say: cards, replies and answers of all languages, loaded and checked together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from holdfast.clinic import ABOUT
from holdfast.content.answers import AnswerEntry, AnswerWords, answer_entry, render_answer
from holdfast.content.errors import ContentError
from holdfast.content.reading import DATA, read, short_name
from holdfast.content.types import Answer, Button, Reply
from holdfast.paths import signatures_file
from holdfast.signatures import Parts, Signatures, code_of

LANGUAGES = ("en", "es")
#: What a clinic tells under ``about``, each with a placeholder of its own; directions stand with the address.
TOLD = tuple(key for key in ABOUT if key != "directions")
#: Facts that a clinic may leave open in `clinic.yml`; they are empty then, and the answer says its ``text_unknown``.
OPTIONAL = frozenset({"clinic_place", "clinic_hours", *(f"about_{key}" for key in TOLD)})
#: What a text may leave open, and what the caller puts there. Nothing else may stand in braces.
PLACEHOLDERS = frozenset(
    {
        # filled by the room itself
        "country", "emergency", "name", "ways", "number", "keyword", "hours", "city", "from", "to", "days", "first",
        "last",
        # facts of the caller
        "lines", "crisis_hint", "country_name", "notice", "staff_name", "clinic_name", "clinic_phone", "on_call_phone",
        "prices", "chat_readers", "emergency_calls", "duty_now", "written_help", "sources", "languages",
        # details of a request for a call
        "callback_name", "callback_contact", "callback_time",
    }
    | OPTIONAL
)  # fmt: skip
_OPEN = re.compile(r"\{([a-z_]+)\}")


def placeholders(text: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(_OPEN.findall(text))


def fill(text: str, facts: Mapping[str, str], file: str, key: str) -> str:
    """The text with every placeholder filled. Raises ContentError when the caller did not hand over a fact."""
    missing = placeholders(text) - facts.keys()
    if missing:
        raise ContentError(
            file, key, f"needs {', '.join(sorted(missing))}.", "Hand these facts over when asking for it."
        )
    return _OPEN.sub(lambda match: str(facts[match.group(1)]), text)


def _with_label(button: Button, facts: Mapping[str, str]) -> Button:
    """The way to people says whether somebody is there to talk to (G4, SM-05): the fact ``staff_button``."""
    if button["payload"] != "/talk_to_person" or "staff_button" not in facts:
        return button
    return Button(label=facts["staff_button"], payload=button["payload"])


@dataclass(frozen=True)
class Deck:
    """The words of the cards in one language; ``source`` is their file, ``cards/<language>.yml`` when it is empty."""

    language: str
    entries: Mapping[str, str]
    sources: Mapping[str, tuple[str, ...]]
    updated: str
    source: str = ""

    def say(self, key: str, **facts: str) -> str:
        """The text of ``key`` with its facts. Raises ContentError when there is no such key or a fact is missing."""
        file = self.source or f"cards/{self.language}.yml"
        if key not in self.entries:
            raise ContentError(file, f"entries.{key}", "is missing.", "Add it with text and source.")
        return fill(self.entries[key], facts, file, key)

    def truth(self, notice: str, staff_name: str | None) -> str:
        """The sentence of G4 about people: ``recorded``, ``notified``, ``claimed`` or ``nobody``."""
        key = "g4.claimed.unnamed" if notice == "claimed" and not staff_name else f"g4.{notice}"
        return self.say(key, staff_name=staff_name or "")


@dataclass(frozen=True)
class ReplyEntry:
    """One reply as it stands in the file."""

    name: str
    text: str
    buttons: tuple[Button, ...]
    tags: tuple[str, ...]
    source: tuple[str, ...]
    updated: str

    @property
    def after_risk(self) -> str:
        """``keep`` or ``replace`` (G5)."""
        return next(tag.partition(":")[2] for tag in self.tags if tag.startswith("after_risk:"))

    def signed_parts(self) -> Parts:
        """What a signature covers: the words, the buttons' labels, and whether they may be said after a risk."""
        labels = ((f"button {place}", button["label"]) for place, button in enumerate(self.buttons, 1))
        return (("text", self.text), *labels, ("after_risk", self.after_risk))


@dataclass(frozen=True)
class Wording:
    """All texts, and who has signed them. ``decks`` and ``replies`` by language, ``answers`` by topic, ``sources`` by
    key.
    """

    decks: Mapping[str, Deck]
    replies: Mapping[str, Mapping[str, ReplyEntry]]
    answers: Mapping[str, AnswerEntry]
    sources: Mapping[str, Mapping[str, str]]
    signatures: Signatures

    @classmethod
    def load(cls, folder: Path | None = None, signatures: Path | None = None) -> Wording:
        """The texts in ``folder`` and the file of signatures (default: the installation's). Read once a process.

        Raises ContentError.
        """
        return _load(folder or DATA, signatures or signatures_file())

    def deck(self, language: str) -> Deck:
        """The card words of a language, English when there are none."""
        return self.decks.get(language, self.decks["en"])

    def notice(self, notice: str, language: str, staff_name: str | None = None) -> str:
        """The truthful sentence about people (G4) for a ``notice`` state; nothing is added to it."""
        return self.deck(language).truth(notice, staff_name)

    def reply(self, name: str, language: str, /, **facts: str) -> Reply:
        """The reply of that name. Raises ContentError when there is none or a fact is missing."""
        language = language if language in self.replies else "en"
        file = f"replies/{language}.yml"
        entry = self.replies[language].get(name)
        if entry is None:
            raise ContentError(file, name, "no such reply.", "Add it in every language, or correct the name.")
        buttons = [_with_label(button, facts) for button in entry.buttons]
        return Reply(entry.name, fill(entry.text, facts, file, name), tuple(buttons), entry.tags)

    def answer(self, topic: str, language: str, /, *, production: bool = False, **facts: str) -> Answer:
        """The answer to an ``ask_<topic>`` intent.

        In production an answer is withheld whose words nobody has signed, or not as they are now: its text is the reply
        ``withheld``. Raises ContentError when there is no such topic or a fact is missing.
        """
        language = language if language in self.replies else "en"
        entry = self._entry(topic)
        signed_by = self._signed_by(entry, language)
        stand_in = self.reply("withheld", language) if production and signed_by is None else None
        file = f"answers/{topic}.yml"
        return render_answer(
            entry,
            language,
            lambda text, key: fill(text, facts, file, f"languages.{language}.{key}"),
            stand_in,
            told=lambda text: all(facts.get(name) != "" for name in placeholders(text) & OPTIONAL),
            signed_by=signed_by,
        )

    def title(self, topic: str, language: str, /) -> str:
        """The question that an answer answers, as people would ask it. Raises ContentError for an unknown topic."""
        entry = self._entry(topic)
        return entry.languages.get(language, entry.languages["en"]).title

    def sources_of(self, topic: str, language: str, /, *, production: bool = False) -> tuple[str, ...]:
        """Titles of what the answer was written from; none for one that is withheld. Raises ContentError."""
        entry = self._entry(topic)
        withheld = production and self._signed_by(entry, language) is None
        return () if withheld else tuple(self.sources[key]["title"] for key in entry.sources)

    def _signed_by(self, entry: AnswerEntry, language: str) -> str | None:
        """Who stands behind the answer as it reads now."""
        state = self.signatures.state(f"answers/{entry.topic}/{language}", code_of(entry.signed_parts(language)))
        return state.signature.by if state.kind == "signed" and state.signature else None

    def _entry(self, topic: str) -> AnswerEntry:
        entry = self.answers.get(topic)
        if entry is None:
            raise ContentError(f"answers/{topic}.yml", "topic", "no such answer.", "Add the file, or correct the name.")
        return entry


@lru_cache(maxsize=4)
def _load(folder: Path, signatures: Path) -> Wording:
    decks = {language: _deck(folder / "cards" / f"{language}.yml") for language in LANGUAGES}
    replies = {language: _replies(folder / "replies" / f"{language}.yml") for language in LANGUAGES}
    sources = read(folder / "sources.yml", "sources.schema.json")["sources"]
    answers: dict[str, AnswerEntry] = {}
    for file in sorted((folder / "answers").glob("ask_*.yml")):
        entry = answer_entry(file)
        answers[entry.topic] = entry
    wording = Wording(
        MappingProxyType(decks),
        MappingProxyType(replies),
        MappingProxyType(answers),
        sources,
        Signatures.load(signatures),
    )
    _check(wording)
    return wording


def _deck(file: Path) -> Deck:
    raw = read(file, "cards.schema.json")
    entries = {key: entry["text"] for key, entry in raw["entries"].items()}
    for key, text in entries.items():
        _declared(short_name(file), f"entries.{key}", [text])
    cited = {key: tuple(entry["source"]) for key, entry in raw["entries"].items()}
    return Deck(raw["language"], MappingProxyType(entries), MappingProxyType(cited), raw["updated"])


def _replies(file: Path) -> Mapping[str, ReplyEntry]:
    raw = read(file, "replies.schema.json")
    entries: dict[str, ReplyEntry] = {}
    for item in raw["replies"]:
        name = item["name"]
        if name in entries:
            raise ContentError(short_name(file), name, "stands there twice.", "Remove one.")
        _declared(short_name(file), name, [item["text"]])
        buttons = tuple(Button(label=button["label"], payload=button["payload"]) for button in item["buttons"])
        entries[name] = ReplyEntry(
            name,
            item["text"],
            buttons,
            tuple(item["tags"]),
            tuple(item["source"]),
            item["updated"],
        )
    return MappingProxyType(entries)


def _declared(file: str, key: str, texts: Iterable[str]) -> None:
    for text in texts:
        unknown = placeholders(text) - PLACEHOLDERS
        if unknown or len(_OPEN.findall(text)) != text.count("{"):
            names = ", ".join(sorted(unknown)) or "something that is no name"
            allowed = ", ".join(sorted(PLACEHOLDERS))
            raise ContentError(file, key, f"has {names} in braces.", f"Use only: {allowed}.")


def _check(wording: Wording) -> None:
    first, *others = LANGUAGES
    for language in others:
        _same(f"cards/{language}.yml", wording.decks[first].entries, wording.decks[language].entries)
        _same(f"replies/{language}.yml", _texts(wording.replies[first]), _texts(wording.replies[language]))
        for name, entry in wording.replies[language].items():
            model = wording.replies[first][name]
            if [b["payload"] for b in entry.buttons] != [
                b["payload"] for b in model.buttons
            ] or entry.tags != model.tags:
                problem = f"its buttons or tags differ from those in {first}."
                raise ContentError(f"replies/{language}.yml", name, problem, "Give both the same payloads and tags.")
    for topic, answer in wording.answers.items():
        file = f"answers/{topic}.yml"
        for language, words in answer.languages.items():
            _declared(file, f"languages.{language}", words.parts.values())
            _same_parts(file, f"languages.{language}", answer.languages[first].parts, words.parts)
            _unknown_is_said(file, f"languages.{language}", words)
        for key in answer.sources:
            if key not in wording.sources:
                raise ContentError(
                    file, "sources", f"{key} is not in sources.yml.", "Add it there, or correct the key."
                )


def _same_parts(file: str, key: str, model: Mapping[str, str], parts: Mapping[str, str]) -> None:
    if parts.keys() != model.keys():
        names = ", ".join(sorted(parts.keys() ^ model.keys()))
        raise ContentError(file, key, f"{names} is not in every language.", "Add it where it is missing.")
    if any(placeholders(text) != placeholders(model[part]) for part, text in parts.items()):
        raise ContentError(file, key, "has other placeholders than en.", "Use the same in every language.")


def _unknown_is_said(file: str, key: str, words: AnswerWords) -> None:
    """A fact that the clinic may leave open stands in ``text`` only, and ``text_unknown`` is there to do without it."""
    if (words.text_unknown is not None) != bool(placeholders(words.text) & OPTIONAL):
        problem = "text and text_unknown do not fit: text_unknown is for facts of the clinic that may be missing."
        raise ContentError(file, key, problem, "Add text_unknown when text holds such a fact, else remove it.")
    for part, text in words.parts.items():
        if part != "text" and placeholders(text) & OPTIONAL:
            names = ", ".join(sorted(placeholders(text) & OPTIONAL))
            raise ContentError(file, f"{key}.{part}", f"holds {names}.", "A fact that may be missing belongs in text.")


def _texts(replies: Mapping[str, ReplyEntry]) -> dict[str, str]:
    return {name: entry.text for name, entry in replies.items()}


def _same(file: str, model: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    for key in [*model, *other]:
        if key not in other or key not in model:
            raise ContentError(file, key, "is not in every language.", "Add it in the language where it is missing.")
        if placeholders(model[key]) != placeholders(other[key]):
            raise ContentError(file, key, "has other placeholders than en.", "Use the same in every language.")
