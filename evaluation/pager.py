"""Stands in a pager service's place for measurements: notes when each alert arrives, and which case it is about."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from holdfast.paths import ROOT

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Call:
    """One alert. ``at`` is monotonic seconds; ``case`` is the desk's number, None for the shipper's own alert."""

    at: float
    case: int | None
    conversation_id: str | None


class Pager:
    """Takes what Apprise posts on loopback."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                at = time.monotonic()
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                calls.append(call_of(body["message"], at))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stays silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its Apprise address."""
        return f"json://127.0.0.1:{self._server.server_address[1]}/"

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()


def call_of(message: str, at: float) -> Call:
    """What an alert's text says: the desk's link holds the case's number, the shipper names the conversation."""
    if found := re.search(r"/a/([^:\s]+):", message):
        return Call(at, int(_opened(found.group(1))[0]), None)
    named = re.search(r"Conversation (\S+)\.", message)
    return Call(at, None, named.group(1) if named else None)


def _opened(payload: str) -> list[object]:
    """The readable half of a signed link (Django's format); the signature is the desk's business."""
    packed = payload.startswith(".")
    raw = payload.removeprefix(".")
    data = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    opened: list[object] = json.loads(zlib.decompress(data) if packed else data)
    return opened


@contextmanager
def paged_clinic(folder: Path) -> Iterator[tuple[Path, Pager]]:
    """A `clinic.yml` where the pager is always on duty, and every alarm is told once within the hour."""
    pager = Pager()
    raw = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
    raw["duty"]["hours"] = {day: "00:00-24:00" for day in _DAYS}
    raw["notify"]["targets"] = [{"name": "pager", "url": pager.url, "reaches_people": True}]
    raw["alert_steps"] = {level: [0, 60] for level in ("emergency", "crisis")}
    file = folder / "clinic.yml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    try:
        yield file, pager
    finally:
        pager.close()
