"""Calls of the Bot API over HTTP, with each way of failing told apart. The token stands in addresses: never log one."""

from __future__ import annotations

import logging
from typing import Any

import httpx

from holdfast.channels.platform import Refused, RetryLater

_LOG = logging.getLogger(__name__)
DEFAULT_API = "https://api.telegram.org"
#: Seconds to wait when Telegram does not know the token: only the operator can mend that.
WRONG_TOKEN_WAIT_S = 60.0
#: Descriptions of a 400 that mean that nobody is there, rather than that the message is wrong.
_GONE = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid", "upgraded to a supergroup")


def request_of(api: str, token: str, method: str) -> str:
    """The address of a method."""
    return f"{api.rstrip('/')}/bot{token}/{method}"


def result_of(answer: httpx.Response) -> Any:
    """The result in an answer of the Bot API. Raises RetryLater or Refused; their reasons hold no words of anybody."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or "ok" not in body:
        raise RetryLater(f"no answer of the Bot API (HTTP {answer.status_code})")
    if body["ok"] is True:
        return body.get("result")
    code, text = int(body.get("error_code") or answer.status_code), str(body.get("description") or "")
    if code == 429:
        asked = (body.get("parameters") or {}).get("retry_after")
        raise RetryLater("429", float(asked) if isinstance(asked, int | float) else 5.0)
    if code in (401, 404):
        _LOG.critical("Telegram does not know the bot's token. Correct the secret telegram_token and start again.")
        raise RetryLater("wrong token", WRONG_TOKEN_WAIT_S)
    if code >= 500:
        raise RetryLater(f"HTTP {code}")
    whole = code == 403 or any(sign in text.lower() for sign in _GONE)
    raise Refused(f"{code} {text}"[:150], whole=whole)


class BotApi:
    """An asynchronous client for one bot."""

    def __init__(self, token: str, api: str = DEFAULT_API, *, timeout_s: float = 10.0) -> None:
        self._token, self._api = token, api
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=16)
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(timeout_s, connect=5.0), limits=limits)

    async def call(self, method: str, **parameters: Any) -> Any:
        """The method's result. Raises RetryLater or Refused."""
        try:
            answer = await self._client.post(request_of(self._api, self._token, method), json=parameters)
        except httpx.HTTPError as error:
            raise RetryLater(type(error).__name__) from None
        return result_of(answer)

    async def close(self) -> None:
        """Closes connections."""
        await self._client.aclose()
