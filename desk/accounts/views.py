"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login

from desk import clock
from desk.accounts.forms import NOT_IT, SignIn
from desk.accounts.models import Audit
from desk.gatekeeper import public, while_enrolling


@public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name, password and code. Without a second factor yet, the way leads to setting it up."""
    form = SignIn(request, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid() or form.member is None:
        if getattr(request, "axes_locked_out", False):
            return locked_out(request)
        return render(request, "sign_in.html", {"form": form})
    login(request, form.member, backend="django.contrib.auth.backends.ModelBackend")
    if form.device is None:
        return redirect("enrol")
    otp_login(request, form.device)
    Audit.note(form.member.username, "signed in", clock.now())
    return redirect("queue")


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Too many tries: the ordinary page with the ordinary words, and the status of a refusal."""
    form = SignIn(request)
    return render(request, "sign_in.html", {"form": form, "problem": NOT_IT}, status=429)


@require_POST
@while_enrolling
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    if not isinstance(request.user, AnonymousUser):
        Audit.note(request.user.get_username(), "signed out", clock.now())
    logout(request)
    return redirect("sign_in")
