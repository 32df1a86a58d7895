"""What is measured under load, as data: who writes, how many, who asks beside them, with Rasa or without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from evaluation.intervals import Quantile, quantile

Kind = Literal["card", "answer"]
#: Seconds that each of several measured people waits between messages: from, to. Nobody types faster.
PAUSE_S = (0.5, 1.5)


@dataclass(frozen=True)
class Scenario:
    """``users`` people are measured while ``askers`` others ask without pause; ``burst``: all write at one instant.

    ``samples`` messages, or as many as fit in ``limit_s`` seconds.
    """

    name: str
    kind: Kind
    users: int
    askers: int
    samples: int = 500
    limit_s: float = 90.0
    burst: bool = False
    rasa: bool = True


SCENARIOS = (
    Scenario("answer, 1 person, nobody else", "answer", 1, 0),
    Scenario("answer, 1 person, 20 others asking", "answer", 1, 20),
    Scenario("answer, 20 people, 20 others asking", "answer", 20, 20),
    Scenario("card, 1 person, nobody else", "card", 1, 0),
    Scenario("card, 1 person, 20 others asking", "card", 1, 20),
    Scenario("card, 20 people, 20 others asking", "card", 20, 20, samples=1000),
    Scenario("card, 20 people at the same instant, 20 others asking", "card", 20, 20, burst=True),
)
#: The scenario of the aim "card p99 under 60 ms at 20 users with Rasa saturated".
AIMED_AT = "card, 20 people, 20 others asking"


@dataclass(frozen=True)
class Measured:
    """What a scenario gave. ``asked_per_s``: questions of the others that were answered, each second."""

    scenario: Scenario
    samples_ms: tuple[float, ...]
    failures: Mapping[str, int]
    asked_per_s: float
    without_rasa: int

    def at(self, q: float) -> Quantile:
        """The quantile of the latencies in ms."""
        return quantile(self.samples_ms, q)

    @property
    def worst_ms(self) -> float:
        """The slowest of all."""
        return max(self.samples_ms)

    @property
    def failed(self) -> int:
        """Messages that were not answered as they should."""
        return sum(self.failures.values())

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "name": self.scenario.name,
            "rasa": self.scenario.rasa,
            "samples_ms": [round(each, 2) for each in self.samples_ms],
            "failures": dict(self.failures),
            "asked_per_s": round(self.asked_per_s, 2),
            "without_rasa": self.without_rasa,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Measured:
        """Reverses `to_dict`. Raises KeyError when no scenario is called that any more."""
        known = {scenario.name: scenario for scenario in SCENARIOS}
        return cls(
            replace(known[data["name"]], rasa=data["rasa"]),
            tuple(data["samples_ms"]),
            data["failures"],
            data["asked_per_s"],
            data["without_rasa"],
        )


def pace(with_rasa: Measured) -> float:
    """Seconds between two questions of one asker, so that without Rasa the others ask as often as they did with it.

    Without Rasa every question is answered at once; unpaced, the others would put a load on the door that no
    comparison has.
    """
    return with_rasa.scenario.askers / with_rasa.asked_per_s if with_rasa.asked_per_s else 1.0
