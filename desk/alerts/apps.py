"""The application `desk.alerts`."""

from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """How Django knows it."""

    name = "desk.alerts"
    default_auto_field = "django.db.models.BigAutoField"
