"""Where in its block each building stands: blocks of flats side by side, village houses in rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo_geography.streets import Geometries, extents, grain, rectangles

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HOUSE_GAP = 6.0
"""Metres a village house keeps from the edge of its block where there is room."""


def building_points(buildings: pd.DataFrame, blocks: Geometries) -> Floats:
    """Return a place (n, 2) inside its block for each building (columns block, kind), all of a block apart."""
    points = np.empty((len(buildings), 2))
    house = (buildings["kind"] == "house").to_numpy()
    block = buildings["block"].to_numpy(dtype=np.int64)
    points[~house] = _abreast(block[~house], blocks)
    points[house] = _in_rows(block[house], blocks)
    return points


def _framed(polygons: Geometries) -> tuple[Floats, Floats]:
    """Return the direction of each polygon's longer side and its bounds (umin, vmin, umax, vmax) in that frame."""
    theta = grain(polygons)
    box = extents(polygons, theta)
    theta = np.where((box[:, 3] - box[:, 1]) > (box[:, 2] - box[:, 0]), theta + np.pi / 2, theta)
    return theta, extents(polygons, theta)


def _abreast(block: Integers, blocks: Geometries) -> Floats:
    """Return one point per building: its block is sliced across as often as it has buildings, a point in each slice."""
    order = np.argsort(block, kind="stable")
    used, count = np.unique(block, return_counts=True)
    theta, box = _framed(blocks[used])
    owner = np.repeat(np.arange(len(used)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    width = (box[owner, 2] - box[owner, 0]) / count[owner]
    start = box[owner, 0] + place * width
    slices = shapely.intersection(blocks[used][owner], rectangles(start, start + width, box[owner], theta[owner]))
    points = np.empty((len(block), 2))
    points[order] = _inside(slices)
    return points


def _inside(polygons: Geometries) -> Floats:
    """Return the centroid of each polygon, or a point on it where the centroid is outside."""
    middle = shapely.centroid(polygons)
    out = ~shapely.contains(polygons, middle)
    middle[out] = shapely.point_on_surface(polygons[out])
    return np.asarray(shapely.get_coordinates(middle))


def _in_rows(block: Integers, blocks: Geometries) -> Floats:
    """Return one point per house on a grid that follows the block's streets."""
    order = np.argsort(block, kind="stable")
    used, count = np.unique(block, return_counts=True)
    theta, box = _framed(blocks[used])
    rows = [_grid(blocks[b], theta[i], box[i], int(count[i])) for i, b in enumerate(used)]
    points = np.empty((len(block), 2))
    points[order] = np.vstack(rows)
    return points


def _grid(polygon: shapely.Polygon, theta: float, box: Floats, count: int) -> Floats:
    """Return `count` points of the widest square grid that has so many inside the polygon."""
    room = shapely.buffer(polygon, -HOUSE_GAP)
    shapely.prepare(polygon if room.area < 100.0 else room)
    room = polygon if room.area < 100.0 else room
    gap = np.sqrt(room.area / count)
    cosine, sine = np.cos(theta), np.sin(theta)
    while True:
        u, v = (axis.ravel() for axis in np.meshgrid(_ticks(box[0], box[2], gap), _ticks(box[1], box[3], gap)))
        x, y = u * cosine - v * sine, u * sine + v * cosine
        inside = shapely.contains_xy(room, x, y)
        if inside.sum() >= count:
            chosen = np.flatnonzero(inside)[np.linspace(0, inside.sum() - 1, count).round().astype(int)]
            return np.column_stack([x[chosen], y[chosen]])
        gap *= 0.93


def _ticks(low: float, high: float, gap: float) -> Floats:
    steps = max(int((high - low) / gap), 1)
    return np.asarray(low + (high - low) * (np.arange(steps) + 0.5) / steps)
