"""What the services page charts: teams, reach, projects, money, organisations and places, each summed over one area.

`start` and `end` are the first and the last day of the period: what stands is counted at `end`, what happens between
both. Give as `end` no day beyond the data. An area without any gets no row unless a docstring says otherwise.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def services_team_shapes(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per team kind × members_from (0, 10, 20, 30 people) × years_from (0, 1, 3, 5 years old): and teams."""
    return db.frame("services_team_shapes", area=area, end=end)


def services_reach(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per neighbourhood in `area`, by code, also those no team serves.

    Columns code, name_zh, name_en, community, subdistrict, households, people, teams, and the teams of each kind:
    assistance, elderly_children, culture_sport, local.
    """
    return db.frame("services_reach", area=area, end=end)


def services_projects(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per month × kind with completed projects.

    Columns month, kind, projects, door_to_door, reported (projects that report beneficiaries), beneficiaries (of those,
    person-times; null if none reports).
    """
    return db.frame("services_projects", area=area, start=start, end=end)


def services_funds(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per fund whose payers lie in `area`: fund, payers, years (of the budget), planned, spent (CNY)."""
    return db.frame("services_funds", area=area, start=start, end=end)


def services_micro_projects(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per state of the micro-projects begun in the period.

    Columns state, projects, reported (those that report spending), planned, planned_reported (the plans of those),
    spent (CNY).
    """
    return db.frame("services_micro_projects", area=area, start=start, end=end)


def services_organisations(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per day (2013-01-01, then each year's end, last of all `end`) × scope: day, scope, organisations."""
    return db.frame("services_organisations", area=area, end=end)


def services_ventures(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per year with venture-philanthropy projects: year, projects, funds (CNY), beneficiaries (times)."""
    return db.frame("services_ventures", area=area, end=end)


def services_points(db: Database, area: str, level: str, end: date) -> pd.DataFrame:
    """One row per area of `level` in `area`, by code, also those without any point.

    Columns code, name_zh, name_en, neighbourhoods, households, offices, with_office (neighbourhoods that hold one),
    stations, lawyer_points, with_lawyer (neighbourhoods that hold a lawyer point).
    """
    return db.frame("services_points", area=area, level=level, end=end)


def services_brands(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per named brand, most teams first.

    Columns brand, kind, teams, members, neighbourhoods (served), projects, beneficiaries (null if none reports).
    """
    return db.frame("services_brands", area=area, start=start, end=end)
