"""From files to blocks: the network read and cleaned, faces cut, communities and buildings laid on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import blocks as cutting
from geo import tables
from geo.buildings import count_buildings
from geo.cleaning import clean, with_slivers
from geo.cleaning_report import CleaningReport
from geo.commands import ONE_COMMUNITY
from geo.intake import Reader
from geo.network import clip_to_outline

SPLIT_ABOVE = 150
"""Blocks with more households than this (half of the urban target) are split between their buildings."""


@dataclass(frozen=True)
class Cut:
    """Blocks and edges as in `geo.blocks`, the block ids that lie less than 90 % in their community, what was cleaned.

    `lines`: the network as it was cut, cleaned and clipped.
    """

    blocks: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    straddling: list[int]
    lines: gpd.GeoDataFrame
    cleaning: CleaningReport


def cut_files(
    network: Sequence[Path],
    outline: Path,
    communities: Path | None = None,
    buildings: Path | None = None,
    *,
    reader: Reader | None = None,
    undo: Collection[str] = (),
) -> Cut:
    """Cut the outline into blocks along the lines of one or more network files, in the metric system of the place.

    Without communities all blocks are of one. `undo`: ids of changes that cleaning shall leave out. Raises TableError,
    UnknownChangeError with a sentence.
    """
    reader = reader or Reader()
    place = reader.outline(outline)
    drawn = reader.network(network, place)
    homes = None if buildings is None else reader.buildings(buildings, place)
    areas = None if communities is None else reader.communities(communities, place)
    lines, report = clean(drawn, undo=undo)
    lines = clip_to_outline(lines, place.outline, shortest_m=cutting.GRID)
    lines["line_id"] = np.arange(len(lines))
    return cut_lines(lines, place.outline, areas, homes, report.within(place.outline), undo)


def cut_lines(
    lines: gpd.GeoDataFrame,
    outline: shapely.Polygon,
    communities: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    report: CleaningReport,
    undo: Collection[str] = (),
) -> Cut:
    """Cut an outline along lines, split blocks with many households between their buildings, lay communities on."""
    cutters = lines.geometry.to_numpy()[lines["cuts"].to_numpy(dtype=bool)]
    shapes = cutting.faces(cutters, outline)
    if len(shapes) == 1:
        raise tables.TableError(
            "The network",
            f"its {len(cutters)} lines enclose nothing inside the outline, so all of it stays one block",
            "Check that they meet each other and the outline; gaps above 4 m stay open.",
        )
    report, spared = with_slivers(report, shapes[cutting.slivers(shapes)], undo)
    report.require(undo)
    shapes = cutting.absorb_slivers(shapes, spared=spared)
    if buildings is not None:
        extra = splits(shapes, buildings)
        if extra:
            every = np.concatenate([cutters, np.array(extra, dtype=object)])
            shapes = cutting.absorb_slivers(cutting.faces(every, outline), spared=spared)
    cutting.check_coverage(shapes, outline)
    blocks = gpd.GeoDataFrame({"block_id": np.arange(len(shapes))}, geometry=shapes, crs=lines.crs)
    blocks["community"] = ONE_COMMUNITY
    straddling: list[int] = []
    if communities is not None:
        straddling = lay_communities(blocks, communities)
    if buildings is not None:
        counts = count_buildings(blocks, buildings)
        blocks["households"], blocks["buildings"] = counts["households"], counts["buildings"]
    return Cut(blocks, cutting.block_edges(shapes, lines), straddling, lines, report)


def splits(shapes: cutting.Geometries, buildings: gpd.GeoDataFrame) -> list[shapely.LineString]:
    """Lines between the buildings of the blocks that hold too many households for one."""
    blocks = gpd.GeoDataFrame(geometry=shapes)
    heavy = count_buildings(blocks, buildings).query("households > @SPLIT_ABOVE and buildings > 1").index.to_numpy()
    points = shapely.point_on_surface(shapely.make_valid(buildings.geometry.to_numpy()))
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
