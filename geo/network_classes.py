"""What a line is: its class from OpenStreetMap's tags, from a column `class`, or by a mapping file for a local scheme.

A mapping file is TOML:

    column = "DLDJ"                 # the column that says what a line is
    name = "MC"                     # the column of names (optional)
    other = "minor"                 # class of values not listed (optional; without it they cut nothing)
    [classes]
    arterial = ["快速路", "主干路"]
    secondary = ["次干路"]
    [bridge]                        # likewise [tunnel] and [roundabout], all optional
    column = "SFQL"
    values = ["是"]
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.formats import TableError
from geo.formats_osm import tag

CLASSES = (
    "arterial",
    "secondary",
    "minor",
    "lane",
    "river",
    "canal",
    "moat",
    "bank",
    "stream",
    "rail",
    "wall",
    "ferry",
    "outline",
)
# OpenStreetMap tags -> classes of our network; what is not listed (footways, steps, power lines) cuts nothing.
HIGHWAYS = {
    **dict.fromkeys(("motorway", "trunk", "primary"), "arterial"),
    **dict.fromkeys(("motorway_link", "trunk_link", "primary_link"), "secondary"),
    **dict.fromkeys(("secondary", "tertiary"), "secondary"),
    **dict.fromkeys(("secondary_link", "tertiary_link"), "minor"),
    **dict.fromkeys(("residential", "unclassified", "living_street", "road"), "minor"),
    **dict.fromkeys(("service", "track", "pedestrian"), "lane"),
}
WATERWAYS = {"river": "river", "canal": "canal", "stream": "stream", "ditch": "stream", "drain": "stream"}
FOOTWAYS = ("footway", "path", "cycleway", "steps", "bridleway", "corridor")
# Tracks of a tram lie in the street and part nobody.
RAILWAYS = dict.fromkeys(("rail", "light_rail", "subway"), "rail")
WALLS = dict.fromkeys(("wall", "fence", "city_wall"), "wall")
TAGS = (("highway", HIGHWAYS), ("waterway", WATERWAYS), ("railway", RAILWAYS), ("barrier", WALLS))
RIVER_AREAS = {"river": "river", "canal": "canal", "riverbank": "river", "moat": "moat", "stream": "stream"}
FLAGS: tuple[str, ...] = ("bridge", "tunnel", "roundabout")
NOT_SET = ("", "building_passage", "no", "false", "0", "nan", "none", "否")
NAMES = ("name", "NAME", "Name", "名称", "name_zh")
WATER_AREAS = ("water", "river", "canal", "moat", "stream", "水系", "河流")


@dataclass(frozen=True)
class Flag:
    """Which values of a column set a flag such as bridge."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    """A local scheme: the column that says what a line is, the class of each of its values, and the flags' columns."""

    column: str
    classes: dict[str, str]
    name: str | None = None
    other: str | None = None
    flags: dict[str, Flag] = field(default_factory=dict)


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file (see above). Raises TableError with a sentence."""
    what = f"The mapping {path.name}"
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        classes = {str(v): str(c) for c, values in content["classes"].items() for v in values}
        flags = {
            name: Flag(str(content[name]["column"]), tuple(map(str, content[name]["values"])))
            for name in FLAGS
            if name in content
        }
        mapping = Mapping(str(content["column"]), classes, content.get("name"), content.get("other"), flags)
    except OSError as error:
        raise TableError(what, "it does not exist or cannot be opened", "Check its name.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TableError(
            what, f"it is no mapping of classes ({type(error).__name__}: {error})", "It needs column and [classes]."
        ) from error
    unknown = sorted(({*classes.values()} | ({mapping.other} if mapping.other else set())) - set(CLASSES))
    if unknown:
        raise TableError(what, f"there is no class {', '.join(unknown)}", f"Choose from {', '.join(CLASSES)}.")
    return mapping


def classify(layer: gpd.GeoDataFrame, what: str, mapping: Mapping | None = None) -> gpd.GeoDataFrame:
    """One row per line or water area: class, name, bridge, tunnel, roundabout, oneway, cuts, geometry.

    `cuts` is False for footbridges and ferries: they join two banks, but nobody sees a border in them. Areas of
    rivers and canals stay polygons (class river …); other areas become lines around them. Lines of a file that has none
    of the known columns are minor streets. Raises TableError if a mapping names a missing column.
    """
    if mapping is not None and mapping.column not in layer.columns:
        raise TableError(what, f"there is no column {mapping.column}", "Correct the mapping of classes.")
    found = gpd.GeoDataFrame(
        {
            "class": classes_of(layer, mapping),
            "name": names_of(layer, mapping),
            "bridge": flag_of(layer, "bridge", mapping),
            "tunnel": flag_of(layer, "tunnel", mapping),
            "roundabout": roundabouts(layer, mapping),
            "oneway": flag_of(layer, "oneway", None),
            "cuts": ~tag(layer, "highway").isin(FOOTWAYS),
        },
        geometry=shapely.force_2d(layer.geometry.to_numpy()),
        crs=layer.crs,
    )
    found["cuts"] &= found["class"] != "ferry"
    found = found[found["class"].notna()].explode(ignore_index=True)
    return as_lines(found.explode(ignore_index=True))


def as_lines(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The same with areas other than of water turned into the lines around them, and anything else left out."""
    shapes = found.geometry.to_numpy().copy()
    areas = shapely.get_type_id(shapes) == 3
    around = areas & ~found["class"].isin(["river", "canal", "moat", "stream"]).to_numpy()
    shapes[around] = shapely.boundary(shapes[around])
    found = found.set_geometry(gpd.GeoSeries(shapes, index=found.index, crs=found.crs)).explode(ignore_index=True)
    kind = shapely.get_type_id(found.geometry.to_numpy())
    found = found[np.isin(kind, (1, 2, 3)) & (found.geometry.length > 0)].reset_index(drop=True)
    rings = shapely.get_type_id(found.geometry.to_numpy()) == 2
    found.loc[rings, "geometry"] = [shapely.LineString(ring.coords) for ring in found.geometry[rings]]
    return found


