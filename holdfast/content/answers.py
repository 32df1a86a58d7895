"""Information answers: what a file of `data/answers` holds, and how it becomes an Answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from holdfast.content.errors import ContentError
from holdfast.content.reading import read, short_name
from holdfast.content.types import Answer, Button, Reply
from holdfast.signatures import Parts


@dataclass(frozen=True)
class AnswerWords:
    """An answer in one language: the short answer first, then what "more" adds.

    ``text_unknown`` stands in for ``text`` when the clinic has not told the fact that ``text`` is about.
    """

    title: str
    text: str
    more: str
    text_unknown: str | None = None

    @property
    def parts(self) -> Mapping[str, str]:
        """Every text of the answer by its key in the file."""
        found = {"text": self.text, "text_unknown": self.text_unknown, "more": self.more}
        return {key: text for key, text in found.items() if text is not None}


@dataclass(frozen=True)
class AnswerEntry:
    """One answer as it stands in its file. ``kind`` is ``treatment`` or, for opening hours and the like, ``clinic``."""

    topic: str
    kind: str
    languages: Mapping[str, AnswerWords]
    off_label: bool
    after_risk: str
    sources: tuple[str, ...]
    version: str
    updated: str
    next_review: str

    def signed_parts(self, language: str) -> Parts:
        """What a signature covers in a language: the words, and whether they may be said after a risk."""
        words = self.languages[language]
        return (("title", words.title), *words.parts.items(), ("after_risk", self.after_risk))

    @property
    def tags(self) -> tuple[str, ...]:
        """``topic:``, ``after_risk:keep`` or ``after_risk:replace`` (G5), and ``off_label`` when an effect is named."""
        return (f"topic:{self.topic}", f"after_risk:{self.after_risk}", *(["off_label"] if self.off_label else []))


def answer_entry(file: Path) -> AnswerEntry:
    """The answer in ``file``. Raises ContentError."""
    raw = read(file, "answers.schema.json")
    if raw["topic"] != file.stem:
        raise ContentError(short_name(file), "topic", f"is {raw['topic']}.", "The file must be named after the topic.")
    words = {
        code: AnswerWords(item["title"], item["text"], item["more"], item.get("text_unknown"))
        for code, item in raw["languages"].items()
    }
    return AnswerEntry(
        topic=raw["topic"],
        kind=raw["kind"],
        languages=MappingProxyType(words),
        off_label=raw["off_label"],
        after_risk=raw["after_risk"],
        sources=tuple(raw["sources"]),
        version=raw["version"],
        updated=raw["updated"],
        next_review=raw["next_review"],
    )


def render_answer(
    entry: AnswerEntry,
    language: str,
    fill: Callable[[str, str], str],
    stand_in: Reply | None,
    told: Callable[[str], bool] = lambda text: True,
    signed_by: str | None = None,
) -> Answer:
    """The answer in ``language``, filled by ``fill(text, key)``; a ``stand_in`` is said instead (withheld).

    ``told(text)``: whether the clinic has told every fact that the text needs; if not, ``text_unknown`` is said.
    """
    words = entry.languages[language]
    key = "text" if words.text_unknown is None or told(words.text) else "text_unknown"
    buttons: tuple[Button, ...] = stand_in.buttons if stand_in else ()
    return Answer(
        topic=entry.topic,
        language=language,
        title=words.title,
        text=stand_in.text if stand_in else fill(words.parts[key], key),
        more="" if stand_in else fill(words.more, "more"),
        tags=(*entry.tags, *(["withheld"] if stand_in else [])),
        sources=entry.sources,
        version=entry.version,
        updated=entry.updated,
        next_review=entry.next_review,
        signed_by=signed_by,
        buttons=buttons,
        withheld=stand_in is not None,
    )
