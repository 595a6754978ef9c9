"""What a user brings: files of any format and system in, outline, network, communities and buildings in metres out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo import crs, formats, recognise
from geo.buildings import Counted, homes
from geo.formats import OSM, TableError
from geo.network_classes import TAGS, Mapping, classify, names_of

AROUND_M = 300.0
"""How far beyond the outline lines are kept while cleaning, so that roads along it keep their neighbours."""
BUILDING_WORDS = ("build", "house", "房", "楼", "建筑", "户")


@dataclass(frozen=True)
class Place:
    """The outline of a place (of several parts: islands, exclaves): in its metric system, and in degrees to compare
    other files with.
    """

    outline: shapely.Geometry
    degrees: shapely.Geometry
    metric: pyproj.CRS


@dataclass
class Reader:
    """How to read a user's files; `notes` collects what was recognised and assumed, in sentences.

    `said`: system of files that name none; `datum`: "GCJ-02", "BD-09", "none", or None to compare with the outline.
    """

    said: str | None = None
    datum: str | None = None
    mapping: Mapping | None = None
    storeys: float | None = None
    notes: list[str] = field(default_factory=list)

    def outline(self, path: Path) -> Place:
        """The area of a file, of one or several parts. Raises TableError where it is none or crosses itself."""
        what = f"The file {path.name}"
        settled = recognise.settle(formats.read(path), what, said=self.said, datum=self.datum)
        metric = crs.metric_of(settled.layer, what)
        shapes = settled.layer.to_crs(metric).geometry.to_numpy()
        if not shapely.is_valid(shapes).all():
            reason = shapely.is_valid_reason(shapes[~shapely.is_valid(shapes)][0])
            raise TableError(what, f"its outline crosses itself ({reason})", "Redraw it there.")
        flat = shapes[shapely.get_dimensions(shapes) == 2]
        area = shapely.union_all(shapely.force_2d(flat))
        if area.area <= 0:
            raise TableError(what, "it holds no area", "Give the outline as a polygon, or several for islands.")
        if area.geom_type == "MultiPolygon":
            self.notes.append(
                f"{what} has {len(area.geoms)} parts; bridges and ferries join them where the network has any."
            )
        return Place(area, shapely.union_all(settled.layer.geometry.to_numpy()), metric)

    def settled(self, layer: gpd.GeoDataFrame, what: str, place: Place) -> gpd.GeoDataFrame:
        """A layer in the metric system of the place, converted from GCJ-02 or BD-09 where it is in that."""
        found = recognise.settle(layer, what, outline=place.degrees, said=self.said, datum=self.datum)
        if found.shifted:
            self.notes.append(f"{what} is in {found.system}; it was converted.")
        return found.layer.to_crs(place.metric)

    def network(self, paths: Sequence[Path], place: Place) -> gpd.GeoDataFrame:
        """Lines and water areas of one or more files around the outline, with their classes (see network_classes)."""
        found = [self._lines(path, place) for path in paths]
        lines = gpd.GeoDataFrame(pd.concat(found, ignore_index=True), geometry="geometry", crs=place.metric)
        around = place.outline.buffer(AROUND_M)
        lines = lines[shapely.intersects(lines.geometry.to_numpy(), around)]
        shapes = shapely.make_valid(lines.geometry.to_numpy())
        links = (lines["bridge"] | (lines["class"] == "ferry")).to_numpy(dtype=bool)  # whole, to the other shore
        lines = lines.set_geometry(np.where(links, shapes, shapely.intersection(shapes, around)), crs=lines.crs)
        lines = lines.explode(ignore_index=True)
        keep = lines.geom_type.isin(["LineString", "Polygon"]) & ~lines.geometry.is_empty
        if not shapely.intersects(lines.geometry.to_numpy()[keep.to_numpy()], place.outline).any():
            raise TableError(
                "The network",
                "none of its lines is inside the outline",
                "Check that both are of one place and their CRS is right.",
            )
        return lines[keep].reset_index(drop=True)

    def _lines(self, path: Path, place: Place) -> gpd.GeoDataFrame:
        what = f"The file {path.name}"
        layers = formats.read_all(path, bounds=bounds_around(path, place))
        chosen = [layer for layer in layers.values() if len(layers) == 1 or has_classes(layer, self.mapping)]
        classified = []
        for layer in chosen or list(layers.values()):
            if self.mapping is not None and self.mapping.column not in layer.columns and len(layers) > 1:
                continue
            classified.append(classify(self.settled(layer, what, place), what, self.mapping))
        if not classified or not sum(map(len, classified)):
            raise TableError(
                what, "nothing in it is a road, a railway, water or a wall", "Give a mapping of its classes."
            )
        return gpd.GeoDataFrame(pd.concat(classified, ignore_index=True), geometry="geometry", crs=place.metric)

    def communities(self, path: Path, place: Place) -> gpd.GeoDataFrame:
        """Communities (code, geometry)."""
        return self.settled(formats.read(path), f"The file {path.name}", place)

    def areas(self, path: Path, place: Place) -> gpd.GeoDataFrame:
        """Compounds or landmarks, each with a label: its name, else its number in the file. Points stay points."""
        layer = self.settled(formats.read(path), f"The file {path.name}", place)
        number = pd.Series([f"{path.stem}-{i + 1}" for i in range(len(layer))], index=layer.index, dtype="object")
        names = names_of(layer, None)
        # Two compounds of one name are two.
        label = names.where(names.notna() & ~names.duplicated(keep=False), number)
        shapes = shapely.make_valid(shapely.force_2d(layer.geometry.to_numpy()))
        return gpd.GeoDataFrame({"label": label.to_numpy()}, geometry=shapes, crs=layer.crs)

    def buildings(self, path: Path, place: Place) -> gpd.GeoDataFrame:
        """Buildings with their households; what was assumed goes to the notes."""
        what = f"The file {path.name}"
        layer = building_layer(formats.read_all(path, bounds=bounds_around(path, place)), what)
        counted: Counted = homes(self.settled(layer, what, place), what, self.storeys)
        self.notes += counted.notes
        return counted.buildings


def bounds_around(path: Path, place: Place) -> tuple[float, float, float, float] | None:
    """Degrees around the outline, for the files of OpenStreetMap, which may hold a whole country."""
    if path.suffix.lower() not in OSM:
        return None
    west, south, east, north = place.degrees.bounds
    return west - 0.02, south - 0.02, east + 0.02, north + 0.02


def has_classes(layer: gpd.GeoDataFrame, mapping: Mapping | None) -> bool:
    """Whether one of several layers of a file tells classes, or is of lines."""
    tells = {key for key, _ in TAGS} | {"class", "natural", "water"} | ({mapping.column} if mapping else set())
    return bool(tells & set(layer.columns)) or bool((shapely.get_dimensions(layer.geometry.to_numpy()) == 1).all())


def building_layer(layers: dict[str, gpd.GeoDataFrame], what: str) -> gpd.GeoDataFrame:
    """The layer of buildings among those of a file, by its column `building` or by its name."""
    if len(layers) == 1:
        return next(iter(layers.values()))
    tagged = [layer for layer in layers.values() if "building" in layer.columns]
    named = [layer for name, layer in layers.items() if any(word in name.lower() for word in BUILDING_WORDS)]
    chosen = tagged or named
    if len(chosen) != 1:
        raise TableError(
            what, f"it holds several layers ({', '.join(layers)})", "Name the one of buildings, as FILE#LAYER."
        )
    return chosen[0]


def place_of(blocks: gpd.GeoDataFrame) -> Place:
    """The place that blocks in metres cover."""
    area = shapely.union_all(blocks.geometry.to_numpy())
    return Place(area, gpd.GeoSeries([area], crs=blocks.crs).to_crs(crs.STORED).iloc[0], blocks.crs)
