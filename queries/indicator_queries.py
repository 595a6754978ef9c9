"""Numerators and denominators of indicators: over a period, month by month and year by year.

A measure is named by its id in `measure_catalogue`; `denominator=None` leaves that column missing. Over a period a flow
is the sum of its months, a stock stands at the last month that has data, a yearly value is that of the period's last
year. Missing is not zero: the extracts hold a zero wherever an office delivered and nothing happened, so what has no
row in the period is unknown and stays missing, as does everything at levels finer than the measure's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from queries.run import Database


def indicator_by_area(
    db: Database, numerator: str, denominator: str | None, level: str, ancestor: str, start: date, end: date
) -> pd.DataFrame:
    """One row per area of `level` inside `ancestor`, by code: code, numerator, denominator (float, NaN where missing).

    `start` and `end` are the period's first and last day (or month's first day): both months count in full.
    """
    return db.frame(
        "indicator_by_area",
        numerator=numerator,
        denominator=denominator,
        level=level,
        ancestor=ancestor,
        start=start,
        end=end,
    )


def indicator_by_code(
    db: Database, numerator: str, denominator: str | None, codes: Sequence[str], start: date, end: date
) -> pd.DataFrame:
    """One row per known code of `codes` (levels may mix), by code, with the columns of `indicator_by_area`."""
    return db.frame(
        "indicator_by_code", numerator=numerator, denominator=denominator, codes=list(codes), start=start, end=end
    )


def indicator_series(
    db: Database, numerator: str, denominator: str | None, codes: Sequence[str], start: date, end: date
) -> pd.DataFrame:
    """One row per code × month from `start` to `end`, by both: code, month, numerator, denominator.

    Only months in which the numerator is known for any area. Flows are each month's own sum, stocks stand as they did
    at the month's end, a yearly value stands in every month of its year.
    """
    return db.frame(
        "indicator_series", numerator=numerator, denominator=denominator, codes=list(codes), start=start, end=end
    )


def indicator_years(db: Database, numerator: str, denominator: str | None, codes: Sequence[str]) -> pd.DataFrame:
    """One row per code × calendar year in which the numerator is known for any area, by both.

    Columns code, year, numerator, denominator; each year counts as `indicator_by_area` counts the period of that year.
    """
    return db.frame("indicator_years", numerator=numerator, denominator=denominator, codes=list(codes))
