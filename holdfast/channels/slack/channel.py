"""The way in from Slack: slack-bolt checks a request, the door takes the message, and only then Slack gets its 2xx."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine, Mapping
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from holdfast.channels.delivery import Delivery
from holdfast.channels.identity import conversation_id
from holdfast.channels.mounting import needed_secret
from holdfast.channels.slack.api import SlackApi
from holdfast.channels.slack.blocks import together
from holdfast.channels.slack.events import Came, came
from holdfast.channels.slack.people import People, Profile
from holdfast.channels.slack.sender import SlackPlatform
from holdfast.clinic import Clinic, ClinicError
from holdfast.door.messages import Inbound, Opening, Receipt, Service
from holdfast.paths import clinic_file

_LOG = logging.getLogger(__name__)
#: slack-bolt writes bodies of requests into its logs, also of those it refuses; words must not be there (G7).
_SILENT = logging.getLogger("holdfast.silent.bolt")
_SILENT.setLevel(logging.CRITICAL + 1)
#: The largest body that is read, in bytes. Slack's messages have at most 40,000 characters; forms percent-encode.
MAX_BODY = 1024 * 1024
#: Seconds that a person's first message waits for their profile (G1: the card within a second).
PATIENCE_S = 0.25
#: Seconds that the answer to a command waits for the same words to stand in the direct messages (G1, as above).
SHOWN_S = 0.6
#: Seconds within which a late profile still corrects the card.
LATE_S = 60.0
KEPT = 20_000


class Slack:
    """Implements `holdfast.channels.mounting.Channel`. Raises ClinicError when a token is missing; uses no network."""

    def __init__(self, clinic: Clinic, service: Service, secret: bytes) -> None:
        token = needed_secret(
            "slack_bot_token", "slack", "Slack shows it in the app's settings as Bot User OAuth Token (xoxb-…)."
        )
        signing = needed_secret(
            "slack_signing_secret", "slack", "Slack shows it in the app's settings under Basic Information."
        )
        if not token.startswith("xoxb-"):
            raise ClinicError(
                f"{clinic_file()}: channels.slack: the secret slack_bot_token is no bot token. Copy the Bot User OAuth "
                "Token, which begins with xoxb-, from OAuth & Permissions in the app's settings."
            )
        base_url = str(clinic.channels["slack"].get("api", "https://slack.com/api"))
        self._service, self._secret = service, secret
        self._api = SlackApi(token, base_url)
        self._people = People(self._api)
        self._learned: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self.platform = SlackPlatform(self._api, service.phrase)
        self._bolt = AsyncApp(
            name="slack_bolt.app",  # also the name of a logger, which bolt sets to the level of the one below
            logger=_SILENT,
            signing_secret=signing,
            authorize=_authorize,
            ignoring_self_events_enabled=False,  # it asks Slack who we are; `events.came` knows from the event
            process_before_response=True,
        )
        self._bolt.middleware(self._take)

    def router(self, delivery: Delivery) -> APIRouter:
        """The one address for events, buttons and the slash command."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/slack/events", self._receive, methods=["POST"])
        return router

    async def close(self) -> None:
        """Closes connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.platform.close()
        await self._people.close()
        await self._api.close()

    async def _receive(self, request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return Response(status_code=413)
        if not request.headers.get("x-slack-request-timestamp", "").isdecimal():
            return Response(status_code=401)
        try:
            asked = to_async_bolt_request(request, bytes(body))
        except (ValueError, TypeError, AttributeError):  # no UTF-8, no JSON, no object: nothing that Slack sends
            return Response(status_code=400)
        answer = await self._bolt.async_dispatch(asked)
        if answer.status == 401:
            _LOG.warning(
                "a request to /slack/events was refused. If it came from Slack: is slack_signing_secret right?"
            )
        return to_starlette_response(answer)

    async def _take(self, req: AsyncBoltRequest) -> BoltResponse:
        """Runs after the signature was checked, before anything is answered. Anything but a 2xx has Slack try again."""
        # bolt looks for "payload" anywhere in a form and gives up on a command that has the word in its text
        body: Mapping[str, Any] = req.body or dict(parse_qsl(req.raw_body, keep_blank_values=True))
        if body.get("type") == "app_rate_limited":
            _LOG.error("Slack holds back events: more than 30,000 came in an hour. Remove the app from busy channels.")
        message = came(body)
        if message is None:
            return BoltResponse(status=200)
        try:
            receipt = await self._hand_over(message)
        except Exception as error:
            _LOG.critical("a message from Slack was not taken: %s", type(error).__name__, exc_info=error)
            return BoltResponse(status=503)
        if not receipt.safe:
            return BoltResponse(status=503)
        shown = together(receipt.events) if message.command else None
        if shown is None or await self._stands_there(message, receipt):
            return BoltResponse(status=200)
        answer = {"response_type": "ephemeral", "text": shown.text, "blocks": list(shown.blocks)}
        return BoltResponse(status=200, body=answer)

    async def _stands_there(self, message: Came, receipt: Receipt) -> bool:
        """Whether the answer to a command stands where it was given, in the app's own direct messages.

        It is then not shown a second time. While Slack takes it slowly or not at all, the command's answer brings it.
        """
        if message.at is None:
            return False
        numbers = [event.event_id for event in receipt.events]
        return await self.platform.stands_in(message.at, message.user, numbers, SHOWN_S)

    async def _hand_over(self, message: Came) -> Receipt:
        name = conversation_id(self._secret, "s", message.user)
        address = {"user": message.user, **({"dm": message.dm} if message.dm else {})}
        if message.addressed:
            profile = await self._people.profile(message.user, PATIENCE_S)
        else:  # overheard: nobody is looked up for talking to others
            profile = self._people.known(message.user)
        await self._service.open(name, _opening(profile or Profile(), address))
        if message.command and message.text is None:
            receipt = await self._service.say(name, "greeting", message.message_id, "/holdfast")
        else:
            receipt = await self._service.handle(
                Inbound(
                    name,
                    message.message_id,
                    message.text,
                    "slack",
                    unreadable=message.unreadable,
                    edit=message.edit,
                    address=address if message.dm else None,
                    addressed=message.addressed,
                )
            )
        if receipt.events or message.addressed:
            self._learn_soon(name, message.user, address)
        return receipt

    def _learn_soon(self, name: str, user: str, address: Mapping[str, str]) -> None:
        """Has the profile taken in once in a process, however late it comes."""
        if name in self._learned:
            return
        self._learned[name] = None
        if len(self._learned) > KEPT:
            self._learned.popitem(last=False)
        self._spawn(self._learn(name, user, address))

    async def _learn(self, name: str, user: str, address: Mapping[str, str]) -> None:
        profile = await self._people.profile(user, LATE_S)
        if profile is None:
            self._learned.pop(name, None)  # with the next message
        else:
            await self._service.learn(name, _opening(profile, address))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("a profile could not be taken in: %s", type(error).__name__, exc_info=error)


def _opening(profile: Profile, address: Mapping[str, str]) -> Opening:
    return Opening(
        "slack", language=profile.language, country=profile.country, timezone=profile.timezone, address=address
    )


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Says yes without asking Slack: the signature has been checked, and bolt's own way fails while Slack is down."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)
