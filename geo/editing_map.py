"""What the editor's map is given once: blocks, edges, neighbours, lines, buildings and offices of the open communities.

Coordinates are whole decimetres (EPSG:4549) from an origin, each point as the difference from the one before. It is
meant for the page of a signed-in planner, never for a static file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.map_overlays import BARRIERS

AROUND_M: Final = 300.0
"""Neighbours' blocks, lines and places are shown as far as this around the frame of the open communities."""

SIMPLER_M: Final = 0.6

Origin = tuple[float, float]


@dataclass(frozen=True)
class Surroundings:
    """What stands on the map besides blocks, all in metres: `lines` (kind, class, name_zh, name_en, width_m),
    `buildings` (households; may be empty), `places` (kind, name_zh, name_en).
    """

    lines: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame


def editing_ground(
    own: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, others: gpd.GeoDataFrame, around: Surroundings
) -> dict[str, Any]:
    """The ground of the open communities as plain values, with an `id` that changes when anything in it does.

    `own`: their blocks (block_id, community, households, people, buildings); `edges`: those of these blocks (left,
    right, barrier, name, contact); `others`: blocks around, of which those near by are shown. All in metres.
    blocks: [id, households, people, buildings, community, rings]; edges: [left, right, barrier, name, contact,
    line] with places of blocks (-1: none of the open ones); grey: [rings]; lines: [kind, class, name, width, line];
    buildings: [x, y, households, block]; places: [kind, x, y, name]; names: [zh, en].
    """
    own = own.sort_values("block_id")
    communities = sorted(set(own["community"].astype(str)))
    whole = shapely.union_all(own.geometry.to_numpy())
    bounds = shapely.bounds(whole)
    origin = (float(np.floor(bounds[0])), float(np.floor(bounds[1])))
    named = around.lines.dropna(subset="name_zh")
    names = _Names(dict(zip(named["name_zh"], named["name_en"], strict=True)))
    place = {block: i for i, block in enumerate(own["block_id"].to_list())}
    ground = {
        "origin": list(origin),
        "box": [round(10 * (value - origin[i % 2])) for i, value in enumerate(bounds)],
        "communities": communities,
        "blocks": _blocks(own, communities, origin),
        "edges": _edges(edges, place, origin, names),
        "grey": _grey(others, whole, origin),
        "lines": _lines(around.lines, whole, origin, names),
        "buildings": _buildings(around.buildings, own, origin),
        "places": _places(around.places, whole, origin, names),
        "barriers": list(BARRIERS),
        "names": names.pairs,
    }
    digest = hashlib.sha256(json.dumps(ground, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]
    return {"id": digest, **ground}


class _Names:
    """Names of lines and places, each sent once."""

    def __init__(self, english: Mapping[str, str]) -> None:
        self.pairs: list[list[str]] = []
        self._english = english
        self._place: dict[tuple[str, str], int] = {}

    def of(self, zh: object, en: object) -> int:
        """The place of a name in `pairs`, -1 where there is none."""
        if not isinstance(zh, str) or not zh:
            return -1
        english = en if isinstance(en, str) and en else self._english.get(zh, zh)
        key = (zh, english)
        if key not in self._place:
            self._place[key] = len(self.pairs)
            self.pairs.append(list(key))
        return self._place[key]


def _steps(coordinates: np.ndarray[Any, Any], origin: Origin) -> list[int]:
    points = np.round(10 * (coordinates - np.array(origin))).astype(np.int64)
    flat: list[int] = np.vstack([points[:1], np.diff(points, axis=0)]).ravel().tolist()
    return flat


def _rings(shape: shapely.Geometry, origin: Origin) -> list[list[int]]:
    polygons = shapely.get_parts(shape)
    rings = shapely.get_rings(polygons)
    return [_steps(shapely.get_coordinates(ring), origin) for ring in rings]


def _blocks(own: gpd.GeoDataFrame, communities: list[str], origin: Origin) -> list[list[Any]]:
    counts = own[["block_id", "households", "people", "buildings"]].to_numpy().tolist()
    codes = own["community"].astype(str)
    return [
        [*row, communities.index(code), _rings(shape, origin)]
        for row, code, shape in zip(counts, codes, own.geometry, strict=True)
    ]


def _edges(edges: gpd.GeoDataFrame, place: dict[int, int], origin: Origin, names: _Names) -> list[list[Any]]:
    columns = zip(
        edges["left"], edges["right"], edges["barrier"], edges["name"], edges["contact"], edges.geometry, strict=True
    )
    return [
        [
            place.get(left, -1),
            place.get(right, -1),
            BARRIERS.index(barrier) if barrier in BARRIERS else BARRIERS.index("none"),
            names.of(name, None),
            int(bool(contact)),
            _steps(shapely.get_coordinates(shapely.simplify(line, SIMPLER_M)), origin),
        ]
        for left, right, barrier, name, contact, line in columns
    ]


def _grey(others: gpd.GeoDataFrame, whole: shapely.Geometry, origin: Origin) -> list[list[list[int]]]:
    shapes = others.geometry.to_numpy()
    near = shapely.intersects(shapes, _frame(whole))
    return [_rings(shape, origin) for shape in shapely.coverage_simplify(shapes[near], 1.0)]


def _frame(whole: shapely.Geometry) -> shapely.Geometry:
    west, south, east, north = shapely.bounds(whole)
    return shapely.box(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)


def _lines(lines: gpd.GeoDataFrame, whole: shapely.Geometry, origin: Origin, names: _Names) -> list[list[Any]]:
    drawn = lines[lines["kind"].isin(["road", "water", "rail", "wall"])]
    frame = _frame(whole)
    shapes = drawn.geometry.to_numpy()
    near = drawn[shapely.intersects(shapes, frame)]
    found: list[list[Any]] = []
    columns = zip(
        near["kind"], near["class"], near["name_zh"], near["name_en"], near["width_m"], near.geometry, strict=True
    )
    for kind, rank, zh, en, width, shape in columns:
        name = names.of(zh, en)
        wide = 0 if pd.isna(width) else round(10 * float(width))
        for part in _line_parts(shapely.intersection(shape, frame)):
            found.append([kind, rank, name, wide, _steps(part, origin)])
    return found


def _line_parts(shape: shapely.Geometry) -> Iterable[np.ndarray[Any, Any]]:
    for part in shapely.get_parts(shapely.simplify(shape, SIMPLER_M)):
        if shapely.get_dimensions(part) == 1:
            yield shapely.get_coordinates(part)


def _buildings(buildings: gpd.GeoDataFrame, own: gpd.GeoDataFrame, origin: Origin) -> list[list[int]]:
    points = shapely.point_on_surface(buildings.geometry.to_numpy())
    block, building = shapely.STRtree(points).query(own.geometry.to_numpy(), predicate="intersects")
    building, first = np.unique(building, return_index=True)
    inside = buildings.iloc[building]
    return [
        [*point, int(households), int(place)]
        for point, households, place in zip(_from(inside, origin), inside["households"], block[first], strict=True)
    ]


def _places(places: gpd.GeoDataFrame, whole: shapely.Geometry, origin: Origin, names: _Names) -> list[list[Any]]:
    own = places[shapely.intersects(places.geometry.to_numpy(), _frame(whole))]
    points = _from(own, origin)
    columns = zip(own["kind"], points, own["name_zh"], own["name_en"], strict=True)
    return [[kind, *point, names.of(zh, en)] for kind, point, zh, en in columns]


def _from(layer: gpd.GeoDataFrame, origin: Origin) -> list[list[int]]:
    xy = shapely.get_coordinates(shapely.point_on_surface(layer.geometry.to_numpy()))
    points: list[list[int]] = np.round(10 * (xy - np.array(origin))).astype(np.int64).tolist()
    return points
