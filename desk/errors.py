"""Pages for what went wrong, in words for staff."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def problem(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """One page for all errors."""
    return render(request, "problem.html", {"title": title, "text": text}, status=status)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere."""
    return problem(request, 403, "That page was too old", "Go back, load the page again and repeat what you did.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A role is missing."""
    return problem(request, 403, "Not for your account", "An administrator can give your account that role.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page."""
    return problem(request, 404, "Nothing here", "The case or page does not exist.")


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed."""
    text = "The desk failed at that. Nothing you sent to a person counts as delivered unless the case page says so."
    return problem(request, 500, "Something went wrong", text)
