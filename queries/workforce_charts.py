"""What the workforce page charts; counts of community social workers, never a person.

Staffing is counted on 31 December by community: the last year not after `end` stands. A neighbourhood has none of its
own, only the share of posted workers that serves it.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def workforce_years(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per year × dimension × category: year, dimension, category, workers (dimension age_sum: years)."""
    return db.frame("workforce_years", area=area, end=end)


def workforce_places(db: Database, area: str, level: str, end: date) -> pd.DataFrame:
    """One row per area of `level` (community or coarser) in `area`, by code.

    Columns code, name_zh, name_en, year, neighbourhoods, households, people, workers, posted (to neighbourhoods),
    certified, examined, promoted, cases (received in that year).
    """
    return db.frame("workforce_places", area=area, level=level, end=end)


def workforce_neighbourhoods(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per amount of posted workers: workers (full-time equivalents), year, neighbourhoods that have so many."""
    return db.frame("workforce_neighbourhoods", area=area, end=end)
