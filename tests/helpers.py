"""A person on the web channel, as tests need one: opens a conversation, writes, listens to the event stream."""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

_NUMBERS = itertools.count(1)


class Visitor:
    """One person in one conversation over real HTTP."""

    def __init__(self, url: str, **wishes: str) -> None:
        self.url = url
        self.client = httpx.Client(base_url=url, timeout=20)
        answer = self.client.post("/web/sessions", json=wishes, headers={"Origin": url})
        answer.raise_for_status()
        session = answer.json()
        self.token, self.conversation_id = session["token"], session["conversation_id"]
        self.greeting: list[dict[str, Any]] = session["events"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def post(self, text: str, message_id: str | None = None) -> httpx.Response:
        """Sends a message; the raw response."""
        body = {"id": message_id or f"m{next(_NUMBERS)}", "text": text}
        return self.client.post("/web/messages", json=body, headers=self.headers)

    def write(self, text: str, message_id: str | None = None) -> list[dict[str, Any]]:
        """Sends a message; what is answered at once."""
        answer = self.post(text, message_id)
        assert answer.status_code == 200, answer.text
        events: list[dict[str, Any]] = answer.json()["events"]
        return events

    def tap(self, label: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Taps the button with that label."""
        payload = next(button["payload"] for event in events for button in event["buttons"] if button["label"] == label)
        return self.write(payload)

    def listen(self, after: int = 0) -> Listener:
        """Opens the event stream."""
        return Listener(self.url, self.headers, after)

    def ask(self, text: str, limit_s: float = 15) -> list[dict[str, Any]]:
        """Sends a message and waits for everything that answers it: at once, and over the stream."""
        message_id = f"m{next(_NUMBERS)}"
        with self.listen(self.last_event()) as listener:
            at_once = self.write(text, message_id)
            later = listener.until(
                lambda event: event["in_reply_to"] == message_id and event["author"] == "bot" and event not in at_once,
                limit_s,
                needed=not at_once,
            )
        return at_once + [event for event in later if event["event_id"] not in {each["event_id"] for each in at_once}]

    def last_event(self) -> int:
        """The id of the newest event."""
        with self.listen() as listener:
            return max((event["event_id"] for event in listener.settled()), default=0)


class Listener:
    """Reads the event stream in a thread."""

    def __init__(self, url: str, headers: dict[str, str], after: int) -> None:
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._client = httpx.Client(base_url=url, timeout=httpx.Timeout(5, read=40))
        self._headers = {**headers, "Last-Event-ID": str(after)}
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        self._open.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def _read(self) -> None:
        try:
            with self._client.stream("GET", "/web/events", headers=self._headers) as stream:
                self._open.set()
                for line in stream.iter_lines():
                    if line.startswith("data:"):
                        self._events.put(json.loads(line[5:]))
        except (httpx.HTTPError, RuntimeError, OSError, AttributeError):
            pass  # closed by the test, or the door was killed: what was read is what counts

    def until(
        self, wanted: Callable[[dict[str, Any]], bool], limit_s: float, *, needed: bool = True
    ) -> list[dict[str, Any]]:
        """Events that are wanted: the first within ``limit_s``, then whatever follows within a moment."""
        found: list[dict[str, Any]] = []
        until = time.monotonic() + (limit_s if needed else 3.0)
        while (left := until - time.monotonic()) > 0:
            try:
                event = self._events.get(timeout=left)
            except queue.Empty:
                break
            if wanted(event):
                found.append(event)
                until = min(until, time.monotonic() + 0.5)
        assert found or not needed, f"nothing came within {limit_s} s"
        return found

    def settled(self, quiet_s: float = 0.4) -> list[dict[str, Any]]:
        """Everything that has come, once nothing more has for ``quiet_s`` seconds."""
        found = []
        while True:
            try:
                found.append(self._events.get(timeout=quiet_s))
            except queue.Empty:
                return found


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """The kinds of the events in order."""
    return [event["kind"] for event in events]


def words(events: list[dict[str, Any]]) -> str:
    """All texts of the events."""
    return "\n".join(event["text"] for event in events)


def eventually(check: Callable[[], Any], limit_s: float = 60, every_s: float = 0.2) -> Any:
    """The first truthy value of ``check``; fails when none comes. For things that happen by themselves."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        try:
            if value := check():
                return value
        except (httpx.HTTPError, OSError):
            pass
        time.sleep(every_s)
    raise AssertionError(f"did not happen within {limit_s} s")


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """While this is entered, nobody else reads or writes the SQLite file."""
    lock = sqlite3.connect(database, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        lock.execute("ROLLBACK")
        lock.close()


@contextlib.contextmanager
def nowhere_to_write(folder: Path) -> Iterator[None]:
    """The database locked, and a file where the spool's folder should be."""
    spool = folder / "spool"
    with locked(folder / "holdfast.sqlite3"):
        spool.write_text("a file where the folder should be", encoding="utf-8")
        try:
            yield
        finally:
            spool.unlink()
