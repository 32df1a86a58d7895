"""The scorecard's part on disturbed messages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation import markdown
from evaluation.intervals import Share


def robustness_report(found: Mapping[str, Mapping[str, Sequence[int]]]) -> str:
    """Recall at concern by disturbance, detector and floor side by side, and what was lost."""
    undisturbed = {name: Share(*next(iter(rows.values()))) for name, rows in found.items()}
    rows = []
    for kind in found["detector"]:
        ours, floor = (Share(*found[name][kind]) for name in ("detector", "floor"))
        lost = 100 * (undisturbed["detector"].value - ours.value)
        rows.append([kind, markdown.share(ours), f"{lost:+.1f}", markdown.share(floor)])
    return markdown.paragraphs(
        "The English messages of concern or above, each kind of disturbance over all of them (evaluation/perturb.py); "
        "recall at concern, and points lost against the message as written.",
        markdown.table(["disturbance", "detector", "points lost", "lexicon only"], rows),
        "![Recall under disturbance](images/robustness.svg)",
    )
