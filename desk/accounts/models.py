"""Members of staff, invitations, and the audit trail."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models

from desk.records import AppendOnly

INVITATION_FOR = timedelta(hours=48)


class Member(AbstractUser):
    """A person with an account. ``shown_name`` is what people in the chat read."""

    shown_name = models.CharField(max_length=60)
    first_steps = models.BooleanField(default=False)  # signed in with a one-time password that must be replaced

    class Meta:
        permissions = [("manage_accounts", "Can invite, reset and switch off accounts and read the audit trail")]

    @property
    def calls_themself(self) -> str:
        """The shown name, or the user name where none is set."""
        return self.shown_name or self.username


class Invitation(models.Model):
    """A link by which one person makes, or makes anew, their account. Only a hash of the link is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="invitations")
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    @staticmethod
    def hash_of(token: str) -> str:
        """What is stored in a token's place."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def make(cls, member: Member, made_by: Member | None, now: datetime) -> str:
        """A new invitation; earlier ones of the member end. Returns the token, which is shown once."""
        cls.objects.filter(member=member, used_at__isnull=True).update(used_at=now)
        token = secrets.token_urlsafe(32)
        cls.objects.create(token_hash=cls.hash_of(token), member=member, made_by=made_by, made_at=now)
        return token

    @classmethod
    def find(cls, token: str, now: datetime) -> Invitation | None:
        """The invitation that the token opens, None when it is unknown, used or too old."""
        return cls.objects.filter(
            token_hash=cls.hash_of(token),
            used_at__isnull=True,
            made_at__gt=now - INVITATION_FOR,
            member__is_active=True,
        ).first()


class Audit(AppendOnly):
    """Who did what, when, to which case or account. Never changed, never deleted."""

    at = models.DateTimeField(db_index=True)
    who = models.CharField(max_length=150)
    what = models.CharField(max_length=40)
    case_id = models.BigIntegerField(null=True, db_index=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    @classmethod
    def note(cls, who: str, what: str, at: datetime, **more: Any) -> Audit:
        """Adds one line."""
        return cls.objects.create(who=who, what=what, at=at, **more)
