"""Where the next service offices would help most: maximal coverage (Church and ReVelle 1974), solved with HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.reach import Pairs, Rows

MOST_SITES: Final = 10
TIME_LIMIT_S: Final = 3.0


class SiteCountError(ValueError):
    """Raised when a number of sites is asked for that cannot be given."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} sites were asked for; ask for 1 to {MOST_SITES}.")
        self.count = count


@dataclass(frozen=True)
class Sites:
    """`chosen` sites (rows of candidates, the most helpful first), `gains` (weight each adds to those before it).

    `before` and `after` are the weights covered without and with them. `bound` is what no choice can exceed; `gap` the
    share of the gain by which a better choice might beat this one: 0 is proven best. `method`: how it was found.
    """

    chosen: tuple[int, ...]
    gains: tuple[float, ...]
    before: float
    after: float
    bound: float
    method: Literal["exact", "bounded", "greedy"]

    @property
    def gap(self) -> float:
        """Share of the possible gain that might still be missing."""
        possible = self.bound - self.before
        return 0.0 if possible <= 0 else max(0.0, (self.bound - self.after) / possible)


def best_sites(
    pairs: Pairs, weights: NDArray[np.float64], covered: NDArray[np.bool_], count: int, seconds: float = TIME_LIMIT_S
) -> Sites:
    """Choose `count` candidates that cover the most weight not covered yet.

    `pairs`: candidate (source) covers demand (target). `weights` and `covered`: one value a demand. Fewer sites come
    back where fewer help. The greedy choice stands where HiGHS finds nothing better in `seconds`; ties go to the first
    candidate. Raises SiteCountError.
    """
    if not 1 <= count <= MOST_SITES:
        raise SiteCountError(count)
    before = float(weights[covered].sum())
    open_ = ~covered & (weights > 0)
    candidates, cover, demand = _helpful(pairs, open_, weights)
    if not len(candidates):
        return Sites((), (), before, before, before, "exact")
    greedy = _greedy(cover, demand, count)
    exact, bound = (greedy, np.inf) if count == 1 else _solve(cover, demand, count, seconds)
    bound = min(bound, float(np.sort(cover @ demand)[-count:].sum()))  # as if the best ones shared nothing
    best = exact if exact is not None and _weight(cover, demand, exact) > _weight(cover, demand, greedy) else greedy
    gains, order = _in_order(cover, demand, best)
    after = before + float(sum(gains))
    bound = before + max(bound, after - before)
    method: Literal["exact", "bounded", "greedy"] = "exact" if bound - after < 0.5 else "bounded"
    return Sites(
        tuple(int(candidates[i]) for i in order), gains, before, after, bound, method if exact is not None else "greedy"
    )


def _helpful(
    pairs: Pairs, open_: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[Rows, sp.csr_array, NDArray[np.float64]]:
    """The smallest model with the same best choices: candidates that no other one outdoes, the matrix candidate ×
    demand, and the weights of the demands, those that the same candidates cover taken together.
    """
    keep = open_[pairs.target]
    column = np.cumsum(open_) - 1
    rows, source = np.unique(pairs.source[keep], return_inverse=True)
    shape = (len(rows), int(open_.sum()))
    cover = sp.csr_array((np.ones(int(keep.sum())), (source, column[pairs.target[keep]])), shape=shape)
    best = _undominated(cover) if len(rows) else np.array([], dtype=np.int64)
    cover = cover[best]
    groups, first = _alike(sp.csr_array(cover.T))
    demand: NDArray[np.float64] = np.bincount(groups, weights[open_].astype(float), minlength=len(first)).astype(float)
    return rows[best], sp.csr_array(cover[:, first]), demand


def _undominated(cover: sp.csr_array) -> Rows:
    """Rows whose set is not inside that of another row; of equal sets the first."""
    size = np.diff(cover.indptr)
    common = sp.coo_array(cover @ cover.T)
    i, j = common.coords
    inside = (common.data >= size[i]) & ((size[j] > size[i]) | ((size[j] == size[i]) & (j < i)))
    return np.setdiff1d(np.arange(cover.shape[0]), i[inside])


def _alike(sets: sp.csr_array) -> tuple[Rows, Rows]:
    """For each row the number of its group of equal sets, and the first row of each group."""
    sets.sort_indices()
    texts = [sets.indices[a:b].tobytes() for a, b in zip(sets.indptr[:-1], sets.indptr[1:], strict=True)]
    first: dict[bytes, int] = {}
    groups = np.array([first.setdefault(text, len(first)) for text in texts], dtype=np.int64)
    return groups, np.unique(groups, return_index=True)[1]


def _greedy(cover: sp.csr_array, demand: NDArray[np.float64], count: int) -> list[int]:
    left, chosen = demand.copy(), []
    for _ in range(count):
        gain = cover @ left
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        chosen.append(best)
        left[cover.indices[cover.indptr[best] : cover.indptr[best + 1]]] = 0
    return chosen


def _solve(
    cover: sp.csr_array, demand: NDArray[np.float64], count: int, seconds: float
) -> tuple[list[int] | None, float]:
    """The optimiser's choice (None: none found in time) and an upper bound of the weight that any choice covers."""
    sites, homes = cover.shape
    served = sp.hstack([-cover.T, sp.eye_array(homes)], format="csr")  # covered only if a chosen site reaches it
    number = sp.csr_array(np.concatenate([np.ones(sites), np.zeros(homes)])[None, :])
    result = milp(
        -np.concatenate([np.zeros(sites), demand]),
        constraints=[LinearConstraint(served, ub=0), LinearConstraint(number, ub=min(count, sites))],
        bounds=Bounds(0, 1),
        integrality=np.concatenate([np.ones(sites), np.zeros(homes)]),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    dual = getattr(result, "mip_dual_bound", None)
    bound = float(demand.sum()) if dual is None or not np.isfinite(dual) else min(-float(dual), float(demand.sum()))
    return (None if result.x is None else np.flatnonzero(result.x[:sites] > 0.5).tolist()), bound


def _weight(cover: sp.csr_array, demand: NDArray[np.float64], chosen: list[int]) -> float:
    return float(demand[np.unique(cover[chosen].indices)].sum()) if chosen else 0.0


def _in_order(
    cover: sp.csr_array, demand: NDArray[np.float64], chosen: list[int]
) -> tuple[tuple[float, ...], list[int]]:
    """The sites in the order in which each adds most, and what each adds."""
    order = _greedy(cover[chosen], demand, len(chosen)) if chosen else []
    seen: set[int] = set()
    gains = []
    for i in order:
        fresh = set(cover[[chosen[i]]].indices.tolist()) - seen
        seen |= fresh
        gains.append(float(demand[sorted(fresh)].sum()))
    return tuple(gains), [chosen[i] for i in order]
