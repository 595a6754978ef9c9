"""New sites of places with a known best answer, and a proof that none better was missed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geo.reach import Pairs
from geo.siting import MOST_SITES, SiteCountError, best_sites


def pairs(cover: dict[int, list[int]]) -> Pairs:
    both = [(source, target) for source, targets in cover.items() for target in targets]
    source, target = np.array(both, dtype=np.int64).reshape(-1, 2).T
    return Pairs(source, target, np.zeros(len(source)))


def nobody(count: int) -> np.ndarray:
    return np.zeros(count, dtype=bool)


def test_greed_is_not_best_and_the_optimum_is_found() -> None:
    # the middle site covers most (60), but the two beside it cover everything (90) between them
    cover = {0: [0, 1, 2], 1: [3, 4, 5], 2: [1, 2, 3, 4]}
    weights = np.array([15.0, 15, 15, 15, 15, 15])
    found = best_sites(pairs(cover), weights, nobody(6), 2)
    assert sorted(found.chosen) == [0, 1]
    assert (found.before, found.after, found.method) == (0, 90, "exact")
    assert found.gap == 0


def test_what_is_covered_already_counts_before_and_draws_no_site() -> None:
    covered = np.array([True, False, False])
    found = best_sites(pairs({0: [0], 1: [0, 1], 2: [2]}), np.array([100.0, 5, 7]), covered, 1)
    assert (found.chosen, found.gains, found.before, found.after) == ((2,), (7.0,), 100.0, 107.0)


def test_sites_come_in_the_order_of_what_they_add() -> None:
    found = best_sites(pairs({0: [0], 1: [1], 2: [2]}), np.array([1.0, 9, 4]), nobody(3), 3)
    assert (found.chosen, found.gains) == ((1, 2, 0), (9.0, 4.0, 1.0))


def test_no_more_sites_than_help() -> None:
    found = best_sites(pairs({0: [0], 1: [0]}), np.array([3.0]), nobody(1), 5)
    assert (found.chosen, found.after) == ((0,), 3.0)
    assert best_sites(pairs({}), np.array([3.0]), nobody(1), 2).chosen == ()


@pytest.mark.parametrize("seed", range(12))
def test_no_choice_of_three_beats_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = {i: rng.choice(15, size=rng.integers(1, 6), replace=False).tolist() for i in range(10)}
    weights, covered = rng.integers(0, 50, 15).astype(float), rng.random(15) < 0.2
    found = best_sites(pairs(cover), weights, covered, 3)
    best = max(
        weights[covered | np.isin(np.arange(15), np.concatenate([cover[i] for i in three]))].sum()
        for three in combinations(range(10), 3)
    )
    assert found.after == pytest.approx(best)
    assert found.after == pytest.approx(found.before + sum(found.gains))
    assert found.bound >= best - 1e-6


def test_a_search_stopped_at_once_still_answers_and_says_how_far_from_best_it_may_be() -> None:
    rng = np.random.default_rng(3)
    cover = {i: rng.choice(2000, size=30, replace=False).tolist() for i in range(1500)}
    found = best_sites(pairs(cover), rng.uniform(1, 50, 2000), nobody(2000), 8, seconds=0.01)
    assert len(found.chosen) == 8
    assert found.method in {"greedy", "bounded"} and 0 < found.gap < 1
    assert found.bound >= found.after


@pytest.mark.parametrize("count", [0, MOST_SITES + 1])
def test_a_number_of_sites_that_makes_no_sense_is_a_sentence(count: int) -> None:
    with pytest.raises(SiteCountError, match=f"{count} sites were asked for; ask for 1 to 10"):
        best_sites(pairs({0: [0]}), np.array([1.0]), nobody(1), count)
