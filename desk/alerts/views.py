"""The page behind the link of an alert: level, waiting time and, when somebody has the case, their name.

No word of the person stands there; the chat is shown only to those who sign in (G7).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from desk import clock
from desk.alerts import links
from desk.cases import casebook, transitions
from desk.cases.models import Case
from desk.cases.state import CaseState, Change
from desk.errors import problem
from desk.gatekeeper import public


@public
@require_http_methods(["GET", "HEAD", "POST"])
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows; only POST acknowledges, because chat programs open links by themselves to preview them."""
    ticket = links.read(token)
    case = Case.objects.select_related("claimed_by").filter(pk=ticket.case_id).first() if ticket else None
    if ticket is None or case is None:
        return problem(request, 404, "This link is too old", "Open the desk and sign in to see who waits.")
    current = case.round == ticket.round and case.alarm_since is not None
    if request.method == "POST" and current:
        now = clock.now()

        def decide(state: CaseState) -> Change:
            return transitions.acknowledge(state, ticket.target, now) if state.round == ticket.round else Change(state)

        case = casebook.change(case.pk, decide, who=ticket.target, now=now)
    return render(request, "alert.html", {"case": case, "current": current, "done": request.method == "POST"})
