"""四至: what bounds a neighbourhood on its east, south, west and north, as data that pages put into words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

SIDES = ("east", "south", "west", "north")
"""In the order in which 四至 are written."""

SIDE_KEYS = ["code", "side"]

DIRECTIONS = np.array([[1.0, 0.0], [0.0, -1.0], [-1.0, 0.0], [0.0, 1.0]])

NAMED_SHARE = 0.25
"""A name is used for a side if its line makes up this share of the side; below it, what most of the side lies on."""

BEYOND_M = 1000.0
"""How far beyond an unnamed side the next named line is looked for."""

ACROSS = 0.7
"""A line counts as lying beyond if it crosses the way there at more than 45° (the sine of it)."""

Metres = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """One side: `name` of the road, river or landmark (None: no named line runs along enough of it), `barrier` (what
    it lies on: river, arterial, road, lane, wall, landmark, rail, none), `neighbour` (code on the other side, None:
    outside the district), `level` (what changes there: neighbourhood, community, subdistrict, district) and `share`
    (part of the side that it makes up). Where it has no name, `beyond` is the next named line that way, `beyond_m`
    metres from the middle of the side (both None: none within BEYOND_M).
    """

    name: str | None
    barrier: str
    neighbour: str | None
    level: str
    share: float
    beyond: str | None = None
    beyond_m: float | None = None


def four_boundaries(
    edges: gpd.GeoDataFrame, assignment: pd.Series, blocks: gpd.GeoDataFrame, codes: Collection[str] | None = None
) -> dict[str, dict[str, Side]]:
    """Code -> side (east, south, west, north) -> what bounds it.

    `edges`: left, right, length_m, barrier, name, geometry (metres), those to the outside with right = -1.
    `assignment`: block_id -> code. `blocks`: block_id, geometry (metres). A side is made of the edges that face mainly
    its way, each weighing what is seen of it from there; where none does (a wedge), of those that face it at all.
    `codes`: only these (those of them that have a border).
    """
    if codes is None:
        sides = sides_table(edges, assignment, blocks)
    else:
        own = assignment.index[assignment.isin(codes)]
        sides = sides_table(edges[edges["left"].isin(own) | edges["right"].isin(own)], assignment, blocks)
        sides = sides[sides["code"].isin(codes)]
    rows = facing(sides)
    total = rows.groupby(SIDE_KEYS)["weight"].sum()
    named = sums(rows.dropna(subset="name"), "name")
    named = named[named["weight"] >= NAMED_SHARE * total.reindex(named.index)]
    rows["chosen"] = as_chosen(rows, named)
    chosen = rows[rows["chosen"]]
    table = pd.DataFrame(
        {
            "name": named["name"].reindex(total.index),
            "barrier": sums(chosen, "barrier")["barrier"],
            "neighbour": sums(chosen.dropna(subset="neighbour"), "neighbour")["neighbour"].reindex(total.index),
            "level": sums(chosen, "level")["level"],
            "share": (chosen.groupby(SIDE_KEYS)["weight"].sum() / total).round(3),
        }
    )
    table = table.join(beyond(chosen[chosen["name"].isna()], edges)).astype(object)
    table = table.where(table.notna(), None)
    found = {key: Side(*row) for key, row in zip(table.index, table.itertuples(index=False, name=None), strict=True)}
    return {str(code): {side: found[code, side] for side in SIDES} for code in table.index.unique(0)}


def beyond(rows: pd.DataFrame, edges: gpd.GeoDataFrame) -> pd.DataFrame:
    """Per code and side of `rows` (x, y, weight): name (`beyond`) and metres of the next named line that way."""
    middle = rows.groupby(SIDE_KEYS)[["x", "y"]].transform("mean")
    off = np.hypot(rows["x"] - middle["x"], rows["y"] - middle["y"]).round(3)
    start = rows.assign(off=off).sort_values([*SIDE_KEYS, "off", "x", "y"]).drop_duplicates(SIDE_KEYS)
    way = DIRECTIONS[[SIDES.index(side) for side in start["side"]]]
    where = start[["x", "y"]].to_numpy(float)
    ahead = shapely.linestrings(np.stack([where, where + BEYOND_M * way], axis=1).reshape(-1, 2, 2))
    a, b, names = named_pieces(edges)
    ray, piece = shapely.STRtree(shapely.linestrings(np.stack([a, b], axis=1))).query(ahead, predicate="intersects")
    metres, sine = crossings(where[ray], way[ray], a[piece], b[piece])
    found = pd.DataFrame({"ray": ray, "beyond": names[piece], "beyond_m": metres})
    found = found[(np.abs(sine) > ACROSS) & (metres > 1.0)].sort_values(["ray", "beyond_m", "beyond"])
    found = found.drop_duplicates("ray").set_index("ray").reindex(range(len(start)))
    return found.set_index(pd.MultiIndex.from_frame(start[SIDE_KEYS]))


def named_pieces(edges: gpd.GeoDataFrame) -> tuple[Metres, Metres, NDArray[np.object_]]:
    """Start, end and name of every straight piece of the edges that have a name."""
    named = edges[edges["name"].notna()]
    xy, row = shapely.get_coordinates(named.geometry.to_numpy(), return_index=True)
    same = row[1:] == row[:-1]
    return xy[:-1][same], xy[1:][same], named["name"].to_numpy(dtype=object)[row[:-1][same]]


def crossings(start: Metres, way: Metres, a: Metres, b: Metres) -> tuple[Metres, Metres]:
    """How far from `start` along the unit vectors `way` the lines through `a` and `b` are met, and the sine there."""
    step = b - a
    step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    sine = way[:, 0] * step[:, 1] - way[:, 1] * step[:, 0]
    to = a - start
    return (to[:, 0] * step[:, 1] - to[:, 1] * step[:, 0]) / np.where(sine == 0, np.inf, sine), sine


def facing(table: pd.DataFrame) -> pd.DataFrame:
    """One row per outer edge and side it makes up, with its `weight` there; every neighbourhood has all four sides."""
    most = table[list(SIDES)].max(axis=1)
    rows = table.melt(
        id_vars=["code", "name", "barrier", "neighbour", "level", "x", "y"],
        value_vars=list(SIDES),
        var_name="side",
        value_name="weight",
    )
    # 2: faces mainly this way, 1: faces it at all, 0: does not, but is all there is.
    rows["rank"] = (rows["weight"] > 0).astype(int) + (
        (rows["weight"] > 0) & (rows["weight"] >= np.tile(most.to_numpy(), len(SIDES)))
    )
    rows["weight"] = rows["weight"].clip(lower=1e-6)
    return rows[rows["rank"] == rows.groupby(SIDE_KEYS)["rank"].transform("max")].reset_index(drop=True)


def sums(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Per code and side the value of `column` with the greatest weight (ties: the first in order), and that weight."""
    weight = rows.groupby([*SIDE_KEYS, column], sort=True)["weight"].sum().round(6).reset_index()
    weight = weight.sort_values("weight", ascending=False, kind="stable")
    return weight.drop_duplicates(SIDE_KEYS).set_index(SIDE_KEYS).sort_index()


