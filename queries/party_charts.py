"""What the Party page charts: the chain, the units that coincide, posts and actions, each summed over areas.

`start` and `end` are the first and the last day of the period: what stands is counted at `end`. `level` is the level of
the areas told apart, `area` itself or one above it.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def party_chain(db: Database, area: str, level: str, end: date) -> pd.DataFrame:
    """One row per area of `level` in `area`, by code, also those without any organisation.

    Columns code, parent, name_zh, name_en, communities, neighbourhoods, committees, with_committee (communities),
    branches, with_branch, groups, with_group (neighbourhoods), households (key Party-member households),
    with_households (neighbourhoods), members (in branches).
    """
    return db.frame("party_chain", area=area, level=level, end=end)


def party_statements(db: Database, area: str) -> pd.DataFrame:
    """One row per kind of unit (grid, residents_group) in `area`: units, without_boundary, coinciding (by overlay),
    only_stated (the register says so, the overlay doesn't), not_stated (the other way round).
    """
    return db.frame("party_statements", area=area)


def party_posts(db: Database, area: str, level: str) -> pd.DataFrame:
    """One row per area of `level` × post (nine officer roles, three forces).

    Columns code, name_zh, name_en, post, posts (one a neighbourhood), filled, members (of a force; else missing).
    """
    return db.frame("party_posts", area=area, level=level)


def party_actions(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per year × action: times, cadres (each cadre is counted at one place a year)."""
    return db.frame("party_actions", area=area, start=start, end=end)
