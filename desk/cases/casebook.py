"""Carries decisions of `transitions` and `chats` into the database, one after the other within a chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from desk import clock
from desk.accounts.models import Member
from desk.cases.chats import Cases, Changes
from desk.cases.models import Case, DoorTask, Entry
from desk.cases.state import CaseState, Change, Person

Decision = Callable[[CaseState], Change]
ChatDecision = Callable[[Cases], Changes]
#: Orders that make earlier ones of the same kind pointless: the person must not read a name that has left.
_SUPERSEDES = {"takeover": ("takeover", "hand_back"), "hand_back": ("takeover", "hand_back")}
_SAME = (
    *("status", "level", "opened_at", "waiting_since", "alarmed", "subject", "pages", "drill", "round"),
    *("claimed_at", "alarm_since", "held_until", "unseen_rise", "holder_silent", "notified_at"),
    *("first_reply_at", "resolved_at", "outcome", "lifted"),
)


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


def cases_of(conversation_id: str) -> dict[int, Case]:
    """All cases of a chat by number, kept from others until the caller's transaction ends.

    Locked first and read after that: what another transaction has just written is seen.
    """
    rows = Case.objects.filter(conversation_id=conversation_id).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    return {case.pk: case for case in rows.select_related("claimed_by")}


def change(case_id: int, decide: Decision, *, who: str = "", now: datetime | None = None) -> Case:
    """Applies ``decide`` to the case. Raises Refused when the decision says so, Case.DoesNotExist."""
    return change_chat(case_id, lambda cases: {case_id: decide(cases[case_id])}, who=who, now=now)


def change_chat(case_id: int, decide: ChatDecision, *, who: str = "", now: datetime | None = None) -> Case:
    """Applies ``decide`` to the cases of a chat, all or none; the one with that number as it is then.

    Of two at once one comes first; the other decides on what it finds then. Raises as `change` does.
    """
    now = now or clock.now()
    conversation_id = Case.objects.values_list("conversation_id", flat=True).get(pk=case_id)
    with transaction.atomic():
        cases = cases_of(conversation_id)
        for number, decided in decide({number: state_of(case) for number, case in cases.items()}).items():
            write(cases[number], decided, who=who, now=now)
        return Case.objects.select_related("claimed_by").get(pk=case_id)


def write(case: Case, decided: Change, *, who: str, now: datetime) -> None:
    """Writes a decision about a case that `cases_of` keeps from others. Within the caller's transaction."""
    Case.objects.filter(pk=case.pk).update(version=case.version + 1, **columns_of(decided.state))
    add_history(case, decided, who=who, now=now)


def add_history(case: Case, decided: Change, *, who: str, now: datetime) -> None:
    """The lines of the history and the orders to the door that belong to a decision."""
    for line in decided.history:
        Entry.objects.create(case=case, at=now, kind=line.kind, who=who, detail=dict(line.detail))
        if line.kind == "reopened":  # an end that the door has not heard of must not lift G5 after a rise nobody saw
            untold = DoorTask.objects.filter(case=case, kind__in=("close", "lift"), state__in=("waiting", "doing"))
            untold.update(state="dropped", problem="the case was reopened")
    for order in decided.door:
        if obsolete := _SUPERSEDES.get(order.kind):
            waiting = DoorTask.objects.filter(case__conversation_id=case.conversation_id, state="waiting")
            waiting.filter(kind__in=obsolete).update(state="dropped")
        DoorTask.objects.create(case=case, kind=order.kind, detail=dict(order.detail), made_at=now, next_try_at=now)
