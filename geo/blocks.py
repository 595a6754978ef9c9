"""From lines to blocks: faces of the noded network, slivers absorbed, oversize blocks split, edges told their line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo import crs

GRID = 0.01
"""Noding grid in metres: all coordinates of blocks are multiples of it, so shared borders agree vertex by vertex."""

LOOKUP = 0.05
"""How far (metres) a block edge may lie from the line it came from after snap rounding."""

BARRIERS = ("river", "rail", "arterial", "road", "wall", "lane", "landmark", "none")
"""Barrier classes of an edge, strongest first: where lines coincide the strongest names the edge."""

_BARRIER_OF_CLASS = {
    "river": "river",
    "canal": "river",
    "moat": "river",
    "bank": "river",
    "stream": "river",
    "rail": "rail",
    "arterial": "arterial",
    "secondary": "road",
    "minor": "road",
    "wall": "wall",
    "lane": "lane",
    "outline": "none",
}

Geometries = NDArray[np.object_]
Integers = NDArray[np.int64]


class EmptyNetworkError(ValueError):
    """Raised when the lines enclose nothing."""

    def __init__(self) -> None:
        super().__init__(
            "The lines enclose no area, so there are no blocks; check that the outline is part of the network."
        )


class BrokenCoverageError(ValueError):
    """Raised when blocks overlap, leave gaps or do not fill the outline."""

    def __init__(self, gap_m2: float, overlap_m2: float) -> None:
        super().__init__(
            f"The blocks do not cover the outline exactly once (gap {gap_m2:.2f} m2, overlap {overlap_m2:.2f} m2); "
            "node all lines again with one grid size."
        )
        self.gap_m2 = gap_m2
        self.overlap_m2 = overlap_m2


@dataclass(frozen=True)
class Segments:
    """Unique straight pieces of all block borders: coordinates (n, 4) and the blocks on both sides (-1 outside)."""

    coordinates: NDArray[np.float64]
    left: Integers
    right: Integers


def faces(lines: Geometries, outline: shapely.Polygon, grid: float = GRID) -> Geometries:
    """Return the faces (polygons) that `lines` and the outline's border make inside the outline; metres in, metres out.

    Every line cuts wherever it runs; dangling ends enclose nothing and vanish. The order of the lines does not matter.
    Raises EmptyNetworkError when nothing is enclosed.
    """
    border = shapely.boundary(shapely.set_precision(outline, grid))
    noded = shapely.unary_union(np.append(lines, border), grid_size=grid)
    polygons = shapely.get_parts(shapely.polygonize([noded]))
    inside = shapely.contains_xy(outline, *_inner_points(polygons).T)
    if not inside.any():
        raise EmptyNetworkError
    return in_reading_order(polygons[inside])


def in_reading_order(polygons: Geometries) -> Geometries:
    """Return the polygons sorted by their inner point, west to east and then south to north."""
    points = _inner_points(polygons)
    return polygons[np.lexsort((points[:, 1], points[:, 0]))]


def absorb_slivers(
    polygons: Geometries, area_m2: float = 400.0, thickness_m: float = 6.0, spared: Geometries | None = None
) -> Geometries:
    """Merge polygons that are tiny or thin (2 x area / perimeter) into the neighbour they share most border with.

    Nothing is deleted: the union of the result is the union of the input. Those equal to one of `spared` stay.
    """
    for _ in range(8):
        thin = slivers(polygons, area_m2, thickness_m)
        if spared is not None and len(spared):
            polygon, other = shapely.STRtree(spared).query(polygons, predicate="intersects")
            thin[polygon[shapely.equals(polygons[polygon], spared[other])]] = False
        if not thin.any():
            break
        groups = _absorbing_groups(polygons, thin)
        if len(np.unique(groups)) == len(polygons):
            break
        polygons = dissolve(polygons, groups)
    return in_reading_order(polygons)


def slivers(polygons: Geometries, area_m2: float = 400.0, thickness_m: float = 6.0) -> NDArray[np.bool_]:
    """Which polygons are tiny or thin; 2 x area / perimeter is about the width of a long strip."""
    area = shapely.area(polygons)
    return np.asarray((area < area_m2) | (2 * area / shapely.length(polygons) < thickness_m))


def dissolve(polygons: Geometries, groups: Integers) -> Geometries:
    """Return one geometry per group (in order of group number), keeping the shared vertices of the coverage."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    pieces = np.split(polygons[order], starts[1:])
    merged = [piece[0] if len(piece) == 1 else shapely.coverage_union_all(piece) for piece in pieces]
    return np.array(merged, dtype=object)


def _absorbing_groups(polygons: Geometries, thin: NDArray[np.bool_]) -> Integers:
    """Return group numbers in which each thin polygon joins the neighbour it shares the longest border with."""
    segments = block_segments(polygons)
    inner = segments.right >= 0
    left, right = segments.left[inner], segments.right[inner]
    length = np.hypot(*(segments.coordinates[inner, 2:] - segments.coordinates[inner, :2]).T)
    pairs = pd.DataFrame({"a": np.r_[left, right], "b": np.r_[right, left], "m": np.r_[length, length]})
    pairs = pairs[thin[pairs["a"].to_numpy()]].groupby(["a", "b"], as_index=False)["m"].sum()
    best = pairs.sort_values(["a", "m", "b"], ascending=[True, False, True]).drop_duplicates("a")
    n = len(polygons)
    links = coo_array((np.ones(len(best)), (best["a"].to_numpy(), best["b"].to_numpy())), shape=(n, n))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def check_coverage(polygons: Geometries, outline: shapely.Polygon) -> None:
    """Raise BrokenCoverageError unless the polygons are valid, share borders exactly and fill the outline.

    Snap rounding may move the outline by up to one grid step, so areas may differ by its length times GRID.
    """
    sound = bool(shapely.is_valid(polygons).all()) and bool(shapely.coverage_is_valid(polygons))
    # A coverage joins exactly and fast; only what isn't one needs the general union.
    union = shapely.coverage_union_all(polygons) if sound else shapely.union_all(shapely.make_valid(polygons))
    gap = float(shapely.area(shapely.difference(outline, union)))
    overlap = float(shapely.area(polygons).sum() - shapely.area(union))
    if not sound or gap > float(shapely.length(outline)) * GRID:
        raise BrokenCoverageError(gap_m2=gap, overlap_m2=max(overlap, 0.0))


