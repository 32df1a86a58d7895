"""The scorecard's part on detection. Pure; ids only of explicit misses, never a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation import markdown
from evaluation.detection import Verdicts
from evaluation.metrics import (
    Pair,
    Pairs,
    Row,
    Verdict,
    confusion,
    exact,
    explicit_missed,
    explicit_share,
    false_alarm_rows,
    pairs_told_apart,
    recall_rows,
    subject_accuracy,
    turn_figures,
)
from evaluation.sets import Message, Talk
from holdfast.crisis.types import Level

#: Names in results to names in the report.
NAMES: Mapping[str, str] = {"detector": "detector", "floor": "lexicon only"}


def stock_report(about: Mapping[str, Any], found: Mapping[str, Verdict], messages: Sequence[Message], data: str) -> str:
    """Stock Rasa on the same messages; ``data`` is the hash of today's training messages."""
    pairs = [Pair(message, found[message.id]) for message in messages]
    rows = [*recall_rows(pairs), *false_alarm_rows(pairs)]
    kinds = [f"recall, {row.kind} {row.name}" for row in recall_rows(pairs)]
    kinds += [f"false alarms, {row.kind} {row.name}" for row in false_alarm_rows(pairs)]
    stale = "" if about["data"] == data else " They have changed since."
    epochs = f"{about['epochs']} epochs" + (" instead of 100" if about["epochs"] != 100 else "")
    return markdown.paragraphs(
        f"The pipeline of `rasa init` (DIET, {epochs}) trained on {about['training_messages']} messages of data/nlu "
        f"(of `{about['data']}`); the level of its top intent is taken.{stale} Again: `{about['command']}`.",
        markdown.table(
            ["group", "concern", "crisis"],
            [
                [name, markdown.share(row.concern), markdown.share(row.crisis)]
                for name, row in zip(kinds, rows, strict=True)
            ],
        ),
    )


def detection_report(found: Mapping[str, Verdicts], messages: Sequence[Message], talks: Sequence[Talk]) -> str:
    """Recall, false alarms, explicit statements, subject, confusion, conversations; detector and floor side by side."""
    pairs = {name: found[name].pairs(messages) for name in NAMES}
    return markdown.paragraphs(
        "### Recall",
        "Of the messages labeled concern or above, the share found at concern or above (somebody sees the lines at "
        "once), and of those labeled crisis or above, the share found at crisis or above (staff are paged).",
        _both({name: recall_rows(each) for name, each in pairs.items()}),
        "### False alarms",
        "Of messages that call for neither, the share that brought the lines all the same (concern), or would have "
        "paged staff (crisis). The levels cover all classes; the classes below them are parts of level none.",
        _both({name: false_alarm_rows(each) for name, each in pairs.items()}),
        "### Explicit statements",
        _explicit(pairs),
        "### Subject",
        "Of the crisis-side messages that were found, the share taken rightly for the writer (self) or somebody else.",
        _subjects(pairs),
        "### Exact level",
        "Rows are labels, columns what was found.",
        *(part for name, each in pairs.items() for part in (f"{NAMES[name].capitalize()}:", _confusion(each))),
        "### Contrast pairs",
        "Two messages that differ in one decisive point (subject, tense, negation, hypothesis, quotation); the share "
        "of pairs in which both lie on their right side of concern.",
        _contrasts(pairs),
        "### Conversations",
        "Each turn read with the turns before it.",
        _conversations(found, talks),
    )


def _both(rows: Mapping[str, Sequence[Row]]) -> str:
    ours, floor = rows["detector"], rows["floor"]
    head = ["group", "concern: detector", "concern: lexicon only", "crisis: detector", "crisis: lexicon only"]
    return markdown.table(
        head,
        [
            [
                each.name if each.kind == "all" else f"{each.kind} {each.name}",
                *(markdown.share(share) for share in (each.concern, base.concern, each.crisis, base.crisis)),
            ]
            for each, base in zip(ours, floor, strict=True)
        ],
    )


def _explicit(pairs: Mapping[str, Pairs]) -> str:
    rows = [
        [NAMES[name], markdown.share(explicit_share(each)), ", ".join(explicit_missed(each)) or "none"]
        for name, each in pairs.items()
    ]
    return markdown.table(["", "found at crisis or above", "missed (ids)"], rows)


def _subjects(pairs: Mapping[str, Pairs]) -> str:
    figures = {name: subject_accuracy(each) for name, each in pairs.items()}
    rows = [[who, *(markdown.share(each[who]) for each in figures.values())] for who in ("all", "self", "other")]
    return markdown.table(["labeled subject", *(NAMES[name] for name in figures)], rows)


def _confusion(pairs: Pairs) -> str:
    counts = confusion(pairs)
    rows = []
    for level in Level:
        right = exact([pair for pair in pairs if pair.message.level is level])
        rows.append([level.label, *(str(counts[level][found]) for found in Level), markdown.share(right)])
    rows.append(["all", *(str(sum(counts[level][found] for level in Level)) for found in Level)])
    rows[-1].append(markdown.share(exact(pairs)))
    return markdown.table(["label", *(level.label for level in Level), "exactly right"], rows)


def _contrasts(pairs: Mapping[str, Pairs]) -> str:
    rows = [["pairs told apart", *(markdown.share(pairs_told_apart(each)) for each in pairs.values())]]
    return markdown.table(["", *(NAMES[name] for name in pairs)], rows)


def _conversations(found: Mapping[str, Verdicts], talks: Sequence[Talk]) -> str:
    labeled = [talk.levels for talk in talks]
    figures = [turn_figures(labeled, found[name].levels(talks)) for name in NAMES]
    lines = {
        "turns with exactly the labeled level": [each.exact for each in figures],
        "turns of concern or above found as such": [each.recall for each in figures],
        "turns below concern taken for concern or above": [each.false_alarms for each in figures],
        "conversations right in every turn": [each.whole for each in figures],
    }
    rows = [[name, *(markdown.share(share) for share in shares)] for name, shares in lines.items()]
    return markdown.table(["", *NAMES.values()], rows)
