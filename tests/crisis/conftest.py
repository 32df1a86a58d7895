"""The detector's parts, loaded once."""

from __future__ import annotations

import pytest

from holdfast.crisis.detector import Detector
from holdfast.crisis.lexicon import Lexicon


@pytest.fixture(scope="session")
def floor() -> Detector:
    """The detector without any model."""
    return Detector.load(lexicon_only=True)


@pytest.fixture(scope="session")
def lexicon(floor: Detector) -> Lexicon:
    return floor.lexicon
