"""What the page on values and events charts, each summed over one area.

`start` and `end` are the first and the last day of the period. Events belong to the area that hosts them. An area
without any gets no row. Events whose attendance was not recorded are counted as events, never as attended by nobody.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def events_days(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per day with events.

    Columns day, events, counted (of them with recorded attendance), volunteering (events of that kind), attendances
    (null if none was recorded).
    """
    return db.frame("events_days", area=area, start=start, end=end)


def events_brands(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per brand, most events first (none = events without one): brand, events, counted, attendances."""
    return db.frame("events_brands", area=area, start=start, end=end)


def events_sizes(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per size: attendances_from (0, 20, 50, 100, 200, 500, 1000; null = not recorded, last), events,
    attendances, median (attendances of all recorded events, the same in each row).
    """
    return db.frame("events_sizes", area=area, start=start, end=end)


def events_extremes(db: Database, area: str, start: date, end: date, limit: int = 5) -> pd.DataFrame:
    """One row per event among the `limit` most and the `limit` least attended, each event once; the most first.

    Columns side (most, least), place (1 = the most or the least), event_id, name, kind, brand, neighbourhood, area_zh,
    area_en, held_on, attendances.
    """
    return db.frame("events_extremes", area=area, start=start, end=end, limit=limit)


def events_exchange(db: Database, area: str, level: str, start: date, end: date) -> pd.DataFrame:
    """One row per host × home area of `level` (subdistrict or community), host or home lying in `area`.

    Columns host, home (codes; null = elsewhere in the district), attendances; in the period's years.
    """
    return db.frame("events_exchange", area=area, level=level, start=start, end=end)


def events_values(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per year: year, neighbourhoods, covenants and integrity_neighbourhoods (neighbourhoods that have them),
    model_neighbours (titles given), stories (published), integrity_events (events of the brand 诚要久).
    """
    return db.frame("events_values", area=area, end=end)


def events_places(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per family (culture_place, garden, interest_group) × kind standing at `end`, most first.

    Columns family, kind, places, neighbourhoods (that have one), size (m² of floor or of green; members of a group),
    neighbourhoods_of_family (that have one of any kind).
    """
    return db.frame("events_places", area=area, end=end)
