"""Outlines of several parts: islands and exclaves are cut, and bridges and ferries are what joins them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, box

from geo import tables
from geo.__main__ import main

WEST, SOUTH = 581_000.0, 3_542_000.0
MAINLAND, ISLAND = box(WEST, SOUTH, WEST + 800, SOUTH + 800), box(WEST + 1600, SOUTH, WEST + 2000, SOUTH + 800)
NO_LINK, BRIDGE, FERRY = (None, None), ("yes", None), (None, "ferry")


def write_place(folder: Path, link: tuple[str | None, str | None], outline: shapely.Geometry) -> None:
    """A mainland of four blocks and an island of two, 800 m of water between them, with or without a link over it."""
    streets = [
        LineString([(WEST + 400, SOUTH), (WEST + 400, SOUTH + 800)]),
        LineString([(WEST, SOUTH + 400), (WEST + 800, SOUTH + 400)]),
        LineString([(WEST + 1600, SOUTH + 400), (WEST + 2000, SOUTH + 400)]),
    ]
    table: dict[str, Any] = {"highway": ["residential"] * 3, "bridge": [None] * 3, "route": [None] * 3}
    if link != NO_LINK:
        bridge, route = link
        streets.append(LineString([(WEST + 700, SOUTH + 200), (WEST + 1700, SOUTH + 200)]))
        for column, value in {"highway": "residential" if bridge else None, "bridge": bridge, "route": route}.items():
            table[column].append(value)
        if route:  # lands on the quays, not in the blocks
            streets[-1] = LineString([(WEST + 810, SOUTH + 200), (WEST + 1590, SOUTH + 200)])
    gpd.GeoDataFrame(table, geometry=streets, crs=4549).to_file(folder / "streets.gpkg")
    gpd.GeoDataFrame(geometry=[outline], crs=4549).to_file(folder / "outline.gpkg")
    homes = [Point(WEST + 200 + 400 * i, SOUTH + 200 + 400 * j) for i in (0, 1, 4) for j in (0, 1)]
    gpd.GeoDataFrame({"households": [100] * 6}, geometry=homes, crs=4549).to_crs(4490).to_file(folder / "homes.gpkg")


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[dict[str, Any], str]:
    assert main([*map(str, words), "--json"]) == 0, capsys.readouterr().err
    output = capsys.readouterr()
    return json.loads(output.out), output.err


def cut(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    return run(capsys, "blocks", "--network", folder / "streets.gpkg", "--outline", folder / "outline.gpkg",
               "--buildings", folder / "homes.gpkg", "--out", folder / "blocks.parquet")  # fmt: skip


@pytest.mark.parametrize("link", [NO_LINK, BRIDGE, FERRY], ids=["no link", "bridge", "ferry"])
def test_an_island_is_cut_and_divided_with_what_is_linked_to_it(
    link: tuple[str | None, str | None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_place(tmp_path, link, MultiPolygon([MAINLAND, ISLAND]))
    measured, notes = cut(tmp_path, capsys)
    assert (measured["blocks"], measured["gap_m2"], measured["overlap_m2"], measured["invalid"]) == (6, 0.0, 0.0, 0)
    assert measured["area_km2"] == pytest.approx(0.96)
    assert "has 2 parts; bridges and ferries join them" in notes
    edges = tables.read_blocks(tmp_path / "blocks.parquet")[1]
    assert (edges["length_m"] == 0).sum() == int(link != NO_LINK)
    # 600 households: one neighbourhood of 600 only where the island can be reached.
    result, _ = run(capsys, "propose", "--blocks", tmp_path / "blocks.parquet", "--target", "600",
                    "--out", tmp_path / "hoods.gpkg")  # fmt: skip
    assert result["neighbourhoods"] == (2 if link == NO_LINK else 1)
    assert result["non_contiguous"] == 0
    assert any("form 2 parts without contact; declare a bridge" in said for said in result["infeasible"]) == (
        link == NO_LINK
    )
    hoods = gpd.read_file(tmp_path / "hoods.gpkg").to_crs(4549)
    assert hoods.area.sum() == pytest.approx(960_000, rel=1e-6)


def test_an_enclave_of_another_place_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hole = MAINLAND.difference(box(WEST + 500, SOUTH + 500, WEST + 700, SOUTH + 700))
    write_place(tmp_path, NO_LINK, MultiPolygon([hole, ISLAND]))
    measured, _ = cut(tmp_path, capsys)
    assert (measured["blocks"], measured["gap_m2"]) == (6, 0.0)
    assert measured["area_km2"] == pytest.approx(0.92)


def test_a_bare_islet_is_a_block_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    islet = box(WEST + 1000, SOUTH + 300, WEST + 1010, SOUTH + 310)
    write_place(tmp_path, NO_LINK, MultiPolygon([MAINLAND, ISLAND, islet]))
    measured, _ = cut(tmp_path, capsys)
    assert (measured["blocks"], measured["gap_m2"]) == (7, 0.0)
    blocks = tables.read_layer(tmp_path / "blocks.parquet")
    assert blocks.geometry.area.min() == pytest.approx(100, abs=0.1)


def test_parts_that_no_line_divides_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_place(tmp_path, NO_LINK, MultiPolygon([MAINLAND, ISLAND]))
    stub = LineString([(WEST + 100, SOUTH + 100), (WEST + 200, SOUTH + 100)])
    gpd.GeoDataFrame({"highway": ["residential"]}, geometry=[stub], crs=4549).to_file(tmp_path / "streets.gpkg")
    assert main(["blocks", "--network", str(tmp_path / "streets.gpkg"), "--outline", str(tmp_path / "outline.gpkg"),
                 "--out", str(tmp_path / "b.parquet")]) == 1  # fmt: skip
    assert "its 1 lines enclose nothing inside the outline" in capsys.readouterr().err


def test_an_outline_in_several_rows_is_their_union(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_place(tmp_path, BRIDGE, MultiPolygon([MAINLAND, ISLAND]))
    halves = [box(WEST, SOUTH, WEST + 300, SOUTH + 800), box(WEST + 300, SOUTH, WEST + 800, SOUTH + 800), ISLAND]
    gpd.GeoDataFrame({"name": list("abc")}, geometry=halves, crs=4549).to_file(tmp_path / "outline.gpkg")
    measured, _ = cut(tmp_path, capsys)
    assert measured["blocks"] == 6


def test_village_groups_stay_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_place(tmp_path, NO_LINK, MAINLAND)
    west = box(WEST, SOUTH, WEST + 400, SOUTH + 800)
    gpd.GeoDataFrame({"name": ["三组"]}, geometry=[west], crs=4549).to_file(tmp_path / "groups.gpkg")
    homes = gpd.read_file(tmp_path / "homes.gpkg")
    homes[homes.to_crs(4549).within(MAINLAND)].to_file(tmp_path / "homes.gpkg")
    run(capsys, "blocks", "--network", tmp_path / "streets.gpkg", "--outline", tmp_path / "outline.gpkg",
        "--buildings", tmp_path / "homes.gpkg", "--village-groups", tmp_path / "groups.gpkg",
        "--out", tmp_path / "blocks.parquet")  # fmt: skip
    blocks = tables.read_layer(tmp_path / "blocks.parquet")
    assert blocks["village_group"].value_counts().to_dict() == {"三组": 2}
    result, _ = run(capsys, "propose", "--blocks", tmp_path / "blocks.parquet", "--target", "200")
    assert (result["neighbourhoods"], result["village_groups_kept"]) == (2, 1.0)
    assert isinstance(pd.read_parquet(tmp_path / "blocks.parquet"), pd.DataFrame)
