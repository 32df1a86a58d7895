"""Speaks to the door's internal interface: signs each request with the installation's secret."""

from __future__ import annotations

import json
from typing import Any

import httpx

from holdfast.signing import sign


class InternalClient:
    """A small client. ``secret`` is the installation's ``internal`` secret."""

    def __init__(self, url: str, secret: bytes, *, timeout_s: float = 15.0) -> None:
        self._url, self._secret = url.rstrip("/"), secret
        self._client = httpx.Client(timeout=timeout_s)

    def call(self, method: str, path: str, body: Any | None = None) -> httpx.Response:
        """One signed request. Raises httpx.HTTPError when the door cannot be reached."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = {**sign(self._secret, method, path, content), "Content-Type": "application/json"}
        return self._client.request(method, self._url + path, content=content, headers=headers)
