"""Asks Rasa for a turn over HTTP, with a deadline. Anything wrong with Rasa is an empty answer, never an exception."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from holdfast.door.messages import Button

_LOG = logging.getLogger(__name__)
#: Kinds of request that a Rasa reply may carry in ``custom.holdfast``; anything else is ignored.
REQUESTS = frozenset(
    {"card", "escalate", "staff_request", "callback", "country", "language", "quiet_numbers", "reached"}
)


@dataclass(frozen=True)
class RasaReply:
    """One reply of Rasa: text, buttons, tags such as ``after_risk: replace``, and at most one request to the door."""

    text: str
    buttons: tuple[Button, ...] = ()
    action: str | None = None
    tags: frozenset[str] = frozenset()
    request: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RasaTurn:
    """What Rasa made of a message; ``confidence`` in its intent is 0 to 1."""

    intent: str | None
    topic: str | None
    replies: tuple[RasaReply, ...]
    confidence: float = 0.0


class RasaClient:
    """The door's only way to Rasa."""

    def __init__(self, url: str, secret: bytes) -> None:
        self._url = url.rstrip("/") + "/webhooks/holdfast/turn"
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        self._client = httpx.AsyncClient(headers={"Authorization": f"Bearer {secret.decode()}"}, limits=limits)

    async def ask(
        self, sender: str, text: str, payload: str | None, metadata: Mapping[str, Any], *, deadline_s: float
    ) -> RasaTurn | None:
        """The turn, or None when Rasa does not give a usable one within ``deadline_s`` seconds."""
        body = {"sender": sender, "text": text, "payload": payload, "metadata": dict(metadata)}
        try:
            answer = await self._client.post(self._url, json=body, timeout=max(0.05, deadline_s))
            answer.raise_for_status()
            return parse_turn(answer.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            _LOG.warning("no answer from Rasa: %s", type(error).__name__)
            return None

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()


def parse_turn(data: Any) -> RasaTurn:
    """The turn in Rasa's answer. Raises ValueError, KeyError or TypeError when it is not of the agreed shape."""
    replies = []
    for raw in data["replies"]:
        buttons = tuple(Button(str(b["label"]), str(b["payload"])) for b in raw.get("buttons") or ())
        request = (raw.get("custom") or {}).get("holdfast")
        if request is not None and (not isinstance(request, dict) or request.get("type") not in REQUESTS):
            _LOG.warning("a request of Rasa was ignored: unknown type")
            request = None
        text = raw.get("text") or ""
        if not isinstance(text, str):
            raise TypeError("text")
        if text.strip() or request is not None:
            replies.append(RasaReply(text.strip(), buttons, raw.get("action"), _tags(raw.get("tags")), request))
    intent = data.get("intent") or {}
    confidence = float(intent.get("confidence") or 0.0)
    return RasaTurn(intent.get("name"), data.get("topic"), tuple(replies), confidence)


def _tags(raw: Any) -> frozenset[str]:
    """Tags come as a list (``after_risk:replace``) or as a mapping (``after_risk: replace``)."""
    if isinstance(raw, dict):
        return frozenset(f"{key}:{value}" for key, value in raw.items())
    return frozenset(str(tag).replace(": ", ":") for tag in raw or ())
