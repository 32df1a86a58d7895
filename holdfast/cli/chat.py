"""`holdfast chat`: a terminal chat over the web channel of a running door."""

from __future__ import annotations

import json
import sys
import threading
import uuid
from typing import Any

import httpx

from holdfast.cli.processes import Ports

_SIGNS = {"bot": "bot", "staff": "staff", "user": "you"}


def chat(language: str) -> int:
    """Reads lines from standard input until its end. A number picks a button. Returns 1 when no door is running."""
    url = f"http://127.0.0.1:{Ports.from_environment().door}"
    try:
        opened = httpx.post(url + "/web/sessions", json={"language": language}, headers={"Origin": url})
        opened.raise_for_status()
    except httpx.HTTPError as error:
        print(
            f"No door answers at {url} ({type(error).__name__}). Start it in another terminal: make run",
            file=sys.stderr,
        )
        return 1
    session = opened.json()
    screen = _Screen()
    screen.show(session["events"])
    headers = {"Authorization": f"Bearer {session['token']}"}
    threading.Thread(target=_listen, args=(url, headers, screen), daemon=True).start()
    for line in sys.stdin:
        if text := screen.payload(line.strip()):
            message = {"id": uuid.uuid4().hex, "text": text}
            answer = httpx.post(url + "/web/messages", json=message, headers=headers, timeout=15)
            screen.show(answer.json().get("events", []))
    screen.settle()
    return 0


class _Screen:
    """Prints each event once and remembers the newest buttons."""

    def __init__(self) -> None:
        self._shown: set[int] = set()
        self._buttons: list[dict[str, str]] = []
        self._news = threading.Event()

    def show(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            if event["event_id"] in self._shown:
                continue
            self._shown.add(event["event_id"])
            self._news.set()
            if event["author"] == "user":
                continue
            name = event["staff_name"] or _SIGNS[event["author"]]
            print(f"\n{name}: {event['text']}", flush=True)
            if event["buttons"]:
                self._buttons = event["buttons"]
                for number, button in enumerate(self._buttons, 1):
                    print(f"   [{number}] {button['label']}", flush=True)

    def payload(self, line: str) -> str:
        if line.isdigit() and 1 <= int(line) <= len(self._buttons):
            return self._buttons[int(line) - 1]["payload"]
        return line

    def settle(self) -> None:
        """Waits until nothing new has come for two seconds."""
        while True:
            self._news.clear()
            if not self._news.wait(2.0):
                return


def _listen(url: str, headers: dict[str, str], screen: _Screen) -> None:
    with httpx.stream("GET", url + "/web/events", headers=headers, timeout=httpx.Timeout(5, read=60)) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                screen.show([json.loads(line[5:])])
