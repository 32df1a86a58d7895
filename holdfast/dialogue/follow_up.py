"""Understands a question that refers back to the last answer, from a table (follow_ups.yml) and nothing else. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from holdfast.crisis.types import Level
from holdfast.dialogue.decision import CRISIS_SIDE
from holdfast.dialogue.situation import Turn
from holdfast.quick_yaml import safe_load

FILE = Path(__file__).with_name("follow_ups.yml")
#: In the table: the last answer's own detail. ``SOURCES`` is the kind that asks where an answer comes from, ``DOUBTS``
#: the kind that asks so only right after an answer: "are you sure?" may be about anything that was said.
MORE, SOURCES, DOUBTS = "more", "sources", "doubts"
#: Seconds after which nobody refers back to an answer any more.
REMEMBERED_S = 30 * 60
#: What may stand between an answer and a question that refers to it, and how many such turns.
PASSING = frozenset({"bot_complaint", "thanks", "affirm", "greet", "where_from", "nothing_more", "nlu_fallback"})
MOST_PASSING = 2


@dataclass(frozen=True)
class Recalled:
    """The topic that a message may refer to; ``told_more``: its detail has been given already."""

    topic: str
    told_more: bool = False


@dataclass(frozen=True)
class FollowUp:
    """What a message asks by referring back: ``topic`` anew, ``more`` of it, or its ``sources``.

    ``topic`` is None for the sources of nothing in particular.
    """

    topic: str | None
    more: bool = False
    sources: bool = False


@dataclass(frozen=True)
class Kind:
    """One row of the table. ``points``: its phrases say nothing alone; ``by_itself``: what they ask alone.

    ``within``: "more" in the table holds for a part of the same message too, as it does for those that only point.
    """

    name: str
    phrases: re.Pattern[str]
    after: Mapping[str, str]
    otherwise: str | None
    points: bool = False
    within: bool = False
    by_itself: str | None = None


def follow_up(text: str, recalled: Recalled | None) -> FollowUp | None:
    """What the message asks by referring back to ``recalled``; None when it stands by itself."""
    kind = _kind(text)
    if kind is None:
        return None
    if kind.by_itself:
        return FollowUp(kind.by_itself)
    if kind.name == SOURCES or (kind.name == DOUBTS and recalled):
        return FollowUp(recalled.topic if recalled else None, sources=True)
    meaning = kind.after.get(recalled.topic, kind.otherwise) if recalled else None
    if recalled is None or meaning is None:
        return None
    return FollowUp(recalled.topic, more=True) if meaning == MORE else FollowUp(meaning)


def only_points(text: str) -> bool:
    """Whether the words say nothing without what they refer to, such as "how long do they last"."""
    kind = _kind(text)
    return kind is not None and kind.points


def belongs(text: str) -> bool:
    """Whether the words, in one message with a question, are about its topic where the table says "more"."""
    kind = _kind(text)
    return kind is not None and (kind.points or kind.within)


def recall(turns: Sequence[Turn], now: float) -> Recalled | None:
    """The topic of the last answer among ``turns``, oldest first; ``now`` in seconds.

    Nothing is recalled across a risk, a card, another matter, or half an hour.
    """
    for passed, turn in enumerate(reversed(turns)):
        risky = turn.assessment is not None and turn.assessment.level >= Level.CONCERN
        if risky or turn.intent in CRISIS_SIDE or now - turn.at > REMEMBERED_S:
            return None
        if turn.topics:
            return Recalled(turn.topics[-1], told_more=turn.more)
        if turn.intent not in PASSING or passed == MOST_PASSING:
            return None
    return None


def _kind(text: str) -> Kind | None:
    words = plain(text)
    return next((each for each in table() if words and each.phrases.fullmatch(words)), None)


def plain(text: str) -> str:
    """Lower case without accents, signs and fillers around the question."""
    letters = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = " ".join(re.findall(r"[a-z0-9]+", bare))
    filler = _fillers()
    while match := filler.match(words):
        words = words[match.end() :]
    while match := _trailing().search(words):
        words = words[: match.start()]
    return words


@lru_cache(maxsize=1)
def raw_table() -> Mapping[str, Any]:
    """The table as it stands in its file."""
    loaded: Mapping[str, Any] = safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def table() -> tuple[Kind, ...]:
    """The rows of the table, ready to be matched."""
    rows = []
    for name, row in raw_table()["kinds"].items():
        patterns = [pattern(phrase) for phrases in row["phrases"].values() for phrase in phrases]
        kind = Kind(name, re.compile("|".join(patterns)), row.get("after", {}), row.get("else"))
        points, within = row.get("points") is True, row.get("within") is True
        rows.append(replace(kind, points=points, within=within, by_itself=row.get("by_itself")))
    return tuple(rows)


def pattern(phrase: str) -> str:
    """The regular expression of a phrase of the table. Raises ValueError for signs that a phrase may not hold."""
    if not re.fullmatch(r"[a-z0-9 ()|\[\]]+", phrase):
        raise ValueError(f"{FILE.name}: {phrase!r} holds something else than words, (a|b) and [a]")
    # A part that may be missing takes its space with it; a space at the edge of what is left is dropped.
    spaced = re.sub(r"\s+", " ", phrase.replace("[", " [ ").replace("]", " ] ").replace("(", " ( ").replace(")", " ) "))
    spaced = spaced.replace("|", " | ")
    out = []
    for token in spaced.split():
        out.append({"[": "(?:(?:", "]": "))?", "(": "(?:", ")": ")", "|": "|"}.get(token, rf"{token}\b ?"))
    return "(?:" + "".join(out) + ")"


@lru_cache(maxsize=1)
def _fillers() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any_filler()}) (?=\S)")


@lru_cache(maxsize=1)
def _trailing() -> re.Pattern[str]:
    return re.compile(rf"(?<=\S) (?:{_any_filler()})$")


def _any_filler() -> str:
    return "|".join(filler for fillers in raw_table()["fillers"].values() for filler in fillers)
