"""The questions of the page on values and events, put to the built extracts and counted again here in another way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from queries import events_charts as ask
from queries.run import Database, open_database

DISTRICT, FORMER, ZONE, SUBDISTRICT, COMMUNITY = "320613", "320611", "320613401", "320613007", "320613007005"
NEIGHBOURHOOD = "320613007005001"
AREAS = [DISTRICT, FORMER, ZONE, SUBDISTRICT, COMMUNITY, NEIGHBOURHOOD]
START, END = date(2020, 1, 1), date(2020, 12, 31)


@pytest.fixture(scope="module")
def db(extracts: Path) -> Iterator[Database]:
    database = open_database(extracts, small_count=1)
    yield database
    database.close()


@pytest.fixture(scope="module")
def descendant(extracts: Path) -> pd.DataFrame:
    return pd.read_parquet(extracts / "descendant.parquet")


@pytest.fixture(scope="module")
def events(extracts: Path) -> pd.DataFrame:
    frame = pd.read_parquet(extracts / "event_total.parquet")
    frame = frame.assign(day=pd.to_datetime(frame["held_on"]))
    return frame[frame["day"].dt.year == 2020]


def hosted(events: pd.DataFrame, descendant: pd.DataFrame, area: str) -> pd.DataFrame:
    return events[events["neighbourhood"].isin(descendant.loc[descendant["ancestor"] == area, "code"])]


@pytest.mark.parametrize("area", AREAS)
def test_days_add_up_to_the_events(db: Database, events: pd.DataFrame, descendant: pd.DataFrame, area: str) -> None:
    days, rows = ask.events_days(db, area, START, END), hosted(events, descendant, area)
    assert days["events"].sum() == len(rows) and days["counted"].sum() == rows["attendances"].notna().sum()
    assert days["attendances"].sum() == rows["attendances"].sum()
    assert days["day"].is_unique and days["day"].is_monotonic_increasing
    assert days["volunteering"].sum() == (rows["kind"] == "volunteering").sum()


def test_the_day_of_volunteering_stands_out(db: Database) -> None:
    days = ask.events_days(db, DISTRICT, date(2019, 1, 1), date(2019, 12, 31)).set_index("day")
    assert days["volunteering"].idxmax() == pd.Timestamp(2019, 5, 20)


@pytest.mark.parametrize("area", AREAS)
def test_sizes_add_up_and_name_the_median(
    db: Database, events: pd.DataFrame, descendant: pd.DataFrame, area: str
) -> None:
    sizes, rows = ask.events_sizes(db, area, START, END), hosted(events, descendant, area)
    assert sizes["events"].sum() == len(rows) and sizes["attendances"].sum() == rows["attendances"].sum()
    unknown = sizes.loc[sizes["attendances_from"].isna(), "events"].sum()
    assert unknown == rows["attendances"].isna().sum()
    assert sizes["median"].iloc[0] == pytest.approx(rows["attendances"].median())
    middle = sizes.loc[sizes["attendances_from"] == 100, "events"].sum()
    assert middle == rows["attendances"].between(100, 199).sum()


@pytest.mark.parametrize("area", AREAS)
def test_brands_share_out_the_events(db: Database, events: pd.DataFrame, descendant: pd.DataFrame, area: str) -> None:
    found, rows = ask.events_brands(db, area, START, END).set_index("brand"), hosted(events, descendant, area)
    assert found["events"].to_dict() == rows["brand"].value_counts().to_dict()
    assert found["attendances"].sum() == rows["attendances"].sum()
    assert found["counted"].sum() == rows["attendances"].notna().sum()


@pytest.mark.parametrize("area", AREAS)
def test_extremes_are_the_ends_of_the_order(
    db: Database, events: pd.DataFrame, descendant: pd.DataFrame, area: str
) -> None:
    found = ask.events_extremes(db, area, START, END, 5)
    counts = hosted(events, descendant, area)["attendances"].dropna().sort_values()
    most, least = (found.loc[found["side"] == side, "attendances"].tolist() for side in ("most", "least"))
    assert most == counts.iloc[::-1].head(len(most)).tolist() and least == counts.head(len(least)).tolist()
    assert len(found) == min(10, len(counts)) and found["event_id"].is_unique


@pytest.mark.parametrize(
    ("area", "level"), [(DISTRICT, "subdistrict"), (SUBDISTRICT, "community"), (ZONE, "community")]
)
def test_exchange_keeps_every_attendance(
    db: Database, extracts: Path, descendant: pd.DataFrame, area: str, level: str
) -> None:
    found = ask.events_exchange(db, area, level, START, END)
    flows = pd.read_parquet(extracts / "attendance_flow.parquet")
    flows = flows[flows["year"] == 2020]
    inside = set(descendant.loc[descendant["ancestor"] == area, "code"])
    here = flows[flows["host"].isin(inside) | flows["home"].isin(inside)]
    assert found["attendances"].sum() == here["attendances"].sum()
    arriving = found[found["host"].notna() & found["home"].isna()]["attendances"].sum()
    assert arriving == here[here["host"].isin(inside) & ~here["home"].isin(inside)]["attendances"].sum()
    staying = found[found["host"] == found["home"]]["attendances"].sum()
    length = 9 if level == "subdistrict" else 12
    same = here["host"].str[:length] == here["home"].str[:length]
    assert staying == here[same & here["host"].isin(inside)]["attendances"].sum()
    assert (found["host"].notna() | found["home"].notna()).all()


def test_values_count_neighbourhoods_once_a_year(db: Database, extracts: Path, events: pd.DataFrame) -> None:
    found = ask.events_values(db, DISTRICT, END).set_index("year")
    rows = pd.read_parquet(extracts / "values_count.parquet")
    yearly = rows.groupby("year")[["covenant", "integrity_neighbourhood", "model_neighbours", "stories"]].sum()
    columns = ["covenants", "integrity_neighbourhoods", "model_neighbours", "stories"]
    assert found[columns].to_numpy().tolist() == yearly.to_numpy().tolist()
    assert found["neighbourhoods"].tolist() == [1074] * len(found)
    assert found.at[2020, "integrity_events"] == (events["brand"] == "integrity").sum()
    assert list(ask.events_values(db, DISTRICT, date(2018, 12, 31))["year"]) == [2018]


@pytest.mark.parametrize("area", [DISTRICT, ZONE, NEIGHBOURHOOD])
def test_places_are_those_standing(db: Database, extracts: Path, descendant: pd.DataFrame, area: str) -> None:
    rows_of = ask.events_places(db, area, END)
    found = rows_of.groupby("family")["places"].sum()
    inside = descendant.loc[descendant["ancestor"] == area, "code"]
    dated = {"culture_place": "opened_on", "garden": "finished_on", "interest_group": "founded_on"}
    for table, column in dated.items():
        rows = pd.read_parquet(extracts / f"{table}.parquet")
        rows = rows[rows["neighbourhood"].isin(inside) & (pd.to_datetime(rows[column]) <= pd.Timestamp(END))]
        assert found.get(table, 0) == len(rows)
        assert set(rows_of.loc[rows_of["family"] == table, "neighbourhoods_of_family"]) <= {
            rows["neighbourhood"].nunique()
        }
    if area == DISTRICT:
        assert found["garden"] == 72 and 650 <= found["interest_group"] <= 750
