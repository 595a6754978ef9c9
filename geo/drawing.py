"""Published areas, waters, roads and borders as plain rings and lines in metres, for maps that are drawn on paper."""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo import crs
from geo.map_geometry import STEP, decode_numbers
from geo.tables import read_layer

Points = npt.NDArray[np.float64]
"""A path: n × 2, EPSG:4549, metres east and north."""

Box = tuple[float, float, float, float]
FINEST_M: Final = 1.0
PAPER_DOTS: Final = 2_600
"""A drawing is simplified to about one such part of its width: a third of a millimetre on A1."""
ROAD_REACH_M: Final = {"arterial": 60_000.0, "secondary": 14_000.0, "minor": 4_500.0, "lane": 1_600.0}
"""Class of road -> width of the widest drawing that still shows it."""
WALK_M: Final = 500.0
WATER_REACH_M: Final = {"river": 90_000.0, "canal": 90_000.0, "moat": 30_000.0, "stream": 9_000.0}


@dataclass(frozen=True)
class Area:
    """One area: its rings (outer ones and holes, closed), and a point well inside with its distance to the border."""

    code: str
    level: str
    name_zh: str
    name_en: str
    rings: tuple[Points, ...]
    inside: tuple[float, float, float]


@dataclass(frozen=True)
class Line:
    """Lines of one kind and name: `kind` road, water or edge; `width_m` is 0 where none is known."""

    kind: str
    rank: str
    name_zh: str
    name_en: str
    width_m: float
    paths: tuple[Points, ...]


@dataclass(frozen=True)
class Place:
    """A landmark or service office: kind, names and where it is, in metres."""

    kind: str
    name_zh: str
    name_en: str
    at: tuple[float, float]


@dataclass(frozen=True)
class Ground:
    """What a drawing of one extent shows below and above its areas."""

    extent: Box
    around: tuple[Area, ...] = ()
    lines: tuple[Line, ...] = field(default_factory=tuple)
    places: tuple[Place, ...] = field(default_factory=tuple)


def areas(folder: Path, level: str, codes: Collection[str]) -> tuple[Area, ...]:
    """The areas of one level with these codes, by code, simplified together so that shared borders stay shared.

    `folder` holds the built extracts. Raises TableError when they are not there.
    """
    wanted = set(codes)
    layer = _level(folder, level)
    chosen = layer[layer["code"].isin(wanted)]
    box = _box(chosen)
    tolerance = max(FINEST_M, (box[2] - box[0]) / PAPER_DOTS)
    simple = _simplified(folder, level, _step(tolerance))
    return tuple(area for area in simple if area.code in wanted)


def extent_of(folder: Path, codes: Collection[str]) -> Box:
    """West, south, east, north of the areas with these codes, of whatever level."""
    layer = _boundaries(folder)
    return _box(layer[layer["code"].isin(set(codes))])


def ground(folder: Path, extent: Box, *, level: str, without: Collection[str], lines: Collection[str]) -> Ground:
    """What lies around and over the areas of a map: areas of `level` not among `without`, `lines` (roads, rivers),
    landmarks and offices, all cut to the extent.
    """
    west, south, east, north = extent
    frame = shapely.box(*extent)
    tolerance = _step(max(FINEST_M, (east - west) / PAPER_DOTS))
    kept = set(without)
    beside = tuple(_clipped(area, frame) for area in _simplified(folder, level, tolerance) if area.code not in kept)
    drawn = [each for each in _lines(folder) if _shown(each, lines, east - west)]
    found = [_cut(each, frame, tolerance) for each in drawn]
    places = [p for p in _places(folder) if west <= p.at[0] <= east and south <= p.at[1] <= north]
    return Ground(
        extent, tuple(area for area in beside if area.rings), tuple(line for line in found if line.paths), tuple(places)
    )


def outline(area: Area, extent: Box) -> tuple[Points, ...]:
    """The area's border as far as it lies in the extent."""
    return _paths(shapely.intersection(shapely.multilinestrings(list(area.rings)), shapely.box(*extent)))


