"""Writing layers that any GIS opens again unchanged: GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GeoParquet."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyproj
import shapely

from geo import crs, datums
from geo.formats import PARQUET, TableError

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON", ".shp": "ESRI Shapefile", ".fgb": "FlatGeobuf"}
WRITABLE = ".gpkg, .geojson, .shp, .fgb or .parquet"
SHORT_NAMES = {"neighbourhoods": "neighs", "subdistrict": "subdistr", "village_group": "villagegrp"}
FIELD_BYTES, TEXT_BYTES = 10, 254
"""What a Shapefile's table allows for the name of a field, and for a text."""


def write(layer: gpd.GeoDataFrame, path: Path, *, to: str = crs.STORED, gcj02: bool = False) -> dict[str, str]:
    """Write a layer in the format of the file's ending, in EPSG:4490 or the system `to`.

    With `gcj02` a copy in GCJ-02 for Chinese web maps: the file's system says so, and so does its column `datum`.
    Coordinates keep 0.1 mm or better. Returns the fields that a Shapefile had to rename (old -> new), which
    `NAME.fields.csv` beside it lists too. Raises TableError with a sentence, MissingCrsError.
    """
    ready = as_gcj02(layer) if gcj02 else in_system(layer, to, path)
    renamed: dict[str, str] = {}
    if path.suffix.lower() == ".shp":
        ready, renamed = for_shapefile(ready, path)
    try:
        _put(ready, path)
        if renamed:
            fields = [f"{new},{old}" for old, new in renamed.items()]
            path.with_suffix(".fields.csv").write_text("\n".join(["field,name", *fields, ""]), encoding="utf-8-sig")
    except (OSError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:160]
        raise TableError(
            f"The file {path.name}", f"it cannot be written ({reason})", "Name another place or format."
        ) from error
    return renamed


def in_system(layer: gpd.GeoDataFrame, to: str, path: Path) -> gpd.GeoDataFrame:
    """The layer in a system named by the user. Raises TableError if there is none of that name."""
    stored = crs.to_stored(layer)
    try:
        system = pyproj.CRS.from_user_input(to)
    except pyproj.exceptions.CRSError as error:
        raise TableError(
            f"The file {path.name}", f"{to} is no coordinate system", "Give an EPSG code, such as EPSG:4549."
        ) from error
    if system == pyproj.CRS(crs.STORED):
        return stored
    return layer if layer.crs == system else layer.to_crs(system)


def as_gcj02(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A copy in GCJ-02, marked by its system and by a column `datum`."""
    shifted = datums.moved(crs.to_stored(layer), datums.to_gcj02, pyproj.CRS(datums.GCJ_WKT))
    return shifted.assign(datum="GCJ-02 (shifted, not CGCS2000)")


def for_shapefile(layer: gpd.GeoDataFrame, path: Path) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """A layer whose field names fit a Shapefile, and the names that changed. Raises TableError for too long a text."""
    columns = [str(name) for name in layer.columns if name != layer.geometry.name]
    for name in columns:
        texts = layer[name].dropna()
        longest = max((len(text.encode()) for text in texts if isinstance(text, str)), default=0)
        if longest > TEXT_BYTES:
            raise TableError(
                f"The file {path.name}",
                f"a Shapefile holds texts of at most {TEXT_BYTES} bytes, and {name} has one of {longest}",
                "Write a GeoPackage instead.",
            )
    names = field_names(columns)
    return layer.rename(columns=names), {old: new for old, new in names.items() if old != new}


def field_names(columns: list[str]) -> dict[str, str]:
    """Names of at most 10 bytes, all different regardless of case; those that fit stay."""
    taken = {name.upper() for name in columns if len(name.encode()) <= FIELD_BYTES}
    found = {}
    for name in columns:
        if len(name.encode()) > FIELD_BYTES:
            wanted = SHORT_NAMES.get(name, name)
            choices = (
                cut(wanted, FIELD_BYTES),
                *(f"{cut(wanted, FIELD_BYTES - len(str(i)))}{i}" for i in range(1, 100)),
            )
            found[name] = next(choice for choice in choices if choice.upper() not in taken)
            taken.add(found[name].upper())
        else:
            found[name] = name
    return found


def cut(name: str, size: int) -> str:
    """The beginning of a name that takes at most `size` bytes in UTF-8."""
    return name.encode()[:size].decode(errors="ignore")


def _put(layer: gpd.GeoDataFrame, path: Path) -> None:
    ending = path.suffix.lower()
    if ending in PARQUET:
        layer.to_parquet(path)
        return
    if ending not in DRIVERS:
        raise TableError(
            f"The file {path.name}",
            f"files ending in {ending or 'nothing'} are not written here",
            f"Name it {WRITABLE}.",
        )
    kinds = set(shapely.get_type_id(layer.geometry.to_numpy()))
    if path.exists() and ending != ".shp":
        path.unlink()
    layer.to_file(path, driver=DRIVERS[ending], promote_to_multi=len(kinds) > 1 or None, **_options(layer, path))


def _options(layer: gpd.GeoDataFrame, path: Path) -> dict[str, object]:
    """What GDAL must be told for a format to keep coordinates, text and the layer's name."""
    ending = path.suffix.lower()
    if ending in (".geojson", ".json"):
        return {"layer_options": {"COORDINATE_PRECISION": 13 if layer.crs.is_geographic else 6}}
    if ending == ".shp":
        return {"layer_options": {"ENCODING": "UTF-8"}}
    # GeoPackage keeps names that begin with gpkg for its own tables.
    reserved = ending == ".gpkg" and path.stem.lower().startswith("gpkg")
    return {"layer": f"layer_{path.stem}" if reserved else path.stem}
