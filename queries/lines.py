"""Names of the roads, rivers and landmarks that boundaries run along."""

from __future__ import annotations

import pandas as pd

from queries.run import Database


def line_names(db: Database) -> pd.DataFrame:
    """One row per named road, river, bank or landmark, by name: name_zh, name_en."""
    return db.frame("line_names")
