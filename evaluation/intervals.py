"""Shares and quantiles with their 95 % intervals. Pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

#: The standard normal quantile of a two-sided 95 % interval.
Z = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """``hits`` of ``n``; 0 <= hits <= n."""

    hits: int
    n: int

    @classmethod
    def of(cls, outcomes: Iterable[bool]) -> Share:
        """The share of true ones."""
        listed = list(outcomes)
        return cls(sum(listed), len(listed))

    @property
    def value(self) -> float:
        """The share, 0..1; not a number when there is nothing to count."""
        return self.hits / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson 95 % interval."""
        return wilson(self.hits, self.n)


def wilson(hits: int, n: int, z: float = Z) -> tuple[float, float]:
    """The Wilson score interval of ``hits`` of ``n`` (Wilson 1927; Newcombe 1998, method 3). (0, 1) when n is 0."""
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    if n == 0:
        return 0.0, 1.0
    share, square = hits / n, z * z
    center = (share + square / (2 * n)) / (1 + square / n)
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return (0.0 if hits == 0 else max(0.0, center - half)), (1.0 if hits == n else min(1.0, center + half))


@dataclass(frozen=True)
class Quantile:
    """A quantile of ``n`` values. ``high`` is None when so few values cannot bound it from above."""

    value: float
    low: float
    high: float | None
    n: int


def quantile(values: Sequence[float], q: float) -> Quantile:
    """The ``q`` quantile (nearest rank, so never between two values) with its distribution-free 95 % interval.

    The interval's ends are order statistics: the binomial distribution of how many values lie below the quantile says
    which. Raises ValueError without values or with q outside 0..1 exclusive.
    """
    if not values or not 0 < q < 1:
        raise ValueError("a quantile needs values, and q between 0 and 1")
    ordered, n = sorted(values), len(values)
    below = _binomial_cdf(n, q)
    low_rank = max((rank for rank in range(1, n + 1) if below[rank - 1] <= 0.025), default=1)
    high_rank = next((rank for rank in range(1, n + 1) if below[rank - 1] >= 0.975), None)
    return Quantile(
        value=ordered[max(1, math.ceil(q * n)) - 1],
        low=ordered[low_rank - 1],
        high=None if high_rank is None else ordered[high_rank - 1],
        n=n,
    )


def ratio_interval(
    above: Sequence[float], below: Sequence[float], q: float, *, rounds: int = 1000, seed: int = 7
) -> tuple[float, float]:
    """The bootstrap 95 % interval of quantile(above) / quantile(below); the same seed gives the same interval."""
    draw = np.random.default_rng(seed)
    ratios = np.sort(_resampled(draw, above, q, rounds) / _resampled(draw, below, q, rounds))
    return float(ratios[int(0.025 * rounds)]), float(ratios[int(0.975 * rounds) - 1])


def _resampled(draw: np.random.Generator, values: Sequence[float], q: float, rounds: int) -> np.ndarray:
    rank = max(1, math.ceil(q * len(values))) - 1
    again = draw.choice(np.asarray(values), size=(rounds, len(values)))
    return np.partition(again, rank, axis=1)[:, rank]


def _binomial_cdf(n: int, p: float) -> list[float]:
    """P(X <= k) for k = 0..n."""
    total, found = 0.0, []
    for k in range(n + 1):
        chance = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        total += math.exp(chance + k * math.log(p) + (n - k) * math.log(1 - p))
        found.append(total)
    return found
