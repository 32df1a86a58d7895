"""A strict Bot API on loopback: refuses what the real one refuses, and can be down, slow or throttling.

Written after the Bot API's public description: unknown methods 404, wrong parameters 400, unknown chats 400, people who
never began or have blocked the bot 403, too many requests 429 with ``parameters.retry_after``. Unlike the real one it
also refuses parameters that it does not know, so that a misspelled one is seen.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.channels.fake_platform import FakePlatform

TOKEN = "123456789:AAfake_token_only_for_tests"
BOT_ID, BOT_NAME = 123456789, "larkspur_test_bot"

#: Parameters of each method: type, and whether it is required.
METHODS: dict[str, dict[str, tuple[type | tuple[type, ...], bool]]] = {
    "getMe": {},
    "sendMessage": {
        "chat_id": ((int, str), True),
        "text": (str, True),
        "message_thread_id": (int, False),
        "parse_mode": (str, False),
        "link_preview_options": (dict, False),
        "disable_notification": (bool, False),
        "protect_content": (bool, False),
        "reply_parameters": (dict, False),
        "reply_markup": (dict, False),
    },
    "answerCallbackQuery": {
        "callback_query_id": (str, True),
        "text": (str, False),
        "show_alert": (bool, False),
        "cache_time": (int, False),
    },
    "setWebhook": {
        "url": (str, True),
        "max_connections": (int, False),
        "allowed_updates": (list, False),
        "drop_pending_updates": (bool, False),
        "secret_token": (str, False),
    },
    "deleteWebhook": {"drop_pending_updates": (bool, False)},
    "getWebhookInfo": {},
    "setMyCommands": {"commands": (list, True), "scope": (dict, False), "language_code": (str, False)},
}
_INNER = {
    "link_preview_options": {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"},
    "reply_parameters": {"message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode"},
}


class Refusal(Exception):
    """An error answer: code, description, parameters."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class FakeTelegram(FakePlatform):
    """The server. ``begun`` are the people who have begun a private chat, ``blocked`` those who blocked the bot."""

    acknowledged: list[str] = field(default_factory=list)
    begun: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    webhook: dict[str, Any] = field(default_factory=dict)
    slow_s: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._not_before: dict[Any, float] = {}

    @property
    def url(self) -> str:
        """Its address, for ``channels.telegram.api``."""
        return self._server.base

    def texts(self, chat: int) -> list[str]:
        """What has been sent into a chat."""
        with self._lock:
            return [message["text"] for message in self.sent if message["chat_id"] == chat]

    def _answer(self, path: str, headers: Mapping[str, str], raw: bytes) -> tuple[int, Mapping[str, str], bytes]:
        status, body = self._said(path, headers, raw)
        return status, {"Content-Type": "application/json"}, json.dumps(body).encode()

    def _said(self, path: str, headers: Mapping[str, str], raw: bytes) -> tuple[int, dict[str, Any]]:
        if self.slow_s:
            time.sleep(self.slow_s)
        if self.down:
            return 502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}
        try:
            with self._lock:
                return 200, {"ok": True, "result": self._result(path, headers, raw)}
        except Refusal as refusal:
            body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
            if refusal.parameters:
                body["parameters"] = refusal.parameters
            return refusal.code, body

    def _result(self, path: str, headers: Mapping[str, str], raw: bytes) -> Any:
        match = re.fullmatch(r"/bot([^/]+)/(\w+)", path)
        if match is None or match[1] != TOKEN:
            raise Refusal(401, "Unauthorized")
        method = match[2]
        if method not in METHODS:
            raise Refusal(404, "Not Found: method not found")
        if raw and headers.get("Content-Type", "").partition(";")[0] != "application/json":
            raise Refusal(400, "Bad Request: unsupported content type")
        given: dict[str, Any] = json.loads(raw) if raw else {}
        self._check(method, given)
        self.calls.append((method, given))
        result: Any = getattr(self, f"_{method}")(given)
        return result

    def _check(self, method: str, given: dict[str, Any]) -> None:
        known = METHODS[method]
        for name, value in given.items():
            if name not in known:
                raise Refusal(400, f"Bad Request: parameter {name} is not known")
            kind = known[name][0]
            if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                raise Refusal(400, f"Bad Request: parameter {name} is of the wrong type")
            if name in _INNER and set(value) - _INNER[name]:
                raise Refusal(400, f"Bad Request: {name} has unknown fields")
        for name, (_, required) in known.items():
            if required and name not in given:
                raise Refusal(400, f"Bad Request: parameter {name} is missing")

    def _getMe(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Larkspur", "username": BOT_NAME}

    def _sendMessage(self, given: dict[str, Any]) -> dict[str, Any]:
        chat, now = given["chat_id"], time.monotonic()
        if now < self._not_before.get(chat, 0.0):
            self.too_early += 1
        if self.retry_after:
            self._not_before[chat] = now + self.retry_after
            raise Refusal(429, f"Too Many Requests: retry after {self.retry_after}", retry_after=self.retry_after)
        if not given["text"].strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(given["text"].encode("utf-16-le")) // 2 > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        if "parse_mode" in given and given["parse_mode"] not in ("HTML", "Markdown", "MarkdownV2"):
            raise Refusal(400, "Bad Request: unsupported parse_mode")
        self._check_keyboard(given.get("reply_markup"))
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat not in self.begun | self.groups:
            if isinstance(chat, int) and chat > 0:
                raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
            raise Refusal(400, "Bad Request: chat not found")
        self.sent.append(given)
        return {"message_id": len(self.sent), "date": 1795428000, "chat": {"id": chat}, "text": given["text"]}

    def _check_keyboard(self, markup: dict[str, Any] | None) -> None:
        if markup is None:
            return
        if set(markup) != {"inline_keyboard"} or not all(isinstance(row, list) for row in markup["inline_keyboard"]):
            raise Refusal(400, "Bad Request: object expected as reply markup")
        for row in markup["inline_keyboard"]:
            for button in row:
                if set(button) != {"text", "callback_data"} or not button["text"]:
                    raise Refusal(400, "Bad Request: can't parse inline keyboard button")
                if not 1 <= len(button["callback_data"].encode()) <= 64:
                    raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")

    def _answerCallbackQuery(self, given: dict[str, Any]) -> bool:
        self.acknowledged.append(given["callback_query_id"])
        return True

    def _setWebhook(self, given: dict[str, Any]) -> bool:
        if not given["url"].startswith("https://"):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", given.get("secret_token", "x")):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        if not 1 <= given.get("max_connections", 40) <= 100:
            raise Refusal(400, "Bad Request: max_connections is out of range")
        self.webhook = given
        return True

    def _deleteWebhook(self, _: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    def _getWebhookInfo(self, _: dict[str, Any]) -> dict[str, Any]:
        hook = self.webhook
        info = {"url": hook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}
        return {**info, **({"allowed_updates": hook["allowed_updates"]} if "allowed_updates" in hook else {})}

    def _setMyCommands(self, given: dict[str, Any]) -> bool:
        for command in given["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        return True
