"""Areas: all of them, the way up from one and what lies inside one."""

from __future__ import annotations

import pandas as pd

from queries.run import Database


def areas(db: Database) -> pd.DataFrame:
    """One row per area of any level (about 1,260), coarse to fine, then by code; the columns of extract `area`.

    Areas in km², lon and lat in degrees EPSG:4490; `parent` is missing for the district, and is the district for zones
    and former districts.
    """
    return db.frame("areas")


def area_path(db: Database, code: str) -> pd.DataFrame:
    """One row per step from the district down to `code` itself: code, level, name_zh, name_en, step (0 = the district).

    The way goes up by `parent`; no rows for an unknown code.
    """
    return db.frame("area_path", code=code)


def children(db: Database, code: str, level: str) -> pd.DataFrame:
    """One row per area of `level` inside `code` (also a zone or former district), by code; columns of `areas`."""
    return db.frame("children", code=code, level=level)
