"""The other people: visitors in a process of their own who ask questions without pause and so keep Rasa busy."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from evaluation.visitors import TURNS_A_CONVERSATION, Place, Unanswered, Visitor, new_client

#: Invented for the load; nothing is taken from the sealed sets.
QUESTIONS = (
    "Could you tell me roughly how one appointment with you goes from start to end?",
    "Which side effects should I be ready for?",
    "Will my insurance pay a part of this?",
    "My doctor has me on sertraline, does that matter?",
    "How soon would I notice a difference?",
    "Is this treatment approved by the authorities?",
    "Where can I leave my car when I come?",
    "For how many weeks does it keep working?",
)


#: How far the others give way at the processor: in life they sit at machines of their own.
GIVING_WAY = 19


@dataclass
class Askers:
    """A running group. ``answered`` counts replies that came so far."""

    _counter: Any

    @property
    def answered(self) -> int:
        """Replies so far, of all askers together."""
        return int(self._counter.value)


@contextmanager
def asking(place: Place, users: int, *, pause_s: float = 0.0, limit_s: float = 180.0) -> Iterator[Askers]:
    """``users`` people ask until the block ends, or for ``limit_s`` seconds at most.

    Each asks the next question as soon as the last one is answered, but not more often than every ``pause_s``
    seconds.
    """
    spawn = multiprocessing.get_context("spawn")
    counter, stop = spawn.Value("i", 0), spawn.Event()
    process = spawn.Process(target=_work, args=(place, users, pause_s, limit_s, counter, stop), daemon=True)
    if users:
        process.start()
    try:
        yield Askers(counter)
    finally:
        stop.set()
        if users:
            process.join(timeout=20)
            if process.is_alive():
                process.terminate()
                process.join()


def _work(place: Place, users: int, pause_s: float, limit_s: float, counter: Any, stop: Any) -> None:
    os.nice(GIVING_WAY)
    with suppress(KeyboardInterrupt):
        asyncio.run(_all(place, users, pause_s, limit_s, counter, stop))


async def _all(place: Place, users: int, pause_s: float, limit_s: float, counter: Any, stop: Any) -> None:
    until = time.monotonic() + limit_s
    async with new_client() as client:
        people = [
            asyncio.create_task(_ask(Visitor(place, client), pause_s, counter, random.Random(number)))
            for number in range(users)
        ]
        await asyncio.to_thread(stop.wait, max(0.0, until - time.monotonic()))
        for person in people:
            person.cancel()
        await asyncio.gather(*people, return_exceptions=True)


async def _ask(visitor: Visitor, pause_s: float, counter: Any, draw: random.Random) -> None:
    texts = itertools.cycle(draw.sample(QUESTIONS, len(QUESTIONS)))
    await asyncio.sleep(draw.uniform(0, pause_s))
    visitor.turns = TURNS_A_CONVERSATION
    while True:
        started = time.monotonic()
        try:
            if visitor.turns >= TURNS_A_CONVERSATION:
                await visitor.arrive(listen=True)
            await visitor.answer(next(texts))
            with counter.get_lock():
                counter.value += 1
        except Unanswered:
            await asyncio.sleep(0.5)
        await asyncio.sleep(max(0.0, pause_s - (time.monotonic() - started)))
