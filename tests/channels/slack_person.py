"""Somebody on Slack, as tests need one: posts signed requests to the door, sees what the fake took for them."""

from __future__ import annotations

import html
import itertools
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from holdfast.channels.identity import conversation_id
from tests.channels.fake_slack import APP, BOT, SIGNING, FakeSlack

SESSION, TEAM = "session-secret-for-tests", "T0TEAM"
_NUMBERS = itertools.count(1)


def signed(raw: str, *, secret: str = SIGNING, age_s: float = 0.0) -> dict[str, str]:
    """The headers with which Slack signs a body, ``age_s`` seconds ago."""
    stamp = str(int(time.time() - age_s))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=raw)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature)}


def stamp() -> str:
    """A new message's time stamp, which is its name within the channel."""
    return f"1795428{next(_NUMBERS):03d}.{next(_NUMBERS):06d}"


class SlackPerson:
    """One person; writes to the app's direct messages, or in ``channel`` when that is given."""

    def __init__(
        self, url: str, fake: FakeSlack, *, locale: str = "en-US", tz: str | None = "America/Denver", channel: str = ""
    ) -> None:
        self._url, self._fake = url, fake
        self.user = f"U{1000 + next(_NUMBERS)}"
        self.dm = fake.add_person(self.user, locale=locale, tz=tz)
        self.channel = channel or self.dm
        if channel:
            fake.channels.setdefault(channel, {BOT}).add(self.user)
        self.last: dict[str, Any] = {}
        self.answer = httpx.Response(0)

    @property
    def conversation_id(self) -> str:
        return conversation_id(SESSION.encode(), "s", self.user)

    def post(
        self, raw: str, kind: str = "application/json", headers: Mapping[str, str] | None = None, **signing: Any
    ) -> int:
        """Posts a body, signed; the status of the answer, which is kept in ``answer``."""
        sent = {"Content-Type": kind, **signed(raw, **signing), **(headers or {})}
        self.answer = httpx.post(self._url + "/slack/events", content=raw.encode(), headers=sent, timeout=20)
        return self.answer.status_code

    def envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event as the Events API wraps it."""
        return {
            "token": "verification",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{next(_NUMBERS):06d}",
            "event_time": 1795428000,
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}],
            "is_ext_shared_channel": False,
        }

    def event(self, event: Mapping[str, Any], **how: Any) -> int:
        """Posts a new event."""
        self.last = self.envelope(event)
        return self.post(json.dumps(self.last), **how)

    def message(self, **content: Any) -> dict[str, Any]:
        """A message event."""
        private = self.channel == self.dm
        number = stamp()
        place = {"channel": self.channel, "channel_type": "im" if private else "channel"}
        return {"type": "message", "user": self.user, "ts": number, "event_ts": number, **place, **content}

    def write(self, text: str, **content: Any) -> int:
        """Types a text; Slack escapes three characters in it."""
        return self.event(self.message(text=html.escape(text, quote=False), **content))

    def mention(self, text: str) -> int:
        """Calls the app in the channel."""
        message = self.message(text=f"<@{BOT}> {html.escape(text, quote=False)}", type="app_mention")
        del message["channel_type"]
        return self.event(message)

    def repeat(self, reason: str = "http_timeout") -> int:
        """Slack delivers the last event again."""
        return self.post(json.dumps(self.last), headers={"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": reason})

    def edit(self, text: str, *, author_edited: bool = True) -> int:
        """Changes the last message; without ``author_edited`` as Slack does when it adds a preview."""
        before = self.last["event"].get("message") or self.last["event"]
        kept = {name: value for name, value in before.items() if name not in ("channel", "channel_type", "event_ts")}
        words = html.escape(text, quote=False)
        after = {**kept, "text": words, **({"edited": {"user": self.user, "ts": stamp()}} if author_edited else {})}
        changed = self.message(subtype="message_changed", hidden=True, message=after, previous_message=kept)
        del changed["user"]
        return self.event(changed)

    def send_voice(self) -> int:
        clip = {"id": "F1", "mimetype": "audio/mp4", "subtype": "slack_audio", "name": "audio_message.m4a"}
        return self.write("", subtype="file_share", files=[clip])

    def forge(self, text: str) -> int:
        return self.event(self.message(text=text), secret="0" * 32)

    def oversize(self) -> int:
        return self.write("x" * 3_000_000)

    def command(self, text: str) -> int:
        """Uses ``/holdfast``."""
        form = {
            "token": "verification",
            "team_id": TEAM,
            "channel_id": self.channel,
            "channel_name": "walks",
            "user_id": self.user,
            "user_name": "kim",
            "command": "/holdfast",
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.com/commands/T0TEAM/1/x",
            "trigger_id": f"{next(_NUMBERS)}.1.abc",
        }
        return self.post(urlencode(form), "application/x-www-form-urlencoded")

    def tap(self, value: str, action_id: str = "holdfast:1:0", *, ephemeral: bool = False) -> int:
        """Taps a button with that value."""
        place = {"type": "message", "message_ts": "1.2", "channel_id": self.channel, "is_ephemeral": ephemeral}
        label = {"type": "plain_text", "text": "label", "emoji": False}
        action = {"action_id": action_id, "block_id": "b", "text": label, "type": "button"}
        payload = {
            "type": "block_actions",
            "user": {"id": self.user, "team_id": TEAM},
            "api_app_id": APP,
            "team": {"id": TEAM, "domain": "example"},
            "container": place,
            "channel": {"id": self.channel, "name": "walks"},
            "trigger_id": f"{next(_NUMBERS)}.1.abc",
            "response_url": "https://hooks.slack.com/actions/T0TEAM/1/x",
            "actions": [{**action, "value": value, "action_ts": stamp()}],
        }
        return self.post(urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded")

    def heard(self) -> list[str]:
        return self._fake.texts(self.user)
