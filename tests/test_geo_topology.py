"""Faults of a layer are found, named and measured; a sound layer has none."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import Polygon, box

from geo import topology
from geo.zoning import neighbourhoods
from tests.geo_places import SOUTH, WEST, grid_blocks, grid_edges

COMMUNITY = "320602001001"
HALVES = pd.Series([f"{COMMUNITY}00{1 + i % 4 // 2}" for i in range(16)], index=range(16))


def layer_of(assignment: pd.Series) -> gpd.GeoDataFrame:
    return neighbourhoods(grid_blocks(4, 4), assignment)


def test_a_sound_layer_has_no_faults() -> None:
    blocks, layer = grid_blocks(4, 4), layer_of(HALVES)
    faults = topology.layer_faults(
        layer, outline=blocks.union_all(), blocks=blocks, edges=grid_edges(blocks, 4, 4), assignment=HALVES
    )
    assert faults == topology.Faults([], [], [], 0.0, 0.0)
    assert faults.clean


def test_a_gap_is_measured_inside_the_outline() -> None:
    layer = layer_of(HALVES)
    layer.loc[0, "geometry"] = layer.geometry[0].difference(box(WEST, SOUTH, WEST + 10, SOUTH + 10))
    faults = topology.layer_faults(layer, outline=box(WEST, SOUTH, WEST + 400, SOUTH + 400))
    assert faults.gap_m2 == 100.0
    assert faults.overlap_m2 == 0.0
    assert not faults.clean


def test_a_hole_is_a_gap_even_without_an_outline() -> None:
    layer = layer_of(HALVES)
    layer.loc[0, "geometry"] = layer.geometry[0].difference(box(WEST + 50, SOUTH + 50, WEST + 60, SOUTH + 60))
    assert topology.layer_faults(layer).gap_m2 == 100.0


def test_an_overlap_is_measured() -> None:
    layer = layer_of(HALVES)
    layer.loc[0, "geometry"] = layer.geometry[0].union(box(WEST + 200, SOUTH, WEST + 203, SOUTH + 400))
    assert topology.layer_faults(layer).overlap_m2 == 1200.0


def test_a_self_crossing_polygon_is_invalid_and_named() -> None:
    layer = layer_of(HALVES)
    bow = Polygon([(WEST, SOUTH), (WEST + 100, SOUTH + 100), (WEST + 100, SOUTH), (WEST, SOUTH + 100)])
    layer.loc[1, "geometry"] = bow
    assert topology.layer_faults(layer).invalid == [f"{COMMUNITY}002"]


def test_pieces_that_touch_in_a_corner_only_are_not_contiguous() -> None:
    assignment = HALVES.copy()
    assignment[:] = f"{COMMUNITY}001"
    assignment[[0, 5]] = f"{COMMUNITY}002"
    blocks = grid_blocks(4, 4)
    assert topology.disconnected(assignment, grid_edges(blocks, 4, 4)) == [f"{COMMUNITY}002"]
    assert topology.layer_faults(layer_of(assignment)).non_contiguous == [f"{COMMUNITY}002"]


def test_a_river_without_bridge_parts_a_neighbourhood_whose_polygon_is_in_one_piece() -> None:
    blocks = grid_blocks(4, 4)
    edges = grid_edges(blocks, 4, 4)
    edges.loc[(edges["left"] % 4 == 0) & (edges["right"] == edges["left"] + 1), "contact"] = False
    layer = layer_of(HALVES)
    assert topology.layer_faults(layer).non_contiguous == []
    assert topology.layer_faults(layer, edges=edges, assignment=HALVES).non_contiguous == [f"{COMMUNITY}001"]


def test_a_block_in_another_community_is_not_nested() -> None:
    blocks = grid_blocks(4, 4)
    blocks.loc[3, "community"] = "320602001002"
    assert topology.crossing(blocks, HALVES) == [f"{COMMUNITY}002"]


def test_a_polygon_beyond_its_community_is_not_nested() -> None:
    communities = gpd.GeoDataFrame(
        {"code": [COMMUNITY]}, geometry=[box(WEST, SOUTH, WEST + 390, SOUTH + 400)], crs="EPSG:4549"
    )
    assert topology.layer_faults(layer_of(HALVES), communities=communities).not_nested == [f"{COMMUNITY}002"]


def test_a_code_that_does_not_begin_with_its_community_is_not_nested() -> None:
    layer = layer_of(HALVES)
    layer.loc[0, "community"] = "320602001009"
    assert topology.layer_faults(layer).not_nested == [f"{COMMUNITY}001"]


def test_pieces_of_a_few_blocks() -> None:
    blocks = grid_blocks(4, 4)
    contacts = topology.Contacts(blocks["block_id"], grid_edges(blocks, 4, 4))
    assert contacts.pieces([0, 1, 4, 10, 15, 11]) == [[0, 1, 4], [10, 11, 15]]
    assert contacts.connected([0, 1, 2, 6])
    assert not contacts.connected([0, 5])
    assert contacts.connected([])


@pytest.mark.parametrize(("area", "expected"), [(-0.004, 0.0), (0.004, 0.0), (12.3456, 12.35)])
def test_rounding_of_coordinates_is_no_gap(area: float, expected: float) -> None:
    assert topology.rounded(area) == expected
    assert str(topology.rounded(area))[0] != "-"


def test_the_round_trip_through_degrees_makes_no_gap_and_no_overlap() -> None:
    layer = layer_of(HALVES).to_crs(4490).to_crs(4549)
    faults = topology.layer_faults(layer, outline=shapely.union_all(layer.geometry.to_numpy()))
    assert faults.clean


def test_only_what_an_edit_touched_is_checked() -> None:
    blocks = grid_blocks(4, 4)
    contacts = topology.Contacts(blocks["block_id"], grid_edges(blocks, 4, 4))
    west, east = f"{COMMUNITY}001", f"{COMMUNITY}002"
    assert topology.touched_faults(contacts, blocks, HALVES, [west, east]) == {}
    edited = HALVES.copy()
    edited[[4, 5]] = east  # cuts the west half in two
    assert topology.touched_faults(contacts, blocks, edited, [west, east]) == {west: [[8, 9, 12, 13], [0, 1]]}
    edited[:] = east
    assert topology.touched_faults(contacts, blocks, edited, [west, east]) == {west: []}
    blocks.loc[15, "community"] = "320602001002"
    assert topology.touched_faults(contacts, blocks, HALVES, [east]) == {east: [[15]]}


def test_both_banks_of_a_named_river_need_a_bridge() -> None:
    blocks = grid_blocks(2, 2)
    edges = grid_edges(blocks, 2, 2)
    across = (edges["left"] < 2) & (edges["right"] >= 2)
    edges.loc[across, ["barrier", "name", "contact"]] = ["river", "濠河", False]
    hoods = pd.Series(["w", "e", "w", "e"], index=range(4))
    assert topology.on_both_banks(hoods, edges) == ["e", "w"]
    edges.loc[across & (edges["left"] == 0), "contact"] = True
    assert topology.on_both_banks(hoods, edges) == ["e"]
    end = pd.DataFrame([{"left": 1, "right": 3, "length_m": 5.0, "barrier": "lane", "name": None, "contact": True}])
    assert topology.on_both_banks(hoods, pd.concat([edges, end], ignore_index=True)) == []
    assert topology.on_both_banks(pd.Series(["n", "n", "s", "s"], index=range(4)), edges) == []
    edges["name"] = None
    assert topology.on_both_banks(hoods, edges) == []
