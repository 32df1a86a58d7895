"""What the stand-ins of Slack and Telegram have in common: a server on loopback that can be down or throttling."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from evaluation.loopback import Loopback


@dataclass
class FakePlatform:
    """The server. ``sent`` are the messages it took, ``calls`` all calls by method; ``too_early`` counts calls before
    the time that a throttling answer asked for was over.
    """

    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    down: bool = False
    retry_after: int = 0
    too_early: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._server = Loopback(lambda _method, path, headers, raw: self._answer(path, headers, raw))
        self.close = self._server.close

    @contextmanager
    def being_down(self) -> Iterator[None]:
        """Every call is refused as by a platform that is down meanwhile."""
        self.down = True
        try:
            yield
        finally:
            self.down = False

    @contextmanager
    def throttling(self, seconds: int) -> Iterator[None]:
        """Every call that counts is answered 429 with the seconds to wait meanwhile."""
        self.retry_after = seconds
        try:
            yield
        finally:
            self.retry_after = 0

    def _answer(self, path: str, headers: Mapping[str, str], raw: bytes) -> tuple[int, Mapping[str, str], bytes]:
        raise NotImplementedError
