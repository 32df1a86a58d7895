"""Hands outbox records to the desk over HTTP, at least once."""

from __future__ import annotations

import json

import httpx

from holdfast.escalation.record import OutboxRecord
from holdfast.signing import sign

INTAKE = "/intake/records"


class DeskClient:
    """The desk's intake. ``deliver`` is true only when the desk says that it has the record."""

    def __init__(self, url: str, secret: bytes, *, timeout_s: float = 5.0) -> None:
        self._url, self._secret = url.rstrip("/"), secret
        self._client = httpx.Client(timeout=timeout_s)

    def deliver(self, record: OutboxRecord) -> bool:
        """Offers the record; False on any failure, the shipper tries again."""
        body = json.dumps(record.to_dict()).encode()
        headers = {**sign(self._secret, "POST", INTAKE, body), "Content-Type": "application/json"}
        try:
            answer = self._client.post(self._url + INTAKE, content=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.status_code in (200, 201)
