"""The way out to Telegram: one event as one or more messages to the person, in a group only for want of another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, TypeVar

from holdfast.channels.platform import Refused
from holdfast.channels.telegram.api import BotApi
from holdfast.channels.telegram.text import keyboard, split
from holdfast.channels.telegram.update import group_of
from holdfast.door.messages import Outbound, Service

Key = TypeVar("Key")
Value = TypeVar("Value")
#: Things that are remembered for a while, of each kind.
MOST_KEPT = 2_000


class TelegramPlatform:
    """Implements `holdfast.channels.platform.Platform`. ``bot_name`` is without ``@``."""

    name = "telegram"

    def __init__(self, api: BotApi, service: Service, bot_name: str) -> None:
        self._api, self._service, self._bot_name = api, service, bot_name
        self._begun: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._told: OrderedDict[str, str] = OrderedDict()

    async def send(self, address: Mapping[str, Any], event: Outbound) -> None:
        """Sends the event. What was asked in a group is answered in private; to whom the bot may not write, in the
        group with an invitation alone, a card with the plain lines: others read it. Staff never write there (G8).
        """
        person, group = address.get("user"), group_of(event.in_reply_to)
        try:
            if not isinstance(person, int):
                raise Refused("writes in a group's own name")
            await self._send(person, event.event_id, self._words(event), keyboard(event.buttons))
        except Refused as refusal:
            if group is None or event.author == "staff" or not refusal.whole:
                raise
            told = self._told.get(str(event.in_reply_to))
            if told == "card" or (told and event.kind == "reply"):  # what is more says what the answer was about
                raise Refused("not for others to read", whole=False) from None
            await self._send(group[0], event.event_id, self._public(event), None, reply_to=group[1])
            _keep(self._told, str(event.in_reply_to), "reply" if event.kind == "reply" else "card")

    def _words(self, event: Outbound) -> str:
        if event.author != "staff":
            return event.text
        byline = self._service.phrase("staff_byline", event.language, staff_name=event.staff_name or "")
        return f"{byline}\n{event.text}"

    def _public(self, event: Outbound) -> str:
        """What everybody in the group may read."""
        invitation = self._service.phrase("group_private", event.language)
        invitation = f"{invitation} https://t.me/{self._bot_name}?start=group"
        if event.kind == "reply":
            return invitation
        return f"{self._service.lines(event.country, event.language)['text']}\n\n{invitation}"

    async def _send(
        self, chat: int, event_id: int, text: str, buttons: dict[str, Any] | None, *, reply_to: int | None = None
    ) -> None:
        """Sends the parts that are not out yet; after a failure the rest follows with the next try."""
        parts, key = split(text), (chat, event_id)
        for number in range(self._begun.get(key, 0), len(parts)):
            message: dict[str, Any] = {
                "chat_id": chat,
                "text": parts[number],
                "link_preview_options": {"is_disabled": True},
            }
            if buttons and number == len(parts) - 1:
                message["reply_markup"] = buttons
            if reply_to is not None:
                message["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
            await self._one(message)
            _keep(self._begun, key, number + 1)
        self._begun.pop(key, None)

    async def _one(self, message: dict[str, Any]) -> None:
        try:
            await self._api.call("sendMessage", **message)
        except Refused as refusal:  # a card without its buttons is better than none
            if refusal.whole or "reply_markup" not in message:
                raise
            await self._api.call(
                "sendMessage", **{key: value for key, value in message.items() if key != "reply_markup"}
            )


def _keep(memory: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    memory[key] = value
    while len(memory) > MOST_KEPT:
        memory.popitem(last=False)
