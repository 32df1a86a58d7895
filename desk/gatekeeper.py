"""Lets nobody in by default: signed in, with a second factor, in a live session; every page unknown to caches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

#: Marks a view that strangers may call.
public = login_not_required


def while_enrolling(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a view for those who have signed in and still have to set up their second factor or password."""
    view.while_enrolling = True  # type: ignore[attr-defined]
    return view


class Gatekeeper:
    """The middleware. Polling by the pages (a GET with the header ``HX-Request``) does not keep a session alive."""

    def __init__(self, follow: Callable[[HttpRequest], HttpResponse]) -> None:
        self._follow = follow

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._follow(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any, **__: Any
    ) -> HttpResponse | None:
        """Decides before the view runs."""
        if not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated or self._idle(request):
            return _send(request, "sign_in")
        enrolling = getattr(view, "while_enrolling", False)
        if not request.user.is_verified():
            return None if enrolling else _send(request, "enrol")
        if request.user.first_steps and not enrolling:
            return _send(request, "password")
        return None

    def _idle(self, request: HttpRequest) -> bool:
        now, polling = time.time(), request.method == "GET" and "HX-Request" in request.headers
        last = request.session.get("active_at", now)
        if now - last > settings.IDLE_AFTER:
            logout(request)
            return True
        if not polling and now - request.session.get("active_at", 0) > 30:
            request.session["active_at"] = now
        return False


def _send(request: HttpRequest, where: str) -> HttpResponse:
    if "HX-Request" in request.headers:  # a fragment must not become a sign-in page: have the whole page loaded anew
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect(where)
