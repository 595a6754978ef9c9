"""From network files to blocks: classes read from the files, faces cut, communities and buildings laid on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import blocks as cutting
from geo import crs, tables
from geo.commands import count_buildings
from geo.network import clip_to_outline

# OpenStreetMap tags -> classes of our network; what is not listed (footways, steps, power lines) cuts nothing.
HIGHWAYS = {
    **dict.fromkeys(("motorway", "trunk", "primary"), "arterial"),
    **dict.fromkeys(("secondary", "tertiary"), "secondary"),
    **dict.fromkeys(("residential", "unclassified", "living_street", "road"), "minor"),
    **dict.fromkeys(("service", "track", "pedestrian"), "lane"),
}
WATERWAYS = {"river": "river", "canal": "canal", "stream": "stream", "ditch": "stream", "drain": "stream"}
RAILWAYS = dict.fromkeys(("rail", "light_rail", "subway", "tram"), "rail")
WALLS = dict.fromkeys(("wall", "fence", "city_wall"), "wall")
TAGS = (("highway", HIGHWAYS), ("waterway", WATERWAYS), ("railway", RAILWAYS), ("barrier", WALLS))
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
    "outline",
)
SPLIT_ABOVE = 150
"""Blocks with more households than this (half of the urban target) are split between their buildings."""


@dataclass(frozen=True)
class Cut:
    """Blocks and edges as in `geo.blocks`, and the block ids that lie less than 90 % in their community."""

    blocks: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    straddling: list[int]


def cut_files(network: Sequence[Path], outline: Path, communities: Path | None, buildings: Path | None) -> Cut:
    """Cut the outline into blocks along the lines of one or more network files. Raises TableError with a sentence."""
    area = shapely.union_all(tables.read_layer(outline).geometry.to_numpy())
    if area.geom_type != "Polygon" or area.area <= 0:
        raise tables.TableError(f"The file {outline.name}", "it is not one polygon", "Give the outline of one area.")
    layers = [read_network(path) for path in network]
    lines = gpd.GeoDataFrame(pd.concat(layers, ignore_index=True), crs=crs.METRIC)
    lines = clip_to_outline(lines, area)
    if lines.empty:
        raise tables.TableError(
            "The network",
            "none of its lines is inside the outline",
            "Check that both are of one place and their CRS is right.",
        )
    lines["line_id"] = np.arange(len(lines))
    houses = None if buildings is None else tables.read_layer(buildings)
    return cut_lines(lines, area, None if communities is None else tables.read_layer(communities), houses)


def read_network(path: Path) -> gpd.GeoDataFrame:
    """Lines of one file with class, name and bridge: from columns of that name, else from OpenStreetMap's tags."""
    layer = tables.read_layer(path)
    layer = layer.explode(ignore_index=True)
    polygons = layer.geom_type == "Polygon"
    layer.loc[polygons, "geometry"] = layer.loc[polygons].geometry.boundary
    layer = layer.explode(ignore_index=True)
    layer = layer[layer.geom_type == "LineString"].reset_index(drop=True)
    tunnel = (
        layer["tunnel"].isin(["yes", "true", "1"]) if "tunnel" in layer.columns else pd.Series(False, index=layer.index)
    )
    layer = layer.assign(**{"class": line_classes(layer)})[~tunnel]
    layer = layer[layer["class"].notna()]
    name = layer["name"] if "name" in layer.columns else pd.Series(None, index=layer.index, dtype="object")
    bridge = layer["bridge"].astype(str).str.lower() if "bridge" in layer.columns else pd.Series("", index=layer.index)
    columns = {"class": layer["class"], "name": name, "bridge": ~bridge.isin(["", "no", "false", "0", "nan", "none"])}
    return gpd.GeoDataFrame(columns, geometry=layer.geometry, crs=layer.crs).reset_index(drop=True)


def line_classes(layer: gpd.GeoDataFrame) -> pd.Series:
    """Class of each line (None: it cuts nothing); lines of a file without any known column are minor streets."""
    if "class" in layer.columns and layer["class"].isin(CLASSES).any():
        given: pd.Series = layer["class"].where(layer["class"].isin(CLASSES), None)
        return given
    present = [(tag, classes) for tag, classes in TAGS if tag in layer.columns]
    if not present:
        return pd.Series("minor", index=layer.index)
    found = pd.Series(None, index=layer.index, dtype="object")
    for tag, classes in present:
        found = found.where(found.notna(), layer[tag].map(classes))
    return found


def cut_lines(
    lines: gpd.GeoDataFrame,
    outline: shapely.Polygon,
    communities: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
) -> Cut:
    """Cut an outline along lines, split blocks with many households between their buildings, lay communities on."""
    shapes = cutting.in_reading_order(cutting.absorb_slivers(cutting.faces(lines.geometry.to_numpy(), outline)))
    if buildings is not None:
        extra = splits(shapes, buildings)
        if extra:
            every = np.concatenate([lines.geometry.to_numpy(), np.array(extra, dtype=object)])
            shapes = cutting.in_reading_order(cutting.absorb_slivers(cutting.faces(every, outline)))
    cutting.check_coverage(shapes, outline)
    blocks = gpd.GeoDataFrame({"block_id": np.arange(len(shapes))}, geometry=shapes, crs=crs.METRIC)
    straddling: list[int] = []
    if communities is not None:
        straddling = lay_communities(blocks, communities)
    if buildings is not None:
        counts = count_buildings(blocks, buildings)
        blocks["households"], blocks["buildings"] = counts["households"], counts["buildings"]
    return Cut(blocks, cutting.block_edges(shapes, lines), straddling)


def splits(shapes: cutting.Geometries, buildings: gpd.GeoDataFrame) -> list[shapely.LineString]:
    """Lines between the buildings of the blocks that hold too many households for one."""
    blocks = gpd.GeoDataFrame(geometry=shapes, crs=crs.METRIC)
    heavy = count_buildings(blocks, buildings).query("households > @SPLIT_ABOVE and buildings > 1").index.to_numpy()
    points = shapely.point_on_surface(buildings.geometry.to_numpy())
    point, row = shapely.STRtree(shapes[heavy]).query(points, predicate="within")
    found: list[shapely.LineString] = []
    for i in np.unique(row):
        found += cutting.splitting_lines(shapes[heavy[i]], shapely.get_coordinates(points[point[row == i]]))
    return found


def lay_communities(blocks: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> list[int]:
    """Give every block the community (code) that has most of its area; the ids of those with less than 90 % there."""
    tables.require("The communities", communities, ("code",))
    shapes = blocks.geometry.to_numpy()
    polygons = shapely.make_valid(communities.geometry.to_numpy())
    block, community = shapely.STRtree(polygons).query(shapes, predicate="intersects")
    shared = pd.DataFrame({"block": block, "code": communities["code"].astype(str).to_numpy()[community]})
    shared["area"] = shapely.area(shapely.intersection(shapes[block], polygons[community]))
    best = shared.sort_values(["block", "area", "code"]).groupby("block").last().reindex(range(len(blocks)))
    nearest = shapely.STRtree(polygons).nearest(shapes)
    blocks["community"] = best["code"].fillna(pd.Series(communities["code"].astype(str).to_numpy()[nearest])).to_numpy()
    part = best["area"].fillna(0.0).to_numpy() / shapely.area(shapes)
    return [int(i) for i in np.flatnonzero(part < 0.9)]
