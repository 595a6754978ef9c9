"""四至 of every area at once: the line, or else the neighbouring area, that bounds it on its four sides."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo.four_boundaries import NAMED_SHARE, SIDES, sides_table

DIGITS = (15, 12, 9, 6)
"""Lengths of the codes of neighbourhoods, communities, subdistricts and the district."""


def bounds_of_levels(edges: gpd.GeoDataFrame, assignment: pd.Series, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Code -> bound_east, bound_south, bound_west, bound_north for every area of the four nested levels.

    A value is the name of the road, river or landmark that makes up at least a quarter of the side, else the code of
    the area beyond it (an unnamed line is no boundary anyone can find), or None where the district ends.
    `edges`, `blocks`: metres; `assignment`: block_id -> neighbourhood code.
    """
    return pd.concat([_bounds(sides_table(edges, assignment.str[:digits], blocks)) for digits in DIGITS])


def _bounds(table: pd.DataFrame) -> pd.DataFrame:
    codes = pd.Index(sorted(table["code"].unique()), name="code")
    return pd.DataFrame({f"bound_{side}": _side(table, side).reindex(codes) for side in SIDES})


def _side(table: pd.DataFrame, side: str) -> pd.Series:
    """Code -> what bounds it on one side."""
    rows = _facing(table, side)
    weight = rows[side].clip(lower=1e-6)
    total = weight.groupby(rows["code"]).sum()
    named = _heaviest(rows, weight, "name")
    enough = named["weight"] >= NAMED_SHARE * total.reindex(named.index)
    beyond = _heaviest(rows, weight, "neighbour")
    return named.loc[enough, "name"].combine_first(beyond["neighbour"])


def _facing(table: pd.DataFrame, side: str) -> pd.DataFrame:
    """The edges that face mainly this way; for a wedge, whatever faces it at all, then whatever there is."""
    mainly = (table[side] > 0) & (table[side] >= table[list(SIDES)].max(axis=1))
    rank = pd.Series(2, index=table.index).mask(table[side] > 0, 1).mask(mainly, 0)
    return table[rank == rank.groupby(table["code"]).transform("min")]


def _heaviest(rows: pd.DataFrame, weight: pd.Series, column: str) -> pd.DataFrame:
    """Code -> the value of `column` with the most weight, and that weight; codes without any value are left out."""
    known = rows[column].notna()
    sums = (
        weight[known].groupby([rows.loc[known, "code"], rows.loc[known, column]]).sum().rename("weight").reset_index()
    )
    best = sums.sort_values(["code", "weight", column]).groupby("code").tail(1)
    return best.set_index("code")
