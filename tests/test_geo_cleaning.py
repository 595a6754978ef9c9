"""Cleaning joins, takes out and merges what it should, nothing else; each change is listed and can be undone alone."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import blocks, crs
from geo.centrelines import centreline
from geo.cleaning import clean
from geo.cleaning_report import UnknownChangeError
from geo.network import clip_to_outline

OUTLINE = shapely.box(0, 0, 1000, 1000)
DEFAULTS: dict[str, Any] = {"class": "minor", "name": None, "bridge": False, "tunnel": False, "roundabout": False,
                            "oneway": False, "cuts": True}  # fmt: skip
Row = tuple[Any, dict[str, Any]]


def drawn(*rows: Row | list[tuple[float, float]]) -> gpd.GeoDataFrame:
    """A network in metres: coordinates of a line (or a shape), with what differs from an ordinary minor street."""
    full = [row if isinstance(row, tuple) else (row, {}) for row in rows]
    shapes = [shape if isinstance(shape, shapely.Geometry) else shapely.LineString(shape) for shape, _ in full]
    return gpd.GeoDataFrame([{**DEFAULTS, **values} for _, values in full], geometry=shapes, crs=crs.METRIC)


def cut(lines: gpd.GeoDataFrame) -> np.ndarray:
    """Blocks of a cleaned network."""
    inside = clip_to_outline(lines[lines["cuts"]], OUTLINE, shortest_m=blocks.GRID)
    return blocks.faces(inside.geometry.to_numpy(), OUTLINE)


def test_ends_that_nearly_touch_are_joined_and_true_dead_ends_stay() -> None:
    lines = drawn([(500, 0), (500, 1000)], [(0, 300), (496.5, 300)], [(503, 700), (1000, 700)], [(0, 600), (495, 600)],
                  [(700, 0), (700, 400)])  # fmt: skip
    cleaned, report = clean(lines)
    assert report.counts() == {"joined end": 2}
    assert sorted(report.changes.length.round(2)) == [3.0, 3.5]
    assert len(cut(cleaned)) == 4
    dead = shapely.union_all(cleaned.geometry.to_numpy())
    assert dead.distance(shapely.Point(498, 600)) == pytest.approx(2.0), "five metres are a gap, not a slip of the hand"


def test_a_ring_that_nearly_closes_and_two_ends_that_nearly_meet() -> None:
    lines = drawn([(0, 500), (497, 500)], [(500, 500), (1000, 500)])
    cleaned, report = clean(lines)
    assert report.counts() == {"joined end": 1} or report.counts() == {"joined end": 2}
    assert len(cut(cleaned)) == 2


def test_a_line_drawn_twice_counts_once() -> None:
    street = [(0.0, 500.0), (1000.0, 500.0)]
    lines = drawn(street, street[::-1], (street, {"class": "arterial", "name": "人民路"}))
    cleaned, report = clean(lines)
    assert report.counts() == {"duplicate": 1}
    assert cleaned[["class", "name"]].to_numpy().tolist() == [["arterial", "人民路"]]


def test_a_tunnel_cuts_nothing_until_that_is_undone() -> None:
    lines = drawn([(500, 0), (500, 1000)], ([(0, 400), (1000, 400)], {"tunnel": True, "name": "隧道"}))
    cleaned, report = clean(lines)
    assert report.counts() == {"tunnel": 2}
    assert len(cut(cleaned)) == 2
    back, again = clean(lines, undo=set(report.changes["change_id"]))
    assert again.counts() == {}
    assert again.sentences() == ["2 changes left undone"]
    assert len(cut(back)) == 4


def test_a_flyover_cuts_no_ground_but_the_street_it_carries_stays_closed() -> None:
    """Two crossing streets, one on a bridge 40 m long: four blocks. A flyover high over them all adds none."""
    crossing = drawn([(0, 500), (1000, 500)], [(500, 0), (500, 480)], ([(500, 480), (500, 520)], {"bridge": True}),
                     [(500, 520), (500, 1000)])  # fmt: skip
    assert len(cut(clean(crossing)[0])) == 4
    flyover = drawn(([(-200, 250), (1200, 250)], {"bridge": True, "class": "arterial"}))
    cleaned, report = clean(pd.concat([crossing, flyover], ignore_index=True))
    assert report.counts() == {"bridge": 2}
    assert len(cut(cleaned)) == 4
    assert (cleaned["bridge"] & ~cleaned["cuts"]).sum() == 2, "what does not cut still tells that two banks are joined"


def river(bridge: bool) -> gpd.GeoDataFrame:
    """A river 60 m wide from west to east, drawn as an area, and a street across it."""
    return drawn(
        (shapely.box(-100, 470, 1100, 530), {"class": "river", "name": "濠河"}),
        [(400, 0), (400, 465)],
        ([(400, 465), (400, 535)], {"bridge": bridge, "cuts": bridge}),
        [(400, 535), (400, 1000)],
    )


def test_a_river_drawn_as_an_area_becomes_banks_and_a_middle() -> None:
    cleaned, report = clean(river(bridge=True))
    assert report.counts()["river"] == 1
    middle = cleaned[cleaned["class"] == "river"]
    assert (middle["name"] == "濠河").all()
    inside = middle.geometry.union_all().intersection(OUTLINE)
    assert inside.length == pytest.approx(1000, rel=0.02)
    assert inside.hausdorff_distance(shapely.LineString([(0, 500), (1000, 500)])) < 1.0
    assert cleaned.loc[cleaned["class"] == "bank", "name"].isna().all()
    shapes = cut(cleaned)
    assert len(shapes) == 6, "four blocks of ground, and two halves of the river that the bridge does not cut"


@pytest.mark.parametrize("bridge", [True, False])
def test_the_banks_are_neighbours_only_by_a_bridge(bridge: bool) -> None:
    lines = river(bridge)
    cleaned = clip_to_outline(clean(lines if bridge else lines[lines["cuts"]])[0], OUTLINE, shortest_m=0.01)
    cleaned["line_id"] = range(len(cleaned))
    edges = blocks.block_edges(cut(cleaned), cleaned)
    across = edges[(edges["name"] == "濠河") & (edges["right"] >= 0)]
    assert across["length_m"].sum() == pytest.approx(1000, rel=0.02)
    assert across["contact"].any() is np.bool_(bridge)
    banks = edges[(edges["barrier"] == "river") & edges["name"].isna() & (edges["right"] >= 0)]
    assert banks["contact"].all(), "each half of the river belongs to the ground on its side"


def test_a_middle_that_is_drawn_already_is_kept() -> None:
    lines = pd.concat([river(bridge=True), drawn(([(-100, 490), (1100, 490)], {"class": "river", "name": "濠河"}))])
    cleaned, report = clean(lines.reset_index(drop=True))
    assert "river" not in report.counts()
    assert cleaned.loc[cleaned["class"] == "river"].length.sum() == pytest.approx(1200)


def boulevard() -> gpd.GeoDataFrame:
    """Two one-way lines of one road 16 m apart, two side streets that end at them, and a street across."""
    road = {"class": "arterial", "name": "人民路", "oneway": True}
    return drawn(([(0, 492), (1000, 492)], road), ([(0, 508), (1000, 508)], road), ([(0, 492), (0, 508)], road),
                 ([(1000, 492), (1000, 508)], road), [(300, 0), (300, 492)], [(700, 508), (700, 1000)],
                 [(500, 0), (500, 1000)])  # fmt: skip


def test_a_dual_carriageway_becomes_one_line() -> None:
    lines = boulevard()
    assert len(cut(lines)) == 8
    cleaned, report = clean(lines)
    assert report.counts() == {"dual carriageway": 1}
    shapes = cut(cleaned)
    assert len(shapes) == 6
    main = cleaned[(cleaned["name"] == "人民路")].geometry.union_all()
    assert main.length == pytest.approx(1000, rel=0.05)
    assert main.hausdorff_distance(shapely.LineString([(0, 500), (1000, 500)])) < 9


def test_two_streets_with_houses_between_are_no_dual_carriageway() -> None:
    road = {"class": "arterial", "oneway": True}
    names = ("东大街", "西大街")
    lines = drawn(*[([(0, y), (1000, y)], {**road, "name": n}) for y, n in zip((490, 510), names, strict=True)])
    wide = drawn(*[([(0, y), (1000, y)], {**road, "name": "人民路"}) for y in (460, 540)])
    for street in (lines, wide):
        cleaned, report = clean(street)
        assert report.counts() == {}
        assert len(cut(cleaned)) == 3


def test_a_roundabout_becomes_a_crossing() -> None:
    ring = shapely.LineString(shapely.get_coordinates(shapely.Point(500, 500).buffer(20).exterior))
    arms = [[(0, 500), (480, 500)], [(520, 500), (1000, 500)], [(500, 0), (500, 480)], [(500, 520), (500, 1000)]]
    lines = drawn((ring, {"roundabout": True, "oneway": True}), *arms)
    assert len(cut(lines)) == 5
    cleaned, report = clean(lines)
    assert report.counts() == {"roundabout": 1}
    assert len(cut(cleaned)) == 4


def everything() -> gpd.GeoDataFrame:
    """A network with one of each thing to clean."""
    far = river(bridge=True).translate(0, 3000)
    more = [boulevard(), river(bridge=True).set_geometry(far), drawn(*[[(0, 200), (296.5, 200)]] * 2),
            drawn(([(100, 0), (100, 400)], {"tunnel": True, "class": "rail"}))]  # fmt: skip
    return gpd.GeoDataFrame(pd.concat(more, ignore_index=True), crs=crs.METRIC)


def test_each_change_can_be_undone_alone() -> None:
    lines = everything()
    _, report = clean(lines)
    assert set(report.counts()) == {"duplicate", "tunnel", "bridge", "river", "joined end", "dual carriageway"}
    for row in report.changes.to_dict("records"):
        _, other = clean(lines, undo={row["change_id"]})
        undone = other.changes[other.changes["undone"].astype(bool)]
        assert undone["change_id"].tolist() == [row["change_id"]]
        kept = set(report.changes["change_id"]) - {row["change_id"]}
        # Of two equal lines each end touches the other's, so with both kept neither end is free to be joined.
        assert row["change"] == "duplicate" or kept == set(other.changes["change_id"]) - {row["change_id"]}
    with pytest.raises(UnknownChangeError, match="no change 0000beef, so it cannot be undone"):
        report.require(["0000beef"])


def test_the_drawing_shows_every_change_and_escapes_names() -> None:
    lines = everything()
    lines.loc[lines["name"] == "濠河", "name"] = "<script>alert(1)</script>"
    cleaned, report = clean(lines)
    page = report.as_html(cleaned, "a & b")
    assert "<script>" not in page
    assert all(f'id="{key}"' in page for key in report.changes["change_id"])
    assert "1 dual carriageways made one line" in page


def test_cleaning_again_changes_nothing() -> None:
    cleaned, _ = clean(everything())
    _, report = clean(cleaned)
    assert not set(report.counts()) - {"bridge"}


def test_a_centreline_runs_in_the_middle_and_forks_where_the_water_does() -> None:
    straight = centreline(shapely.box(0, 0, 1000, 40))
    assert shapely.union_all(straight).hausdorff_distance(shapely.LineString([(20, 20), (980, 20)])) < 3
    fork = shapely.union_all([shapely.box(0, 0, 1000, 40), shapely.box(480, 0, 520, 600)])
    assert len(centreline(fork)) == 3
    assert len(centreline(shapely.Point(0, 0).buffer(50))) <= 1


flags = st.fixed_dictionaries({
    "class": st.sampled_from(["arterial", "minor", "lane", "river", "rail"]),
    "name": st.sampled_from([None, "甲路", "乙河"]),
    "bridge": st.booleans(), "tunnel": st.booleans(), "oneway": st.booleans(), "roundabout": st.booleans(),
})  # fmt: skip
place = st.tuples(st.integers(-100, 1100), st.integers(-100, 1100))
networks = st.lists(st.tuples(st.lists(place, min_size=2, max_size=4, unique=True), flags), min_size=1, max_size=10)


@settings(max_examples=60, deadline=None)
@given(networks)
def test_blocks_of_any_cleaned_network_cover_the_whole_once(rows: list[Row]) -> None:
    cleaned, _ = clean(drawn(*rows))
    shapes = blocks.absorb_slivers(cut(cleaned))
    blocks.check_coverage(shapes, OUTLINE)
    assert shapely.area(shapes).sum() == pytest.approx(1e6, abs=40.0)


@settings(max_examples=40, deadline=None)
@given(networks, st.randoms())
def test_the_order_and_direction_of_lines_do_not_matter(rows: list[Row], random: Any) -> None:
    cleaned, report = clean(drawn(*rows))
    other = [(shape[::-1] if random.random() < 0.5 else shape, values) for shape, values in rows]
    random.shuffle(other)
    again, same = clean(drawn(*other))
    assert shapely.to_wkb(cleaned.geometry.to_numpy()).tolist() == shapely.to_wkb(again.geometry.to_numpy()).tolist()
    assert report.changes["change_id"].tolist() == same.changes["change_id"].tolist()


raster = st.integers(-2, 22).map(lambda n: n * 50.0)
street = st.one_of(
    st.tuples(raster, raster, raster).map(lambda t: [(t[0], t[1]), (t[0], t[2] + 25)]),
    st.tuples(raster, raster, raster).map(lambda t: [(t[1], t[0]), (t[2] + 25, t[0])]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(street, min_size=1, max_size=12), street)
def test_one_more_street_only_splits_blocks(streets: list[Any], extra: Any) -> None:
    before = cut(clean(drawn(*streets))[0])
    after = cut(clean(drawn(*streets, extra))[0])
    parent = before[shapely.STRtree(before).nearest(shapely.point_on_surface(after))]
    assert (shapely.area(shapely.difference(after, parent)) < 0.1).all()
    assert len(after) >= len(before)


def test_an_end_just_inside_the_border_is_joined_to_it_and_one_beyond_is_left() -> None:
    lines = drawn([(3, 500), (1003, 500)])
    _, report = clean(lines, border=OUTLINE)
    assert report.changes.geometry.to_wkt().tolist() == ["LINESTRING (3 500, 0 500)"]
