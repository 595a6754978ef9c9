"""四至 of every area at once: the line, or else the neighbouring area, that bounds it on its four sides."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo.four_boundaries import SIDES, four_boundaries

DIGITS = (15, 12, 9, 6)
"""Lengths of the codes of neighbourhoods, communities, subdistricts and the district."""


def bounds_of_levels(edges: gpd.GeoDataFrame, assignment: pd.Series, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Code -> bound_east, bound_south, bound_west, bound_north for every area of the four nested levels.

    A value is the name of the road, river or landmark that makes up at least a quarter of the side, else the code of
    the area beyond it (an unnamed line is no boundary anyone can find), or None where the district ends.
    `edges`, `blocks`: metres; `assignment`: block_id -> neighbourhood code.
    """
    rows = {
        code: {f"bound_{side}": sides[side].name or sides[side].neighbour for side in SIDES}
        for digits in DIGITS
        for code, sides in four_boundaries(edges, assignment.str[:digits], blocks).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("code")
