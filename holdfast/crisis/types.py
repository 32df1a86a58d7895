"""The detector's words: level, subject, signal, assessment, context. Pure data, no behavior beyond order."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Literal

Subject = Literal["self", "other"]
Answer = Literal["yes", "no", "unsure"]


class Level(enum.IntEnum):
    """What a message calls for, in rising order. For routing only, never shown to a user (SM-30)."""

    NONE = 0
    DISTRESS = 1
    CONCERN = 2
    CRISIS = 3
    EMERGENCY = 4

    @property
    def label(self) -> str:
        """The lower-case name used in every interface, for example ``"crisis"``."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> Level:
        """The level with that label. Raises ValueError when there is none."""
        try:
            return cls[label.upper()]
        except KeyError:
            raise ValueError(f"unknown level {label!r}; levels are {[level.label for level in cls]}") from None


#: Special situations beside the level; the meaning of each stands in docs/labeling.md.
FLAGS = frozenset(
    {
        "harm_to_others",
        "abuse",
        "voices",
        "after_session",
        "treat_tonight",
        "bereaved",
        "overdose",
        "injury",
        "intoxicated",
        "minor",
        "veteran",
        "deaf",
    }
)


@dataclass(frozen=True)
class Signal:
    """Why a level was given. Logged; the user's words never are (SM-36, G7).

    ``source`` is ``lexicon``, ``classifier`` or ``context``; ``name`` the entry or class; ``score`` lies in 0..1.
    """

    source: str
    name: str
    level: Level
    score: float


@dataclass(frozen=True)
class Assessment:
    """What the detector says of one message in its conversation. ``subject`` is None when ``level`` is NONE.

    ``asks_means``: the words ask for a method, a means or an amount, which nothing may answer (SM-04, SM-52).
    """

    level: Level
    subject: Subject | None = None
    signals: tuple[Signal, ...] = ()
    score: float = 0.0
    flags: frozenset[str] = frozenset()
    answer: Answer | None = None
    retraction: bool = False
    asks_means: bool = False


@dataclass(frozen=True)
class Context:
    """What the detector needs to know of the turns before. Empty at the start of a conversation.

    ``highest`` is the highest level so far, ``subject`` whom it was about, ``question_put`` whether the direct question
    has been put, ``question_open`` whether the next message may be its answer, ``distress_turns`` how many turns of
    distress or above came before (slow escalation adds up, SM-25).
    """

    highest: Level = Level.NONE
    subject: Subject | None = None
    question_open: bool = False
    distress_turns: int = 0
    flags: frozenset[str] = field(default_factory=frozenset)
    question_put: bool = False
