"""Telegram's driver: a strict Bot API on loopback, updates posted to the webhook with its secret token."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from tests.channels.fake_telegram import BOT_NAME, TOKEN, FakeTelegram
from tests.channels.telegram_person import HOOK, TelegramPerson


class TelegramDriver:
    """Implements `tests.channels.conformance.driver.Driver`."""

    name = "telegram"
    cannot: dict[str, str] = {}

    def __init__(self) -> None:
        self.fake = FakeTelegram()
        self.url = ""

    def settings(self) -> dict[str, Any] | None:
        return {"bot": BOT_NAME, "api": self.fake.url}

    def environment(self) -> dict[str, str]:
        return {"HOLDFAST_SECRET_TELEGRAM_TOKEN": TOKEN, "HOLDFAST_SECRET_TELEGRAM_WEBHOOK": HOOK}

    def start(self, url: str) -> None:
        self.url = url

    def close(self) -> None:
        self.fake.close()

    def person(self, *, language: str = "en") -> TelegramPerson:
        return TelegramPerson(self.url, self.fake, language=language)

    def down(self) -> AbstractContextManager[None]:
        return self.fake.being_down()

    def throttled(self, seconds: int) -> AbstractContextManager[None]:
        return self.fake.throttling(seconds)
