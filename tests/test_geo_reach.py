"""Walks whose length is known: along streets, over bridges only, and never shorter than the crow flies."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from geo import crs, reach

BRIDGE = ("road", "arterial", "人民路", True, [(400, -30), (400, 30)])
RIVER = ("water", "river", "濠河", False, [(-500, 0), (2000, 0)])


def lines(*rows: tuple[str, str, str | None, bool, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    """A network in metres: kind, class, name, bridge, coordinates."""
    table = pd.DataFrame([row[:4] for row in rows], columns=["kind", "class", "name", "bridge"])
    return gpd.GeoDataFrame(table, geometry=[LineString(row[4]) for row in rows], crs=crs.METRIC)


def two_banks(*more: tuple[str, str, str | None, bool, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    """A street on each bank of a river, 200 m apart; a lane at x = 0 runs into the river from both sides."""
    return lines(
        ("road", "minor", None, False, [(0, -100), (400, -100)]),
        ("road", "minor", None, False, [(0, 100), (400, 100)]),
        ("road", "lane", None, False, [(0, -100), (0, 100)]),
        *more,
    )


def metres(network: gpd.GeoDataFrame, start: tuple[float, float], end: tuple[float, float]) -> float:
    walk = reach.walking_graph(network, np.array([Point(start), Point(end)], dtype=object))
    return float(reach.nearest(walk, np.array([1]), np.array([0]))[0][0])


def test_without_a_river_the_lane_is_the_way() -> None:
    assert metres(two_banks(), (0, -100), (0, 100)) == pytest.approx(200, abs=0.1)


def test_a_named_river_without_a_bridge_cannot_be_crossed() -> None:
    assert metres(two_banks(RIVER), (0, -100), (0, 100)) == np.inf


def test_a_stream_without_a_name_is_no_hindrance() -> None:
    stream = ("water", "stream", None, False, RIVER[4])
    assert metres(two_banks(stream), (0, -100), (0, 100)) == pytest.approx(200, abs=0.1)


def test_the_bridge_is_the_way_round() -> None:
    over = [
        ("road", "arterial", "人民路", False, [(400, -100), (400, -30)]),
        ("road", "arterial", "人民路", False, [(400, 30), (400, 100)]),
    ]
    found = metres(two_banks(RIVER, BRIDGE, *over), (0, -100), (0, 100))
    assert found == pytest.approx(400 + 200 + 400, abs=0.1)


def test_a_home_by_the_water_goes_to_the_street_of_its_own_bank() -> None:
    network = lines(
        ("road", "minor", None, False, [(0, -100), (1000, -100)]),
        ("road", "minor", None, False, [(0, 10), (1000, 10)]),
        RIVER,
    )
    assert metres(network, (500, -5), (700, -100)) == pytest.approx(95 + 200, abs=0.1)
    assert metres(network, (500, -5), (700, 10)) == np.inf


def test_ends_that_nearly_touch_are_joined_and_wider_gaps_mean_the_way_round() -> None:
    def gap(wide: float) -> float:
        return metres(
            lines(
                ("road", "lane", None, False, [(0, 0), (100, 0)]),
                ("road", "lane", None, False, [(100 + wide, 0), (200, 0)]),
                ("road", "lane", None, False, [(0, 0), (0, 300), (200, 300), (200, 0)]),
                ("road", "lane", None, False, [(-50, 0), (0, 0)]),
                ("road", "lane", None, False, [(200, 0), (250, 0)]),
            ),
            (0, 0),
            (200, 0),
        )

    assert gap(3.0) == pytest.approx(200, abs=0.1)
    assert gap(6.0) == pytest.approx(800, abs=0.1)


def test_two_places_on_one_street_need_not_go_to_its_ends() -> None:
    network = lines(("road", "lane", None, False, [(0, 0), (1000, 0)]))
    assert metres(network, (300, 20), (420, -10)) == pytest.approx(20 + 120 + 10, abs=0.1)


def test_of_two_streets_between_the_same_crossings_the_shorter_is_walked() -> None:
    network = lines(
        ("road", "lane", None, False, [(0, 0), (100, 0)]),
        ("road", "lane", None, False, [(0, 0), (50, 300), (100, 0)]),
    )
    assert metres(network, (0, 0), (100, 0)) == pytest.approx(100, abs=0.1)


def test_tiles_find_the_same_pairs_as_one_search() -> None:
    rng = np.random.default_rng(7)
    grid = [("road", "lane", None, False, [(0, 200.0 * i), (4000, 200.0 * i)]) for i in range(21)]
    grid += [("road", "lane", None, False, [(200.0 * i, 0), (200.0 * i, 4000)]) for i in range(21)]
    points = shapely.points(rng.uniform(0, 4000, (200, 2)))
    walk = reach.walking_graph(lines(*grid), points)
    rows = np.arange(len(points))
    found = reach.pairs_within(walk, rows, rows, 700)
    whole = np.array([reach.nearest(walk, np.array([i]), rows)[0] for i in rows])
    assert set(zip(found.source, found.target, strict=True)) == set(zip(*np.nonzero(whole <= 700), strict=True))
    assert found.metres == pytest.approx(whole[found.source, found.target])


def blocks_and_offices() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    homes = [box(x - 5, y - 5, x + 5, y + 5) for x, y in [(0, -100), (300, -100), (0, 100)]]
    table = {"block_id": [7, 8, 9], "neighbourhood": ["a", "a", "b"], "households": [10, 20, 30]}
    offices = {"office_id": ["O1", "O2"], "opened_on": ["2019-03-02", "2018-01-01"]}
    doors = [Point(0, -100), Point(400, -100)]
    return gpd.GeoDataFrame(table, geometry=homes, crs=crs.METRIC), gpd.GeoDataFrame(
        offices, geometry=doors, crs=crs.METRIC
    )


def test_a_block_knows_its_nearest_office_and_since_when_one_is_near() -> None:
    blocks, offices = blocks_and_offices()
    table = reach.reach_of_blocks(blocks, offices, two_banks(RIVER)).set_index("block_id")
    assert table["walk_m"].fillna(-1).round().tolist() == [0, 100, -1]
    assert table["walk_office"].tolist() == ["O1", "O2", None]
    assert table["walk_since"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2018-01-01", "2018-01-01", ""]
    assert table["straight_office"].tolist() == ["O1", "O2", "O1"]
    assert table.loc[9, "straight_m"] == pytest.approx(200, abs=0.1)
    assert (table["straight_m"] <= table["walk_m"].fillna(np.inf) + 0.1).all()


def test_a_place_without_streets_or_offices_has_no_walk() -> None:
    blocks, offices = blocks_and_offices()
    for doors, network in ((offices.iloc[:0], two_banks()), (offices, two_banks().iloc[:0])):
        table = reach.reach_of_blocks(blocks, doors, network)
        assert table["walk_m"].isna().all() and table["walk_since"].isna().all()


def test_the_order_of_the_lines_does_not_matter() -> None:
    blocks, offices = blocks_and_offices()
    network = two_banks(RIVER, BRIDGE)
    once = reach.reach_of_blocks(blocks, offices, network)
    pd.testing.assert_frame_equal(reach.reach_of_blocks(blocks, offices, network.iloc[::-1]), once)


def test_the_demonstration_walks_no_shorter_than_the_crow_flies(extracts: Path) -> None:
    table = pd.read_parquet(extracts / "reach.parquet")
    assert len(table) == len(pd.read_parquet(extracts / "blocks.parquet", columns=["block_id"]))
    assert (table["walk_m"].fillna(np.inf) >= table["straight_m"] - 0.2).all()
    near = {way: table.loc[table[f"{way}_since"].notna(), "households"].sum() for way in ("walk", "straight")}
    assert 0.3 * table["households"].sum() < near["walk"] < near["straight"]


def test_no_street_of_the_demonstration_crosses_a_named_river_but_at_a_bridge(extracts: Path) -> None:
    network = crs.to_metric(gpd.read_parquet(extracts / "network.parquet"))
    river, bridges = reach.named_water(network), network[network["bridge"]].union_all().buffer(0.1)
    crossing = [way for way in reach.streets(network) if way.intersects(river)]
    assert crossing and all(way.intersection(river).within(bridges) for way in crossing)


def test_streets_cut_off_are_left_over_open_ground_but_never_through_a_river() -> None:
    far = [("road", "minor", None, False, [(600, -100), (900, -100)])]
    assert metres(two_banks(*far), (0, -100), (700, -100)) == pytest.approx(700, abs=0.1)
    beyond = [("road", "minor", None, False, [(400 + reach.OPEN_M + 5, -100), (900, -100)])]
    assert metres(two_banks(*beyond), (0, -100), (900, -100)) == np.inf
    between = [("water", "river", "濠河", False, [(500, -900), (500, 900)])]
    assert metres(two_banks(*far, *between), (0, -100), (700, -100)) == np.inf


def test_only_as_many_ways_over_open_ground_as_join_the_streets() -> None:
    islands = lines(*[("road", "lane", None, False, [(200.0 * i, 0), (200.0 * i + 100, 0)]) for i in range(6)])
    ways = reach.streets(islands)
    assert shapely.length(ways).sum() == pytest.approx(600 + 500)


def test_walks_start_where_the_homes_stand() -> None:
    blocks = gpd.GeoDataFrame(geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)], crs=crs.METRIC)
    table = {"households": [90, 90, 10]}
    houses = gpd.GeoDataFrame(table, geometry=[Point(10, 10), Point(20, 10), Point(90, 90)], crs=crs.METRIC)
    homes = reach.homes_of(blocks, houses)
    assert homes[0] == Point(20, 10)
    assert homes[1].within(blocks.geometry[1])


def test_hardly_a_home_of_the_demonstration_is_cut_off(extracts: Path) -> None:
    table = pd.read_parquet(extracts / "reach.parquet")
    cut_off = table.loc[table["walk_m"].isna(), "households"].sum() / table["households"].sum()
    assert cut_off < 0.002
