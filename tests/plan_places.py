"""A place of six by six blocks whose every number can be counted by hand: two communities, six neighbourhoods."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import Polygon, box

from geo.plans import Plan
from geo.plans_ground import Ground
from tests.geo_places import SOUTH, WEST, grid_blocks, grid_edges

EAST_HOME, WEST_HOME = "320602001002", "320602001001"
A, B, C, D = f"{WEST_HOME}001", f"{WEST_HOME}002", f"{WEST_HOME}003", f"{WEST_HOME}004"
E, F = f"{EAST_HOME}001", f"{EAST_HOME}002"
PICTURE = (
    (A, A, B, B, E, E),
    (A, A, B, B, E, E),
    (A, A, B, B, E, E),
    (C, C, D, D, F, F),
    (C, C, D, D, F, F),
    (C, C, D, D, F, F),
)
"""The tiny place: two communities (four columns and two), a river without bridge between C and D."""

Place = tuple[gpd.GeoDataFrame, pd.DataFrame, Plan]


def tiny_place() -> Place:
    blocks = grid_blocks(6, 6)
    blocks["community"] = np.where(np.arange(36) % 6 < 4, WEST_HOME, EAST_HOME)
    edges = grid_edges(blocks, 6, 6)
    river = (edges["left"] % 6 == 1) & (edges["right"] == edges["left"] + 1) & (edges["left"] >= 18)
    edges.loc[river, ["barrier", "contact"]] = ["river", False]
    edges.loc[edges["right"] < 0, "contact"] = False
    edition = pd.Series([code for row in PICTURE for code in row], index=range(36))
    return blocks, edges, Plan.start(Ground(blocks, edges), edition)


def cell(block: int) -> Polygon:
    """The square of a block of the tiny place."""
    row, column = divmod(block, 6)
    return box(WEST + 100 * column, SOUTH + 500 - 100 * row, WEST + 100 * column + 100, SOUTH + 600 - 100 * row)


def around(*blocks: int) -> shapely.Geometry:
    """A drawing that overshoots the given cells by 20 m."""
    return shapely.union_all([cell(block) for block in blocks]).buffer(20.0)
