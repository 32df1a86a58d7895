"""The outbox record: what staff must learn of, without a word of the user (G7)."""

from __future__ import annotations

import logging
import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

_LOG = logging.getLogger(__name__)
KINDS = ("alarm", "rise", "staff_request", "callback", "context")
#: The kind of what stands in for a record that cannot be read; none is ever sent or stored as such.
UNREADABLE = "unreadable"
#: Kinds and levels that page somebody at once; the rest waits in the queue.
PAGED_LEVELS = ("crisis", "emergency")
PAGED_FLAGS = frozenset({"harm_to_others", "voices", "after_session", "overdose"})
_NAME = re.compile(r"[A-Za-z0-9_.:@|+=-]{1,64}\Z")


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
    def readable(self) -> bool:
        """Whether it is a record, and not what stands in for one."""
        return self.kind != UNREADABLE

    @property
    def pages(self) -> bool:
        """Whether somebody is paged now; otherwise the record queues. What cannot be read may be an alarm."""
        urgent = self.level in PAGED_LEVELS or bool(PAGED_FLAGS & set(self.flags)) or not self.readable
        return urgent and not self.queue_only

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON-ready data; `from_dict` reverses it."""
        return {**asdict(self), "flags": list(self.flags), "signals": list(self.signals), "details": dict(self.details)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> OutboxRecord:
        """The record in ``data``; unknown keys of a newer version are dropped. Raises RecordError naming the field."""
        if unknown := sorted(str(key) for key in data if key not in cls.__dataclass_fields__):
            _note_unknown(", ".join(unknown))
        known = {key: value for key, value in data.items() if key in cls.__dataclass_fields__}
        try:
            record = cls(**{**known, "flags": tuple(data["flags"]), "signals": tuple(data["signals"])})
        except (TypeError, KeyError) as error:
            raise RecordError(f"outbox record: {error}") from None
        if record.kind not in KINDS:
            raise RecordError(f"outbox record {record.record_id}: kind {record.kind!r} is none of {', '.join(KINDS)}")
        for name, right in _checks(record):
            if not right:
                raise RecordError(f"outbox record: {name}: what stands there is not allowed")
        return record


def readable_or_stand_in(
    raw: object, *, record_id: str, conversation_id: str, created_at: float, episode: int = 0
) -> OutboxRecord:
    """The record in ``raw``, or one that stands in for it: somebody must learn that it is there, and where to look.

    The other arguments are what is known of it from elsewhere; its own id and conversation win where they can be read.
    """
    try:
        return OutboxRecord.from_dict(raw if isinstance(raw, Mapping) else {})
    except RecordError as error:
        told = dict(raw) if isinstance(raw, Mapping) else {}
        own = {key: told[key] for key in ("record_id", "conversation_id") if _is_name(told.get(key))}
        _note_unreadable(own.get("record_id", record_id), str(error))
    return OutboxRecord(
        **{"record_id": record_id, "conversation_id": conversation_id, **own},
        kind=UNREADABLE,
        episode=told["episode"] if _is_episode(told.get("episode")) else episode,
        level="unknown",
        subject=None,
        created_at=told["created_at"] if _is_time(told.get("created_at")) else created_at,
        channel="unknown",
        drill=told.get("drill") is True,
    )


def new_record_id() -> str:
    """A random id for a record."""
    return "r_" + uuid.uuid4().hex


def _checks(record: OutboxRecord) -> list[tuple[str, bool]]:
    """What shipper and outbox rely on; the desk checks more."""
    words = {name: all(isinstance(each, str) for each in getattr(record, name)) for name in ("flags", "signals")}
    return [
        ("record_id", _is_name(record.record_id)),
        ("conversation_id", _is_name(record.conversation_id)),
        ("episode", _is_episode(record.episode)),
        ("created_at", _is_time(record.created_at)),
        ("level", isinstance(record.level, str)),
        ("channel", isinstance(record.channel, str)),
        ("queue_only", isinstance(record.queue_only, bool)),
        ("drill", isinstance(record.drill, bool)),
        ("details", isinstance(record.details, Mapping)),
        *words.items(),
    ]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(_NAME.match(value))


def _is_episode(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**31


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and type(value) is not bool and math.isfinite(value) and 0 < value < 2**33


# Logged once each: a record is read again and again until somebody has it.
@lru_cache(maxsize=1024)
def _note_unreadable(record_id: str, why: str) -> None:
    _LOG.error("outbox record %s cannot be read: %s", record_id, why)


@lru_cache(maxsize=1024)
def _note_unknown(names: str) -> None:
    _LOG.warning("outbox records hold fields of a newer version, which are dropped: %s", names)
