"""The measuring people against a small web channel: what they time, what they count as failed, where they stop."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from evaluation.askers import asking
from evaluation.latency import people
from evaluation.scenarios import SCENARIOS, Scenario
from evaluation.visitors import Place, Unanswered, Visitor, new_client

CARD_DELAY_S, REPLY_DELAY_S = 0.02, 0.08


class SmallChannel:
    """Answers every message: with a card when ``cards``, and after a moment with a reply on the stream."""

    def __init__(self) -> None:
        self.cards, self.drills, self.sessions, self.messages = True, 0, 0, 0
        self._queues: dict[str, asyncio.Queue[str]] = {}

    @property
    def app(self) -> Starlette:
        routes = [
            Route("/web/sessions", self.session, methods=["POST"]),
            Route("/web/messages", self.message, methods=["POST"]),
            Route("/web/events", self.events),
        ]
        return Starlette(routes=routes)

    async def session(self, request: Request) -> Response:
        self.sessions += 1
        self.drills += "x-holdfast-drill" in request.headers
        token = f"t{self.sessions}"
        self._queues[token] = asyncio.Queue()
        return JSONResponse({"token": token, "events": []}, status_code=201)

    async def message(self, request: Request) -> Response:
        self.messages += 1
        body = await request.json()
        token = request.headers["authorization"].removeprefix("Bearer ")
        asyncio.get_running_loop().call_later(REPLY_DELAY_S, self._reply, token, body["id"])
        await asyncio.sleep(CARD_DELAY_S)
        return JSONResponse({"id": body["id"], "duplicate": False, "events": [{"kind": "card"}] * self.cards})

    def _reply(self, token: str, message_id: str) -> None:
        for author in ("user", "bot"):
            self._queues[token].put_nowait(json.dumps({"in_reply_to": message_id, "author": author, "kind": "reply"}))

    async def events(self, request: Request) -> Response:
        queue = self._queues[request.headers["authorization"].removeprefix("Bearer ")]

        async def stream() -> AsyncIterator[str]:
            yield ": hello\n\n"
            while True:
                yield f"id: 1\nevent: message\ndata: {await queue.get()}\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")


@pytest.fixture
def channel() -> Iterator[tuple[SmallChannel, Place]]:
    small = SmallChannel()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(small.app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield small, Place(f"http://127.0.0.1:{listener.getsockname()[1]}", "secret")
        finally:
            server.should_exit = True
            thread.join()


async def test_a_card_is_timed_until_it_is_in_the_answer(channel: tuple[SmallChannel, Place]) -> None:
    async with new_client() as client:
        visitor = Visitor(channel[1], client)
        await visitor.arrive(listen=False)
        assert await visitor.card("anything") >= CARD_DELAY_S


async def test_an_answer_without_card_is_a_failure(channel: tuple[SmallChannel, Place]) -> None:
    channel[0].cards = False
    async with new_client() as client:
        visitor = Visitor(channel[1], client)
        await visitor.arrive(listen=False)
        with pytest.raises(Unanswered, match="no card"):
            await visitor.card("anything")


async def test_an_answer_is_timed_until_the_reply_is_on_the_stream(channel: tuple[SmallChannel, Place]) -> None:
    async with new_client() as client:
        visitor = Visitor(channel[1], client)
        await visitor.arrive(listen=True)
        assert await visitor.answer("anything") >= REPLY_DELAY_S
        await visitor.leave()


async def test_a_door_that_is_down_is_a_failure_and_no_crash() -> None:
    async with new_client() as client:
        with pytest.raises(Unanswered, match="ConnectError"):
            await Visitor(Place("http://127.0.0.1:9", "secret"), client).arrive(listen=False)


@pytest.mark.parametrize("kind", ["card", "answer"])
async def test_people_stop_at_the_number_of_samples(channel: tuple[SmallChannel, Place], kind: str) -> None:
    scenario = next(each for each in SCENARIOS if each.kind == kind and each.users == 1)
    tally = await people(channel[1], replace(scenario, samples=25))
    assert len(tally.seconds) == 25 and not tally.failures


async def test_every_card_is_measured_in_a_new_conversation_that_pages_nobody(
    channel: tuple[SmallChannel, Place],
) -> None:
    await people(channel[1], Scenario("cards", "card", 1, 0, samples=5))
    assert channel[0].sessions == channel[0].drills == 5


async def test_people_stop_when_the_time_is_over(channel: tuple[SmallChannel, Place]) -> None:
    channel[0].cards = False
    tally = await people(channel[1], Scenario("short", "card", 1, 0, samples=10_000, limit_s=0.5))
    assert not tally.seconds and 0 < tally.failures["no card in the answer"] < 10_000


async def test_a_burst_is_everybody_at_once(channel: tuple[SmallChannel, Place]) -> None:
    tally = await people(channel[1], Scenario("burst", "card", 8, 0, samples=8, burst=True))
    assert len(tally.seconds) == 8


def test_the_others_ask_until_the_block_ends(channel: tuple[SmallChannel, Place]) -> None:
    with asking(channel[1], 3, limit_s=30) as askers:
        while askers.answered < 70:  # more than one conversation each
            time.sleep(0.02)
    asked = channel[0].messages
    time.sleep(0.3)
    assert channel[0].messages == asked
    assert channel[0].sessions > 3
