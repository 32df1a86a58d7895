"""A time limit for anything in an action that may take long: a conversation waits while its action runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")
DEADLINE_S = 2.5


async def within(work: Callable[[str], Result], argument: str, deadline_s: float = DEADLINE_S) -> Result | None:
    """``work(argument)`` in a thread; None when it takes longer than ``deadline_s`` seconds or fails. Logs no words."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(work, argument), deadline_s)
    except asyncio.TimeoutError:
        _LOG.warning("%s took longer than %s s", work.__name__, deadline_s)
    except Exception as error:
        _LOG.error("%s failed: %s", work.__name__, type(error).__name__)
    return None
