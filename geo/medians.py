"""Dual carriageways and roundabouts become one line: the strip or island between their lines shrinks to its middle."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.blocks import GRID
from geo.centrelines import carried_to_bank, centreline

ROADS = ("arterial", "secondary", "minor", "lane")
SAME_ROAD = 0.75
"""Share of a strip's border that must be one road by name and class."""

Geometries = NDArray[np.object_]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Pieces:
    """Roads cut at every crossing: the pieces, the row of `lines` each lies on, and which only close an open strip."""

    shapes: Geometries
    row: Integers
    closing: NDArray[np.bool_]


@dataclass(frozen=True)
class Island:
    """An area between road lines that is no ground of its own: a median strip, or the middle of a roundabout."""

    kind: str
    area: shapely.Polygon


def pieces_of(lines: gpd.GeoDataFrame, strip_m: float) -> Pieces:
    """Cut the roads of a network (metres) at every crossing, and close strips that end openly, as where clipped."""
    rows = np.flatnonzero(lines["class"].isin(ROADS) & lines["cuts"])
    shapes = lines.geometry.to_numpy()[rows]
    if not len(rows):
        return Pieces(np.array([], dtype=object), rows, np.zeros(0, dtype=bool))
    noded = shapely.get_parts(shapely.unary_union(shapes, grid_size=GRID))
    middle = shapely.line_interpolate_point(noded, 0.5, normalized=True)
    near, line = shapely.STRtree(shapes).query(middle, predicate="dwithin", distance=5 * GRID)
    first = np.unique(near, return_index=True)[1]
    found = np.zeros(len(noded), dtype=np.int64)
    found[near[first]] = rows[line[first]]
    links, row = closing_links(lines, noded, found, strip_m)
    closing = np.arange(len(noded) + len(links)) >= len(noded)
    return Pieces(np.concatenate([noded, links]), np.concatenate([found, row]), closing)


def closing_links(
    lines: gpd.GeoDataFrame, shapes: Geometries, row: Integers, strip_m: float
) -> tuple[Geometries, Integers]:
    """Straight links between free ends, `strip_m` apart at most, of two lines of one road; and the row of each."""
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(shapes, i)) for i in (0, -1)])
    rows = np.concatenate([row, row])
    _, number, times = np.unique(np.rint(ends / GRID), axis=0, return_inverse=True, return_counts=True)
    free = times[number.ravel()] == 1
    points, rows = shapely.points(ends[free]), rows[free]
    a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=strip_m)
    label = (lines["class"].astype(str) + "|" + lines["name"].fillna("").astype(str)).to_numpy()
    pair = (a < b) & (rows[a] != rows[b]) & (label[rows[a]] == label[rows[b]])
    links = shapely.linestrings(np.stack([ends[free][a[pair]], ends[free][b[pair]]], axis=1))
    return np.asarray(links, dtype=object), rows[a[pair]]


def islands(lines: gpd.GeoDataFrame, pieces: Pieces, strip_m: float, island_m2: float) -> list[Island]:
    """Median strips up to `strip_m` wide and roundabouts up to `island_m2`, neighbouring ones joined."""
    if not len(pieces.shapes):
        return []
    faces = shapely.get_parts(shapely.polygonize([shapely.geometrycollections(pieces.shapes)]))
    width = 2 * shapely.area(faces) / np.maximum(shapely.length(faces), 1e-9)
    faces = faces[(width <= strip_m) | (shapely.area(faces) <= island_m2)]
    if not len(faces):
        return []
    border = border_pieces(faces, pieces.shapes)
    strip = is_strip(faces, border, lines, pieces, strip_m)
    ring = is_roundabout(faces, border, lines, pieces, island_m2)
    between = is_between(faces, border, strip, island_m2) & ~ring
    return joined(faces, strip | between, "dual carriageway") + joined(faces, ring, "roundabout")


def border_pieces(faces: Geometries, shapes: Geometries) -> pd.DataFrame:
    """Which pieces lie on the border of each face: face, piece, length."""
    middle = shapely.line_interpolate_point(shapes, 0.5, normalized=True)
    face, piece = shapely.STRtree(middle).query(shapely.boundary(faces), predicate="dwithin", distance=GRID)
    return pd.DataFrame({"face": face, "piece": piece, "length": shapely.length(shapes)[piece]})


def is_strip(
    faces: Geometries, border: pd.DataFrame, lines: gpd.GeoDataFrame, pieces: Pieces, strip_m: float
) -> NDArray[np.bool_]:
    """Which faces are long, thin, and bordered by one road on both sides (by two one-way lines if it has no name)."""
    area, length = shapely.area(faces), shapely.length(faces)
    width = 2 * area / length
    on = lines.iloc[pieces.row[border["piece"]]].reset_index(drop=True)
    oneway = on["oneway"].to_numpy(dtype=bool)
    label = on["class"].astype(str) + "|" + on["name"].fillna("").astype(str)
    counts = on["name"].notna().to_numpy() | oneway
    table = border.assign(label=label.to_numpy(), share=border["length"] / length[border["face"]])
    table["oneway"] = oneway
    main = table[counts].groupby(["face", "label"])["share"].sum().groupby("face").max().reindex(range(len(faces)))
    two_way = table[~table["oneway"]].groupby("face")["share"].sum().reindex(range(len(faces)), fill_value=0.0)
    known = bool(lines["oneway"].any())
    one_road = (main.fillna(0.0) >= SAME_ROAD).to_numpy() & ((two_way < 0.3).to_numpy() | (not known))
    return np.asarray(one_road & (width <= strip_m) & (length / 2 > 4 * width))


