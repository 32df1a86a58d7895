"""Where a person is and which language they use, as far as their Slack profile tells; never waited for long."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.channels.platform import Refused, RetryLater
from holdfast.channels.slack.api import NotThis, SlackApi

#: Seconds for which nobody is asked about after a failure, so that an outage delays one card in a minute at most.
REST_S = 60.0
#: Slack's locale for Spanish in Latin America; LA would be Laos.
_NO_COUNTRY = frozenset({"es-LA"})


@dataclass(frozen=True)
class Profile:
    """What Slack knows. ``country`` is an ISO code out of the locale, weaker than the time zone."""

    language: str | None = None
    country: str | None = None
    timezone: str | None = None


def profile_of(user: Mapping[str, Any]) -> Profile:
    """The profile in a user object of Slack."""
    locale = str(user.get("locale") or "")
    found = re.fullmatch(r"([a-z]{2})(?:-([A-Z]{2}))?", locale)
    return Profile(
        language=found.group(1) if found else None,
        country=found.group(2) if found and locale not in _NO_COUNTRY else None,
        timezone=user.get("tz") or None,
    )


class People:
    """Profiles of a workspace, each asked for once."""

    def __init__(self, api: SlackApi, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._api, self._clock = api, clock
        self._known: dict[str, Profile] = {}
        self._asking: dict[str, asyncio.Task[Profile | None]] = {}
        self._rests_until = 0.0

    def known(self, user: str) -> Profile | None:
        """The profile, when it is known already."""
        return self._known.get(user)

    async def profile(self, user: str, patience_s: float) -> Profile | None:
        """The profile, None when Slack does not tell it within ``patience_s`` seconds; it is kept whenever it comes."""
        if user in self._known:
            return self._known[user]
        if user not in self._asking:
            if self._clock() < self._rests_until:
                return None
            self._asking[user] = asyncio.ensure_future(self._ask(user))
        done, _ = await asyncio.wait((self._asking[user],), timeout=patience_s)
        return self._known.get(user) if done else None

    async def _ask(self, user: str) -> Profile | None:
        try:
            answer = await self._api.call(lambda slack: slack.users_info(user=user, include_locale=True))
            self._known[user] = profile_of(answer.get("user") or {})
        except (RetryLater, Refused, NotThis):
            self._rests_until = self._clock() + REST_S
        finally:
            self._asking.pop(user, None)
        return self._known.get(user)

    async def close(self) -> None:
        """Stops asking."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
