"""Small made-up towns for the tests of `geo`: a grid of blocks with streets, an arterial, a river and compounds."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, box

WEST, SOUTH = 500_000.0, 3_540_000.0


def grid_blocks(
    columns: int,
    rows: int,
    *,
    side: float = 100.0,
    households: int = 30,
    community: str = "320602001001",
    kind: str = "urban",
) -> gpd.GeoDataFrame:
    """Blocks of `side` metres, numbered row by row from the north-west, all with the same households and a building."""
    shapes = [
        box(WEST + side * c, SOUTH + side * (rows - r - 1), WEST + side * (c + 1), SOUTH + side * (rows - r))
        for r in range(rows)
        for c in range(columns)
    ]
    n = len(shapes)
    nothing = pd.Series([None] * n, dtype="object")
    return gpd.GeoDataFrame(
        {
            "block_id": np.arange(n),
            "community": community,
            "kind": kind,
            "compound": nothing,
            "village_group": nothing,
            "landmark": nothing,
            "households": households,
            "people": households * 3,
            "collective": 0,
            "buildings": 1,
        },
        geometry=shapes,
        crs="EPSG:4549",
    )


def grid_edges(blocks: gpd.GeoDataFrame, columns: int, rows: int, barrier: str = "road") -> gpd.GeoDataFrame:
    """Edges of a grid, also those to the outside (right = -1), all on the same barrier and without a name."""
    records = []
    bounds = blocks.geometry.bounds.to_numpy()
    for r in range(rows):
        for c in range(columns):
            i = r * columns + c
            x0, y0, x1, y1 = bounds[i]
            records.append((i, i + 1 if c + 1 < columns else -1, LineString([(x1, y0), (x1, y1)])))
            records.append((i, i + columns if r + 1 < rows else -1, LineString([(x0, y0), (x1, y0)])))
            if c == 0:
                records.append((i, -1, LineString([(x0, y0), (x0, y1)])))
            if r == 0:
                records.append((i, -1, LineString([(x0, y1), (x1, y1)])))
    left, right, lines = zip(*records, strict=True)
    edges = gpd.GeoDataFrame({"left": left, "right": right}, geometry=list(lines), crs=blocks.crs)
    edges["length_m"] = edges.geometry.length
    edges["barrier"], edges["line_id"], edges["contact"] = barrier, -1, True
    edges["name"] = pd.Series([None] * len(edges), dtype="object")
    return edges


def targets_for(community: str, neighbourhoods: int, target: int = 300, kind: str = "urban") -> pd.DataFrame:
    """Targets of one community."""
    return pd.DataFrame(
        {
            "community": [community],
            "kind": [kind],
            "neighbourhoods": [neighbourhoods],
            "target": [target],
            "households": [neighbourhoods * target],
        }
    )
