"""The map's geometry as compact text: a simplified coverage cut into arcs that neighbouring areas share."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_metric, to_stored

STEP: Final = 1e-6
"""Degrees per unit of the stored integers: about 0.1 m."""

AREA_TOLERANCE_M: Final = 5.0
LINE_TOLERANCE_M: Final = 2.5
NESTED: Final = ("district", "subdistrict", "community", "neighbourhood")
OVERLAYS: Final = ("zone", "former_district")
DRAWN_LINES: Final = ("road", "water", "rail", "wall")
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

Point = tuple[int, int]


class MapGeometryError(ValueError):
    """Base of the errors of this module."""


class NotACoverageError(MapGeometryError):
    """Raised when neighbourhoods overlap or leave slits, so that they cannot share their borders."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} neighbourhoods do not meet their neighbours exactly (gaps, overlaps, unmatched corners), so the "
            "map cannot be simplified without tearing; run `python -m geo check` and publish a repaired edition."
        )


class NoNeighbourhoodsError(MapGeometryError):
    """Raised when the boundaries hold no neighbourhood at all."""

    def __init__(self) -> None:
        super().__init__(
            "The boundaries hold no neighbourhood, so there is nothing to draw; build the extracts again (make data)."
        )


@dataclass(frozen=True)
class Arc:
    """A stretch of border: points in STEP units; on its left and right a neighbourhood's row, or -1 for outside."""

    points: tuple[Point, ...]
    left: int
    right: int


@dataclass(frozen=True)
class MapGeometry:
    """The text a browser decodes, and the order of the area codes in it by level."""

    text: str
    order: dict[str, tuple[str, ...]]


def encode_map(boundaries: gpd.GeoDataFrame, network: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> MapGeometry:
    """Encode the published areas, lines and places for the browser.

    `boundaries`: code, level, parent, name_zh, name_en, geometry; `network`: kind, class, name_zh, name_en, bridge,
    width_m, geometry; `places`: kind, id, name_zh, name_en, geometry. Any CRS goes in; the text holds EPSG:4490 degrees
    in steps of 1e-6.
    Only neighbourhood shapes are read: higher levels are unions of them, so all levels coincide exactly.
    Raises NoNeighbourhoodsError and NotACoverageError.
    """
    areas = _by_level(boundaries)
    units = simplify_coverage(areas["neighbourhood"])
    arcs = shared_arcs(to_stored(units).geometry.values)
    content = {
        "step": STEP,
        "arcs": _encode_arcs(arcs),
        "sides": encode_numbers(side for arc in arcs for side in (arc.left, arc.right)),
        "levels": _levels(areas, units),
        "overlays": {level: _overlay(areas[level], units) for level in OVERLAYS if len(areas[level])},
        "lines": _lines(network),
        "places": _places(places),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return MapGeometry(text, {level: tuple(frame["code"]) for level, frame in areas.items() if len(frame)})


def simplify_coverage(areas: gpd.GeoDataFrame, tolerance_m: float = AREA_TOLERANCE_M) -> gpd.GeoDataFrame:
    """Return `areas` in EPSG:4549, simplified together so that shared borders stay shared; same index.

    Raises NotACoverageError when the borders do not meet to begin with.
    """
    metric = to_metric(areas)
    shapes = metric.geometry.values
    if not shapely.coverage_is_valid(shapes):
        raise NotACoverageError(int((~shapely.is_empty(shapely.coverage_invalid_edges(shapes))).sum()))
    return metric.set_geometry(
        gpd.GeoSeries(shapely.coverage_simplify(shapes, tolerance_m), index=areas.index, crs=metric.crs)
    )


def shared_arcs(shapes: Sequence[shapely.Geometry]) -> list[Arc]:
    """Cut the borders of a coverage (degrees) where three areas meet; each stretch comes once, with its two sides."""
    sides = _directed_segments(shapes)
    onward: dict[Point, list[Point]] = defaultdict(list)
    for start, end in sides:
        onward[start].append(end)
    corners = _corners(sides)
    left_over = set(sides)
    arcs = [_walk(a, b, sides, onward, corners, left_over) for a in sorted(corners) for b in onward.get(a, [])]
    while left_over:  # what remains are closed rings that meet no third area
        a, b = min(left_over)
        arcs.append(_walk(a, b, sides, onward, {a}, left_over))
    return arcs


def encode_numbers(numbers: Iterable[int]) -> str:
    """Write integers as text: zigzag, then five bits a character, lowest first, the sixth bit set where more follow."""
    out: list[str] = []
    for number in numbers:
        rest = number << 1 if number >= 0 else (-number << 1) - 1
        while rest > 31:
            out.append(ALPHABET[32 | rest & 31])
            rest >>= 5
        out.append(ALPHABET[rest])
    return "".join(out)


def decode_numbers(text: str) -> list[int]:
    """Read what `encode_numbers` wrote."""
    numbers, value, shift = [], 0, 0
    for character in text:
        bits = ALPHABET.index(character)
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(value >> 1 if not value & 1 else -((value + 1) >> 1))
            value, shift = 0, 0
    return numbers


def _by_level(boundaries: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    areas = {
        level: boundaries[boundaries["level"] == level].sort_values("code").reset_index(drop=True)
        for level in (*NESTED, *OVERLAYS)
    }
    if areas["neighbourhood"].empty:
        raise NoNeighbourhoodsError
    return areas


def _steps(shape: shapely.Geometry) -> list[Point]:
    rounded = np.rint(shapely.get_coordinates(shape) / STEP).astype(np.int64)
    return [(int(x), int(y)) for x, y in rounded]


def _directed_segments(shapes: Sequence[shapely.Geometry]) -> dict[tuple[Point, Point], tuple[int, int]]:
    """Return each border segment once, as (start, end) -> (left area, right area); the lower number lies left."""
    owner: dict[tuple[Point, Point], int] = {}
    for area, shape in enumerate(shapes):
        for polygon in shapely.get_parts(shape):
            for hole, ring in enumerate(shapely.get_rings(polygon)):
                points = _turned(_steps(ring), left=hole == 0)
                owner.update({(a, b): area for a, b in pairwise(points) if a != b})
    pairs = {(a, b): (area, owner.get((b, a), -1)) for (a, b), area in owner.items()}
    return {segment: (left, right) for segment, (left, right) in pairs.items() if right == -1 or left < right}


def _turned(ring: list[Point], *, left: bool) -> list[Point]:
    """Return the closed ring with its inside to the left or right, judged by its area in steps.

    GEOS judges by the turn at the highest point: wrong where degrees make a needle of a nearly straight border.
    """
    twice_area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))
    return ring if (twice_area > 0) == left else ring[::-1]


def _corners(sides: dict[tuple[Point, Point], tuple[int, int]]) -> set[Point]:
    touching: dict[Point, list[tuple[int, int]]] = defaultdict(list)
    for (a, b), pair in sides.items():
        touching[a].append(pair)
        touching[b].append(pair)
    return {point for point, pairs in touching.items() if len(pairs) != 2 or pairs[0] != pairs[1]}


def _walk(
    start: Point,
    step: Point,
    sides: dict[tuple[Point, Point], tuple[int, int]],
    onward: dict[Point, list[Point]],
    corners: set[Point],
    left_over: set[tuple[Point, Point]],
) -> Arc:
    """Follow a border from `start` over `step` to the next corner, taking its segments out of `left_over`."""
    points = [start, step]
    left_over.discard((start, step))
    while points[-1] not in corners:
        points.append(onward[points[-1]][0])
        left_over.discard((points[-2], points[-1]))
    return Arc(tuple(points), *sides[start, step])


def _encode_arcs(arcs: Sequence[Arc]) -> str:
    return _encode_paths([arc.points for arc in arcs])


def _encode_paths(paths: Sequence[Sequence[Point]]) -> str:
    """Encode paths as count, then steps from the point before (the first path starts from 0, 0)."""
    numbers: list[int] = []
    x0 = y0 = 0
    for path in paths:
        numbers.append(len(path))
        for x, y in path:
            numbers += (x - x0, y - y0)
            x0, y0 = x, y
    return encode_numbers(numbers)


def _levels(areas: dict[str, gpd.GeoDataFrame], units: gpd.GeoDataFrame) -> dict[str, dict[str, Any]]:
    """Return names, parents (row numbers one level up) and label places of the nested levels and the overlays."""
    rows: dict[str, dict[str, Any]] = {}
    above = {code: row for level in NESTED for row, code in enumerate(areas[level]["code"])}
    for level, frame in areas.items():
        if len(frame):
            shapes = units.geometry if level == "neighbourhood" else to_metric(frame).geometry
            rows[level] = {
                "code": list(frame["code"]),
                "zh": list(frame["name_zh"]),
                "en": list(frame["name_en"]),
                "parent": encode_numbers(above.get(parent, -1) for parent in frame["parent"]),
                "label": _labels(shapes),
            }
    return rows


def _labels(shapes: gpd.GeoSeries) -> str:
    """Encode for each shape (metres) the pole of inaccessibility and its distance from the border in metres."""
    spokes = gpd.GeoSeries(shapely.maximum_inscribed_circle(shapes.values, tolerance=10.0), crs=shapes.crs)
    centres = to_stored(gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapely.get_point(spokes.values, 0), crs=shapes.crs)))
    numbers: list[int] = []
    x0 = y0 = 0
    for (x, y), radius in zip(_steps(shapely.MultiPoint(centres.geometry.values)), spokes.length, strict=True):
        numbers += (x - x0, y - y0, round(radius))
        x0, y0 = x, y
    return encode_numbers(numbers)


