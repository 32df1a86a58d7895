"""Checks every text that a user may see against the rules of safe messaging: ``python -m holdfast.content.lint``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from holdfast.clinic import Clinic, ClinicError, load_clinic
from holdfast.content.answers import AnswerEntry, AnswerWords
from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.languages import NEEDED, other_languages
from holdfast.content.readability import ease, grade, sentences_of
from holdfast.content.reading import DATA, read
from holdfast.content.wording import Wording, placeholders

WORDS_PER_BUBBLE = 60
#: A short answer aims at 60 words; Spanish needs more words for the same.
WORDS_PER_ANSWER = {"en": 67, "es": 75}
#: Flesch-Kincaid grades (English) and Fernández Huerta ease (Spanish) by kind of text.
GRADE = {"cards": 8.0, "replies": 8.0, "answers": 8.0}
EASE = {"cards": 60.0, "replies": 60.0, "answers": 65.0}
#: Texts that carry other texts or are too short to be measured.
SHORTEST_MEASURED = 8
OFF_LABEL = {
    "en": re.compile(r"off-label|not (?:an )?approved", re.I),
    "es": re.compile(r"fuera de indicación|no es un tratamiento aprobado", re.I),
}
PRESCRIBER = {"en": re.compile(r"prescriber", re.I), "es": re.compile(r"quien te receta", re.I)}
#: Words of a short answer that touch worsening mood: then it says where help is (rule 6 for answers).
MOOD = {
    "en": re.compile(r"mood (can|may)[^.]* worse|(feel|feeling) worse|low mood|thoughts of suicide", re.I),
    "es": re.compile(r"ánimo[^.]* empeorar|(sient\w+|sentirse|estás) peor|ánimo bajo|pensamientos de suicidio", re.I),
}
#: Answers of G5 that are replaced after a risk signal: price, booking, candidacy, efficacy, effect on thoughts of
#: suicide, vacancies.
REPLACED = frozenset(
    f"ask_{topic}"
    for topic in (
        "cost", "insurance", "booking", "waiting_time", "referral", "jobs", "candidate", "minors", "how_well",
        "how_fast", "lasting_effect", "conditions", "spravato", "ect", "suicidal_thoughts", "course", "older_adults",
    )
)  # fmt: skip
_PRICE = re.compile(r"[$€£]\s?\d|\b\d[\d.,]*\s?(dollars|dólares|euros|USD)\b", re.I)
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")


@dataclass(frozen=True)
class Problem:
    """What is wrong, where."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}"


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    allowed: re.Pattern[str] | None
    reason: str


@dataclass(frozen=True)
class Text:
    """One text with its place; ``kind`` is ``cards``, ``replies``, ``answers``, ``more``, ``labels`` or ``lines``."""

    file: str
    key: str
    language: str
    kind: str
    text: str


def problems(directory: Directory, wording: Wording) -> list[Problem]:
    """Everything that breaks a rule."""
    found = [problem for text in texts(directory, wording) for problem in check(text)]
    return [*found, *(problem for entry in wording.answers.values() for problem in _answer(entry))]


def clinic_texts(clinic: Clinic) -> Iterator[Text]:
    """What a clinic says of itself: shown as written, so it keeps the rules on claims, doses and promises too."""
    for number, price in enumerate(clinic.prices):
        for language, sentence in price.items():
            yield Text("clinic.yml", f"prices.{number}.{language}", language, "lines", sentence)
    for language, sentence in clinic.place.items():
        yield Text("clinic.yml", f"clinic.place.{language}", language, "lines", sentence)
    for key, words in {"readers": clinic.chat.readers, "emergency_calls.policy": clinic.chat.policy}.items():
        for language, sentence in words.items():
            yield Text("clinic.yml", f"chat.{key}.{language}", language, "lines", sentence)
    for key, words in clinic.about.items():
        for language, sentence in words.items():
            yield Text("clinic.yml", f"about.{key}.{language}", language, "lines", sentence)


def texts(directory: Directory, wording: Wording) -> Iterator[Text]:
    """Every text that a user may see."""
    for language, deck in wording.decks.items():
        for key, words in deck.entries.items():
            label = key.partition(".")[0] in {"label", "hours", "days", "button", "title", "g4", "emergency", "staff"}
            yield Text(f"cards/{language}.yml", key, language, "labels" if label else "cards", words)
    yield from _static_cards()
    for language, replies in wording.replies.items():
        for name, reply in replies.items():
            yield Text(f"replies/{language}.yml", name, language, "replies", reply.text)
            for button in reply.buttons:
                yield Text(f"replies/{language}.yml", f"{name}.buttons", language, "labels", button["label"])
    for topic, answer in wording.answers.items():
        for language, words_of in answer.languages.items():
            key = f"languages.{language}"
            yield Text(f"answers/{topic}.yml", f"{key}.title", language, "labels", words_of.title)
            for part, content in words_of.parts.items():
                kind = "more" if part == "more" else "answers"
                yield Text(f"answers/{topic}.yml", f"{key}.{part}", language, kind, content)
    for country, line in directory.lines().values():
        for both in filter(None, (line.audience, line.note, *line.notes_for.values())):
            for language, words in both.items():
                yield Text(f"lines/{country.code}.yml", line.id, language, "lines", words)


