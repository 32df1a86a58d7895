"""The application `desk.cases`."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """How Django knows it."""

    name = "desk.cases"
    default_auto_field = "django.db.models.BigAutoField"
