"""Bridges and ferries as contact between blocks that share no border: over open water, or between parts of an area."""

from __future__ import annotations

from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.blocks import GRID
from geo.cleaning import chains_of

SHORE_M = 150.0
"""A ferry lands at the block this near to its end."""

Shapes = NDArray[np.object_]


def with_links(
    edges: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, outline: shapely.Geometry
) -> gpd.GeoDataFrame:
    """The edges (as of `geo.blocks.block_edges`) with one of length 0 for each pair of blocks that a link joins.

    `lines`: cleaned, not clipped. A bridge joins the blocks at both ends of each stretch outside of the outline, a
    ferry those where it lands, also across a river inside. Pairs that are in contact anyhow get no further edge.
    """
    shapes = blocks.geometry.to_numpy()
    ids = blocks["block_id"].to_numpy()
    known = edges[edges["contact"].to_numpy(dtype=bool)]
    met = set(zip(known["left"], known["right"], strict=True))
    rows = []
    for name, way in ways(lines, outline):
        ends = (shapely.get_point(way, 0), shapely.get_point(way, -1))
        for a, b in product(*(landing(end, shapes) for end in ends)):
            pair = (min(ids[a], ids[b]), max(ids[a], ids[b]))
            if a != b and pair not in met:
                met.add(pair)
                rows.append({"left": pair[0], "right": pair[1], "name": name, "geometry": way})
    if not rows:
        return edges
    table = pd.DataFrame(rows).assign(length_m=0.0, barrier="none", line_id=-1, contact=True)
    added = gpd.GeoDataFrame(table, geometry="geometry", crs=edges.crs)[list(edges.columns)]
    return gpd.GeoDataFrame(pd.concat([edges, added], ignore_index=True), geometry="geometry", crs=edges.crs)


def ways(lines: gpd.GeoDataFrame, outline: shapely.Geometry) -> list[tuple[str | None, shapely.LineString]]:
    """Name and line of every ferry, and of every stretch of a bridge outside of the outline."""
    ferry = (lines["class"] == "ferry").to_numpy()
    bridge = lines["bridge"].to_numpy(dtype=bool) & ~ferry
    found = [(chain["name"].iloc[0], chain.geometry.iloc[0]) for chain in chains_of(lines[ferry])]
    for chain in chains_of(lines[bridge]):
        outside = shapely.get_parts(shapely.difference(chain.geometry.iloc[0], outline))
        found += [(chain["name"].iloc[0], part) for part in outside if part.length > GRID]
    return found


def landing(end: shapely.Point, shapes: Shapes) -> list[int]:
    """The blocks at one end of a link: those it touches, else the nearest on the shore."""
    tree = shapely.STRtree(shapes)
    touched = tree.query(end, predicate="dwithin", distance=1.0)
    if not len(touched):
        touched = tree.query_nearest(end, max_distance=SHORE_M, all_matches=False)
    return sorted(int(block) for block in touched)
