"""Keeps users' words out of Rasa's log (G7): during a turn, records of others say where they come from, not what.

Rasa and its libraries put the user's text into warnings, errors and exceptions at the default level, in f-strings that
no list of keys can catch. So while a turn is handled nothing but our own records keeps its message.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import traceback
from collections.abc import Iterator
from typing import Any

_IN_TURN: contextvars.ContextVar[bool] = contextvars.ContextVar("holdfast_in_turn", default=False)
_OURS = ("holdfast",)
_MARK = "_holdfast_quiet"


@contextlib.contextmanager
def wordless() -> Iterator[None]:
    """While this is entered, records made in this task and its children carry no message of other packages."""
    token = _IN_TURN.set(True)
    try:
        yield
    finally:
        _IN_TURN.reset(token)


def install() -> None:
    """Makes the process's log records obey `wordless`; Python warnings go through the log. May be called again."""
    logging.captureWarnings(True)
    made = logging.getLogRecordFactory()
    if getattr(made, _MARK, False):
        return

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = made(*args, **kwargs)
        if _IN_TURN.get() and record.name.split(".")[0] not in _OURS:
            _withhold(record)
        return record

    setattr(factory, _MARK, True)
    logging.setLogRecordFactory(factory)


def _withhold(record: logging.LogRecord) -> None:
    record.msg = f"{record.name}: message withheld ({record.module}:{record.lineno}){_where(record.exc_info)}"
    record.args = None
    record.exc_info = None
    record.exc_text = None
    record.stack_info = None


def _where(info: Any) -> str:
    """Class and place of an exception; its own words may be the user's."""
    if not isinstance(info, tuple) or info[0] is None:
        return ""
    frames = traceback.extract_tb(info[2])
    places = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-6:])
    return f" {info[0].__name__} at {places}"
