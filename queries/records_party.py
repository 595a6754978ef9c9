"""Records of Party building and of the councils and posts of a neighbourhood."""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database, Texts, texts


def records_party_organisation(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
) -> pd.DataFrame:
    """One row per Party organisation in `area`: organisation_id, name, kind, parent_id, community, neighbourhood,
    established_on, members, is_new, area_zh, area_en, total.

    What stands at `end` (`established_on`); `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame(
        "records_party_organisation",
        area=area,
        start=start,
        end=end,
        kind=texts(kind),
        limit=limit,
        offset=offset,
    )


def records_party_household(
    db: Database,
    area: str,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """One row per neighbourhood with key Party-member households (a count) in `area`: neighbourhood, branch_id,
    households, branch, established_on, area_zh, area_en, total.

    The register as it stands, by code.
    """
    return db.frame("records_party_household", area=area, limit=limit, offset=offset)


def records_volunteering(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """One row per neighbourhood Party branch × month in `area`: branch_id, neighbourhood, month, members,
    members_with_post, hours, area_zh, area_en, total.

    Dated `month` from start to end, newest first.
    """
    return db.frame("records_volunteering", area=area, start=start, end=end, limit=limit, offset=offset)


def records_assist_action(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    action: Texts = None,
) -> pd.DataFrame:
    """One row per neighbourhood × year × action in `area`: neighbourhood, year, action, times, cadres, area_zh,
    area_en, total.

    Of the years from start to end, newest first.
    """
    return db.frame(
        "records_assist_action",
        area=area,
        start=start,
        end=end,
        action=texts(action),
        limit=limit,
        offset=offset,
    )


def records_harmony_council(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    charter: Texts = None,
    officer_in_post: Texts = None,
) -> pd.DataFrame:
    """One row per neighbourhood with its harmony council in `area`: neighbourhood, established_on, elected_on,
    term_ends_on, charter, chair_seats, chair_filled, council_seats, council_filled, stairwell_seats,
    stairwell_filled, officer_in_post, is_new, area_zh, area_en, total.

    All but those established after `end`; `is_new` marks what began on or after `start`; newest first.
    """
    return db.frame(
        "records_harmony_council",
        area=area,
        start=start,
        end=end,
        charter=texts(charter),
        officer_in_post=texts(officer_in_post),
        limit=limit,
        offset=offset,
    )


def records_officer_post(
    db: Database,
    area: str,
    limit: int = 100,
    offset: int = 0,
    *,
    post: Texts = None,
    filled: Texts = None,
) -> pd.DataFrame:
    """One row per neighbourhood × officer role or force in `area`: neighbourhood, post, filled, members, area_zh,
    area_en, total.

    The register as it stands, by code.
    """
    return db.frame(
        "records_officer_post",
        area=area,
        post=texts(post),
        filled=texts(filled),
        limit=limit,
        offset=offset,
    )


def records_neighbourhood_function(
    db: Database,
    area: str,
    limit: int = 100,
    offset: int = 0,
    *,
    function: Texts = None,
    carried_out: Texts = None,
    carried_by: Texts = None,
) -> pd.DataFrame:
    """One row per neighbourhood × basic function in `area`: neighbourhood, function, carried_out, carried_by (the post
    that answers for it, None where it is not carried out), area_zh, area_en, total.

    The register as it stands, by code.
    """
    return db.frame(
        "records_neighbourhood_function",
        area=area,
        function=texts(function),
        carried_out=texts(carried_out),
        carried_by=texts(carried_by),
        limit=limit,
        offset=offset,
    )
