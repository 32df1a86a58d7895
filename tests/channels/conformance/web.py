"""The website's driver: sessions, messages and the event stream over real HTTP. It has no platform in between."""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import httpx

from tests.helpers import Listener, Visitor

_NUMBERS = itertools.count(1)


class WebPerson:
    """One visitor, who reads the stream from the beginning."""

    def __init__(self, url: str, language: str) -> None:
        self._url = url
        self._visitor = Visitor(url, language=language, country="US")
        self._listener: Listener = self._visitor.listen()
        self._listener.__enter__()
        self._heard: dict[int, str] = {}
        self._last: tuple[str, str] = ("", "")

    @property
    def conversation_id(self) -> str:
        return self._visitor.conversation_id

    def write(self, text: str) -> int:
        self._last = (text, f"c{next(_NUMBERS)}")
        return self._visitor.post(*self._last).status_code

    def repeat(self) -> int:
        return self._visitor.post(*self._last).status_code

    def edit(self, text: str) -> int:
        raise AssertionError("the page has no way to edit")

    def send_voice(self) -> int:
        raise AssertionError("the page sends text only")

    def forge(self, text: str) -> int:
        headers = {"Authorization": "Bearer " + self._visitor.token[:-4] + "AAAA"}
        return httpx.post(f"{self._url}/web/messages", json={"id": "x", "text": text}, headers=headers).status_code

    def oversize(self) -> int:
        return self._visitor.post("x" * 3_000_000).status_code

    def heard(self) -> list[str]:
        for event in self._listener.settled(0.1):
            if event["author"] != "user":
                words = event["text"] if event["author"] != "staff" else f"{event['staff_name']}: {event['text']}"
                self._heard[event["event_id"]] = words
        return [self._heard[number] for number in sorted(self._heard)]


class WebDriver:
    """Implements `tests.channels.conformance.driver.Driver`."""

    name = "web"
    cannot = {
        "edit": "the page has no editing",
        "non-text": "the page sends text only",
        "platform down": "no platform in between",
        "429": "no platform in between",
    }

    def __init__(self) -> None:
        self.url = ""

    def settings(self) -> dict[str, Any] | None:
        return None

    def environment(self) -> dict[str, str]:
        return {}

    def start(self, url: str) -> None:
        self.url = url

    def close(self) -> None:
        """Nothing to stop."""

    def person(self, *, language: str = "en") -> WebPerson:
        return WebPerson(self.url, language)

    def down(self) -> AbstractContextManager[None]:
        return nullcontext()

    def throttled(self, seconds: int) -> AbstractContextManager[None]:
        return nullcontext()
