"""The way from the door into Rasa: one authenticated HTTP call a turn (docs/architecture.md, "Rasa turn")."""

from __future__ import annotations

import hmac
import json
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

import rasa.core.actions.action
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from holdfast.dialogue.quiet_logs import install, wordless
from holdfast.dialogue.report import UNDERSTOOD
from holdfast.dialogue.request import BadRequest, TurnRequest, read_request
from holdfast.secrets import secret

_LOG = logging.getLogger(__name__)
MOST_BYTES = 1_000_000
#: Seconds that the action server may take. Rasa's own limit is 300 s, during which the conversation would be locked.
ACTION_DEADLINE_S = 4
#: Rasa's own commands, which would clear or rewind a conversation,
#: and intents that only the guard gives, from what was said before.
_NEVER = frozenset(
    {"restart", "back", "session_start", "nlu_fallback"}
    | {"two_questions", "more_questions", "unsure_between", "where_from", "nothing_more"}
)

#: Intents that answer more than one topic.
ANSWERING = frozenset({"two_questions", "more_questions"})


class TurnOutput(OutputChannel):  # type: ignore[misc]
    """Collects a turn's replies with the action that gave them, their tags and their request to the door."""

    def __init__(self) -> None:
        self.replies: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The name that responses may be made for."""
        return "holdfast"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps one reply; one without words and request, such as nothing to answer beside a card, is none."""
        if not message.get("text") and not message.get("custom"):
            return
        buttons = [{"label": str(b["title"]), "payload": str(b["payload"])} for b in message.get("buttons") or ()]
        self.replies.append(
            {
                "text": message.get("text") or "",
                "buttons": buttons,
                "action": message.get("utter_action"),
                "tags": list(message.get("tags") or ()),
                "custom": message.get("custom") or None,
            }
        )


class DoorInput(InputChannel):  # type: ignore[misc]
    """Rasa's only input channel in an installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def name(cls) -> str:
        """The channel's name and the prefix of its address."""
        return "holdfast"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> DoorInput:
        """The channel with this installation's secret: HOLDFAST_SECRET_RASA or the file under var/secrets."""
        install()
        rasa.core.actions.action.DEFAULT_REQUEST_TIMEOUT = ACTION_DEADLINE_S
        return cls(secret("rasa"))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes: ``POST turn`` for the door, ``GET health`` for those who wait for Rasa."""
        routes = Blueprint("holdfast_turns")

        @routes.get("/health")  # type: ignore[untyped-decorator]
        async def health(request: Request) -> HTTPResponse:
            ready = _ready(request)
            return response.json({"ready": ready}, status=200 if ready else 503)

        @routes.post("/turn")  # type: ignore[untyped-decorator]
        async def turn(request: Request) -> HTTPResponse:
            if not self._authentic(request):
                return response.json({"error": "unauthorized"}, status=401)
            if not _ready(request):
                return response.json({"error": "no model is loaded"}, status=500)
            agent = request.app.ctx.agent
            try:
                asked = read_request(_body(request), frozenset(agent.domain.intents) - _NEVER)
            except BadRequest as error:
                return response.json({"error": str(error)}, status=400)
            if agent.action_endpoint and os.environ.get("HOLDFAST_ACTIONS_URL"):
                agent.action_endpoint.url = os.environ["HOLDFAST_ACTIONS_URL"]
            return await _take(asked, on_new_message)

        return routes

    def _authentic(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode("utf-8", "replace"), b"Bearer " + self._key)


async def _take(asked: TurnRequest, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> HTTPResponse:
    output, metadata = TurnOutput(), dict(asked.metadata)
    message = UserMessage(asked.text, output, asked.sender, input_channel=DoorInput.name(), metadata=metadata)
    try:
        with wordless():
            await on_new_message(message)
    except Exception as error:
        _LOG.error("Rasa raised %s", type(error).__name__)
        return response.json({"error": f"Rasa raised {type(error).__name__}"}, status=500)
    intent = _understood(asked, metadata)
    if intent is None:  # components ran without the last one: Rasa swallowed something
        return response.json({"error": "Rasa did not read the message"}, status=500)
    return response.json({"intent": intent, "topic": _topic(intent["name"], metadata), "replies": output.replies})


def _topic(intent: str, metadata: dict[str, Any]) -> str | None:
    """The topic that was answered, the first of two; None when nothing was."""
    if intent.startswith("ask_"):
        return intent
    topics = (metadata.get(UNDERSTOOD) or {}).get("topics") or ()
    return str(topics[0]) if topics and intent in ANSWERING else None


def _understood(asked: TurnRequest, metadata: dict[str, Any]) -> dict[str, Any] | None:
    if asked.command:
        return {"name": asked.command, "confidence": 1.0}
    found = metadata.get(UNDERSTOOD)
    return {"name": found["intent"], "confidence": found["confidence"]} if found else None


def _ready(request: Request) -> bool:
    agent = getattr(request.app.ctx, "agent", None)
    return agent is not None and agent.is_ready()


def _body(request: Request) -> Any:
    if len(request.body) > MOST_BYTES:
        raise BadRequest("the body is too large")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadRequest("the body must be JSON") from None
