"""Shapes of a layer that cannot be where they say: axes exchanged, far away, no numbers, or no shape at all.

Of a layer of points they are set aside, each with its reason, so that the other rows can be read; a layer of areas or
lines is only of use as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from data.imports.privacy import masked
from geo import crs

FINE = ""
STRAY = 0.2
"""Degrees around the district within which a shape is not misplaced."""
NAMES = ("name", "名称", "NAME", "编号", "id", "code")
"""Attributes that tell people which shape of a layer is meant."""
NAMED = 5
Kinds = NDArray[np.object_]


def strays(frame: gpd.GeoDataFrame, outline: shapely.Geometry) -> Kinds:
    """For each shape "" (fine), swapped, lost (no place on earth; a point also where it is far away) or empty.

    `outline` in EPSG:4490. A layer without a system is not judged.
    """
    shapes = frame.geometry.to_numpy()
    found = np.full(len(shapes), FINE, dtype=object)
    if frame.crs is None:
        return found
    bounds = shapely.bounds(shapes)
    near = shapely.bounds(outline) + np.array([-STRAY, -STRAY, STRAY, STRAY])
    straight, turned = (_degrees(each, frame.crs) for each in (bounds, bounds[:, [1, 0, 3, 2]]))
    here = _within(straight, near)
    point = shapely.get_dimensions(shapes) == 0
    found[~here & (point | ~_within(straight, np.array([-180.0, -90.0, 180.0, 90.0])))] = "lost"
    found[~here & _within(turned, near)] = "swapped"
    found[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = "empty"
    return found


def _degrees(bounds: NDArray[np.float64], system: pyproj.CRS) -> NDArray[np.float64]:
    """Bounds in EPSG:4490; infinite where the system does not reach."""
    across = pyproj.Transformer.from_crs(system, crs.STORED, always_xy=True)
    corners = [np.column_stack(across.transform(bounds[:, at], bounds[:, at + 1])) for at in (0, 2)]
    found: NDArray[np.float64] = np.column_stack(corners)
    return found


def _within(bounds: NDArray[np.float64], room: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which bounds lie in a room (west, south, east, north); none that is no number."""
    with np.errstate(invalid="ignore"):
        inside = np.column_stack([bounds[:, :2] >= room[:2], bounds[:, 2:] <= room[2:]])
    return np.asarray(inside.all(axis=1))


def said(frame: gpd.GeoDataFrame, places: Iterable[int]) -> list[str]:
    """What people know shapes by: number in the layer, name (covered where it tells of a person), coordinates."""
    label = next((name for name in frame.columns if str(name) in NAMES), None)
    told = []
    for place in places:
        name = "" if label is None else str(masked(frame[label].iloc[place]))
        x, y = (shapely.bounds(frame.geometry.iloc[place])[:2]).tolist()
        where = f"{x:.5f}, {y:.5f}" if np.isfinite([x, y]).all() else ""
        told.append(" ".join(part for part in (f"#{place + 1}", name, where) if part))
    return told


def named(frame: gpd.GeoDataFrame, kinds: Kinds) -> str:
    """The first of the shapes that are not fine."""
    return "、".join(said(frame, np.flatnonzero(kinds != FINE)[:NAMED].tolist()))
