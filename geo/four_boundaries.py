"""四至: what bounds a neighbourhood on its east, south, west and north, as data that pages put into words."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

SIDES = ("east", "south", "west", "north")
"""In the order in which 四至 are written."""

DIRECTIONS = np.array([[1.0, 0.0], [0.0, -1.0], [-1.0, 0.0], [0.0, 1.0]])

NAMED_SHARE = 0.25
"""A name is used for a side if its line makes up this share of the side; below it, what most of the side lies on."""


@dataclass(frozen=True)
class Side:
    """One side: `name` of the road, river or landmark (None: no named line runs along enough of it), `barrier` (what
    it lies on: river, arterial, road, lane, wall, landmark, rail, none), `neighbour` (code on the other side, None:
    outside the district), `level` (what changes there: neighbourhood, community, subdistrict, district) and `share`
    (part of the side that it makes up).
    """

    name: str | None
    barrier: str
    neighbour: str | None
    level: str
    share: float


def four_boundaries(
    edges: gpd.GeoDataFrame, assignment: pd.Series, blocks: gpd.GeoDataFrame
) -> dict[str, dict[str, Side]]:
    """Code -> side (east, south, west, north) -> what bounds it.

    `edges`: left, right, length_m, barrier, name, geometry (metres), those to the outside with right = -1.
    `assignment`: block_id -> code. `blocks`: block_id, geometry (metres). A side's length is that of its edges as
    seen from that direction: each straight piece counts with its outward normal. A side on which nothing lies (a
    wedge) takes the next best direction's edge.
    """
    table = sides_table(edges, assignment, blocks)
    result: dict[str, dict[str, Side]] = {}
    for code, rows in table.groupby("code", sort=True):
        result[str(code)] = {side: choose(rows, side) for side in SIDES}
    return result


def sides_table(edges: gpd.GeoDataFrame, assignment: pd.Series, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row per outer edge of each neighbourhood: code, name, barrier, neighbour, level, length facing each side."""
    left = edges["left"].map(assignment)
    right = edges["right"].map(assignment)
    outer = (left.fillna("") != right.fillna("")).to_numpy()
    rows = edges[outer].reset_index(drop=True)
    normal = normals(rows, blocks)
    codes = left[outer].to_numpy(dtype=object), right[outer].to_numpy(dtype=object)
    views = []
    for own, other, sign in ((0, 1, 1.0), (1, 0, -1.0)):
        view = pd.DataFrame(np.maximum(sign * normal @ DIRECTIONS.T, 0.0), columns=list(SIDES))
        view["code"], view["neighbour"] = codes[own], codes[other]
        view["name"], view["barrier"] = (
            rows["name"].to_numpy(dtype=object),
            rows["barrier"].fillna("none").to_numpy(dtype=object),
        )
        views.append(view[pd.notna(view["code"])])
    table = pd.concat(views, ignore_index=True)
    table["level"] = levels(table)
    return table


def normals(edges: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Sum over each edge's straight pieces of length x normal, pointing away from its left block, in metres east and
    north.

    A winding edge therefore counts as the straight line between its ends; only which side the block lies on must be
    found.
    """
    shapes = blocks.set_index("block_id").geometry.reindex(edges["left"]).to_numpy()
    lines = edges.geometry.to_numpy()
    ends = shapely.get_coordinates(shapely.get_point(lines, -1)) - shapely.get_coordinates(shapely.get_point(lines, 0))
    normal = np.column_stack([ends[:, 1], -ends[:, 0]])
    xy, index = shapely.get_coordinates(lines, return_index=True)
    start = np.flatnonzero(np.diff(index, prepend=-1))
    a, b = xy[start], xy[start + 1]
    step = b - a
    long = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    probe = (a + b) / 2 + np.column_stack([step[:, 1], -step[:, 0]]) / long * 0.05
    inward = shapely.contains_xy(shapes, probe[:, 0], probe[:, 1])
    return np.asarray(np.where(inward[:, None], -normal, normal))


def levels(table: pd.DataFrame) -> pd.Series:
    """Which level changes across each row: neighbourhood, community, subdistrict or district."""
    own, other = table["code"].astype("str"), table["neighbour"].astype("str").where(table["neighbour"].notna(), "")
    level = pd.Series("district", index=table.index)
    level[other != ""] = "subdistrict"
    level[(other != "") & (own.str[:9] == other.str[:9])] = "community"
    level[(other != "") & (own.str[:12] == other.str[:12])] = "neighbourhood"
    return level


def choose(rows: pd.DataFrame, side: str) -> Side:
    """What bounds one neighbourhood on one side."""
    # Only what faces mainly this way; for a wedge, whatever faces it at all, then whatever there is.
    facing = rows[rows[side] >= rows[list(SIDES)].max(axis=1)]
    facing = facing[facing[side] > 0]
    if facing.empty:
        facing = rows[rows[side] > 0]
    if facing.empty:
        facing = rows
    weight = facing[side].clip(lower=1e-6)
    total = float(weight.sum())
    named = weight[facing["name"].notna()].groupby(facing["name"]).sum()
    if len(named) and float(named.max()) / total >= NAMED_SHARE:
        name = str(named.idxmax())
        chosen = facing["name"] == name
    else:
        name = None
        by_kind = weight.groupby([facing["barrier"], facing["level"]]).sum()
        kinds = by_kind.index[int(by_kind.to_numpy().argmax())]
        chosen = (facing["barrier"] == kinds[0]) & (facing["level"] == kinds[1])
    return describe(facing[chosen], weight[chosen], name, total)


def describe(rows: pd.DataFrame, weight: pd.Series, name: str | None, total: float) -> Side:
    """The side made of the chosen edges: their commonest barrier, level and neighbour by length."""
    neighbours = weight.groupby(rows["neighbour"]).sum()
    return Side(
        name=name,
        barrier=str(weight.groupby(rows["barrier"]).sum().idxmax()),
        neighbour=str(neighbours.idxmax()) if len(neighbours) else None,
        level=str(weight.groupby(rows["level"]).sum().idxmax()),
        share=round(float(weight.sum()) / total, 3),
    )
