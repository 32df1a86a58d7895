"""The outbox record: what staff must learn of, without a word of the user (G7)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = ("alarm", "rise", "staff_request", "callback", "context")
#: Kinds and levels that page somebody at once; the rest waits in the queue.
PAGED_LEVELS = ("crisis", "emergency")
PAGED_FLAGS = frozenset({"harm_to_others", "voices", "after_session", "overdose"})


class RecordError(ValueError):
    """A record is malformed; the message names the field."""


@dataclass(frozen=True)
class OutboxRecord:
    """One thing that staff must learn of. ``created_at`` is seconds since the epoch; ``record_id`` makes it idempotent.

    ``level`` and ``subject`` are as the detector names them; ``drill`` marks a test of the way.
    """

    record_id: str
    kind: str
    conversation_id: str
    episode: int
    level: str
    subject: str | None
    created_at: float
    channel: str
    flags: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    country: str | None = None
    language: str = "en"
    timezone: str | None = None
    queue_only: bool = False
    drill: bool = False
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def pages(self) -> bool:
        """Whether somebody is paged now; otherwise the record queues."""
        return not self.queue_only and (self.level in PAGED_LEVELS or bool(PAGED_FLAGS & set(self.flags)))

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON-ready data; `from_dict` reverses it."""
        return {**asdict(self), "flags": list(self.flags), "signals": list(self.signals), "details": dict(self.details)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> OutboxRecord:
        """The record in ``data``. Raises RecordError naming what is missing or unknown."""
        try:
            record = cls(**{**data, "flags": tuple(data["flags"]), "signals": tuple(data["signals"])})
        except (TypeError, KeyError) as error:
            raise RecordError(f"outbox record: {error}") from None
        if record.kind not in KINDS:
            raise RecordError(f"outbox record {record.record_id}: kind {record.kind!r} is none of {', '.join(KINDS)}")
        return record


def new_record_id() -> str:
    """A random id for a record."""
    return "r_" + uuid.uuid4().hex
