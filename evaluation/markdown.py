"""Figures as words and tables of Markdown. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.intervals import Quantile, Share

NOTHING = "–"


def share(figure: Share) -> str:
    """For example ``97.1 % [94.5–98.5] 299/308``; a dash when there is nothing to count."""
    if not figure.n:
        return NOTHING
    low, high = figure.interval
    return f"{percent(figure.value)} [{100 * low:.1f}–{100 * high:.1f}] {figure.hits}/{figure.n}"


def percent(value: float) -> str:
    """A share of 0..1 in percent."""
    return f"{100 * value:.1f} %"


def milliseconds(figure: Quantile) -> str:
    """For example ``12.3 [11.9–13.0]``; an interval without upper end says so."""
    high = "no bound" if figure.high is None else number(figure.high)
    return f"{number(figure.value)} [{number(figure.low)}–{high}]"


def number(value: float) -> str:
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is left-aligned, the others to the right."""
    marks = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, marks, *rows))


def paragraphs(*parts: str) -> str:
    """Parts with an empty line between them; empty ones are left out."""
    return "\n\n".join(part for part in parts if part)
