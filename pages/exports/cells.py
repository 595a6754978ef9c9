"""How a table's cells are written on paper, and how wide its columns are."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pandas as pd

from pages.parts.charts import width_of
from pages.parts.words import NOTHING, number, t

NARROWEST, WIDEST = 9, 44
YEARS = (1900, 2200)
BOLD = 1.15  # a heading's letters are wider than a cell's


def shown_cell(value: Any) -> str:
    """The words of a cell: numbers with separators, days without hours, a dash for nothing."""
    if value is None or value is pd.NaT or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return NOTHING
    if isinstance(value, bool):
        return t("common.yes" if value else "common.no")
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, str):
        return value
    if float(value).is_integer():
        whole = int(value)
        return str(whole) if YEARS[0] <= whole <= YEARS[1] else number(whole)
    decimals = 1 if abs(float(value)) >= 10 or round(float(value), 1) == round(float(value), 4) else 2
    return number(float(value), decimals)


def is_numeric(values: pd.Series[Any]) -> bool:
    """Whether a column's numbers stand right-aligned."""
    return bool(pd.api.types.is_numeric_dtype(values)) and not pd.api.types.is_bool_dtype(values)


def widths(frame: pd.DataFrame) -> list[float]:
    """Share of the whole width of each column, by what stands in it."""
    found = needed(frame)
    return [each / sum(found) for each in found]


def needed(frame: pd.DataFrame) -> list[int]:
    """Half-width characters that each column takes: its cells on one line, its heading broken between words."""
    found = []
    for place in range(len(frame.columns)):
        heads = [math.ceil(BOLD * width_of(word)) for word in str(frame.columns[place]).split()]
        words = [width_of(shown_cell(v)) for v in frame.iloc[:60, place]]
        found.append(min(max(max([*heads, *words], default=0) + 2, NARROWEST), WIDEST))
    return found


def few_rows(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The frame cut to `most` rows: of a longer one both ends, with a row of dots between."""
    if len(frame) <= most:
        return frame
    half = (most - 1) // 2
    gap = pd.DataFrame([["⋯"] * len(frame.columns)], columns=frame.columns)
    tail = frame.tail(most - 1 - half)
    return pd.concat([frame.head(half).map(shown_cell), gap, tail.map(shown_cell)], ignore_index=True)
