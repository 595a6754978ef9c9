"""Which units (grids, residents' groups) coincide with which areas: one layer of polygons laid over another."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_metric

TOLERANCE: Final = 0.95
"""Least share of the ground two polygons cover together that both must cover.

Layers drawn apart differ by a few metres along a border: 5 m all around a neighbourhood of 450 m by 450 m leave 0.96.
"""


def coincidence(
    units: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, tolerance: float = TOLERANCE
) -> tuple[pd.Series[str], pd.Series[float], pd.Series[bool]]:
    """For each unit the area it shares most ground with, how much of it, and whether the two coincide.

    `units`: geometry. `areas`: code, geometry; polygons in any CRS, measured in EPSG:4549. Three series with the index
    of `units`: code (None where it meets no area), overlap (0 to 1: ground of both over ground of either, Jaccard 1901)
    and coincides (overlap at or above `tolerance`). Units without a shape meet nothing.

    >>> areas = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(0, 0, 100, 100)], crs=4549)
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 98, 100), shapely.box(0, 0, 50, 100)], crs=4549)
    >>> code, overlap, same = coincidence(units, areas)
    >>> list(code), overlap.round(2).to_list(), list(same)
    (['A', 'A'], [0.98, 0.5], [True, False])
    """
    ours, theirs = to_metric(units).geometry.to_numpy(), to_metric(areas).geometry.to_numpy()
    unit, area = shapely.STRtree(theirs).query(ours, predicate="intersects")
    common = shapely.area(shapely.intersection(ours[unit], theirs[area]))
    both = shapely.area(ours)[unit] + shapely.area(theirs)[area] - common
    pairs = pd.DataFrame({"unit": unit, "area": area, "overlap": common / both})
    best = pairs[pairs["overlap"] > 0].sort_values("overlap", kind="stable").drop_duplicates("unit", keep="last")
    code, overlap = np.full(len(units), None, dtype=object), np.zeros(len(units))
    code[best["unit"]] = areas["code"].to_numpy(dtype=object)[best["area"]]
    overlap[best["unit"]] = best["overlap"]
    shares = pd.Series(overlap, index=units.index)
    return pd.Series(code, index=units.index, dtype=object), shares, shares >= tolerance
