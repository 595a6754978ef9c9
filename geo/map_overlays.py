"""Overlays of the map fetched only when asked for: what borders lie on, ground within a walk, grids and groups."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_metric, to_stored
from geo.map_geometry import LINE_TOLERANCE_M, STEP, encode_numbers

BARRIERS: Final = ("river", "arterial", "road", "lane", "wall", "landmark", "rail", "none")
"""What a border can lie on, in the order of a legend; `none` runs through an oversize block."""


def encode_borders(
    edges: gpd.GeoDataFrame, neighbourhood: pd.Series, english: pd.Series, tolerance_m: float = LINE_TOLERANCE_M
) -> str:
    """Encode the borders of neighbourhoods by what they lie on, for the browser (EPSG:4490 in steps of 1e-6).

    `edges`: left, right, barrier, name, geometry (any CRS). `neighbourhood`: block_id -> code. `english`: Chinese name
    of a line -> English one. The text is JSON: step, and lines as [barrier, name_zh, name_en, paths].
    """
    outer = edges["left"].map(neighbourhood).fillna("") != edges["right"].map(neighbourhood).fillna("")
    lines = to_metric(edges[outer]).assign(barrier=lambda rows: rows["barrier"].fillna("none"))
    found = []
    for (barrier, name), group in lines.groupby(["barrier", "name"], dropna=False, sort=True):
        known = name if isinstance(name, str) else None
        paths = paths_of(group.geometry.to_numpy(), lines, tolerance_m)
        found.append([barrier, known, english.get(known) if known else None, paths])
    return _text({"step": STEP, "lines": found})


def encode_ground(blocks: gpd.GeoDataFrame, tolerance_m: float = LINE_TOLERANCE_M) -> str:
    """Encode the ground that `blocks` (any CRS) cover together, for the browser: JSON of step and closed paths."""
    return _text({"step": STEP, "rings": rings_of(blocks, tolerance_m)})


def encode_units(units: gpd.GeoDataFrame, tolerance_m: float = LINE_TOLERANCE_M) -> str:
    """Encode the borders of units (polygons, any CRS; community, coincides) for the browser (EPSG:4490, steps of 1e-6).

    The text is JSON: step, and paths of the units that coincide with an area (same) and of the others (apart); a border
    between two units of one community stands there once.
    """
    metric = to_metric(units[~units.geometry.isna()])
    alike = metric["coincides"].fillna(False).astype(bool).to_numpy()
    return _text({"step": STEP} | {
        name: _borders(metric[chosen], tolerance_m) for name, chosen in (("same", alike), ("apart", ~alike))
    })  # fmt: skip


def _borders(units: gpd.GeoDataFrame, tolerance_m: float) -> str:
    if units.empty:
        return ""
    # Communities were shifted against each other: joined across them, borders would cross every few metres.
    each = (
        shapely.get_parts(shapely.union_all(shapely.boundary(group.geometry.to_numpy()), grid_size=0.01))
        for _, group in units.groupby("community", sort=True)
    )
    return paths_of(list(np.concatenate([*each])), units, tolerance_m)


def rings_of(blocks: gpd.GeoDataFrame, tolerance_m: float = LINE_TOLERANCE_M) -> str:
    """The outlines, holes too, of what `blocks` cover together, as `geo.map_geometry` writes paths; "" for nothing."""
    if blocks.empty:
        return ""
    metric = to_metric(blocks)
    ground = shapely.simplify(shapely.union_all(metric.geometry.to_numpy(), grid_size=0.01), tolerance_m)
    rings = shapely.get_rings(shapely.get_parts(ground))
    return paths_of(rings, metric, 0.0)


def paths_of(lines: Sequence[shapely.Geometry], frame: gpd.GeoDataFrame, tolerance_m: float) -> str:
    """Lines in the CRS of `frame`, joined end to end and simplified, as numbers: count of points, then steps."""
    if tolerance_m > 0:
        merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(lines))))
        lines = shapely.simplify(merged, tolerance_m)
    stored = to_stored(gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(lines), crs=frame.crs)))
    numbers: list[int] = []
    x0 = y0 = 0
    for line in stored.geometry:
        steps = np.rint(shapely.get_coordinates(line) / STEP).astype(np.int64).tolist()
        numbers.append(len(steps))
        for x, y in steps:
            numbers += (x - x0, y - y0)
            x0, y0 = x, y
    return encode_numbers(numbers)


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
