"""The scorecard's part on how the classifier was chosen: variants, learning curve, reliability. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation import markdown
from evaluation.intervals import Share


def models_report(found: Mapping[str, Any]) -> str:
    """The table of variants on the held-out part of the training messages."""
    rows = [[name, *_cells(figures)] for name, figures in found["variants"].items()]
    curve = [
        [str(each["messages"]), _auc(each["auc"]), markdown.share(Share(*each["alarms_at_95"]))]
        for each in found["learning_curve"]
    ]
    reliable = [[f"{mean:.2f}", f"{share:.2f}", str(n)] for mean, share, n in found["reliability"]]
    return markdown.paragraphs(
        f"Fitted on {found['fitted']} training messages, scored on {found['held_out']} messages of held-out scenes "
        f"that no encoder was tuned on (data `{found['data']}`). Area under the curve for concern or above with a "
        "bootstrap interval, and the false alarms at the threshold that finds 95 % of the risky messages. The "
        f"temperature was chosen on the same messages. {_again(found)}",
        markdown.table(["classifier", "area under the curve", "false alarms at 95 % recall"], rows),
        *_long(found),
        "### Learning curve",
        "The published encoder, which has seen none of the messages, with n-grams; by the number of training messages.",
        markdown.table(["messages", "area under the curve", "false alarms at 95 % recall"], curve),
        "![Learning curve](images/learning-curve.svg)",
        "### Reliability",
        "The probability of concern or above on held-out messages, by tenths: said, found, and how many.",
        markdown.table(["said", "found", "n"], reliable),
        "![Reliability](images/reliability.svg)",
    )


def _long(found: Mapping[str, Any]) -> list[str]:
    if "long" not in found:  # an older comparison
        return []
    return [
        "### Long messages",
        "Messages composed of several held-out ones, risky ones with one of risk among calm ones "
        "(holdfast/crisis/development.py), with the last encoder and n-grams.",
        markdown.table(
            ["read", "area under the curve", "false alarms at 95 % recall"],
            [[name, *_cells(figures)] for name, figures in found["long"].items()],
        ),
    ]


def _again(found: Mapping[str, Any]) -> str:
    if command := found.get("command"):
        return f"Again: `{command}`"
    return "Again: `.venv/bin/python evaluation/models.py`, with the encoders of docs/encoder.md."


def _cells(figures: Mapping[str, Any]) -> list[str]:
    if "recall" in figures:  # the lexicon has one working point and no curve
        return [
            f"recall {markdown.share(Share(*figures['recall']))}",
            f"{markdown.share(Share(*figures['alarms']))} at that recall",
        ]
    return [_auc(figures["auc"]), markdown.share(Share(*figures["alarms_at_95"]))]


def _auc(values: list[float]) -> str:
    value, low, high = values
    return f"{value:.3f} [{low:.3f}\N{EN DASH}{high:.3f}]"
