"""Records of offices, organisations, teams, projects and their money."""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database, Texts, texts


def records_service_office(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """One row per neighbourhood service office in `area`: office_id, name, neighbourhood, opened_on, floor_area,
    open_days_per_week, telephone, lon, lat, is_new, area_zh, area_en, total.

    What stands at `end` (`opened_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame("records_service_office", area=area, start=start, end=end, limit=limit, offset=offset)


def records_social_organisation(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    scope: Texts = None,
    field: Texts = None,
) -> pd.DataFrame:
    """One row per social organisation in `area`: organisation_id, name, scope, field, community, neighbourhood,
    founded_on, dissolved_on, is_new, area_zh, area_en, total.

    What stands at `end` (`founded_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame(
        "records_social_organisation",
        area=area,
        start=start,
        end=end,
        scope=texts(scope),
        field=texts(field),
        limit=limit,
        offset=offset,
    )


def records_service_team(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
    brand: Texts = None,
) -> pd.DataFrame:
    """One row per service team in `area`: team_id, name, kind, brand, neighbourhood, founded_on, members, is_new,
    area_zh, area_en, total.

    What stands at `end` (`founded_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame(
        "records_service_team",
        area=area,
        start=start,
        end=end,
        kind=texts(kind),
        brand=texts(brand),
        limit=limit,
        offset=offset,
    )


def records_team_reach(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """One row per service team × neighbourhood it serves in `area`: team_id, neighbourhood, name, kind, brand,
    founded_on, members, is_new, area_zh, area_en, total.

    What stands at `end` (`the team's founded_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame("records_team_reach", area=area, start=start, end=end, limit=limit, offset=offset)


def records_service_project(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
    door_to_door: Texts = None,
) -> pd.DataFrame:
    """One row per service project completed in `area`: project_id, name, team_id, kind, door_to_door, neighbourhood,
    completed_on, beneficiaries, area_zh, area_en, total.

    Dated `completed_on` from start to end, newest first.
    """
    return db.frame(
        "records_service_project",
        area=area,
        start=start,
        end=end,
        kind=texts(kind),
        door_to_door=texts(door_to_door),
        limit=limit,
        offset=offset,
    )


def records_micro_project(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    state: Texts = None,
) -> pd.DataFrame:
    """One row per micro-project in `area`: project_id, name, neighbourhood, started_on, state, planned, spent,
    area_zh, area_en, total.

    Dated `started_on` from start to end, newest first.
    """
    return db.frame(
        "records_micro_project",
        area=area,
        start=start,
        end=end,
        state=texts(state),
        limit=limit,
        offset=offset,
    )


def records_budget(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    fund: Texts = None,
) -> pd.DataFrame:
    """One row per payer × year in `area`: payer, year, fund, planned, spent, area_zh, area_en, total.

    Of the years from start to end, newest first.
    """
    return db.frame("records_budget", area=area, start=start, end=end, fund=texts(fund), limit=limit, offset=offset)


def records_venture_project(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """One row per venture-philanthropy project in `area`: project_id, name, community, neighbourhood, started_on,
    funds, beneficiaries, area_zh, area_en, total.

    Dated `started_on` from start to end, newest first.
    """
    return db.frame("records_venture_project", area=area, start=start, end=end, limit=limit, offset=offset)
