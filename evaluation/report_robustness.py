"""The scorecard's part on disturbed messages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation import markdown
from evaluation.intervals import Share
from evaluation.robustness import CALM, RISKY


def robustness_report(found: Mapping[str, Mapping[str, Mapping[str, Sequence[int]]]]) -> str:
    """Recall at concern by disturbance, detector and floor side by side, what was lost, and alarms on calm messages."""
    ours, floor = found["detector"], found["floor"]
    undisturbed = Share(*next(iter(ours.values()))[RISKY])
    rows = []
    for kind in ours:
        recall = Share(*ours[kind][RISKY])
        lost = 100 * (undisturbed.value - recall.value)
        others = (Share(*counts) for counts in (ours[kind][CALM], floor[kind][RISKY], floor[kind][CALM]))
        rows.append([kind, markdown.share(recall), f"{lost:+.1f}", *(markdown.share(each) for each in others)])
    heads = ["detector", "points lost", "false alarms", "lexicon only", "lexicon only, false alarms"]
    return markdown.paragraphs(
        "The English messages, each kind of disturbance over all of them (evaluation/perturb.py): recall at concern of "
        "those labeled concern or above, points lost against the message as written, and false alarms, the share of "
        "those labeled none that was taken for concern or above.",
        markdown.table(["disturbance", *heads], rows),
        "![Recall under disturbance](images/robustness.svg)",
    )
