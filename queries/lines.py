"""Names of the roads and rivers that boundaries run along."""

from __future__ import annotations

import pandas as pd

from queries.run import Database


def line_names(db: Database) -> pd.DataFrame:
    """One row per named road, river or bank, by name: name_zh, name_en."""
    return db.frame("line_names")
