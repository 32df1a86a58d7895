"""The application `desk.accounts`; keeps the two roles in place after each migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """How Django knows it."""

    name = "desk.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_roles, dispatch_uid="desk roles")


def _roles(sender: Any, **_: Any) -> None:
    from django.contrib.auth.models import Permission  # noqa: PLC0415

    from desk.accounts.roles import ROLES, role  # noqa: PLC0415

    for name, codename in ROLES.items():
        permission = Permission.objects.filter(codename=codename).first()
        if permission is not None:
            role(name).permissions.add(permission)
