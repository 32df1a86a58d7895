"""What a channel's driver offers to the conformance suite: a person who writes there, and the platform's bad days.

A driver speaks to the door as the platform would (real HTTP, signed) and holds a strict fake of the platform's own
interface, to which the door pushes. The web driver has no fake: its person reads the event stream.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol


class Person(Protocol):
    """One person in one conversation. Calls that reach the door return the HTTP status that it gave the platform."""

    @property
    def conversation_id(self) -> str:
        """The door's name of the conversation."""
        ...

    def write(self, text: str) -> int:
        """Sends a message."""
        ...

    def repeat(self) -> int:
        """The platform delivers the last message again, byte for byte."""
        ...

    def edit(self, text: str) -> int:
        """Changes the last message."""
        ...

    def send_voice(self) -> int:
        """Sends what is no text."""
        ...

    def forge(self, text: str) -> int:
        """Somebody else posts a message in this person's name, without the right signature or token."""
        ...

    def oversize(self) -> int:
        """A request far larger than the platform ever sends."""
        ...

    def heard(self) -> list[str]:
        """The texts that the person has got so far, in order; a message that was split is one text a part."""
        ...


class Driver(Protocol):
    """One channel."""

    name: str
    #: Why a case cannot happen there, by case: ``edit``, ``non-text``, ``platform down``, ``429``.
    cannot: dict[str, str]

    def settings(self) -> dict[str, Any] | None:
        """The channel's section of `clinic.yml` under ``channels``, None for a channel that needs none."""
        ...

    def environment(self) -> dict[str, str]:
        """Environment variables of the door: the platform's secrets."""
        ...

    def start(self, url: str) -> None:
        """The door listens at ``url``."""
        ...

    def close(self) -> None:
        """Stops the fake."""
        ...

    def person(self, *, language: str = "en") -> Person:
        """Somebody who has not written yet."""
        ...

    def down(self) -> AbstractContextManager[None]:
        """The platform's interface answers 500 meanwhile."""
        ...

    def throttled(self, seconds: int) -> AbstractContextManager[None]:
        """The platform's interface answers 429 with this time to wait meanwhile."""
        ...