def is_roundabout(
    faces: Geometries, border: pd.DataFrame, lines: gpd.GeoDataFrame, pieces: Pieces, island_m2: float
) -> NDArray[np.bool_]:
    """Which faces are islands of a roundabout: small, and bordered by lines that say they are one."""
    table = border.assign(ring=lines["roundabout"].to_numpy(dtype=bool)[pieces.row[border["piece"]]])
    share = table[table["ring"]].groupby("face")["length"].sum().reindex(range(len(faces)), fill_value=0.0)
    inside = share.to_numpy() / np.maximum(shapely.length(faces), 1e-9) >= 0.9
    return np.asarray(inside & (shapely.area(faces) <= island_m2))


def is_between(
    faces: Geometries, border: pd.DataFrame, strip: NDArray[np.bool_], island_m2: float
) -> NDArray[np.bool_]:
    """Which small faces lie where strips meet: at least three quarters of their border is also a strip's."""
    of_strips = border["piece"].isin(border.loc[strip[border["face"]], "piece"])
    share = border[of_strips].groupby("face")["length"].sum().reindex(range(len(faces)), fill_value=0.0)
    mostly = share.to_numpy() >= 0.75 * shapely.length(faces)
    return np.asarray(mostly & ~strip & (shapely.area(faces) <= island_m2))


def joined(faces: Geometries, chosen: NDArray[np.bool_], kind: str) -> list[Island]:
    """Islands of the chosen faces; those that share a stretch of border are one."""
    shapes = faces[chosen]
    if not len(shapes):
        return []
    a, b = shapely.STRtree(shapes).query(shapes, predicate="touches")
    shared = shapely.length(shapely.intersection(shapes[a], shapes[b])) > GRID
    links = coo_array((np.ones(int(shared.sum())), (a[shared], b[shared])), shape=(len(shapes), len(shapes)))
    group = connected_components(links, directed=False)[1]
    unions = [shapely.union_all(shapes[group == i]) for i in range(int(group.max()) + 1)]
    return [Island(kind, part) for union in unions for part in shapely.get_parts(union)]


def collapse(lines: gpd.GeoDataFrame, pieces: Pieces, chosen: list[Island]) -> gpd.GeoDataFrame:
    """The network with each island's border and inside replaced by its middle line, to which side roads are carried."""
    if not chosen:
        return lines
    areas = np.array([island.area for island in chosen], dtype=object)
    middle = shapely.line_interpolate_point(pieces.shapes, 0.5, normalized=True)
    island, piece = shapely.STRtree(middle).query(areas, predicate="dwithin", distance=GRID)
    gone = np.zeros(len(pieces.shapes), dtype=bool)
    gone[piece] = True
    touched = np.zeros(len(lines), dtype=bool)
    touched[pieces.row[gone]] = True
    gone |= pieces.closing
    rest = np.flatnonzero(~gone & touched[pieces.row])
    rows = [lines[~touched], lines.iloc[pieces.row[rest]].set_geometry(pieces.shapes[rest], crs=lines.crs)]
    outside = np.flatnonzero(~gone)
    tree = shapely.STRtree(pieces.shapes[outside])
    for i, found in enumerate(chosen):
        own = piece[island == i]
        near = outside[tree.query(found.area, predicate="dwithin", distance=GRID)]
        rows.append(middle_rows(lines, pieces, found, own, near))
    return gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), geometry="geometry", crs=lines.crs)


def middle_rows(
    lines: gpd.GeoDataFrame, pieces: Pieces, island: Island, own: Integers, near: Integers
) -> gpd.GeoDataFrame:
    """The middle line of one island, as its longest road, and a straight link for each road that ends there."""
    chains = np.array([], dtype=object)
    if island.kind != "roundabout":
        chains = carried_to_bank(centreline(island.area), island.area)
    target = shapely.union_all(chains) if len(chains) else shapely.centroid(island.area)
    length = pd.Series(shapely.length(pieces.shapes[own])).groupby(pieces.row[own]).sum()
    main = int(length.index[np.lexsort((length.index, -length.to_numpy()))[0]])
    rows = [lines.iloc[[main] * len(chains)].set_geometry(chains, crs=lines.crs).assign(roundabout=False)]
    links, of = [], []
    for k in near:
        for end in (shapely.get_point(pieces.shapes[k], 0), shapely.get_point(pieces.shapes[k], -1)):
            if shapely.dwithin(end, island.area, GRID):
                links.append(shapely.shortest_line(end, target))
                of.append(int(pieces.row[k]))
    rows.append(lines.iloc[of].set_geometry(np.array(links, dtype=object), crs=lines.crs).assign(roundabout=False))
    both = pd.concat(rows, ignore_index=True)
    return both[both.geometry.length > 0].assign(oneway=False)