def block_segments(polygons: Geometries) -> Segments:
    """Return every straight border piece once, with the polygons on both sides; vertices must be shared exactly."""
    rings, owner = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    a, b, block = xy[:-1][same], xy[1:][same], owner[ring[:-1][same]]
    _, ids = np.unique(np.vstack([np.rint(a / GRID), np.rint(b / GRID)]).astype(np.int64), axis=0, return_inverse=True)
    first, second = np.split(ids.ravel().astype(np.int64), 2)
    key = np.minimum(first, second) * (int(ids.max()) + 1) + np.maximum(first, second)
    order = np.lexsort((block, key))
    new = np.flatnonzero(np.diff(key[order], prepend=-1))
    size = np.diff(np.append(new, len(order)))
    left = block[order[new]].astype(np.int64)
    right = np.where(size > 1, block[order[np.minimum(new + 1, len(order) - 1)]], -1).astype(np.int64)
    keep = left != right
    return Segments(np.hstack([a, b])[order[new]][keep], left[keep], right[keep])


def block_edges(blocks: Geometries, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per unbroken stretch of border between two blocks (or a block and the outside) on one line.

    `lines` has line_id, class, name, bridge and geometry (EPSG:4549, as all lengths). Columns: left < right (block
    positions; right = -1 is the outside), length_m, barrier, name, line_id (-1: none), contact, geometry (LineString).
    contact is False where the edge is named water and no bridge touches it: its blocks are not neighbours there.
    """
    segments = block_segments(blocks)
    position = _line_under(segments, lines)
    key = pd.DataFrame({"left": segments.left, "right": segments.right, "line": position})
    group = key.groupby(["left", "right", "line"], sort=True).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    pieces = shapely.linestrings(segments.coordinates[order].reshape(-1, 2, 2))
    merged = shapely.line_merge(shapely.multilinestrings(pieces, indices=group[order]))
    first = order[np.flatnonzero(np.diff(group[order], prepend=-1))]
    parts, row = shapely.get_parts(merged, return_index=True)
    frame = key.iloc[first[row]].reset_index(drop=True)
    return _described(frame, parts, lines)


def _line_under(segments: Segments, lines: gpd.GeoDataFrame) -> Integers:
    """Return the position in `lines` of the strongest line each segment lies on, -1 where there is none."""
    middle = shapely.points((segments.coordinates[:, :2] + segments.coordinates[:, 2:]) / 2)
    tree = shapely.STRtree(lines.geometry.to_numpy())
    segment, line = tree.query(middle, predicate="dwithin", distance=LOOKUP)
    barrier = lines["class"].map(_BARRIER_OF_CLASS).map({name: i for i, name in enumerate(BARRIERS)}).to_numpy()
    named = lines["name"].notna().to_numpy()
    order = np.lexsort((line, ~named[line], barrier[line], segment))
    best = order[np.flatnonzero(np.diff(segment[order], prepend=-1))]
    found = np.full(len(middle), -1, dtype=np.int64)
    found[segment[best]] = line[best]
    return found


def _described(frame: pd.DataFrame, parts: Geometries, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    position = frame.pop("line").to_numpy()
    on = position >= 0
    barrier = np.where(on, lines["class"].map(_BARRIER_OF_CLASS).to_numpy()[position], "none")
    name = np.where(on, lines["name"].to_numpy(dtype=object)[position], None)
    frame["length_m"] = shapely.length(parts)
    frame["barrier"] = barrier
    frame["name"] = pd.Series(name, dtype=object).where(lambda s: s.notna(), None)
    frame["line_id"] = np.where(on, lines["line_id"].to_numpy()[position], -1)
    frame["contact"] = _contact(frame, parts, lines)
    return gpd.GeoDataFrame(frame, geometry=parts, crs=lines.crs or crs.METRIC)


def _contact(frame: pd.DataFrame, parts: Geometries, lines: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Return where two blocks touch as neighbours: everywhere but across named water without a bridge, and outside."""
    water = ((frame["barrier"] == "river") & frame["name"].notna()).to_numpy()
    bridges = lines.geometry.to_numpy()[lines["bridge"].to_numpy(dtype=bool)]
    bridged = np.zeros(len(parts), dtype=bool)
    if len(bridges):
        bridged[np.unique(shapely.STRtree(bridges).query(parts, predicate="dwithin", distance=0.5)[0])] = True
    result: NDArray[np.bool_] = (~water | bridged) & (frame["right"].to_numpy() >= 0)
    return result


def splitting_lines(polygon: shapely.Polygon, points: NDArray[np.float64]) -> list[shapely.LineString]:
    """Return the lines that divide a polygon between points (n, 2): the Voronoi borders inside it."""
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=polygon, only_edges=True)
    inside = shapely.get_parts(shapely.intersection(cells, polygon))
    return [part for part in inside if part.geom_type == "LineString" and part.length > GRID]


def _inner_points(polygons: Any) -> NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(polygons)))


def barrier_of(line_class: str) -> str:
    """What an edge on a line of this class lies on; none for a class that is no barrier."""
    return _BARRIER_OF_CLASS.get(line_class, "none")
