"""The reference network is read whole, and its lines are clipped, carried, joined and bridged as promised."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import crs, network

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference" / "network.geojson"
SQUARE = shapely.box(0, 0, 1000, 1000)


def lines(*geometries: list[tuple[float, float]], **columns: object) -> gpd.GeoDataFrame:
    all_columns = {"kind": "road", "class": "arterial", "name": "路", "name_en": "Road", "width_m": np.nan} | columns
    shapes = [shapely.LineString(each) for each in geometries]
    return gpd.GeoDataFrame(all_columns, geometry=shapes, index=range(len(shapes)), crs=crs.METRIC)


def test_the_reference_network_is_whole() -> None:
    reference = network.read_reference(REFERENCE)
    assert reference.outline.area / 1e6 == pytest.approx(234.0, abs=0.5)
    assert reference.lines.groupby("kind").size().to_dict() == {"road": 34, "water": 10}
    assert len(reference.centres) == 18
    assert len(reference.landmarks) == 6
    assert reference.lines["name"].is_unique
    assert reference.lines["name_en"].str.fullmatch(r"[A-Za-zü ]+ (Road|Avenue|Street|River|Canal)").all()
    assert reference.lines.loc[reference.lines["name"] == "人民路", "name_en"].item() == "Renmin Road"
    assert reference.lines.crs == crs.METRIC


def test_a_network_without_outline_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "network.geojson"
    features = [f for f in json.loads(REFERENCE.read_text())["features"] if f["properties"]["kind"] != "outline"]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(network.NetworkFileError, match="0 outlines"):
        network.read_reference(path)


@pytest.mark.parametrize("content", [None, "", "not a map", '{"type": "FeatureCollection", "features": ['])
def test_an_unreadable_network_gets_its_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "network.geojson"
    if content is not None:
        path.write_text(content)
    with pytest.raises(network.NetworkFileError, match="not a readable map layer"):
        network.read_reference(path)


def test_lines_are_clipped_into_single_pieces() -> None:
    winding = lines([(-100, 100), (500, 100), (500, 1200), (700, 1200), (700, 500)])
    inside = network.clip_to_outline(winding, SQUARE)
    assert len(inside) == 2
    assert SQUARE.covers(inside.union_all())
    assert inside.length.sum() == pytest.approx(500 + 900 + 500)


def test_an_end_is_carried_straight_on_to_the_next_line() -> None:
    both = lines([(0, 0), (0, 1000)], [(400, 500), (900, 400)])
    carried = network.carry_ends(both, 500.0).geometry
    assert carried[1].distance(carried[0]) < 1e-9
    assert shapely.get_coordinates(carried[1])[0] == pytest.approx([0, 580])


def test_an_end_too_far_from_anything_stays_a_dead_end() -> None:
    both = lines([(0, 0), (0, 1000)], [(400, 500), (900, 400)])
    assert network.carry_ends(both, 300.0).geometry.geom_equals(both.geometry).all()


def test_a_line_never_turns_back_on_itself() -> None:
    crossed = lines([(0, 0), (1000, 0)], [(500, -100), (500, 300)])
    carried = network.carry_ends(crossed, 1000.0).geometry
    assert carried[1].equals(crossed.geometry[1])


def test_ends_that_nearly_touch_are_joined_and_others_not() -> None:
    near = lines([(0, 0), (0, 1000)], [(3.5, 500), (900, 500)], [(4.5, 700), (900, 700)])
    joined = network.join_near_ends(near, 4.0).geometry
    assert joined[1].distance(joined[0]) < 1e-9
    assert joined[2].distance(joined[0]) == pytest.approx(4.5)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 1000)] * 4), min_size=2, max_size=10, unique=True))
def test_carrying_only_ever_adds(ends: list[tuple[int, int, int, int]]) -> None:
    drawn = lines(*[[(a, b), (c, d + 1001)] for a, b, c, d in ends])
    carried = network.carry_ends(drawn, 200.0)
    for before, after in zip(drawn.geometry, carried.geometry, strict=True):
        assert after.buffer(1e-6).covers(before)
        assert after.length - before.length <= 400.0 + 1e-6


def test_a_line_along_the_outline_moves_onto_it() -> None:
    beside = lines([(60, -50), (60, 1050)], [(-200, 500), (1200, 520)])
    moved = network.follow_outline(beside, SQUARE, near_m=100.0)
    assert moved.geometry.iloc[0].length == pytest.approx(1000.0, abs=250)
    assert SQUARE.boundary.buffer(1e-6).covers(moved.geometry.iloc[0])
    across = moved.geometry.iloc[1]
    assert across.equals(beside.geometry[1]), "a line that only crosses the outline stays where it is"


def test_roads_over_named_water_are_bridges() -> None:
    road = lines([(500, 0), (500, 1000)], [(100, 0), (100, 400)])
    river = lines([(0, 500), (1000, 500)], kind="water", **{"class": "river", "name": "河", "width_m": 60.0})
    stream = lines([(0, 800), (1000, 800)], kind="water", **{"class": "stream", "name": None})
    whole = gpd.GeoDataFrame(pd.concat([road, river, stream], ignore_index=True), crs=crs.METRIC)
    marked = network.mark_bridges(whole)
    bridge = marked[marked["bridge"]]
    assert len(bridge) == 1
    assert bridge.length.item() == pytest.approx(2 * (30 + 20))
    assert bridge.geometry.item().crosses(river.geometry[0])
    roads = marked[marked["kind"] == "road"]
    assert roads.length.sum() == pytest.approx(1400.0)
    assert not marked.loc[marked["kind"] == "water", "bridge"].any()


def test_metric_and_stored_come_back_within_a_millimetre() -> None:
    reference = network.read_reference(REFERENCE)
    there = crs.to_metric(crs.to_stored(reference.lines))
    gap = shapely.get_coordinates(there.geometry) - shapely.get_coordinates(reference.lines.geometry)
    assert np.abs(gap).max() < 1e-3
    with pytest.raises(crs.MissingCrsError, match="no coordinate system"):
        crs.to_metric(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]))
