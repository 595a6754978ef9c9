"""The extract `reach`: how far every block is from the nearest service office, and since when one is near."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.contract import Contract, check_parquet
from data.manifest import edition_dir, geography_dir, records_dir
from geo import crs
from geo.reach import reach_of_blocks

TYPES: Final = {
    "block_id": pa.int64(), "neighbourhood": pa.string(), "households": pa.int64(),
    "home_lon": pa.float64(), "home_lat": pa.float64(),
    "walk_m": pa.float64(), "walk_office": pa.string(), "walk_since": pa.date32(),
    "straight_m": pa.float64(), "straight_office": pa.string(), "straight_since": pa.date32(),
}  # fmt: skip
"""Said outright: a column without any value would otherwise have no type."""


def write_reach(root: Path, folder: Path, contract: Contract) -> None:
    """Write reach.parquet into `folder` from the edition's blocks and lines and the offices on record;
    walks start where the geography's buildings stand, where it has any.

    Raises TableBroken when the table is not what the contract says.
    """
    write_reach_of(
        edition_dir(root), records_dir(root) / "service_office.parquet",
        geography_dir(root) / "buildings.parquet", folder, contract,
    )  # fmt: skip


def write_reach_of(edition: Path, offices_file: Path, buildings: Path, folder: Path, contract: Contract) -> None:
    """The same for any edition's folder, file of offices and file of buildings (which need not be there)."""
    offices = pd.read_parquet(offices_file)
    doors = gpd.GeoDataFrame(offices, geometry=gpd.points_from_xy(offices["lon"], offices["lat"]), crs=crs.STORED)
    blocks, lines = (gpd.read_parquet(edition / f"{name}.parquet") for name in ("blocks", "network"))
    homes = gpd.read_parquet(buildings, columns=["households", "geometry"]) if buildings.exists() else None
    table = reach_of_blocks(blocks, doors, lines, homes)
    columns = {name: pa.array(table[name], kind, from_pandas=True) for name, kind in TYPES.items()}
    path = folder / "reach.parquet"
    pq.write_table(pa.table(columns), path, compression="zstd")
    check_parquet(path, contract.extracts["reach"])
