"""Reading layers of the formats planners keep: Shapefile (zipped too), GeoPackage, GeoJSON, FlatGeobuf, Parquet."""

from __future__ import annotations

import contextlib
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.formats_text import shapefile_encoding
from geo.formats_zip import UnsafeArchiveError, unpack

PARQUET = (".parquet", ".geoparquet", ".pq")
OSM = (".pbf", ".osm")
BEGINNINGS = {
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
    ".fgb": b"fgb",
    ".zip": b"PK",
    **dict.fromkeys(PARQUET, b"PAR1"),
}
"""How a file of each ending begins. GDAL would also open what only claims the ending, such as a list of other files."""

READABLE = "GeoPackage, Shapefile (also zipped), GeoJSON, FlatGeobuf, GeoParquet or OpenStreetMap (.osm.pbf)"
MOST_VERTICES = 2_000_000
"""More than a city's whole network; cutting needs about 2 kB a vertex."""


class TableError(ValueError):
    """A file cannot be used; the message says which, why, and what to do."""

    def __init__(self, what: str, why: str, then: str) -> None:
        super().__init__(f"{what}: {why}. {then}")
        self.what, self.why, self.then = what, why, then


def named_layer(path: Path) -> tuple[Path, str | None]:
    """File and layer of a name such as `town.gpkg#streets`; a file whose own name has a # is itself."""
    if path.exists() or "#" not in path.name:
        return path, None
    name, _, layer = path.name.rpartition("#")
    return path.with_name(name), layer


def read(
    path: Path,
    *,
    then: str = "Check the name of the file and its contents",
    bounds: tuple[float, float, float, float] | None = None,
) -> gpd.GeoDataFrame:
    """Read the one layer of a file (`FILE#LAYER` names one of several) as it stands: its own columns and CRS.

    `bounds` (degrees) spares reading all of an OpenStreetMap file. Raises TableError with a sentence if there is no
    such file, it is not what its ending says, unpacks to something dangerous, or holds no usable shapes.
    """
    layers = read_all(path, then=then, bounds=bounds)
    if len(layers) > 1:
        names = ", ".join(layers)
        raise TableError(
            f"The file {path.name}",
            f"it holds several layers ({names})",
            f"Name one, such as {path.name}#{next(iter(layers))}.",
        )
    return next(iter(layers.values()))


def read_all(
    path: Path,
    *,
    then: str = "Check the name of the file and its contents",
    bounds: tuple[float, float, float, float] | None = None,
    sound: bool = True,
) -> dict[str, gpd.GeoDataFrame]:
    """Read every layer of a file that has shapes, by name; with `FILE#LAYER` that one only. Raises as `read`.

    Without `sound` rows whose shape cannot be used are the caller's to judge (see `check_sound`).
    """
    file, layer = named_layer(path)
    what = f"The file {path.name}"
    if not file.exists():
        raise TableError(what, "it does not exist", f"{then}.")
    try:
        with opened(file) as plain:
            check_beginning(plain, what)
            layers = _layers(plain, layer, bounds)
    except UnsafeArchiveError as error:
        raise TableError(what, error.why, "Unpack it yourself, look at it, and give the files.") from error
    except (OSError, ValueError, RuntimeError, shapely.errors.ShapelyError) as error:
        if isinstance(error, TableError):
            raise
        reason = " ".join(str(error).split())[:160]
        raise TableError(what, f"it cannot be read as a layer ({reason})", f"{then}.") from error
    if not layers:
        raise TableError(what, "it has no shapes in it", "Give a layer with at least one.")
    if sound:
        check_sound(layers, what)
    return layers


