"""The questions of the workforce page, put to the built extracts and counted again here in another way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from queries import workforce_charts as ask
from queries.run import Database, open_database

DISTRICT, FORMER, ZONE, SUBDISTRICT, COMMUNITY = "320613", "320611", "320613401", "320613007", "320613007005"
END = date(2020, 12, 31)


@pytest.fixture(scope="module")
def db(extracts: Path) -> Iterator[Database]:
    database = open_database(extracts)
    yield database
    database.close()


@pytest.fixture(scope="module")
def descendant(extracts: Path) -> pd.DataFrame:
    return pd.read_parquet(extracts / "descendant.parquet")


@pytest.mark.parametrize("area", [DISTRICT, FORMER, ZONE, SUBDISTRICT, COMMUNITY])
def test_every_dimension_counts_every_worker(db: Database, extracts: Path, descendant: pd.DataFrame, area: str) -> None:
    found = ask.workforce_years(db, area, END)
    rows = pd.read_parquet(extracts / "staffing.parquet")
    rows = rows[rows["community"].isin(descendant.loc[descendant["ancestor"] == area, "code"])]
    keys = ["year", "dimension", "category"]
    assert found.set_index(keys)["workers"].to_dict() == rows.groupby(keys)["workers"].sum().to_dict()
    sums = found.groupby(["dimension", "year"])["workers"].sum().unstack(0)
    for dimension in (
        "post_level",
        "age_band",
        "education",
        "party",
        "certificate",
        "examination",
        "tenure",
        "posting",
    ):
        assert (sums[dimension] == sums["total"]).all(), dimension


def test_the_published_workforce_is_met(db: Database) -> None:
    found = ask.workforce_years(db, DISTRICT, END).query("year == 2020").set_index(["dimension", "category"])["workers"]
    assert found["total", "all"] == 1407
    assert found["promoted", "yes"] == 40 and found["examination", "yes"] > 400
    assert found["posting", "neighbourhood"] / 1407 > 1 / 3
    assert round(found["education", "bachelor"] / 1407, 2) == 0.56
    assert len(found["post_level"]) == 12


def test_an_earlier_end_leaves_later_years_out(db: Database) -> None:
    assert set(ask.workforce_years(db, COMMUNITY, date(2019, 6, 30))["year"]) == {2018, 2019}
    assert ask.workforce_years(db, COMMUNITY + "001", END).empty


@pytest.mark.parametrize(
    ("area", "level"),
    [(DISTRICT, "subdistrict"), (DISTRICT, "community"), (ZONE, "community"), (COMMUNITY, "community")],
)
def test_places_share_out_workers_and_cases(
    db: Database, extracts: Path, descendant: pd.DataFrame, area: str, level: str
) -> None:
    found = ask.workforce_places(db, area, level, END)
    inside = descendant.loc[descendant["ancestor"] == area, "code"]
    rows = pd.read_parquet(extracts / "staffing.parquet")
    rows = rows[rows["community"].isin(inside) & (rows["year"] == 2020)]
    assert found["workers"].sum() == rows.loc[rows["dimension"] == "total", "workers"].sum()
    posted = rows[(rows["dimension"] == "posting") & (rows["category"] == "neighbourhood")]["workers"].sum()
    assert found["posted"].sum() == posted
    cases = pd.read_parquet(extracts / "case.parquet", columns=["neighbourhood", "received_at"])
    here = cases[cases["neighbourhood"].isin(inside) & (cases["received_at"].dt.year == 2020)]
    assert found["cases"].sum() == len(here)
    assert len(found) == (descendant[descendant["ancestor"] == area]["level"] == level).sum()


@pytest.mark.parametrize("area", [DISTRICT, ZONE, COMMUNITY, COMMUNITY + "001"])
def test_neighbourhoods_are_counted_by_their_posted_workers(
    db: Database, extracts: Path, descendant: pd.DataFrame, area: str
) -> None:
    found = ask.workforce_neighbourhoods(db, area, END)
    rows = pd.read_parquet(extracts / "worker_posting.parquet")
    rows = rows[rows["neighbourhood"].isin(descendant.loc[descendant["ancestor"] == area, "code"])]
    rows = rows[rows["year"] == 2020]
    assert found.set_index("workers")["neighbourhoods"].to_dict() == rows["officer_share"].value_counts().to_dict()
    if area == DISTRICT:
        assert found["neighbourhoods"].sum() == 1074