def as_chosen(rows: pd.DataFrame, named: pd.DataFrame) -> pd.Series:
    """Which rows a side is described by: those of its name, else those of its commonest barrier and level together."""
    keys = pd.MultiIndex.from_frame(rows[SIDE_KEYS])
    name = pd.Series(named["name"].reindex(keys).to_numpy(dtype=object), index=rows.index)
    kind = rows["barrier"] + "|" + rows["level"]
    commonest = sums(rows.assign(kind=kind), "kind")["kind"].reindex(keys).to_numpy(dtype=object)
    return pd.Series(np.where(name.notna(), rows["name"] == name, kind == commonest), index=rows.index)


def sides_table(edges: gpd.GeoDataFrame, assignment: pd.Series, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row per outer edge of each neighbourhood: code, name, barrier, neighbour, level, its
    middle (x, y), length facing each side.
    """
    left = edges["left"].map(assignment)
    right = edges["right"].map(assignment)
    outer = (left.fillna("") != right.fillna("")).to_numpy()
    rows = edges[outer].reset_index(drop=True)
    normal = normals(rows, blocks)
    middle = shapely.line_interpolate_point(rows.geometry.to_numpy(), 0.5, normalized=True)
    codes = left[outer].to_numpy(dtype=object), right[outer].to_numpy(dtype=object)
    views = []
    for own, other, sign in ((0, 1, 1.0), (1, 0, -1.0)):
        view = pd.DataFrame(np.maximum(sign * normal @ DIRECTIONS.T, 0.0), columns=list(SIDES))
        view["code"], view["neighbour"] = codes[own], codes[other]
        view["name"], view["barrier"] = (
            rows["name"].to_numpy(dtype=object),
            rows["barrier"].fillna("none").to_numpy(dtype=object),
        )
        view["x"], view["y"] = shapely.get_x(middle), shapely.get_y(middle)
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
