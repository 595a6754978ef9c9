"""Simulated streets: faces of the named skeleton cut again and again, along their own grain, down to blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cuts:
    """Cut lines with, for each, the area (m2) of the face it divided."""

    lines: Geometries
    areas: Floats


def grain(polygons: Geometries) -> Floats:
    """Return each polygon's street direction in radians (modulo a quarter turn): the mean of its border, by length."""
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    step = np.diff(xy, axis=0)
    inside = owner[1:] == owner[:-1]
    length = np.hypot(step[:, 0], step[:, 1]) * inside
    # Fourth harmonics make the four directions of a right-angled grid equal; squares favour the long straight sides.
    angle = 4 * np.arctan2(step[:, 1], step[:, 0])
    cosine = np.bincount(owner[1:], length**2 * np.cos(angle), minlength=len(polygons))
    sine = np.bincount(owner[1:], length**2 * np.sin(angle), minlength=len(polygons))
    return np.asarray(np.arctan2(sine, cosine) / 4)


def extents(polygons: Geometries, theta: Floats) -> Floats:
    """Return (n, 4): the bounds umin, vmin, umax, vmax of each polygon in a frame turned by its `theta`."""
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    cosine, sine = np.cos(theta)[owner], np.sin(theta)[owner]
    u, v = xy[:, 0] * cosine + xy[:, 1] * sine, xy[:, 1] * cosine - xy[:, 0] * sine
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    low = [np.minimum.reduceat(w, starts) for w in (u, v)]
    high = [np.maximum.reduceat(w, starts) for w in (u, v)]
    return np.column_stack([*low, *high])


def cut_once(polygons: Geometries, fraction: Floats) -> tuple[Geometries, Geometries, NDArray[np.int64]]:
    """Cut each polygon across its longer side at `fraction`: the cut lines, the pieces, and each piece's parent."""
    theta = grain(polygons)
    box = extents(polygons, theta)
    turn = (box[:, 3] - box[:, 1]) > (box[:, 2] - box[:, 0])
    theta = np.where(turn, theta + np.pi / 2, theta)
    box = extents(polygons, theta)
    at = box[:, 0] + fraction * (box[:, 2] - box[:, 0])
    ends = [np.column_stack([at, box[:, 1] - 1]), np.column_stack([at, box[:, 3] + 1])]
    cuts = shapely.intersection(shapely.linestrings(_turned(np.stack(ends, axis=1), theta)), polygons)
    low = shapely.intersection(rectangles(box[:, 0] - 1, at, box, theta), polygons)
    high = shapely.intersection(rectangles(at, box[:, 2] + 1, box, theta), polygons)
    pieces, parent = shapely.get_parts(np.concatenate([low, high]), return_index=True)
    solid = (shapely.get_type_id(pieces) == 3) & (shapely.area(pieces) > 1.0)
    return cuts, pieces[solid], (parent[solid] % len(polygons)).astype(np.int64)


def _turned(uv: Floats, theta: Floats) -> Floats:
    cosine, sine = np.cos(theta)[:, None], np.sin(theta)[:, None]
    return np.stack([uv[..., 0] * cosine - uv[..., 1] * sine, uv[..., 0] * sine + uv[..., 1] * cosine], axis=-1)


def rectangles(start: Floats, stop: Floats, box: Floats, theta: Floats) -> Geometries:
    """Return rectangles from `start` to `stop` along u and over the whole height of `box`, turned by `theta`."""
    bottom, top = box[:, 1] - 1, box[:, 3] + 1
    corners = [(start, bottom), (stop, bottom), (stop, top), (start, top)]
    uv = np.stack([np.column_stack(corner) for corner in corners], axis=1)
    return np.asarray(shapely.polygons(_turned(uv, theta)))


def subdivide(polygons: Geometries, limit: Floats, rng: np.random.Generator) -> tuple[Geometries, Cuts]:
    """Cut polygons until none is larger than its `limit` (m2; children keep their parent's); pieces and the cuts made.

    A cut that would leave a crumb or a splinter is tried again elsewhere, twice, and then left out; but a face far too
    large is cut all the same.
    """
    done, lines, areas = [polygons[:0]], [polygons[:0]], [limit[:0]]
    tries = np.zeros(len(polygons), dtype=np.int64)
    while len(polygons):
        small = shapely.area(polygons) <= limit
        done.append(polygons[small | (tries > 2)])
        polygons, limit, tries = (a[~small & (tries <= 2)] for a in (polygons, limit, tries))
        if not len(polygons):
            break
        cuts, pieces, parent = cut_once(polygons, rng.uniform(0.42, 0.58, len(polygons)))
        good = _well_cut(polygons, pieces, parent) | ((tries == 2) & (shapely.area(polygons) > 2.5 * limit))
        lines.append(cuts[good])
        areas.append(shapely.area(polygons[good]))
        child = good[parent]
        polygons = np.concatenate([polygons[~good], pieces[child]])
        limit = np.append(limit[~good], limit[parent[child]])
        tries = np.append(tries[~good] + 1, np.zeros(child.sum(), dtype=np.int64))
    return np.concatenate(done), _cuts(lines, areas)


def _cuts(lines: list[Geometries], areas: list[Floats]) -> Cuts:
    flat, owner = shapely.get_parts(np.concatenate(lines), return_index=True)
    line = shapely.get_type_id(flat) == 1
    return Cuts(flat[line], np.concatenate(areas)[owner[line]])


def _well_cut(polygons: Geometries, pieces: Geometries, parent: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which polygons were cut into pieces that are neither crumbs nor splinters."""
    area = shapely.area(pieces)
    poor = (area < 0.18 * shapely.area(polygons)[parent]) | (4 * np.pi * area / shapely.length(pieces) ** 2 < 0.28)
    return np.asarray(np.bincount(parent[poor], minlength=len(polygons)) == 0)
