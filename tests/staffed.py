"""A clinic with somebody on duty round the clock; alerts go to a receiver on loopback, in a pager service's place."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from evaluation.pager import Pager, clinic_with_pager

__all__ = ["Pager", "staffed_clinic"]


def staffed_clinic(
    folder: Path, *, on_duty: bool = True, last_resort_after: int = 60, staff_silent_after: int = 300
) -> AbstractContextManager[tuple[Path, Pager]]:
    """A `clinic.yml` in ``folder`` with duty hours and a pager that reaches people."""
    return clinic_with_pager(
        folder,
        on_duty=on_duty,
        notify={"last_resort_after": last_resort_after},
        desk={"staff_silent_after": staff_silent_after},
    )
