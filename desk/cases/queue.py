"""The order in which people wait: those without a human first, by level, then by waiting time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from desk.cases.models import Case

#: What the page shows of a case.
_SHOWN = (
    *("pk", "status", "rank", "waiting_since", "unseen_rise", "holder_silent", "claimed_by_id", "claimed_at"),
    *("first_reply_at", "subject", "flags", "wishes", "alarmed", "channel", "country", "language", "drill"),
)


@dataclass(frozen=True)
class Queue:
    """The sections of the queue page, each sorted."""

    waiting: tuple[Case, ...]
    answered: tuple[Case, ...]
    drills: tuple[Case, ...]

    @property
    def mark(self) -> str:
        """Changes when the page would show something else; the passing of time and what it does not show aside."""
        cases = (*self.waiting, *self.answered, *self.drills)
        return str(crc32(repr([[getattr(case, name) for name in _SHOWN] for case in cases]).encode()))


def load() -> Queue:
    """The open and claimed cases as they are now."""
    return arrange(Case.objects.exclude(status="resolved").select_related("claimed_by"))


def arrange(cases: Iterable[Case]) -> Queue:
    """Sorts cases into sections. A claimed case that calls again stands among those who wait."""
    ordered = sorted(cases, key=lambda case: (-case.rank, case.waiting_since, case.pk))
    real = [case for case in ordered if not case.drill]
    return Queue(
        waiting=tuple(case for case in real if case.status == "open" or case.calls_again),
        answered=tuple(case for case in real if case.status == "claimed" and not case.calls_again),
        drills=tuple(case for case in ordered if case.drill)[-3:],
    )