def _overlay(overlay: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> str:
    """Encode for each neighbourhood the row of the overlay area it lies in, or -1."""
    inside = gpd.GeoDataFrame(geometry=units.representative_point(), crs=units.crs)
    joined = gpd.sjoin(inside, to_metric(overlay)[["geometry"]], how="left", predicate="within")
    rows = joined[~joined.index.duplicated()]["index_right"].reindex(units.index)
    return encode_numbers(-1 if pd.isna(row) else int(row) for row in rows)


def _lines(network: gpd.GeoDataFrame) -> list[list[Any]]:
    """Return [kind, class, name_zh, name_en, width_m, bridge, paths] of like lines, joined and simplified."""
    lines = to_metric(network[network["kind"].isin(DRAWN_LINES)])
    grouped = lines.groupby(["kind", "class", "name_zh", "name_en", "width_m", "bridge"], dropna=False, sort=True)
    return [[*(_plain(part) for part in key), _joined(group.geometry)] for key, group in grouped]


def _plain(value: Any) -> str | int | None:
    if value is None or pd.isna(value):
        return None
    return value if isinstance(value, str) else int(value)


def _joined(lines: gpd.GeoSeries) -> str:
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines.values)))
    simple = to_stored(
        gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapely.simplify(merged, LINE_TOLERANCE_M), crs=lines.crs))
    )
    return _encode_paths([_steps(line) for line in simple.geometry])


def _places(places: gpd.GeoDataFrame) -> dict[str, dict[str, Any]]:
    stored = to_stored(places).sort_values(["kind", "id"])
    return {
        str(kind): {
            "zh": list(group["name_zh"]),
            "en": list(group["name_en"]),
            "xy": _encode_paths([_steps(shapely.MultiPoint(group.geometry.values))]),
        }
        for kind, group in stored.groupby("kind")
    }
