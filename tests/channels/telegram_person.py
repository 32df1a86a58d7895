"""Somebody on Telegram, as tests need one: posts updates to the webhook, sees what the fake took for the chat."""

from __future__ import annotations

import itertools
from typing import Any

import httpx

from holdfast.channels.identity import conversation_id
from tests.channels.fake_telegram import FakeTelegram

SESSION, HOOK = "session-secret-for-tests", "hook_secret_for_tests"
_NUMBERS = itertools.count(1000)
#: One for everybody: making a client costs far more than a request.
_CLIENT = httpx.Client(timeout=20)


class TelegramPerson:
    """One person in a private chat with the bot, or in a group when ``group`` names one."""

    def __init__(self, url: str, fake: FakeTelegram, *, language: str = "en", group: int | None = None) -> None:
        self._url, self._fake, self._language, self._group = url, fake, language, group
        self.id = 10_000_000 + next(_NUMBERS)
        self.last: dict[str, Any] = {}
        if group is None:
            fake.begun.add(self.id)
        else:
            fake.groups.add(group)

    @property
    def conversation_id(self) -> str:
        return conversation_id(SESSION.encode(), "t", self.id)

    @property
    def user(self) -> dict[str, Any]:
        """The ``from`` of an update."""
        return {"id": self.id, "is_bot": False, "first_name": "Kim", "language_code": self._language}

    @property
    def chat(self) -> dict[str, Any]:
        """The ``chat`` of an update."""
        if self._group is None:
            return {"id": self.id, "type": "private", "first_name": "Kim"}
        return {"id": self._group, "type": "supergroup", "title": "Walks"}

    def message(self, **content: Any) -> dict[str, Any]:
        """A message object."""
        number = next(_NUMBERS)
        return {"message_id": number, "date": 1795428000, "chat": self.chat, "from": self.user, **content}

    def post(self, update: dict[str, Any], *, secret: str = HOOK) -> httpx.Response:
        """Posts an update as Telegram does."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return _CLIENT.post(self._url + "/telegram/webhook", json=update, headers=headers)

    def update(self, **content: Any) -> int:
        """Posts a new update; the status of the answer."""
        self.last = {"update_id": next(_NUMBERS), **content}
        return self.post(self.last).status_code

    def write(self, text: str) -> int:
        return self.update(message=self.message(text=text))

    def send(self, **content: Any) -> int:
        """Sends a message with any content."""
        return self.update(message=self.message(**content))

    def repeat(self) -> int:
        return self.post(self.last).status_code

    def edit(self, text: str) -> int:
        before = self.last.get("message") or self.last["edited_message"]
        return self.update(edited_message={**before, "text": text, "edit_date": 1795428000 + next(_NUMBERS)})

    def send_voice(self) -> int:
        voice = {"file_id": "x", "file_unique_id": "y", "duration": 3}
        return self.send(voice=voice)

    def forge(self, text: str) -> int:
        return self.post({"update_id": next(_NUMBERS), "message": self.message(text=text)}, secret="guess").status_code

    def oversize(self) -> int:
        return self.post({"update_id": next(_NUMBERS), "message": self.message(text="x" * 3_000_000)}).status_code

    def tap(self, data: str) -> int:
        """Taps a button with that data."""
        sent = {"message_id": 1, "date": 1795428000, "chat": self.chat}
        query = {"id": f"q{next(_NUMBERS)}", "from": self.user, "message": sent, "chat_instance": "1", "data": data}
        return self.update(callback_query=query)

    def heard(self) -> list[str]:
        return self._fake.texts(self.id)
