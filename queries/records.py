"""The record tables behind the numbers: what each is dated by, how fine it is, and one door to list any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from queries.errors import UnknownTable
from queries.records_life import (
    records_culture_place,
    records_deliberation,
    records_event_total,
    records_garden,
    records_interest_group,
    records_legal_service,
    records_values_count,
)
from queries.records_party import (
    records_assist_action,
    records_harmony_council,
    records_neighbourhood_function,
    records_officer_post,
    records_party_household,
    records_party_organisation,
    records_volunteering,
)
from queries.records_services import (
    records_budget,
    records_micro_project,
    records_service_office,
    records_service_project,
    records_service_team,
    records_social_organisation,
    records_team_reach,
    records_venture_project,
)
from queries.records_work import (
    records_assessment,
    records_case,
    records_community_structure,
    records_policy_document,
    records_posted_staff,
    records_staffing,
    records_survey,
    records_three_in_one,
    records_worker_posting,
)
from queries.run import Database

__all__ = [
    "RECORD_TABLES",
    "RecordTable",
    "list_records",
    "records_assessment",
    "records_assist_action",
    "records_budget",
    "records_case",
    "records_community_structure",
    "records_culture_place",
    "records_deliberation",
    "records_event_total",
    "records_garden",
    "records_harmony_council",
    "records_interest_group",
    "records_legal_service",
    "records_micro_project",
    "records_neighbourhood_function",
    "records_officer_post",
    "records_party_household",
    "records_party_organisation",
    "records_policy_document",
    "records_posted_staff",
    "records_service_office",
    "records_service_project",
    "records_service_team",
    "records_social_organisation",
    "records_staffing",
    "records_survey",
    "records_team_reach",
    "records_three_in_one",
    "records_values_count",
    "records_venture_project",
    "records_volunteering",
    "records_worker_posting",
]

Time = Literal["flow", "stock", "yearly", "none"]


@dataclass(frozen=True)
class RecordTable:
    """One listable table.

    `time`: flow lists what is dated inside the period, stock what stands at its end, yearly the rows of its years,
    none has no date. `finest` is the finest level with records of its own; `filters` are the columns that take a list
    of texts, `options` further parameters of that kind that are no columns.
    """

    table: str
    rows: Callable[..., pd.DataFrame]
    time: Time
    date: str
    finest: Literal["neighbourhood", "community", "district"]
    filters: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


RECORD_TABLES: dict[str, RecordTable] = {
    entry.table: entry
    for entry in (
        RecordTable(
            "party_organisation", records_party_organisation, "stock", "established_on", "neighbourhood", ("kind",)
        ),
        RecordTable("party_household", records_party_household, "none", "", "neighbourhood"),
        RecordTable("volunteering", records_volunteering, "flow", "month", "neighbourhood"),
        RecordTable("assist_action", records_assist_action, "yearly", "year", "neighbourhood", ("action",)),
        RecordTable(
            "harmony_council",
            records_harmony_council,
            "stock",
            "established_on",
            "neighbourhood",
            ("charter", "officer_in_post"),
        ),
        RecordTable("officer_post", records_officer_post, "none", "", "neighbourhood", ("post", "filled")),
        RecordTable(
            "neighbourhood_function",
            records_neighbourhood_function,
            "none",
            "",
            "neighbourhood",
            ("function", "carried_out", "carried_by"),
        ),
        RecordTable("service_office", records_service_office, "stock", "opened_on", "neighbourhood"),
        RecordTable(
            "social_organisation",
            records_social_organisation,
            "stock",
            "founded_on",
            "neighbourhood",
            ("scope", "field"),
        ),
        RecordTable("service_team", records_service_team, "stock", "founded_on", "neighbourhood", ("kind", "brand")),
        RecordTable("team_reach", records_team_reach, "stock", "founded_on", "neighbourhood"),
        RecordTable(
            "service_project",
            records_service_project,
            "flow",
            "completed_on",
            "neighbourhood",
            ("kind", "door_to_door"),
        ),
        RecordTable("micro_project", records_micro_project, "flow", "started_on", "neighbourhood", ("state",)),
        RecordTable("budget", records_budget, "yearly", "year", "community", ("fund",)),
        RecordTable("venture_project", records_venture_project, "flow", "started_on", "neighbourhood"),
        RecordTable("event_total", records_event_total, "flow", "held_on", "neighbourhood", ("kind", "brand", "place")),
        RecordTable("garden", records_garden, "stock", "finished_on", "neighbourhood", ("kind",)),
        RecordTable("interest_group", records_interest_group, "stock", "founded_on", "neighbourhood", ("kind",)),
        RecordTable("culture_place", records_culture_place, "stock", "opened_on", "neighbourhood", ("kind",)),
        RecordTable(
            "values_count",
            records_values_count,
            "yearly",
            "year",
            "neighbourhood",
            ("covenant", "integrity_neighbourhood"),
        ),
        RecordTable(
            "deliberation",
            records_deliberation,
            "flow",
            "opened_on",
            "neighbourhood",
            ("form", "topic", "outcome"),
            ("dated_by",),
        ),
        RecordTable("legal_service", records_legal_service, "stock", "opened_on", "neighbourhood", ("kind",)),
        RecordTable(
            "case",
            records_case,
            "flow",
            "received_at",
            "neighbourhood",
            ("channel", "category", "settled_within"),
            ("stage", "repeated"),
        ),
        RecordTable("three_in_one", records_three_in_one, "none", "", "neighbourhood", ("kind", "coincides")),
        RecordTable("community_structure", records_community_structure, "none", "", "community"),
        RecordTable("posted_staff", records_posted_staff, "yearly", "year", "neighbourhood", ("agency",)),
        RecordTable("staffing", records_staffing, "yearly", "year", "community", ("dimension", "category")),
        RecordTable("worker_posting", records_worker_posting, "yearly", "year", "neighbourhood"),
        RecordTable("survey", records_survey, "yearly", "year", "community", ("question", "answer")),
        RecordTable("assessment", records_assessment, "yearly", "year", "community", ("dimension",)),
        RecordTable("policy_document", records_policy_document, "stock", "issued_on", "district", ("theme", "issuer")),
    )
}


def list_records(
    db: Database,
    table: str,
    area: str,
    start: date | None,
    end: date | None,
    filters: Mapping[str, Sequence[str]] | None = None,
    limit: int = 100,
    offset: int = 0,
) -> pd.DataFrame:
    """The rows of `records_<table>`; `filters` maps filters (and options) of the table to the values wanted.

    Column `total` counts all rows that match, before limit and offset. Raises UnknownTable for another table or filter.
    """
    entry = RECORD_TABLES.get(table)
    if entry is None:
        raise _unknown(table, "it is not one of the listed tables", f"Choose one of {', '.join(RECORD_TABLES)}")
    strange = sorted(set(filters or {}) - {*entry.filters, *entry.options})
    if strange:
        raise _unknown(table, f"it has no filter {', '.join(strange)}", f"Filter by {entry.filters}")
    period = {} if entry.time == "none" else {"start": start, "end": end}
    return entry.rows(db, area, limit=limit, offset=offset, **period, **(filters or {}))


def _unknown(table: str, reason: str, next_step: str) -> UnknownTable:
    return UnknownTable(f"no records of {table} can be listed", reason=reason, next_step=next_step, table=table)
