"""Intake: takes outbox records from the door's shipper, at least once each, and opens or updates cases."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from desk import clock, configuration
from desk.alerts.models import Pulse
from desk.cases import chats
from desk.cases.casebook import add_history, cases_of, columns_of, state_of, write
from desk.cases.levels import LEVELS
from desk.cases.models import Case, Record
from desk.cases.state import Arrival
from desk.gatekeeper import public
from holdfast.escalation.record import OutboxRecord, RecordError
from holdfast.secrets import secret
from holdfast.signing import Verifier

BODY_LIMIT = 65_536
#: Without a worker nobody would be alerted: the door is then told that the desk has not taken over.
WORKER_ALIVE = timedelta(seconds=30)
_NAME = re.compile(r"[A-Za-z0-9_.:@|+=-]{1,64}\Z")


class Malformed(ValueError):
    """The body is no outbox record; the message says why."""


@csrf_exempt
@require_POST
@public
def records(request: HttpRequest) -> JsonResponse:
    """``POST /intake/records``: 201 new, 200 known, both after the commit; 401, 400, or 503 while no worker runs."""
    if len(request.body) > BODY_LIMIT:
        return JsonResponse({"error": f"more than {BODY_LIMIT} bytes"}, status=413)
    if problem := _verifier().problem(request.headers, "POST", request.path, request.body):
        return JsonResponse({"error": problem}, status=401)
    try:
        record = parse(request.body)
    except Malformed as error:
        return JsonResponse({"error": str(error)}, status=400)
    case, new = take(record, clock.now())
    if case is None:
        return JsonResponse({"case": None, "new": False})
    if case.alarm_since is not None and not worker_alive(clock.now()):
        return JsonResponse({"error": "recorded, but the desk's worker is not running: nobody is alerted"}, status=503)
    return JsonResponse({"case": case.pk, "new": new}, status=201 if new else 200)


@lru_cache(maxsize=1)
def _verifier() -> Verifier:
    """What knows the shipper's signature and refuses a replay. A record that comes twice all the same does no harm."""
    return Verifier(secret("internal"), since=configuration.STARTED)


def parse(body: bytes) -> OutboxRecord:
    """The record in a request's body. Raises Malformed."""
    try:
        data = json.loads(body)
    except ValueError:
        raise Malformed("the body is not JSON") from None
    if not isinstance(data, dict):
        raise Malformed("the body is not a JSON object")
    for name in ("flags", "signals"):
        if not isinstance(data.get(name), list):
            raise Malformed(f"outbox record: {name}: must be a list")
    known = OutboxRecord.__dataclass_fields__
    try:  # fields of a newer door are none of our business
        record = OutboxRecord.from_dict({key: value for key, value in data.items() if key in known})
    except RecordError as error:
        raise Malformed(str(error)) from None
    for name, right in _checks(record):
        if not right:
            raise Malformed(f"outbox record: {name}: {getattr(record, name)!r:.80} is not allowed")
    return record


def _checks(record: OutboxRecord) -> list[tuple[str, bool]]:
    def name(value: Any, limit: int = 64) -> bool:
        return isinstance(value, str) and len(value) <= limit and bool(_NAME.match(value))

    def words(values: Any) -> bool:
        return all(isinstance(each, str) and len(each) <= 120 for each in values)

    def optional(value: Any, limit: int) -> bool:
        return value is None or (isinstance(value, str) and len(value) <= limit)

    details = record.details
    return [
        ("record_id", name(record.record_id)),
        ("conversation_id", name(record.conversation_id)),
        ("episode", type(record.episode) is int and 0 <= record.episode < 2**31),
        ("level", record.level in LEVELS),
        ("subject", record.subject in (None, "self", "other")),
        ("created_at", type(record.created_at) in (int, float) and 0 < record.created_at < 2**33),
        ("channel", name(record.channel, 20)),
        ("flags", words(record.flags)),
        ("signals", words(record.signals)),
        ("country", optional(record.country, 2)),
        ("language", name(record.language, 12)),
        ("timezone", optional(record.timezone, 64)),
        ("queue_only", isinstance(record.queue_only, bool)),
        ("drill", isinstance(record.drill, bool)),
        ("details", isinstance(details, dict) and words(details) and all(optional(v, 500) for v in details.values())),
    ]


def take(record: OutboxRecord, now: datetime) -> tuple[Case | None, bool]:
    """Commits the record. Returns its case and whether the record is new; a known one changes nothing.

    No case: news of a case that there is not, for which none is opened.
    """
    while True:
        known = Record.objects.select_related("case").filter(pk=record.record_id).first()
        if known is not None:
            return known.case, False
        try:
            with transaction.atomic():
                case = _record(record, now)
        except IntegrityError:  # the same record or the first one of the same case came at the same time
            continue
        return case, case is not None


def _opens(record: OutboxRecord) -> bool:
    """Whether somebody must see to it, so that a case is opened. What became of a wish is news for a case only."""
    return record.kind != "context" or bool(record.details.get("staff_silent"))


def _number(record: OutboxRecord, cases: Mapping[int, Case]) -> int | None:
    """The case of the record's episode; news without one belongs to the last case before it."""
    if _opens(record):
        return next((number for number, case in cases.items() if case.episode == record.episode), None)
    before = {case.episode: number for number, case in cases.items() if case.episode <= record.episode}
    return before[max(before)] if before else None


def _record(record: OutboxRecord, now: datetime) -> Case | None:
    """Writes the record and what follows from it; None when it is news of a case that there is not."""
    arrival = arrival_of(record)
    cases = cases_of(record.conversation_id)
    states = {number: state_of(case) for number, case in cases.items()}
    number = _number(record, cases)
    if number is None and not _opens(record):
        return None
    if arrival.staff_silent:
        number = chats.told_of_silence(states, number)
    decided = chats.arrive(states, number, arrival, now)
    place = {"channel": record.channel, "country": record.country, "language": record.language}
    place["timezone"] = record.timezone
    wished = dict(record.details) if record.kind in ("callback", "staff_request") else {}
    if number is None:
        case = Case.objects.create(
            conversation_id=record.conversation_id,
            episode=record.episode,
            wish_details=wished,
            **place,
            **columns_of(decided.state),
        )
        add_history(case, decided, who="", now=now)
    else:
        case = cases[number]
        write(case, decided, who="", now=now)
        if wished:
            place["wish_details"] = {**case.wish_details, **wished}
        Case.objects.filter(pk=case.pk).update(**place)
    Record.objects.create(record_id=record.record_id, case=case, received_at=now, body=record.to_dict())
    return Case.objects.get(pk=case.pk)


def arrival_of(record: OutboxRecord) -> Arrival:
    """What a case cares about in a record. A drill pages nobody, nor does news of a wish."""
    return Arrival(
        kind=record.kind,
        level=record.level,
        subject=record.subject,
        at=datetime.fromtimestamp(record.created_at, UTC),
        flags=frozenset(record.flags),
        signals=record.signals,
        pages=record.pages and not record.drill and _opens(record),
        drill=record.drill,
        staff_silent=record.kind == "context" and _opens(record),
        callback=record.details.get("callback", "") if record.kind == "context" else "",
    )


def worker_alive(now: datetime) -> bool:
    """Whether the desk's worker has been seen lately."""
    seen = Pulse.last("worker")
    return seen is not None and now - seen < WORKER_ALIVE
