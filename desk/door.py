"""Speaks to the door's internal interface: transcripts, staff messages, takeover, notices. Signs each request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import httpx

from desk import configuration
from holdfast.secrets import secret
from holdfast.signing import sign


class DoorError(Exception):
    """The door did not do it. The message is for staff; ``lasting`` says that trying again is of no use."""

    def __init__(self, message: str, *, lasting: bool = False, maybe: bool = False) -> None:
        super().__init__(message)
        self.lasting, self.maybe = lasting, maybe


@dataclass(frozen=True)
class Transcript:
    """What the door knows of a conversation: its state and everything said, oldest first."""

    state: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]


class DoorClient:
    """A small client. ``secret_key`` is the installation's ``internal`` secret."""

    def __init__(self, url: str, secret_key: bytes, *, timeout_s: float = 4.0) -> None:
        self._url, self._secret = url.rstrip("/"), secret_key
        self._client = httpx.Client(timeout=timeout_s)

    def transcript(self, conversation_id: str) -> Transcript:
        """Everything said so far. Raises DoorError."""
        data = self._call("GET", f"{_path(conversation_id)}/transcript")
        return Transcript(data.get("state") or {}, data.get("events") or [])

    def deliver(self, conversation_id: str, text: str, name: str, reply_id: str) -> Mapping[str, Any]:
        """Sends a staff message; the event that it became. Raises DoorError."""
        return self._call("POST", f"{_path(conversation_id)}/messages", {"text": text, "name": name, "id": reply_id})

    def takeover(self, conversation_id: str, name: str | None, order_id: str | None = None) -> None:
        """A member of staff answers from now on; None hands back to the bot. Raises DoorError.

        The door carries out an order that comes twice with the same ``order_id`` once.
        """
        order = {"name": name} if order_id is None else {"name": name, "id": order_id}
        self._call("PUT", f"{_path(conversation_id)}/takeover", order)

    def close_episode(self, conversation_id: str, episode: int, *, lift: bool, level: str | None) -> None:
        """Closes the episode; ``lift`` allows all answers again (G5), unless an alarm above ``level`` has come since.

        Raises DoorError.
        """
        order = {"episode": episode, "lift": lift, "level": level}
        self._call("POST", f"{_path(conversation_id)}/clear", order)

    def lift(self, conversation_id: str, episode: int, *, level: str) -> None:
        """Allows all answers again while the episode goes on, as `close_episode` does at its end. Raises DoorError."""
        order = {"episode": episode, "lift": True, "close": False, "level": level}
        self._call("POST", f"{_path(conversation_id)}/clear", order)

    def notice(self, conversation_id: str, kind: str, episode: int) -> None:
        """Tells the door what has become true about people (G4). Raises DoorError."""
        self._call("PUT", f"{_path(conversation_id)}/notice", {"kind": kind, "episode": episode})

    def texts(self) -> Mapping[str, Any]:
        """How many of the texts that the door says are signed, and which were changed after that. Raises DoorError."""
        return self._call("GET", "/health/texts")

    def feedback(self) -> Mapping[str, Any]:
        """How often answers helped, by topic and language, and over how many days. Raises DoorError."""
        data: Mapping[str, Any] = self._call("GET", "/feedback")
        return data

    def alive(self) -> bool:
        """Whether the door answers."""
        try:
            return self._client.get(self._url + "/health").status_code == 200
        except httpx.HTTPError:
            return False

    def _call(self, method: str, path: str, body: Any | None = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        headers = {**sign(self._secret, method, path, content), "Content-Type": "application/json"}
        try:
            answer = self._client.request(method, self._url + path, content=content, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise DoorError("The chat server cannot be reached.") from None
        except httpx.HTTPError:  # it may have been done all the same
            raise DoorError("The chat server did not answer in time.", maybe=True) from None
        if answer.status_code == 404:
            raise DoorError("The chat server does not know this conversation.", lasting=True)
        if answer.status_code >= 300:
            lasting = answer.status_code in (400, 405, 413, 422)
            raise DoorError(f"The chat server refused it ({answer.status_code}).", lasting=lasting)
        return answer.json() if answer.content else {}


def _path(conversation_id: str) -> str:
    return f"/conversations/{quote(conversation_id, safe='')}"


@lru_cache(maxsize=1)
def _configured() -> DoorClient:
    return DoorClient(configuration.door_url(), secret("internal"))


_override: list[DoorClient] = []


def door() -> DoorClient:
    """The door of this installation."""
    return _override[-1] if _override else _configured()


def use(client: DoorClient | None) -> None:
    """Puts another client in place; None takes it away again."""
    _override.clear()
    if client is not None:
        _override.append(client)
