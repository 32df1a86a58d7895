"""What the parts of one message ask: what only refers back means what came before it says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.dialogue.choice import MORE_THAN_TWO, MOST_ANSWERS, TWO, Choice, is_topic
from holdfast.dialogue.decision import CRISIS_SIDE
from holdfast.dialogue.follow_up import FollowUp, Recalled, belongs, follow_up, only_points
from holdfast.dialogue.parts import is_question
from holdfast.dialogue.ranked import Ranked

GREET = "greet"


@dataclass(frozen=True)
class Part:
    """A part of a message with the classifier's view of it, best first."""

    text: str
    ranking: Sequence[Ranked]


@dataclass(frozen=True)
class Asked:
    """The parts' views after what refers back is settled, in order; ``back`` is what refers to the last answer."""

    rankings: tuple[Sequence[Ranked], ...]
    back: FollowUp | None = None


def settled(parts: Sequence[Part], recalled: Recalled | None, limit: float) -> Asked:
    """The parts with each that refers back given its topic for certain.

    ``recalled`` is the last answer's topic, ``limit`` the confidence from which a part is taken to ask about a topic.
    What points at something that the table does not pair is nobody's question: a wrong pair is worse than none.
    """
    rankings: list[Sequence[Ranked]] = []
    before, back = recalled, None
    for part in parts:
        meant = follow_up(part.text, before)
        inside = before is not recalled  # what is asked in the same breath may well be another matter
        if meant and meant.topic and not meant.sources and not (inside and meant.more and not belongs(part.text)):
            rankings.append([Ranked(meant.topic, 1.0)])
            if not inside and recalled is not None:
                back = back or meant
            before = Recalled(meant.topic)
            continue
        ranking = () if only_points(part.text) else part.ranking
        rankings.append(ranking)
        if ranking and is_topic(ranking[0].name) and ranking[0].confidence >= limit:
            before = Recalled(ranking[0].name)
        elif is_question(part.text):  # nobody knows what the next part would refer to
            before = None
    return Asked(tuple(rankings), back)


def asked_in_distress(text: str, parts: Sequence[Part], limit: float) -> Choice | None:
    """What a person in distress asks beside what they tell: a question that is a part of its own, and certain.

    The views are the classifier's own, not shares of what is no risk, so that sadness is never taken for a question.
    """
    if meant := follow_up(text, None):
        return Choice(meant.topic, ()) if meant.topic and not meant.sources else None
    questions = [part for part in parts if is_question(part.text)]
    best = [ranking[0] for ranking in settled(questions, None, limit).rankings if ranking]
    topics = tuple(dict.fromkeys(each.name for each in best if is_topic(each.name) and each.confidence >= limit))
    if not topics:
        return None
    if len(topics) == 1:
        return Choice(topics[0], ())
    return Choice(TWO if len(topics) <= MOST_ANSWERS else MORE_THAN_TWO, topics[:MOST_ANSWERS])


def both(whole: Sequence[Ranked], ungreeted: Sequence[Ranked], limit: float) -> Sequence[Ranked]:
    """The view of a message that may begin with a greeting, so that the greeting does not swallow the question.

    Where the whole is below ``limit``, its words without the greeting have half a say, if a topic comes of it.
    """
    sure = not whole or whole[0].confidence >= limit or whole[0].name in CRISIS_SIDE
    if sure or not ungreeted or ungreeted[0].name == GREET:
        return whole
    first, second = _without_greeting(whole), _without_greeting(ungreeted)
    mean = [Ranked(name, (first.get(name, 0.0) + second.get(name, 0.0)) / 2) for name in {**first, **second}]
    mean.sort(key=lambda entry: -entry.confidence)
    return mean if mean and is_topic(mean[0].name) else whole


def _without_greeting(ranking: Sequence[Ranked]) -> dict[str, float]:
    left = {entry.name: entry.confidence for entry in ranking if entry.name != GREET}
    total = sum(left.values()) or 1.0
    return {name: confidence / total for name, confidence in left.items()}
