"""What the information page charts: matters by step, channel, category and place, and who is posted to neighbourhoods.

`start` and `end` are the first and the last day of the period in which a matter was received. Hours are by the clock;
medians and nine-in-ten values (p90) are exact, and missing where nothing was closed. Nothing here traces a person.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def information_stages(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per step, in order: received, analysed, dispatched, handled, closed, and whole (from first to last).

    Columns stage, reached (matters that got so far by now), median_hours and p90_hours (from the step before; null for
    received).
    """
    return db.frame("information_stages", area=area, start=start, end=end)


def information_channels(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per channel with matters, most first: channel, received, closed, repeats, median_hours, p90_hours."""
    return db.frame("information_channels", area=area, start=start, end=end)


def information_categories(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per category with matters, most first.

    Columns category, received, closed, repeats, the closed ones by the level that settled them (neighbourhood,
    community, subdistrict, district), median_hours, p90_hours.
    """
    return db.frame("information_categories", area=area, start=start, end=end)


def information_places(db: Database, area: str, level: str, start: date, end: date) -> pd.DataFrame:
    """One row per area of `level` in `area`, by code, also those without matters.

    Columns code, name_zh, name_en, neighbourhoods, received, closed, repeats, settled (in the neighbourhood),
    median_dispatch_hours, median_hours, p90_hours.
    """
    return db.frame("information_places", area=area, level=level, start=start, end=end)


def information_open(db: Database, area: str, end: date, as_of: date) -> pd.DataFrame:
    """One row per category with matters received until `end` and open on the evening of `as_of` (the last day of data).

    Columns category, usual_hours (nine in ten matters of the category in the whole district were closed within), open,
    overdue (of them waiting longer than that), longest_hours; most overdue first.
    """
    return db.frame("information_open", area=area, end=end, as_of=as_of)


def information_repeats(db: Database, area: str, start: date, end: date, limit: int = 10) -> pd.DataFrame:
    """One row per matter that came again in the period, most repeated first.

    Columns case_id (the first), category, neighbourhood, area_zh, area_en, repetitions, first_received_at,
    last_received_at, total (how many such matters there are).
    """
    return db.frame("information_repeats", area=area, start=start, end=end, limit=limit)


def information_posted(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per year × force: police, migrant_population, law_enforcement, officer, part_time_informant.

    Columns year, force, staff (full-time equivalents; informants in people), reached (neighbourhoods that have some),
    neighbourhoods.
    """
    return db.frame("information_posted", area=area, end=end)
