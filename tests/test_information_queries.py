"""The questions of the information page, put to the built extracts and counted again here in another way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from queries import information_charts as ask
from queries.records import list_records
from queries.run import Database, open_database

DISTRICT, FORMER, ZONE, SUBDISTRICT, COMMUNITY = "320613", "320611", "320613401", "320613007", "320613007005"
NEIGHBOURHOOD = "320613007005001"
AREAS = [DISTRICT, FORMER, ZONE, SUBDISTRICT, COMMUNITY, NEIGHBOURHOOD]
START, END = date(2020, 1, 1), date(2020, 12, 31)
STEPS = ["received_at", "analysed_at", "dispatched_at", "handled_at", "closed_at"]


@pytest.fixture(scope="module")
def db(extracts: Path) -> Iterator[Database]:
    database = open_database(extracts)
    yield database
    database.close()


@pytest.fixture(scope="module")
def descendant(extracts: Path) -> pd.DataFrame:
    return pd.read_parquet(extracts / "descendant.parquet")


@pytest.fixture(scope="module")
def matters(extracts: Path) -> pd.DataFrame:
    frame = pd.read_parquet(extracts / "case.parquet")
    return frame.assign(hours=(frame["closed_at"] - frame["received_at"]).dt.total_seconds() / 3600)


def within(frame: pd.DataFrame, descendant: pd.DataFrame, area: str) -> pd.DataFrame:
    return frame.loc[frame["neighbourhood"].isin(descendant.loc[descendant["ancestor"] == area, "code"])]


def of_2020(frame: pd.DataFrame) -> pd.DataFrame:
    year: pd.Series[bool] = frame["received_at"].dt.year == 2020
    return frame[year]


@pytest.mark.parametrize("area", AREAS)
def test_steps_only_lose_and_their_times_are_exact(
    db: Database, matters: pd.DataFrame, descendant: pd.DataFrame, area: str
) -> None:
    steps = ask.information_stages(db, area, START, END).set_index("stage")
    rows = of_2020(within(matters, descendant, area))
    assert list(steps.index) == ["received", "analysed", "dispatched", "handled", "closed", "whole"]
    assert steps["reached"].tolist() == [
        *(int(rows[column].notna().sum()) for column in STEPS),
        len(rows.dropna(subset=["closed_at"])),
    ]
    assert steps["reached"].is_monotonic_decreasing
    assert steps["median_hours"].isna().tolist()[0]
    for stage, before, after in zip(steps.index[1:5], STEPS, STEPS[1:], strict=False):
        took = (rows[after] - rows[before]).dt.total_seconds() / 3600
        assert steps.at[stage, "median_hours"] == pytest.approx(took.median(), nan_ok=True)
        assert steps.at[stage, "p90_hours"] == pytest.approx(took.quantile(0.9), nan_ok=True)
    assert steps.at["whole", "p90_hours"] == pytest.approx(rows["hours"].quantile(0.9), nan_ok=True)


@pytest.mark.parametrize("area", AREAS)
def test_channels_and_categories_hold_every_matter(
    db: Database, matters: pd.DataFrame, descendant: pd.DataFrame, area: str
) -> None:
    rows = of_2020(within(matters, descendant, area))
    for found, column in (
        (ask.information_channels(db, area, START, END), "channel"),
        (ask.information_categories(db, area, START, END), "category"),
    ):
        assert found.set_index(column)["received"].to_dict() == rows[column].value_counts().to_dict()
        assert found["repeats"].sum() == rows["repeat_of"].notna().sum()
        medians = rows.groupby(column)["hours"].median()
        assert found.set_index(column)["median_hours"].to_dict() == pytest.approx(medians.to_dict(), nan_ok=True)
    settled = ask.information_categories(db, area, START, END)
    levels = ["neighbourhood", "community", "subdistrict", "district"]
    assert (settled[levels].sum(axis=1) == settled["closed"]).all()
    assert settled["neighbourhood"].sum() == (rows["settled_within"] == "neighbourhood").sum()


@pytest.mark.parametrize(
    ("area", "level"), [(DISTRICT, "subdistrict"), (ZONE, "community"), (COMMUNITY, "neighbourhood")]
)
def test_places_hold_every_matter_and_show_those_without(
    db: Database, matters: pd.DataFrame, descendant: pd.DataFrame, area: str, level: str
) -> None:
    found = ask.information_places(db, area, level, START, END)
    rows = of_2020(within(matters, descendant, area))
    assert found["received"].sum() == len(rows) and found["closed"].sum() == rows["closed_at"].notna().sum()
    first = found.iloc[0]
    own = of_2020(within(matters, descendant, str(first["code"])))["hours"]
    assert first["p90_hours"] == pytest.approx(own.quantile(0.9))
    nobody = ask.information_places(db, COMMUNITY, "neighbourhood", date(2030, 1, 1), date(2030, 1, 31))
    assert len(nobody) > 1 and (nobody["received"] == 0).all() and nobody["median_hours"].isna().all()


@pytest.mark.parametrize("area", [DISTRICT, ZONE, COMMUNITY])
def test_overdue_waits_longer_than_nine_in_ten_of_its_kind(
    db: Database, matters: pd.DataFrame, descendant: pd.DataFrame, area: str
) -> None:
    found = ask.information_open(db, area, END, END).set_index("category")
    usual = matters.groupby("category")["hours"].quantile(0.9)
    waiting = within(matters[matters["closed_at"].isna()], descendant, area)
    hours = (pd.Timestamp(2021, 1, 1) - waiting["received_at"]).dt.total_seconds() / 3600
    late = hours > waiting["category"].map(usual)
    assert found["open"].to_dict() == waiting["category"].value_counts().to_dict()
    assert found["overdue"].sum() == late.sum() > 0
    assert found["longest_hours"].max() == pytest.approx(hours.max())
    assert found["usual_hours"].to_dict() == pytest.approx(usual[found.index].to_dict())


def test_repeats_lead_to_the_first_matter(db: Database, matters: pd.DataFrame) -> None:
    found = ask.information_repeats(db, DISTRICT, START, END, 7)
    again = of_2020(matters)["repeat_of"].dropna().value_counts()
    assert len(found) == 7 and found["total"].iloc[0] == len(again)
    assert found["repetitions"].tolist() == again.sort_values(ascending=False).head(7).tolist()
    assert (found["first_received_at"] < found["last_received_at"]).all()
    assert set(found["case_id"]) <= set(matters["case_id"])


def test_forces_are_counted_where_they_serve(db: Database, extracts: Path, descendant: pd.DataFrame) -> None:
    posted = pd.read_parquet(extracts / "posted_staff.parquet")
    workers = pd.read_parquet(extracts / "worker_posting.parquet")
    for area in AREAS:
        found = ask.information_posted(db, area, END).set_index(["year", "force"])
        here, serving = within(posted, descendant, area), within(workers, descendant, area)
        sums = here.groupby(["year", "agency"])["staff"].sum()
        assert found.loc[(2020, "police"), "staff"] == pytest.approx(sums[(2020, "police")])
        last = serving[serving["year"] == 2020]
        assert found.loc[(2020, "officer"), "staff"] == pytest.approx(last["officer_share"].sum())
        assert found.loc[(2020, "officer"), "reached"] == (last["officer_share"] > 0).sum()
    assert set(ask.information_posted(db, DISTRICT, date(2018, 12, 31))["year"]) == {2018}


def test_the_records_behind_a_step_are_as_many(db: Database) -> None:
    steps = ask.information_stages(db, SUBDISTRICT, START, END).set_index("stage")["reached"]
    closed = list_records(db, "case", SUBDISTRICT, START, END, {"stage": ["closed"]}, limit=1)
    waiting = list_records(
        db, "case", SUBDISTRICT, START, END, {"stage": ["received", "analysed", "dispatched", "handled"]}, limit=1
    )
    assert closed["total"].iloc[0] == steps["closed"]
    assert waiting["total"].iloc[0] == steps["received"] - steps["closed"]
    repeats = list_records(db, "case", SUBDISTRICT, START, END, {"repeated": ["true"]}, limit=5)
    assert repeats["total"].iloc[0] == ask.information_channels(db, SUBDISTRICT, START, END)["repeats"].sum()
    assert repeats["repeat_of"].notna().all()
