"""What every theme of the demonstration records shares: generators, exact sharing-out, draws, dates, identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Dates = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

YEARS = (2018, 2019, 2020)
FIRST_DAY, LAST_DAY = np.datetime64("2018-01-01"), np.datetime64("2020-12-31")
FORMER_GANGZHA = "320611"
# 秦灶 is the office that is behind: late entries since July 2020, and nothing delivered for December.
LATE_OFFICE, LATE_FROM, SILENT_FROM = "320613019", np.datetime64("2020-07-01"), np.datetime64("2020-12-01")
NO_DATE = np.datetime64("NaT", "D")


def generator(seed: int, theme: str) -> np.random.Generator:
    """Return the theme's own generator, so that a change in one theme leaves the others as they are."""
    return np.random.default_rng([seed, crc32(theme.encode())])


def share_out(weights: Floats, total: int) -> Ints:
    """Return integers in proportion to `weights` that sum to `total` (largest remainder)."""
    exact = weights / weights.sum() * total
    parts: Ints = np.floor(exact).astype(np.int64)
    order = np.argsort(parts - exact, kind="stable")
    parts[order[: total - parts.sum()]] += 1
    return parts


def share_out_rows(weights: Floats, totals: Ints) -> Ints:
    """Return integers in proportion to `weights` (rows, columns), each row summing to its total."""
    reached = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    ends = np.round(reached * totals[:, None]).astype(np.int64)
    parts: Ints = np.diff(ends, axis=1, prepend=0)
    return parts


def pick(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Return `count` positions drawn with replacement in proportion to `weights`."""
    ends = np.cumsum(weights) / weights.sum()
    found = np.searchsorted(ends, rng.random(count), side="right")
    return np.minimum(found, len(weights) - 1).astype(np.int64)


def pick_distinct(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Return `count` different positions, ascending, the heavier the likelier (exponential keys)."""
    keys = rng.exponential(size=len(weights)) / np.maximum(weights, 1e-12)
    return np.sort(np.argsort(keys, kind="stable")[:count])


def pick_columns(rng: np.random.Generator, chances: Floats) -> Ints:
    """Return one column per row, drawn in proportion to the row's chances."""
    ends = np.cumsum(chances, axis=1)
    drawn = rng.random(len(chances)) * ends[:, -1]
    found: Ints = np.minimum((drawn[:, None] >= ends).sum(axis=1), chances.shape[1] - 1).astype(np.int64)
    return found


def choose(rng: np.random.Generator, shares: dict[str, float], count: int) -> Texts:
    """Return `count` keys of `shares`, drawn in proportion to their values."""
    names = np.array(list(shares), dtype=object)
    return names[pick(rng, np.array(list(shares.values()), dtype=float), count)]


def serials(prefix: str, count: int, width: int = 5) -> Texts:
    """Return identifiers `prefix` + running number from 1."""
    return np.array([f"{prefix}{i:0{width}d}" for i in range(1, count + 1)], dtype=object)


def numbered(names: Texts) -> Texts:
    """Return the names, a number in brackets added to the second and later of equal ones."""
    series = pd.Series(names, dtype=object)
    again = series.groupby(series).cumcount().to_numpy()
    return np.array(
        [name if i == 0 else f"{name}（{i + 1}）" for name, i in zip(names, again, strict=True)], dtype=object
    )


def days_between(rng: np.random.Generator, first: str, last: str, count: int, lean: float = 1.0) -> Dates:
    """Return `count` days from `first` to `last`; `lean` above 1 leans towards the last."""
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D")
    span = (end - start).astype(int) + 1
    days: Dates = start + np.floor(span * rng.random(count) ** (1 / lean)).astype("timedelta64[D]")
    return days


def drawn_days(rng: np.random.Generator, weights: Floats, year: int, count: int) -> Dates:
    """Return `count` days of `year`, ascending, drawn in proportion to one weight a day."""
    return np.datetime64(f"{year}-01-01", "D") + np.sort(pick(rng, weights, count)).astype("timedelta64[D]")


def days_of(year: int) -> Dates:
    """Return every day of the year."""
    days: Dates = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    return days


def standard(values: Floats) -> Floats:
    """Return the values with mean 0 and standard deviation 1."""
    scaled: Floats = (values - values.mean()) / (values.std() or 1.0)
    return scaled


def logistic(values: Floats) -> Floats:
    """Return 1 / (1 + e^-x)."""
    chances: Floats = 1 / (1 + np.exp(-values))
    return chances


def draw_flags(rng: np.random.Generator, chances: Floats, total: int) -> Bools:
    """Return flags of which exactly `total` are set, drawn without replacement by their odds."""
    flags = np.zeros(len(chances), dtype=bool)
    flags[pick_distinct(rng, chances / np.maximum(1 - chances, 1e-3), total)] = True
    return flags


def texts(values: Sequence[str]) -> Texts:
    """Return an array of Python strings that can be indexed by an array of positions."""
    return np.array(values, dtype=object)
