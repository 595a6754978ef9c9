"""What the self-governance page charts: councils, terms, the four bodies of a community, and matters deliberated.

`start` and `end` are the first and the last day of the period: what stands is counted at `end`. `level` is the level of
the areas told apart. Posts are counted, never persons.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from queries.run import Database


def self_governance_councils(db: Database, area: str, level: str, end: date) -> pd.DataFrame:
    """One row per area of `level` in `area`, by code: its harmony councils and posts.

    Columns code, name_zh, name_en, neighbourhoods, councils (established), elected, charters, in_term (term ends after
    `end`), officers (neighbourhood officer in post), and of standing councils the posts and the filled ones:
    chair_seats, chair_filled, council_seats, council_filled, stairwell_seats, stairwell_filled.
    """
    return db.frame("self_governance_councils", area=area, level=level, end=end)


def self_governance_terms(db: Database, area: str, end: date) -> pd.DataFrame:
    """One row per half (first day of the half-year) × expired (ended by `end`): councils whose term ends then."""
    return db.frame("self_governance_terms", area=area, end=end)


def self_governance_structure(db: Database, area: str, level: str) -> pd.DataFrame:
    """One row per area of `level` (community or above): communities, and how many of them have each body.

    Columns party_committee, residents_committee, service_station, management_office, service_window.
    """
    return db.frame("self_governance_structure", area=area, level=level)


def self_governance_functions(db: Database, area: str, level: str) -> pd.DataFrame:
    """One row per area of `level` in `area` × basic function × post that answers for it, by code.

    Columns code, name_zh, name_en, function (information, service, self_governance), carried_by (a post; none where the
    function is not carried out), neighbourhoods.
    """
    return db.frame("self_governance_functions", area=area, level=level)


def self_governance_matters(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per form × topic × outcome of the matters opened in the period: matters, parties (their sum)."""
    return db.frame("self_governance_matters", area=area, start=start, end=end)


def self_governance_days(db: Database, area: str, start: date, end: date) -> pd.DataFrame:
    """One row per form × days_from (0, 8, 15, 31, 61, 91 days) of the matters settled in the period.

    Columns matters, and of the form median_days, p90_days.
    """
    return db.frame("self_governance_days", area=area, start=start, end=end)
