"""Atoms: blocks with too many households divided between buildings, noded once for the whole district."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import blocks

Geometries = NDArray[np.object_]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

HOUSES_TOGETHER = 45
"""Village houses that stay together when a block of many is divided."""


def sites(points: Floats, buildings: pd.DataFrame, divided: NDArray[np.bool_]) -> tuple[Floats, Integers]:
    """Return the points (n, 2) to divide blocks between and their blocks: blocks of flats, or clusters of houses.

    `points` are the places of `buildings` (block, kind); `divided` says which blocks are divided.
    """
    table = pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "block": buildings["block"], "kind": buildings["kind"]})
    table = table[divided[table["block"].to_numpy()]].reset_index(drop=True)
    spread = table.groupby("block")[["x", "y"]].transform(np.ptp)
    along = np.where(spread["x"] >= spread["y"], table["x"], table["y"])
    rank = pd.Series(along).groupby(table["block"]).rank(method="first") - 1
    size = table.groupby("block")["x"].transform("size")
    clusters = np.where(table["kind"] == "house", np.ceil(size / HOUSES_TOGETHER), size)
    table["cluster"] = np.floor(rank * clusters / size).astype(int)
    middle = table.groupby(["block", "cluster"], as_index=False)[["x", "y"]].mean()
    return middle[["x", "y"]].to_numpy(), middle["block"].to_numpy(dtype=np.int64)


def split_between(
    faces: Geometries, outline: shapely.Polygon, points: Floats, face_of: Integers
) -> tuple[Geometries, Integers]:
    """Return the atoms and the face each is part of: faces that have `points` (n, 2) are cut halfway between those.

    All borders and cuts are noded together once, so atoms share their borders vertex by vertex. (The borders, not the
    lines they came from: those are up to a centimetre off, and a cut that misses its border by that encloses nothing.)
    """
    order = np.argsort(face_of, kind="stable")
    bounds = np.searchsorted(face_of[order], np.arange(len(faces) + 1))
    groups = [order[bounds[f] : bounds[f + 1]] for f in range(len(faces))]
    cuts = [
        cut
        for face, group in zip(faces, groups, strict=True)
        if len(group) > 1
        for cut in blocks.splitting_lines(face, points[group])
    ]
    pieces = blocks.faces(np.concatenate([shapely.boundary(faces), np.array(cuts, dtype=object)]), outline)
    inner = shapely.point_on_surface(pieces)
    face = containing(inner, faces)
    key = _nearest_site(shapely.get_coordinates(inner), face, points, groups)
    group = pd.DataFrame({"face": face, "key": key}).groupby(["face", "key"]).ngroup().to_numpy().astype(np.int64)
    merged = blocks.dissolve(pieces, group)
    atoms, row = shapely.get_parts(merged, return_index=True)
    face_of_group = face[np.unique(group, return_index=True)[1]]
    return atoms, face_of_group[row]


def containing(points: Geometries, polygons: Geometries) -> Integers:
    """Return the position of the polygon each point is in (the nearest one for a point on a border)."""
    point, polygon = shapely.STRtree(polygons).query_nearest(points, all_matches=False)
    found = np.empty(len(points), dtype=np.int64)
    found[point] = polygon
    return found


def _nearest_site(xy: Floats, face: Integers, points: Floats, groups: list[Integers]) -> Integers:
    """Return for each piece which of its face's points is nearest, 0 for pieces of undivided faces."""
    key = np.zeros(len(xy), dtype=np.int64)
    for i, f in enumerate(face):
        if len(groups[f]) > 1:
            key[i] = int(np.hypot(*(points[groups[f]] - xy[i]).T).argmin())
    return key
