"""Grids and residents' groups: their polygons into the geography, their rows for the table of three-in-one."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.demo_geography import make_grids


def write_units(geography: Path, seed: int) -> pd.DataFrame:
    """Draw both kinds from blocks, edges and assignment; write grids.parquet and residents_groups.parquet beside them.

    Returns the rows of `three_in_one`: unit_id, kind, community, coincides_with (the neighbourhood of the same blocks).
    """
    blocks = gpd.read_parquet(geography / "blocks.parquet")
    edges = pd.read_parquet(geography / "edges.parquet", columns=["left", "right", "length_m", "contact"])
    assignment = pd.read_parquet(geography / "assignment.parquet").set_index("block_id")["neighbourhood"]
    tables = []
    for kind, units in zip(("grid", "residents_group"), make_grids(blocks, edges, assignment, seed), strict=True):
        partial = geography / f".{kind}s.parquet.partial"
        units[["unit_id", "community", "geometry"]].to_parquet(partial, compression="zstd")
        partial.replace(geography / f"{kind}s.parquet")
        tables.append(pd.DataFrame(units.drop(columns="geometry")).assign(kind=kind))
    return pd.concat(tables, ignore_index=True)