def classes_of(layer: gpd.GeoDataFrame, mapping: Mapping | None) -> pd.Series:
    """Class of each row; None: it cuts nothing."""
    if mapping is not None:
        values = layer[mapping.column].astype("object")
        given = values.map(lambda v: mapping.classes.get(str(v).strip(), mapping.other), na_action=None)
        mapped: pd.Series = given.astype("object").where(given.notna(), None)
        return mapped
    if "class" in layer.columns and layer["class"].isin(CLASSES).any():
        named: pd.Series = layer["class"].astype("object").where(layer["class"].isin(CLASSES), None)
        return named
    found = pd.Series(None, index=layer.index, dtype="object")
    area = shapely.get_dimensions(layer.geometry.to_numpy()) == 2
    for key, classes in TAGS:
        found = found.where(found.notna(), tag(layer, key).map(classes).where(~area, None))
    found = found.where(~area, river_areas(layer))
    if not any(key in layer.columns for key in (*(k for k, _ in TAGS), "natural", "water", "route")):
        return pd.Series("minor", index=layer.index, dtype="object")
    footbridge = tag(layer, "highway").isin(FOOTWAYS) & flag_of(layer, "bridge", None) & ~area
    ferry = (tag(layer, "route") == "ferry") & ~area
    result: pd.Series = found.where(found.notna(), None).where(~footbridge, "lane").where(~ferry, "ferry")
    return result


def river_areas(layer: gpd.GeoDataFrame) -> pd.Series:
    """Class of each area of running water; still waters and everything else None."""
    water = tag(layer, "water").map(RIVER_AREAS)
    bank = tag(layer, "waterway").map(RIVER_AREAS)
    return water.where(water.notna(), bank)


def names_of(layer: gpd.GeoDataFrame, mapping: Mapping | None) -> pd.Series:
    """Name of each row, None where it has none."""
    column = (
        mapping.name if mapping is not None and mapping.name else next((n for n in NAMES if n in layer.columns), None)
    )
    if column is None or column not in layer.columns:
        return pd.Series(None, index=layer.index, dtype="object")
    names = layer[column].astype("object")
    cleaned = names.map(lambda text: text.strip() or None if isinstance(text, str) else None)
    result: pd.Series = cleaned.astype("object").where(cleaned.notna(), None)
    return result


def flag_of(layer: gpd.GeoDataFrame, name: str, mapping: Mapping | None) -> pd.Series:
    """Whether each row is, for example, a bridge."""
    if mapping is not None and name in mapping.flags:
        flag = mapping.flags[name]
        if flag.column not in layer.columns:
            return pd.Series(False, index=layer.index)
        named: pd.Series = layer[flag.column].astype(str).str.strip().isin(flag.values)
        return named
    values = tag(layer, name)
    return values.notna() & ~values.astype(str).str.strip().str.lower().isin(NOT_SET)


def roundabouts(layer: gpd.GeoDataFrame, mapping: Mapping | None) -> pd.Series:
    """Whether each row is part of a roundabout."""
    if mapping is not None and "roundabout" in mapping.flags:
        return flag_of(layer, "roundabout", mapping)
    return tag(layer, "junction").isin(["roundabout", "circular"])
