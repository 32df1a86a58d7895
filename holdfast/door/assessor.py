"""Runs the detector for the door: lexicon on the event loop, models in a bounded thread pool with a deadline."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from holdfast.crisis.detector import Detector
from holdfast.crisis.types import Assessment, Context, Level

_LOG = logging.getLogger(__name__)
#: Seconds that the models may take (design: 400 ms).
MODEL_DEADLINE_S = 0.4


@dataclass(frozen=True)
class Reading:
    """What is known of a message within the deadline. ``late`` gives the models' result when it comes after all."""

    text: str
    findings: Any
    scores: Any | None
    late: Awaitable[Any] | None

    @property
    def unassessed(self) -> bool:
        """The models did not answer in time; whether the lexicon found something is `Assessor.judge`'s to say."""
        return self.scores is None and self.late is not None


class Assessor:
    """One for the door. Without model files it works with the lexicon alone and says so in its log."""

    def __init__(self, detector: Detector, *, deadline_s: float = MODEL_DEADLINE_S, threads: int = 2) -> None:
        self._detector, self._deadline_s = detector, deadline_s
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="models")
        self._running = 0

    async def read(self, text: str) -> Reading:
        """Scans and classifies ``text``. Never raises; a failing model counts as one that did not answer."""
        try:
            findings = self._detector.scan(text)
        except Exception as error:
            _LOG.critical("the lexicon failed: %s", type(error).__name__)
            return Reading(text, None, None, _never())
        if self._detector.classifier is None:
            return Reading(text, findings, None, None)
        if self._running >= 64:  # a stuck model must not pile up memory
            return Reading(text, findings, None, _never())
        future = asyncio.get_running_loop().run_in_executor(self._pool, self._detector.classify, text)
        self._running += 1
        future.add_done_callback(self._done)
        try:
            return Reading(text, findings, await asyncio.wait_for(asyncio.shield(future), self._deadline_s), None)
        except TimeoutError:
            _LOG.warning("the models took too long")
            return Reading(text, findings, None, future)
        except Exception as error:
            _LOG.error("the models failed: %s", type(error).__name__)
            return Reading(text, findings, None, _never())

    def judge(self, reading: Reading, context: Context) -> Assessment | None:
        """The assessment in the conversation's context; None when it is `unassessed`."""
        if reading.findings is None:
            return None
        assessment = self._detector.combine(reading.text, reading.findings, reading.scores, context)
        quiet = assessment.level < Level.CONCERN and not assessment.flags and assessment.answer is None
        return None if reading.unassessed and quiet else assessment

    async def judge_late(self, reading: Reading, context: Callable[[], Context]) -> Assessment | None:
        """The assessment once the models have answered; None when they failed."""
        if reading.late is None:
            return None
        try:
            scores = await reading.late
        except Exception:
            return None
        return self._detector.combine(reading.text, reading.findings, scores, context()) if scores is not None else None

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._running -= 1
        if not future.cancelled():
            future.exception()

    def close(self) -> None:
        """Lets go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


async def _never() -> None:
    """Stands for a model result that will not come."""
