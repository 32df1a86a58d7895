"""Works the alarm rounds: makes alerts for due steps, hands them out, and notes who was reached."""

from __future__ import annotations

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import F, Max, Q

from desk import clock
from desk.alerts.links import Ticket, link
from desk.alerts.message import alert_text
from desk.alerts.models import Alert
from desk.alerts.rota import Rota
from desk.alerts.sender import send
from desk.alerts.steps import due_step, retry_after, steps_key
from desk.cases import transitions
from desk.cases.casebook import change, state_of
from desk.cases.models import Case, Entry
from desk.cases.state import CaseState, Change

_LOG = logging.getLogger(__name__)
#: After this time an alert that somebody began to send counts as abandoned (the process was killed).
ABANDONED = timedelta(seconds=60)


@dataclass
class Alarms:
    """One worker's alarm work. ``hands`` lets a slow target hold nobody up."""

    rota: Rota
    folder: Path
    hands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, thread_name_prefix="alert"))
    _flying: dict[int, Future[bool]] = field(default_factory=dict)

    def recover(self) -> int:
        """Puts back what a killed worker had begun. Only for a worker that knows that it is alone; returns how many."""
        return int(Alert.objects.filter(state="sending").update(state="waiting"))

    def plan(self, now: datetime) -> int:
        """Makes the alerts of every step that is due; returns how many."""
        made = 0
        last = Max("alerts__step", filter=Q(alerts__round=F("round")))
        alarmed = Case.objects.filter(alarm_since__isnull=False).select_related("claimed_by")
        for case in alarmed.annotate(last_step=last):
            state = state_of(case)
            key = steps_key(state.urgency.key, pages=state.pages)
            step = due_step(key, self.rota.steps[key], case.alarm_since, case.held_until, now)
            first = 0 if case.last_step is None else case.last_step + 1
            if step < first:
                continue
            # After a pause several steps may be due: everybody whom they name is told now, each once.
            named = (target for each in range(first, step + 1) for target in self.rota.targets(each, now))
            targets = {target.name: target for target in named}
            Alert.objects.bulk_create(
                [
                    Alert(
                        case=case,
                        round=case.round,
                        step=step,
                        target=target.name,
                        reaches_people=target.reaches_people,
                        made_at=now,
                        next_try_at=now,
                    )
                    for target in targets.values()
                ],
                ignore_conflicts=True,
            )
            made += len(targets)
        return made

    def hand_out(self, now: datetime) -> None:
        """Starts sending what is due; what nobody needs any more is dropped."""
        Alert.objects.filter(state="sending", started_at__lt=now - ABANDONED).update(state="waiting")
        due = Alert.objects.filter(state="waiting", next_try_at__lte=now).select_related("case", "case__claimed_by")
        for alert in due.order_by("-case__rank", "id")[:50]:
            case, target = alert.case, self.rota.find(alert.target)
            if target is None or case.alarm_since is None or case.round != alert.round:
                Alert.objects.filter(pk=alert.pk, state="waiting").update(state="dropped")
                continue
            if Alert.objects.filter(pk=alert.pk, state="waiting").update(state="sending", started_at=now):
                address = link(Ticket(case.pk, alert.round, alert.target))
                title, body = alert_text(state_of(case), address, now)
                self._flying[alert.pk] = self.hands.submit(send, target, title, body, self.folder)

    def collect(self, now: datetime, *, to_the_end: bool = False) -> int:
        """Notes what became of alerts that were being sent; returns how many were taken."""
        taken = 0
        for pk, future in list(self._flying.items()):
            if to_the_end or future.done():
                del self._flying[pk]
                taken += self._note(Alert.objects.select_related("case").get(pk=pk), future.result(), now)
        return taken

    def collect_for(self, seconds: float) -> None:
        """Notes what was taken as soon as it was, for so long: what a kill finds unwritten is sent again."""
        until = time.monotonic() + seconds
        while self._flying and (left := until - time.monotonic()) > 0:
            wait(self._flying.values(), timeout=left, return_when=FIRST_COMPLETED)
            self.collect(clock.now())

    def _note(self, alert: Alert, accepted: bool, now: datetime) -> bool:
        row = Alert.objects.filter(pk=alert.pk)
        if not accepted:
            _LOG.warning("alert %d: %r did not take it; it is tried again", alert.pk, alert.target)
            later = now + retry_after(alert.attempts)
            row.update(state="waiting", attempts=alert.attempts + 1, failed_at=now, next_try_at=later)
            return False
        row.update(state="sent", sent_at=now)
        Entry.objects.create(case=alert.case, at=now, kind="alerted", detail={"targets": [alert.target]})
        if alert.reaches_people:
            change(alert.case_id, lambda state: _reached(state, alert.round, now), now=now)
        return True


def _reached(state: CaseState, alarm_round: int, now: datetime) -> Change:
    """Somebody was reached, unless that was in an earlier round."""
    return transitions.notified(state, now) if state.round == alarm_round else Change(state)
