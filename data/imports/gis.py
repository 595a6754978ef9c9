"""GIS files among the deliveries: points and buildings become rows of record tables, the rest is told where to go.

A layer's attributes are its columns; longitude, latitude and the neighbourhood come from its shapes, brought into
EPSG:4490 whatever system they are in. So everything after this treats a layer like any other sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from data.imports.cells import simplified
from data.imports.coded import WHOLE_ROW, Row, Sheet, sheet_of
from data.imports.gis_strays import FINE, Kinds, named, said, strays
from data.imports.headers import lookup
from data.imports.problems import FileRefused
from data.manifest import edition_dir
from data.wording import column_label
from geo import crs, formats
from geo.buildings import HOUSEHOLDS
from geo.formats import TableError
from geo.plans_import import edited_layer
from geo.recognise import Settled, settle

Kind = Literal["points", "buildings", "boundaries", "network"]
FILLS = 0.3
"""Areas that cover so much of the outline are boundaries, whatever they are called."""
PEOPLE = ("people", "人口", "人口数", "居住人口", "常住人口")
YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
GEOPACKAGE = b"GPKG"
FIRST_ROW = 2
"""The row of a layer's first shape: the header is the first."""
WHY = {
    "are swapped": "gis_swapped",
    "nowhere near": "gis_far",
    "system": "gis_wrong_crs",
    "metres": "gis_wrong_crs",
    "no shapes": "gis_no_shapes",
    "have no shape": "gis_strays",
    "not numbers": "gis_strays",
    "vertices": "gis_too_fine",
}
"""What geo says of a layer's coordinates -> our own words."""


@dataclass(frozen=True)
class Layer:
    """A layer as it was read: what it holds and its system; `shapes` in EPSG:4490, None where one was set aside.

    `inside`: which of them lie in a neighbourhood (by a point on each). `edited`: of boundaries that name their
    neighbourhoods what geo.plans_import takes, None of all else.
    """

    file: str
    name: str
    kind: Kind
    system: str
    shifted: bool
    shapes: NDArray[np.object_]
    inside: NDArray[np.bool_]
    edited: gpd.GeoDataFrame | None = None


@dataclass(frozen=True)
class Ground:
    """The published edition that layers are held against: the outline, and the neighbourhoods by code (EPSG:4490)."""

    outline: shapely.Geometry
    codes: NDArray[np.object_]
    shapes: NDArray[np.object_]

    def neighbourhood_of(self, points: NDArray[np.object_]) -> NDArray[np.object_]:
        """The code of the neighbourhood that each point lies in, None outside of all."""
        found = np.full(len(points), None, dtype=object)
        at, place = shapely.STRtree(self.shapes).query(points, predicate="intersects")
        found[at] = self.codes[place]
        return found

    def outline_of(self, layer: gpd.GeoDataFrame) -> shapely.Geometry:
        """What a layer is compared with: the neighbourhoods whose codes it names, else the whole outline."""
        named = _codes(layer)
        own = np.isin(self.codes, [] if named is None else named.astype(str).to_numpy())
        return shapely.union_all(self.shapes[own]) if own.any() else self.outline


def read_ground(root: Path) -> Ground:
    """The ground of the edition below `root`."""
    layer = gpd.read_parquet(edition_dir(root) / "boundaries.parquet", columns=["code", "level", "geometry"])
    hoods = layer[layer["level"] == "neighbourhood"]
    shapes = hoods.geometry.to_numpy()
    return Ground(shapely.union_all(shapes), hoods["code"].to_numpy(dtype=object), shapes)


def is_layer(start: bytes, path: Path, name: str) -> bool:
    """Whether a file is one of a GIS, by its first bytes; what is inside a ZIP is looked at by `holds_layer`."""
    if start.startswith(b"SQLite format 3"):
        return start[68:72] == GEOPACKAGE
    if start.startswith(b"fgb"):
        return True
    if start.startswith(b"PAR1"):
        return _is_geoparquet(path)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith(b"{") and (b"FeatureCollection" in text or name.lower().endswith(".geojson"))


def _is_geoparquet(path: Path) -> bool:
    try:
        return b"geo" in (pq.read_schema(path).metadata or {})
    except (OSError, ValueError):
        return False


def holds_layer(names: set[str]) -> bool:
    """Whether an archive is a zipped Shapefile."""
    return any(name.lower().endswith(".shp") for name in names)


