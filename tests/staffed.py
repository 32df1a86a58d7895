"""A clinic with somebody on duty round the clock; alerts go to a receiver on loopback, in a pager service's place."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from holdfast.paths import ROOT

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Pager:
    """Takes what Apprise posts. ``works`` false: answers 500 like a service that is down."""

    def __init__(self) -> None:
        self.works = True
        self.got: list[dict[str, Any]] = []
        pager = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if pager.works:
                    pager.got.append(json.loads(body))
                self.send_response(200 if pager.works else 500)
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


@contextlib.contextmanager
def staffed_clinic(
    folder: Path, *, on_duty: bool = True, last_resort_after: int = 60, staff_silent_after: int = 300
) -> Iterator[tuple[Path, Pager]]:
    """A `clinic.yml` in ``folder`` with duty hours and a pager that reaches people."""
    pager = Pager()
    raw = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
    raw["duty"]["hours"] = {day: "00:00-24:00" for day in _DAYS} if on_duty else {}
    raw["notify"]["targets"] = [{"name": "pager", "url": pager.url, "reaches_people": True}]
    raw["notify"]["last_resort_after"] = last_resort_after
    raw["desk"]["staff_silent_after"] = staff_silent_after
    file = folder / "clinic.yml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    try:
        yield file, pager
    finally:
        pager.close()
