"""What other work before a measurement means for its figures. Pure."""

from __future__ import annotations

from evaluation import markdown

#: Above this share of other work before a measurement, the figures are said to be doubtful.
BUSY = 0.10


def business(busy: float) -> str:
    """A sentence on the share of all cores that other work took, 0..1, and whether the figures can be relied on."""
    doubt = " **The machine was not idle, so these figures are doubtful; measure again.**" if busy > BUSY else ""
    return f"Before the measurement other work took {markdown.percent(busy)} of all cores.{doubt}"
