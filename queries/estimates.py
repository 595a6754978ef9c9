"""How sure a figure from a sample is, and how two measures go together: pure arithmetic, no data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from scipy.special import stdtrit

SURE = 1.959964  # a normal value lies within so many deviations of its mean in 95 of 100 cases
FEWEST_GROUPS = 5  # with fewer, the spread between groups says little
FEWEST_PAIRS = 8

Basis = Literal["wilson", "strata", "groups", "widest"]
Strength = Literal["none", "weak", "moderate", "strong"]


@dataclass(frozen=True)
class Interval:
    """A figure from `n` answers and its 95 % interval, in the figure's unit; `basis` says how it was found."""

    value: float
    low: float
    high: float
    n: int
    basis: Basis


def wilson(yes: float, asked: float, scale: float = 100.0) -> Interval | None:
    """A share with its Wilson score interval (Wilson 1927), in `scale`-ths; None when nobody was asked.

    >>> found = wilson(85, 100)
    >>> round(found.low, 1), round(found.high, 1)
    (76.7, 90.7)
    """
    if not asked or asked != asked or yes != yes:
        return None
    share, spare = yes / asked, SURE**2 / asked
    middle = (share + spare / 2) / (1 + spare)
    half = SURE * math.sqrt(share * (1 - share) / asked + spare / (4 * asked)) / (1 + spare)
    return Interval(scale * share, scale * (middle - half), scale * (middle + half), int(asked), "wilson")


def mean_of_groups(
    total: float, answers: float, sums: pd.Series[float], counts: pd.Series[float],
    within: pd.Series[float] | None = None, top: float = 100.0,
) -> Interval | None:  # fmt: skip
    """The mean total ÷ answers on a scale from 0 to `top`; `sums` and `counts` are those of its groups, where known.

    `within` is a group's count × the variance of its own answers. Where it is known for every group, groups are strata:
    each was asked, none left out, so that only the answers in it are a sample (Cochran 1977, 5.9, without the finite
    correction; Student's t with answers − groups degrees of freedom). Else, from five groups on, the interval comes
    from the spread between them (the linearised variance of a ratio, ibid. 6.3; t with groups − 1), as if the groups
    had been drawn: too wide where all were asked. With fewer it is the widest any such answers could have: a variance
    of at most mean × (top − mean) (Bhatia and Davis 2000). None: no answers.
    """
    if not answers or answers != answers or total != total:
        return None
    mean = total / answers
    known = sums.notna() & counts.notna()
    groups, counted = int(known.sum()), float(counts[known].sum())
    basis: Basis = "widest"
    error, sure = math.sqrt(max(mean * (top - mean), 0.0) / answers), SURE
    if within is not None and groups and counted == answers > groups and within[known].notna().all():
        basis, error = "strata", math.sqrt(max(float(within[known].sum()), 0.0)) / answers
        sure = _student(answers - groups)
    elif groups >= FEWEST_GROUPS:
        apart = (sums - mean * counts)[known].astype("float64")
        basis, error = "groups", math.sqrt(groups / (groups - 1) * float((apart**2).sum())) / counted
        sure = _student(groups - 1)
    return Interval(mean, max(mean - sure * error, 0.0), min(mean + sure * error, top), int(answers), basis)


def _student(degrees: float) -> float:
    """As SURE, for a deviation that is itself estimated with so many degrees of freedom (Student 1908)."""
    return float(stdtrit(degrees, 0.975))


@dataclass(frozen=True)
class Relation:
    """How two measures go together over `n` areas: rank correlation (−1 to 1) with its 95 % interval."""

    rho: float
    low: float
    high: float
    n: int

    @property
    def strength(self) -> Strength:
        """In a word: none where the interval holds 0, else weak below 0.3, moderate below 0.5, strong."""
        if self.low <= 0 <= self.high:
            return "none"
        size = abs(self.rho)
        return "weak" if size < 0.3 else "moderate" if size < 0.5 else "strong"


def relation(x: pd.Series[float], y: pd.Series[float]) -> Relation | None:
    """Spearman's rank correlation of two series of one index; None with fewer than eight pairs or a constant one.

    The interval is Fisher's, its deviation widened for ranks, √((1 + ρ²/2) ÷ (n − 3)) (Bonett and Wright 2000).
    """
    pairs = pd.DataFrame({"x": x, "y": y}).astype("float64").dropna().rank()
    n = len(pairs)
    if n < FEWEST_PAIRS or pairs["x"].nunique() < 2 or pairs["y"].nunique() < 2:
        return None
    rho = float(pairs["x"].corr(pairs["y"]))
    held = math.copysign(min(abs(rho), 1 - 1e-12), rho)
    half = SURE * math.sqrt((1 + held**2 / 2) / (n - 3))
    return Relation(rho, math.tanh(math.atanh(held) - half), math.tanh(math.atanh(held) + half), n)


def locked_breaks(changes: pd.Series[float], step: float) -> tuple[float, float]:
    """Two bounds, small and large, for the size of changes, so that a map of changes keeps its classes.

    Two in five of all sizes given lie below the small one, one in five above the large one; both are whole `step`s.
    """
    sizes = changes.astype("float64").abs().dropna()
    sizes = sizes[sizes > 0]
    if sizes.empty:
        return step, 2 * step
    small, large = (math.ceil(float(sizes.quantile(q)) / step - 1e-9) * step for q in (0.4, 0.8))
    return small, max(large, small + step)


def thirds(given: pd.Series[float]) -> pd.Series[int]:
    """The third each value lies in by rank, 0 the lowest; equal values share one. Missing values are left out."""
    known = given.astype("float64").dropna()
    place = (known.rank(method="average") - 0.5) / max(len(known), 1)
    return (place * 3).clip(upper=2).astype("int64")
