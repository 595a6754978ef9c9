"""The questions of the services page, put to the built extracts and counted again here in another way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from queries import services_charts as ask
from queries.areas import areas
from queries.run import Database, open_database

DISTRICT, FORMER, ZONE, SUBDISTRICT, COMMUNITY = "320613", "320611", "320613401", "320613007", "320613007005"
NEIGHBOURHOOD = "320613007005001"
KINDS = ["assistance", "elderly_children", "culture_sport", "local"]
AREAS = [DISTRICT, FORMER, ZONE, SUBDISTRICT, COMMUNITY, NEIGHBOURHOOD]
START, END = date(2020, 1, 1), date(2020, 12, 31)


@pytest.fixture(scope="module")
def db(extracts: Path) -> Iterator[Database]:
    database = open_database(extracts)
    yield database
    database.close()


class Inside:
    """Tables cut down to one area, through the descendants as pandas reads them."""

    def __init__(self, extracts: Path) -> None:
        self.root = extracts
        self.descendant = pd.read_parquet(extracts / "descendant.parquet")

    def codes(self, area: str) -> set[str]:
        return set(self.descendant.loc[self.descendant["ancestor"] == area, "code"])

    def rows(self, table: str, area: str, column: str = "neighbourhood", dated: str = "") -> pd.DataFrame:
        frame = pd.read_parquet(self.root / f"{table}.parquet")
        frame = frame[frame[column].isin(self.codes(area))]
        return frame.assign(day=pd.to_datetime(frame[dated])) if dated else frame


@pytest.fixture(scope="module")
def inside(extracts: Path) -> Inside:
    return Inside(extracts)


@pytest.mark.parametrize("area", AREAS)
def test_every_team_has_one_shape(db: Database, inside: Inside, area: str) -> None:
    shapes = ask.services_team_shapes(db, area, END)
    teams = inside.rows("service_team", area, dated="founded_on")
    assert shapes["teams"].sum() == len(teams)
    assert shapes.groupby("kind")["teams"].sum().to_dict() == teams["kind"].value_counts().to_dict()
    large = shapes.loc[shapes["members_from"] == 30, "teams"].sum()
    assert large == (teams["members"] >= 30).sum()
    young = shapes.loc[shapes["years_from"] == 0, "teams"].sum()
    assert young == ((pd.Timestamp(END) - teams["day"]).dt.days < 365.25).sum()


def test_teams_not_yet_founded_have_no_shape_and_serve_nobody(db: Database) -> None:
    early, late = date(2014, 12, 31), END
    assert ask.services_team_shapes(db, DISTRICT, early)["teams"].sum() < 0.5 * 2100
    then, now = (ask.services_reach(db, DISTRICT, day)["teams"] for day in (early, late))
    assert (then <= now).all() and then.sum() < now.sum()


@pytest.mark.parametrize("area", AREAS)
def test_reach_counts_each_neighbourhood_and_names_those_without(db: Database, inside: Inside, area: str) -> None:
    reach = ask.services_reach(db, area, END).set_index("code")
    everywhere = areas(db).set_index("code")
    expected = sorted(code for code in inside.codes(area) if everywhere.at[code, "level"] == "neighbourhood")
    assert list(reach.index) == expected
    served = inside.rows("team_reach", area)["neighbourhood"].value_counts().reindex(expected, fill_value=0)
    assert reach["teams"].tolist() == served.tolist()
    assert (reach[KINDS].sum(axis=1) == reach["teams"]).all()
    if area == DISTRICT:
        assert (reach["teams"] == 0).sum() > 50 and set(reach["subdistrict"]) <= set(everywhere.index)


@pytest.mark.parametrize("area", AREAS)
def test_projects_add_up_and_unreported_beneficiaries_are_no_zero(db: Database, inside: Inside, area: str) -> None:
    found = ask.services_projects(db, area, START, END)
    rows = inside.rows("service_project", area, dated="completed_on")
    rows = rows[rows["day"].dt.year == 2020]
    assert found["projects"].sum() == len(rows)
    assert found["door_to_door"].sum() == rows["door_to_door"].sum()
    assert found["beneficiaries"].sum() == rows["beneficiaries"].sum()
    assert found["reported"].sum() == rows["beneficiaries"].notna().sum()
    assert found.loc[found["reported"] == 0, "beneficiaries"].isna().all()


def test_the_funds_are_three_and_each_stands_where_its_payers_are(db: Database, inside: Inside) -> None:
    every = ask.services_funds(db, DISTRICT, START, END).set_index("fund")
    assert every["payers"].tolist() == [1, 16, 166]
    assert (every["spent"] <= every["planned"]).all()
    assert every.at["district_micro_projects", "planned"] >= 2_500_000
    assert every.at["community_party_service", "planned"] == 166 * 50_000
    assert ask.services_funds(db, SUBDISTRICT, START, END)["fund"].tolist() == [
        "subdistrict_micro_projects", "community_party_service",
    ]  # fmt: skip
    assert ask.services_funds(db, NEIGHBOURHOOD, START, END).empty
    longer = ask.services_funds(db, COMMUNITY, date(2018, 1, 1), END).iloc[0]
    rows = inside.rows("budget", COMMUNITY, "payer")
    assert (longer["years"], longer["planned"], longer["spent"]) == (3, rows["planned"].sum(), rows["spent"].sum())


@pytest.mark.parametrize("area", AREAS)
def test_spending_of_micro_projects_is_held_against_reported_plans(db: Database, inside: Inside, area: str) -> None:
    found = ask.services_micro_projects(db, area, START, END)
    rows = inside.rows("micro_project", area, dated="started_on")
    rows = rows[rows["day"].dt.year == 2020]
    assert found["projects"].sum() == len(rows) and found["planned"].sum() == rows["planned"].sum()
    told = rows[rows["spent"].notna()]
    assert found["reported"].sum() == len(told)
    assert found["planned_reported"].sum() == told["planned"].sum() and found["spent"].sum() == told["spent"].sum()


def test_organisations_grew_as_published(db: Database) -> None:
    found = ask.services_organisations(db, DISTRICT, END).pivot(index="day", columns="scope", values="organisations")
    first, last = found.iloc[0], found.iloc[-1]
    assert found.index[0] == pd.Timestamp(2013, 1, 1) and found.index[-1] == pd.Timestamp(END)
    assert last.sum() == 1552 and last["community"] >= 1100
    assert round(last.sum() / first.sum() - 1, 2) == 0.86
    assert round(last["community"] / first["community"] - 1, 1) == 2.0
    early = ask.services_organisations(db, DISTRICT, date(2018, 6, 30))
    assert early["day"].max() == pd.Timestamp(2018, 6, 30)


@pytest.mark.parametrize("area", AREAS)
def test_ventures_add_up_over_the_years(db: Database, inside: Inside, area: str) -> None:
    found, rows = ask.services_ventures(db, area, END), inside.rows("venture_project", area)
    assert (found["projects"].sum(), found["funds"].sum()) == (len(rows), rows["funds"].sum())
    if area == DISTRICT:
        assert len(rows) >= 200 and found["funds"].sum() >= 10_000_000


@pytest.mark.parametrize(
    ("area", "level"), [(DISTRICT, "subdistrict"), (ZONE, "community"), (COMMUNITY, "neighbourhood")]
)
def test_points_are_those_inside_each_part(db: Database, inside: Inside, area: str, level: str) -> None:
    points = ask.services_points(db, area, level, END).set_index("code")
    assert points["offices"].sum() == len(inside.rows("service_office", area))
    legal = inside.rows("legal_service", area)["kind"].value_counts()
    assert points["stations"].sum() == legal.get("station", 0)
    assert points["lawyer_points"].sum() == legal.get("lawyer_point", 0)
    assert (points["with_lawyer"] <= points["neighbourhoods"].clip(lower=1)).all()
    if area == DISTRICT:
        assert points["offices"].sum() == 493 and points["neighbourhoods"].sum() == 1074


def test_brands_are_counted_with_their_projects(db: Database, inside: Inside) -> None:
    found = ask.services_brands(db, DISTRICT, START, END).set_index("brand")
    teams = inside.rows("service_team", DISTRICT).dropna(subset=["brand"])
    projects = inside.rows("service_project", DISTRICT, dated="completed_on")
    projects = projects[(projects["day"].dt.year == 2020) & projects["team_id"].isin(teams["team_id"])]
    assert found["teams"].to_dict() == teams["brand"].value_counts().to_dict()
    assert found["projects"].sum() == len(projects) and found["members"].sum() == teams["members"].sum()
    reach = inside.rows("team_reach", DISTRICT).merge(teams[["team_id", "brand"]], on="team_id")
    assert found["neighbourhoods"].to_dict() == reach.groupby("brand")["neighbourhood"].nunique().to_dict()
    here = ask.services_brands(db, NEIGHBOURHOOD, START, END)["teams"].sum()
    assert here == teams["neighbourhood"].eq(NEIGHBOURHOOD).sum()
