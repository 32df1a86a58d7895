"""The buttons of a case: claim, reply, hand back, resolve and the rest. Each is a POST that leads back to the case."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from desk import clock
from desk.cases import casebook, chats, outgoing, transitions
from desk.cases.chats import Changes
from desk.cases.models import Case, Note, Reply
from desk.cases.pages import staff_only
from desk.cases.state import CaseState, Change, Refused

#: As much as every channel can carry in one message.
TEXT_LIMIT = 2000
Action = Callable[..., str]


def _button(action: Action) -> Callable[..., HttpResponse]:
    """Runs the action for the case, tells the door, says what happened, and shows the case again."""

    @require_POST
    @staff_only
    @wraps(action)
    def view(request: HttpRequest, number: int, **more: Any) -> HttpResponse:
        case = get_object_or_404(Case, pk=number)
        try:
            if said := action(request, case, **more):
                messages.success(request, said)
        except Refused as refusal:
            messages.warning(request, str(refusal))
        outgoing.tell_door(case=case)
        return redirect("case", number=number)

    return view


def _change(request: HttpRequest, case: Case, decide: Callable[..., Changes], **more: Any) -> Case:
    """A decision about the chat that takes the member and the time."""
    now, who = clock.now(), casebook.person(request.user)
    return casebook.change_chat(
        case.pk, lambda cases: decide(cases, case.pk, who, now=now, **more), who=who.name, now=now
    )


def _shown(request: HttpRequest) -> str | None:
    """What the page with the button knew of the person; None from a page that does not say."""
    return request.POST.get("known")


def _text(request: HttpRequest) -> str:
    """What was written, with the line ends that people counted: forms send two characters for each."""
    if text := request.POST.get("text", "").replace("\r\n", "\n").strip():
        return text
    raise Refused("Write something first.")


@_button
def claim(request: HttpRequest, case: Case) -> str:
    """Takes the case."""
    _change(request, case, chats.claim)
    return ""


@_button
def take_over(request: HttpRequest, case: Case) -> str:
    """Takes the chat from a colleague."""
    _change(request, case, chats.take_over)
    return ""


@_button
def seen(request: HttpRequest, case: Case) -> str:
    """Says that the new alarm has been seen."""
    now, who, shown = clock.now(), casebook.person(request.user), _shown(request)

    def decide(state: CaseState) -> Change:
        holder = state.claimed_by is not None and state.claimed_by.id == who.id
        return transitions.acknowledge(state, who.name, now, holder=holder, shown=shown)

    casebook.change(case.pk, decide, who=who.name, now=now)
    return ""


@_button
def hand_back(request: HttpRequest, case: Case) -> str:
    """Lets the bot answer again; the person waits for a colleague."""
    _change(request, case, chats.hand_back)
    return "Handed back. The bot answers again and the case waits in the queue."


@_button
def reply(request: HttpRequest, case: Case) -> str:
    """Sends a message to the person."""
    text = _text(request)
    if len(text) > TEXT_LIMIT:
        text, rest = text[:TEXT_LIMIT], len(text) - TEXT_LIMIT
        messages.warning(request, f"The message was {rest} characters too long; the end was left off and not sent.")
    sent = outgoing.write_reply(case, request.user, text)
    if sent.state != "delivered":
        raise Refused("Your reply did not get through. It is kept below; send it again from there.")
    return ""


@_button
def retry(request: HttpRequest, case: Case, reply_id: uuid.UUID) -> str:
    """Sends a kept reply again, or gives it up."""
    kept = get_object_or_404(Reply, pk=reply_id, case=case)
    if request.POST.get("do") == "drop":
        outgoing.drop_reply(kept, request.user)
        return "The reply was not sent and is gone."
    if outgoing.send_reply(kept, request.user).state != "delivered":
        raise Refused("Your reply still did not get through.")
    return ""


@_button
def note(request: HttpRequest, case: Case) -> str:
    """Adds a note for colleagues."""
    text = _text(request)[:4000]
    Note.objects.create(case=case, at=clock.now(), who=request.user.calls_themself, text=text)
    return "Note kept. The person does not see it."


@_button
def resolve(request: HttpRequest, case: Case) -> str:
    """Ends the case with an outcome."""
    outcome, allow = request.POST.get("outcome", ""), request.POST.get("lift") == "yes"
    _change(request, case, chats.resolve, outcome=outcome, lift=allow, shown=_shown(request))
    said = "Resolved. A new alarm from this person opens a new case."
    still = Case.objects.filter(conversation_id=case.conversation_id).exclude(status="resolved").first()
    return f"{said} Case {still.number} of this chat goes on." if still else said


@_button
def lift(request: HttpRequest, case: Case) -> str:
    """Allows all answers again."""
    now, who, shown = clock.now(), casebook.person(request.user), _shown(request)
    casebook.change(case.pk, lambda state: transitions.lift(state, who, shown), who=who.name, now=now)
    return "The bot may answer about prices and booking again."


@_button
def reopen(request: HttpRequest, case: Case) -> str:
    """Puts the case back into the queue."""
    now, who = clock.now(), casebook.person(request.user)
    casebook.change_chat(case.pk, lambda cases: chats.reopen(cases, case.pk, now), who=who.name, now=now)
    return "Reopened. It waits in the queue until somebody takes it."
