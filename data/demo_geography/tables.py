"""The tables of the demonstration geography, and how they are stored: GeoParquet in EPSG:4490."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo import crs

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "data" / "records" / "geography"


class MissingGeographyError(FileNotFoundError):
    """Raised when a stored geography is incomplete."""

    def __init__(self, folder: Path, missing: list[str]) -> None:
        super().__init__(f"The geography in {folder} lacks {', '.join(missing)}; make the demonstration data again.")
        self.folder = folder
        self.missing = missing


@dataclass(frozen=True)
class Geography:
    """The simulated district; geometries in EPSG:4549 metres. One table each:

    - outline, one row: name, area_km2
    - lines: line_id, kind, class, name, name_en, simulated, bridge, width_m
    - blocks (atoms): block_id, face_id, subdistrict, community, zone, kind, compound, village_group, landmark,
      households, people (in households), collective (people in collective households), buildings (with households)
    - edges: left, right (-1: outside), length_m, barrier, name, line_id (-1: none), contact
    - targets: community, kind, neighbourhoods, target, households
    - buildings (points): building_id, block_id, households, people, kind, storeys, footprint_m2, compound_id
    - compounds: compound_id, community, name, households, kind
    - village_groups: id, community, name, households
    - landmarks (points): name, name_en, block_id
    """

    outline: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    targets: pd.DataFrame
    buildings: gpd.GeoDataFrame
    compounds: pd.DataFrame
    village_groups: pd.DataFrame
    landmarks: gpd.GeoDataFrame


def save_geography(geography: Geography, folder: Path = DEFAULT_FOLDER) -> None:
    """Write every table to `folder` as <table>.parquet (geometries in EPSG:4490), replacing what was there."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(geography):
        table = getattr(geography, field.name)
        path = folder / f"{field.name}.parquet"
        partial = path.with_suffix(".part")
        stored = crs.to_stored(table) if isinstance(table, gpd.GeoDataFrame) else table
        stored.to_parquet(partial, index=False)
        partial.replace(path)


def load_geography(folder: Path = DEFAULT_FOLDER) -> Geography:
    """Read the tables written by `save_geography`; geometries come back in EPSG:4549.

    Raises MissingGeographyError when a table is not there.
    """
    names = [field.name for field in fields(Geography)]
    missing = [f"{name}.parquet" for name in names if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise MissingGeographyError(folder, missing)
    return Geography(**{name: _read(folder / f"{name}.parquet") for name in names})


def _read(path: Path) -> pd.DataFrame:
    if path.stem in ("targets", "compounds", "village_groups"):
        return pd.read_parquet(path)
    table: pd.DataFrame = crs.to_metric(gpd.read_parquet(path), path.name)
    return table
