"""The page with how often people found the assistant's answers helpful. Counts from the door; no chat is shown."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.accounts.roles import MANAGE_ACCOUNTS, WORK_CASES
from desk.door import DoorError, door


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Topics with their counts, those that helped least first. For staff and administrators."""
    if not (request.user.has_perm(WORK_CASES) or request.user.has_perm(MANAGE_ACCOUNTS)):
        raise PermissionDenied
    try:
        counts = door().feedback()
    except DoorError as error:
        return render(request, "answers.html", {"problem": str(error)})
    rows = [{**each, "topic": str(each["topic"]).removeprefix("ask_").replace("_", " ")} for each in counts["answers"]]
    return render(request, "answers.html", {"rows": rows, "days": counts["days"]})
