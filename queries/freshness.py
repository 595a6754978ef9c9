"""How far back and how far on each table of a data version reaches."""

from __future__ import annotations

import pandas as pd

from queries.run import Database


def table_dates(db: Database) -> pd.DataFrame:
    """One row per dated table, by name: table_name, first_date, last_date (NaT where the table is empty).

    A yearly table reaches from 1 January of its first to 31 December of its last year.
    """
    return db.frame("table_dates")


def delivered(db: Database) -> pd.DataFrame:
    """One row per record table × subdistrict that has any row of it.

    Columns table_name, office (subdistrict; the district's code for its own rows, "" where the table knows no places),
    first_date, last_date (NaT for a table without dates), month_count (months with rows), row_count.
    """
    return db.frame("delivered")
