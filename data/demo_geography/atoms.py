"""Atoms: blocks of several blocks of flats divided between them, noded once for the whole district."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import blocks

Geometries = NDArray[np.object_]
Integers = NDArray[np.int64]


def split_between_buildings(
    faces: Geometries, lines: gpd.GeoDataFrame, outline: shapely.Polygon, points: NDArray[np.float64], face_of: Integers, divided: NDArray[np.bool_]
) -> tuple[Geometries, Integers, Integers]:
    """Return the atoms, the face each is part of, and the atom each building stands in.

    `points` (n, 2) are buildings, `face_of` their faces; faces with `divided` are cut halfway between buildings.
    """
    order = np.argsort(face_of, kind="stable")
    bounds = np.searchsorted(face_of[order], np.arange(len(faces) + 1))
    cuts = [cut for f in np.flatnonzero(divided) for cut in blocks.splitting_lines(faces[f], points[order[bounds[f] : bounds[f + 1]]])]
    pieces = blocks.faces(np.concatenate([lines.geometry.to_numpy(), np.array(cuts, dtype=object)]), outline)
    inner = shapely.point_on_surface(pieces)
    face = _containing(inner, faces)
    key = _nearest_building(shapely.get_coordinates(inner), face, points, order, bounds, divided)
    group = pd.DataFrame({"face": face, "key": key}).groupby(["face", "key"]).ngroup().to_numpy()
    merged = blocks.dissolve(pieces, group.astype(np.int64))
    atoms, row = shapely.get_parts(merged, return_index=True)
    first = np.flatnonzero(np.diff(np.sort(group), prepend=-1))
    atom_face = face[np.argsort(group, kind="stable")[first]][row]
    return atoms, atom_face, _containing(shapely.points(points), atoms)


def _containing(points: Geometries, polygons: Geometries) -> Integers:
    """Return the position of the polygon each point is in (the nearest one for a point on a border)."""
    nearest = shapely.STRtree(polygons).query_nearest(points, all_matches=False)
    found = np.empty(len(points), dtype=np.int64)
    found[nearest[0]] = nearest[1]
    return found


def _nearest_building(
    xy: NDArray[np.float64], face: Integers, points: NDArray[np.float64], order: Integers, bounds: Integers, divided: NDArray[np.bool_]
) -> Integers:
    """Return for each piece of a divided face which of the face's buildings is nearest, 0 for pieces of whole faces."""
    key = np.zeros(len(xy), dtype=np.int64)
    for i in np.flatnonzero(divided[face]):
        mine = points[order[bounds[face[i]] : bounds[face[i] + 1]]]
        key[i] = int(np.hypot(*(mine - xy[i]).T).argmin())
    return key