def check_sound(layers: dict[str, gpd.GeoDataFrame], what: str) -> None:
    """Raise TableError where a layer has no usable shapes, or its file more than one coordinate system."""
    for found in layers.values():
        check_shapes(found, what)
    check_one_system(layers, what)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The file itself, or what a zipped one holds, unpacked into a folder that is gone afterwards."""
    if path.suffix.lower() != ".zip":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield unpack(path, Path(folder))


def check_beginning(path: Path, what: str) -> None:
    """Refuse a file that does not begin as files of its ending do, and endings nobody reads here."""
    ending = path.suffix.lower()
    with path.open("rb") as stream:
        start = stream.read(512)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if ending in BEGINNINGS:
        fits = start.startswith(BEGINNINGS[ending])
    elif ending in (".geojson", ".json"):
        fits = text.startswith((b"{", b"["))
    elif ending == ".pbf":
        fits = b"OSMHeader" in start
    elif ending == ".osm":
        fits = b"<osm" in text
    else:
        raise TableError(what, f"files ending in {ending or 'nothing'} are not read here", f"Save it as {READABLE}.")
    if not fits:
        raise TableError(
            what,
            f"it cannot be read as a layer (it does not begin as a {ending} file does)",
            "Check the name of the file and its contents.",
        )


def _layers(path: Path, layer: str | None, bounds: Sequence[float] | None) -> dict[str, gpd.GeoDataFrame]:
    if path.suffix.lower() in PARQUET:
        frame = gpd.read_parquet(path)
        return {path.stem: frame} if len(frame) else {}
    known = list(gpd.list_layers(path).dropna(subset="geometry_type")["name"].astype(str))
    if layer is not None and layer not in known:
        raise ValueError(f"it has no layer {layer}, only {', '.join(known)}")
    wanted = [layer] if layer is not None else [n for n in known if n not in {"other_relations"} | _unwanted(path)]
    frames = {name: _frame(path, name, bounds) for name in wanted}
    return {name: frame for name, frame in frames.items() if isinstance(frame, gpd.GeoDataFrame) and len(frame)}


def _unwanted(path: Path) -> set[str]:
    """Layers of an OpenStreetMap file that neither cut nor house anyone: nodes, and routes over other lines."""
    return {"points", "multilinestrings"} if path.suffix.lower() in OSM else set()


def _frame(path: Path, layer: str, bounds: Sequence[float] | None) -> gpd.GeoDataFrame:
    osm = path.suffix.lower() in OSM
    options: dict[str, Any] = {"bbox": tuple(bounds)} if osm and bounds is not None else {}
    if path.suffix.lower() == ".shp":
        options["encoding"] = shapefile_encoding(path)
    with warnings.catch_warnings():
        # GDAL warns of rings it closes and of unwound polygons; what matters is checked below, with our sentence.
        warnings.simplefilter("ignore")
        frame = gpd.read_file(path, layer=layer, on_invalid="ignore", **options)
    # Contributors' half-drawn rings come back as no shape; in other files a missing shape is the planner's to see.
    return frame[frame.geometry.notna()].reset_index(drop=True) if osm else frame


def check_shapes(layer: gpd.GeoDataFrame, what: str) -> None:
    """Raise TableError if a layer has no rows, rows without shape, coordinates that are no numbers, or too many."""
    if not isinstance(layer, gpd.GeoDataFrame) or layer.empty:
        raise TableError(what, "it has no shapes in it", "Give a layer with at least one.")
    shapes = layer.geometry.to_numpy()
    coordinates = shapely.get_coordinates(shapes)
    if not np.isfinite(coordinates).all():
        raise TableError(what, "some coordinates are not numbers", "Repair the layer and try again.")
    if layer.geometry.isna().any() or shapely.is_empty(shapes).any():
        raise TableError(what, "some of its rows have no shape", "Delete those rows or draw them.")
    if len(coordinates) > MOST_VERTICES:
        raise TableError(
            what,
            f"it has {len(coordinates):,} vertices, more than the {MOST_VERTICES:,} that one run can cut",
            "Clip it to the outline, or simplify it to half a metre, and try again.",
        )


def check_one_system(layers: dict[str, gpd.GeoDataFrame], what: str) -> None:
    """Refuse a file whose layers are in different coordinate systems, or one layer with degrees among metres."""
    systems = {str(frame.crs.to_string()) for frame in layers.values() if frame.crs is not None}
    if len(systems) > 1:
        raise TableError(
            what,
            f"its layers are in different coordinate systems ({', '.join(sorted(systems))})",
            "Save all its layers in one system, such as EPSG:4490.",
        )
    for frame in layers.values():
        bounds = shapely.bounds(frame.geometry.to_numpy())
        degrees = (np.abs(bounds[:, [0, 2]]) <= 360).all(axis=1) & (np.abs(bounds[:, [1, 3]]) <= 90).all(axis=1)
        metres = (np.abs(bounds) > 10_000).any(axis=1)
        if degrees.any() and metres.any():
            raise TableError(
                what,
                f"it mixes coordinate systems: {int(degrees.sum())} of its rows look like degrees and "
                f"{int(metres.sum())} like metres",
                "Convert both parts to one system, such as EPSG:4490, and join them again.",
            )
