"""Two values at once: thirds of the one crossed with thirds of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from queries.indicators import MISSING


@dataclass(frozen=True)
class Crossed:
    """`index`: code -> 3 × third of the second value + third of the first (MISSING where one is missing); the breaks
    of both.
    """

    index: pd.Series[int]
    first: tuple[float, float]
    second: tuple[float, float]


def crossed(first: pd.Series[float], second: pd.Series[float]) -> Crossed:
    """Cross the thirds of two values of the same areas; equal values stay in one third."""
    second = second.reindex(first.index)
    known = first.notna() & second.notna()
    breaks = [_thirds(values[known]) for values in (first, second)]
    third = [
        np.searchsorted(cut, values.fillna(0), side="left") for cut, values in zip(breaks, (first, second), strict=True)
    ]
    index = pd.Series(3 * third[1] + third[0], index=first.index).where(known, MISSING).astype(int)
    return Crossed(index, breaks[0], breaks[1])


def _thirds(values: pd.Series[float]) -> tuple[float, float]:
    """The values at which the second and the last third begin to be exceeded."""
    if values.empty:
        return (0.0, 0.0)
    low, high = np.quantile(values, [1 / 3, 2 / 3], method="inverted_cdf")
    return float(low), float(high)
