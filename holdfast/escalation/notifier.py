"""Sends wordless alerts through Apprise, or to a log file in the default set-up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import apprise

from holdfast.escalation.record import OutboxRecord

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
    """Which targets took an alert. ``reached_people`` is true when one of them is said to reach a person."""

    accepted: tuple[str, ...]
    refused: tuple[str, ...]
    reached_people: bool


def alert_text(record: OutboxRecord, now: float) -> tuple[str, str]:
    """Title and body of an alert: level, waiting time, where to look. No words of the user (G7, SM-90)."""
    waiting = max(0, int(now - record.created_at))
    what = {"staff_request": "asks for a person", "callback": "asks for a call back"}.get(record.kind, record.level)
    urgency = "page" if record.pages else "queue"
    whom = " about another person" if record.subject == "other" else ""
    opened = datetime.fromtimestamp(record.created_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    title = f"Holdfast {urgency}: {what}{whom}"
    body = f"Waiting {waiting} s, since {opened}. Channel {record.channel}. Conversation {record.conversation_id}."
    return title, body


class Notifier:
    """Alerts every target of `clinic.yml`."""

    def __init__(self, targets: Sequence[TargetLike], var: Path) -> None:
        self._var = var
        self._targets: list[tuple[TargetLike, apprise.Apprise | Path]] = []
        for target in targets:
            if target.url.startswith("log:"):
                self._targets.append((target, var / target.url.removeprefix("log:").lstrip("/")))
                continue
            client = apprise.Apprise()
            if not client.add(target.url):
                raise NotifierError(
                    f"clinic.yml: notify.targets or on_call: {target.name!r}: the address is none that Apprise knows. "
                    "Correct url; docs/configuration.md shows examples."
                )
            self._targets.append((target, client))

    def send(self, record: OutboxRecord, now: float) -> Outcome:
        """Alerts all targets. Never raises: a target that fails counts as refused."""
        title, body = alert_text(record, now)
        accepted, refused, people = [], [], False
        for target, way in self._targets:
            if self._deliver(way, title, body):
                accepted.append(target.name)
                people = people or target.reaches_people
            else:
                refused.append(target.name)
        return Outcome(tuple(accepted), tuple(refused), people)

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
