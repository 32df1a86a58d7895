"""The desk's record of episodes. No transcript is kept here; it stays in the door's store."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from desk.records import AppendOnly


class Case(models.Model):
    """One episode of one conversation. ``version`` rises with each change, so that a page knows whether it is old."""

    conversation_id = models.CharField(max_length=64)
    episode = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, default="open")
    level = models.CharField(max_length=12)
    rank = models.PositiveSmallIntegerField(default=0)
    alarmed = models.BooleanField(default=True)
    subject = models.CharField(max_length=8, null=True)
    flags = models.JSONField(default=list)
    signals = models.JSONField(default=list)
    wishes = models.JSONField(default=list)
    wish_details = models.JSONField(default=dict)
    pages = models.BooleanField(default=False)
    drill = models.BooleanField(default=False)
    channel = models.CharField(max_length=20)
    country = models.CharField(max_length=2, null=True)
    language = models.CharField(max_length=12, default="en")
    timezone = models.CharField(max_length=64, null=True)
    opened_at = models.DateTimeField()
    waiting_since = models.DateTimeField()
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="cases")
    claimed_at = models.DateTimeField(null=True)
    round = models.PositiveIntegerField(default=0)
    alarm_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    unseen_rise = models.BooleanField(default=False)
    holder_silent = models.BooleanField(default=False)
    notified_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    lifted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation_id", "episode"], name="one_case_an_episode")]
        indexes = [models.Index(fields=["status", "-rank", "waiting_since"], name="queue_order")]
        permissions = [("work_cases", "Can see, claim and answer cases")]

    @property
    def calls_again(self) -> bool:
        """Claimed, and still somebody must look: an alarm is unseen, or whoever has the case does not write."""
        return self.unseen_rise or self.holder_silent

    @property
    def number(self) -> str:
        """How people call the case."""
        return f"#{self.pk}"


class Record(models.Model):
    """An outbox record that arrived. Its id makes intake idempotent."""

    record_id = models.CharField(max_length=64, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="records")
    received_at = models.DateTimeField()
    body = models.JSONField()


class Entry(AppendOnly):
    """One line of a case's history: what, when, by whom. Never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    who = models.CharField(max_length=150, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]


class Note(AppendOnly):
    """What a member of staff wrote down for colleagues. Never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    who = models.CharField(max_length=150)
    text = models.TextField(max_length=4000)

    class Meta:
        ordering = ["at", "id"]


class Reply(models.Model):
    """A message of staff on its way to the person. The text is emptied once the door has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    text = models.TextField(max_length=4000)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="sending")  # sending, delivered, failed, dropped
    tried_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["made_at"]


class DoorTask(models.Model):
    """Something that the door must be told, kept until it was. Tasks of a case are carried out in order."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="door_tasks")
    kind = models.CharField(max_length=12)
    detail = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")  # waiting, doing, done, dropped
    started_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="door_task_due")]
