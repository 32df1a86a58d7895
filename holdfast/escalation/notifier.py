"""Sends wordless alerts through Apprise, or to a log file in the default set-up."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import apprise

from holdfast.escalation.record import UNREADABLE, OutboxRecord

_LOG = logging.getLogger(__name__)


class TargetLike(Protocol):
    """What a notification target must have; `holdfast.clinic.Target` does."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def reaches_people(self) -> bool: ...


class NotifierError(Exception):
    """A target cannot be used; the message names it and the remedy."""


@dataclass(frozen=True)
class Outcome:
    """Which targets have an alert, and which refused it. ``reached_people``: one that has it is said to reach a person.

    ``people_can``: there is a target that is said to reach people, so a log file that accepts does not stand for it.
    """

    accepted: tuple[str, ...]
    refused: tuple[str, ...]
    reached_people: bool
    people_can: bool = False

    @property
    def enough(self) -> bool:
        """Whether nobody need be tried again."""
        return self.reached_people or (bool(self.accepted) and not self.people_can)


def alert_text(record: OutboxRecord, now: float) -> tuple[str, str]:
    """Title and body of an alert: level, waiting time, where to look. No words of the user (G7, SM-90)."""
    waiting = max(0, int(now - record.created_at))
    urgency = "page" if record.pages else "queue"
    whom = " about another person" if record.subject == "other" else ""
    opened = datetime.fromtimestamp(record.created_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    title = f"Holdfast {urgency}: {_what(record)}{whom}"
    body = f"Waiting {waiting} s, since {opened}. Channel {record.channel}. Conversation {record.conversation_id}."
    return title, body


def _what(record: OutboxRecord) -> str:
    """What somebody is alerted for; the level of risk where there is one."""
    if record.kind == "context" and (news := record.details.get("callback")):
        return "no call is wanted any more" if news == "withdrawn" else "the wish for a call has changed"
    named = {
        "staff_request": "asks for a person",
        "callback": "asks for a call back",
        UNREADABLE: "a record that could not be read",
    }
    return named.get(record.kind, record.level)


class Notifier:
    """Alerts every target of `clinic.yml`."""

    def __init__(self, targets: Sequence[TargetLike], var: Path) -> None:
        self._targets: list[tuple[str, bool, apprise.Apprise | Path]] = []
        for target in targets:
            name = _free_name(target.name, [known for known, _, _ in self._targets])
            self._targets.append((name, target.reaches_people, _way(target, var)))

    def send(self, record: OutboxRecord, now: float, had: Collection[str] = ()) -> Outcome:
        """Alerts all targets but those that ``had`` the alert; none when these are enough.

        Never raises: a target that fails counts as refused.
        """
        before = self._outcome(had, ())
        if before.enough:
            return before
        title, body = alert_text(record, now)
        tried = {name: self._deliver(way, title, body) for name, _, way in self._targets if name not in had}
        return self._outcome(
            {*had, *(name for name, took in tried.items() if took)}, [name for name, took in tried.items() if not took]
        )

    def _outcome(self, have: Collection[str], refused: Sequence[str]) -> Outcome:
        accepted = tuple(name for name, _, _ in self._targets if name in have)
        people = {name for name, reaches_people, _ in self._targets if reaches_people}
        return Outcome(accepted, tuple(refused), bool(people & set(accepted)), bool(people))

    def _deliver(self, way: apprise.Apprise | Path, title: str, body: str) -> bool:
        try:
            if isinstance(way, Path):
                way.parent.mkdir(parents=True, exist_ok=True)
                with way.open("a", encoding="utf-8") as file:
                    file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {title}. {body}\n")
                return True
            return bool(way.notify(body=body, title=title))
        except Exception:
            _LOG.exception("a notification target failed")
            return False


def _free_name(name: str, taken: Collection[str]) -> str:
    """The target's name, with a number when another one has it too: who had an alert is noted by name."""
    wanted, number = name, 1
    while wanted in taken:
        number += 1
        wanted = f"{name} ({number})"
    return wanted


def _way(target: TargetLike, var: Path) -> apprise.Apprise | Path:
    """A log file below ``var``, or a client of Apprise. Raises NotifierError."""
    if target.url.startswith("log:"):
        return var / target.url.removeprefix("log:").lstrip("/")
    client = apprise.Apprise()
    if not client.add(target.url):
        raise NotifierError(
            f"clinic.yml: notify.targets or on_call: {target.name!r}: the address is none that Apprise knows. "
            "Correct url; docs/configuration.md shows examples."
        )
    return client