def clipped(area: Area, extent: Box) -> Area:
    """The area as far as it lies in the extent; without rings where it lies beyond."""
    return _clipped(area, shapely.box(*extent))


def polygon(area_rings: tuple[Points, ...]) -> shapely.Geometry:
    """The shape that an area's rings enclose, its holes left out."""
    return _polygons(area_rings)


def walk(folder: Path, extent: Box) -> tuple[Points, ...]:
    """Outlines, holes too, of the ground within a walk of a service office, as far as it lies in the extent."""
    tolerance = _step(max(FINEST_M, (extent[2] - extent[0]) / PAPER_DOTS))
    return _ground_rings(shapely.simplify(_walked(folder), tolerance), extent)


def straight(folder: Path, extent: Box) -> tuple[Points, ...]:
    """Outlines of the ground within WALK_M of a service office as the crow flies, as far as it lies in the extent."""
    offices = [place.at for place in _places(folder) if place.kind == "service_office"]
    circles = shapely.buffer(shapely.points(offices), WALK_M) if offices else np.array([], dtype=object)
    return _ground_rings(shapely.union_all(circles), extent)


def rings_of_text(text: str) -> tuple[Points, ...]:
    """The outlines that `geo.map_overlays.rings_of` wrote, in metres."""
    numbers, found = decode_numbers(text), []
    place, last = 0, np.zeros(2)
    while place < len(numbers):
        count = numbers[place]
        steps = np.array(numbers[place + 1 : place + 1 + 2 * count], dtype=float).reshape(count, 2)
        found.append(last + steps.cumsum(axis=0))
        last, place = found[-1][-1], place + 1 + 2 * count
    return tuple(metres(ring * STEP) for ring in found)


def metres(degrees: Points) -> Points:
    """Places in EPSG:4490 (longitude, latitude) as metres east and north."""
    placed = crs.to_metric(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*degrees.T), crs=crs.STORED))
    found: Points = shapely.get_coordinates(placed.geometry.to_numpy())
    return found


def edges(layer: gpd.GeoDataFrame, assignment: pd.Series, extent: Box) -> tuple[Line, ...]:
    """Borders between neighbourhoods by the class of line they lie on; `rank` is that class (`none`: on no line).

    `layer` holds the edges between blocks (left, right, barrier; metres), `assignment` block_id -> neighbourhood.
    """
    left, right = layer["left"].map(assignment), layer["right"].map(assignment)
    frame = shapely.box(*extent)
    shared = layer[left.fillna("") != right.fillna("")]
    inner = shared[shared.intersects(frame)]
    return tuple(
        Line("edge", str(rank), "", "", 0.0, _paths(shapely.intersection(_union(part), frame)))
        for rank, part in inner.groupby(inner["barrier"].fillna("none"))
    )


def _shown(line: Line, layers: Collection[str], width: float) -> bool:
    if line.kind == "road":
        return "roads" in layers and width <= ROAD_REACH_M.get(line.rank, 0.0)
    return "rivers" in layers and width <= WATER_REACH_M.get(line.rank, 0.0)


def _cut(line: Line, frame: shapely.Polygon, tolerance: float) -> Line:
    whole = shapely.multilinestrings([shapely.linestrings(path) for path in line.paths])
    part = shapely.simplify(shapely.intersection(whole, frame), tolerance)
    return Line(line.kind, line.rank, line.name_zh, line.name_en, line.width_m, _paths(part))


def _paths(shape: shapely.Geometry) -> tuple[Points, ...]:
    parts = shapely.get_parts(shape)
    return tuple(
        shapely.get_coordinates(part) for part in parts if shapely.get_type_id(part) == 1 and not part.is_empty
    )


def _clipped(area: Area, frame: shapely.Polygon) -> Area:
    shape = shapely.intersection(_polygons(area.rings), frame)
    parts = [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) == 3]
    return replace(area, rings=tuple(ring for part in parts for ring in _rings(part)))


