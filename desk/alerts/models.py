"""The outbox of alerts (targets by name; addresses stay in clinic.yml), and the pulses of what must be alive."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class Alert(models.Model):
    """One message to one target in one step of an alarm round. The constraint keeps it from being made twice."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="alerts")
    round = models.PositiveIntegerField()
    step = models.PositiveIntegerField()
    target = models.CharField(max_length=120)
    reaches_people = models.BooleanField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")  # waiting, sending, sent, dropped
    started_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "round", "step", "target"], name="one_alert_a_step")]
        indexes = [models.Index(fields=["state", "next_try_at"], name="alert_due")]


class Pulse(models.Model):
    """When something was last seen: ``worker`` and ``door`` alive, ``unsigned`` texts."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    @classmethod
    def beat(cls, name: str, at: datetime) -> None:
        """Notes that ``name`` is alive."""
        cls.objects.update_or_create(name=name, defaults={"at": at})

    @classmethod
    def last(cls, name: str) -> datetime | None:
        """When ``name`` was last alive."""
        return cls.objects.filter(name=name).values_list("at", flat=True).first()
