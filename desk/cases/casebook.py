"""Carries decisions of `transitions` into the database: each change only to the version of the case that it knew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from desk import clock
from desk.accounts.models import Member
from desk.cases.models import Case, DoorTask, Entry
from desk.cases.state import CaseState, Change, Person

Decision = Callable[[CaseState], Change]
#: Orders that make earlier ones of the same kind pointless: the person must not read a name that has left.
_SUPERSEDES = {"takeover": ("takeover", "hand_back"), "hand_back": ("takeover", "hand_back")}
_SAME = (
    *("status", "level", "opened_at", "waiting_since", "alarmed", "subject", "pages", "drill", "round"),
    *("claimed_at", "alarm_since", "held_until", "unseen_rise", "holder_silent", "notified_at"),
    *("first_reply_at", "resolved_at", "outcome", "lifted"),
)


class Contested(Exception):
    """Others changed the case again and again; practically impossible."""


def person(member: Member) -> Person:
    """A member as cases know them."""
    return Person(member.pk, member.calls_themself)


def state_of(case: Case) -> CaseState:
    """What decisions need of a row."""
    return CaseState(
        **{name: getattr(case, name) for name in _SAME},
        flags=frozenset(case.flags),
        signals=tuple(case.signals),
        wishes=frozenset(case.wishes),
        claimed_by=person(case.claimed_by) if case.claimed_by else None,
    )


def columns_of(state: CaseState) -> dict[str, object]:
    """The row that a state becomes; the reverse of `state_of`."""
    return {
        **{name: getattr(state, name) for name in _SAME},
        "flags": sorted(state.flags),
        "signals": list(state.signals),
        "wishes": sorted(state.wishes),
        "claimed_by_id": state.claimed_by.id if state.claimed_by else None,
        "rank": state.urgency.rank,
    }


def change(case_id: int, decide: Decision, *, who: str = "", now: datetime | None = None) -> Case:
    """Applies ``decide`` to the case. Of two at once one wins; the other decides again on what it finds then.

    Raises Refused when the decision says so, Case.DoesNotExist.
    """
    now = now or clock.now()
    for _ in range(20):
        with transaction.atomic():
            case = Case.objects.select_related("claimed_by").get(pk=case_id)
            decided = decide(state_of(case))
            if write(case, decided, who=who, now=now):
                return Case.objects.select_related("claimed_by").get(pk=case_id)
    raise Contested(f"case {case_id} is being changed by too many at once")


def write(case: Case, decided: Change, *, who: str, now: datetime) -> bool:
    """Writes a decision unless the case has changed meanwhile; False then. Within the caller's transaction."""
    mine = Case.objects.filter(pk=case.pk, version=case.version)
    if not mine.update(version=case.version + 1, **columns_of(decided.state)):
        return False
    add_history(case, decided, who=who, now=now)
    return True


def add_history(case: Case, decided: Change, *, who: str, now: datetime) -> None:
    """The lines of the history and the orders to the door that belong to a decision."""
    for line in decided.history:
        Entry.objects.create(case=case, at=now, kind=line.kind, who=who, detail=dict(line.detail))
        if line.kind == "reopened":  # an end that the door has not heard of must not lift G5 after a rise nobody saw
            untold = DoorTask.objects.filter(case=case, kind="close", state__in=("waiting", "doing"))
            untold.update(state="dropped", problem="the case was reopened")
    for order in decided.door:
        if obsolete := _SUPERSEDES.get(order.kind):
            waiting = DoorTask.objects.filter(case__conversation_id=case.conversation_id, state="waiting")
            waiting.filter(kind__in=obsolete).update(state="dropped")
        DoorTask.objects.create(case=case, kind=order.kind, detail=dict(order.detail), made_at=now, next_try_at=now)
