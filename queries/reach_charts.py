"""How far homes are from the nearest service office: by distance, by area and by block."""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def reach_bands(db: Database, area: str) -> pd.DataFrame:
    """One row per band of distance, nearest first: from_m, to_m (null: no end), walk, straight (households).

    The last row, without from_m, holds the households without a way. All offices on record count, whenever opened.
    """
    return db.frame("reach_bands", area=area)


def reach_places(db: Database, area: str, level: str, end: date) -> pd.DataFrame:
    """One row per area of `level` in `area`, by code: code, name_zh, name_en, density (people per km²), households,
    walk and straight (households with an office open at `end` within 500 m), beyond (not on foot), deceptive (near in
    a straight line, not on foot).
    """
    return db.frame("reach_places", area=area, level=level, end=end)


def reach_blocks(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per block of the district, by number: block_id, neighbourhood, households, home_lon, home_lat
    (EPSG:4490), inside (of `area`), covered (an office open at `end` is within a 500 m walk).
    """
    return db.frame("reach_blocks", area=area, end=end)
