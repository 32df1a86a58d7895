"""Shares and quantiles: intervals against published values, and honest where there is little to count."""

from __future__ import annotations

import math

import pytest

from evaluation.intervals import Share, quantile, ratio_interval, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (10, 10, 0.7225, 1.0000),
    ],
)
def test_wilson_gives_the_published_intervals(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert math.isnan(Share(0, 0).value)


@pytest.mark.parametrize(("hits", "n"), [(3, 2), (-1, 2)])
def test_more_hits_than_messages_are_refused(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(hits, n)


def test_a_quantile_is_one_of_the_values_by_nearest_rank() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert quantile(values, 0.5).value == 50
    assert quantile(values, 0.99).value == 99
    assert quantile([7.0], 0.99).value == 7


def test_the_interval_of_a_median_has_the_known_ranks() -> None:
    found = quantile([float(value) for value in range(1, 101)], 0.5)
    assert (found.low, found.high) == (40, 61)  # the binomial table for n 100


def test_a_p99_of_few_values_has_no_upper_bound() -> None:
    assert quantile([1.0] * 300, 0.99).high is None
    assert quantile([1.0] * 400, 0.99).high == 1.0


def test_a_quantile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="values"):
        quantile([], 0.5)


def test_the_ratio_of_a_distribution_to_itself_is_near_one_and_repeats() -> None:
    values = [float(value) for value in range(1, 201)]
    low, high = ratio_interval(values, values, 0.5)
    assert low < 1 < high
    assert (low, high) == ratio_interval(values, values, 0.5)


def test_a_threefold_latency_is_seen_as_such() -> None:
    fast = [10.0 + value / 100 for value in range(200)]
    low, high = ratio_interval([3 * value for value in fast], fast, 0.5)
    assert 2.5 < low <= 3 <= high < 3.5
