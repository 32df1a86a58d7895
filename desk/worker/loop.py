"""The worker's rounds: alive, alarms, what the door must be told, and housekeeping."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, connection

from desk import clock
from desk.alerts.models import Pulse
from desk.cases.outgoing import end_drills, tell_door
from desk.door import DoorError, door
from desk.health import UNSIGNED
from desk.texts import anything_open
from desk.worker.alarms import Alarms

_LOG = logging.getLogger(__name__)


def note_texts(now: datetime) -> None:
    """Keeps in mind whether a text waits for a signature, so that no page has to ask the door for it."""
    try:
        waits = anything_open()
    except DoorError:
        return
    if waits:
        Pulse.beat(UNSIGNED, now)
    else:
        Pulse.objects.filter(name=UNSIGNED).delete()


class Worker:
    """Runs until it is stopped. Several may run; rows are taken by conditional updates."""

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms
        self._next: dict[str, datetime] = {}

    def run(self, stop: threading.Event, *, interval_s: float = 0.25) -> None:
        """Rounds until ``stop``. Telling the door has a thread of its own, so that a slow door delays no alert."""
        teller = threading.Thread(target=self._until, args=(stop, self.door_round, interval_s), name="door")
        teller.start()
        self._until(stop, self.round, interval_s)
        teller.join(timeout=6)
        self._alarms.hands.shutdown(wait=True, cancel_futures=True)

    def round(self) -> None:
        """One pass over the alarms."""
        now = clock.now()
        self._every("pulse", 5, now, lambda: Pulse.beat("worker", now))
        self._alarms.plan(now)
        self._alarms.hand_out(now)
        self._alarms.collect_for(0.5)
        self._every("drills", 60, now, lambda: end_drills(now))
        self._every("sessions", 3600, now, SessionStore.clear_expired)

    def door_round(self) -> None:
        """One pass over what the door must be told."""
        now = clock.now()
        tell_door(now)
        self._every("door", 5, now, lambda: Pulse.beat("door", now) if door().alive() else None)
        self._every("texts", 60, now, lambda: note_texts(now))

    def _every(self, name: str, seconds: float, now: datetime, work: Callable[[], object]) -> None:
        if now >= self._next.get(name, now):
            self._next[name] = now + timedelta(seconds=seconds)
            work()

    def _until(self, stop: threading.Event, work: Callable[[], None], interval_s: float) -> None:
        while not stop.is_set():
            try:
                work()
            except Exception as error:
                _LOG.error("a round failed: %s: %s", type(error).__name__, error)
                close_old_connections()
            stop.wait(interval_s)
        connection.close()