def _ground_rings(ground: shapely.Geometry, extent: Box) -> tuple[Points, ...]:
    part = shapely.intersection(ground, shapely.box(*extent))
    return tuple(ring for each in shapely.get_parts(part) if shapely.get_type_id(each) == 3 for ring in _rings(each))


@cache
def _walked(folder: Path) -> shapely.Geometry:
    near = pd.read_parquet(folder / "reach.parquet", columns=["block_id", "walk_since"]).dropna()["block_id"]
    blocks = read_layer(folder / "blocks.parquet")
    return shapely.coverage_union_all(blocks.geometry[blocks["block_id"].isin(near)].to_numpy())


def _polygons(rings: tuple[Points, ...]) -> shapely.Geometry:
    """The shape that rings enclose by the even-odd rule, as all writers fill it."""
    return functools.reduce(shapely.symmetric_difference, shapely.polygons([shapely.linearrings(r) for r in rings]))


def _box(layer: gpd.GeoDataFrame) -> Box:
    west, south, east, north = (float(v) for v in layer.total_bounds)
    return west, south, east, north


def _step(tolerance: float) -> float:
    """Rounded to powers of two, so that drawings of like size share what was simplified."""
    return float(2 ** round(np.log2(tolerance)))


@cache
def _boundaries(folder: Path) -> gpd.GeoDataFrame:
    return read_layer(folder / "boundaries.parquet")


@cache
def _level(folder: Path, level: str) -> gpd.GeoDataFrame:
    layer = _boundaries(folder)
    return layer[layer["level"] == level].sort_values("code").reset_index(drop=True)


@cache
def _simplified(folder: Path, level: str, tolerance: float) -> tuple[Area, ...]:
    layer = _level(folder, level)
    shapes = shapely.coverage_simplify(layer.geometry.to_numpy(), tolerance)
    spokes = shapely.maximum_inscribed_circle(shapes, tolerance=20.0)
    rows = zip(layer["code"], layer["name_zh"], layer["name_en"], shapes, spokes, strict=True)
    return tuple(
        Area(str(code), level, str(zh), str(en), _rings(shape), (*_start(spoke), float(shapely.length(spoke))))
        for code, zh, en, shape, spoke in rows
    )


def _rings(shape: shapely.Geometry) -> tuple[Points, ...]:
    return tuple(
        shapely.get_coordinates(ring) for polygon in shapely.get_parts(shape) for ring in shapely.get_rings(polygon)
    )


def _start(spoke: shapely.LineString) -> tuple[float, float]:
    x, y = shapely.get_coordinates(spoke)[0]
    return float(x), float(y)


@cache
def _lines(folder: Path) -> tuple[Line, ...]:
    layer = read_layer(folder / "network.parquet")
    kept = layer[layer["kind"].isin(["road", "water"]) & layer["class"].isin({*ROAD_REACH_M, *WATER_REACH_M})]
    grouped = kept.groupby(["kind", "class", "name_zh", "name_en", "width_m"], dropna=False, sort=True)
    return tuple(
        Line(str(kind), str(rank), _text(zh), _text(en), 0.0 if pd.isna(width) else float(width), _merged(part))
        for (kind, rank, zh, en, width), part in grouped
    )


def _merged(part: gpd.GeoDataFrame) -> tuple[Points, ...]:
    return _paths(_union(part))


def _union(part: gpd.GeoDataFrame) -> shapely.Geometry:
    return shapely.line_merge(shapely.union_all(part.geometry.to_numpy()))


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


@cache
def _places(folder: Path) -> tuple[Place, ...]:
    layer = read_layer(folder / "places.parquet")
    rows = zip(layer["kind"], layer["name_zh"], layer["name_en"], layer.geometry, strict=True)
    return tuple(Place(str(kind), _text(zh), _text(en), (point.x, point.y)) for kind, zh, en, point in rows)
