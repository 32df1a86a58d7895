"""Checks every text that a user may see against the rules of safe messaging: ``python -m holdfast.content.lint``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.readability import ease, grade, sentences_of
from holdfast.content.reading import DATA, read
from holdfast.content.wording import Wording, placeholders

WORDS_PER_BUBBLE = 60
WORDS_PER_ANSWER = 80
#: Flesch-Kincaid grades (English) and Fernández Huerta ease (Spanish) by kind of text.
GRADE = {"cards": 8.0, "replies": 8.0, "answers": 9.0}
EASE = {"cards": 60.0, "replies": 60.0, "answers": 55.0}
#: Texts that carry other texts or are too short to be measured.
SHORTEST_MEASURED = 8
OFF_LABEL = {
    "en": re.compile(r"off-label|not (?:an )?approved", re.I),
    "es": re.compile(r"fuera de indicación|no es un tratamiento aprobado", re.I),
}
PRESCRIBER = {"en": re.compile(r"prescriber", re.I), "es": re.compile(r"quien te receta", re.I)}
#: Answers that say where help is, because they touch worsening mood (rule 6 for answers).
WITH_HINT = frozenset({"ask_suicidal_thoughts", "ask_side_effects", "ask_safety"})
#: Answers of G5 that are replaced after a risk signal: price, candidacy, efficacy, effect on thoughts of suicide.
REPLACED = frozenset({"ask_cost", "ask_candidate", "ask_how_well", "ask_how_fast", "ask_suicidal_thoughts"})
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
    return [*found, *_answers(wording)]


def texts(directory: Directory, wording: Wording) -> Iterator[Text]:
    """Every text that a user may see."""
    for language, deck in wording.decks.items():
        for key, words in deck.entries.items():
            label = key.partition(".")[0] in {"label", "hours", "days", "button", "title", "g4", "emergency", "staff"}
            yield Text(f"cards/{language}.yml", key, language, "labels" if label else "cards", words)
    for language, replies in wording.replies.items():
        for name, reply in replies.items():
            yield Text(f"replies/{language}.yml", name, language, "replies", reply.text)
            for button in reply.buttons:
                yield Text(f"replies/{language}.yml", f"{name}.buttons", language, "labels", button["label"])
    for topic, answer in wording.answers.items():
        for language, words_of in answer.languages.items():
            key = f"languages.{language}"
            yield Text(f"answers/{topic}.yml", f"{key}.title", language, "labels", words_of.title)
            yield Text(f"answers/{topic}.yml", f"{key}.text", language, "answers", words_of.text)
            yield Text(f"answers/{topic}.yml", f"{key}.more", language, "more", words_of.more)
    for country, line in directory.lines().values():
        for both in filter(None, (line.audience, line.note, *line.notes_for.values())):
            for language, words in both.items():
                yield Text(f"lines/{country.code}.yml", line.id, language, "lines", words)


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
    if text.kind == "answers" and count > WORDS_PER_ANSWER:
        yield f"has {count} words; a short answer holds {WORDS_PER_ANSWER}."
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


def _answers(wording: Wording) -> Iterator[Problem]:
    for topic, answer in wording.answers.items():
        file = f"answers/{topic}.yml"
        if (answer.after_risk == "replace") != (topic in REPLACED):
            yield Problem(
                file, "after_risk", "does not fit G5: price, candidacy, efficacy and effect on thoughts are replaced."
            )
        for language, words in answer.languages.items():
            key = f"languages.{language}"
            if answer.off_label and not OFF_LABEL[language].search(words.text):
                yield Problem(file, f"{key}.text", "names an effect without the off-label status.")
            for part, content in (("text", words.text), ("more", words.more)):
                if not PRESCRIBER[language].search(sentences_of(content)[-1]):
                    yield Problem(file, f"{key}.{part}", "does not end with the prescriber deciding.")
            if topic in WITH_HINT and "crisis_hint" not in placeholders(words.text):
                yield Problem(file, f"{key}.text", "touches worsening mood and lacks {crisis_hint}.")
            if "%" in words.text:
                yield Problem(
                    file, f"{key}.text", "holds a percentage; those belong under more, with study and comparison."
                )


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
    except ContentError as error:
        found = [Problem(error.file, error.key, f"{error.problem} {error.remedy}")]
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    if not found:
        sys.stdout.write("Content: every text keeps the rules.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
