"""What people say while they give details for a call: yes, no, back, a correction. Words from `form_words.yml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from holdfast.content.reading import DATA, read

FIELDS = ("name", "contact", "time")
_MARKS = re.compile(r"[^a-z0-9 ]+")


def plain(text: str) -> str:
    """Lower case without accents, apostrophes and other marks, single spaces: "No, it's mal" becomes "no its mal"."""
    folded = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(char for char in folded if not unicodedata.combining(char) and char not in "'\u2019\u02bc`")
    return " ".join(_MARKS.sub(" ", letters).split())


@dataclass(frozen=True)
class FormWords:
    """The lists, ready to be matched against `plain` text."""

    whole: Mapping[str, frozenset[str]]
    fields: Mapping[str, re.Pattern[str]]
    fillers: re.Pattern[str]
    withdraw: re.Pattern[str]
    wrong: re.Pattern[str]
    names: frozenset[str]
    maybe_names: frozenset[str]
    asks: re.Pattern[str]
    times: re.Pattern[str]
    not_names: frozenset[str]
    greetings: frozenset[str]
    cancels: re.Pattern[str]
    not_asks: re.Pattern[str]
    when_called: re.Pattern[str]

    @classmethod
    def load(cls, folder: Path | None = None) -> FormWords:
        """The words in ``folder`` (default: the repository's). Read once a process. Raises ContentError."""
        return _load(folder or DATA)

    def says(self, kind: str, text: str) -> bool:
        """Whether the whole message is one of ``yes``, ``no``, ``back``, ``cancel``, be it with a please or a sorry."""
        said = plain(text)
        return said in self.whole[kind] or self._bare(said) in self.whole[kind]

    def cancels_all(self, text: str) -> bool:
        """Whether the message is nothing but words of cancelling, several of them too: "no, forget it, cancel"."""
        said = plain(text)
        rest, found = self.cancels.subn(" ", said)
        rest = self._bare(rest)
        return self.says("cancel", text) or bool(found and all(word in self.whole["no"] for word in rest.split()))

    def asks_when(self, text: str) -> bool:
        """Whether the message asks when the call will come."""
        return bool(self.when_called.search(plain(text)))

    def withdraws(self, text: str) -> bool:
        """Whether the message ends in words such as "do not call me" ("do not call me before 9" does not)."""
        return bool(self.withdraw.search(plain(text)))

    def corrects(self, text: str) -> str | None:
        """The field that a short message calls wrong or wants to change; None when it asks or says something else."""
        said = plain(text)
        if len(said.split()) > 10 or self.is_question(text) or not self.wrong.search(said):
            return None
        return next((field for field in FIELDS if self.fields[field].search(said)), None)

    def is_question(self, text: str) -> bool:
        """Whether the message has a question mark or begins like a question."""
        said = self._bare(plain(text))
        return "?" in text or bool(self.asks.match(said) and not self.not_asks.match(said))

    def tells_time(self, text: str) -> bool:
        """Whether the message has a word of time or a number in it."""
        said = plain(text)
        return bool(self.times.search(said)) or bool(re.search(r"\d", said))

    def is_filler(self, word: str) -> bool:
        """Whether the word is one of politeness or hesitation."""
        return bool(self.fillers.fullmatch(plain(word)))

    def is_polite(self, text: str) -> bool:
        """Whether the message holds nothing but greeting, thanks or hesitation."""
        said = plain(text)
        return said in self.greetings or not self._bare(said)

    def names_field(self, text: str) -> str | None:
        """The field that a short message names, such as "the number"; None when there is none."""
        said = plain(text)
        short = len(said.split()) <= 6
        return next((field for field in FIELDS if short and self.fields[field].search(said)), None)

    def _bare(self, said: str) -> str:
        bare = self.fillers.sub(" ", said)
        return " ".join(bare.split())


@lru_cache(maxsize=2)
def _load(folder: Path) -> FormWords:
    raw = read(folder / "form_words.yml", "form_words.schema.json")
    tails = _any(raw["tails"])
    return FormWords(
        whole={kind: frozenset(raw[kind]) for kind in ("yes", "no", "back", "cancel")},
        fields={field: re.compile(rf"\b{_any(raw['fields'][field])}\b") for field in FIELDS},
        fillers=re.compile(rf"\b{_any(raw['fillers'])}\b"),
        withdraw=re.compile(rf"\b{_any(raw['withdraw'])}(?: {tails})*$"),
        wrong=re.compile(rf"\b{_any(raw['wrong'])}\b"),
        names=frozenset(raw["names"]),
        maybe_names=frozenset(raw["maybe_names"]),
        asks=re.compile(rf"^{_any(raw['asks'])}\b"),
        times=re.compile(rf"\b{_any(raw['times'])}\b"),
        not_names=frozenset(raw["not_names"]),
        greetings=frozenset(raw["greetings"]),
        cancels=re.compile(rf"\b{_any(raw['cancel'])}\b"),
        not_asks=re.compile(rf"^{_any(raw['not_asks'])}\b"),
        when_called=re.compile(rf"\b{_any(raw['when_called'])}\b"),
    )


def _any(phrases: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)) + ")"
