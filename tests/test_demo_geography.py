"""The simulated district has the published counts by construction, hangs together, and repeats for the same seed."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.demo_geography import Geography, load_geography, make_geography, make_grids, save_geography
from data.demo_geography.compounds import chinese_number
from data.demo_geography.tables import MissingGeographyError
from geo import crs

SEED = 2020
REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"


@pytest.fixture(scope="module")
def district() -> Geography:
    return make_geography(SEED)


def pieces(count: int, edges: pd.DataFrame, label: np.ndarray) -> pd.Series:
    """Return in how many pieces each label lies when one can step only where blocks are in contact."""
    inner = edges[edges["contact"]]
    same = inner[label[inner["left"]] == label[inner["right"]]]
    links = coo_array((np.ones(len(same)), (same["left"], same["right"])), shape=(count, count))
    return pd.Series(connected_components(links, directed=False)[1]).groupby(label).nunique()


def test_the_published_counts_come_out_exactly(district: Geography) -> None:
    assert len(district.targets) == 166
    assert district.targets["neighbourhoods"].sum() == 1074
    assert district.blocks["subdistrict"].nunique() == 16
    assert (district.blocks["people"] + district.blocks["collective"]).sum() == 1_080_000
    assert district.outline["area_km2"].item() == pytest.approx(234.0, abs=0.05)
    rural = district.targets[district.targets["kind"] == "rural"]
    assert (len(rural), rural["neighbourhoods"].sum()) == (15, 115)
    assert len(district.village_groups) == 115


def test_households_follow_from_the_rule_of_300_and_150(district: Geography) -> None:
    targets = district.targets
    assert set(targets.groupby("kind")["target"].unique().map(tuple).to_dict().items()) == {
        ("urban", (300,)),
        ("resettlement", (300,)),
        ("rural", (150,)),
    }
    off = targets["households"] / (targets["neighbourhoods"] * targets["target"]) - 1
    assert off.abs().max() <= 0.05
    assert off.abs().mean() <= 0.02
    total = district.blocks["households"].sum()
    assert total == pytest.approx(305_000, rel=0.01)
    assert district.blocks["people"].sum() / total == pytest.approx(2.9, abs=1e-4)
    assert district.blocks["collective"].sum() / 1_080_000 == pytest.approx(0.18, abs=0.01)
    assert targets["neighbourhoods"].between(3, 12).all()
    assert targets["neighbourhoods"].nunique() >= 6, "communities differ in size"


def test_communities_are_the_official_ones_in_their_subdistricts(district: Geography) -> None:
    official = pd.read_csv(REFERENCE / "communities.csv", dtype=str, keep_default_na=False)
    official = official[official["in_2020_edition"] == "1"].set_index("code")
    found = district.blocks.drop_duplicates("community").set_index("community")
    assert set(found.index) == set(official.index)
    assert (found["subdistrict"] == official.loc[found.index, "subdistrict_code"]).all()
    assert ((found["kind"] == "rural") == (official.loc[found.index, "rural"] == "1")).all()
    assert (found["zone"].fillna("") == official.loc[found.index, "zone_code"]).all()


def test_blocks_cover_the_outline_exactly_once(district: Geography) -> None:
    shapes = district.blocks.geometry.to_numpy()
    assert (shapely.get_type_id(shapes) == 3).all()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.coverage_union_all(shapes)
    assert shapely.area(whole) == pytest.approx(shapely.area(shapes).sum(), abs=1e-3)
    assert len(whole.interiors) == 0
    assert shapely.equals_exact(whole, district.outline.geometry.item())
    assert 10_000 <= len(shapes) <= 14_000
    assert (2 * shapely.area(shapes) / shapely.length(shapes)).min() > 2.5, "no slivers"


def test_every_area_is_in_one_piece(district: Geography) -> None:
    blocks, edges = district.blocks, district.edges
    for column in ("subdistrict", "community"):
        assert (pieces(len(blocks), edges, blocks[column].to_numpy()) == 1).all(), column
    groups = blocks["village_group"].fillna("none").to_numpy()
    assert (pieces(len(blocks), edges, groups).drop("none") == 1).all()
    compounds = blocks["compound"].fillna("none").to_numpy()
    assert (pieces(len(blocks), edges, compounds).drop("none") == 1).all()


def test_borders_of_communities_are_streets_and_water(district: Geography) -> None:
    edges, community = district.edges, district.blocks["community"].to_numpy()
    inner = edges[edges["right"] >= 0]
    border = inner[community[inner["left"]] != community[inner["right"]]]
    share = border.groupby("barrier")["length_m"].sum() / border["length_m"].sum()
    assert share.reindex(["river", "arterial", "road"]).sum() > 0.995
    subdistrict = district.blocks["subdistrict"].to_numpy()
    outer = border[subdistrict[border["left"]] != subdistrict[border["right"]]]
    large = outer["barrier"].isin(["river", "arterial"]) | outer["name"].notna()
    assert outer.loc[large, "length_m"].sum() / outer["length_m"].sum() > 0.995


def test_no_area_spans_a_named_river_without_a_bridge(district: Geography) -> None:
    edges, lines = district.edges, district.lines
    water = edges[(edges["barrier"] == "river") & edges["name"].notna() & (edges["right"] >= 0)]
    bridges = lines[lines["bridge"]].union_all()
    assert lines["bridge"].sum() >= 30
    near = water.distance(bridges) <= 0.5
    assert (water["contact"] == near).all()
    assert edges.loc[(edges["right"] >= 0) & ~edges.index.isin(water.index), "contact"].all()


def test_edges_name_what_they_lie_on(district: Geography) -> None:
    edges, lines = district.edges, district.lines.set_index("line_id")
    on = edges[edges["line_id"] >= 0]
    there = gpd.GeoSeries(lines.geometry.loc[on["line_id"]].to_numpy(), crs=crs.METRIC)
    away = shapely.distance(
        shapely.line_interpolate_point(on.geometry.to_numpy(), 0.5, normalized=True), there.to_numpy()
    )
    assert away.max() < 0.1
    named = on[on["barrier"] != "landmark"]
    expected = lines["name"].loc[named["line_id"]].fillna("").to_numpy()
    assert (named["name"].fillna("").to_numpy() == expected).all()
    total = 2 * edges.loc[edges["right"] >= 0, "length_m"].sum() + edges.loc[edges["right"] < 0, "length_m"].sum()
    assert total == pytest.approx(district.blocks.length.sum(), rel=1e-9)
    face = district.blocks["face_id"].to_numpy()
    unseen = edges[(edges["barrier"] == "none") & (edges["right"] >= 0)]
    inside = face[unseen["left"]] == face[unseen["right"]]
    assert unseen.loc[inside, "length_m"].sum() > 0.98 * unseen["length_m"].sum(), "only divided blocks have bare edges"


def test_all_reference_lines_are_there_under_their_names(district: Geography) -> None:
    given = gpd.read_file(REFERENCE / "network.geojson")
    names = given.loc[given["kind"].isin(["road", "water"]), "name"]
    drawn = district.lines[~district.lines["simulated"]]
    assert set(drawn["name"].dropna()) == set(names)
    assert set(district.edges["name"].dropna()) >= set(names)
    assert district.lines.loc[district.lines["simulated"], "name"].isna().all(), "simulated lines carry no names"
    assert set(district.landmarks["name"]) == set(given.loc[given["kind"] == "landmark", "name"])
    inside = district.blocks.geometry.loc[district.landmarks["block_id"]]
    assert shapely.covers(inside.to_numpy(), district.landmarks.geometry.to_numpy()).all()


def test_buildings_stand_in_their_blocks_and_add_up(district: Geography) -> None:
    homes, blocks = district.buildings, district.blocks
    assert shapely.covers(blocks.geometry.to_numpy()[homes["block_id"]], homes.geometry.to_numpy()).all()
    sums = homes.groupby("block_id")[["households", "people"]].sum().reindex(blocks["block_id"], fill_value=0)
    assert (sums["households"].to_numpy() == blocks["households"].to_numpy()).all()
    assert (sums["people"].to_numpy() == (blocks["people"] + blocks["collective"]).to_numpy()).all()
    kinds = homes.groupby("kind")["households"].agg(["size", "sum", "mean"])
    assert kinds.loc["flats", "size"] == pytest.approx(6300, rel=0.03)
    assert kinds.loc["flats", "mean"] == pytest.approx(45.7, rel=0.03)
    assert kinds.loc["house", "size"] == pytest.approx(16_700, rel=0.02)
    assert kinds.loc["house", "mean"] == pytest.approx(1.03, abs=0.02)
    assert homes.loc[~homes["kind"].isin(["flats", "house"]), "households"].sum() == 0
    assert blocks["buildings"].sum() == homes["kind"].isin(["flats", "house"]).sum()


def test_atoms_are_small_enough_to_balance(district: Geography) -> None:
    many = district.blocks[district.blocks["households"] > 60]
    assert (many["buildings"] == 1).mean() > 0.99, "a block of several buildings is divided"
    assert district.blocks["households"].max() <= 85
    assert (district.blocks["face_id"].duplicated()).sum() > 300


def test_compounds_are_named_after_their_community(district: Geography) -> None:
    compounds = district.compounds
    assert compounds["compound_id"].is_unique
    assert (district.blocks.dropna(subset="compound").groupby("compound")["community"].nunique() == 1).all()
    sums = district.blocks.groupby("compound")["households"].sum()
    assert (sums.loc[compounds["compound_id"]].to_numpy() == compounds["households"].to_numpy()).all()
    assert compounds["name"].str.fullmatch(r".+?[一二三四五六七八九十]+(安置)?小区").all()
    assert (compounds["households"] <= 300).mean() > 0.9
    assert (compounds["households"] > 330).sum() >= 10, "some estates are larger than a neighbourhood"
    assert set(compounds["kind"]) == {"estate", "resettlement"}


def test_numbers_are_written_as_in_chinese() -> None:
    written = {1: "一", 10: "十", 11: "十一", 20: "二十", 34: "三十四"}
    assert {n: chinese_number(n) for n in written} == written


def test_the_same_seed_gives_the_same_district(district: Geography) -> None:
    again = make_geography(SEED)
    for field in fields(Geography):
        one, other = getattr(district, field.name), getattr(again, field.name)
        pd.testing.assert_frame_equal(
            pd.DataFrame(one).drop(columns="geometry", errors="ignore"),
            pd.DataFrame(other).drop(columns="geometry", errors="ignore"),
        )
        if "geometry" in one:
            assert (shapely.to_wkb(one.geometry.to_numpy()) == shapely.to_wkb(other.geometry.to_numpy())).all()


def test_it_comes_back_from_its_files(district: Geography, tmp_path: Path) -> None:
    save_geography(district, tmp_path)
    assert gpd.read_parquet(tmp_path / "blocks.parquet").crs == crs.STORED
    back = load_geography(tmp_path)
    shapes = back.blocks.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert np.abs(shapely.get_coordinates(shapes) - shapely.get_coordinates(district.blocks.geometry)).max() < 1e-3
    pd.testing.assert_frame_equal(pd.DataFrame(back.targets), pd.DataFrame(district.targets))
    (tmp_path / "edges.parquet").unlink()
    with pytest.raises(MissingGeographyError, match=r"edges\.parquet"):
        load_geography(tmp_path)


def test_grids_and_residents_groups_mostly_are_neighbourhoods(district: Geography) -> None:
    # Village groups and, in town, the serial halves of communities stand in for an edition here.
    blocks = district.blocks
    middle = shapely.get_x(shapely.centroid(blocks.geometry.to_numpy()))
    half = (middle > pd.Series(middle).groupby(blocks["community"]).transform("median")).map(
        {True: "002", False: "001"}
    )
    assignment = pd.Series((blocks["community"] + half).to_numpy(), index=blocks["block_id"])
    for units in make_grids(blocks, district.edges, assignment, SEED):
        assert units["unit_id"].is_unique
        assert units.area.sum() == pytest.approx(blocks.area.sum(), abs=1e-2)
        assert shapely.coverage_is_valid(units.geometry.to_numpy())
        same = units.dropna(subset="coincides_with")
        assert 0.7 < len(same) / assignment.nunique() < 0.9
        assert (same["coincides_with"].str[:12] == same["community"]).all()
        shapes = blocks.dissolve(assignment.to_numpy()).geometry.loc[same["coincides_with"]]
        assert shapely.equals(shapes.to_numpy(), same.geometry.to_numpy()).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 5, 7])
def test_any_seed_gives_a_whole_district(seed: int) -> None:
    made = make_geography(seed)
    assert made.targets["neighbourhoods"].sum() == 1074
    assert (made.blocks["people"] + made.blocks["collective"]).sum() == 1_080_000
    assert (pieces(len(made.blocks), made.edges, made.blocks["community"].to_numpy()) == 1).all()
    assert shapely.coverage_is_valid(made.blocks.geometry.to_numpy())
