"""What administrators do: invite, reset, switch off, read the audit trail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk import clock, configuration
from desk.accounts.forms import Invite
from desk.accounts.models import Audit, Invitation, Member
from desk.accounts.roles import ADMINISTRATOR, MANAGE_ACCOUNTS, role

administrators_only = permission_required(MANAGE_ACCOUNTS, raise_exception=True)


@require_safe
@administrators_only
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts."""
    members = Member.objects.prefetch_related("groups", "totpdevice_set").order_by("-is_active", "username")
    return render(request, "accounts.html", {"members": members, "form": Invite()})


@require_http_methods(["GET", "POST"])
@administrators_only
def invite(request: HttpRequest) -> HttpResponse:
    """Makes an account that waits for its person, and shows the link once."""
    form = Invite(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with transaction.atomic():
            member = Member(username=given["username"], shown_name=given["shown_name"])
            member.set_unusable_password()
            member.save()
            member.groups.set([role(name) for name in given["roles"]])
            return _invited(request, member, f"invited as {', '.join(given['roles'])}")
    return render(request, "invite.html", {"form": form})


@require_POST
@administrators_only
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Resets, switches off or switches on an account."""
    member = get_object_or_404(Member, pk=number)
    match request.POST.get("do"):
        case "reset":
            with transaction.atomic():
                member.set_unusable_password()  # ends the sessions too
                member.save(update_fields=["password"])
                return _invited(request, member, "reset")
        case "off" if member.pk == request.user.pk or _last_administrator(member):
            messages.warning(request, "Not possible: the desk needs an administrator other than this account.")
        case "off":
            _switch(request, member, on=False)
        case "on":
            _switch(request, member, on=True)
    return redirect("accounts")


@require_safe
@administrators_only
def audit(request: HttpRequest) -> HttpResponse:
    """The newest lines of the audit trail."""
    return render(request, "audit.html", {"lines": Audit.objects.all()[:300]})


def _invited(request: HttpRequest, member: Member, what: str) -> HttpResponse:
    token = Invitation.make(member, request.user, clock.now())
    Audit.note(request.user.username, f"account {what}"[:40], clock.now(), detail=member.username)
    link = configuration.public_url() + reverse("invitation", args=[token])
    return render(request, "invited.html", {"member": member, "link": link})


def _switch(request: HttpRequest, member: Member, *, on: bool) -> None:
    Member.objects.filter(pk=member.pk).update(is_active=on)
    what = "account switched on" if on else "account switched off"
    Audit.note(request.user.username, what, clock.now(), detail=member.username)
    messages.success(request, f"{member.username}: {what}.")


def _last_administrator(member: Member) -> bool:
    others = Member.objects.filter(groups__name=ADMINISTRATOR, is_active=True).exclude(pk=member.pk)
    return not others.exists()
