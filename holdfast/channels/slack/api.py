"""Slack's Web API through Slack's own client, with its errors sorted by what is to be done."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from holdfast.channels.platform import Refused, RetryLater

_LOG = logging.getLogger(__name__)
#: Slack's client writes requests and answers into its debug log; words of people must not be there (G7).
_SILENT = logging.getLogger("holdfast.silent.slack")
_SILENT.setLevel(logging.CRITICAL)
#: Seconds for one call, connecting included.
CALL_DEADLINE_S = 10.0
#: Seconds until the next try while the installation itself is refused, so that a mended one is noticed soon.
MENDING_S = 60.0
#: The person cannot be reached there.
_GONE = frozenset(
    (
        "user_not_found",
        "users_not_found",
        "user_disabled",
        "user_not_visible",
        "user_is_bot",
        "cannot_dm_bot",
        "cannot_message_user",
        "channel_not_found",
        "not_in_channel",
        "user_not_in_channel",
        "is_archived",
    )
)
#: Slack is busy or down.
_BUSY = frozenset(
    (
        "fatal_error",
        "internal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "external_channel_migrating",
    )
)
#: What the administrator must mend, by error.
_SETUP = {
    **dict.fromkeys(
        ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"),
        "the bot token is not valid any more. Copy the Bot User OAuth Token again into var/secrets/slack_bot_token.",
    ),
    **dict.fromkeys(
        ("missing_scope", "no_permission", "access_denied"),
        "the app lacks a permission. Compare it with deploy/slack/manifest.yml and reinstall it to the workspace.",
    ),
    "messages_tab_disabled": "the app takes no direct messages. Switch on the Messages tab under App Home.",
    **dict.fromkeys(
        ("org_login_required", "ekm_access_denied", "restricted_action", "team_access_not_granted", "accesslimited"),
        "the workspace forbids it. Ask the owner of the Slack workspace.",
    ),
}


class NotThis(Exception):
    """Slack does not take this message as it is. ``error`` is Slack's word for it."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class SlackApi:
    """One workspace's Web API. Connects at the first call, so that the start needs no network."""

    def __init__(self, token: str, base_url: str) -> None:
        self._token, self._base_url = token, base_url
        self._session: aiohttp.ClientSession | None = None

    async def call(self, work: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]) -> Mapping[str, Any]:
        """What Slack answers. Raises RetryLater, Refused (the person cannot be reached) or NotThis."""
        try:
            answer = await work(self._client())
        except SlackApiError as error:
            raise _sorted(error) from None
        except TimeoutError:
            raise RetryLater("time-out") from None
        except (aiohttp.ClientError, SlackClientError, OSError) as error:
            raise RetryLater(type(error).__name__) from None
        return answer.data if isinstance(answer.data, dict) else {}

    def _client(self) -> AsyncWebClient:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_DEADLINE_S))
        # no retries of its own: the deliverer knows about other events that wait
        return AsyncWebClient(
            self._token, self._base_url, session=self._session, retry_handlers=[], logger=_SILENT, timeout=10
        )

    async def close(self) -> None:
        """Closes connections."""
        if self._session is not None:
            await self._session.close()


def _sorted(error: SlackApiError) -> Exception:
    response: Any = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    data = getattr(response, "data", None)
    name = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or name in ("ratelimited", "rate_limited"):
        return RetryLater("rate limited", _seconds(getattr(response, "headers", {}).get("Retry-After")))
    if status >= 500 or name in _BUSY or not name:
        return RetryLater(name or f"HTTP {status}")
    if name in _SETUP:
        _LOG.error("Slack refuses (%s): %s See docs/channels/slack.md.", name, _SETUP[name])
        return RetryLater(name, MENDING_S)
    return Refused(name) if name in _GONE else NotThis(name)


def _seconds(value: Any) -> float:
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return 1.0  # Slack always names a time; without one the shortest that it documents
