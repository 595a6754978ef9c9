"""Pure arithmetic of indicators: values, comparison, standing among others, similar areas, classes for a map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from queries.periods import Period, compare_period

__all__ = [
    "MISSING",
    "ZERO",
    "Classes",
    "Comparison",
    "Period",
    "Standing",
    "assign",
    "classes",
    "compare",
    "compare_period",
    "judgement_of",
    "likeness",
    "peers",
    "quotients",
    "ranking",
    "rounded",
    "standing",
    "standing_of",
    "value",
    "values",
    "verdict_of",
]

Direction = Literal["up", "down", "none"]
Verdict = Literal["higher", "similar", "lower"]
Judgement = Literal["better", "worse", "neutral"]
Method = Literal["quantile", "natural"]

Numbers = npt.NDArray[np.float64]

SIMILAR_BY = ("people", "density", "households_per_building", "collective_share", "area_km2")
MISSING, ZERO = -1, -2


def value(numerator: float | None, denominator: float | None, scale: float = 1.0) -> float | None:
    """Scale × numerator ÷ denominator; None when either is missing or the denominator is 0.

    >>> value(30, 1000, 1000)
    30.0
    """
    if _missing(numerator) or _missing(denominator) or denominator == 0:
        return None
    return scale * float(numerator or 0) / float(denominator or 1)


def values(frame: pd.DataFrame, scale: float = 1.0, *, ratio: bool = True) -> pd.Series[float]:
    """`value` for each row of a frame with columns numerator and denominator, same index; NaN where there is none.

    With `ratio=False` (an indicator without a denominator) it is scale × numerator.
    """
    below = _numbers(frame["denominator"]) if ratio else None
    found = quotients(_numbers(frame["numerator"]), below, scale)
    return pd.Series(found, index=frame.index, name="value", dtype="float64")


def quotients(numerator: Numbers, denominator: Numbers | None = None, scale: float = 1.0) -> Numbers:
    """`value` for numbers side by side, NaN where there is none; without denominators scale × numerator."""
    if denominator is None:
        return numerator * scale
    return numerator * scale / np.where(denominator == 0, np.nan, denominator)


def _numbers(given: pd.Series[Any]) -> Numbers:
    return given.to_numpy(dtype="float64", na_value=np.nan)


def _missing(number: float | None) -> bool:
    return number is None or pd.isna(number)


@dataclass(frozen=True)
class Comparison:
    """One value against another: `difference` in its unit, `ratio` = difference ÷ |other| (None when other is 0)."""

    value: float
    other: float
    difference: float
    ratio: float | None
    verdict: Verdict
    judgement: Judgement


def compare(
    ours: float | None, other: float | None, direction: Direction = "none", tolerance: float = 0.0
) -> Comparison | None:
    """How `ours` stands to `other`: similar when they differ by at most `tolerance`; None when either is missing."""
    if ours is None or other is None or _missing(ours) or _missing(other):
        return None
    difference = ours - other
    verdict = verdict_of(difference, tolerance)
    ratio = difference / abs(other) if other else None
    return Comparison(ours, other, difference, ratio, verdict, judgement_of(verdict, direction))


def verdict_of(difference: float, tolerance: float) -> Verdict:
    """Higher, lower, or similar when the difference is within the tolerance (plus a thousand-millionth part of it)."""
    if abs(difference) <= tolerance * (1 + 1e-9):
        return "similar"
    return "higher" if difference > 0 else "lower"


def judgement_of(verdict: Verdict, direction: Direction) -> Judgement:
    """Whether the verdict is good news: neutral when similar or when the indicator has no good direction."""
    if verdict == "similar" or direction == "none":
        return "neutral"
    return "better" if (verdict == "higher") == (direction == "up") else "worse"


@dataclass(frozen=True)
class Standing:
    """One area among its fellows: rank 1 is the best (the highest where none is good); `ties` others share the rank."""

    value: float
    rank: int
    of: int
    ties: int
    median: float
    mad: float
    difference: float
    verdict: Verdict
    judgement: Judgement


def standing(frame: pd.DataFrame, code: str, direction: Direction = "none") -> Standing | None:
    """The standing of `code` in a frame with columns code and value; areas without a value are left out.

    Compared with the median of all others and itself, the tolerance being one median absolute deviation.
    None when `code` is not in the frame or has no value.
    """
    everyone = _numbers(frame["value"])
    mine = everyone[(frame["code"] == code).to_numpy(dtype=bool)]
    return standing_of(float(mine[0]), everyone, direction) if len(mine) else None


def standing_of(ours: float, everyone: Numbers, direction: Direction = "none") -> Standing | None:
    """The standing of one value among all (itself included), as `standing`; None when it is NaN."""
    if ours != ours:
        return None
    known = everyone[~np.isnan(everyone)]
    median = float(np.median(known))
    mad = float(np.median(np.abs(known - median)))
    verdict = verdict_of(ours - median, mad)
    ahead = int((known < ours).sum() if direction == "down" else (known > ours).sum())
    ties = int((known == ours).sum()) - 1
    return Standing(
        ours, ahead + 1, len(known), ties, median, mad, ours - median, verdict, judgement_of(verdict, direction)
    )


def ranking(frame: pd.DataFrame, direction: Direction = "none") -> pd.DataFrame:
    """The frame (columns code and value) best first, with a column rank (Int64, shared by ties); missing values last.

    Best is the lowest for direction `down`, else the highest; equal values keep the order of their codes.
    """
    ascending = direction == "down"
    rank = frame["value"].rank(method="min", ascending=ascending).astype("Int64")
    return (
        frame.assign(rank=rank)
        .sort_values(["value", "code"], ascending=[ascending, True], na_position="last", kind="stable")
        .reset_index(drop=True)
    )


def peers(areas: pd.DataFrame, code: str, k: int = 8) -> list[str]:
    """Codes of the `k` areas of the same level most like `code`, nearest first; [] when it has no fellows.

    Nearest by the straight distance over people, people per km², households per building, share of collective
    population and km², each on a log scale (the share as it is) and standardised over the level; another kind (urban,
    rural, resettlement) counts as one more such difference, of two standard deviations.
    """
    nearest = likeness(areas, code).rename("distance").reset_index().sort_values(["distance", "code"])
    return [str(fellow) for fellow in nearest["code"].head(k)]


def likeness(areas: pd.DataFrame, code: str) -> pd.Series[float]:
    """How unlike `code` each other area of its level is (0 = the same), by code: the distance `peers` goes by."""
    known = areas.set_index("code")
    if code not in known.index:
        return pd.Series(dtype="float64", index=pd.Index([], name="code"))
    level = known[known["level"] == known.at[code, "level"]]
    features = _standardised(_features(level))
    distance = ((features - features.loc[code]) ** 2).sum(axis=1)
    distance += 4.0 * (level["kind"].fillna("") != (level["kind"].fillna("").at[code]))
    return distance.drop(code).pow(0.5)


def _features(level: pd.DataFrame) -> pd.DataFrame:
    people = level["people"].astype("float64").clip(lower=1)
    km2 = level["area_km2"].astype("float64").clip(lower=1e-4)
    homes = level["households"].astype("float64").clip(lower=1) / level["buildings"].astype("float64").clip(lower=1)
    columns = (np.log(people), np.log(people / km2), np.log(homes), level["collective"] / people, np.log(km2))
    return pd.DataFrame(dict(zip(SIMILAR_BY, columns, strict=True)), index=level.index)


def _standardised(features: pd.DataFrame) -> pd.DataFrame:
    spread = features.std(ddof=0)
    return (features - features.mean()) / spread.where(spread > 0, 1.0)


@dataclass(frozen=True)
class Classes:
    """Classes for a map: `breaks` are the upper bounds of the k classes (the last is the greatest value).

    `index` has the class of each value, 0 the lowest, in the order given; MISSING (-1) and ZERO (-2) are no classes.
    """

    breaks: tuple[float, ...]
    index: pd.Series[int]

    @property
    def k(self) -> int:
        """The number of classes, which may be fewer than asked for when values repeat."""
        return len(self.breaks)


def classes(given: pd.Series[float], method: Method = "quantile", k: int = 5) -> Classes:
    """At most `k` classes of equal counts (quantile) or of least spread inside each (natural, Fisher–Jenks).

    Missing values and zeros stand apart and do not move the breaks; the index of the result is the one given.
    """
    numbers = given.astype("float64")
    filled = numbers[numbers.notna() & (numbers != 0)]
    return assign(given, _breaks(filled, method, k))


def assign(given: pd.Series[float], breaks: tuple[float, ...]) -> Classes:
    """The values in classes whose breaks are fixed (to compare two maps); beyond the last break is the last class."""
    numbers = given.astype("float64")
    index = np.searchsorted(np.asarray(breaks), numbers.to_numpy(), side="left").clip(max=max(len(breaks) - 1, 0))
    index = np.where(numbers == 0, ZERO, index)
    index = np.where(numbers.isna(), MISSING, index)
    return Classes(breaks, pd.Series(index, index=given.index, dtype="int64", name="class"))


def _breaks(filled: pd.Series[float], method: Method, k: int) -> tuple[float, ...]:
    distinct = filled.nunique()
    if distinct <= k:
        return tuple(float(number) for number in np.sort(filled.unique()))
    if method == "natural":
        found = _natural(np.sort(filled.to_numpy()), k)
    else:
        # Breaks are values that occur, so that no class between two equal stretches of values stays empty.
        found = np.quantile(filled.to_numpy(), np.arange(1, k + 1) / k, method="lower")
    return tuple(float(number) for number in np.unique(found))


def _natural(ordered: Numbers, k: int) -> Numbers:
    """Greatest value of each of `k` classes whose squared distances to the class means are least (Fisher 1958, exact).

    By dynamic programming over the ordered values, in numpy: 1,074 values take about 40 ms, where a compiled library
    would take some seconds before its first answer.
    """
    around = ordered - ordered.mean()
    sums, squares = np.append(0.0, around.cumsum()), np.append(0.0, (around**2).cumsum())
    best = squares[1:] - sums[1:] ** 2 / np.arange(1, len(ordered) + 1)  # of the first 1, 2, … values in one class
    starts: list[list[int]] = []
    for before in range(1, k):  # and now in one class more: where does the last class best start?
        cost, start = np.full_like(best, np.inf), [0] * len(ordered)
        for end in range(before, len(ordered)):
            first = np.arange(before, end + 1)
            spread = squares[end + 1] - squares[first] - (sums[end + 1] - sums[first]) ** 2 / (end + 1 - first)
            total = best[first - 1] + spread
            start[end] = before + int(total.argmin())
            cost[end] = total.min()
        best = cost
        starts.append(start)
    uppers = [len(ordered) - 1]
    for start in reversed(starts):
        uppers.append(start[uppers[-1]] - 1)
    return ordered[uppers[::-1]]


def rounded(number: float, digits: int) -> float:
    """The number rounded half away from zero, as people do it (Python rounds half to even).

    >>> rounded(2.5, 0)
    3.0
    """
    shifted = abs(number) * 10**digits
    return math.copysign(math.floor(shifted + 0.5 + 1e-9) / 10**digits, number)
