"""Slack's driver: a strict Web API on loopback, events posted to the door as signed requests."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from tests.channels.fake_slack import SIGNING, TOKEN, FakeSlack
from tests.channels.slack_person import SlackPerson


class SlackDriver:
    """Implements `tests.channels.conformance.driver.Driver`."""

    name = "slack"
    cannot: dict[str, str] = {}

    def __init__(self) -> None:
        self.fake = FakeSlack()
        self.url = ""

    def settings(self) -> dict[str, Any] | None:
        return {"api": self.fake.url}

    def environment(self) -> dict[str, str]:
        return {"HOLDFAST_SECRET_SLACK_BOT_TOKEN": TOKEN, "HOLDFAST_SECRET_SLACK_SIGNING_SECRET": SIGNING}

    def start(self, url: str) -> None:
        self.url = url

    def close(self) -> None:
        self.fake.close()

    def person(self, *, language: str = "en") -> SlackPerson:
        locale = {"en": "en-US", "es": "es-ES"}.get(language, "en-US")
        return SlackPerson(self.url, self.fake, locale=locale)

    def down(self) -> AbstractContextManager[None]:
        return self.fake.being_down()

    def throttled(self, seconds: int) -> AbstractContextManager[None]:
        return self.fake.throttling(seconds)
