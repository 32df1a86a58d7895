"""The public application: the channels' routes, the demonstration page and the widget's files, safe headers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holdfast.paths import ROOT

_PROTOCOL = "/protocol"
_PAGES = ("/", _PROTOCOL)
_CSP = (
    "default-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'; frame-ancestors 'self'"
)


def public_app(
    routers: Sequence[APIRouter],
    origins: Sequence[str],
    running: Callable[[], AsyncIterator[None]],
    protocol: Callable[[], str],
    *,
    demonstration: bool = True,
) -> FastAPI:
    """The application that faces the internet. ``running`` starts and stops what belongs to it.

    ``protocol`` gives the page on what the chat does in a crisis. ``demonstration``: whether the page of the invented
    clinic stands at `/`; otherwise `/` leads to the protocol.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async for _ in running():
            yield

    app = FastAPI(
        title="Holdfast web channel",
        version="1",
        description="Chat with crisis lines at once. Every answer to a message of risk carries the card itself.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        )
    for router in routers:
        app.include_router(router)

    app.add_middleware(SafeHeaders)
    app.add_api_route(_PROTOCOL, _protocol_page(protocol), methods=["GET"], include_in_schema=False)
    app.add_api_route("/", _demonstration if demonstration else _to_protocol, methods=["GET"], include_in_schema=False)
    app.mount("/widget", StaticFiles(directory=ROOT / "widget", check_dir=False))
    return app


class SafeHeaders:
    """Adds headers that browsers heed. Plain ASGI, so that an event stream passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and completes the response's headers."""
        path = scope.get("path", "")

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _headers_for(path).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, completed if scope["type"] == "http" else send)


def _headers_for(path: str) -> dict[str, str]:
    common = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    if path in _PAGES:
        return {**common, "Content-Security-Policy": _CSP}
    if path.startswith("/widget/"):  # a clinic's own website loads the widget from here
        return {**common, "Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
    return {**common, "Cache-Control": "no-store"}


def _protocol_page(protocol: Callable[[], str]) -> Callable[[], Awaitable[Response]]:
    async def page() -> Response:
        return HTMLResponse(protocol())

    return page


async def _demonstration() -> Response:
    return FileResponse(ROOT / "widget" / "demo" / "index.html")


async def _to_protocol() -> Response:
    return RedirectResponse(_PROTOCOL)
