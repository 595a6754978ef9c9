"""Records of events, gardens, groups, culture, values and deliberation."""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database, Texts, texts


def records_event_total(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
    brand: Texts = None,
    place: Texts = None,
) -> pd.DataFrame:
    """One row per event in `area`: event_id, name, kind, brand, neighbourhood, held_on, recorded_on, place,
    attendances, area_zh, area_en, total.

    Dated `held_on` from start to end, newest first.
    """
    return db.frame(
        "records_event_total",
        area=area,
        start=start,
        end=end,
        kind=texts(kind),
        brand=texts(brand),
        place=texts(place),
        limit=limit,
        offset=offset,
    )


def records_garden(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
) -> pd.DataFrame:
    """One row per pocket garden in `area`: garden_id, name, neighbourhood, kind, finished_on, green_area, is_new,
    area_zh, area_en, total.

    What stands at `end` (`finished_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame("records_garden", area=area, start=start, end=end, kind=texts(kind), limit=limit, offset=offset)


def records_interest_group(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
) -> pd.DataFrame:
    """One row per interest or reading group in `area`: group_id, name, kind, neighbourhood, founded_on, members,
    is_new, area_zh, area_en, total.

    What stands at `end` (`founded_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame(
        "records_interest_group",
        area=area,
        start=start,
        end=end,
        kind=texts(kind),
        limit=limit,
        offset=offset,
    )


def records_culture_place(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
) -> pd.DataFrame:
    """One row per place for culture in `area`: place_id, name, kind, neighbourhood, opened_on, floor_area, is_new,
    area_zh, area_en, total.

    What stands at `end` (`opened_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame(
        "records_culture_place",
        area=area,
        start=start,
        end=end,
        kind=texts(kind),
        limit=limit,
        offset=offset,
    )


def records_values_count(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    covenant: Texts = None,
    integrity_neighbourhood: Texts = None,
) -> pd.DataFrame:
    """One row per neighbourhood × year in `area`: neighbourhood, year, covenant, integrity_neighbourhood,
    model_neighbours, stories, area_zh, area_en, total.

    Of the years from start to end, newest first.
    """
    return db.frame(
        "records_values_count",
        area=area,
        start=start,
        end=end,
        covenant=texts(covenant),
        integrity_neighbourhood=texts(integrity_neighbourhood),
        limit=limit,
        offset=offset,
    )


def records_deliberation(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    form: Texts = None,
    topic: Texts = None,
    outcome: Texts = None,
    dated_by: Texts = None,
) -> pd.DataFrame:
    """One row per matter deliberated in `area`: matter_id, form, topic, title, neighbourhood, opened_on, settled_on,
    parties, outcome, area_zh, area_en, total.

    Opened from start to end, or settled then with `dated_by=["settled_on"]`; newest first.
    """
    return db.frame(
        "records_deliberation",
        area=area,
        start=start,
        end=end,
        form=texts(form),
        topic=texts(topic),
        outcome=texts(outcome),
        dated_by=texts(dated_by),
        limit=limit,
        offset=offset,
    )


def records_legal_service(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
) -> pd.DataFrame:
    """One row per legal-service station or lawyer point in `area`: point_id, kind, community, neighbourhood,
    opened_on, is_new, area_zh, area_en, total.

    What stands at `end` (`opened_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame(
        "records_legal_service",
        area=area,
        start=start,
        end=end,
        kind=texts(kind),
        limit=limit,
        offset=offset,
    )
