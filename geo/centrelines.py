"""The line along the middle of a long area: of a river drawn as a polygon, or of the strip between two carriageways."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]
PRUNED = 1.6
"""Side branches shorter than this times the distance to the bank only lead into corners."""


def centreline(area: shapely.Polygon, step_m: float | None = None) -> Geometries:
    """Return the lines along the middle of a polygon (metres), joined at forks; none for a compact one.

    They are the Voronoi borders between points on its rings that lie inside, without the branches into corners.
    """
    step = step_m or float(np.clip(shapely.area(area) / shapely.length(area), 1.0, 50.0))
    points = shapely.get_coordinates(shapely.segmentize(shapely.boundary(area), step))
    points = np.unique(points.round(3), axis=0)
    if len(points) < 4:
        return np.array([], dtype=object)
    borders = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), only_edges=True))
    pieces = shapely.get_parts(borders)
    shapely.prepare(area)
    chains = merged(pieces[shapely.contains_properly(area, pieces)])
    bank = shapely.boundary(area)
    for _ in range(20):
        spurs = short_spurs(chains, bank)
        if not spurs.any():
            break
        chains = merged(chains[~spurs])
    lines = shapely.simplify(chains, step / 4)
    return np.asarray(lines[shapely.length(lines) > 2 * step])


def merged(pieces: Geometries) -> Geometries:
    """Lines joined end to end, up to where three or more meet."""
    if not len(pieces):
        return np.array([], dtype=object)
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(pieces))))


def short_spurs(chains: Geometries, bank: shapely.Geometry) -> NDArray[np.bool_]:
    """Which chains end free and are short for the width of the area where they begin."""
    if not len(chains):
        return np.zeros(0, dtype=bool)
    ends = np.stack([shapely.get_coordinates(shapely.get_point(chains, i)) for i in (0, -1)], axis=1)
    _, number, times = np.unique(ends.reshape(-1, 2).round(6), axis=0, return_inverse=True, return_counts=True)
    degree = times[number.ravel()].reshape(-1, 2)
    width = np.stack([shapely.distance(shapely.points(ends[:, i]), bank) for i in (0, 1)], axis=1)
    base = np.where(degree[:, 0] > degree[:, 1], width[:, 0], width[:, 1])
    free = (degree == 1).any(axis=1) & (degree > 1).any(axis=1)
    return np.asarray(free & (shapely.length(chains) < PRUNED * base))


def carried_to_bank(chains: Geometries, area: shapely.Polygon) -> Geometries:
    """The chains with their free ends carried straight on to the border of the area."""
    if not len(chains):
        return chains
    bank = shapely.boundary(area)
    west, south, east, north = area.bounds
    reach = float(np.hypot(east - west, north - south))
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(chains, i)) for i in (0, -1)])
    _, number, times = np.unique(ends.round(6), axis=0, return_inverse=True, return_counts=True)
    free = (times[number.ravel()] == 1).reshape(2, -1)
    return np.array([_carried(c, bank, reach, free[0, i], free[1, i]) for i, c in enumerate(chains)], dtype=object)


def _carried(
    chain: shapely.LineString, bank: shapely.Geometry, reach: float, first: bool, last: bool
) -> shapely.LineString:
    xy = shapely.get_coordinates(chain)
    if first:
        xy = np.vstack([_landing(xy[0], xy[0] - xy[1], bank, reach), xy])
    if last:
        xy = np.vstack([xy, _landing(xy[-1], xy[-1] - xy[-2], bank, reach)])
    return shapely.LineString(xy)


def _landing(
    end: NDArray[np.float64], heading: NDArray[np.float64], bank: shapely.Geometry, reach: float
) -> NDArray[np.float64]:
    """Where a ray from an end first meets the bank."""
    ray = shapely.LineString([end, end + heading / max(float(np.hypot(*heading)), 1e-9) * reach])
    hit = shapely.intersection(ray, bank)
    return np.asarray(
        shapely.get_coordinates(shapely.shortest_line(shapely.Point(end), bank if hit.is_empty else hit))[1]
    )
