"""What every page knows: the clinic's name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from desk import configuration


def clinic(_request: HttpRequest) -> dict[str, Any]:
    """The clinic, for the header of each page."""
    return {"clinic": configuration.clinic()}
