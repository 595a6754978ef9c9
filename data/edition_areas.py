"""The table of areas of an edition: official names of every level, and what each area holds."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.demo_names import neighbourhood_names
from geo import crs

DISTRICT = "320613"
COUNTS = ["households", "people", "collective", "buildings"]
NAMES = ["code", "level", "parent", "name_zh", "name_en", "pinyin", "initials", "aliases", "former_district", "zone"]
BOUNDS = ["bound_east", "bound_south", "bound_west", "bound_north"]


def references(folder: Path) -> pd.DataFrame:
    """Every named area above the neighbourhood (columns NAMES, "" where there is none): districts, subdistricts, zones,
    and the communities of the 2020 edition, from the reference tables in `folder`.
    """
    read = {name: _read(folder / f"{name}.csv") for name in ("districts", "subdistricts", "communities")}
    districts = read["districts"].rename(columns={"kind": "level"})
    districts["parent"] = np.where(districts["level"] == "former_district", DISTRICT, "")
    subdistricts = read["subdistricts"].rename(columns={"kind": "level"}).assign(parent=DISTRICT)
    subdistricts["level"] = subdistricts["level"].where(subdistricts["level"] == "subdistrict", "zone")
    communities = read["communities"].query("in_2020_edition == '1'").assign(level="community")
    communities = communities.rename(columns={"subdistrict_code": "parent", "zone_code": "zone"})
    table = pd.concat([districts, subdistricts, communities], ignore_index=True)
    return table.reindex(columns=NAMES).fillna("")


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def area_table(
    hoods: gpd.GeoDataFrame,
    shapes: gpd.GeoSeries,
    bounds: pd.DataFrame,
    folder: Path,
    names: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return extracts.area of the contract without the responsible office, one row per area with a shape, by code.

    `hoods`: code, community, kind, households, people (in families), collective, buildings. `shapes`: code -> geometry
    in metres. `bounds`: code -> bound_east … bound_north. `folder` holds the reference tables. `names`: code, name_zh,
    name_en, pinyin, initials of the neighbourhoods, in the order of `hoods` (else community and serial).
    """
    named = references(folder)
    table = pd.concat([named, _neighbourhood_names(hoods, named, names)], ignore_index=True)
    table = table[table["code"].isin(shapes.index)].sort_values("code", ignore_index=True)
    table = table.merge(_sums(hoods, table), on="code", validate="one_to_one")
    table["kind"] = table["code"].map(_kinds(hoods)).astype(object)
    table = _with_place(table, shapes).merge(bounds, left_on="code", right_index=True, how="left")
    optional = ["parent", "former_district", "zone", "kind", *BOUNDS]
    return table.assign(
        **{name: table[name].where(table[name].notna() & (table[name] != ""), None) for name in optional}
    )


def _neighbourhood_names(hoods: gpd.GeoDataFrame, named: pd.DataFrame, names: pd.DataFrame | None) -> pd.DataFrame:
    above = named.set_index("code").loc[hoods["community"], ["former_district", "zone"]].reset_index(drop=True)
    own = neighbourhood_names(hoods["code"]) if names is None else names
    table: pd.DataFrame = pd.concat([own, above], axis=1)
    return table.assign(level="neighbourhood", parent=hoods["community"], aliases="")


def _sums(hoods: gpd.GeoDataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """One row per area of `table`: sums over its neighbourhoods; people includes collective households."""
    own = pd.DataFrame(hoods[["code", "community", *COUNTS]]).assign(neighbourhoods=1)
    own["people"] = own["people"] + own["collective"]
    place = table.set_index("code")
    own["former"] = own["community"].map(place["former_district"])
    own["zone"] = own["community"].map(place["zone"])
    own["subdistrict"], own["district"] = own["code"].str[:9], DISTRICT
    ways = ["code", "community", "subdistrict", "district", "former", "zone"]
    sums = [_grouped(own, way) for way in ways]
    together: pd.DataFrame = pd.concat(sums)
    return together[together["code"] != ""]


def _grouped(own: pd.DataFrame, way: str) -> pd.DataFrame:
    groups = own.groupby(own[way].rename("key"))
    table = groups[[*COUNTS, "neighbourhoods"]].sum().assign(communities=groups["community"].nunique())
    return table.rename_axis("code").reset_index()


def _kinds(hoods: gpd.GeoDataFrame) -> pd.Series:
    """Kind of each neighbourhood, and of each community that of most of its neighbourhoods."""
    most = hoods.groupby("community")["kind"].agg(lambda kinds: kinds.mode().iloc[0])
    kinds: pd.Series = pd.concat([hoods.set_index("code")["kind"], most])
    return kinds


def _with_place(table: pd.DataFrame, shapes: gpd.GeoSeries) -> pd.DataFrame:
    shape = shapes.loc[table["code"]]
    points = gpd.GeoDataFrame(geometry=shapely.point_on_surface(shape.to_numpy()), crs=shapes.crs)
    stored = crs.to_stored(points).geometry
    return table.assign(
        area_km2=np.round(shape.area.to_numpy() / 1e6, 6),
        lon=stored.x.round(6).to_numpy(),
        lat=stored.y.round(6).to_numpy(),
    )
