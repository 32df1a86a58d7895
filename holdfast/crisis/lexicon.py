"""The lexicon: reviewed phrases of both languages, what cancels them, and what they say of a message (SM-10 to SM-27).

Entries, guards and macros are data (``data/lexicon/<language>/*.yml``). A scan reads the whole text, in time that grows
with its length only, and never depends on a model.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from holdfast.crisis.automaton import Automaton, Hit
from holdfast.crisis.lexicon_files import (
    OTHER_LANGUAGES,
    Entry,
    Guard,
    LexiconError,
    Sources,
    WordReader,
    read_sources,
)
from holdfast.crisis.normalize import DATA, Form, Normalized, Normalizer
from holdfast.crisis.phrases import BOUNDARIES, STOP
from holdfast.crisis.scripts import ScriptNormalizer
from holdfast.crisis.types import Answer, Level, Signal, Subject

__all__ = ["Entry", "Findings", "Guard", "Lexicon", "LexiconError", "entry_matches"]

#: How far from an entry a guard of the same sentence may lie, in words; bounds the work on unpunctuated text.
SENTENCE_REACH = 60
_YES_NO_WORDS = 14
_FIRST_PERSON = frozenset({"i", "me", "my", "myself", "am", "mine"})


@dataclass(frozen=True)
class Findings:
    """What the lexicon says of one message, seen alone.

    ``marks`` are what matters only together with something else: ``hopeless`` (slow escalation), ``denial``,
    ``turn_to_self``. ``answer`` is set when the message could be an answer to the direct question, ``retraction``
    when it takes something back; both mean something only after other turns. ``subject`` is None at ``NONE``.
    """

    level: Level = Level.NONE
    subject: Subject | None = None
    signals: tuple[Signal, ...] = ()
    flags: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    answer: Answer | None = None
    retraction: bool = False


@dataclass(frozen=True)
class _Match:
    entry: Entry
    level: Level
    subject: Subject
    flags: frozenset[str]


class Lexicon:
    """All entries of some languages in one automaton. ``Lexicon.load()`` reads those of English and Spanish."""

    def __init__(self, sources: Sources, normalizer: WordReader) -> None:
        self.entries = tuple(sources.entries)
        self.normalizer = normalizer
        self._guards = sources.guards
        self._owners = sources.owners
        self._automaton = Automaton(sources.trees)

    @classmethod
    def load(cls, folder: Path | None = None, normalizer: Normalizer | None = None) -> Lexicon:
        """Reads and checks every file. Raises LexiconError with file, entry and remedy."""
        normalizer = normalizer or Normalizer.load()
        return cls(read_sources(folder or DATA / "lexicon", normalizer), normalizer)

    @classmethod
    def load_others(cls, folder: Path | None = None) -> Lexicon:
        """The plain statements of all other languages (SM-28). Raises LexiconError with file, entry and remedy."""
        normalizer = ScriptNormalizer()
        return cls(read_sources(folder or DATA / "lexicon", normalizer, OTHER_LANGUAGES), normalizer)

    def read(self, text: str) -> Findings:
        """What the lexicon finds in a text as it was written."""
        return self.scan(self.normalizer(text))

    def scan(self, normalized: Normalized) -> Findings:
        """What the lexicon finds in a text, in its plain and in its repaired form."""
        matches, seen = self._matches(normalized.plain)
        if normalized.repaired is not normalized.plain:
            more, _ = self._matches(changed(normalized.plain, normalized.repaired), seen)
            matches += more
        short = sum(word not in BOUNDARIES for word in normalized.plain.words) <= _YES_NO_WORDS
        return _sum_up(matches, short)

    def _matches(self, form: Form, seen: frozenset[str] = frozenset()) -> tuple[list[_Match], frozenset[str]]:
        """What is found, and the guards of the whole message. ``seen``: such guards of another part of the message."""
        words = form.words
        hits = self._automaton.find(words)
        guards: dict[str, list[Hit]] = {name: [] for name in seen}
        entries: list[tuple[Entry, Hit]] = []
        for hit in hits:
            owner = self._owners[hit.pattern]
            if isinstance(owner, Guard):
                guards.setdefault(owner.name, []).append(hit)
            else:
                entries.append((owner, hit))
        wide = frozenset(name for name in guards if self._guards[name].where == "message")
        if not entries:
            return [], wide
        breaks = [position for position, word in enumerate(words) if word in BOUNDARIES]
        found: dict[tuple[str, Level, Subject], _Match] = {}
        ends = {name: [hit.end for hit in at] for name, at in guards.items()}
        for entry, hit in entries:
            key = (entry.name, entry.level, entry.subject)
            if key in found:
                continue
            match = self._judge(entry, hit, form, guards, ends, breaks)
            if match is not None:
                found[(entry.name, match.level, match.subject)] = match
        return list(found.values()), wide

    def _judge(
        self,
        entry: Entry,
        hit: Hit,
        form: Form,
        guards: dict[str, list[Hit]],
        ends: dict[str, list[int]],
        breaks: list[int],
    ) -> _Match | None:
        """The match with what the guards make of it; None when one of them cancels it."""
        level, subject, flags = entry.level, entry.subject, entry.flags
        present = [self._guards[name] for name in entry.guards if name in guards]
        if not present:
            return _Match(entry, level, subject, flags)
        start = self._automaton.starts(hit, form.words)[0]
        first = start + (form.words[start] in BOUNDARIES)
        last = hit.end - (form.words[hit.end - 1] in BOUNDARIES)
        before = bisect.bisect_left(breaks, first) - 1
        low = max(breaks[before] if before >= 0 else 0, first - SENTENCE_REACH)
        after = bisect.bisect_left(breaks, last)
        high = min(breaks[after] if after < len(breaks) else len(form.words), last + SENTENCE_REACH)
        raised = lowered = None
        for guard in present:
            at = ends[guard.name]
            if not self._applies(guard, guards[guard.name], at, form, first, last, low, high):
                continue
            kind, _, label = guard.effect.partition(":")
            if kind == "cancel":
                return None
            flags |= guard.flags
            if kind in ("other", "self"):
                subject = "other" if kind == "other" else "self"
            elif kind == "raise":
                raised = max(raised or Level.NONE, Level.of(label))
            else:
                lowered = min(lowered if lowered is not None else Level.EMERGENCY, Level.of(label))
        if raised is not None:
            level = max(level, raised)
        elif lowered is not None:
            level = min(level, lowered)
        return _Match(entry, level, subject, flags)

    def _applies(
        self, guard: Guard, hits: list[Hit], ends: list[int], form: Form, first: int, last: int, low: int, high: int
    ) -> bool:
        if guard.where == "message":
            return True
        if guard.where == "before":
            # Tight: the guard ends where the entry begins, with no comma between.
            return first not in form.pauses and _among(ends, first, first)
        if guard.where == "lead":
            return _among(ends, first, first)
        if guard.where == "nearest":
            return _nearest(ends, form.words, first, last, low)
        if guard.where == "sentence":
            return _among(ends, low + 1, high + 1)
        left = bisect.bisect_right(ends, last)
        for hit in hits[left:]:
            if hit.end > high + 1:
                return False
            if last in self._automaton.starts(hit, form.words):
                return True
        return False


def together(one: Findings, other: Findings) -> Findings:
    """What two lexicons find in one message: the higher level, and all signals; the first person wins."""
    if not other.signals:
        return one
    level = max(one.level, other.level)
    about = {each.subject for each in (one, other) if each.level >= min(level, Level.CONCERN)} - {None}
    return replace(
        one,
        level=level,
        subject="self" if "self" in about else "other" if about else None,
        signals=tuple(sorted((*one.signals, *other.signals), key=lambda signal: (-signal.level, signal.name))),
        flags=one.flags | other.flags,
        marks=one.marks | other.marks,
    )


def changed(plain: Form, repaired: Form) -> Form:
    """The sentences of the repaired form that the plain one lacks, so that a long text is not read twice."""
    known = {tuple(plain.words[first:last]) for first, last in _sentences(plain.words)}
    words: list[str] = []
    pauses: set[int] = set()
    for first, last in _sentences(repaired.words):
        if tuple(repaired.words[first:last]) in known:
            continue
        if not words or words[-1] not in BOUNDARIES or repaired.words[first - 1] != STOP:
            words.append(repaired.words[first - 1])
        pauses.update(place - first + len(words) for place in range(first, last) if place in repaired.pauses)
        words.extend(repaired.words[first : last + 1])
    return Form(tuple(words), frozenset(pauses))


def _sentences(words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words of each sentence begin and end; a boundary stands before and after each."""
    marks = [place for place, word in enumerate(words) if word in BOUNDARIES]
    return [(one + 1, two) for one, two in pairwise(marks) if two > one + 1]


