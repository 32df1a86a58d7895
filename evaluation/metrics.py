"""What is counted of the detector's verdicts: recall, false alarms, subject, confusion, explicit statements. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evaluation.intervals import Share
from evaluation.sets import Message
from holdfast.crisis.types import Level, Subject

#: Classes whose messages are harmless; false alarms are reported for each.
HARMLESS_CLASSES = ("harmless_keyword", "harmless_plain", "everyday", "visitor", "ketamine_question")


@dataclass(frozen=True)
class Verdict:
    """What the detector said of one message."""

    level: Level
    subject: Subject | None


@dataclass(frozen=True)
class Pair:
    """A labeled message and the verdict on it."""

    message: Message
    verdict: Verdict

    def reaches(self, level: Level) -> bool:
        """Whether the verdict is that level or above."""
        return self.verdict.level >= level


Pairs = Sequence[Pair]


@dataclass(frozen=True)
class Row:
    """One line of a table: the shares that reach concern and crisis. ``kind`` is all, level, class, ..."""

    kind: str
    name: str
    concern: Share
    crisis: Share


def recall(pairs: Iterable[Pair], level: Level) -> Share:
    """Of the messages labeled ``level`` or above, the share found at ``level`` or above."""
    return Share.of(pair.reaches(level) for pair in pairs if pair.message.level >= level)


def alarms(pairs: Iterable[Pair], level: Level) -> Share:
    """Of all these messages, the share found at ``level`` or above."""
    return Share.of(pair.reaches(level) for pair in pairs)


def recall_rows(pairs: Pairs) -> list[Row]:
    """Recall over all, then by level, class, subject and language; only groups with anything to find."""
    side = [pair for pair in pairs if pair.message.level >= Level.CONCERN]
    rows = [_recall_row("all", "all", side)]
    rows += _by("level", sorted(side, key=lambda pair: pair.message.level), lambda pair: pair.message.level.label)
    rows += _by("class", side, lambda pair: pair.message.group)
    rows += _by("subject", side, lambda pair: pair.message.subject or "none")
    rows += _by("language", side, lambda pair: pair.message.language)
    rows += _by("length", sorted(side, key=lambda pair: len(pair.message.text)), length_group)
    return rows


def length_group(pair: Pair) -> str:
    """The group of lengths that a message belongs to, in characters."""
    length = len(pair.message.text)
    return "under 60" if length < 60 else "60 to 199" if length < 200 else "200 and more"


def pairs_told_apart(pairs: Pairs) -> Share:
    """Of the contrast pairs, the share whose two messages both lie on their right side of concern.

    Where both call for concern or above and differ in whom they are about, the subjects must be right too.
    """
    grouped: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.message.pair is not None:
            grouped.setdefault(pair.message.pair, []).append(pair)
    return Share.of(_told_apart(both) for both in grouped.values())


def _told_apart(both: Sequence[Pair]) -> bool:
    if any(pair.reaches(Level.CONCERN) != (pair.message.level >= Level.CONCERN) for pair in both):
        return False
    subjects = {pair.message.subject for pair in both if pair.message.level >= Level.CONCERN}
    return len(subjects) < 2 or all(pair.message.subject == pair.verdict.subject for pair in both)


def false_alarm_rows(pairs: Pairs) -> list[Row]:
    """False alarms among messages labeled none and distress, and in each harmless class."""
    rows = []
    for level in (Level.NONE, Level.DISTRESS):
        rows.append(_alarm_row("level", level.label, [pair for pair in pairs if pair.message.level is level]))
    for group in HARMLESS_CLASSES:
        calm = [pair for pair in pairs if pair.message.group == group and pair.message.level < Level.CONCERN]
        rows.append(_alarm_row("class", group, calm))
    return [row for row in rows if row.concern.n]


def subject_accuracy(pairs: Pairs) -> dict[str, Share]:
    """Of the crisis-side messages that were found, the share with the right subject; all, self, other."""
    found = [pair for pair in pairs if pair.message.level >= Level.CONCERN and pair.reaches(Level.CONCERN)]
    groups: dict[str, Callable[[Pair], bool]] = {
        "all": lambda _: True,
        "self": lambda pair: pair.message.subject == "self",
        "other": lambda pair: pair.message.subject == "other",
    }
    return {
        name: Share.of(pair.verdict.subject == pair.message.subject for pair in found if belongs(pair))
        for name, belongs in groups.items()
    }


def explicit_share(pairs: Pairs) -> Share:
    """Explicit statements found at crisis or above."""
    return Share.of(pair.reaches(Level.CRISIS) for pair in pairs if pair.message.explicit)


def explicit_missed(pairs: Pairs) -> tuple[str, ...]:
    """Ids of explicit statements that did not reach crisis."""
    return tuple(pair.message.id for pair in pairs if pair.message.explicit and not pair.reaches(Level.CRISIS))


def confusion(pairs: Pairs) -> dict[Level, dict[Level, int]]:
    """Labeled level to found level to count."""
    table = {truth: dict.fromkeys(Level, 0) for truth in Level}
    for pair in pairs:
        table[pair.message.level][pair.verdict.level] += 1
    return table


def exact(pairs: Pairs) -> Share:
    """The share with exactly the labeled level."""
    return Share.of(pair.message.level is pair.verdict.level for pair in pairs)


@dataclass(frozen=True)
class TurnFigures:
    """Per-turn figures over conversations."""

    exact: Share
    recall: Share
    false_alarms: Share
    whole: Share


def turn_figures(labeled: Sequence[Sequence[Level]], found: Sequence[Sequence[Level]]) -> TurnFigures:
    """Exact levels, recall and false alarms at concern by turn, and conversations right in every turn."""
    turns = [pair for truths, levels in zip(labeled, found, strict=True) for pair in zip(truths, levels, strict=True)]
    return TurnFigures(
        exact=Share.of(truth is level for truth, level in turns),
        recall=Share.of(level >= Level.CONCERN for truth, level in turns if truth >= Level.CONCERN),
        false_alarms=Share.of(level >= Level.CONCERN for truth, level in turns if truth < Level.CONCERN),
        whole=Share.of(tuple(truths) == tuple(levels) for truths, levels in zip(labeled, found, strict=True)),
    )


def _by(kind: str, pairs: Pairs, key: Callable[[Pair], str]) -> list[Row]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(key(pair), []).append(pair)
    return [_recall_row(kind, name, group) for name, group in groups.items()]


def _recall_row(kind: str, name: str, pairs: Pairs) -> Row:
    return Row(kind, name, recall(pairs, Level.CONCERN), recall(pairs, Level.CRISIS))


def _alarm_row(kind: str, name: str, pairs: Pairs) -> Row:
    return Row(kind, name, alarms(pairs, Level.CONCERN), alarms(pairs, Level.CRISIS))
