"""The extract `three_in_one`: grids and residents' groups as they lie over the neighbourhoods of the edition."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from data.contract import Contract
from data.manifest import edition_dir, records_dir, unit_files
from data.publish import write_layer
from geo import crs
from geo.coincidence import coincidence

TEXTS: Final = ("unit_id", "kind", "community", "neighbourhood", "stated")


def write_three_in_one(root: Path, folder: Path, contract: Contract) -> None:
    """Write three_in_one.parquet into `folder` (EPSG:4490) from the register, its polygons and the edition.

    A unit without a polygon is known, but not where it lies: what the overlay would tell of it is empty.
    Raises TableBroken when the table is not what the contract says.
    """
    units = with_shapes(pd.read_parquet(records_dir(root) / "three_in_one.parquet"), unit_files(root))
    write_overlay(units, gpd.read_parquet(edition_dir(root) / "boundaries.parquet"), folder, contract)


def write_overlay(units: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, folder: Path, contract: Contract) -> None:
    """The same for units with polygons (unit_id, kind, community, stated) and the boundaries of any edition."""
    hoods = boundaries[boundaries["level"] == "neighbourhood"]
    code, overlap, same = coincidence(units, hoods)
    drawn = ~units.geometry.isna()
    shares, alike = (100 * overlap).round(1).where(drawn), same.astype("boolean").where(drawn)
    table = units.assign(neighbourhood=code, overlap=shares, coincides=alike)
    # Said outright: a column without any value would otherwise have no type.
    texts = {name: table[name].astype(object).where(table[name].notna(), None).astype("str") for name in TEXTS}
    columns = list(contract.extracts["three_in_one"].columns)
    ordered = table.assign(**texts)[columns].sort_values(["community", "unit_id"], ignore_index=True)
    write_layer(folder / "three_in_one.parquet", ordered, contract.extracts["three_in_one"])


def with_shapes(register: pd.DataFrame, files: list[Path]) -> gpd.GeoDataFrame:
    """The register's rows with the polygons of the same unit_id (EPSG:4490), None where none was delivered."""
    layers = [crs.to_stored(gpd.read_parquet(path)) for path in files if path.is_file()]
    shapes = pd.concat([layer.set_index("unit_id").geometry for layer in layers]) if layers else pd.Series(dtype=object)
    found = shapes[~shapes.index.duplicated()].reindex(register["unit_id"]).to_numpy(dtype=object)
    return gpd.GeoDataFrame(register, geometry=gpd.GeoSeries(found, index=register.index, crs=crs.STORED))
