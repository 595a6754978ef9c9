"""How good deliveries are, by subdistrict: how complete, recent, prompt and full; a score with its parts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

TABLES = ("event", "service_project", "case", "deliberation", "volunteering")
"""Tables that offices deliver month by month, as queries.freshness.delivered names them."""
PARTS = ("complete", "recent", "prompt", "full")
LATE_MONTHS = 1
"""A table whose last row lies this many months before the month in which the data end no longer comes in."""


def scores(rows: pd.DataFrame, measures: pd.DataFrame, codes: list[str], until: date) -> pd.DataFrame:
    """One row per subdistrict of `codes`, indexed by code: the four parts and their mean as `score`, each 0 to 1.

    `rows`: those of queries.freshness.delivered that are of TABLES, their `office` named subdistrict. `measures`:
    measure, code, value of events, events_counted and
    events_recorded_in_time. complete: months with rows, of all months from the district's first to the end of the data,
    mean over all of TABLES; one that nobody has delivered counts 0. recent: of all of TABLES, those that have rows in
    the last month of the data. prompt: events recorded within seven
    days. full: events whose attendance was counted. NaN where nothing is known; the score is the mean of what is known.
    """
    found = pd.DataFrame(index=pd.Index(codes, name="code"), columns=list(PARTS), dtype=float)
    expected = _expected(rows, until)
    months = _wide(rows, "month_count", codes)
    if expected.sum():
        found["complete"] = (months / expected).clip(upper=1).mean(axis=1)
        found["recent"] = (_age(rows, codes, until) < LATE_MONTHS).mean(axis=1)
    values = measures.pivot_table(index="code", columns="measure", values="value", aggfunc="sum").reindex(codes)
    for part, measure in (("prompt", "events_recorded_in_time"), ("full", "events_counted")):
        if {measure, "events"} <= set(values.columns):
            found[part] = values[measure] / values["events"].where(values["events"] > 0)
    found["score"] = found[list(PARTS)].mean(axis=1)
    return found


def _wide(rows: pd.DataFrame, column: str, codes: list[str]) -> pd.DataFrame:
    """Subdistrict × table; 0 where nothing came in."""
    wide = rows.pivot_table(index="subdistrict", columns="table_name", values=column, aggfunc="sum")
    return wide.reindex(index=codes, columns=list(TABLES)).fillna(0)


def _expected(rows: pd.DataFrame, until: date) -> pd.Series:
    """Months a table could have had, from its first row anywhere to the end of the data, at least one.

    A table without rows is due since the first row of any; 0 where there are no rows at all.
    """
    first = pd.to_datetime(rows.groupby("table_name")["first_date"].min()).reindex(list(TABLES))
    first = first.fillna(first.min())
    whole = (until.year - first.dt.year) * 12 + until.month - first.dt.month + 1
    return whole.clip(lower=1).fillna(0)


def _age(rows: pd.DataFrame, codes: list[str], until: date) -> pd.DataFrame:
    """Subdistrict × table: whole months from the last row to the end of the data, infinite where there is no row."""
    last = pd.to_datetime(rows["last_date"])
    months = (until.year - last.dt.year) * 12 + until.month - last.dt.month
    aged = rows.assign(age=months).pivot_table(index="subdistrict", columns="table_name", values="age", aggfunc="min")
    return aged.reindex(index=codes, columns=list(TABLES)).fillna(np.inf)


def stopped(rows: pd.DataFrame, codes: list[str], until: date) -> list[tuple[str, str, pd.Timestamp | None]]:
    """(subdistrict, table, last date) of every table that no longer comes in, the longest silence first."""
    pairs = zip(rows["subdistrict"].astype(str), rows["table_name"].astype(str), strict=True)
    known = dict(zip(pairs, pd.to_datetime(rows["last_date"]), strict=True))
    ages = _age(rows, codes, until)
    late = [(age, code, table) for table in TABLES for code, age in ages[table].items() if age >= LATE_MONTHS]
    return [(str(code), table, known.get((str(code), table))) for age, code, table in sorted(late, key=lambda e: -e[0])]
