"""Records of cases, units, staff, surveys and documents."""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database, Texts, texts


def records_case(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    channel: Texts = None,
    category: Texts = None,
    settled_within: Texts = None,
    stage: Texts = None,
    repeated: Texts = None,
) -> pd.DataFrame:
    """One row per matter received in `area`: case_id, channel, category, neighbourhood, received_at, analysed_at,
    dispatched_at, handled_at, closed_at, settled_within, repeat_of, area_zh, area_en, total.

    Dated `received_at` from start to end, newest first. `stage` asks for how far matters have got (received, analysed,
    dispatched, handled, closed), `repeated` (true, false) for those that repeat an earlier one or not.
    """
    return db.frame(
        "records_case",
        area=area,
        start=start,
        end=end,
        channel=texts(channel),
        category=texts(category),
        settled_within=texts(settled_within),
        stage=texts(stage),
        repeated=texts(repeated),
        limit=limit,
        offset=offset,
    )


def records_three_in_one(
    db: Database,
    area: str,
    limit: int = 100,
    offset: int = 0,
    *,
    kind: Texts = None,
    coincides: Texts = None,
) -> pd.DataFrame:
    """One row per grid or residents' group in `area`: unit_id, kind, community, neighbourhood, overlap (percent),
    coincides, stated, area_zh, area_en, total.

    As it lies over the neighbourhoods of the edition, by code.
    """
    return db.frame(
        "records_three_in_one",
        area=area,
        kind=texts(kind),
        coincides=texts(coincides),
        limit=limit,
        offset=offset,
    )


def records_community_structure(
    db: Database,
    area: str,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """One row per community in `area`: community, party_committee, residents_committee, service_station,
    management_office, service_window, area_zh, area_en, total.

    The register as it stands, by code.
    """
    return db.frame("records_community_structure", area=area, limit=limit, offset=offset)


def records_posted_staff(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    agency: Texts = None,
) -> pd.DataFrame:
    """One row per neighbourhood × agency × year in `area`: neighbourhood, agency, year, staff, area_zh, area_en,
    total.

    Of the years from start to end, newest first.
    """
    return db.frame(
        "records_posted_staff",
        area=area,
        start=start,
        end=end,
        agency=texts(agency),
        limit=limit,
        offset=offset,
    )


def records_staffing(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    dimension: Texts = None,
    category: Texts = None,
) -> pd.DataFrame:
    """One row per community × year × dimension × category in `area`: community, year, dimension, category, workers,
    area_zh, area_en, total.

    Of the years from start to end, newest first.
    """
    return db.frame(
        "records_staffing",
        area=area,
        start=start,
        end=end,
        dimension=texts(dimension),
        category=texts(category),
        limit=limit,
        offset=offset,
    )


def records_worker_posting(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """One row per neighbourhood × year in `area`: neighbourhood, year, officer_share, part_time_informants, area_zh,
    area_en, total.

    Of the years from start to end, newest first.
    """
    return db.frame("records_worker_posting", area=area, start=start, end=end, limit=limit, offset=offset)


def records_survey(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    question: Texts = None,
    answer: Texts = None,
) -> pd.DataFrame:
    """One row per community × year × question × answer in `area`: community, year, question, answer, responses,
    area_zh, area_en, total.

    Of the years from start to end, newest first.
    """
    return db.frame(
        "records_survey",
        area=area,
        start=start,
        end=end,
        question=texts(question),
        answer=texts(answer),
        limit=limit,
        offset=offset,
    )


def records_assessment(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    dimension: Texts = None,
) -> pd.DataFrame:
    """One row per community × year × dimension in `area`: community, year, dimension, score_sum, raters,
    score_squares, area_zh,     area_en, total.

    Of the years from start to end, newest first.
    """
    return db.frame(
        "records_assessment",
        area=area,
        start=start,
        end=end,
        dimension=texts(dimension),
        limit=limit,
        offset=offset,
    )


def records_policy_document(
    db: Database,
    area: str,
    start: date | None,
    end: date | None,
    limit: int = 100,
    offset: int = 0,
    *,
    theme: Texts = None,
    issuer: Texts = None,
) -> pd.DataFrame:
    """One row per guiding document of the district (none at finer levels): document_id, title, theme, issued_on,
    issuer, is_new, area_zh, area_en, total.

    Issued until `end` (`issued_on`); `is_new` marks those issued on or after `start`; newest first.
    """
    return db.frame(
        "records_policy_document",
        area=area,
        start=start,
        end=end,
        theme=texts(theme),
        issuer=texts(issuer),
        limit=limit,
        offset=offset,
    )
