"""The pages that staff look at: queue, resolved cases, a case with its talk. Looking changes nothing but the audit."""

from __future__ import annotations

import time
from typing import Any
from zlib import crc32

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from desk import clock, health
from desk.accounts.models import Audit
from desk.accounts.roles import MANAGE_ACCOUNTS, WORK_CASES
from desk.cases import queue as queues
from desk.cases.models import Case
from desk.cases.scripts import scripts_for
from desk.cases.state import OUTCOMES
from desk.cases.talk import callback_of, lines_of, mark_of, news_since, shown
from desk.door import DoorError, door

#: A talk that is watched is audited again after this many seconds.
WATCHED_FOR = 600
staff_only = permission_required(WORK_CASES, raise_exception=True)


@require_safe
@staff_only
def queue(request: HttpRequest) -> HttpResponse:
    """Who waits and who is answered. The list refreshes itself when it has changed; without JavaScript the page does.

    A poll whose ``seen`` is the present mark is answered 204, so that nothing moves under a pointer or a reading eye.
    """
    loaded, now = queues.load(), clock.now()
    polled = "HX-Request" in request.headers
    if polled and request.GET.get("seen") == loaded.mark:
        return HttpResponse(status=204)
    context = {"queue": loaded, "now": now, "polled": polled}
    return (
        render(request, "_queue.html", context) if polled else render(request, "queue.html", context | _health(request))
    )


@require_safe
@staff_only
def times(request: HttpRequest) -> HttpResponse:
    """The times on the queue page, each put into its place: rows, focus and reading position stay."""
    return render(request, "_times.html", {"queue": queues.load(), "now": clock.now()})


@require_safe
@staff_only
def health_strip(request: HttpRequest) -> HttpResponse:
    """What is wrong, when that has changed since mark ``seen``; 204 otherwise."""
    context = _health(request)
    if request.GET.get("seen") == context["health_mark"]:
        return HttpResponse(status=204)
    return render(request, "_health.html", context)


def _health(request: HttpRequest) -> dict[str, Any]:
    facts = health.facts(clock.now())
    lights = health.lights(facts, administers=request.user.has_perm(MANAGE_ACCOUNTS))
    words = (*(light.text for light in lights), *facts.on_duty)
    return {
        "lights": lights,
        "bad": any(light.bad for light in lights),
        "on_duty": facts.on_duty,
        "health_mark": str(crc32("|".join(words).encode())),
    }


@require_safe
@staff_only
def resolved(request: HttpRequest) -> HttpResponse:
    """The last hundred resolved cases."""
    cases = Case.objects.filter(status="resolved", drill=False).order_by("-resolved_at")[:100]
    return render(request, "resolved.html", {"cases": cases})


@require_safe
@staff_only
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One case with everything that helps to answer."""
    found = _case(number)
    talk, head = _talk(request, found), _head(request, found)
    siblings = Case.objects.filter(conversation_id=found.conversation_id).exclude(pk=found.pk).order_by("-episode")
    return render(
        request,
        "case.html",
        {
            **talk,
            **head,
            "goes_on": next((each for each in head["others"] if each.status == "claimed"), None),
            "siblings": siblings[:5],
            "history": found.history.all(),
            "notes": found.notes.all(),
            "replies": found.replies.exclude(state__in=("delivered", "dropped")),
            "untold": found.door_tasks.filter(state__in=("waiting", "doing")).exclude(kind="notice").exists(),
            "scripts": scripts_for(found),
            "outcomes": [(key, words) for key, words in OUTCOMES.items() if found.drill or key != "drill"],
        },
    )


@require_safe
@staff_only
def status(request: HttpRequest, number: int) -> HttpResponse:
    """The head of a case page when it has changed since mark ``seen``; 204 otherwise."""
    found = _case(number)
    head = _head(request, found)
    if head["head_mark"] == request.GET.get("seen"):
        return HttpResponse(status=204)
    changed = request.GET.get("held") != f"{found.status}.{found.claimed_by_id or ''}"
    return render(request, "_head.html", {**head, "changed": changed})


def _head(request: HttpRequest, found: Case) -> dict[str, Any]:
    """What stands at the head of a case: with it the other cases of the chat that are open, and a newer one."""
    chat = Case.objects.filter(conversation_id=found.conversation_id).exclude(pk=found.pk).select_related("claimed_by")
    others = [each for each in chat.order_by("-episode") if each.status != "resolved" or each.episode > found.episode]
    return {
        "case": found,
        "mine": found.claimed_by_id == request.user.pk,
        "others": others,
        "called_elsewhere": any(each.status == "open" or each.calls_again for each in others),
        "head_mark": "-".join(f"{each.pk}.{each.version}" for each in (found, *others)),
    }


@require_safe
@staff_only
def transcript(request: HttpRequest, number: int) -> HttpResponse:
    """The talk when it has changed since mark ``seen``, with what the person has written since; 204 otherwise."""
    seen = request.GET.get("seen", "")
    talk = _talk(request, _case(number), seen)
    if talk["mark"] == seen:
        return HttpResponse(status=204)
    return render(request, "_talk.html", {**talk, "news": news_since(talk["lines"], seen)})


def _case(number: int) -> Case:
    return get_object_or_404(Case.objects.select_related("claimed_by"), pk=number)


def _talk(request: HttpRequest, found: Case, seen: str = "") -> dict[str, Any]:
    """The talk from the door, fetched on each view and stored nowhere. Who looks is written down first.

    While the door is away the mark keeps ``seen``, so that what is new is known when it is back.
    """
    _audit_view(request, found)
    try:
        talk = door().transcript(found.conversation_id)
    except DoorError as error:
        away = f"-{seen.lstrip('-')}"
        return {"case": found, "door_problem": str(error), "lines": (), "mark": away, "shown": None, "state": {}}
    lines = lines_of(talk.events)
    return {
        "case": found,
        "lines": lines,
        "mark": mark_of(lines),
        "shown": shown(talk.events),
        "state": talk.state,
        "callback": callback_of(talk.state, found.episode),
    }


def _audit_view(request: HttpRequest, found: Case) -> None:
    viewed = request.session.get("viewed", {})
    polling = "HX-Request" in request.headers
    if polling and time.time() - viewed.get(str(found.pk), 0) < WATCHED_FOR:
        return
    Audit.note(request.user.username, "transcript viewed", clock.now(), case_id=found.pk)
    recent = {key: at for key, at in viewed.items() if time.time() - at < WATCHED_FOR}
    request.session["viewed"] = {**recent, str(found.pk): time.time()}
