"""Shifted, swapped, misplaced and unnamed coordinates are told apart; any place on earth gets metres of its own."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import crs, datums, network, recognise
from geo.formats import TableError

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference" / "network.geojson"
SYSTEMS = [*datums.SHIFTS]


@pytest.fixture(scope="module")
def district() -> tuple[gpd.GeoDataFrame, shapely.Polygon]:
    """The reference lines and the outline of the district, in degrees."""
    reference = network.read_reference(REFERENCE)
    outline = gpd.GeoSeries([reference.outline], crs=crs.METRIC).to_crs(crs.STORED).iloc[0]
    return crs.to_stored(reference.lines), outline


def shifted(layer: gpd.GeoDataFrame, system: str | None) -> gpd.GeoDataFrame:
    """The layer as a web map would have it: shifted, and said to be WGS 84."""
    return layer if system is None else datums.moved(layer, datums.SHIFTS[system], "EPSG:4326")


def metres_apart(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> float:
    gap = shapely.get_coordinates(one.to_crs(crs.METRIC).geometry) - shapely.get_coordinates(
        other.to_crs(crs.METRIC).geometry
    )
    return float(np.hypot(*gap.T).max())


@pytest.mark.parametrize(
    ("cgcs", "gcj"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_the_shift_is_the_known_one(cgcs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert datums.to_gcj02(np.array([cgcs]))[0] == pytest.approx(gcj, abs=1e-9)


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(73.6, 135), st.floats(3.9, 53.5)), min_size=1, max_size=50))
def test_there_and_back_is_less_than_a_millimetre(system: str, places: list[tuple[float, float]]) -> None:
    points = np.array(places)
    back = datums.undo(datums.SHIFTS[system](points), system)
    assert float(np.abs(back - points).max()) * 111.32e6 < 1.0


def test_the_shift_here_is_about_as_known() -> None:
    here = gpd.GeoDataFrame(geometry=[shapely.Point(120.87, 32.0)], crs=crs.STORED)
    there = datums.moved(here, datums.to_gcj02, crs.STORED)
    east, north = shapely.get_coordinates(there.to_crs(crs.METRIC).geometry) [0] - shapely.get_coordinates(
        here.to_crs(crs.METRIC).geometry
    )[0]  # fmt: skip
    assert east == pytest.approx(420, abs=60)
    assert north == pytest.approx(-230, abs=60)


@pytest.mark.parametrize("system", [None, *SYSTEMS])
def test_a_network_is_recognised_by_the_outline_it_follows(
    system: str | None, district: tuple[gpd.GeoDataFrame, shapely.Polygon]
) -> None:
    lines, outline = district
    found = recognise.settle(shifted(lines, system), "The network", outline=outline)
    assert found.system == (system or "EPSG:4490")
    assert found.shifted is (system is not None)
    assert metres_apart(found.layer, lines) < 0.001


@pytest.mark.parametrize("system", [None, *SYSTEMS])
@pytest.mark.parametrize("what", ["clipped streets", "buildings", "communities"])
def test_other_layers_of_the_place_are_recognised_too(
    what: str, system: str | None, district: tuple[gpd.GeoDataFrame, shapely.Polygon]
) -> None:
    outline = gpd.GeoSeries([district[1]], crs=crs.STORED).to_crs(crs.METRIC).iloc[0]
    west, south, east, north = outline.bounds
    if what == "clipped streets":
        streets = [shapely.LineString([(x, south), (x + 300, north)]) for x in np.arange(west, east, 700)]
        shapes = shapely.intersection(np.array(streets, dtype=object), outline)
    elif what == "buildings":
        points = np.random.default_rng(1).uniform((west, south), (east, north), (20_000, 2))
        shapes = shapely.points(points[shapely.contains_xy(outline, *points.T)])
    else:
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.segmentize(outline, 4000.0)))
        shapes = shapely.intersection(cells, outline)
    layer = crs.to_stored(gpd.GeoDataFrame(geometry=shapes, crs=crs.METRIC).explode(ignore_index=True))
    assert recognise.settle(shifted(layer, system), what, outline=district[1]).system == (system or "EPSG:4490")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([150.0, 400.0, 900.0]))
def test_a_network_that_has_nothing_to_do_with_the_outline_stays_as_it_says(seed: int, spacing: float) -> None:
    """Streets that go on beyond an outline laid across them tell nothing; they must not be moved by 500 m."""
    rng = np.random.default_rng(seed)
    even = np.arange(-6000, 6000, spacing)
    xs, ys = (even + rng.normal(0, spacing / 5, len(even)) for _ in "xy")
    lines = [shapely.LineString([(x, -6000), (x + rng.normal(0, 200), 6000)]) for x in xs]
    lines += [shapely.LineString([(-6000, y), (6000, y + rng.normal(0, 200))]) for y in ys]
    place = shapely.Point(0, 0).buffer(3500, quad_segs=8)
    metric = pyproj.CRS.from_proj4("+proj=tmerc +lon_0=120.9 +lat_0=32 +ellps=GRS80 +units=m")
    layer = gpd.GeoDataFrame(geometry=lines, crs=metric).to_crs(crs.STORED)
    outline = gpd.GeoSeries([place], crs=metric).to_crs(crs.STORED).iloc[0]
    assert recognise.settle(layer, "The network", outline=outline).system == "EPSG:4490"


def test_a_datum_that_is_known_needs_no_comparing(district: tuple[gpd.GeoDataFrame, shapely.Polygon]) -> None:
    lines, outline = district
    some = lines.iloc[[3]]
    found = recognise.settle(shifted(some, "BD-09"), "One road", outline=outline, datum="BD-09")
    assert metres_apart(found.layer, some) < 0.001
    left = recognise.settle(shifted(lines, "GCJ-02"), "The network", outline=outline, datum="none")
    assert metres_apart(left.layer, lines) > 300


def test_outside_china_nothing_is_compared() -> None:
    line = gpd.GeoDataFrame(geometry=[shapely.LineString([(24.9, 60.1), (24.95, 60.2)])], crs=4326)
    assert recognise.settle(line, "Helsinki", outline=shapely.box(24.9, 60.1, 25, 60.2)).fit == {}


LINES = gpd.GeoDataFrame(geometry=[shapely.LineString([(120.80, 32.00), (120.90, 32.05)])], crs=4490)
OUTLINE = shapely.box(120.8, 31.98, 120.92, 32.08)


def turned(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    flipped = shapely.transform(layer.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return layer.set_geometry(flipped, crs=layer.crs)


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [
        (turned(LINES), r"longitude and latitude are swapped \(it begins near 32.00, 120.80\)"),
        (turned(LINES.to_crs(4549)), "longitude and latitude are swapped"),
        (LINES.set_geometry(LINES.translate(-20, 5)), r"nowhere near the outline, but 1,\d\d\d km away"),
        (
            LINES.to_crs(4549).set_crs(None, allow_override=True),
            r"no coordinate system, and its coordinates \(such as 575\d\d\d, 3542\d\d\d\) are metres",
        ),
        (LINES.set_crs(None, allow_override=True), "look like degrees. .*--crs EPSG:4490"),
        (LINES.to_crs(4549).set_crs(4490, allow_override=True), "says that its coordinates are degrees, but they"),
    ],
    ids=["swapped", "swapped metres", "elsewhere", "metres of no system", "degrees of no system", "not degrees"],
)
def test_each_mistake_has_its_own_sentence(layer: gpd.GeoDataFrame, sentence: str) -> None:
    with pytest.raises(TableError, match=f"^The roads: .*{sentence}"):
        recognise.settle(layer, "The roads", outline=OUTLINE)


def test_swapped_axes_are_told_by_the_outline_where_both_could_be() -> None:
    helsinki = gpd.GeoDataFrame(geometry=[shapely.LineString([(60.16, 24.93), (60.17, 24.94)])], crs=4326)
    with pytest.raises(TableError, match="swapped"):
        recognise.settle(helsinki, "The roads", outline=shapely.box(24.9, 60.1, 25, 60.2))


def test_a_system_said_for_a_file_that_names_none_is_used() -> None:
    bare = LINES.to_crs(4549).set_crs(None, allow_override=True)
    found = recognise.settle(bare, "The roads", outline=OUTLINE, said="EPSG:4549")
    assert metres_apart(found.layer, LINES) < 0.001
    with pytest.raises(TableError, match="EPSG:1 is no coordinate system"):
        recognise.settle(bare, "The roads", said="EPSG:1")


@settings(max_examples=150, deadline=None)
@given(st.floats(-180, 179.9), st.floats(-78, 78), st.floats(0.02, 0.3))
def test_metres_fit_anywhere_on_earth(longitude: float, latitude: float, size: float) -> None:
    """Area in the metric system chosen and area on the ellipsoid agree to a thousandth, at the 180th meridian too."""
    ring = [(0, 0), (size, 0), (size, size), (0, size)]
    place = shapely.segmentize(shapely.Polygon([(longitude + x, latitude + y) for x, y in ring]), size / 20)
    layer = gpd.GeoDataFrame(geometry=[place], crs=crs.STORED)
    metric = crs.to_local(layer)
    true = abs(pyproj.Geod(ellps="GRS80").geometry_area_perimeter(place)[0])
    assert metric.geometry.area.item() == pytest.approx(true, rel=1e-3)
    back = crs.to_stored(metric)
    turns = (shapely.get_coordinates(back.geometry) - shapely.get_coordinates(layer.geometry))[:, 0] / 360
    assert turns == pytest.approx(np.full(len(turns), round(turns[0])), abs=1e-11)


def test_the_district_keeps_its_own_system(district: tuple[gpd.GeoDataFrame, shapely.Polygon]) -> None:
    assert crs.to_local(district[0]).crs.to_epsg() == 4549
