"""Hands outbox records to the desk over HTTP, at least once."""

from __future__ import annotations

import json

import httpx

from holdfast.escalation.record import OutboxRecord
from holdfast.signing import sign

INTAKE = "/intake/records"
#: Answers that say that the record itself is the trouble: offering the same again is of no use.
_UNWANTED = (400, 413)


class RecordUnwanted(Exception):
    """The desk takes no such record, now or later; those behind it must not wait for it."""


class DeskClient:
    """The desk's intake. ``deliver`` is true only when the desk says that it has the record."""

    def __init__(self, url: str, secret: bytes, *, timeout_s: float = 5.0) -> None:
        self._url, self._secret = url.rstrip("/"), secret
        self._client = httpx.Client(timeout=timeout_s)

    def deliver(self, record: OutboxRecord) -> bool:
        """Offers the record; False on any failure, the shipper tries again. Raises RecordUnwanted."""
        body = json.dumps(record.to_dict()).encode()
        headers = {**sign(self._secret, "POST", INTAKE, body), "Content-Type": "application/json"}
        try:
            answer = self._client.post(self._url + INTAKE, content=body, headers=headers)
        except httpx.HTTPError:
            return False
        if answer.status_code in _UNWANTED:
            raise RecordUnwanted(f"the desk answered {answer.status_code}")
        return answer.status_code in (200, 201)
