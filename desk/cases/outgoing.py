"""Carries to the door what staff decided and wrote. Nothing is forgotten while the door is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from desk import clock
from desk.accounts.models import Member
from desk.alerts.steps import retry_after
from desk.cases import chats, transitions
from desk.cases.casebook import change, change_chat
from desk.cases.models import Case, DoorTask, Reply
from desk.cases.state import Refused
from desk.door import DoorError, door

#: After this time a task that somebody began counts as abandoned (the process was killed).
ABANDONED = timedelta(seconds=30)
_LIMIT = 100
_UNHEARD = "Not sent: the chat has not heard yet that you have the case. Send it again in a moment."


def tell_door(now: datetime | None = None, *, case: Case | None = None, at_once: bool = False) -> int:
    """Carries out door tasks that are due, of one case's chat or of all; returns how many were done.

    ``at_once``: also those that were tried in vain a moment ago, because somebody waits for them.
    """
    now = now or clock.now()
    DoorTask.objects.filter(state="doing", started_at__lt=now - ABANDONED).update(state="waiting")
    tasks = DoorTask.objects.filter(state__in=("waiting", "doing")).select_related("case").order_by("id")
    if case is not None:
        tasks = tasks.filter(case__conversation_id=case.conversation_id)
    blocked, done = set(), 0
    for task in tasks[:_LIMIT]:
        conversation = task.case.conversation_id
        if conversation in blocked or task.state == "doing" or (task.next_try_at > now and not at_once):
            blocked.add(conversation)  # the order within a conversation stays
        elif _carry_out(task, now):
            done += 1
        else:
            blocked.add(conversation)
    return done


def _carry_out(task: DoorTask, now: datetime) -> bool:
    mine = DoorTask.objects.filter(pk=task.pk, state="waiting").update(state="doing", started_at=now)
    if not mine:
        return False
    row, conversation = DoorTask.objects.filter(pk=task.pk), task.case.conversation_id
    try:
        match task.kind:
            case "takeover":
                door().takeover(conversation, task.detail["name"], str(task.pk))
            case "hand_back":
                door().takeover(conversation, None)
            case "close":
                door().close_episode(conversation, task.case.episode, **_ending(task))
            case "lift":
                door().lift(conversation, task.case.episode, level=task.detail["level"])
            case "notice":
                door().notice(conversation, task.detail["kind"], task.case.episode)
    except DoorError as error:
        if error.lasting:  # a door without that address, or a conversation past its retention
            row.update(state="dropped", problem=str(error))
            return True
        later = now + retry_after(task.attempts)
        again = row.filter(state="doing")  # it may have become pointless meanwhile
        again.update(state="waiting", attempts=task.attempts + 1, next_try_at=later, problem=str(error))
        return False
    row.update(state="done", problem="")
    return True


def _ending(task: DoorTask) -> dict[str, Any]:
    """How an episode ends: whether G5 is lifted, and up to which level; an order of an older desk names none."""
    return {"lift": task.detail["lift"], "level": task.detail.get("level")}


def write_reply(case: Case, member: Member, text: str) -> Reply:
    """Keeps a reply of the member and tries to deliver it. One that may not go out now is kept as failed."""
    reply = Reply.objects.create(
        case=case, author=member, name=member.calls_themself, text=text, made_at=clock.now(), state="failed"
    )
    return send_reply(reply, member)


def send_reply(reply: Reply, member: Member) -> Reply:
    """Tries to deliver a kept reply; only whoever has the case may, and only words of their own.

    The person reads the author's name beside the words, and nobody may be named who does not have the case (G4). Nor
    do the words go out before the door has heard who has it: the bot would answer beside them, and a takeover that
    comes after them would have the person wait for words that they have read. The door knows a reply by its id and
    takes it once.
    """
    now = clock.now()
    if reply.author_id != member.pk:
        raise Refused(f"{reply.name} wrote that reply. Write to the person in your own name.")
    with transaction.atomic():
        current = Case.objects.select_related("claimed_by").get(pk=reply.case_id)
        if current.claimed_by_id != member.pk:
            holder = current.claimed_by.calls_themself if current.claimed_by else "nobody"
            Reply.objects.filter(pk=reply.pk).update(problem=f"Not sent: {holder} has the case. Take it, then send.")
            reply.refresh_from_db()
            return reply
        free = Q(state="failed") | Q(state="sending", tried_at__lt=now - ABANDONED)
        if not Reply.objects.filter(free, pk=reply.pk).update(state="sending", tried_at=now):
            reply.refresh_from_db()
            return reply
    tell_door(now, case=current, at_once=True)
    chat = DoorTask.objects.filter(case__conversation_id=current.conversation_id)
    if chat.filter(kind="takeover", state__in=("waiting", "doing")).exists():
        Reply.objects.filter(pk=reply.pk).update(state="failed", problem=_UNHEARD)
        reply.refresh_from_db()
        return reply
    try:
        sent = door().deliver(current.conversation_id, reply.text, reply.name, str(reply.pk))
    except DoorError as error:
        doubt = " It may have arrived; sending it again does not double it." if error.maybe else ""
        Reply.objects.filter(pk=reply.pk).update(state="failed", problem=f"{error}{doubt}"[:300])
    else:
        # The text lives in the transcript now; the desk keeps none of it.
        Reply.objects.filter(pk=reply.pk).update(state="delivered", event_id=sent.get("event_id"), problem="", text="")
        change_chat(current.pk, lambda cases: chats.replied(cases, current.pk, now), who=reply.name, now=now)
    reply.refresh_from_db()
    return reply


def drop_reply(reply: Reply, member: Member) -> None:
    """The author, or whoever has the case, decides that it is not sent; the text goes. Raises Refused for others."""
    if member.pk not in (reply.author_id, Case.objects.get(pk=reply.case_id).claimed_by_id):
        raise Refused(f"{reply.name} wrote that reply. Only they and whoever has the case may give it up.")
    Reply.objects.filter(pk=reply.pk, state="failed").update(state="dropped", text="")


def end_drills(now: datetime, after: timedelta = timedelta(hours=1)) -> int:
    """Drills end by themselves; old ones are deleted, so that frequent probes do not fill the desk."""
    stale = Case.objects.filter(drill=True, status="open", opened_at__lt=now - after)
    count = 0
    for case in stale[:_LIMIT]:
        try:
            change(case.pk, lambda state: transitions.end_drill(state, now), now=now)
            count += 1
        except Refused:
            continue
    old = Case.objects.filter(drill=True, status="resolved", opened_at__lt=now - 48 * after)
    Case.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_LIMIT])).delete()
    return count
