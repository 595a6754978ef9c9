"""四至 of places whose answer is known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import affinity

from geo.four_boundaries import SIDES, Side, four_boundaries
from tests.geo_places import grid_blocks, grid_edges

CODE = "320602001001001"


def centre_of_nine() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series]:
    """Nine blocks; the middle one is neighbourhood 001 and has 人民路, 跃龙路, 濠河 and a compound wall around it."""
    blocks = grid_blocks(3, 3)
    edges = grid_edges(blocks, 3, 3)
    for left, right, name, barrier in ((1, 4, "人民路", "arterial"), (3, 4, "跃龙路", "road"), (4, 7, "濠河", "river")):
        edges.loc[(edges["left"] == left) & (edges["right"] == right), ["name", "barrier"]] = [name, barrier]
    edges.loc[(edges["left"] == 4) & (edges["right"] == 5), "barrier"] = "wall"
    codes = pd.Series([f"3206020010010{i + 10:02d}" for i in range(9)], index=range(9))
    codes[4] = CODE
    codes[5] = "320602001002001"
    codes[7] = "320602002001001"
    return blocks, edges, codes


def test_road_river_and_wall_around_one_block() -> None:
    blocks, edges, codes = centre_of_nine()
    assert four_boundaries(edges, codes, blocks)[CODE] == {
        "east": Side(None, "wall", "320602001002001", "community", 1.0),
        "south": Side("濠河", "river", "320602002001001", "subdistrict", 1.0),
        "west": Side("跃龙路", "road", "320602001001013", "neighbourhood", 1.0),
        "north": Side("人民路", "arterial", "320602001001011", "neighbourhood", 1.0),
    }


def test_sides_are_in_the_order_in_which_they_are_written() -> None:
    blocks, edges, codes = centre_of_nine()
    assert list(four_boundaries(edges, codes, blocks)[CODE]) == list(SIDES) == ["east", "south", "west", "north"]


def test_the_neighbour_sees_the_same_road_from_its_other_side() -> None:
    blocks, edges, codes = centre_of_nine()
    sides = four_boundaries(edges, codes, blocks)
    assert sides["320602001001011"]["south"].name == "人民路"
    assert sides["320602001001013"]["east"].name == "跃龙路"
    assert sides["320602002001001"]["north"].name == "濠河"


def test_the_direction_in_which_an_edge_was_drawn_does_not_matter() -> None:
    blocks, edges, codes = centre_of_nine()
    once = four_boundaries(edges, codes, blocks)
    edges["geometry"] = edges.geometry.reverse()
    assert four_boundaries(edges, codes, blocks) == once


def test_the_edge_of_the_district_has_no_neighbour() -> None:
    blocks, edges, codes = centre_of_nine()
    corner = four_boundaries(edges, codes, blocks)[codes[0]]
    assert corner["west"] == Side(None, "road", None, "district", 1.0)


@pytest.mark.parametrize("degrees", [20, -20, 40])
def test_a_slanted_town_keeps_its_sides(degrees: float) -> None:
    blocks, edges, codes = centre_of_nine()
    middle = blocks.union_all().centroid
    for table in (blocks, edges):
        table["geometry"] = table.geometry.map(lambda shape: affinity.rotate(shape, degrees, origin=middle))
    sides = four_boundaries(edges, codes, blocks)[CODE]
    assert [sides[side].name for side in SIDES] == [None, "濠河", "跃龙路", "人民路"]


def test_a_named_road_along_a_third_of_a_side_gives_the_side_its_name() -> None:
    blocks, edges = grid_blocks(3, 1), grid_edges(grid_blocks(3, 1), 3, 1)
    north = (edges["right"] == -1) & (edges.geometry.bounds["miny"] == blocks.total_bounds[3])
    edges.loc[north & (edges["left"] == 0), "name"] = "人民路"
    sides = four_boundaries(edges, pd.Series([CODE] * 3, index=range(3)), blocks)[CODE]
    assert sides["north"].name == "人民路"
    assert sides["north"].share == pytest.approx(1 / 3, abs=0.001)


def test_a_named_road_along_a_fifth_of_a_side_does_not() -> None:
    blocks, edges = grid_blocks(5, 1), grid_edges(grid_blocks(5, 1), 5, 1)
    north = (edges["right"] == -1) & (edges.geometry.bounds["miny"] == blocks.total_bounds[3])
    edges.loc[north & (edges["left"] == 0), "name"] = "人民路"
    sides = four_boundaries(edges, pd.Series([CODE] * 5, index=range(5)), blocks)[CODE]
    assert sides["north"] == Side(None, "road", None, "district", 1.0)


def street_of_five(beyond: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series]:
    """Five blocks in a row, each a neighbourhood; only the line between the fourth and the fifth is named."""
    blocks, edges = grid_blocks(5, 1), grid_edges(grid_blocks(5, 1), 5, 1)
    edges.loc[(edges["left"] == 3) & (edges["right"] == 4), "name"] = beyond
    return blocks, edges, pd.Series([f"{CODE[:12]}{i + 1:03d}" for i in range(5)], index=range(5))


def test_an_unnamed_side_knows_the_next_named_line_that_way_and_how_far_it_is() -> None:
    blocks, edges, codes = street_of_five("工农路")
    sides = four_boundaries(edges, codes, blocks)
    first = sides[codes[0]]["east"]
    assert (first.name, first.beyond, first.beyond_m) == (None, "工农路", pytest.approx(300))
    assert sides[codes[0]]["west"].beyond is None and sides[codes[0]]["north"].beyond is None
    assert (sides[codes[4]]["west"].name, sides[codes[4]]["west"].beyond) == ("工农路", None)


def test_a_line_that_runs_the_same_way_does_not_lie_beyond_and_one_too_far_neither() -> None:
    blocks, edges, codes = street_of_five("工农路")
    along = edges["left"].eq(2) & edges["right"].eq(-1)
    edges.loc[along, "name"] = "人民路"  # north and south of the third block: not met by going east
    assert four_boundaries(edges, codes, blocks)[codes[0]]["east"].beyond == "工农路"
    for table in (blocks, edges):
        table["geometry"] = table.geometry.map(lambda shape: affinity.scale(shape, 4, 4, origin=(0, 0)))
    assert four_boundaries(edges, codes, blocks)[codes[0]]["east"].beyond is None


@pytest.mark.parametrize("degrees", [20, -20])
def test_in_a_slanted_town_the_next_named_line_is_still_found(degrees: float) -> None:
    blocks, edges, codes = street_of_five("工农路")
    middle = blocks.union_all().centroid
    for table in (blocks, edges):
        table["geometry"] = table.geometry.map(lambda shape: affinity.rotate(shape, degrees, origin=middle))
    found = four_boundaries(edges, codes, blocks)[codes[2]]["east"]
    assert found.beyond == "工农路"
    assert found.beyond_m == pytest.approx(100 / np.cos(np.radians(degrees)), abs=0.5)


def test_an_edge_between_two_blocks_of_one_neighbourhood_bounds_nothing() -> None:
    blocks, edges, codes = centre_of_nine()
    codes[5] = CODE
    sides = four_boundaries(edges, codes, blocks)[CODE]
    assert sides["east"].barrier == "road"
    assert sides["east"].level == "district"
