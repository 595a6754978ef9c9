"""The map's text holds the published coverage: shared borders once, nothing torn, every level from the same arcs."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.map_geometry import (
    STEP,
    NoNeighbourhoodsError,
    NotACoverageError,
    decode_numbers,
    encode_map,
    encode_numbers,
    shared_arcs,
    simplify_coverage,
)
from tests.map_place import CODES, make_areas, make_network, make_places


@pytest.fixture(scope="module")
def units() -> gpd.GeoDataFrame:
    areas = make_areas()
    return areas[areas["level"] == "neighbourhood"].sort_values("code").reset_index(drop=True)


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return json.loads(encode_map(make_areas(), make_network(), make_places()).text)


def read_paths(text: str) -> list[list[tuple[float, float]]]:
    numbers, paths, x, y = iter(decode_numbers(text)), [], 0, 0
    for count in numbers:
        path = []
        for _ in range(count):
            x, y = x + next(numbers), y + next(numbers)
            path.append((x * STEP, y * STEP))
        paths.append(path)
    return paths


@given(st.lists(st.integers(-(2**30), 2**30)))
def test_numbers_survive_the_text(numbers: list[int]) -> None:
    assert decode_numbers(encode_numbers(numbers)) == numbers


def test_every_border_comes_once_and_rebuilds_its_areas(units: gpd.GeoDataFrame) -> None:
    arcs = shared_arcs(units.geometry.values)
    segments = [frozenset(pair) for arc in arcs for pair in zip(arc.points, arc.points[1:], strict=False)]
    assert len(segments) == len(set(segments))
    for area, shape in enumerate(units.geometry):
        lines = [np.array(arc.points) * STEP for arc in arcs if area in (arc.left, arc.right)]
        rebuilt = shapely.union_all(shapely.polygonize([shapely.LineString(line) for line in lines]).geoms)
        assert shapely.symmetric_difference(rebuilt, shape).area < 1e-12


def test_arcs_know_their_sides(units: gpd.GeoDataFrame) -> None:
    for arc in shared_arcs(units.geometry.values):
        (ax, ay), (bx, by) = arc.points[0], arc.points[1]
        length = np.hypot(bx - ax, by - ay)
        left = shapely.Point(
            ((ax + bx) / 2 - (by - ay) / length * 3) * STEP, ((ay + by) / 2 + (bx - ax) / length * 3) * STEP
        )
        holder = [row for row, shape in enumerate(units.geometry) if shape.contains(left)]
        assert holder == ([arc.left] if arc.left >= 0 else [])


def test_an_island_without_corners_is_one_ring() -> None:
    island = shapely.Point(120.8, 32.0).buffer(0.01)
    sea = shapely.box(120.7, 31.9, 120.9, 32.1).difference(island)
    arcs = shared_arcs([island, sea])
    assert sorted((arc.left, arc.right) for arc in arcs) == [(0, 1), (1, -1)]
    assert all(arc.points[0] == arc.points[-1] for arc in arcs)


def test_a_needle_in_degrees_does_not_turn_an_area_inside_out() -> None:
    """Valid in metres, this border folds back on itself in degrees; it once lost four neighbourhoods on the map."""
    needle = shapely.Polygon(
        [
            (120.79126244, 32.12850961),
            (120.79846245, 32.13553536),
            (120.79693771, 32.13405150),
            (120.80371080, 32.12905395),
            (120.79450389, 32.12614832),
        ]
    )
    assert not needle.is_valid
    beside = shapely.Polygon([(120.79450389, 32.12614832), (120.80371080, 32.12905395), (120.80, 32.12)])
    arcs = shared_arcs([needle, beside])
    for area, shape in enumerate([needle, beside]):
        turns = [(p, q) for arc in arcs if arc.left == area for p, q in pairwise(arc.points)]
        turns += [(q, p) for arc in arcs if arc.right == area for p, q in pairwise(arc.points)]
        coordinates = shapely.get_coordinates(shape)
        shoelace = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(coordinates)) / STEP**2
        assert sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in turns) == pytest.approx(abs(shoelace), rel=1e-3)


def test_simplifying_keeps_the_coverage(units: gpd.GeoDataFrame) -> None:
    simple = simplify_coverage(units)
    assert shapely.coverage_is_valid(simple.geometry.values)
    assert simple.geometry.count_coordinates().sum() < units.geometry.count_coordinates().sum() / 2
    assert simple.union_all().area == pytest.approx(units.to_crs(4549).union_all().area, rel=1e-4)


def test_a_torn_coverage_is_refused_with_its_count() -> None:
    areas = make_areas()
    torn = areas["code"] == CODES[0]
    areas.loc[torn, "geometry"] = areas.loc[torn, "geometry"].translate(xoff=0.0004)
    with pytest.raises(NotACoverageError, match=r"neighbourhoods do not meet .* geo check"):
        encode_map(areas, make_network(), make_places())


def test_boundaries_without_neighbourhoods_are_refused() -> None:
    areas = make_areas()
    with pytest.raises(NoNeighbourhoodsError, match="make data"):
        encode_map(areas[areas["level"] != "neighbourhood"], make_network(), make_places())


def test_levels_carry_names_parents_and_label_points_inside(content: dict[str, Any]) -> None:
    areas = make_areas().set_index("code").geometry
    for level, rows in content["levels"].items():
        numbers, x, y = decode_numbers(rows["label"]), 0, 0
        for i, code in enumerate(rows["code"]):
            x, y = x + numbers[3 * i], y + numbers[3 * i + 1]
            assert areas[code].contains(shapely.Point(x * STEP, y * STEP)), (level, code)
            assert 300 < numbers[3 * i + 2] < 1500
    assert decode_numbers(content["levels"]["neighbourhood"]["parent"]) == [0, 0, 1, 1, 2, 2]
    assert decode_numbers(content["levels"]["community"]["parent"]) == [0, 0, 1]


def test_an_overlay_says_which_neighbourhoods_it_holds(content: dict[str, Any]) -> None:
    assert decode_numbers(content["overlays"]["zone"]) == [-1, -1, -1, -1, 0, 0]


def test_lines_of_one_name_are_joined_and_others_left_out(content: dict[str, Any]) -> None:
    lines = {(line[0], line[2]): line for line in content["lines"]}
    assert set(lines) == {("road", "人民路"), ("road", None), ("water", "濠河")}
    assert lines["water", "濠河"][4] == 60
    (road,) = read_paths(lines["road", "人民路"][6])
    assert [road[0], road[-1]] == [pytest.approx((120.80, 32.005)), pytest.approx((120.83, 32.005))]


def test_places_keep_their_order(content: dict[str, Any]) -> None:
    (points,) = read_paths(content["places"]["service_office"]["xy"])
    assert content["places"]["service_office"]["zh"] == ["甲-01服务处", "乙-02服务处"]
    assert points == [pytest.approx((120.803, 32.004)), pytest.approx((120.814, 32.016))]
