"""The two roles. One person may hold both."""

from __future__ import annotations

from django.contrib.auth.models import Group

STAFF, ADMINISTRATOR = "staff", "administrator"
#: Which permission a role brings.
ROLES = {STAFF: "work_cases", ADMINISTRATOR: "manage_accounts"}
WORK_CASES, MANAGE_ACCOUNTS = "cases.work_cases", "accounts.manage_accounts"


def role(name: str) -> Group:
    """The group of that role."""
    return Group.objects.get_or_create(name=name)[0]
