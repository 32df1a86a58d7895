"""Starts the door: `python -m holdfast.door`. The one place where door and channels are put together."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from holdfast.channels.delivery import Delivery
from holdfast.channels.mounting import Channel, Maker, channels_of
from holdfast.channels.tokens import Tokens
from holdfast.channels.web import ChannelError, error_response, web_router
from holdfast.clinic import Clinic, ClinicError, load_clinic
from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.wording import Wording
from holdfast.crisis.detector import Detector, DetectorError
from holdfast.door.assessor import Assessor
from holdfast.door.caretaker import Caretaker
from holdfast.door.conversation import Registry
from holdfast.door.delivery_book import DeliveryBook
from holdfast.door.internal import internal_app
from holdfast.door.outgoing import Parts
from holdfast.door.protocol import ProtocolPage
from holdfast.door.public import public_app
from holdfast.door.rasa import RasaClient
from holdfast.door.reader import Reader
from holdfast.door.service import Door
from holdfast.door.state import ConversationState
from holdfast.door.store import Store
from holdfast.door.texts import Texts
from holdfast.door.writer import Writer
from holdfast.escalation.database import open_database
from holdfast.escalation.spool import Spool
from holdfast.paths import var
from holdfast.secrets import secret

_LOG = logging.getLogger("holdfast.door")


def build(clinic: Clinic) -> Door:
    """The door with real parts. Raises ContentError; a missing model only costs the models, never the lexicon."""
    texts = Texts(clinic, Directory.load(), Wording.load())
    try:
        detector = Detector.load()
    except DetectorError as error:
        _LOG.error("the lexicon works alone: %s", error)
        detector = Detector.load(lexicon_only=True)
    store, spool = Store(open_database(database_url())), Spool(var() / "spool")
    readers, reader = ThreadPoolExecutor(2, thread_name_prefix="read"), Reader(store, spool)
    registry = Registry(
        lambda conversation_id: asyncio.get_running_loop().run_in_executor(readers, reader.load, conversation_id),
        lambda: replace(ConversationState(), country=clinic.country, language=clinic.languages[0]),
    )
    rasa = RasaClient(os.environ.get("HOLDFAST_RASA_URL", "http://127.0.0.1:8605"), secret("rasa"))
    return Door(Parts(clinic, texts, Assessor(detector), store, Writer(store, spool), registry, rasa))


def database_url() -> str:
    """The database: ``HOLDFAST_DATABASE`` or a SQLite file in the data folder."""
    return os.environ.get("HOLDFAST_DATABASE", f"sqlite:///{var() / 'holdfast.sqlite3'}")


def _slack(*given: Any) -> Channel:
    from holdfast.channels.slack.channel import Slack  # noqa: PLC0415

    return Slack(*given)


def _telegram(*given: Any) -> Channel:
    from holdfast.channels.telegram.channel import Telegram  # noqa: PLC0415

    return Telegram(*given)


#: The platforms that `clinic.yml` may name under ``channels``. A platform's library is only loaded where it is named:
#: Slack's alone takes a fifth of a second of a start.
MAKERS: dict[str, Maker] = {"slack": _slack, "telegram": _telegram}


def application(door: Door) -> FastAPI:
    """The public application around a door. Raises ClinicError when a channel is configured badly."""
    channels = channels_of(door.parts.clinic, door, secret("session"), MAKERS)
    book = DeliveryBook(door.parts.store)
    delivery = Delivery([channel.platform for channel in channels], book)
    door.outgoing.watchers.append(delivery.announce)

    async def running() -> AsyncIterator[None]:
        loops = [
            asyncio.ensure_future(Caretaker(door).run()),
            *([asyncio.ensure_future(delivery.run())] if channels else []),
        ]
        yield
        for loop in loops:
            loop.cancel()
        await door.close()
        await delivery.stop()
        for channel in channels:
            await channel.close()
        await asyncio.to_thread(book.close)
        await door.parts.rasa.close()
        door.parts.assessor.close()
        await asyncio.to_thread(door.parts.writer.close)

    clinic = door.parts.clinic
    tokens = Tokens(secret("session"), secret("internal"), days=clinic.session_days)
    routers = [web_router(door, tokens, clinic.origins), *(channel.router(delivery) for channel in channels)]
    protocol = ProtocolPage(clinic, door.parts.texts)
    app = public_app(routers, clinic.origins, running, protocol.html, demonstration=not clinic.production)

    @app.exception_handler(ChannelError)
    async def refused(_request: Request, error: ChannelError) -> JSONResponse:
        return error_response(door, error)

    return app


async def serve(door: Door, app: FastAPI) -> None:
    """Serves public application and internal interface until a signal comes."""
    host, port = os.environ.get("HOLDFAST_HOST", "127.0.0.1"), int(os.environ.get("HOLDFAST_PORT", "8600"))
    internal_port = int(os.environ.get("HOLDFAST_INTERNAL_PORT", "8601"))
    common: dict[str, Any] = {"log_config": None, "access_log": False, "timeout_graceful_shutdown": 2}
    public = uvicorn.Server(uvicorn.Config(app, host=host, port=port, server_header=False, **common))
    internal = _Beside(
        uvicorn.Config(internal_app(door, secret("internal")), host="127.0.0.1", port=internal_port, **common)
    )
    beside = asyncio.ensure_future(internal.serve())
    await public.serve()
    internal.should_exit = True
    await beside


class _Beside(uvicorn.Server):
    """A server that leaves signals alone: they belong to the public one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Without garbage collection inside; afterwards what was made is left alone by it.

    Lexicon and texts are a million objects that stay for ever. Looked through again and again they cost a third of
    the start, and later a pause in the midst of a message.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main() -> int:
    """Runs until SIGTERM or SIGINT. Returns 2 on bad configuration or content."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s door %(levelname)s %(message)s")
    for noisy in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        with _nothing_to_collect():
            door = build(load_clinic())
            app = application(door)
    except (ClinicError, ContentError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    asyncio.run(serve(door, app))
    return 0


if __name__ == "__main__":
    sys.exit(main())