def _static_cards() -> Iterator[Text]:
    """The texts of languages that the assistant does not speak; they are measured in length, not in reading grade."""
    for code, other in other_languages().items():
        for key in NEEDED:
            label = key.partition(".")[0] in {"label", "hours", "days", "button", "title", "g4", "emergency"}
            yield Text(f"languages/{code}.yml", key, code, "labels" if label else "cards", other.deck.entries[key])


def check(text: Text) -> Iterator[Problem]:
    """The problems of one text."""

    def problem(reason: str) -> Problem:
        return Problem(text.file, text.key, reason)

    for rule in _rules():
        plain = rule.allowed.sub("", text.text) if rule.allowed else text.text
        if match := rule.pattern.search(plain):
            yield problem(f"{rule.reason}: {match.group(0)!r}.")
    if "!" in text.text or "¡" in text.text:
        yield problem("holds an exclamation mark.")
    if _EMOJI.search(text.text):
        yield problem("holds an emoji.")
    yield from (problem(reason) for reason in _length(text))
    yield from (problem(reason) for reason in _reading(text))


def _length(text: Text) -> Iterator[str]:
    bare = re.sub(r"\{(lines|crisis_hint|prices)\}", "", text.text)
    count = len(bare.split())
    if text.kind in {"cards", "replies"} and count > WORDS_PER_BUBBLE:
        yield f"has {count} words; a bubble holds {WORDS_PER_BUBBLE} (SM-48)."
    if text.kind == "answers" and count > (most := WORDS_PER_ANSWER[text.language]):
        yield f"has {count} words; a short answer holds {most}."
    if text.kind == "cards" and text.key.startswith("lead.") and len(sentences_of(bare)) > 2:
        yield "has more than two sentences before the first number (SM-48)."


def _reading(text: Text) -> Iterator[str]:
    kind = "answers" if text.kind == "more" else text.kind
    plain = re.sub(r"\{(lines|crisis_hint|prices)\}", "", text.text)
    plain = re.sub(r"\{\w+\}", "Ann", plain)
    if kind not in GRADE or len(plain.split()) < SHORTEST_MEASURED:
        return
    if text.language == "en" and (level := grade(plain)) > GRADE[kind]:
        yield f"reads at grade {level:.1f}; at most {GRADE[kind]:.0f} (SM-48). Use shorter words and sentences."
    if text.language == "es" and (score := ease(plain)) < EASE[kind]:
        yield f"has a reading ease of {score:.0f}; at least {EASE[kind]:.0f} (SM-48). Use shorter words and sentences."


def _answer(entry: AnswerEntry) -> Iterator[Problem]:
    file = f"answers/{entry.topic}.yml"
    if (entry.after_risk == "replace") != (entry.topic in REPLACED):
        yield Problem(
            file,
            "after_risk",
            "does not fit G5: price, booking, candidacy, efficacy and effect on thoughts are replaced.",
        )
    for language, words in entry.languages.items():
        for part, reason in _parts(entry, language, words):
            yield Problem(file, f"languages.{language}.{part}", reason)


def _parts(entry: AnswerEntry, language: str, words: AnswerWords) -> Iterator[tuple[str, str]]:
    """The problems of an answer's texts, each with the key of its part."""
    for part, content in words.parts.items():
        if entry.kind == "treatment" and not PRESCRIBER[language].search(sentences_of(content)[-1]):
            yield part, "does not end with the prescriber deciding."
        if _PRICE.search(content):
            yield part, "holds a price; prices stand in clinic.yml only."
        if part == "more":
            continue
        if entry.off_label and not OFF_LABEL[language].search(content):
            yield part, "names an effect without the off-label status."
        if MOOD[language].search(content) and "crisis_hint" not in placeholders(content):
            yield part, "touches worsening mood and lacks {crisis_hint}."
        if "%" in content:
            yield part, "holds a percentage; those belong under more, with study and comparison."
        if part == "text_unknown" and "clinic_phone" not in placeholders(content):
            yield part, "does not say how to ask the clinic; it needs {clinic_phone}."


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    raw: Sequence[dict[str, str]] = read(DATA / "rules.yml", "rules.schema.json")["rules"]
    compiled: Callable[[str], re.Pattern[str]] = lambda pattern: re.compile(pattern, re.IGNORECASE)  # noqa: E731
    return tuple(
        _Rule(
            compiled(rule["pattern"]),
            compiled(rule["except"]) if "except" in rule else None,
            f"{rule['reason']} ({rule['source']})",
        )
        for rule in raw
    )


def main(folder: Path | None = None) -> int:
    """Prints every problem; 1 when there is one, else 0."""
    try:
        found = problems(Directory.load(folder / "lines" if folder else None), Wording.load(folder))
        found += [problem for text in clinic_texts(load_clinic()) for problem in check(text)]
    except ClinicError as error:
        found = [Problem("clinic.yml", "(see there)", str(error))]
    except ContentError as error:
        found = [Problem(error.file, error.key, f"{error.problem} {error.remedy}")]
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    if not found:
        sys.stdout.write("Content: every text keeps the rules.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
