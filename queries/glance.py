"""Small summaries of one area for its profile, and the series behind their charts.

`start` and `end` are the first and the last day of the period. Counts of what stands (organisations, teams) are taken
at `end`, counts of what happens between both. An area without any gets zeros; what is kept only by community is missing
at neighbourhood level.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def glance_party(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row: the Party chain standing in `area` at `end`.

    Columns committees, branches, groups, households (key Party-member households), neighbourhoods, covered (of them
    with a branch), coverage (share 0–1), members (in branches), established (branches established in the period).
    `committees` is missing for a neighbourhood.
    """
    return db.frame("glance_party", area=area, start=start, end=end)


def glance_teams(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per team kind (assistance, elderly_children, culture_sport, local), in that order.

    Columns kind, teams, members (standing at `end`), projects, door_to_door, beneficiaries (completed in the period).
    """
    return db.frame("glance_teams", area=area, start=start, end=end)


def glance_events(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per event kind hosted in `area` in the period, most attended first.

    Columns kind, events, attendances, and the events under each brand: neighbourhood_visiting, four_seasons, integrity.
    """
    return db.frame("glance_events", area=area, start=start, end=end)


def chart_events(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per month of the period × event kind occurring in it: month, kind, events, attendances (0 where none)."""
    return db.frame("chart_events", area=area, start=start, end=end)


def chart_attendance_age_sex(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per age band × sex of those attending who live in `area` (community or above), in the period's years.

    Columns age_band, sex, attendances, first_time (attendances of people who came for the first time).
    """
    return db.frame("chart_attendance_age_sex", area=area, start=start, end=end)


def chart_attendance_flow(db: Database, area: str, start: date, end: date, limit: int = 20) -> pd.DataFrame:
    """One row per pair of different communities with `area` holding either, most attendances first.

    Columns host, host_zh, host_en, home, home_zh, home_en, attendances; in the period's years.
    """
    return db.frame("chart_attendance_flow", area=area, start=start, end=end, limit=limit)


def case_summary(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per channel with matters received in the period, and one row `all` first.

    Columns channel, received, closed, open, repeats, in_neighbourhood (settled there), median_hours_to_dispatch and
    median_hours_to_close (of those dispatched or closed; NaN if none).
    """
    return db.frame("case_summary", area=area, start=start, end=end)


def chart_cases(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per month × category with matters received: month, category, received, closed."""
    return db.frame("chart_cases", area=area, start=start, end=end)


def workforce_summary(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per dimension × category of the staffing counts in the last year not after `end`; community and above.

    Columns year, dimension, category, workers (dimension age_sum: years), total (workers of that year).
    No rows for a neighbourhood: staffing is counted by community.
    """
    return db.frame("workforce_summary", area=area, end=end)
