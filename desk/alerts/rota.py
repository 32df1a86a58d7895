"""Who is on call, from `clinic.yml`: people in order with hours and a target, and the steps of each level. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from holdfast.clinic import Clinic, OnCall, Target

#: Minutes after the alarm at which each step is due. For what pages the last gap repeats until somebody takes the case.
STEPS: Mapping[str, tuple[float, ...]] = {
    "emergency": (0, 2, 5, 10),
    "crisis": (0, 5, 10, 20),
    "concern": (0,),
    "request": (0,),
    "callback": (0,),
}


@dataclass(frozen=True)
class Rota:
    """People in the order in which they are alerted; ``everyone`` is `notify.targets`, alerted last or alone."""

    people: tuple[OnCall, ...]
    everyone: tuple[Target, ...]
    steps: Mapping[str, tuple[float, ...]]

    def on_duty(self, now: datetime) -> tuple[str, ...]:
        """Names of the people who are on duty at ``now``."""
        return tuple(each.target.name for each in self.people if each.on_duty(now))

    def targets(self, step: int, now: datetime) -> tuple[Target, ...]:
        """Whom step ``step`` alerts at ``now``: the first person on duty, the next one, in the end everybody."""
        chain = [each.target for each in self.people if each.on_duty(now)]
        if step < len(chain):
            return (chain[step],)
        return tuple({target.name: target for target in (*chain, *self.everyone)}.values())

    def find(self, name: str) -> Target | None:
        """The target with that name, None when `clinic.yml` no longer has it."""
        known = (*(each.target for each in self.people), *self.everyone)
        return next((target for target in known if target.name == name), None)


def rota_of(clinic: Clinic) -> Rota:
    """The rota in `clinic.yml`; levels without steps of their own there follow `STEPS`."""
    return Rota(clinic.on_call, clinic.targets, {**STEPS, **clinic.alert_steps})
