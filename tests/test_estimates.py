"""Intervals against known values and simulated samples; relations, thirds and locked classes counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from queries.estimates import locked_breaks, mean_of_groups, relation, thirds, wilson


@pytest.mark.parametrize(
    ("yes", "asked", "low", "high"),
    [(85, 100, 76.72, 90.69), (0, 10, 0.0, 27.75), (10, 10, 72.25, 100.0), (1, 2, 9.45, 90.55)],
)
def test_wilson_is_as_published(yes: int, asked: int, low: float, high: float) -> None:
    found = wilson(yes, asked)
    assert found is not None and found.n == asked and found.basis == "wilson"
    assert found.low == pytest.approx(low, abs=0.01) and found.high == pytest.approx(high, abs=0.01)


@given(some.integers(1, 5000), some.floats(0, 1))
def test_wilson_holds_its_value_and_stays_in_bounds(asked: int, share: float) -> None:
    found = wilson(round(share * asked), asked)
    assert found is not None
    assert -1e-9 <= found.low <= found.value + 1e-9 and found.value - 1e-9 <= found.high <= 100 + 1e-9


def test_wilson_holds_the_truth_in_95_of_100_samples() -> None:
    yes = np.random.default_rng(7).binomial(80, 0.85, 2000)
    found = [wilson(int(count), 80) for count in yes]
    held = np.mean([each is not None and each.low <= 85 <= each.high for each in found])
    assert 0.93 <= held <= 0.97


@pytest.mark.parametrize(("yes", "asked"), [(0, 0), (float("nan"), 30), (3, float("nan"))])
def test_nobody_asked_or_withheld_has_no_interval(yes: float, asked: float) -> None:
    assert wilson(yes, asked) is None
    assert mean_of_groups(yes, asked, pd.Series(dtype=float), pd.Series(dtype=float)) is None


def test_a_mean_holds_the_truth_though_people_of_a_place_think_alike() -> None:
    rng = np.random.default_rng(11)
    held, naive = [], []
    for _ in range(400):
        counts = rng.integers(12, 41, 60)
        truth = 77 + rng.normal(0, 5, 60)
        answers = [rng.normal(mean, 8, count) for mean, count in zip(truth, counts, strict=True)]
        sums = pd.Series([float(each.sum()) for each in answers])
        found = mean_of_groups(float(sums.sum()), float(counts.sum()), sums, pd.Series(counts, dtype=float))
        assert found is not None and found.basis == "groups" and found.n == counts.sum()
        held.append(found.low <= 77 <= found.high)
        naive.append(abs(found.value - 77) <= 1.96 * np.concatenate(answers).std() / np.sqrt(counts.sum()))
    assert np.mean(held) > 0.9 > np.mean(naive)  # counting people as independent would be far too sure


def test_strata_are_counted_as_published() -> None:
    """Two communities asked throughout: the variance of their common mean is that of the answers in each."""
    one, other = np.array([60.0, 70, 80, 90]), np.array([50.0, 50, 80, 100, 70])
    counts = pd.Series([4.0, 5.0])
    within = pd.Series([4 * one.var(ddof=1), 5 * other.var(ddof=1)])
    found = mean_of_groups(650, 9, pd.Series([300.0, 350.0]), counts, within)
    assert found is not None and found.basis == "strata" and found.value == pytest.approx(650 / 9)
    half = 2.364624 * np.sqrt(within.sum()) / 9  # t with 9 - 2 degrees of freedom
    assert found.high - found.low == pytest.approx(2 * half, rel=1e-5)
    unknown = mean_of_groups(650, 9, pd.Series([300.0, 350.0]), counts, pd.Series([within[0], float("nan")]))
    assert unknown is not None and unknown.basis == "widest"
    partly = mean_of_groups(750, 10, pd.Series([300.0, 350.0]), counts, within)  # somebody answered elsewhere
    assert partly is not None and partly.basis == "widest"


@pytest.mark.parametrize("places", [1, 3, 40])
def test_strata_hold_the_truth_in_95_of_100_samples(places: int) -> None:
    rng = np.random.default_rng(5)
    truth, counts = 77 + rng.normal(0, 5, places), rng.integers(12, 41, places)
    whole, held = float((truth * counts).sum() / counts.sum()), []
    for _ in range(1000):
        answers = [rng.normal(mean, 8, count) for mean, count in zip(truth, counts, strict=True)]
        sums = pd.Series([float(each.sum()) for each in answers])
        within = pd.Series([len(each) * float(each.var(ddof=1)) for each in answers])
        found = mean_of_groups(float(sums.sum()), float(counts.sum()), sums, pd.Series(counts, dtype=float), within)
        assert found is not None and found.basis == "strata"
        held.append(found.low <= whole <= found.high)
    assert 0.925 <= np.mean(held) <= 0.975


def test_few_groups_give_the_widest_interval() -> None:
    one = mean_of_groups(7900, 100, pd.Series([7900.0]), pd.Series([100.0]))
    assert one is not None and one.basis == "widest" and one.value == 79
    assert one.high - one.low == pytest.approx(2 * 1.959964 * np.sqrt(79 * 21 / 100), rel=1e-6)
    hidden = mean_of_groups(7900, 100, pd.Series([float("nan")] * 9), pd.Series([float("nan")] * 9))
    assert hidden is not None and hidden.basis == "widest"


def test_a_relation_is_told_only_where_its_interval_leaves_zero_out() -> None:
    rng = np.random.default_rng(3)
    x = pd.Series(rng.normal(size=166))
    strong, none = relation(x, x**3 + rng.normal(0, 0.2, 166)), relation(x, pd.Series(rng.normal(size=166)))
    assert strong is not None and strong.strength == "strong" and strong.low < strong.rho < strong.high
    assert none is not None and none.strength == "none" and none.n == 166
    down = relation(x, -x)
    assert down is not None and down.rho == pytest.approx(-1)
    assert relation(x.head(7), x.head(7)) is None and relation(x, x * 0) is None


def test_chance_makes_one_in_twenty_look_related() -> None:
    rng = np.random.default_rng(5)
    found = [relation(pd.Series(rng.normal(size=80)), pd.Series(rng.normal(size=80))) for _ in range(600)]
    told = np.mean([each is not None and each.strength != "none" for each in found])
    assert 0.03 <= told <= 0.08


def test_thirds_are_by_rank_and_equal_values_share_one() -> None:
    assert thirds(pd.Series([30.0, 10.0, 20.0])).tolist() == [2, 0, 1]
    assert thirds(pd.Series([1.0, 1.0, 1.0, float("nan")])).tolist() == [1, 1, 1]
    assert thirds(pd.Series(range(99), dtype=float)).value_counts().to_dict() == {0: 33, 1: 33, 2: 33}


def test_locked_breaks_are_whole_steps_and_apart() -> None:
    small, large = locked_breaks(pd.Series([0.2, -0.4, 0.6, -0.8, 1.0, float("nan"), 0.0]), 0.1)
    assert 0 < small < large and small == pytest.approx(round(small, 1)) and large == pytest.approx(round(large, 1))
    assert locked_breaks(pd.Series([0.0, float("nan")]), 1.0) == (1.0, 2.0)
