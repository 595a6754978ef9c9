"""Blocks cover the outline exactly once, whatever the lines, and every edge says what it lies on."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import blocks, crs

OUTLINE = shapely.box(0, 0, 1000, 1000)
coordinate = st.integers(-100, 11_000).map(lambda tenth: tenth / 10)
point = st.tuples(coordinate, coordinate)
line = st.lists(point, min_size=2, max_size=4, unique=True).map(shapely.LineString)
network = st.lists(line, min_size=1, max_size=12).map(lambda lines: np.array(lines, dtype=object))


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether two sets of polygons are the same up to order."""
    return sorted(shapely.to_wkb(shapely.normalize(left)).tolist()) == sorted(
        shapely.to_wkb(shapely.normalize(right)).tolist()
    )


@settings(max_examples=150, deadline=None)
@given(network)
def test_faces_cover_the_outline_exactly_once(lines: np.ndarray) -> None:
    found = blocks.faces(lines, OUTLINE)
    blocks.check_coverage(found, OUTLINE)
    assert shapely.area(found).sum() == pytest.approx(1e6, abs=40.0)
    assert shapely.area(shapely.union_all(found)) == pytest.approx(shapely.area(found).sum(), abs=1e-3)


@settings(max_examples=100, deadline=None)
@given(network, st.randoms())
def test_the_order_of_the_lines_does_not_matter(lines: np.ndarray, random: st.randoms) -> None:
    shuffled = lines.copy()
    random.shuffle(shuffled)
    turned = np.array([g.reverse() if i % 2 else g for i, g in enumerate(shuffled)], dtype=object)
    assert same(blocks.faces(lines, OUTLINE), blocks.faces(turned, OUTLINE))


@settings(max_examples=100, deadline=None)
@given(network, line)
def test_adding_a_line_only_splits_blocks(lines: np.ndarray, extra: shapely.LineString) -> None:
    before = blocks.faces(lines, OUTLINE)
    after = blocks.faces(np.append(lines, extra), OUTLINE)
    tree = shapely.STRtree(before)
    parent = before[tree.nearest(shapely.point_on_surface(after))]
    outside = shapely.area(shapely.difference(after, parent))
    # Rounding may move a border by one grid step along its whole length, never more.
    assert (outside <= shapely.length(after) * 2 * blocks.GRID).all()


@settings(max_examples=60, deadline=None)
@given(network)
def test_absorbing_slivers_loses_nothing(lines: np.ndarray) -> None:
    found = blocks.faces(lines, OUTLINE)
    kept = blocks.absorb_slivers(found, area_m2=2000.0, thickness_m=10.0)
    assert shapely.area(kept).sum() == pytest.approx(shapely.area(found).sum(), abs=1e-3)
    blocks.check_coverage(kept, OUTLINE)
    thin = (shapely.area(kept) < 2000.0) | (2 * shapely.area(kept) / shapely.length(kept) < 10.0)
    assert len(kept) == 1 or not thin.any()


def test_lines_that_enclose_nothing_are_refused() -> None:
    with pytest.raises(blocks.EmptyNetworkError, match="no area"):
        blocks.faces(np.array([shapely.LineString([(0, 0), (9, 9)])], dtype=object), shapely.Polygon())


def test_a_gap_and_an_overlap_are_reported() -> None:
    with pytest.raises(blocks.BrokenCoverageError) as gap:
        blocks.check_coverage(np.array([shapely.box(0, 0, 500, 1000)], dtype=object), OUTLINE)
    assert gap.value.gap_m2 == pytest.approx(500_000.0)
    twice = np.array([OUTLINE, shapely.box(0, 0, 100, 100)], dtype=object)
    with pytest.raises(blocks.BrokenCoverageError) as overlap:
        blocks.check_coverage(twice, OUTLINE)
    assert overlap.value.overlap_m2 == pytest.approx(10_000.0)


