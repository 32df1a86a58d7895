"""The health light: what keeps people from being answered, in words. The judgment is pure; `facts` gathers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import configuration
from desk.alerts.models import Alert, Pulse
from desk.cases.models import Case, DoorTask

#: How long a paged case may be unclaimed before the light says so.
LATE = timedelta(minutes=5)
SILENT = timedelta(seconds=30)
#: The pulse that stands while a text waits for a signature.
UNSIGNED = "unsigned"


@dataclass(frozen=True)
class Facts:
    """What the light depends on. Times are aware; None means never or none."""

    now: datetime
    worker_at: datetime | None
    door_at: datetime | None
    on_duty: tuple[str, ...]
    has_rota: bool
    duty_hours: bool
    reaches_people: bool
    oldest_unclaimed: datetime | None
    failing_targets: tuple[str, ...]
    untold: int
    unsigned_texts: bool = False


@dataclass(frozen=True)
class Light:
    """One line of the health strip; ``bad`` needs somebody now, otherwise it is worth knowing."""

    bad: bool
    text: str


def lights(facts: Facts, *, administers: bool = False) -> tuple[Light, ...]:
    """Everything that is wrong, the worst first; empty when all is well.

    That texts wait for a signature is told to those alone who can do something about it.
    """
    found = []
    if _silent(facts.worker_at, facts.now):
        found.append(Light(True, "Alerts are not being sent: the desk's worker is not running. Watch this page."))
    if _silent(facts.door_at, facts.now) and not _silent(facts.worker_at, facts.now):
        found.append(Light(True, "The chat server cannot be reached: replies wait until it is back."))
    if facts.failing_targets:
        found.append(Light(True, f"Alerts do not go out to: {', '.join(facts.failing_targets)}."))
    if facts.oldest_unclaimed and facts.now - facts.oldest_unclaimed > LATE:
        minutes = int((facts.now - facts.oldest_unclaimed).total_seconds() // 60)
        found.append(Light(True, f"Somebody in crisis has waited {minutes} min without a human."))
    if facts.untold:
        found.append(Light(True, f"{facts.untold} change(s) have not reached the chat yet; they are tried again."))
    if facts.has_rota and not facts.on_duty:
        found.append(Light(False, "Nobody on the rota is on duty now. Alerts go to the clinic's general targets."))
    elif not facts.has_rota and not facts.duty_hours:
        found.append(Light(False, "Nobody is on duty now. The chat says so to people."))
    if not facts.reaches_people:
        found.append(Light(False, "No alert target reaches a person. See notify in clinic.yml."))
    if administers and facts.unsigned_texts:
        found.append(Light(False, "Some texts wait for a clinician's signature. See Texts, above."))
    return tuple(found)


def facts(now: datetime) -> Facts:
    """The facts of this moment, from the database and `clinic.yml`."""
    rota = configuration.rota()
    clinic = configuration.clinic()
    waiting = Case.objects.filter(status="open", pages=True, rank__gte=40).exclude(drill=True)
    failing = Alert.objects.filter(state="waiting", attempts__gt=0).values_list("target", flat=True).distinct()
    return Facts(
        now=now,
        worker_at=Pulse.last("worker"),
        door_at=Pulse.last("door"),
        on_duty=rota.on_duty(now),
        has_rota=bool(rota.people),
        duty_hours=clinic.on_duty(now),
        reaches_people=clinic.reaches_people,
        oldest_unclaimed=waiting.order_by("waiting_since").values_list("waiting_since", flat=True).first(),
        failing_targets=tuple(failing[:5]),
        untold=DoorTask.objects.filter(state="waiting", attempts__gt=1).count(),
        unsigned_texts=Pulse.last(UNSIGNED) is not None,
    )


def _silent(at: datetime | None, now: datetime) -> bool:
    return at is None or now - at > SILENT
