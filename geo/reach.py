"""Reach: how far homes are from a service office, along streets (rivers only at bridges) and as the crow flies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components, dijkstra

from geo import crs

LIMIT_M: Final = 500.0
"""The walk within which a service office should be found."""

CUT_M: Final = 0.5
"""A street that meets a named river without a bridge ends this far from its centreline."""

GAP_M: Final = 4.0
"""Ends of streets that come this near to another street are drawn short of it, not closed."""

LINK_M: Final = 1000.0
"""A home further than this from any street on its own bank has no walk."""

OPEN_M: Final = 250.0
"""Streets that meet no others are left on foot over open ground no wider than this, never through a named river."""

TILE_M: Final = 1500.0

Metres = NDArray[np.float64]
Rows = NDArray[np.int64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Walk:
    """A walking graph: `lengths` (metres, symmetric) between nodes at `xy`; `places` are the nodes of the points given.

    A place without a street on its own bank within LINK_M is a node without neighbours.
    """

    lengths: sp.csr_array
    xy: Metres
    places: Rows


@dataclass(frozen=True)
class Pairs:
    """Rows of two lists of places that lie within a limit of each other, and the metres between them."""

    source: Rows
    target: Rows
    metres: Metres


# ── the graph ──


def named_water(lines: gpd.GeoDataFrame) -> shapely.Geometry:
    """Centrelines of the rivers and canals that have a name, as one shape; a bank is where the district ends."""
    name = lines["name_zh"] if "name_zh" in lines.columns else lines["name"]
    return shapely.union_all(
        lines.geometry[(lines["kind"] == "water") & (lines["class"] != "bank") & name.notna()].to_numpy()
    )


def streets(lines: gpd.GeoDataFrame) -> Shapes:
    """Stretches of street between junctions: roads and lanes, cut where they meet a named river without a bridge, and
    the short ways over open ground from streets that meet no others (a drawn network ends where its lines do).

    `lines`: kind, class, name or name_zh, bridge, geometry (metres).
    """
    road, bridge = lines["kind"] == "road", lines["bridge"].astype(bool)
    river = named_water(lines)
    dry = lines.geometry[road & ~bridge].to_numpy()
    if not river.is_empty:
        wet = shapely.dwithin(dry, river, CUT_M)  # also what only ends at the river: two such ends would be a ford
        dry[wet] = shapely.difference(dry[wet], river.buffer(CUT_M))
    ways = _noded(np.concatenate([dry, lines.geometry[road & bridge].to_numpy()]))
    ways = _noded(np.concatenate([ways, _gaps(ways, river)]))
    return _noded(np.concatenate([ways, _open_ground(ways, river)]))


def _noded(ways: Shapes) -> Shapes:
    """Stretches between the places where ways meet."""
    parts = shapely.get_parts(shapely.line_merge(shapely.union_all(ways, grid_size=0.01)))
    return np.asarray(parts[shapely.get_type_id(parts) == 1], dtype=object)


def _gaps(ways: Shapes, river: shapely.Geometry) -> Shapes:
    """Short pieces that carry ends which nearly touch another way (GAP_M) onto it, unless a river lies between."""
    owner = np.tile(np.arange(len(ways)), 2)
    ends = np.concatenate([shapely.get_point(ways, 0), shapely.get_point(ways, -1)])
    _, place, count = np.unique(shapely.get_coordinates(ends).round(2), axis=0, return_inverse=True, return_counts=True)
    free = np.flatnonzero(count[place] == 1)
    end, way = shapely.STRtree(ways).query(ends[free], predicate="dwithin", distance=GAP_M)
    other = way != owner[free[end]]
    pieces = shapely.shortest_line(ends[free[end[other]]], ways[way[other]])
    shapely.prepare(river)
    return np.asarray(pieces[(shapely.length(pieces) > 0) & ~shapely.intersects(pieces, river)], dtype=object)


def _open_ground(ways: Shapes, river: shapely.Geometry) -> Shapes:
    """The shortest pieces over open ground (OPEN_M) that join each set of streets cut off from the rest to another."""
    group = _groups(ways)
    size = np.bincount(group, weights=shapely.length(ways))
    cut_off = np.flatnonzero(group != size.argmax()) if len(size) else np.array([], dtype=np.int64)
    way, other = shapely.STRtree(ways).query(ways[cut_off], predicate="dwithin", distance=OPEN_M)
    way = cut_off[way]
    apart = group[way] != group[other]
    way, other = way[apart], other[apart]
    pieces = shapely.shortest_line(ways[way], ways[other])
    shapely.prepare(river)
    dry = ~shapely.intersects(pieces, river)
    table = pd.DataFrame({"a": group[way], "b": group[other], "piece": pieces, "length": shapely.length(pieces)})[dry]
    return _fewest(table.sort_values("length", kind="stable"), len(size))


def _groups(ways: Shapes) -> Rows:
    """Number of the connected set of streets that each belongs to."""
    ends = np.concatenate([_coordinates(ways, 0), _coordinates(ways, -1)]).round(2).reshape(-1, 2)
    junctions, end = np.unique(ends, axis=0, return_inverse=True)
    a, b = end[: len(ways)], end[len(ways) :]
    links = sp.coo_array((np.ones(len(ways)), (a, b)), shape=(len(junctions), len(junctions)))
    return np.asarray(connected_components(links, directed=False)[1][a], dtype=np.int64)


def _fewest(links: pd.DataFrame, groups: int) -> Shapes:
    """Of links between groups (a, b, piece; the shortest first) those that join what none before has joined."""
    above = list(range(groups))

    def root(group: int) -> int:
        while above[group] != group:
            above[group] = group = above[above[group]]
        return group

    chosen = []
    for a, b, piece in links[["a", "b", "piece"]].itertuples(index=False, name=None):
        if root(a) != root(b):
            above[root(a)] = root(b)
            chosen.append(piece)
    return np.array(chosen, dtype=object)


def walking_graph(lines: gpd.GeoDataFrame, points: Shapes) -> Walk:
    """Put `points` (metres) on the street nearest to each on its own bank of every named river, and link all streets.

    `lines` as for `streets`. What a place needs to reach its street counts as walked.
    """
    ways = streets(lines)
    line, at, link = _access(ways, points, named_water(lines))
    ends = np.concatenate([_coordinates(ways, 0), _coordinates(ways, -1)]).round(2).reshape(-1, 2)
    junctions, end = np.unique(ends, axis=0, return_inverse=True)
    feet = len(junctions) + np.arange(len(points))
    places = feet + len(points)
    on = line >= 0
    stops = pd.DataFrame(
        {
            "line": np.concatenate([np.arange(len(ways)), line[on], np.arange(len(ways))]),
            "at": np.concatenate([np.zeros(len(ways)), at[on], shapely.length(ways)]),
            "node": np.concatenate([end[: len(ways)], feet[on], end[len(ways) :]]),
        }
    ).sort_values(["line", "at"], kind="stable")
    same = stops["line"].to_numpy()[1:] == stops["line"].to_numpy()[:-1]
    node, metres = stops["node"].to_numpy(), stops["at"].to_numpy()
    a = np.concatenate([node[:-1][same], feet[on]])
    b = np.concatenate([node[1:][same], places[on]])
    length = np.concatenate([np.diff(metres)[same], link[on]])
    own = np.column_stack([shapely.get_x(points), shapely.get_y(points)]).reshape(-1, 2)
    xy = np.concatenate([junctions, own, own])
    return Walk(_symmetric(a, b, length, len(xy)), xy, places)


def _coordinates(ways: Shapes, index: int) -> Metres:
    return np.asarray(shapely.get_coordinates(shapely.get_point(ways, index)))


def _access(ways: Shapes, points: Shapes, river: shapely.Geometry) -> tuple[Rows, Metres, Metres]:
    """For each point the row of its street (-1: none), how far along that it is, and the metres between them."""
    line = np.full(len(points), -1, dtype=np.int64)
    if not len(ways) or not len(points):
        return line, np.zeros(len(points)), np.zeros(len(points))
    tree = shapely.STRtree(ways)
    near, way = tree.query_nearest(points, max_distance=LINK_M, all_matches=False)
    line[near] = way
    crossing = np.flatnonzero((line >= 0) & _crosses(points, ways[line], river))
    line[crossing] = [_on_own_bank(points[i], ways, tree, river) for i in crossing]
    street = ways[line]
    return line, np.asarray(shapely.line_locate_point(street, points)), np.asarray(shapely.distance(points, street))


def _crosses(points: Shapes, ways: Shapes, river: shapely.Geometry) -> NDArray[np.bool_]:
    shapely.prepare(river)
    return np.asarray(shapely.intersects(shapely.shortest_line(points, ways), river))


def _on_own_bank(point: shapely.Point, ways: Shapes, tree: shapely.STRtree, river: shapely.Geometry) -> int:
    """The row of the nearest street that is reached without crossing the river, or -1."""
    near = tree.query(point, predicate="dwithin", distance=LINK_M)
    order = near[np.argsort(shapely.distance(point, ways[near]), kind="stable")]
    dry = order[~_crosses(np.full(len(order), point, dtype=object), ways[order], river)]
    return int(dry[0]) if len(dry) else -1


def _symmetric(a: Rows, b: Rows, length: Metres, nodes: int) -> sp.csr_array:
    """A matrix of the shortest length between two nodes; parallel stretches would otherwise be added up."""
    table = pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b), "length": np.maximum(length, 1e-3)})
    least = table[table["a"] != table["b"]].groupby(["a", "b"], as_index=False)["length"].min()
    one = sp.coo_array((least["length"], (least["a"], least["b"])), shape=(nodes, nodes)).tocsr()
    return sp.csr_array(one + one.T)


# ── distances ──


def nearest(walk: Walk, sources: Rows, targets: Rows) -> tuple[Metres, Rows]:
    """For each of `targets` (rows of places) the walk to the nearest of `sources` (inf: none), and its row (-1)."""
    if not len(sources):
        return np.full(len(targets), np.inf), np.full(len(targets), -1)
    metres, _, origin = dijkstra(walk.lengths, indices=walk.places[sources], min_only=True, return_predecessors=True)
    place = dict(zip(walk.places[sources].tolist(), sources.tolist(), strict=True))
    at = walk.places[targets]
    return np.asarray(metres[at]), np.array([place.get(node, -1) for node in origin[at].tolist()], dtype=np.int64)


def pairs_within(walk: Walk, sources: Rows, targets: Rows, limit_m: float = LIMIT_M) -> Pairs:
    """All source–target pairs (positions in the two lists) whose walk is at most `limit_m`.

    Searches tile by tile: nobody walks further than the crow flies, so a tile and `limit_m` around it hold every walk.
    """
    where = walk.xy[walk.places[sources]]
    tile = pd.Series(list(map(tuple, np.floor_divide(where, TILE_M).astype(int)))) if len(where) else pd.Series([])
    found = [
        _pairs_of_tile(walk, sources, targets, np.asarray(rows), limit_m)
        for _, rows in sorted(tile.groupby(tile).groups.items())
    ]
    if not found:
        return Pairs(np.array([], np.int64), np.array([], np.int64), np.array([], np.float64))
    return Pairs(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _pairs_of_tile(walk: Walk, sources: Rows, targets: Rows, rows: Rows, limit_m: float) -> tuple[Rows, Rows, Metres]:
    where = walk.xy[walk.places[sources[rows]]]
    low, high = where.min(axis=0) - limit_m - LINK_M, where.max(axis=0) + limit_m + LINK_M
    near = np.flatnonzero(((walk.xy >= low) & (walk.xy <= high)).all(axis=1))
    local = np.full(len(walk.xy), -1, dtype=np.int64)
    local[near] = np.arange(len(near))
    graph = walk.lengths[near][:, near]
    inside = np.flatnonzero(local[walk.places[targets]] >= 0)
    metres = dijkstra(graph, indices=local[walk.places[sources[rows]]], limit=limit_m)
    reached = metres[:, local[walk.places[targets[inside]]]]
    i, j = np.nonzero(reached <= limit_m)
    return rows[i], inside[j], np.asarray(reached[i, j])


def straight_pairs(sources: Shapes, targets: Shapes, limit_m: float = LIMIT_M) -> Pairs:
    """All source–target pairs at most `limit_m` apart as the crow flies, rivers or not."""
    i, j = shapely.STRtree(targets).query(sources, predicate="dwithin", distance=limit_m)
    return Pairs(i, j, np.asarray(shapely.distance(sources[i], targets[j])))


def homes_of(blocks: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame | None = None) -> Shapes:
    """A point inside each block (metres) from which its households are taken to walk: the building nearest to the
    middle of its households, or a point well inside the block where no `buildings` (households, geometry) are known.
    """
    shapes = crs.to_metric(blocks).geometry.to_numpy()
    points = np.array(shapely.point_on_surface(shapes), dtype=object)
    if buildings is None or buildings.empty:
        return points
    doors = np.asarray(shapely.point_on_surface(crs.to_metric(buildings).geometry.to_numpy()), dtype=object)
    row, block = shapely.STRtree(shapes).query(doors, predicate="within")
    table = pd.DataFrame({"block": block, "row": row, "weight": buildings["households"].to_numpy(float)[row] + 1e-6})
    table["x"], table["y"] = shapely.get_x(doors[row]), shapely.get_y(doors[row])
    total = table.groupby("block")["weight"].transform("sum")
    middle = [(table[axis] * table["weight"] / total).groupby(table["block"]).transform("sum") for axis in ("x", "y")]
    table["off"] = np.hypot(table["x"] - middle[0], table["y"] - middle[1]).round(3)
    first = table.sort_values(["block", "off", "row"]).drop_duplicates("block")
    points[first["block"].to_numpy()] = doors[first["row"].to_numpy()]
    return points


def reach_of_blocks(
    blocks: gpd.GeoDataFrame,
    offices: gpd.GeoDataFrame,
    lines: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """One row per block: block_id, neighbourhood, households, home_lon and home_lat (EPSG:4490), and for `walk` and
    `straight` each: _m (metres to the nearest office, NaN where there is no way), _office (its id, None) and _since
    (the day the first office within LIMIT_M opened, NaT: none has).

    `blocks`: block_id, neighbourhood, households, geometry. `offices`: office_id, opened_on, geometry. `lines` as for
    `streets`, `buildings` as for `homes_of`. Any CRS. A walk starts at the home point and goes along streets.
    """
    homes, doors = homes_of(blocks, buildings), np.asarray(crs.to_metric(offices).geometry.to_numpy(), dtype=object)
    walk = walking_graph(crs.to_metric(lines), np.concatenate([homes, doors]))
    home, door = np.arange(len(homes)), len(homes) + np.arange(len(doors))
    metres, office = nearest(walk, door, home)
    table = pd.DataFrame(blocks[["block_id", "neighbourhood", "households"]]).reset_index(drop=True)
    degrees = gpd.GeoSeries(homes, crs=crs.METRIC).to_crs(crs.STORED)
    table["home_lon"], table["home_lat"] = degrees.x.round(7).to_numpy(), degrees.y.round(7).to_numpy()
    table = _with(table, "walk", offices, metres, np.where(office >= 0, office - len(homes), -1))
    table["walk_since"] = _since(pairs_within(walk, door, home), offices, len(homes))
    crow, bird = _straight_nearest(homes, doors)
    table = _with(table, "straight", offices, crow, bird)
    table["straight_since"] = _since(straight_pairs(doors, homes), offices, len(homes))
    return table


def _straight_nearest(homes: Shapes, doors: Shapes) -> tuple[Metres, Rows]:
    metres, office = np.full(len(homes), np.inf), np.full(len(homes), -1, dtype=np.int64)
    if len(doors) and len(homes):
        (i, j), apart = shapely.STRtree(doors).query_nearest(homes, all_matches=False, return_distance=True)
        metres[i], office[i] = apart, j
    return metres, office


def _with(table: pd.DataFrame, way: str, offices: pd.DataFrame, metres: Metres, office: Rows) -> pd.DataFrame:
    names = [*offices["office_id"], None]  # -1, no office, is the last
    table = table.copy()
    table[f"{way}_m"] = np.where(np.isfinite(metres), metres.round(1), np.nan)
    table[f"{way}_office"] = pd.Series([names[row] for row in office.tolist()], index=table.index, dtype="object")
    return table


def _since(pairs: Pairs, offices: pd.DataFrame, blocks: int) -> pd.Series:
    """The first day on which a block had an office within the limit."""
    opened = pd.to_datetime(offices["opened_on"]).to_numpy()
    first = pd.Series(opened[pairs.source]).groupby(pairs.target).min()
    return first.reindex(range(blocks)).astype("datetime64[ns]")
