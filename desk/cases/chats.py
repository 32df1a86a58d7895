"""Decides about all cases of a chat together: one person sits behind them and reads one name (G4). Pure.

A chat has a second case when its first one was reopened and a new episode began. Whoever has the chat has every case of
it that is not resolved, so that nobody can end or hand back what a colleague is answering.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from desk.cases import transitions
from desk.cases.levels import NEWS_FLAGS
from desk.cases.state import Arrival, CaseState, Change, DoorOrder, Happening, Person, Refused

#: Every case of a chat, by number.
Cases = Mapping[int, CaseState]
#: What becomes of those that change.
Changes = dict[int, Change]


def arrive(cases: Cases, number: int | None, arrival: Arrival, now: datetime) -> Change:
    """A record comes to case ``number``, or opens one (None).

    A case that so begins to wait in a chat that somebody has is theirs at once; an alarm in it is one that they have
    not seen, so colleagues are alerted until they say that they have.
    """
    before = None if number is None else cases[number]
    decided = transitions.receive(before, arrival, now) if before else transitions.open_case(arrival, now)
    begins = decided.state.status == "open" and (before is None or before.status == "resolved")
    holder = next((each for key, each in cases.items() if key != number and each.status == "claimed"), None)
    if not begins or holder is None or holder.claimed_by is None:
        return decided
    calls = arrival.kind in ("alarm", "rise") or arrival.pages or bool(arrival.flags & NEWS_FLAGS)
    state = replace(
        decided.state,
        status="claimed",
        claimed_by=holder.claimed_by,
        claimed_at=holder.claimed_at,
        alarm_since=decided.state.alarm_since if calls else None,
        unseen_rise=calls and not decided.state.drill,
    )
    return Change(state, (*decided.history, Happening("joined", {"name": holder.claimed_by.name})), decided.door)


def told_of_silence(cases: Cases, own: int | None) -> int | None:
    """The case that must learn that whoever has the chat does not write: the most urgent one that somebody has.

    The door names the episode that would come next, which need not have a case. ``own`` is that episode's case.
    """
    claimed = [number for number, state in cases.items() if state.status == "claimed"]
    if claimed:
        return max(claimed, key=lambda number: (cases[number].urgency.rank, number))
    return own if own is not None else max(cases, default=None)


def claim(cases: Cases, number: int, who: Person, now: datetime) -> Changes:
    """``who`` takes the case, and with it every other of the chat that waits. Refused when a colleague has the chat."""
    changes = {number: transitions.claim(cases[number], who, now)}
    for other, state in _others(cases, number):
        if state.claimed_by is not None and state.claimed_by.id != who.id:
            name = state.claimed_by.name
            raise Refused(f"{name} answers in this chat, with case #{other}. Take that one over from {name} first.")
    return changes | _go_along(cases, number, who, now)


def take_over(cases: Cases, number: int, who: Person, now: datetime) -> Changes:
    """``who`` takes the chat with all its cases from a colleague."""
    return {number: transitions.take_over(cases[number], who, now)} | _go_along(cases, number, who, now)


def hand_back(cases: Cases, number: int, who: Person, now: datetime) -> Changes:
    """``who`` leaves the chat: all their cases of it wait again."""
    changes = {number: transitions.hand_back(cases[number], who, now)}
    for other, state in _others(cases, number):
        if state.claimed_by is not None and state.claimed_by.id == who.id:
            changes[other] = _quietly(transitions.hand_back(state, who, now))
    left = {other: state for other, state in _others(cases, number) if other not in changes}
    return changes | {number: _for_who_stays(changes[number], left, who)}


def resolve(
    cases: Cases, number: int, who: Person, outcome: str, *, lift: bool, now: datetime, shown: str | None = None
) -> Changes:
    """Ends this case alone. The bot speaks again unless another case of the chat is still in somebody's hands."""
    ended = transitions.resolve(cases[number], who, outcome, lift=lift, now=now, shown=shown)
    return {number: _for_who_stays(ended, dict(_others(cases, number)), who)}


def reopen(cases: Cases, number: int, now: datetime) -> Changes:
    """Puts a resolved case back into the queue, unless the person waits or is answered there already."""
    reopened = transitions.reopen(cases[number], now)
    if other := next(iter(_others(cases, number)), None):
        raise Refused(f"This chat has an open case already: #{other[0]}. Go on there.")
    return {number: reopened}


def replied(cases: Cases, number: int, now: datetime) -> Changes:
    """A reply reached the person: that counts for every case of the chat that its author has."""
    holder = cases[number].claimed_by
    return {
        each: transitions.replied(state, now)
        for each, state in cases.items()
        if each == number or (holder is not None and state.claimed_by == holder)
    }


def _others(cases: Cases, number: int) -> list[tuple[int, CaseState]]:
    return [(each, state) for each, state in cases.items() if each != number and state.status != "resolved"]


def _go_along(cases: Cases, number: int, who: Person, now: datetime) -> Changes:
    """The other cases of the chat go to ``who`` too."""
    changes: Changes = {}
    for other, state in _others(cases, number):
        if state.claimed_by is None:
            changes[other] = _quietly(transitions.claim(state, who, now))
        elif state.claimed_by.id != who.id:
            changes[other] = _quietly(transitions.take_over(state, who, now))
    return changes


def _quietly(change: Change) -> Change:
    """Without telling the door what the case in hand tells it."""
    return replace(change, door=())


def _for_who_stays(change: Change, others: Cases, who: Person) -> Change:
    """Hands nothing back while somebody has another case of the chat: theirs is the name that the person must read."""
    holders = [state.claimed_by for state in others.values() if state.claimed_by is not None]
    if not holders:
        return change
    stays = () if any(each.id == who.id for each in holders) else (DoorOrder("takeover", {"name": holders[-1].name}),)
    return replace(change, door=(*stays, *(order for order in change.door if order.kind != "hand_back")))
