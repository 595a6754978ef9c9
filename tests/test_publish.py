"""Publishing: the edition's tables fit together, and boundaries with faults are refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.contract import check_parquet, load_contract
from data.demo_geography import Geography
from data.edition_bounds import bounds_of_levels
from data.manifest import edition_dir, geography_dir
from data.publish import EditionBroken, make_edition, places, publish_edition
from geo.crs import METRIC, STORED

WEST, EAST = "320613001001", "320613001002"
"""Two communities of the reference tables: four blocks wide, two blocks high each, a named road between them."""


def square(column: int, row: int) -> shapely.Polygon:
    x, y = 580_000 + 100 * column, 3_545_000 + 100 * row
    return shapely.box(x, y, x + 100, y + 100)


def make_geography() -> Geography:
    spots = [(column, row) for row in range(2) for column in range(8)]
    community = [WEST if column < 4 else EAST for column, _ in spots]
    blocks = gpd.GeoDataFrame(
        {
            "block_id": range(16), "face_id": range(16), "subdistrict": "320613001", "community": community,
            "kind": ["rural" if one == EAST else "urban" for one in community], "zone": None, "compound": None,
            "village_group": None, "landmark": None, "households": 75, "people": 200,
            "collective": [30] + [0] * 15, "buildings": 2,
        },
        geometry=[square(*spot) for spot in spots], crs=METRIC,
    )  # fmt: skip
    area = pd.DataFrame({"community": [WEST, EAST], "kind": ["urban", "rural"], "neighbourhoods": 2, "target": 300})
    outline = gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.union_all(blocks.geometry.to_numpy())], crs=METRIC)
    lines = gpd.GeoDataFrame(
        {
            "line_id": [0], "kind": ["road"], "class": ["arterial"], "name": ["人民路"], "name_en": ["Renmin Road"],
            "simulated": [False], "bridge": [False], "width_m": [np.nan],
        },
        geometry=[shapely.LineString([(580_400, 3_545_000), (580_400, 3_545_200)])], crs=METRIC,
    )  # fmt: skip
    marks = gpd.GeoDataFrame(
        {"name": ["文峰塔"], "name_en": ["Wenfeng Pagoda"], "block_id": [3]},
        geometry=[square(3, 0).centroid], crs=METRIC,
    )  # fmt: skip
    edges = make_edges(blocks)
    empty = pd.DataFrame()
    return Geography(outline, lines, blocks, edges, area, gpd.GeoDataFrame(), empty, empty, marks)


def make_edges(blocks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = blocks.geometry.to_numpy()
    pairs = [(a, b) for a in range(16) for b in range(a + 1, 16) if shapes[a].intersection(shapes[b]).length > 0]
    rows = [(a, b, shapes[a].intersection(shapes[b])) for a, b in pairs]
    around = shapely.union_all(shapes).boundary
    rows += [(a, -1, line) for a in range(16) for line in sides(shapes[a]) if around.covers(line)]
    table = pd.DataFrame(rows, columns=["left", "right", "geometry"])
    named = [
        right >= 0 and left % 8 == 3 and right == left + 1
        for left, right in zip(table["left"], table["right"], strict=True)
    ]
    table = table.assign(
        length_m=100.0,
        barrier=np.where(named, "arterial", "lane"),
        name=np.where(named, np.array("人民路", dtype=object), None),
        line_id=np.where(named, 0, -1),
        contact=True,
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=METRIC)


def sides(shape: shapely.Polygon) -> list[shapely.LineString]:
    corners = list(shape.exterior.coords)
    return [shapely.LineString(pair) for pair in pairwise(corners)]


def assignment() -> pd.Series:
    """Each community in its western and eastern half."""
    codes = {0: f"{WEST}001", 1: f"{WEST}002", 2: f"{EAST}001", 3: f"{EAST}002"}
    return pd.Series([codes[block % 8 // 2] for block in range(16)], index=range(16), name="neighbourhood")


def quiet(_step: str, _share: float) -> None:
    return None


@pytest.fixture(scope="module")
def geography() -> Geography:
    return make_geography()


def test_every_level_is_the_union_of_its_neighbourhoods(geography: Geography) -> None:
    edition = make_edition(geography, assignment(), quiet)
    areas = edition.areas.set_index("code")
    assert areas.groupby("level").size().to_dict() == {
        "community": 2, "district": 1, "former_district": 1, "neighbourhood": 4, "subdistrict": 1,
    }  # fmt: skip
    assert areas.loc["320613", "area_km2"] == pytest.approx(0.16)
    assert areas.loc[f"{WEST}001", "area_km2"] == pytest.approx(0.04)
    shapes = edition.boundaries.to_crs(METRIC).set_index("code").geometry
    assert shapes[WEST].symmetric_difference(shapely.box(580_000, 3_545_000, 580_400, 3_545_200)).area < 0.01
    assert shapes["320613"].equals_exact(shapes["320602"], 1e-6)


def test_people_of_an_area_include_collective_households_once(geography: Geography) -> None:
    areas = make_edition(geography, assignment(), quiet).areas.set_index("code")
    assert areas.loc[f"{WEST}001", ["people", "collective", "households", "buildings"]].tolist() == [830, 30, 300, 8]
    assert areas.loc["320613", "people"] == 16 * 200 + 30
    assert areas.loc["320613", ["neighbourhoods", "communities"]].tolist() == [4, 2]


def test_names_kinds_and_parents(geography: Geography) -> None:
    areas = make_edition(geography, assignment(), quiet).areas.set_index("code")
    assert areas.loc[f"{WEST}001", ["name_zh", "name_en", "parent", "kind"]].tolist() == [
        "德民-01",
        "Demin-01",
        WEST,
        "urban",
    ]
    assert areas.loc[EAST, "kind"] == "rural"
    assert areas.loc["320613001", "former_district"] == "320602"
    assert pd.isna(areas.loc["320613", "kind"])


def test_a_side_is_its_named_line_else_the_neighbour_else_nothing(geography: Geography) -> None:
    bounds = bounds_of_levels(geography.edges, assignment(), geography.blocks)
    assert bounds.loc[f"{WEST}002", "bound_east"] == "人民路"
    assert bounds.loc[f"{EAST}001", "bound_west"] == "人民路"
    assert bounds.loc[f"{WEST}002", "bound_west"] == f"{WEST}001"
    assert pd.isna(bounds.loc[f"{WEST}001", "bound_west"])
    assert bounds.loc[WEST, "bound_east"] == "人民路"
    assert bounds.loc["320613"].isna().all()


@pytest.mark.parametrize(("block", "code"), [(0, f"{WEST}002"), (3, f"{EAST}001")])
def test_a_neighbourhood_in_pieces_or_outside_its_community_is_refused(
    geography: Geography, block: int, code: str
) -> None:
    wrong = assignment()
    wrong[block] = code
    with pytest.raises(EditionBroken, match="The edition cannot be published"):
        make_edition(geography, wrong, quiet)


def test_a_published_edition_is_what_the_contract_says(geography: Geography, tmp_path: Path) -> None:
    (geography_dir(tmp_path)).mkdir(parents=True)
    folder = publish_edition(make_edition(geography, assignment(), quiet), tmp_path)
    assert folder == edition_dir(tmp_path)
    contract = load_contract()
    for name in ("boundaries", "blocks", "edges", "network"):
        check_parquet(folder / f"{name}.parquet", contract.extracts[name])
        assert gpd.read_parquet(folder / f"{name}.parquet").crs == STORED
    written = pd.read_parquet(geography_dir(tmp_path) / "assignment.parquet")
    assert written.set_index("block_id")["neighbourhood"].to_dict() == assignment().to_dict()
    assert not list(folder.parent.glob(".*"))


def test_an_edition_is_replaced_whole(geography: Geography, tmp_path: Path) -> None:
    (geography_dir(tmp_path)).mkdir(parents=True)
    edition = make_edition(geography, assignment(), quiet)
    folder = publish_edition(edition, tmp_path)
    (folder / "left_over.parquet").touch()
    publish_edition(edition, tmp_path)
    assert not (folder / "left_over.parquet").exists()


def test_places_are_offices_and_landmarks(geography: Geography) -> None:
    edition = make_edition(geography, assignment(), quiet)
    offices = pd.DataFrame(
        {
            "office_id": ["O1"],
            "name": ["德民-01服务处"],
            "neighbourhood": [f"{WEST}001"],
            "lon": [120.85],
            "lat": [32.0],
        }
    )
    table = places(edition.landmarks, offices, edition.areas)
    assert table["kind"].tolist() == ["landmark", "service_office"]
    assert table["name_en"].tolist() == ["Wenfeng Pagoda", "Demin-01 Service Office"]
    assert table["neighbourhood"].tolist() == [f"{WEST}002", f"{WEST}001"]
    assert table.crs == STORED


def test_the_demonstration_has_every_area_and_no_faults(extracts: Path) -> None:
    boundaries = gpd.read_parquet(extracts / "boundaries.parquet")
    assert boundaries.groupby("level").size().to_dict() == {
        "community": 166, "district": 1, "former_district": 2, "neighbourhood": 1074, "subdistrict": 16, "zone": 2,
    }  # fmt: skip
    metric = boundaries.to_crs(METRIC).set_index("code")
    area = metric.geometry.area.groupby(metric["level"]).sum() / 1e6
    for level in ("neighbourhood", "community", "subdistrict", "district", "former_district"):
        assert area[level] == pytest.approx(234.0, abs=0.5)
    assert area["neighbourhood"] == pytest.approx(area["district"], abs=1e-6)
    blocks = pd.read_parquet(extracts / "blocks.parquet", columns=["neighbourhood", "community"])
    assert (blocks["neighbourhood"].str[:12] == blocks["community"]).all()
