"""How far back and how far on each table of a data version reaches."""

from __future__ import annotations

import pandas as pd

from queries.run import Database


def table_dates(db: Database) -> pd.DataFrame:
    """One row per dated table, by name: table_name, first_date, last_date (NaT where the table is empty).

    A yearly table reaches from 1 January of its first to 31 December of its last year.
    """
    return db.frame("table_dates")


def delivery_freshness(db: Database, area: str) -> pd.DataFrame:
    """One row per table delivered month by month × subdistrict in `area` that has any row of it.

    Columns table_name, subdistrict, first_date, last_date, month_count (months with rows), row_count.
    """
    return db.frame("delivery_freshness", area=area)
