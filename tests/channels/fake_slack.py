"""A strict Slack Web API on loopback: refuses what the real one refuses, and can be down, slow or throttling.

Written after the reference of the methods: HTTP 200 with ``{"ok": false, "error": ...}`` for errors, 429 with
``Retry-After``, 503 without JSON when it is down. Unlike the real one it refuses arguments it does not know, so that
a misspelled one is seen, and a message without the text that notifications and screen readers need.
"""

from __future__ import annotations

import html
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.channels.fake_platform import FakePlatform
from tests.channels.slack_rules import SlackError, check_blocks, check_text

TOKEN, SIGNING, BOT, APP = "xoxb-fake-token-only-for-tests", "5f" * 16, "U0BOT", "A0APP"
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"

#: Arguments of each method: type, and whether it is required; then the content types that it takes.
METHODS: dict[str, tuple[dict[str, tuple[type, bool]], tuple[str, ...]]] = {
    "chat.postMessage": (
        {
            "channel": (str, True),
            "text": (str, True),
            "blocks": (list, False),
            "thread_ts": (str, False),
            "reply_broadcast": (bool, False),
            "unfurl_links": (bool, False),
            "unfurl_media": (bool, False),
            "mrkdwn": (bool, False),
        },
        (_JSON, _FORM),
    ),
    "chat.postEphemeral": (
        {
            "channel": (str, True),
            "user": (str, True),
            "text": (str, True),
            "blocks": (list, False),
            "thread_ts": (str, False),
        },
        (_JSON, _FORM),
    ),
    "conversations.open": ({"users": (str, True), "return_im": (bool, False)}, (_JSON, _FORM)),
    "users.info": ({"user": (str, True), "include_locale": (str, False)}, (_FORM,)),
    "auth.test": ({}, (_JSON, _FORM)),
}


@dataclass
class FakeSlack(FakePlatform):
    """The server. ``errors`` and ``slow`` (seconds) are by method; ``refused`` are the calls that it refused."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, set[str]] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)
    scopes: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._not_before = 0.0

    @property
    def url(self) -> str:
        """Its address, for ``channels.slack.api``."""
        return self._server.base + "/api"

    def add_person(self, user: str, **profile: Any) -> str:
        """Somebody of the workspace; returns the channel of their direct messages."""
        self.people[user] = profile
        return self.dm(user)

    @staticmethod
    def dm(user: str) -> str:
        """The channel of somebody's direct messages with the app."""
        return f"D{user[1:]}"

    def texts(self, user: str) -> list[str]:
        """What somebody reads in their direct messages."""
        with self._lock:
            return [html.unescape(each["text"]) for each in self.sent if each["channel"] == self.dm(user)]

    def whispers(self, channel: str, user: str) -> list[str]:
        """What only that person reads in a channel."""
        with self._lock:
            mine = [each for each in self.sent if each["channel"] == channel and each.get("user") == user]
            return [html.unescape(each["text"]) for each in mine]

    def open_words(self) -> list[str]:
        """What everybody in a channel can read. There must never be any."""
        with self._lock:
            return [each["text"] for each in self.sent if each["channel"] in self.channels and "user" not in each]

    def _answer(self, path: str, headers: Mapping[str, str], raw: bytes) -> tuple[int, dict[str, str], bytes]:
        method = urlsplit(path).path.removeprefix("/api/")
        time.sleep(self.slow.get(method, 0.0))
        if self.down:
            return 503, {"Content-Type": "text/html"}, b"<html>Service Unavailable</html>"
        if method.startswith("chat.") and time.monotonic() < self._not_before:
            self.too_early += 1
        if self.retry_after:
            self._not_before = time.monotonic() + self.retry_after
            limited = {"Content-Type": _JSON, "Retry-After": str(self.retry_after)}
            return 429, limited, json.dumps({"ok": False, "error": "ratelimited"}).encode()
        try:
            with self._lock:
                result = {"ok": True, **self._result(method, path, headers, raw)}
        except SlackError as error:
            self.refused.append((method, str(error)))
            result = {"ok": False, "error": str(error)}
        told = {"Content-Type": "application/json; charset=utf-8", "X-OAuth-Scopes": ",".join(sorted(self.scopes))}
        return 200, told, json.dumps(result).encode()

    def _result(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> dict[str, Any]:
        if headers.get("Authorization") is None:
            raise SlackError("not_authed")
        if headers["Authorization"] != f"Bearer {TOKEN}":
            raise SlackError("invalid_auth")
        if method not in METHODS:
            raise SlackError("unknown_method")
        if method in self.errors:
            raise SlackError(self.errors[method])
        arguments, kinds = METHODS[method]
        given = self._given(path, headers, raw, kinds)
        for name, value in given.items():
            if name not in arguments or not isinstance(value, arguments[name][0]):
                raise SlackError("invalid_arguments")
        if any(needed and not given.get(name) for name, (_, needed) in arguments.items()):
            raise SlackError("no_text" if given.get("channel") and not given.get("text") else "invalid_arguments")
        self.calls.append((method, given))
        result: dict[str, Any] = getattr(self, "_" + method.replace(".", "_"))(given)
        return result

    @staticmethod
    def _given(path: str, headers: Mapping[str, str], raw: bytes, kinds: tuple[str, ...]) -> dict[str, Any]:
        given: dict[str, Any] = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
        if raw:
            kind = (headers.get("Content-Type") or "").partition(";")[0]
            if kind not in kinds:
                raise SlackError("invalid_post_type")
            given |= json.loads(raw) if kind == _JSON else dict(parse_qsl(raw.decode(), keep_blank_values=True))
        return given

    def _chat_postMessage(self, given: dict[str, Any]) -> dict[str, Any]:
        channel = given["channel"]
        if channel not in self.channels and channel not in {self.dm(user) for user in self.people}:
            raise SlackError("channel_not_found")
        if channel in self.channels and BOT not in self.channels[channel]:
            raise SlackError("not_in_channel")
        if "reply_broadcast" in given and "thread_ts" not in given:
            raise SlackError("invalid_arguments")
        return self._take(given)

    def _chat_postEphemeral(self, given: dict[str, Any]) -> dict[str, Any]:
        members = self.channels.get(given["channel"], set())
        if BOT not in members:
            raise SlackError("channel_not_found")
        if given["user"] not in members:
            raise SlackError("user_not_in_channel")
        return self._take(given)

    def _take(self, given: dict[str, Any]) -> dict[str, Any]:
        check_text(given["text"])
        if "blocks" in given:
            check_blocks(given["blocks"])
        self.sent.append(given)
        return {"channel": given["channel"], "ts": f"1795428000.{len(self.sent):06d}"}

    def _conversations_open(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["users"] not in self.people:
            raise SlackError("user_not_found")
        if given["users"] in self.disabled:
            raise SlackError("user_disabled")
        return {"channel": {"id": self.dm(given["users"])}}

    def _users_info(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["user"] not in self.people:
            raise SlackError("user_not_found")
        profile = self.people[given["user"]]
        user = {"id": given["user"], "tz": profile.get("tz"), "is_bot": False, "deleted": False}
        return {"user": {**user, **({"locale": profile.get("locale", "en-US")} if "include_locale" in given else {})}}

    @staticmethod
    def _auth_test(_: dict[str, Any]) -> dict[str, Any]:
        return {
            "team_id": "T0TEAM",
            "user_id": BOT,
            "bot_id": "B0BOT",
            "team": "Larkspur",
            "url": "https://example.slack.com/",
        }