def _nearest(ends: Sequence[int], words: Sequence[str], first: int, last: int, low: int) -> bool:
    """Whether a guard is the last person named before an entry whose own words do not speak of the writer."""
    at = bisect.bisect_right(ends, first)
    if at == 0 or ends[at - 1] <= low:
        return False
    return not (_FIRST_PERSON & set(words[first:last]) or "i" in words[ends[at - 1] : first])


def _among(ends: Sequence[int], low: int, high: int) -> bool:
    """Whether a sorted list has a number from ``low`` to ``high``."""
    at = bisect.bisect_left(ends, low)
    return at < len(ends) and ends[at] <= high


def _sum_up(matches: Iterable[_Match], short: bool) -> Findings:
    """Puts the matches of a message together."""
    matches = list(matches)
    marks = frozenset().union(*(match.entry.marks for match in matches)) if matches else frozenset()
    flags = frozenset().union(*(match.flags for match in matches)) if matches else frozenset()
    signals = {
        match.entry.name: Signal("lexicon", match.entry.name, match.level, 1.0)
        for match in sorted(matches, key=lambda match: match.level)
        if match.level > Level.NONE or match.flags
    }
    if "means_question" in marks and "friend" in marks:
        # SM-71: "asking for a friend" with a request for harmful information is read as own risk.
        signals["friend_disguise"] = Signal("lexicon", "friend_disguise", Level.CRISIS, 1.0)
    elif "means_question" in marks and ("hardship" in marks or "hopeless" in marks):
        # SM-20: hardship together with a question about means.
        signals["means_with_hardship"] = Signal("lexicon", "means_with_hardship", Level.CONCERN, 1.0)
    level = max((signal.level for signal in signals.values()), default=Level.NONE)
    risky = [match for match in matches if match.level >= Level.CONCERN]
    made = {"friend_disguise", "means_with_hardship"} & signals.keys()
    about = {match.subject for match in risky} or ({match.subject for match in matches if match.level > Level.NONE})
    # When both are at risk the first person wins (docs/labeling.md).
    subject: Subject | None = None if level == Level.NONE else "self" if made or "self" in about else "other"
    answer: Answer | None = None
    if short:
        answer = "unsure" if "unsure" in marks else "no" if "no" in marks else "yes" if "yes" in marks else None
    return Findings(
        level=level,
        subject=subject,
        signals=tuple(sorted(signals.values(), key=lambda signal: (-signal.level, signal.name))),
        flags=flags,
        marks=marks - {"yes", "no", "unsure"},
        answer=answer,
        retraction="retraction" in marks,
    )


def entry_matches(lexicon: Lexicon, entry: Entry, text: str) -> bool:
    """Whether this very entry is found in a text at its own level; for the tests of examples and counterexamples."""
    normalized = lexicon.normalizer(text)
    forms = {id(form): form for form in (normalized.plain, normalized.repaired)}
    return any(
        match.entry == entry and match.level >= entry.level
        for form in forms.values()
        for match in lexicon._matches(form)[0]
    )
