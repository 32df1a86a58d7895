"""Signs and checks requests between our own processes: HMAC over time stamp, nonce, path and body; no replay."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping

#: Seconds by which a request's time stamp may differ from the clock here.
WINDOW_S = 60
_STAMP = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def sign(secret: bytes, method: str, path: str, body: bytes, *, now: float | None = None) -> dict[str, str]:
    """The headers that make a request genuine."""
    stamp, nonce = f"{time.time() if now is None else now:.3f}", secrets.token_hex(12)
    return {
        "X-Holdfast-Time": stamp,
        "X-Holdfast-Nonce": nonce,
        "X-Holdfast-Signature": _digest(secret, stamp, nonce, (method, path, body)),
    }


class Verifier:
    """Checks requests and remembers nonces for as long as a time stamp is good.

    ``since`` is when this process began, in seconds since the epoch: what was signed before may be a replay of what the
    process before it has seen, so it is refused. Whoever signed it tries again with a new signature.
    """

    def __init__(self, secret: bytes, *, since: float = 0.0) -> None:
        self._secret, self._since = secret, since
        self._seen: OrderedDict[str, float] = OrderedDict()

    def problem(
        self, headers: Mapping[str, str], method: str, path: str, body: bytes, *, now: float | None = None
    ) -> str | None:
        """Why the request is refused, None when it is genuine."""
        now = time.time() if now is None else now
        stamp, nonce = headers.get("x-holdfast-time", ""), headers.get("x-holdfast-nonce", "")
        given = headers.get("x-holdfast-signature", "")
        if not _STAMP.fullmatch(stamp) or not nonce or not given:
            return "unsigned"
        expected = _digest(self._secret, stamp, nonce, (method, path, body))
        if not hmac.compare_digest(given.encode(), expected.encode()):
            return "wrong signature"
        if abs(now - float(stamp)) > WINDOW_S:
            return "time stamp too old or too new; check both clocks"
        if float(stamp) < self._since:
            return "signed before this process began; sign it again"
        while self._seen and next(iter(self._seen.values())) < now - 2 * WINDOW_S:
            self._seen.popitem(last=False)
        if nonce in self._seen:
            return "replayed"
        self._seen[nonce] = now
        return None


def _digest(secret: bytes, stamp: str, nonce: str, request: tuple[str, str, bytes]) -> str:
    method, path, body = request
    parts = (stamp.encode(), nonce.encode(), method.upper().encode(), path.encode(), body)
    return hmac.new(secret, b"\n".join(parts), hashlib.sha256).hexdigest()
