"""Records behind numbers and the small summaries: golden rows on the tiny district."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest

from queries.areas import area_path, areas, children
from queries.catalogue import measures, published, tables
from queries.errors import UnknownTable
from queries.glance import (
    case_summary,
    chart_attendance_age_sex,
    chart_attendance_flow,
    chart_cases,
    chart_events,
    glance_events,
    glance_party,
    glance_teams,
    workforce_summary,
)
from queries.records import RECORD_TABLES, list_records
from queries.records_life import records_event_total
from queries.run import Database, open_database, statement
from tests.tiny_extracts import (
    DISTRICT,
    EAST,
    FIELD,
    FIELD_1,
    FORMER,
    MILL,
    MILL_1,
    WHARF,
    WHARF_1,
    ZONE,
    carried,
    contract,
    write_version,
)

Q1 = date(2020, 1, 1), date(2020, 3, 31)
FEB = date(2020, 2, 1), date(2020, 2, 29)
JAN = date(2020, 1, 1), date(2020, 1, 31)
ALWAYS = None, None


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(write_version(tmp_path_factory.mktemp("extracts") / "v1"), small_count=1)
    yield database
    database.close()


def row(frame: pd.DataFrame, **key: str) -> dict[str, Any]:
    """The only row with these values."""
    ((_, found),) = frame.loc[(frame[list(key)] == list(key.values())).all(axis=1)].iterrows()
    return found.to_dict()


# ── records ──


@pytest.mark.parametrize(
    ("area", "period", "expected"),
    [
        (DISTRICT, ALWAYS, ["e3", "e2", "e1", "e4"]),  # newest first
        (DISTRICT, Q1, ["e3", "e2", "e1"]),
        (DISTRICT, FEB, ["e3", "e2"]),  # the first and the last day count
        (MILL, Q1, ["e2", "e1"]),
        (MILL_1, JAN, ["e1"]),
        (ZONE, Q1, ["e3"]),
        (FORMER, ALWAYS, ["e3", "e2", "e1"]),
        (FIELD_1, Q1, []),
        ("no such area", ALWAYS, []),
    ],
)
def test_events_of_an_area_and_period(
    db: Database, area: str, period: tuple[date | None, date | None], expected: list[str]
) -> None:
    found = records_event_total(db, area, *period)
    assert list(found["event_id"]) == expected
    assert (found["total"] == len(expected)).all()


def test_records_are_filtered_counted_and_paged(db: Database) -> None:
    def asked(**filters: Any) -> pd.DataFrame:
        return records_event_total(db, DISTRICT, None, None, **filters)

    assert list(asked(kind=["sport"])["event_id"]) == ["e1", "e4"]
    assert list(asked(kind=["sport", "culture"], brand=["four_seasons"])["event_id"]) == ["e1"]
    assert asked(kind=[]).empty
    page = asked(limit=2, offset=1)
    assert list(page["event_id"]) == ["e2", "e1"]
    assert list(page["total"]) == [4, 4]


def test_a_record_says_its_area_in_both_languages(db: Database) -> None:
    found = records_event_total(db, MILL_1, *JAN)
    assert (found.at[0, "area_zh"], found.at[0, "area_en"]) == ("天勤", "Tianqin")


def test_what_stands_is_listed_whenever_it_began(db: Database) -> None:
    found = list_records(db, "service_team", DISTRICT, *FEB)
    assert found[["team_id", "is_new"]].to_numpy().tolist() == [["t1", False]]
    found = list_records(db, "service_team", DISTRICT, *Q1)
    assert found[["team_id", "is_new"]].to_numpy().tolist() == [["t2", True], ["t1", False]]
    assert list(list_records(db, "service_team", ZONE, *ALWAYS)["team_id"]) == ["t3"]


def test_what_was_dissolved_no_longer_stands(db: Database) -> None:
    assert list(list_records(db, "social_organisation", MILL, *JAN)["organisation_id"]) == ["o2", "o1"]
    assert list(list_records(db, "social_organisation", MILL, *FEB)["organisation_id"]) == ["o2"]


def test_an_organisation_of_the_community_is_no_neighbourhoods(db: Database) -> None:
    assert list(list_records(db, "party_organisation", MILL, *Q1)["organisation_id"]) == ["p4", "p1", "p2"]
    assert list(list_records(db, "party_organisation", MILL_1, *Q1)["organisation_id"]) == ["p4", "p2"]


def test_a_yes_or_no_is_filtered_by_words(db: Database) -> None:
    found = list_records(db, "service_project", DISTRICT, *Q1, {"door_to_door": ["true"], "kind": ["local"]})
    assert list(found["project_id"]) == ["s3"]
    assert len(list_records(db, "service_project", DISTRICT, *Q1, {"door_to_door": ["false", "true"]})) == 3


def test_matters_are_dated_by_opening_or_by_settling(db: Database) -> None:
    assert list(list_records(db, "deliberation", MILL, *Q1)["matter_id"]) == ["m2"]
    assert list(list_records(db, "deliberation", MILL, *Q1, {"dated_by": ["settled_on"]})["matter_id"]) == ["m1"]


def test_a_matter_received_in_the_evening_of_the_last_day_counts(db: Database) -> None:
    assert list(list_records(db, "case", DISTRICT, *JAN)["case_id"]) == ["c1"]


def test_a_table_by_community_has_no_rows_for_a_neighbourhood(db: Database) -> None:
    for table in (name for name, entry in RECORD_TABLES.items() if entry.finest != "neighbourhood"):
        assert list_records(db, table, MILL_1, *ALWAYS).empty
    assert len(list_records(db, "survey", MILL, *Q1)) == 1
    assert len(list_records(db, "staffing", MILL, *Q1, {"dimension": ["total"]})) == 1


def test_documents_are_the_districts(db: Database) -> None:
    assert list(list_records(db, "policy_document", DISTRICT, *Q1)["document_id"]) == ["d1"]
    assert list_records(db, "policy_document", EAST, *Q1).empty


def test_a_team_is_listed_for_each_neighbourhood_it_serves(db: Database) -> None:
    assert list(list_records(db, "team_reach", FIELD, *Q1)["name"]) == ["一队"]


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_every_table_has_the_columns_of_the_contract(db: Database, table: str) -> None:
    found = list_records(db, table, DISTRICT, *Q1)
    declared = {name: column for name, column in contract()[table].items() if column["type"] != "geometry"}
    entry = RECORD_TABLES[table]
    assert set(declared) <= set(found.columns)
    assert {"area_zh", "area_en", "total"} <= set(found.columns)
    assert set(entry.filters) <= set(declared)
    assert not entry.date or entry.date in found.columns
    assert {*entry.filters, *entry.options, "area", "limit", "offset"} <= statement(f"records_{table}").parameters
    assert ("start" in statement(f"records_{table}").parameters) == (entry.time != "none")


def test_every_carried_table_can_be_listed() -> None:
    assert set(RECORD_TABLES) == {*carried(), "event_total", "three_in_one"}


def test_an_unknown_table_or_filter_is_refused(db: Database) -> None:
    with pytest.raises(UnknownTable, match="not one of the listed tables"):
        list_records(db, "attendance", DISTRICT, *Q1)
    with pytest.raises(UnknownTable, match="no filter age_band"):
        list_records(db, "event_total", DISTRICT, *Q1, {"age_band": ["75+"]})


# ── areas and catalogue ──


def test_areas_come_coarse_to_fine(db: Database) -> None:
    levels = list(areas(db)["level"].unique())
    assert levels == ["district", "former_district", "zone", "subdistrict", "community", "neighbourhood"]


def test_the_way_down_to_an_area(db: Database) -> None:
    found = area_path(db, MILL_1)
    assert list(found["code"]) == [DISTRICT, EAST, MILL, MILL_1]
    assert list(found["step"]) == [0, 1, 2, 3]
    assert area_path(db, "unknown").empty


def test_children_lie_inside(db: Database) -> None:
    assert list(children(db, EAST, "community")["code"]) == [MILL, WHARF]
    assert list(children(db, ZONE, "neighbourhood")["code"]) == [WHARF_1]
    assert children(db, MILL, "community").empty


def test_the_catalogue(db: Database) -> None:
    assert list(measures(db)["measure"]) == ["attendances", "population", "satisfaction_yes", "service_teams"]
    assert row(tables(db), table="event_total")["rows"] == 4
    assert set(tables(db)["table"]) == set(contract())
    assert list(published(db).columns) == list(contract()["published"])


# ── glances ──


def test_the_party_chain(db: Database) -> None:
    assert glance_party(db, DISTRICT, *Q1).iloc[0].to_dict() == {
        "committees": 1, "branches": 2, "groups": 1, "households": 6, "neighbourhoods": 4, "covered": 2,
        "coverage": 0.5, "members": 50, "established": 1,
    }  # fmt: skip
    alone = glance_party(db, MILL_1, *Q1).iloc[0]
    assert pd.isna(alone["committees"]), "a committee is the community's, not the neighbourhood's"
    assert (alone["branches"], alone["groups"], alone["coverage"]) == (1, 1, 1.0)
    nobody = glance_party(db, FIELD_1, *Q1).iloc[0]
    assert (nobody["branches"], nobody["households"], nobody["coverage"]) == (0, 0, 0.0)


def test_teams_by_kind(db: Database) -> None:
    found = glance_teams(db, DISTRICT, *Q1)
    assert list(found["kind"]) == ["assistance", "elderly_children", "culture_sport", "local"]
    assert row(found, kind="assistance") == {
        "kind": "assistance", "teams": 1, "members": 12, "projects": 2, "door_to_door": 1, "beneficiaries": 5,
    }  # fmt: skip
    assert row(found, kind="local")["teams"] == 1
    assert found.loc[found["kind"] == "elderly_children"].iloc[0, 1:].sum() == 0
    assert glance_teams(db, FIELD_1, *Q1).iloc[:, 1:].to_numpy().sum() == 0


def test_events_by_kind(db: Database) -> None:
    found = glance_events(db, DISTRICT, *Q1)
    assert found[["kind", "events", "attendances", "four_seasons"]].to_numpy().tolist() == [
        ["sport", 1, 40, 1],
        ["culture", 2, 10, 0],
    ]
    assert glance_events(db, FIELD_1, *Q1).empty


def test_a_chart_of_events_has_a_row_for_months_without_any(db: Database) -> None:
    found = chart_events(db, MILL, date(2019, 1, 1), date(2020, 12, 31))
    assert len(found) == 3 * 2  # December to February, the months with data, × two kinds
    quiet = found[(found["month"] == pd.Timestamp(2019, 12, 1))]
    assert quiet["events"].tolist() == [0, 0]
    assert found["attendances"].sum() == 50


def test_attendances_by_age_and_sex_are_of_those_living_there(db: Database) -> None:
    assert chart_attendance_age_sex(db, MILL, *Q1).to_numpy().tolist() == [["75+", "female", 12, 3]]
    assert chart_attendance_age_sex(db, MILL_1, *Q1).empty


def test_flows_leave_out_those_at_home(db: Database) -> None:
    found = chart_attendance_flow(db, MILL, *Q1)
    assert found[["host", "home", "home_zh", "attendances"]].to_numpy().tolist() == [[MILL, FIELD, "五星村", 15]]
    both = chart_attendance_flow(db, FIELD, date(2019, 1, 1), date(2020, 12, 31))
    assert list(both["attendances"]) == [15, 8]


def test_cases_by_channel(db: Database) -> None:
    found = case_summary(db, DISTRICT, *Q1)
    assert list(found["channel"]) == ["all", "hotline_12345", "full_time_informant"]
    total = row(found, channel="all")
    assert (total["received"], total["closed"], total["open"], total["repeats"]) == (3, 2, 1, 1)
    assert (total["in_neighbourhood"], total["median_hours_to_close"]) == (2, 3.0)
    assert math.isnan(row(found, channel="full_time_informant")["median_hours_to_close"])
    assert case_summary(db, FIELD_1, *Q1).iloc[0]["received"] == 0
    assert chart_cases(db, DISTRICT, *Q1)["received"].tolist() == [1, 2]


def test_the_workforce_is_that_of_the_last_year(db: Database) -> None:
    found = workforce_summary(db, DISTRICT, date(2021, 6, 30))
    assert row(found, dimension="party") == {
        "year": 2020, "dimension": "party", "category": "yes", "workers": 7, "total": 14,
    }  # fmt: skip
    assert workforce_summary(db, MILL, date(2019, 12, 31))["workers"].tolist() == [9]
    assert workforce_summary(db, MILL_1, date(2020, 12, 31)).empty
