"""A door by itself for the tests of its behavior over time and in any language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.door.alone import Alone


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    """A door without processes around it."""
    door = Alone(tmp_path)
    yield door
    door.close()
