"""What the extracts hold: measures, published figures and tables."""

from __future__ import annotations

import pandas as pd

from queries.run import Database


def measures(db: Database) -> pd.DataFrame:
    """One row per measure, by name: measure, behaviour (flow, stock, yearly), grain_level, first/last_month, rows."""
    return db.frame("measures")


def published(db: Database) -> pd.DataFrame:
    """One row per figure the report publishes, in the report's order.

    Columns id, theme, name_zh, name_en, value, bound, unit, period, check, section, ours, met (missing for constants).
    """
    return db.frame("published")


def tables(db: Database) -> pd.DataFrame:
    """One row per extract table of this version, by name: table, rows."""
    return db.frame("tables")
