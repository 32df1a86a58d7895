"""The internal interface: transcript, staff messages, takeover, episodes, health. Own socket, signed requests."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Body, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse

from holdfast.crisis.types import Level
from holdfast.door.drill import DrillResult, run_drill
from holdfast.door.messages import Inbound, Opening
from holdfast.door.service import Door
from holdfast.door.staff import Staff, StoreAway, UnknownConversation, with_delivery
from holdfast.door.state import ConversationState
from holdfast.signing import Verifier

#: Seconds for which a readiness answer is good, so that frequent probes do not fill the store with drills.
READY_FOR_S = 15.0


def internal_app(door: Door, secret: bytes) -> FastAPI:
    """The application of the internal socket; ``secret`` signs every request but ``/health``."""
    app = FastAPI(title="Holdfast internal interface", docs_url=None, redoc_url=None)
    verifier, staff = Verifier(secret, since=time.time()), Staff(door)
    readiness: dict[str, Any] = {"at": 0.0, "result": None}

    @app.middleware("http")
    async def only_signed(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path != "/health":
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            problem = verifier.problem(request.headers, request.method, path, await request.body())
            if problem:
                return JSONResponse({"error": problem}, status_code=401)
        return await follow(request)

    @app.exception_handler(UnknownConversation)
    async def unknown(_request: Request, error: UnknownConversation) -> JSONResponse:
        return JSONResponse({"error": f"no conversation {error}"}, status_code=404)

    @app.exception_handler(StoreAway)
    async def away(_request: Request, _error: StoreAway) -> JSONResponse:
        return JSONResponse({"error": "the conversation store does not answer"}, status_code=503)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "up"}

    _tell_of_texts(app, door)

    @app.get("/ready")
    async def ready() -> JSONResponse:
        """A real crisis message with a drill mark got its card and was made safe."""
        if time.monotonic() - readiness["at"] > READY_FOR_S or readiness["result"] is None:
            readiness.update(at=time.monotonic(), result=await run_drill(door))
        result: DrillResult = readiness["result"]
        return JSONResponse(result.to_dict(), status_code=200 if result.ready else 503)

    @app.post("/ask")
    async def ask(conversation_id: Annotated[str, Body()], text: Annotated[str, Body()]) -> dict[str, Any]:
        """A message through the whole assistant, waited for to the end; a conversation marked as a drill."""
        await door.open(conversation_id, Opening(channel="ask", drill=True))
        receipt = await door.handle(Inbound(conversation_id, secrets.token_hex(8), text, "ask"))
        outcome = await receipt.following if receipt.following else None
        level = (await door.parts.registry.get(conversation_id)).last_detection.get("level", "none")
        events = [*receipt.events, *(outcome.events if outcome else ())]
        return {
            "level": level,
            "intent": outcome.intent if outcome else None,
            "topic": outcome.topic if outcome else None,
            "replies": [event.to_dict() for event in events],
        }

    @app.get("/conversations/{conversation_id}/transcript")
    async def transcript(conversation_id: str, after: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
        """Everything said after event ``after``, with what the detector found."""
        conversation = await door.parts.registry.get(conversation_id)
        if not conversation.begun:
            raise UnknownConversation(conversation_id) if conversation.loaded else StoreAway
        stored = await asyncio.to_thread(door.parts.store.transcript, conversation_id, after)
        events = with_delivery(conversation, stored)
        return {"conversation_id": conversation_id, "state": _shown(conversation.state), "events": events}

    @app.post("/conversations/{conversation_id}/messages", status_code=201)
    async def deliver(
        conversation_id: str,
        text: Annotated[str, Body()],
        name: Annotated[str, Body()],
        reply_id: Annotated[str | None, Body(alias="id", max_length=64)] = None,
    ) -> dict[str, Any]:
        """A staff message to that person; repeating it with the same ``id`` changes nothing."""
        if not text.strip() or not name.strip():
            raise HTTPException(400, "text and name must not be empty")
        event = await staff.reply(conversation_id, text.strip(), name.strip(), reply_id)
        return event.to_dict()

    @app.put("/conversations/{conversation_id}/takeover")
    async def takeover(
        conversation_id: str,
        name: Annotated[str | None, Body()],
        order_id: Annotated[str | None, Body(alias="id", max_length=64)] = None,
    ) -> dict[str, str | None]:
        """A member of staff takes over, once for each ``id``; ``name`` null hands back to the bot."""
        if name:
            await staff.take_over(conversation_id, name, order_id)
        else:
            await staff.hand_back(conversation_id)
        return {"name": name}

    @app.post("/conversations/{conversation_id}/clear")
    async def clear(
        conversation_id: str,
        episode: Annotated[int | None, Body()] = None,
        lift: Annotated[bool, Body()] = True,
        close: Annotated[bool, Body()] = True,
        level: Annotated[Literal["none", "distress", "concern", "crisis", "emergency"] | None, Body()] = None,
    ) -> dict[str, int]:
        """Closes the episode (default: the present one) and lifts G5, unless ``close`` or ``lift`` is false.

        ``level`` is the highest that the caller knows of; where it has risen above that, G5 stays.
        """
        known = None if level is None else Level.of(level)
        return {"closed_episode": await staff.clear(conversation_id, episode, lift=lift, close=close, level=known)}

    @app.put("/conversations/{conversation_id}/notice")
    async def notice(
        conversation_id: str, kind: Annotated[Literal["notified"], Body()], episode: Annotated[int, Body()]
    ) -> dict[str, bool]:
        """A notifier that reaches people took the alarm: the person is told, when that is news to them."""
        return {"said": await staff.notified(conversation_id, episode)}

    _counts(app, door)
    return app


def _tell_of_texts(app: FastAPI, door: Door) -> None:
    @app.get("/health/texts")
    async def texts() -> dict[str, Any]:
        """How many of the texts in force are signed, and which were changed after their signature."""
        return await asyncio.to_thread(door.parts.texts.signed)


def _shown(state: ConversationState) -> dict[str, Any]:
    """What staff may see of the state; details of a request for a call only with the person's consent."""
    shown = state.to_dict()
    del shown["issued"], shown["context"], shown["address"]
    return {**shown, "callback": state.callback.for_staff() if state.callback else None}


def _counts(app: FastAPI, door: Door) -> None:
    @app.get("/feedback")
    async def feedback() -> dict[str, Any]:
        """How often people found an answer helpful or not, by topic and language; no words, no conversations."""
        counts = await asyncio.to_thread(door.parts.store.ratings)
        return {"days": door.parts.clinic.retention_days, "answers": [asdict(each) for each in counts]}
