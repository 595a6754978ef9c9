"""Grids and residents' groups: their polygons into the geography, their rows for the table of three-in-one.

Other departments draw them, so their lines run some metres beside the neighbourhoods' even where they mean the same.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.demo_geography import make_grids
from geo import crs

GENERALISED_M, BESIDE_M = 3.0, 1.5
"""How coarsely the other departments draw, and how far beside (standard deviation, one shift a community)."""


def write_units(geography: Path, seed: int) -> pd.DataFrame:
    """Draw both kinds from blocks, edges and assignment; write grids.parquet and residents_groups.parquet beside them.

    Returns the rows of `three_in_one`: unit_id, kind, community, stated (the neighbourhood of the same blocks).
    """
    blocks = gpd.read_parquet(geography / "blocks.parquet")
    edges = pd.read_parquet(geography / "edges.parquet", columns=["left", "right", "length_m", "contact"])
    assignment = pd.read_parquet(geography / "assignment.parquet").set_index("block_id")["neighbourhood"]
    tables = []
    rng = np.random.default_rng(seed)
    for kind, units in zip(("grid", "residents_group"), make_grids(blocks, edges, assignment, seed), strict=True):
        drawn = _drawn_apart(units, rng)
        partial = geography / f".{kind}s.parquet.partial"
        drawn[["unit_id", "community", "geometry"]].to_parquet(partial, compression="zstd")
        partial.replace(geography / f"{kind}s.parquet")
        rows = pd.DataFrame(units.drop(columns="geometry")).rename(columns={"coincides_with": "stated"})
        tables.append(rows.assign(kind=kind))
    return pd.concat(tables, ignore_index=True)


def _drawn_apart(units: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The polygons as another hand would draw them (EPSG:4490), still without gaps inside a community."""
    metric = crs.to_metric(units)
    shapes = shapely.coverage_simplify(metric.geometry.to_numpy(), GENERALISED_M)
    place, known = pd.factorize(units["community"])
    beside = rng.normal(0, BESIDE_M, (len(known), 2))[place]
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = shapely.set_coordinates(shapes, xy + beside[owner])
    return crs.to_stored(metric.set_geometry(moved))
