"""The one clock of the desk, so that tests can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The present moment, aware, UTC."""
    return _source()


def use(source: Callable[[], datetime] | None) -> None:
    """Replaces the clock; None puts the real one back."""
    global _source  # noqa: PLW0603
    _source = source or (lambda: datetime.now(UTC))
