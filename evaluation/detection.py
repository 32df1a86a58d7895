"""Runs the detector, and the lexicon alone, over the sealed messages and conversations; keeps verdicts by id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from evaluation import sets
from evaluation.metrics import Pair, Verdict
from holdfast.crisis.context import next_context
from holdfast.crisis.detector import Detector
from holdfast.crisis.types import Assessment, Context, Level, Subject

#: What is scored: name in results to the arguments of `Detector.load`.
SCORED: Mapping[str, bool] = {"detector": False, "floor": True}
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Verdicts:
    """Verdicts of one detector: messages by id, conversations by id and turn. Holds no text."""

    messages: Mapping[str, Verdict]
    turns: Mapping[str, tuple[Level, ...]]

    def pairs(self, messages: Sequence[sets.Message]) -> list[Pair]:
        """Each message with its verdict."""
        return [Pair(message, self.messages[message.id]) for message in messages]

    def levels(self, talks: Sequence[sets.Talk]) -> list[tuple[Level, ...]]:
        """The levels found in each conversation."""
        return [self.turns[talk.id] for talk in talks]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "messages": {key: [each.level.label, each.subject] for key, each in self.messages.items()},
            "turns": {key: [level.label for level in levels] for key, levels in self.turns.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Verdicts:
        """Reverses `to_dict`."""
        return cls(
            {key: Verdict(Level.of(label), _subject(subject)) for key, (label, subject) in data["messages"].items()},
            {key: tuple(Level.of(label) for label in labels) for key, labels in data["turns"].items()},
        )


def verdicts(detector: Detector, messages: Sequence[sets.Message], talks: Sequence[sets.Talk]) -> Verdicts:
    """What the detector says; each message by itself, each conversation turn after turn."""
    single = {message.id: _verdict(detector.assess(message.text, Context())) for message in messages}
    return Verdicts(single, {talk.id: _follow(detector, talk.turns) for talk in talks})


def run(progress: Progress = lambda _: None) -> dict[str, Verdicts]:
    """Verdicts of the detector and of the floor over the sealed sets. Raises DetectorError, SetError."""
    messages, talks = sets.messages(), sets.conversations()
    found = {}
    for name, lexicon_only in SCORED.items():
        progress(f"detection: {name} over {len(messages)} messages and {len(talks)} conversations")
        found[name] = verdicts(Detector.load(lexicon_only=lexicon_only), messages, talks)
    return found


def _verdict(assessment: Assessment) -> Verdict:
    return Verdict(assessment.level, assessment.subject)


def _follow(detector: Detector, turns: Sequence[str]) -> tuple[Level, ...]:
    context, levels = Context(), []
    for turn in turns:
        assessment = detector.assess(turn, context)
        context = next_context(context, assessment)
        levels.append(assessment.level)
    return tuple(levels)


def _subject(raw: Any) -> Subject | None:
    return cast("Subject | None", raw)
