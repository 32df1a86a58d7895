"""Hands outbox records to the desk over HTTP, at least once."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import httpx

from holdfast.escalation.record import OutboxRecord


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """HMAC-SHA-256 over time stamp and body, in hexadecimal."""
    return hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class DeskClient:
    """The desk's intake. ``deliver`` is true only when the desk says that it has the record."""

    def __init__(self, url: str, secret: bytes, *, timeout_s: float = 5.0) -> None:
        self._url = url.rstrip("/") + "/intake/records"
        self._secret = secret
        self._client = httpx.Client(timeout=timeout_s)

    def deliver(self, record: OutboxRecord) -> bool:
        """Offers the record; False on any failure, the shipper tries again."""
        body = json.dumps(record.to_dict()).encode()
        stamp = str(int(time.time()))
        headers = {"X-Holdfast-Time": stamp, "X-Holdfast-Signature": signature(self._secret, stamp, body)}
        try:
            answer = self._client.post(self._url, content=body, headers={**headers, "Content-Type": "application/json"})
        except httpx.HTTPError:
            return False
        return answer.status_code in (200, 201)
