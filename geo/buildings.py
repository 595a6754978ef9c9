"""Buildings and their households: as counted, or estimated from footprint and storeys, which is then said."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from geo.formats import TableError
from geo.formats_osm import number, tag

FLOOR_M2 = 100
"""Floor area of one household where nobody counted: dwelling, stairs and walls."""
HOUSEHOLDS = ("households", "HOUSEHOLDS", "户数", "住户数")
STOREYS = ("storeys", "STOREYS", "层数", "楼层", "floors", "levels", "building:levels")
NO_HOME = frozenset({
    "church", "cathedral", "chapel", "mosque", "temple", "synagogue", "commercial", "retail", "office",
    "industrial", "warehouse", "school", "university", "college", "kindergarten", "hospital", "train_station",
    "transportation", "public", "government", "civic", "garage", "garages", "carport", "shed", "roof", "greenhouse",
    "kiosk", "stadium", "sports_hall", "sports_centre", "supermarket", "parking", "service", "hangar", "museum",
    "construction", "ruins", "bridge", "toilets", "barn", "farm_auxiliary", "stable", "hotel", "fire_station",
    "library", "theatre",
})  # fmt: skip
"""Values of OpenStreetMap's `building` where nobody has a household."""


@dataclass(frozen=True)
class Counted:
    """Buildings (households, geometry) and what was assumed, in sentences."""

    buildings: gpd.GeoDataFrame
    notes: list[str]


def homes(layer: gpd.GeoDataFrame, what: str, storeys: float | None = None) -> Counted:
    """Residential buildings of a layer in metres with their households.

    In this order: a column of households; `building:flats`; floor area / 100 m², with the storeys of the building,
    else the middle value of those known in the file, else `storeys`. Raises TableError where none of these is there.
    """
    layer = residential(layer)
    if layer.empty:
        raise TableError(what, "it has no residential buildings in it", "Give the layer of buildings.")
    column = next((name for name in HOUSEHOLDS if name in layer.columns), None)
    if column is not None:
        given = pd.to_numeric(layer[column], errors="coerce").fillna(0).clip(lower=0).round()
        return Counted(_with(layer, given), [])
    levels = storeys_of(layer)
    known = levels.notna()
    assumed = float(levels[known].median()) if known.any() else storeys
    if assumed is None:
        raise TableError(
            f"The buildings ({what[0].lower()}{what[1:]}, which have no households)",
            "there is no column storeys",
            "Add it, give another file, or say how many they mostly have with --storeys.",
        )
    flats = tag(layer, "building:flats").map(number).astype(float)
    floor = layer.geometry.area * levels.fillna(assumed)
    households = flats.where(flats > 0, floor / FLOOR_M2).round()
    notes = [f"Households of {int((~(flats > 0)).sum()):,} buildings are estimates: one for {FLOOR_M2} m² of floor."]
    if not known.all():
        notes.append(f"{int((~known).sum()):,} buildings say no storeys; {assumed:g} are assumed.")
    return Counted(_with(layer, households), notes)


def _with(layer: gpd.GeoDataFrame, households: pd.Series) -> gpd.GeoDataFrame:
    return layer[[layer.geometry.name]].assign(households=households.astype(int)).reset_index(drop=True)


def residential(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The buildings people may live in; in a layer without OpenStreetMap's tag, all."""
    if "building" not in layer.columns:
        return layer
    kind = layer["building"].astype("object").where(layer["building"].notna(), None)
    return layer[kind.notna().to_numpy() & ~kind.isin(NO_HOME | {"no"}).to_numpy()].reset_index(drop=True)


def storeys_of(layer: gpd.GeoDataFrame) -> pd.Series:
    """Storeys of each building, NaN where the layer does not say."""
    column = next((name for name in STOREYS if name in layer.columns), "building:levels")
    values = tag(layer, column)
    numbers = pd.to_numeric(values, errors="coerce")
    return numbers.where(numbers.notna(), values.map(number).astype(float)).astype(float)


def count_buildings(blocks: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Households and residential buildings per block (same index); a building lies where its inner point lies.

    `buildings`: households, geometry, in the system of the blocks.
    """
    points = shapely.point_on_surface(shapely.make_valid(buildings.geometry.to_numpy()))
    point, row = shapely.STRtree(blocks.geometry.to_numpy()).query(points, predicate="within")
    inside = pd.DataFrame({"block": row, "households": buildings["households"].to_numpy()[point]})
    inside = inside[inside["households"] > 0]
    sums = inside.groupby("block")["households"].agg(["sum", "size"]).reindex(range(len(blocks)), fill_value=0)
    counts: pd.DataFrame = sums.astype(int).set_axis(["households", "buildings"], axis=1).set_index(blocks.index)
    return counts
