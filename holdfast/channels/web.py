"""The web channel: sessions, messages, an event stream. Every error carries crisis lines."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from sse_starlette import EventSourceResponse, ServerSentEvent

from holdfast.channels.tokens import Tokens
from holdfast.channels.web_schema import (
    ErrorResponse,
    LinesResponse,
    MessageRequest,
    MessageResponse,
    SessionRequest,
    SessionResponse,
)
from holdfast.door.messages import Inbound, Opening, Outbound, Service

#: The largest body that is read, in bytes; far above what a person types.
MAX_BODY = 512 * 1024
Model = TypeVar("Model", bound=BaseModel)
_ERRORS: dict[int | str, dict[str, Any]] = {code: {"model": ErrorResponse} for code in (400, 401, 403, 413, 503)}


class ChannelError(Exception):
    """A request that cannot be served; becomes a JSON error with lines."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def error_response(service: Service, error: ChannelError) -> JSONResponse:
    """The error as JSON, with the lines of the clinic's country."""
    body = {"code": error.code, "message": error.message, "lines": service.lines(None, "en")["text"]}
    return JSONResponse({"error": body}, status_code=error.status, headers={"Cache-Control": "no-store"})


def web_router(service: Service, tokens: Tokens, origins: Sequence[str]) -> APIRouter:
    """The routes under ``/web``. ``origins`` are further sites that may begin conversations, besides this one."""
    router = APIRouter(prefix="/web", tags=["web channel"], responses=_ERRORS)

    @router.post("/sessions", status_code=201, response_model=SessionResponse, openapi_extra=_body(SessionRequest))
    async def open_session(request: Request, x_holdfast_drill: Annotated[str | None, Header()] = None) -> Any:
        """Begins a conversation. The ``Origin`` header must be this site's or one that the clinic allows."""
        _check_origin(request, origins)
        wish = await _read(request, SessionRequest, b"{}")
        conversation_id, token = tokens.new_conversation()
        opening = Opening(
            channel="web",
            language=(wish.language or "").split("-")[0].lower() or None,
            country=wish.country,
            timezone=wish.timezone,
            drill=tokens.is_drill(x_holdfast_drill),
        )
        events = await service.open(conversation_id, opening)
        expires = datetime.now(UTC) + timedelta(seconds=tokens.max_age_s)
        return {
            "token": token,
            "conversation_id": conversation_id,
            "expires_at": expires.isoformat(timespec="seconds"),
            "country": events[0].country,
            "language": events[0].language,
            "events": _dicts(events),
        }

    @router.post("/messages", response_model=MessageResponse, openapi_extra=_body(MessageRequest))
    async def send_message(request: Request, authorization: Annotated[str | None, Header()] = None) -> Any:
        """Takes one message; the card, when one is due, is in the answer. Repeating an id repeats the answer."""
        conversation_id = _authorized(tokens, authorization, None)
        message = await _read(request, MessageRequest)
        receipt = await service.handle(
            Inbound(conversation_id, message.id, message.text, "web", language=message.language)
        )
        answer = {"id": message.id, "duplicate": receipt.duplicate, "events": _dicts(receipt.events)}
        if not receipt.safe:  # shown to the person all the same; the client sends it again until it is safe
            error = {"code": "not_recorded", "message": "Your message could not be stored. It will be sent again."}
            lines = service.lines(None, "en")["text"]
            return JSONResponse({**answer, "error": {**error, "lines": lines}}, status_code=503)
        return answer

    @router.get("/events", response_class=EventSourceResponse)
    async def stream_events(
        authorization: Annotated[str | None, Header()] = None,
        token: Annotated[str | None, Query()] = None,
        last_event_id: Annotated[str | None, Header()] = None,
        after: Annotated[str | None, Query(alias="last_event_id")] = None,
    ) -> EventSourceResponse:
        """The conversation's events after ``Last-Event-ID`` as server-sent events, then new ones as they come."""
        conversation_id = _authorized(tokens, authorization, token)
        position = last_event_id or after or "0"
        number = int(position) if position.isdigit() and len(position) < 19 else 0
        return EventSourceResponse(
            _stream(service, conversation_id, number), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )

    @router.get("/lines", response_model=LinesResponse)
    async def crisis_lines(
        country: Annotated[str | None, Query(pattern="^[A-Z]{2}$")] = None,
        language: Annotated[str, Query(pattern="^(en|es)$")] = "en",
    ) -> Any:
        """The crisis lines of a country, without any conversation."""
        return service.lines(country, language)

    return router


async def _stream(service: Service, conversation_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
    async for event in service.events(conversation_id, after):
        if event is None:
            yield ServerSentEvent(comment="still here")
        else:
            yield ServerSentEvent(
                data=json.dumps(event.to_dict(), ensure_ascii=False), id=str(event.event_id), event="message"
            )


def _check_origin(request: Request, origins: Sequence[str]) -> None:
    origin = request.headers.get("origin")
    if origin is None or (urlsplit(origin).netloc != request.headers.get("host") and origin not in origins):
        raise ChannelError(
            403, "origin", "This website may not open a chat here. The clinic can allow it in clinic.yml, web.origins."
        )


def _authorized(tokens: Tokens, authorization: str | None, token: str | None) -> str:
    given = authorization[7:] if authorization and authorization.lower().startswith("bearer ") else token
    conversation_id = tokens.conversation_of(given) if given else None
    if conversation_id is None:
        raise ChannelError(401, "session", "This chat session is not valid or too old. Open a new one.")
    return conversation_id


async def _read(request: Request, model: type[Model], empty: bytes = b"") -> Model:
    """The request's body as ``model``. Raises ChannelError 413 or 400."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise ChannelError(
                413, "too_large", f"The message is larger than {MAX_BODY // 1024} KiB. Please send it in parts."
            )
    try:
        data = json.loads(bytes(body) or empty)
    except ValueError:
        raise ChannelError(400, "malformed", "The body is no JSON.") from None
    if isinstance(data, dict):
        data = {key: _whole(value) if isinstance(value, str) else value for key, value in data.items()}
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise ChannelError(400, "malformed", f"{where}: {first['msg']}.") from None


def _whole(text: str) -> str:
    """The text with halves of characters, which a cut emoji leaves behind, replaced: no reason to refuse a message."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _body(model: type[BaseModel]) -> dict[str, Any]:
    """The body's schema for OpenAPI; the body itself is read by `_read`, which knows the size limit."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}


def _dicts(events: Sequence[Outbound]) -> list[dict[str, Any]]:
    return [event.to_dict() for event in events]
