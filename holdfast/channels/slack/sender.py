"""The way out to Slack: everything to the person's direct messages; in a channel only what others do not see."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from holdfast.channels.platform import Refused, RetryLater
from holdfast.channels.slack.api import NotThis, SlackApi
from holdfast.channels.slack.blocks import Message, messages
from holdfast.channels.slack.events import Origin, origin
from holdfast.door.messages import Outbound

_LOG = logging.getLogger(__name__)
#: Tries of a message in a channel; the direct message is what must arrive, and is tried for ever.
WHISPERS = 5
KEPT = 5000


class SlackPlatform:
    """Implements `holdfast.channels.platform.Platform`. An address is ``{"user": ..., "dm": ...}``, ``dm`` if known."""

    name = "slack"

    def __init__(
        self, api: SlackApi, phrase: Callable[..., str], *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._api, self._phrase, self._sleep = api, phrase, sleep
        self._opened: dict[str, str] = {}
        self._gone_out: dict[tuple[str, int], int] = {}
        self._whispered: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._whispers: set[asyncio.Task[None]] = set()
        self._out: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._news = asyncio.Event()

    async def send(self, address: Mapping[str, Any], event: Outbound) -> None:
        """Sends one event. Raises RetryLater or Refused; a long event goes on where it stopped."""
        user, written = str(address["user"]), origin(event.in_reply_to)
        staff = event.staff_name if event.author == "staff" else None
        parts = messages(event, self._phrase("staff_byline", event.language, staff_name=staff) if staff else None)
        if written is not None and not written.private:
            self._whisper(user, written, event, parts)
        known = address.get("dm")
        channel = known or await self._open(user)
        try:
            await self._post_all(channel, user, event, parts)
        except Refused as refusal:
            if not known or refusal.reason != "channel_not_found":
                raise
            self._opened.pop(user, None)  # the conversation was made anew
            channel = await self._open(user)
            await self._post_all(channel, user, event, parts)
        self._out[user, event.event_id] = channel
        if len(self._out) > KEPT:
            self._out.popitem(last=False)
        self._news.set()
        self._news = asyncio.Event()

    async def stands_in(self, channel: str, user: str, event_ids: Sequence[int], within_s: float) -> bool:
        """Whether these events of the person stand in that channel by then; returns as soon as it knows."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while any((user, event_id) not in self._out for event_id in event_ids):
                    await self._news.wait()
        return all(self._out.get((user, event_id)) == channel for event_id in event_ids)

    async def close(self) -> None:
        """Stops what is still being shown in channels."""
        for task in self._whispers:
            task.cancel()
        await asyncio.gather(*self._whispers, return_exceptions=True)

    async def _open(self, user: str) -> str:
        """The channel of the person's direct messages."""
        if user not in self._opened:
            try:
                answer = await self._api.call(lambda slack: slack.conversations_open(users=user))
            except NotThis as error:
                raise RuntimeError(f"conversations.open: {error.error}") from None
            self._opened[user] = str(answer["channel"]["id"])
        return self._opened[user]

    async def _post_all(self, channel: str, user: str, event: Outbound, parts: Sequence[Message]) -> None:
        written, key = origin(event.in_reply_to), (user, event.event_id)
        thread = written.thread if written is not None and written.channel == channel else None
        for number, part in enumerate(parts):
            if number >= self._gone_out.get(key, 0):
                await self._post(channel, part, thread, aloud=event.kind == "card")
                self._gone_out[key] = number + 1
        self._gone_out.pop(key, None)

    async def _post(self, channel: str, part: Message, thread: str | None, *, aloud: bool) -> None:
        """Posts a message, as text alone when Slack takes it in no better form. ``aloud``: beside the thread too."""
        plain: dict[str, Any] = {
            "channel": channel,
            "text": part.text,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        full = {**plain, "blocks": list(part.blocks)}
        if thread:
            full |= {"thread_ts": thread, "reply_broadcast": aloud}
        try:
            await self._api.call(lambda slack: slack.chat_postMessage(**full))
            return
        except NotThis as error:
            _LOG.error("Slack does not take a message with blocks (%s); it goes out as text", error.error)
        try:
            await self._api.call(lambda slack: slack.chat_postMessage(**plain))
        except NotThis as error:  # a fault: the deliverer tries a few times, then leaves this event
            raise RuntimeError(f"chat.postMessage: {error.error}") from None

    def _whisper(self, user: str, where: Origin, event: Outbound, parts: Sequence[Message]) -> None:
        """Shows the event where the person wrote, to them alone; once, however often the direct message is tried."""
        key = (user, event.event_id)
        if key in self._whispered:
            return
        self._whispered[key] = None
        if len(self._whispered) > KEPT:
            self._whispered.popitem(last=False)
        task = asyncio.ensure_future(self._show(user, where, parts))
        self._whispers.add(task)
        task.add_done_callback(self._shown)

    async def _show(self, user: str, where: Origin, parts: Sequence[Message]) -> None:
        for part in parts:
            arguments: dict[str, Any] = {
                "channel": where.channel,
                "user": user,
                "text": part.text,
                "blocks": list(part.blocks),
            }
            if where.thread:
                arguments["thread_ts"] = where.thread
            for tried in range(WHISPERS):
                try:
                    await self._api.call(lambda slack, it=arguments: slack.chat_postEphemeral(**it))  # type: ignore[misc]
                    break
                except RetryLater as later:
                    await self._sleep(later.after_s if later.after_s is not None else 2.0**tried)

    def _shown(self, task: asyncio.Task[None]) -> None:
        self._whispers.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # the app is no member of the channel, or the person is not: they have the direct message
            _LOG.info("not shown in the channel: %s", error if isinstance(error, (Refused, NotThis)) else type(error))