def read_layers(path: Path, file: str, ground: Ground) -> tuple[list[Sheet], list[Layer]]:
    """The sheets that a GIS file makes, and its layers. Raises FileRefused where none of it can be records or shown.

    A layer of boundaries or of lines makes no sheet.
    """
    sheets, layers = [], []
    for name, frame in _frames(path, file).items():
        kinds = strays(frame, ground.outline)
        fine = kinds == FINE
        if fine.sum() * 2 <= len(frame):
            fine[:] = True  # what is wrong with most of a layer is wrong with the layer
        settled = _settled(frame, fine, kinds, file, ground)
        kind = kind_of_layer(settled.layer, ground)
        if kind != "points" and not fine.all():
            raise _strayed(frame, kinds, file)
        shapes = np.full(len(frame), None, dtype=object)
        shapes[fine] = shapely.make_valid(shapely.force_2d(settled.layer.geometry.to_numpy()))
        hoods = ground.neighbourhood_of(shapely.point_on_surface(shapes))
        inside = np.array([code is not None for code in hoods])
        edited = _edited(settled.layer.set_geometry(shapes), file) if kind == "boundaries" else None
        layers.append(Layer(file, name, kind, settled.system, settled.shifted, shapes, inside, edited))
        if kind == "points":
            sheets.append(_points(frame, shapes, hoods, kinds, file, name))
        elif kind == "buildings":
            sheets.append(_summed(settled.layer, hoods, file, name))
    return sheets, layers


def _edited(layer: gpd.GeoDataFrame, file: str) -> gpd.GeoDataFrame | None:
    """Boundaries with the codes of their neighbourhoods; None where they name none."""
    try:
        return edited_layer(layer, file)
    except TableError:
        return None


def refusal(layers: list[Layer]) -> FileRefused | None:
    """Where boundaries and networks have to go instead; None where a layer holds records."""
    kinds = {each.kind for each in layers}
    if kinds & {"points", "buildings"} or not layers:
        return None
    kind = "boundaries" if "boundaries" in kinds else "network"
    count = sum(len(each.shapes) for each in layers if each.kind == kind)
    return FileRefused(f"gis_{kind}", layers[0].file, count=f"{count:,}")


def _frames(path: Path, file: str) -> dict[str, gpd.GeoDataFrame]:
    try:
        return formats.read_all(path, sound=False)
    except TableError as error:
        raise FileRefused(_kind_of(error), file) from error


def _kind_of(error: TableError) -> str:
    return next((kind for words, kind in WHY.items() if words in error.why), "gis_unreadable")


def _settled(frame: gpd.GeoDataFrame, fine: NDArray[np.bool_], kinds: Kinds, file: str, ground: Ground) -> Settled:
    """The `fine` shapes of a layer in EPSG:4490. Raises FileRefused with any kind of WHY, gis_no_crs or _unreadable.

    `kinds`: what strays says of each shape.
    """
    if frame.crs is None:
        raise FileRefused("gis_no_crs", file)
    sound = frame[fine].reset_index(drop=True)
    try:
        formats.check_sound({file: sound}, file)
        return settle(sound, file, outline=ground.outline_of(sound))
    except TableError as error:
        if (kind := _kind_of(error)) == "gis_strays":
            raise _strayed(frame, kinds, file) from error
        raise FileRefused(kind, file) from error
    except crs.MissingCrsError as error:
        raise FileRefused("gis_no_crs", file) from error


def _strayed(frame: gpd.GeoDataFrame, kinds: Kinds, file: str) -> FileRefused:
    """The refusal of a layer because of single shapes, which it names."""
    return FileRefused("gis_strays", file, count=int((kinds != FINE).sum()), names=named(frame, kinds))


def kind_of_layer(layer: gpd.GeoDataFrame, ground: Ground) -> Kind:
    """What a layer in EPSG:4490 holds: by its codes, its columns and its shapes."""
    dimensions = shapely.get_dimensions(layer.geometry.to_numpy())
    if (dimensions == 1).all():
        return "network"
    if (dimensions == 2).all() and _are_boundaries(layer, ground):
        return "boundaries"
    return "buildings" if any(name in layer.columns for name in HOUSEHOLDS) else "points"


