"""Decides what becomes of a case: from its state and what happens, the next state. Pure; no clock, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from desk.cases.levels import NEWS_FLAGS, height
from desk.cases.state import OUTCOMES, Arrival, CaseState, Change, DoorOrder, Happening, Person, Refused

#: How long an acknowledgement without a claim holds the next step back.
HOLD = timedelta(minutes=5)


def open_case(arrival: Arrival, now: datetime) -> Change:
    """The first record of an episode opens the case and, unless it is a drill, the first alarm round."""
    state = CaseState(
        status="open",
        level=arrival.level,
        opened_at=arrival.at,
        waiting_since=arrival.at,
        alarmed=arrival.kind in ("alarm", "rise") or arrival.staff_silent,
        subject=arrival.subject,
        flags=arrival.flags,
        signals=arrival.signals,
        wishes=_wish(arrival),
        pages=arrival.pages,
        drill=arrival.drill,
    )
    return Change(_alarm(state, now), (Happening("opened", _said(arrival)),))


def receive(state: CaseState, arrival: Arrival, now: datetime) -> Change:
    """A further record of the same episode.

    A rise in level or a new special situation reopens a resolved case and begins a new alarm round, also while the case
    is claimed. Records may come late: the level never falls, and the earliest one tells when the waiting began.
    """
    if arrival.staff_silent:
        return _silence(state, arrival, now)
    alarm = arrival.kind in ("alarm", "rise")
    higher = alarm and (height(arrival.level) > height(state.level) or not state.alarmed)
    news = bool((arrival.flags - state.flags) & NEWS_FLAGS) or (arrival.pages and not state.pages)
    merged = replace(
        state,
        level=max(state.level, arrival.level, key=height) if alarm else state.level,
        alarmed=state.alarmed or alarm,
        subject="self" if "self" in (state.subject, arrival.subject) else arrival.subject or state.subject,
        flags=state.flags | arrival.flags,
        signals=tuple(dict.fromkeys((*state.signals, *arrival.signals))),
        wishes=state.wishes - _taken_back(arrival) | _wish(arrival),
        pages=state.pages or arrival.pages,
        drill=state.drill and arrival.drill,
        lifted=state.lifted and not alarm,  # the door holds the answers back again with every message of risk (G5)
        opened_at=min(state.opened_at, arrival.at),
    )
    if state.status == "open":
        merged = replace(merged, waiting_since=min(state.waiting_since, arrival.at))
    new_wish = bool(merged.wishes - state.wishes)
    kind = "rise" if higher and state.alarmed else "news" if alarm else arrival.kind
    history: tuple[Happening, ...] = (Happening(kind, _said(arrival)),)
    if state.status == "resolved" and (alarm or new_wish or news):
        merged = replace(_reopened(merged, arrival.at), unseen_rise=False)
        return Change(_alarm(merged, now), (*history, Happening("reopened", {"by": "the person's new message"})))
    if higher or news:
        return Change(_alarm(replace(merged, unseen_rise=state.status == "claimed"), now), history)
    return Change(merged, history)


def claim(state: CaseState, who: Person, now: datetime) -> Change:
    """``who`` takes the case; the person will read their name. Refused when somebody has it or it is resolved."""
    if state.status == "resolved":
        raise Refused("This case is resolved. Reopen it first.")
    if state.claimed_by is not None:
        mine = state.claimed_by.id == who.id
        raise Refused("You have this case already." if mine else f"{state.claimed_by.name} has this case.")
    return Change(_claimed(state, who, now), (Happening("claimed"),), (DoorOrder("takeover", {"name": who.name}),))


def take_over(state: CaseState, who: Person, now: datetime) -> Change:
    """``who`` takes a case that a colleague holds, for when the colleague had to go."""
    if state.status != "claimed" or state.claimed_by is None:
        raise Refused("Nobody has this case now. Take it instead.")
    if state.claimed_by.id == who.id:
        raise Refused("You have this case already.")
    said = Happening("claimed", {"from": state.claimed_by.name})
    return Change(_claimed(state, who, now), (said,), (DoorOrder("takeover", {"name": who.name}),))


def hand_back(state: CaseState, who: Person, now: datetime) -> Change:
    """The bot answers again; the case waits in the queue for the next colleague and alerting begins anew."""
    _need_mine(state, who)
    freed = replace(state, status="open", claimed_by=None, claimed_at=None, waiting_since=now)
    freed = replace(freed, unseen_rise=False, holder_silent=False)
    return Change(_alarm(freed, now), (Happening("handed_back"),), (DoorOrder("hand_back"),))


def acknowledge(
    state: CaseState, name: str, now: datetime, *, holder: bool = False, shown: str | None = None
) -> Change:
    """Somebody says that they have seen the alert: the next step waits `HOLD`. The case's holder ends the round.

    ``shown`` is what the holder's page knew of the person (`CaseState.known`); an alarm since then they have not seen.
    """
    if state.alarm_since is None:
        return Change(state)
    said = (Happening("acknowledged", {"name": name}),)
    if state.status == "claimed" and holder:
        if shown not in (None, state.known):
            raise Refused("Another alarm came meanwhile. Look at it, then say that you have seen it.")
        return Change(replace(state, alarm_since=None, held_until=None, unseen_rise=False), said)
    return Change(replace(state, held_until=now + HOLD), said)


def resolve(
    state: CaseState, who: Person, outcome: str, *, lift: bool, now: datetime, shown: str | None = None
) -> Change:
    """Ends the case. The door closes the episode, so that a new alarm opens a new case; ``lift`` also lifts G5.

    Refused while an alarm is unseen: its alerts would end with the case. ``shown`` is what the page knew of the person.
    """
    if outcome not in OUTCOMES:
        raise Refused("Choose an outcome.")
    if state.status == "resolved":
        raise Refused("This case is resolved already.")
    _need_mine(state, who)
    _need_seen(state, shown)
    ended = replace(
        state,
        status="resolved",
        claimed_by=None,
        claimed_at=None,
        alarm_since=None,
        held_until=None,
        unseen_rise=False,
        holder_silent=False,
        resolved_at=now,
        outcome=outcome,
        lifted=state.lifted or lift,
    )
    history = (Happening("resolved", {"outcome": outcome, "lifted": lift}),)
    return Change(ended, history, (DoorOrder("hand_back"), DoorOrder("close", {"lift": lift, "level": state.level})))


def lift(state: CaseState, who: Person, shown: str | None = None) -> Change:
    """Lifts G5: prices, booking and the like may be answered again. A case that somebody has goes on as it was."""
    over = state.status == "resolved"
    if over and state.lifted:
        raise Refused("All answers are allowed again already.")
    if not over:
        _need_mine(state, who)
        _need_seen(state, shown)
    detail = {"level": state.level}
    order = DoorOrder("close", {"lift": True, **detail}) if over else DoorOrder("lift", detail)
    return Change(replace(state, lifted=True), (Happening("lifted"),), (order,))


def reopen(state: CaseState, now: datetime) -> Change:
    """Puts a resolved case back into the queue."""
    if state.status != "resolved":
        raise Refused("This case is not resolved.")
    return Change(_alarm(_reopened(state, now), now), (Happening("reopened"),))


def replied(state: CaseState, now: datetime) -> Change:
    """A reply reached the person. It ends an alarm that began because the holder did not write."""
    after = replace(state, first_reply_at=state.first_reply_at or now, holder_silent=False)
    if state.holder_silent and not state.unseen_rise:
        after = replace(after, alarm_since=None, held_until=None)
    return Change(after, (Happening("replied"),))


def notified(state: CaseState, now: datetime) -> Change:
    """An alert reached somebody; the person may read so, once an alarm round (G4)."""
    if state.notified_at is not None:
        return Change(state)
    order = () if state.drill else (DoorOrder("notice", {"kind": "notified"}),)
    return Change(replace(state, notified_at=now), (Happening("notified"),), order)


def end_drill(state: CaseState, now: datetime) -> Change:
    """A drill ends by itself."""
    ended = replace(state, status="resolved", resolved_at=now, outcome="drill", alarm_since=None)
    return Change(ended, (Happening("resolved", {"outcome": "drill"}),))


def _silence(state: CaseState, arrival: Arrival, now: datetime) -> Change:
    """The person waits and whoever has the case does not write: somebody is alerted again, the claim stays."""
    said = (Happening("staff_silent"),)
    if state.status != "claimed" or state.claimed_at is None or arrival.at < state.claimed_at:
        return Change(state, said)
    return Change(_alarm(replace(state, holder_silent=True), now), said)


def _alarm(state: CaseState, now: datetime) -> CaseState:
    """A new alarm round from now; nobody has been notified in it yet."""
    since = None if state.drill else now
    return replace(state, round=state.round + 1, alarm_since=since, held_until=None, notified_at=None)


def _claimed(state: CaseState, who: Person, now: datetime) -> CaseState:
    return replace(
        state,
        status="claimed",
        claimed_by=who,
        claimed_at=now,
        alarm_since=None,
        held_until=None,
        unseen_rise=False,
        holder_silent=False,
    )


def _reopened(state: CaseState, since: datetime) -> CaseState:
    """In the queue again. What was allowed at the end of the case is not allowed any more (G5)."""
    return replace(
        state,
        status="open",
        claimed_by=None,
        claimed_at=None,
        resolved_at=None,
        outcome="",
        waiting_since=since,
        lifted=False,
    )


def _need_mine(state: CaseState, who: Person) -> None:
    if state.claimed_by is None or state.claimed_by.id != who.id:
        holder = state.claimed_by.name if state.claimed_by else "Nobody"
        raise Refused(f"{holder} has this case now. Take it before you do that.")


def _need_seen(state: CaseState, shown: str | None) -> None:
    if state.unseen_rise:
        raise Refused('A new alarm came. Read it and press "I have seen it" first.')
    if shown not in (None, state.known):
        raise Refused("More has become known of this person since you opened the page. Look at it first.")


def _wish(arrival: Arrival) -> frozenset[str]:
    return frozenset({arrival.kind} & {"staff_request", "callback"})


def _taken_back(arrival: Arrival) -> frozenset[str]:
    return frozenset({"callback"} if arrival.callback == "withdrawn" else ())


def _said(arrival: Arrival) -> dict[str, Any]:
    said = {"level": arrival.level, "subject": arrival.subject, "flags": sorted(arrival.flags)}
    return {**said, "callback": arrival.callback} if arrival.callback else said
