"""How sure a figure from a sample is, and how two measures go together: pure arithmetic, no data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd

SURE = 1.959964  # a normal value lies within so many deviations of its mean in 95 of 100 cases
FEWEST_GROUPS = 5  # with fewer, the spread between groups says little
FEWEST_PAIRS = 8

Basis = Literal["wilson", "groups", "widest"]
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
    total: float, answers: float, sums: pd.Series[float], counts: pd.Series[float], top: float = 100.0
) -> Interval | None:
    """The mean total ÷ answers on a scale from 0 to `top`; `sums` and `counts` are those of its groups, where known.

    From five groups on, the interval comes from the spread between them (the linearised variance of a ratio, Cochran
    1977, 6.3), so that people of one place who think alike are not counted as independent. With fewer it is the widest
    any such answers could have: a variance of at most mean × (top − mean) (Bhatia and Davis 2000). None: no answers.
    """
    if not answers or answers != answers or total != total:
        return None
    mean = total / answers
    known = sums.notna() & counts.notna()
    groups = int(known.sum())
    if groups >= FEWEST_GROUPS:
        apart = (sums - mean * counts)[known].astype("float64")
        error = math.sqrt(groups / (groups - 1) * float((apart**2).sum())) / float(counts[known].sum())
    else:
        error = math.sqrt(max(mean * (top - mean), 0.0) / answers)
    low, high = max(mean - SURE * error, 0.0), min(mean + SURE * error, top)
    return Interval(mean, low, high, int(answers), "groups" if groups >= FEWEST_GROUPS else "widest")


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
