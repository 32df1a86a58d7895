"""The way in from Telegram: a webhook that says 2xx only once what was written is safe."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Coroutine
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from holdfast.channels.delivery import Delivery
from holdfast.channels.identity import conversation_id
from holdfast.channels.mounting import needed_secret
from holdfast.channels.platform import Refused, RetryLater
from holdfast.channels.telegram.api import DEFAULT_API, BotApi
from holdfast.channels.telegram.platform import TelegramPlatform
from holdfast.channels.telegram.text import payload_of
from holdfast.channels.telegram.update import Left, Nothing, Said, Tap, meaning
from holdfast.clinic import Clinic, ClinicError
from holdfast.door.messages import Inbound, Opening, Receipt, Service
from holdfast.paths import clinic_file
from holdfast.secrets import secret

_LOG = logging.getLogger(__name__)
#: The largest body that is read, in bytes; Telegram's updates are far smaller.
MAX_BODY = 1024 * 1024
PATH = "/telegram/webhook"
#: The reply of each command.
REPLIES = {"start": "greeting", "help": "telegram_help", "stop": "telegram_stopped", "delete": "telegram_deleted"}


def bot_token() -> str:
    """The token that @BotFather gave. Raises ClinicError when it is missing or cannot be one."""
    token = needed_secret("telegram_token", "telegram", "@BotFather in Telegram shows it (command /token).")
    number, _, rest = token.partition(":")
    if not number.isdigit() or not rest:
        raise ClinicError(
            f"{clinic_file()}: channels.telegram: the secret telegram_token is no bot token; it looks like "
            "123456789:ABC... Copy it from @BotFather again, without blanks."
        )
    return token


class Telegram:
    """Implements `holdfast.channels.mounting.Channel`. Made without any call to Telegram."""

    def __init__(self, clinic: Clinic, service: Service, session_secret: bytes) -> None:
        settings, token = clinic.channels["telegram"], bot_token()
        self._service, self._secret = service, session_secret
        self._bot_name, self._bot_id = str(settings["bot"]), int(token.partition(":")[0])
        self._given = secret("telegram_webhook")
        self._api = BotApi(token, str(settings.get("api", DEFAULT_API)))
        self.platform = TelegramPlatform(self._api, service, self._bot_name)
        self._tasks: set[asyncio.Task[None]] = set()

    def router(self, delivery: Delivery) -> APIRouter:
        """The webhook's route."""
        router = APIRouter()

        @router.post(PATH, include_in_schema=False)
        async def webhook(request: Request) -> JSONResponse:
            """One update. 401 without the secret that was registered; 503 when it must come again."""
            given = request.headers.get("x-telegram-bot-api-secret-token", "")
            if not hmac.compare_digest(given.encode(), self._given):
                return JSONResponse({"error": "wrong secret token"}, status_code=401)
            body = bytearray()
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    return JSONResponse({"error": "too large"}, status_code=413)
            try:
                update = json.loads(bytes(body))
            except ValueError:
                return JSONResponse({"error": "no JSON"}, status_code=400)
            safe = await self._take(update, delivery)
            return JSONResponse({} if safe else {"error": "not recorded"}, status_code=200 if safe else 503)

        return router

    async def close(self) -> None:
        """Closes connections."""
        for task in self._tasks:
            task.cancel()
        await self._api.close()

    async def _take(self, update: Any, delivery: Delivery) -> bool:
        """Treats the update. True when Telegram need not send it again."""
        what = meaning(update, bot_name=self._bot_name, bot_id=self._bot_id)
        try:
            match what:
                case Said():
                    return await self._said(what, delivery)
                case Tap():
                    return await self._tapped(what)
                case Left():
                    delivery.close_line(self._conversation(what.person), "blocked by the person")
                case Nothing():
                    _LOG.info("nothing to do: %s", what.why)
            return True
        except Exception as error:  # never a 500: the lines go out by themselves, and Telegram sends it again
            _LOG.critical("an update could not be treated: %s", type(error).__name__, exc_info=error)
            if isinstance(what, Said) and what.private:
                self._spawn(self._lifeline(what))
            return False

    def _conversation(self, writer: int) -> str:
        return conversation_id(self._secret, "t", writer)

    async def _said(self, said: Said, delivery: Delivery) -> bool:
        here = self._conversation(said.writer)
        address = {"user": said.person}
        await self._service.open(here, Opening("telegram", said.language, address=address))
        if said.command is not None:
            return (await self._command(here, said, delivery)).safe
        message = Inbound(
            here,
            said.key,
            said.text,
            "telegram",
            unreadable=said.unreadable,
            edit=said.edit,
            address=address,
            addressed=said.addressed,
        )
        return (await self._service.handle(message)).safe

    async def _command(self, here: str, said: Said, delivery: Delivery) -> Receipt:
        command = said.command or ""
        if command == "delete":
            await self._service.forget_words(here, said.key)
        receipt = await self._service.say(here, REPLIES[command], said.key, f"/{command}")
        if command == "stop" and receipt.events and not receipt.duplicate:
            delivery.close_line(here, "asked not to be written to", after=receipt.events[-1].event_id)
        return receipt

    async def _tapped(self, tap: Tap) -> bool:
        self._spawn(self._acknowledge(tap.callback))
        here = self._conversation(tap.person)
        payload = payload_of(tap.data, await self._service.issued(here))
        if payload is None and not tap.private:
            return True  # somebody else's buttons
        address = {"user": tap.person}
        await self._service.open(here, Opening("telegram", tap.language, address=address))
        return (await self._service.handle(Inbound(here, tap.key, payload or "", "telegram", address=address))).safe

    async def _acknowledge(self, callback: str) -> None:
        """Ends the button's waiting sign. It is worth nothing a moment later, so it is not tried again."""
        try:
            await self._api.call("answerCallbackQuery", callback_query_id=callback)
        except (RetryLater, Refused) as problem:
            _LOG.warning("a tap could not be acknowledged: %s", type(problem).__name__)

    async def _lifeline(self, said: Said) -> None:
        """The plain lines, past everything that may be broken."""
        text = str(self._service.lines(None, said.language if said.language == "es" else "en")["text"])
        try:
            await self._api.call("sendMessage", chat_id=said.chat, text=text)
        except (RetryLater, Refused) as problem:
            _LOG.error("the lines could not be sent either: %s", type(problem).__name__)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
