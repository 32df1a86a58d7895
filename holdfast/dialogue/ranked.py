"""An intent with the classifier's confidence. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ranked:
    """An intent with the classifier's confidence, 0 to 1."""

    name: str
    confidence: float
