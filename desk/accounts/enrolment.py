"""The first steps with an account: invitation, password, second factor."""

from __future__ import annotations

import io

import segno
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk import clock
from desk.accounts.forms import Code, FirstSteps, NewPassword, confirmed_device
from desk.accounts.models import Audit, Invitation
from desk.errors import problem
from desk.gatekeeper import public, while_enrolling


@public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Sets the password of an invited member and leads on to the second factor. A link works once, for 48 hours."""
    found = Invitation.find(token, clock.now())
    if found is None:
        return problem(request, 404, "This link no longer works", "Ask an administrator of the clinic for a new one.")
    member = found.member
    form = NewPassword(member, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        used = Invitation.objects.filter(pk=found.pk, used_at__isnull=True).update(used_at=clock.now())
        if not used:
            raise Http404
        member.set_password(form.cleaned_data["password"])
        member.first_steps = False
        member.save(update_fields=["password", "first_steps"])
        TOTPDevice.objects.filter(user=member).delete()
        Audit.note(member.username, "password set by invitation", clock.now())
        login(request, member, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("enrol")
    return render(request, "password.html", {"form": form, "title": f"Welcome, {member.calls_themself}"})


@while_enrolling
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Shows the QR code and takes the first code from the phone."""
    if confirmed_device(request.user) is not None:
        return redirect("queue" if request.user.is_verified() else "sign_in")
    device, _ = TOTPDevice.objects.get_or_create(user=request.user, confirmed=False, defaults={"name": "phone"})
    form = Code(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(form.cleaned_data["code"].strip()):
            device.confirmed = True
            device.save()
            otp_login(request, device)
            Audit.note(request.user.username, "second factor set up", clock.now())
            return redirect("password" if request.user.first_steps else "queue")
        form.add_error("code", "That code does not fit. Wait for the next one and check the phone's clock.")
    return render(request, "enrol.html", {"form": form, "key": _readable(device)})


@while_enrolling
@require_safe
def qr(request: HttpRequest) -> HttpResponse:
    """The QR code of a second factor that is being set up, as a picture of its own."""
    device = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    if device is None or confirmed_device(request.user) is not None:
        raise Http404
    picture = io.BytesIO()
    segno.make(device.config_url, error="m").save(picture, kind="svg", scale=6, border=4, light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@while_enrolling
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Replaces the password; after the first start it must be done before anything else."""
    if not request.user.is_verified():
        return redirect("enrol")
    form_class = FirstSteps if request.user.first_steps and not request.user.shown_name else NewPassword
    form = form_class(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        member = request.user
        member.shown_name = form.cleaned_data.get("shown_name") or member.shown_name
        member.set_password(form.cleaned_data["password"])
        member.first_steps = False
        member.save(update_fields=["password", "first_steps", "shown_name"])
        update_session_auth_hash(request, member)
        Audit.note(member.username, "password changed", clock.now())
        messages.success(request, "Your new password holds from now on.")
        return redirect("queue")
    return render(request, "password.html", {"form": form, "title": "Choose your own password"})


def _readable(device: TOTPDevice) -> str:
    """The key in groups of four, for phones that cannot take the picture."""
    key = device.config_url.split("secret=")[1].split("&")[0]
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
