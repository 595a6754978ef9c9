"""From the neighbourhoods of one edition to those of another: what share of each lies where, by its households."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

Objects = NDArray[np.object_]
COLUMNS = ("former", "code", "households", "blocks", "share", "heir")


def crosswalk(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row per neighbourhood before (former) × after (code) that have ground in common, by both.

    `before`, `after`: blocks of two editions in one CRS (block_id, neighbourhood, households, geometry); a block of
    `after` that `before` lacks belongs to the block its inner point lies in. households, blocks: what they have in
    common. share: of the former's households (of its blocks where nobody lives); the shares of a former add up to 1.
    heir: `code` has most of the former, or the former has most of `code`: what can't be divided (an office's name,
    "has a branch") goes that way.
    """
    table = pd.DataFrame({"former": origins(before, after), "code": after["neighbourhood"].astype(str).to_numpy()})
    table["households"] = after["households"].fillna(0).to_numpy(int)
    pairs = table.dropna(subset="former").groupby(["former", "code"])["households"]
    shared = pairs.agg(households="sum", blocks="size").reset_index()
    settled = shared.groupby("former")["households"].transform("sum") > 0
    weight = shared["households"].where(settled, shared["blocks"])
    shared["share"] = weight / weight.groupby(shared["former"]).transform("sum")
    shared["heir"] = _largest(shared, weight, "former") | _largest(shared, weight, "code")
    return shared[list(COLUMNS)]


def origins(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> Objects:
    """The former neighbourhood of every block of `after` (None: outside all of them), in its order."""
    known = pd.Series(before["neighbourhood"].astype(str).to_numpy(), index=before["block_id"].to_numpy())
    found = after["block_id"].map(known).astype(object)
    new = np.flatnonzero(found.isna().to_numpy())
    if len(new):
        points = shapely.point_on_surface(after.geometry.to_numpy()[new])
        point, block = shapely.STRtree(before.geometry.to_numpy()).query(points, predicate="within")
        found.iloc[new[point]] = known.to_numpy()[block]
    homes: Objects = found.where(found.notna(), None).to_numpy(object)
    return homes


def successors(table: pd.DataFrame) -> dict[str, str]:
    """Former -> where what can't be divided goes: to itself while it is there, else to its largest part."""
    alive = set(table["code"])
    largest = table[_largest(table, table["share"], "former")]
    pairs = zip(largest["former"].astype(str), largest["code"].astype(str), strict=True)
    return {former: former if former in alive else code for former, code in pairs}


def _largest(table: pd.DataFrame, weight: pd.Series, by: str) -> pd.Series:
    """Marks the one row of each group with the most weight (of equal ones the first by former and code)."""
    order = table.assign(weight=weight).sort_values(["weight", "former", "code"], ascending=[False, True, True])
    first = order.drop_duplicates(by).index
    return pd.Series(table.index.isin(first), index=table.index)
