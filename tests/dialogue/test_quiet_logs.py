"""No user's words in Rasa's log (G7): while a turn is handled, records of other packages lose their message."""

from __future__ import annotations

import asyncio
import io
import logging
import warnings
from collections.abc import Iterator

import pytest

from holdfast.dialogue.quiet_logs import install, wordless

WORDS = "I wrote a letter to my sister"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the process logs, as an operator would see it."""
    factory, capturing = logging.getLogRecordFactory(), warnings.showwarning
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    root.addHandler(handler)
    install()
    install()
    yield stream
    root.removeHandler(handler)
    logging.setLogRecordFactory(factory)
    logging.captureWarnings(False)
    warnings.showwarning = capturing


def test_a_message_of_another_package_is_withheld_but_its_place_is_not(written: io.StringIO) -> None:
    with wordless():
        logging.getLogger("rasa.core.processor").warning("Parsed an intent from '%s'", WORDS)
    assert WORDS not in written.getvalue()
    assert "rasa.core.processor: message withheld (test_quiet_logs:" in written.getvalue()


def test_an_exception_keeps_class_and_place_only(written: io.StringIO) -> None:
    with wordless():
        try:
            raise ValueError(WORDS)
        except ValueError:
            logging.getLogger("rasa.core.actions").exception("failed for %s", WORDS)
    assert WORDS not in written.getvalue()
    assert "ValueError at test_quiet_logs.py:" in written.getvalue()


def test_python_warnings_are_withheld(written: io.StringIO) -> None:
    with wordless(), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"Failed to parse arguments in line '{WORDS}'", stacklevel=1)
    assert WORDS not in written.getvalue()


def test_our_own_records_keep_their_message(written: io.StringIO) -> None:
    with wordless():
        logging.getLogger("holdfast.dialogue.guard").warning("the lexicon alone")
    assert "the lexicon alone" in written.getvalue()


def test_outside_a_turn_nothing_is_withheld(written: io.StringIO) -> None:
    with wordless():
        pass
    logging.getLogger("rasa").warning("model loaded")
    assert "model loaded" in written.getvalue()


async def test_a_turn_hushes_its_own_task_and_children_only(written: io.StringIO) -> None:
    async def child() -> None:
        logging.getLogger("aiohttp").error(WORDS)

    async def turn() -> None:
        with wordless():
            await asyncio.gather(child(), asyncio.to_thread(logging.getLogger("rasa").error, WORDS))

    async def other() -> None:
        logging.getLogger("rasa").warning("another task")

    await asyncio.gather(turn(), other())
    assert WORDS not in written.getvalue()
    assert "another task" in written.getvalue()
