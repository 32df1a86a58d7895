"""Records, a desk, alerts and a pager's service as the tests of this room need them."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import sqlalchemy as sa

from holdfast.escalation import outbox
from holdfast.escalation.notifier import Outcome
from holdfast.escalation.record import OutboxRecord, new_record_id


def record(**changes: object) -> OutboxRecord:
    """An alarm of level crisis, made at second 1000, changed as wished."""
    base = OutboxRecord(
        record_id=new_record_id(),
        kind="alarm",
        conversation_id="w_1",
        episode=1,
        level="crisis",
        subject="self",
        created_at=1000.0,
        channel="web",
    )
    return replace(base, **changes)


class Alerts:
    """Stands where Apprise's services would be: takes or refuses alerts as it is told."""

    def __init__(self, *, works: bool = True, reaches: bool = True) -> None:
        self.works, self.reaches, self.sent = works, reaches, []

    def send(self, sent: OutboxRecord, now: float, had: Collection[str] = ()) -> Outcome:
        if "pager" in had:
            return Outcome(("pager",), (), self.reaches)
        self.sent.append(sent.record_id)
        return Outcome(("pager",), (), self.reaches) if self.works else Outcome((), ("pager",), False)


class Desk:
    """Takes records, or none, or all but those that it ``refuses``."""

    def __init__(self, *, works: bool, refuses: set[str] | None = None) -> None:
        self.works, self.refuses, self.got = works, refuses or set(), []

    def deliver(self, given: OutboxRecord) -> bool:
        taken = self.works and given.record_id not in self.refuses
        if taken:
            self.got.append(given.record_id)
        return taken


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class StopAfter:
    """A stop signal that comes after so many rounds."""

    def __init__(self, rounds: int) -> None:
        self.left = rounds

    def is_set(self) -> bool:
        return self.left <= 0

    def wait(self, _seconds: float) -> None:
        self.left -= 1


@dataclass(frozen=True)
class Target:
    """A notification target as `clinic.yml` has them."""

    name: str
    url: str
    reaches_people: bool = True


class Pager:
    """A pager's service on loopback: refuses while ``works`` is false, and counts what reached it.

    ``refusal`` is the status of its refusals.
    """

    def __init__(self) -> None:
        self.works, self.refusal, self.asked = True, 500, 0
        pager = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                pager.asked += 1
                self.send_response(200 if pager.works else pager.refusal)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address for Apprise."""
        return f"json://{self.address}"

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stops it."""
        self._server.shutdown()
        self._server.server_close()


def put(engine: sa.Engine, *records: OutboxRecord) -> None:
    """Adds the records to the outbox."""
    with engine.begin() as connection:
        for each in records:
            outbox.add(connection, each)


def entries(engine: sa.Engine) -> list[outbox.Entry]:
    """All open entries, oldest first."""
    with engine.connect() as connection:
        return outbox.open_entries(connection)


def lines(file: Path) -> list[str]:
    """The lines of a log of alerts; none when there is no such file."""
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
