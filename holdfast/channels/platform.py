"""What a platform that must be pushed to offers, what can go wrong there, and the book that deliveries are kept in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from holdfast.door.messages import Outbound, Waiting


class RetryLater(Exception):
    """The platform did not take it now: 429, 5xx, time-out, no network. ``after_s``: seconds it asked us to wait."""

    def __init__(self, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.after_s = reason, after_s


class Refused(Exception):
    """The platform will never take it. ``reason`` is for staff and logs and holds no word of anybody.

    ``whole``: the person cannot be reached there at all (blocked, chat gone); otherwise only this event is refused.
    """

    def __init__(self, reason: str, *, whole: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.whole = reason, whole


class Platform(Protocol):
    """One messenger. ``name`` is the channel's name, as in ``Opening.channel``."""

    name: str

    async def send(self, address: Mapping[str, Any], event: Outbound) -> None:
        """Sends one event to the person at ``address``. Raises RetryLater or Refused.

        Called for one event of a conversation at a time, in order. After RetryLater the same event comes again; an
        event that takes several messages may then go on where it stopped, or begin again (at least once).
        """
        ...


class Book(Protocol):
    """Where deliveries stand, durably. `holdfast.door.delivery_book.DeliveryBook` is one; any call may raise."""

    async def waiting(self, platforms: Collection[str]) -> list[str]:
        """Conversations in which something is due that may be sent."""
        ...

    async def load(self, conversation_id: str) -> Waiting | None:
        """Where the conversation stands, with the events that are due."""
        ...

    async def save(
        self, conversation_id: str, position: int, refusals: Mapping[int, str], closed: tuple[int, str] | None
    ) -> bool:
        """Notes what became of events; False while the events themselves are not recorded."""
        ...

    async def reopen(self, conversation_id: str) -> None:
        """Lets events go out again."""
        ...
