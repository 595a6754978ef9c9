"""The page on reach: its sentence, its map's state and its sites are what the extracts hold, in both languages."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from geo.map_geometry import decode_numbers
from pages.parts import sites
from pages.parts.words import words
from queries.bivariate import crossed
from queries.indicators import MISSING
from queries.reach_charts import reach_bands, reach_blocks, reach_places
from queries.run import Database, open_database
from tests.opening import html_of, opened, table_called, text_of

AREAS = {
    "district": "320613", "zone": "320613401", "subdistrict": "320613009", "community": "320613007005",
    "neighbourhood": "320613007005001",
}  # fmt: skip
END = date(2020, 12, 31)
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|<NA>")


@pytest.fixture(scope="module")
def blocks(extracts: Path) -> pd.DataFrame:
    return pd.read_parquet(extracts / "reach.parquet")


@pytest.fixture(scope="module")
def db(extracts: Path) -> Database:
    return open_database(extracts)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_in_both_languages(level: str, language: str, extracts: Path) -> None:
    app = opened("reach", area=AREAS[level], lang=language)
    shown = text_of(app)
    areas = pd.read_parquet(extracts / "area.parquet").set_index("code")
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert areas.at[AREAS[level], f"name_{language}"] in shown
    assert words(language)["reach.sites"] in shown
    assert not UNFILLED.search(shown), UNFILLED.search(shown)
    assert len(app.get("plotly_chart")) == (2 if level == "neighbourhood" else 3)


def test_the_first_sentence_is_counted_block_by_block(blocks: pd.DataFrame) -> None:
    shown = text_of(opened("reach", period="2019"))
    since = {way: pd.to_datetime(blocks[f"{way}_since"]) <= "2019-12-31" for way in ("walk", "straight")}
    households = {way: blocks.loc[near, "households"].sum() for way, near in since.items()}
    deceptive = blocks.loc[since["straight"] & ~since["walk"], "households"].sum()
    total = blocks["households"].sum()
    assert f"{total:,} 户中，{100 * households['walk'] / total:.1f}% 步行500米内" in shown
    assert f"按直线计为 {100 * households['straight'] / total:.1f}%，其中 {deceptive:,} 户看似近" in shown


def test_the_measures_are_the_same_counts(blocks: pd.DataFrame, extracts: Path) -> None:
    measure = pd.read_parquet(
        extracts / "measure.parquet",
        filters=[("measure", "=", "households_within_500m"), ("level", "=", "subdistrict")],
    )
    last = measure[measure["month"] == date(2020, 12, 1)].set_index("code")["value"]
    counted = blocks[blocks["walk_since"].notna()].groupby(blocks["neighbourhood"].str[:9])["households"].sum()
    pd.testing.assert_series_equal(last.sort_index(), counted.astype(float), check_names=False)


def test_bands_hold_every_household_once(db: Database, blocks: pd.DataFrame) -> None:
    bands = reach_bands(db, AREAS["subdistrict"])
    own = blocks[blocks["neighbourhood"].str.startswith(AREAS["subdistrict"])]
    assert bands["walk"].sum() == bands["straight"].sum() == own["households"].sum()
    assert bands["walk"].iloc[:2].sum() == own.loc[own["walk_m"] < 500, "households"].sum()
    assert bands["walk"].iloc[-1] == own.loc[own["walk_m"].isna(), "households"].sum()


def test_places_add_up_to_their_area(db: Database) -> None:
    whole = reach_places(db, "320613", "district", END).iloc[0]
    parts = reach_places(db, "320613", "community", END)
    for column in ("households", "walk", "straight", "beyond", "deceptive"):
        assert parts[column].sum() == whole[column], column
    assert (parts["walk"] + parts["beyond"] == parts["households"]).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sites_are_shown_with_before_and_after(language: str, db: Database) -> None:
    app = opened("reach", area=AREAS["subdistrict"], sites="3", lang=language)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    table = table_called(app, words(language)["reach.sites"])
    made = sites.propose(AREAS["subdistrict"], 3, END, lambda _step, _share: None)
    rows = reach_blocks(db, AREAS["subdistrict"], END)
    own = rows[rows["inside"]]
    before = own.loc[own["covered"], "households"].sum() / own["households"].sum()
    assert len(table) == 3
    assert f"{100 * before:.1f}%" in text_of(app) and f"{100 * made.after:.1f}%" in text_of(app)
    gains = table.iloc[:, 2].str.replace(",", "").astype(int)
    assert gains.is_monotonic_decreasing and gains.sum() == round(made.found.after - made.found.before)
    assert words(language)["reach.method.exact"] in text_of(app)


def test_sites_stand_in_the_area_and_their_ground_is_small(db: Database) -> None:
    made = sites.propose(AREAS["subdistrict"], 10, END, lambda _step, _share: None)
    assert made.table["neighbourhood"].str.startswith(AREAS["subdistrict"]).all()
    assert made.table["lon"].between(120.7, 121.1).all() and made.table["lat"].between(31.9, 32.2).all()
    assert 0 < len(made.ground) < 8_000 and len(decode_numbers(made.ground)) > 20
    assert made.before < made.after <= 1


def test_thirds_are_crossed_and_the_missing_stay_missing() -> None:
    first = pd.Series([1.0, 2, 3, 4, 5, 6, None], index=list("abcdefg"))
    found = crossed(first, pd.Series([9.0, 9, 9, 1, 1, 1, 1], index=list("abcdefg")))
    assert found.first == (2.0, 4.0) and found.second == (1.0, 9.0)
    assert found.index.to_dict() == {"a": 3, "b": 3, "c": 4, "d": 1, "e": 2, "f": 2, "g": MISSING}


@pytest.mark.parametrize("over", ["reach_walk,reach_straight,offices,symbols", "none", "nonsense"])
@pytest.mark.parametrize("colours", ["one", "two"])
def test_every_way_to_show_the_map_works(over: str, colours: str) -> None:
    app = opened("reach", area=AREAS["subdistrict"], over=over, colours=colours)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
