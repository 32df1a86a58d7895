"""Outbox records as the door's shipper hands them over, and cases made of them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from holdfast.escalation.desk import INTAKE
from holdfast.escalation.record import OutboxRecord, new_record_id
from holdfast.signing import sign
from tests.desk.fake_door import SECRET


def record(**changes: Any) -> OutboxRecord:
    """An alarm of level crisis, changed as wished."""
    base: dict[str, Any] = {
        "record_id": new_record_id(),
        "kind": "alarm",
        "conversation_id": "w_1",
        "episode": 1,
        "level": "crisis",
        "subject": "self",
        "created_at": time.time(),
        "channel": "web",
        "signals": ("lexicon:plan",),
        "country": "US",
        "timezone": "America/Denver",
    }
    return OutboxRecord(**{**base, **changes})


def signed(body: bytes, *, secret: bytes = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers with which the shipper hands over that body."""
    return sign(secret, "POST", INTAKE, body, now=at)


def post(client: Any, given: OutboxRecord | bytes, *, secret: bytes = SECRET, at: float | None = None) -> Any:
    """Hands a record to the intake, signed as the shipper signs."""
    body = given if isinstance(given, bytes) else json.dumps(given.to_dict()).encode()
    headers = signed(body, secret=secret, at=at)
    return client.post(INTAKE, data=body, content_type="application/json", headers=headers)


def claim(case_id: int, member: Any) -> Any:
    """The member takes the case. Raises Refused."""
    from desk import clock
    from desk.cases import casebook, transitions

    now, who = clock.now(), casebook.person(member)
    return casebook.change(case_id, lambda state: transitions.claim(state, who, now), who=who.name, now=now)


def take(given: OutboxRecord, now: datetime | None = None) -> Any:
    """The case that a record leads to."""
    from desk.cases.intake import take as taken

    return taken(given, now or datetime.now(UTC))[0]