def crossing_town(bridge: bool) -> gpd.GeoDataFrame:
    """A named river from west to east, an unnamed stream east of a road that crosses the river in the middle."""
    rows = [
        ("river", "濠河", False, [(0, 500), (1000, 500)]),
        ("arterial", "人民路", False, [(400, 0), (400, 470)]),
        ("arterial", "人民路", bridge, [(400, 470), (400, 530)]),
        ("arterial", "人民路", False, [(400, 530), (400, 1000)]),
        ("stream", None, False, [(400, 250), (1000, 250)]),
        ("lane", None, False, [(700, 500), (700, 1000)]),
    ]
    return gpd.GeoDataFrame(
        {
            "line_id": range(10, 16),
            "class": [r[0] for r in rows],
            "name": [r[1] for r in rows],
            "bridge": [r[2] for r in rows],
        },
        geometry=[shapely.LineString(r[3]) for r in rows],
        crs=crs.METRIC,
    )


def edges_of(lines: gpd.GeoDataFrame) -> tuple[np.ndarray, gpd.GeoDataFrame]:
    found = blocks.faces(lines.geometry.to_numpy(), OUTLINE)
    return found, blocks.block_edges(found, lines)


def test_every_edge_knows_its_line() -> None:
    found, edges = edges_of(crossing_town(bridge=True))
    assert len(found) == 6
    inner = edges[edges["right"] >= 0]
    length = inner.groupby("barrier")["length_m"].sum().round(3).to_dict()
    assert length == {"river": 1600.0, "arterial": 1000.0, "lane": 500.0}
    assert set(inner.loc[inner["barrier"] == "arterial", "name"]) == {"人民路"}
    assert inner.loc[inner["line_id"] == 14, "name"].isna().all()
    assert (edges["left"] < edges["right"])[edges["right"] >= 0].all()
    assert (edges.geom_type == "LineString").all()
    assert edges.length.to_numpy() == pytest.approx(edges["length_m"].to_numpy())
    outer = edges[edges["right"] < 0]
    assert outer["length_m"].sum() == pytest.approx(4000.0)
    assert not outer["contact"].any()


def test_opposite_banks_are_neighbours_only_by_a_bridge() -> None:
    for bridge in (True, False):
        _, edges = edges_of(crossing_town(bridge))
        river = edges[(edges["name"] == "濠河") & (edges["right"] >= 0)]
        joined = river[river["contact"]]
        assert (len(joined) > 0) is bridge
        assert joined.distance(shapely.Point(400, 500)).max() < 0.01 if bridge else joined.empty
        others = edges[(edges["name"] != "濠河") & (edges["right"] >= 0)]
        assert others["contact"].all(), "an unnamed stream or a street does not separate neighbours"
    # East of the lane no bridge touches the river.
    assert not river[river.bounds["minx"] >= 700]["contact"].any()


@settings(max_examples=60, deadline=None)
@given(network)
def test_edges_add_up_to_the_perimeters(lines: np.ndarray) -> None:
    table = gpd.GeoDataFrame(
        {"line_id": range(len(lines)), "class": "minor", "name": None, "bridge": False}, geometry=lines, crs=crs.METRIC
    )
    found, edges = edges_of(table)
    inner = edges[edges["right"] >= 0]
    total = inner["length_m"].sum() * 2 + edges.loc[edges["right"] < 0, "length_m"].sum()
    assert total == pytest.approx(shapely.length(found).sum(), rel=1e-9)
    assert (inner["line_id"] >= 0).all(), "every inner edge lies on a line"


def test_where_lines_coincide_the_stronger_names_the_edge() -> None:
    shared = [shapely.LineString([(500, 0), (500, 1000)])] * 3
    lines = gpd.GeoDataFrame(
        {
            "line_id": [1, 2, 3],
            "class": ["lane", "canal", "secondary"],
            "name": [None, "通扬运河", "环城路"],
            "bridge": False,
        },
        geometry=shared,
        crs=crs.METRIC,
    )
    _, edges = edges_of(lines)
    inner = edges[edges["right"] >= 0]
    assert inner[["barrier", "name", "line_id"]].values.tolist() == [["river", "通扬运河", 2]]


def test_an_oversize_block_is_cut_halfway_between_its_buildings() -> None:
    cuts = blocks.splitting_lines(shapely.box(0, 0, 100, 50), np.array([[25.0, 25.0], [75.0, 25.0]]))
    assert len(cuts) == 1
    assert cuts[0].equals(shapely.LineString([(50, 0), (50, 50)]))