def _are_boundaries(layer: gpd.GeoDataFrame, ground: Ground) -> bool:
    if "block_id" in layer.columns:
        return True
    codes = _codes(layer)
    if codes is not None and bool(codes.astype(str).isin(set(ground.codes)).mean() > 0.5):
        return True
    return float(shapely.area(layer.geometry.to_numpy()).sum()) > FILLS * float(ground.outline.area)


def _codes(layer: gpd.GeoDataFrame) -> pd.Series[Any] | None:
    """The codes of neighbourhoods in a layer that may be boundaries."""
    if (shapely.get_dimensions(layer.geometry.to_numpy()) != 2).any():
        return None
    return next((layer[name] for name in ("code", "CODE", "编码", "代码") if name in layer.columns), None)


def _points(
    frame: gpd.GeoDataFrame,
    shapes: NDArray[np.object_],
    hoods: NDArray[np.object_],
    kinds: Kinds,
    file: str,
    name: str,
) -> Sheet:
    """A header and a row a shape; the rows of shapes that were set aside are marked with why, as a whole."""
    sheet = sheet_of(file, name, _rows(frame, shapes, hoods))
    apart = np.flatnonzero(shapely.is_missing(shapes))
    for place, told in zip(apart, said(frame, apart.tolist()), strict=True):
        sheet.marks[int(place) + FIRST_ROW, WHOLE_ROW] = (f"shape_{kinds[place]}", told)
    return sheet


def _rows(frame: gpd.GeoDataFrame, shapes: NDArray[np.object_], hoods: NDArray[np.object_]) -> Iterator[Row]:
    """A header and a row a shape: where it is, the neighbourhood if the layer does not say it, and its attributes.

    `shapes` in EPSG:4490; of those that are missing there the coordinates stand as they do in the file.
    """
    attributes = [str(name) for name in frame.columns if name != frame.geometry.name]
    known = {simplified(name) for name in attributes}
    says_hood = any(column == "neighbourhood" for head, column in lookup("service_office").items() if head in known)
    header = [column_label("service_office", name, "zh") for name in ("lon", "lat")]
    yield (*header, *(() if says_hood else (column_label("service_office", "neighbourhood", "zh"),)), *attributes)
    spots = shapely.bounds(frame.geometry.to_numpy())[:, :2]
    there = ~shapely.is_missing(shapes)
    spots[there] = shapely.get_coordinates(shapely.point_on_surface(shapes[there])).round(7)
    cells = zip(*(_plain(frame[name]) for name in attributes), strict=True) if attributes else iter([()] * len(frame))
    for spot, hood, values in zip(spots, hoods, cells, strict=True):
        lon, lat = spot.tolist() if np.isfinite(spot).all() else (None, None)
        yield (lon, lat, *(() if says_hood else (hood,)), *values)


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Values as Python has them, None where there are none."""
    return [None if pd.isna(value) else value for value in column.astype(object).tolist()]


def _summed(layer: gpd.GeoDataFrame, hoods: NDArray[np.object_], file: str, name: str) -> Sheet:
    """Buildings added up by neighbourhood and year, as rows of the table of households. Raises gis_no_year."""
    columns = {
        column: found
        for column in ("households", "household_population", "collective_population")
        if (found := _column(layer, column)) is not None
    }
    frame = pd.DataFrame({column: pd.to_numeric(layer[found], errors="coerce") for column, found in columns.items()})
    year, said = _column(layer, "year"), YEAR.search(file)
    if year is None and said is None:
        raise FileRefused("gis_no_year", file)
    frame["year"] = layer[year].to_numpy() if year is not None else int(said[1]) if said else 0
    frame["neighbourhood"] = hoods
    sums = frame.dropna(subset=["neighbourhood"]).groupby(["neighbourhood", "year"], as_index=False).sum()
    order = ["neighbourhood", "year", *columns]
    header = [column_label("household", column, "zh") for column in order]
    rows = [[None if pd.isna(v) else v for v in row] for row in sums[order].astype(object).itertuples(index=False)]
    return sheet_of(file, name, [header, *rows])


def _column(layer: gpd.GeoDataFrame, column: str) -> str | None:
    """The layer's own name of a column of the table of households."""
    more = {"households": HOUSEHOLDS, "household_population": PEOPLE}.get(column, ())
    names = lookup("household")
    for name in map(str, layer.columns):
        if name in more or names.get(simplified(name)) == column:
            return name
    return None
