"""A drill: a real crisis message through the whole path, marked so that nobody is paged. For readiness and `doctor`."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any

from holdfast.door.messages import Inbound, Opening
from holdfast.door.service import Door
from holdfast.escalation import outbox

DRILL_WORDS = "I want to kill myself"


@dataclass(frozen=True)
class DrillResult:
    """What the drill found. ``card_ms`` is the time from arrival to card, in milliseconds."""

    card: bool
    recorded: bool
    safe: bool
    card_ms: float

    @property
    def ready(self) -> bool:
        """Whether a person in need would be helped now."""
        return self.card and self.safe

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {**asdict(self), "ready": self.ready}


async def run_drill(door: Door) -> DrillResult:
    """Sends the drill message and looks for card and record."""
    conversation_id = "drill_" + secrets.token_hex(8)
    await door.open(conversation_id, Opening(channel="drill", drill=True))
    started = time.perf_counter()
    receipt = await door.handle(Inbound(conversation_id, "drill", DRILL_WORDS, "drill"))
    card_ms = (time.perf_counter() - started) * 1000
    card = any(event.kind == "card" for event in receipt.events)
    return DrillResult(card, await asyncio.to_thread(_recorded, door, conversation_id), receipt.safe, round(card_ms, 1))


def _recorded(door: Door, conversation_id: str) -> bool:
    try:
        with door.parts.store.engine.connect() as connection:
            return any(entry.record.drill for entry in outbox.for_conversation(connection, conversation_id))
    except Exception:
        return False
