"""Numerators and denominators of indicators: over a period, month by month and year by year.

A measure is named by its id in `measure_catalogue`; `denominator=None` leaves that column missing. Over a period a flow
is the sum of its months, a stock stands at the last month that has data, a yearly value is that of the period's last
year. Missing is not zero: a flow without a row is 0 where it was being recorded (from January of the year of its first
row to the end of the data) and missing outside; everything is missing at levels finer than the measure's own.
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
    """One row per code × month from `start` to `end` within the data: code, month, numerator, denominator.

    Ordered by code and month. Flows are each month's own sum; stocks and yearly values stand as they did in that month.
    """
    return db.frame(
        "indicator_series", numerator=numerator, denominator=denominator, codes=list(codes), start=start, end=end
    )


def indicator_years(db: Database, numerator: str, denominator: str | None, codes: Sequence[str]) -> pd.DataFrame:
    """One row per code × calendar year of the data, by code and year: code, year, numerator, denominator.

    Each year is the period from January to December (or to the data's last month in the last year).
    """
    return db.frame("indicator_years", numerator=numerator, denominator=denominator, codes=list(codes))
