"""What to do with what the classifier believes: answer, answer two questions, offer two topics, or say so. Pure.

The limits are chosen by `tools/topic_limits.py` from stated costs, on training messages that the classifier had not
seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.dialogue.ranked import Ranked

TWO, MORE_THAN_TWO, BETWEEN = "two_questions", "more_questions", "unsure_between"
#: Nothing is sure enough to be said; Rasa's own name for it.
LOST = "nlu_fallback"
#: A message gets this many information answers at most.
MOST_ANSWERS = 2


@dataclass(frozen=True)
class Limits:
    """Confidences from 0 to 1: ``answer`` to answer alone; ``offer`` that two topics must reach together to be offered;
    ``part`` that each part of a message must reach to be a question of its own."""

    answer: float = 0.65
    offer: float = 0.5
    part: float = 0.8


@dataclass(frozen=True)
class Choice:
    """The intent that leads, and the topics that it is about, in order."""

    intent: str
    topics: tuple[str, ...]


def choose(ranking: Sequence[Ranked], parts: Sequence[Sequence[Ranked]], limits: Limits) -> Choice | None:
    """The choice for a message without risk; None when the ranking stands as it is.

    ``ranking`` is that of the whole message, ``parts`` those of its parts; crisis-side intents are left out of both.
    """
    if not ranking or (ranking[0].confidence >= limits.answer and not is_topic(ranking[0].name)):
        return None
    asked = _asked(parts, limits.part)
    if len(asked) > 1:
        return Choice(TWO if len(asked) <= MOST_ANSWERS else MORE_THAN_TWO, asked[:MOST_ANSWERS])
    first = ranking[0]
    if first.confidence >= limits.answer or not is_topic(first.name):
        return None
    second = ranking[1] if len(ranking) > 1 else None
    if second and is_topic(second.name) and first.confidence + second.confidence >= limits.offer:
        return Choice(BETWEEN, (first.name, second.name))
    return Choice(LOST, ())


def is_topic(intent: str) -> bool:
    """Whether the intent is an information topic."""
    return intent.startswith("ask_")


def _asked(parts: Sequence[Sequence[Ranked]], limit: float) -> tuple[str, ...]:
    """The different topics that parts of the message ask about for certain, in the order of asking."""
    best = [ranking[0] for ranking in parts if ranking]
    certain = [entry.name for entry in best if is_topic(entry.name) and entry.confidence >= limit]
    return tuple(dict.fromkeys(certain))
