"""People on the web channel for measurements: real HTTP and event stream, drill conversations, loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from holdfast.channels.tokens import Tokens

#: Seconds until one request or one awaited reply is given up; the assistant promises an answer within 10.
PATIENCE_S = 15.0
#: Messages that one conversation is used for; fewer than the turns with Rasa that it may have in a minute.
TURNS_A_CONVERSATION = 20
_NUMBERS = itertools.count(1)


class Unanswered(Exception):
    """A request failed, or nothing came back in time. The message says what."""


@dataclass(frozen=True)
class Place:
    """Where to measure: the door's public address and the secret that makes conversations drills (nobody is paged)."""

    url: str
    internal_secret: str

    def __post_init__(self) -> None:
        if urlsplit(self.url).hostname != "127.0.0.1":
            raise ValueError(f"{self.url}: load is for an assistant on this machine only (127.0.0.1)")

    def drill_mark(self) -> str:
        """A fresh mark; good for a minute."""
        return Tokens(b"unused", self.internal_secret.encode(), days=1).drill_mark()


@dataclass
class Visitor:
    """One person. `arrive` opens a conversation, `card` and `answer` write into it; `leave` ends it."""

    place: Place
    client: httpx.AsyncClient
    turns: int = 0
    _headers: dict[str, str] = field(default_factory=dict)
    _awaited: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    _stream: asyncio.Task[None] | None = None

    async def arrive(self, *, listen: bool) -> None:
        """Opens a new conversation and, when asked to, its event stream. Raises Unanswered."""
        await self.leave()
        headers = {"Origin": self.place.url, "X-Holdfast-Drill": self.place.drill_mark()}
        answer = await self._post("/web/sessions", {}, headers)
        self._headers, self.turns = {"Authorization": f"Bearer {answer['token']}"}, 0
        if listen:
            opened = asyncio.Event()
            self._stream = asyncio.create_task(self._listen(opened))
            try:
                await asyncio.wait_for(opened.wait(), PATIENCE_S)
            except TimeoutError:
                raise Unanswered("the event stream did not open") from None

    async def card(self, text: str) -> float:
        """Seconds from sending until the answer with the card is here. Raises Unanswered without a card."""
        started = time.perf_counter()
        answer = await self._send(text, _message_id())
        took = time.perf_counter() - started
        if not any(event["kind"] == "card" for event in answer["events"]):
            raise Unanswered("no card in the answer")
        return took

    async def answer(self, text: str) -> float:
        """Seconds from sending until a reply arrives on the event stream. Raises Unanswered."""
        message_id, started = _message_id(), time.perf_counter()
        awaited: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._awaited[message_id] = awaited
        try:
            await self._send(text, message_id)
            arrived: float = await asyncio.wait_for(awaited, PATIENCE_S)
            return arrived - started
        except TimeoutError:
            raise Unanswered("no reply on the event stream") from None
        finally:
            del self._awaited[message_id]

    async def leave(self) -> None:
        """Closes the event stream."""
        if self._stream:
            self._stream.cancel()
            with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
                await self._stream
            self._stream = None

    async def _send(self, text: str, message_id: str) -> dict[str, Any]:
        self.turns += 1
        return await self._post("/web/messages", {"id": message_id, "text": text}, self._headers)

    async def _post(self, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
        try:
            response = await self.client.post(self.place.url + path, json=body, headers=headers)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise Unanswered(f"{path}: {type(error).__name__}") from None
        data: dict[str, Any] = response.json()
        return data

    async def _listen(self, opened: asyncio.Event) -> None:
        stream = self.client.stream("GET", self.place.url + "/web/events", headers=self._headers)
        with contextlib.suppress(httpx.ReadError):  # closed under it when the person leaves
            async with stream as response:
                opened.set()
                async for line in response.aiter_lines():
                    if line.startswith("data:"):
                        self._take(json.loads(line[5:]), time.perf_counter())

    def _take(self, event: dict[str, Any], at: float) -> None:
        awaited = self._awaited.get(event["in_reply_to"] or "")
        if awaited and not awaited.done() and event["author"] == "bot":
            awaited.set_result(at)


def new_client() -> httpx.AsyncClient:
    """A client for many visitors at once; heeds no proxy settings."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=100)
    timeout = httpx.Timeout(PATIENCE_S, read=2 * PATIENCE_S)  # the event stream is silent for 15 s at a time
    return httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False)


@dataclass
class Tally:
    """What a group of visitors saw: seconds of each success, and the failures by what they were."""

    seconds: list[float] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)

    def failed(self, error: Unanswered) -> None:
        """Counts a failure."""
        self.failures[str(error)] = self.failures.get(str(error), 0) + 1

    @property
    def count(self) -> int:
        """Everything that was tried."""
        return len(self.seconds) + sum(self.failures.values())


def _message_id() -> str:
    return f"evaluation-{time.time_ns()}-{next(_NUMBERS)}"
