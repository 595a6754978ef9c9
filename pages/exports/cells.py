"""How a table's cells are written on paper, and how wide its columns are."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pandas as pd

from data.spreadsheets import Figure, decimals_of
from pages.parts.charts import width_of
from pages.parts.words import NOTHING, number, signed, t

NARROWEST, WIDEST = 9, 44
YEARS = (1900, 2200)
BOLD = 1.15  # a heading's letters are wider than a cell's


def shown_cell(value: Any, decimals: int | None = None) -> str:
    """The words of a cell: numbers with separators, days without hours, a dash for nothing.

    `decimals` are those of its column; without them a number has as many as it needs.
    """
    if value is None or value is pd.NaT or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return NOTHING
    if isinstance(value, bool):
        return t("common.yes" if value else "common.no")
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, str):
        return value
    if isinstance(value, Figure):
        words = (signed if value.signed else number)(value.value, value.decimals)
        return f"{value.before}{words}{value.after}"
    decimals = decimals_of([value]) if decimals is None else decimals
    year = decimals == 0 and YEARS[0] <= float(value) <= YEARS[1]
    return str(int(value)) if year else number(float(value), decimals)


def words_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in words, the numbers of a column with as many decimals as its first to need most of them."""
    columns = [frame.iloc[:, place] for place in range(len(frame.columns))]
    told = [[shown_cell(v, decimals) for v in each] for each in columns for decimals in [decimals_of(each)]]
    return pd.DataFrame(dict(enumerate(told)), index=frame.index, dtype=object).set_axis(frame.columns, axis=1)


def is_numeric(values: pd.Series[Any]) -> bool:
    """Whether a column's numbers stand right-aligned, words among them too."""
    plain = bool(pd.api.types.is_numeric_dtype(values)) and not pd.api.types.is_bool_dtype(values)
    return plain or any(isinstance(value, Figure) for value in values)


def widths(frame: pd.DataFrame) -> list[float]:
    """Share of the whole width of each column of words or values, by what stands in it."""
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
    """A frame of words cut to `most` rows: of a longer one both ends, with a row of dots between."""
    if len(frame) <= most:
        return frame
    half = (most - 1) // 2
    gap = pd.DataFrame([["⋯"] * len(frame.columns)], columns=frame.columns)
    tail = frame.tail(most - 1 - half)
    return pd.concat([frame.head(half), gap, tail], ignore_index=True)
