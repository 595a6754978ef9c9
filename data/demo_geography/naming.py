"""Which grown area becomes which community: names that speak of a direction, road, river or hill go where that is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DIRECTIONS = {"东": (1.0, 0.0), "西": (-1.0, 0.0), "南": (0.0, -1.0), "北": (0.0, 1.0)}
STEM_ENDS = ("运河", "引河", "大道", "大街", "北路", "路", "河", "塔", "站", "古镇", "风景区")
EXTRA_STEMS = {"濠河": "濠", "长江": "江"}


def stems(anchors: gpd.GeoDataFrame) -> list[tuple[str, shapely.Geometry]]:
    """Return (word to find in a community's name, where it points) for each named line or landmark."""
    found = []
    for name, place in anchors.dissolve("name").geometry.items():
        end = next((end for end in STEM_ENDS if str(name).endswith(end)), "")
        stem = EXTRA_STEMS.get(str(name), str(name).removesuffix(end))
        if len(stem) >= 2 or name in EXTRA_STEMS:
            found.append((stem, place))
    return found


def misfit(middles: Floats, names: list[str], anchors: list[tuple[str, shapely.Geometry]]) -> Floats:
    """Return (areas, names): how badly each area fits each name, in units of the subdistrict's extent."""
    spread = max(float(middles.std(axis=0).max()), 1.0)
    placed = (middles - middles.mean(axis=0)) / spread
    points = shapely.points(middles)
    cost = np.zeros((len(middles), len(names)))
    for j, name in enumerate(names):
        for sign, way in DIRECTIONS.items():
            cost[:, j] -= 0.6 * name.count(sign) * (placed @ np.array(way))
        for stem, place in anchors:
            if stem in name:
                cost[:, j] += np.minimum(shapely.distance(points, place) / spread, 3.0)
    # Where a name says nothing the serials run from north-west to south-east.
    rank = np.argsort(np.lexsort((middles[:, 0], -np.round(middles[:, 1] / spread, 1)))) / len(middles)
    order = np.linspace(0, 1, len(names)) if len(names) > 1 else np.zeros(1)
    return np.asarray(cost + 0.15 * np.abs(rank[:, None] - order[None, :]))


def place_names(
    middles: Floats,
    of: Integers,
    codes: NDArray[np.str_],
    ordered: pd.DataFrame,
    anchors: gpd.GeoDataFrame,
    town: Floats,
) -> Integers:
    """Return for each grown area the row of the community (in `ordered`) it becomes.

    `of` is the position in `codes` of each area's subdistrict. Village communities get the areas farthest from `town`.
    """
    words = stems(anchors)
    place = np.full(len(of), -1, dtype=np.int64)
    for s, code in enumerate(codes):
        mine = np.flatnonzero(of == s)
        rows = np.flatnonzero((ordered["subdistrict_code"] == code).to_numpy())
        rural = (ordered["rural"] == "1").to_numpy()[rows]
        out = mine[np.argsort(-np.hypot(*(middles[mine] - town).T), kind="stable")][: rural.sum()]
        for group, chosen in ((out, rows[rural]), (np.setdiff1d(mine, out), rows[~rural])):
            names = ordered["name_zh"].iloc[chosen].str.removesuffix("社区").tolist()
            row, column = linear_sum_assignment(misfit(middles[group], names, words)) if len(group) else ([], [])
            place[group[row]] = chosen[column]
    return place
