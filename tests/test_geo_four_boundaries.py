"""四至 of places whose answer is known."""

from __future__ import annotations

import geopandas as gpd
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


def test_an_edge_between_two_blocks_of_one_neighbourhood_bounds_nothing() -> None:
    blocks, edges, codes = centre_of_nine()
    codes[5] = CODE
    sides = four_boundaries(edges, codes, blocks)[CODE]
    assert sides["east"].barrier == "road"
    assert sides["east"].level == "district"
