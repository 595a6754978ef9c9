"""From files to blocks: the network read and cleaned, faces cut, communities and buildings laid on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
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
from geo.links import with_links
from geo.network import clip_to_outline

KINDS = ("urban", "rural", "resettlement")
SPLIT_ABOVE = 150
"""Blocks with more households than this (half of the urban target) are split between their buildings."""


@dataclass(frozen=True)
class Cut:
    """Blocks and edges as in `geo.blocks`, the block ids that lie less than 90 % in their community, what was cleaned.

    `lines`: the network as it was cut, cleaned and clipped. `outline`: what the blocks fill.
    """

    blocks: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    straddling: list[int]
    lines: gpd.GeoDataFrame
    cleaning: CleaningReport
    outline: shapely.Geometry


def cut_files(
    network: Sequence[Path],
    outline: Path,
    communities: Path | None = None,
    buildings: Path | None = None,
    *,
    compounds: Path | None = None,
    landmarks: Path | None = None,
    village_groups: Path | None = None,
    reader: Reader | None = None,
    undo: Collection[str] = (),
) -> Cut:
    """Cut the outline into blocks along the lines of one or more network files, in the metric system of the place.

    Without communities all blocks are of one. The walls of compounds cut too; blocks that lie mostly in a compound or
    village group, or hold part of a landmark, say so in a column of that name, so that zoning keeps them whole. Bridges
    and ferries over water outside of the outline make contact too (see `geo.links`). `undo`: ids of changes that
    cleaning shall leave out. Raises TableError, UnknownChangeError with a sentence.
    """
    reader = reader or Reader()
    place = reader.outline(outline)
    drawn = reader.network(network, place)
    estates = None if compounds is None else reader.areas(compounds, place)
    marks = None if landmarks is None else reader.areas(landmarks, place)
    groups = None if village_groups is None else reader.areas(village_groups, place)
    if estates is not None:
        drawn = pd.concat([drawn, walls(estates)], ignore_index=True)
    homes = None if buildings is None else reader.buildings(buildings, place)
    areas = None if communities is None else reader.communities(communities, place)
    cleaned, report = clean(drawn, undo=undo, border=place.outline)
    ground = cleaned[cleaned["class"] != "ferry"]
    lines = clip_to_outline(ground, place.outline, shortest_m=cutting.GRID)
    lines["line_id"] = np.arange(len(lines))
    result = cut_lines(lines, place.outline, areas, homes, report.within(place.outline), undo)
    for column, labelled in (("compound", estates), ("landmark", marks), ("village_group", groups)):
        if labelled is not None:
            result.blocks[column] = labels(result.blocks, labelled, whole=column != "landmark")
    return replace(result, edges=with_links(result.edges, result.blocks, cleaned, place.outline))


def walls(compounds: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The borders of compounds as lines of a network."""
    around = shapely.get_parts(shapely.boundary(compounds.geometry.to_numpy()))
    table = {"class": "wall", "name": None, "cuts": True}
    flags = dict.fromkeys(("bridge", "tunnel", "roundabout", "oneway"), False)
    return gpd.GeoDataFrame({**table, **flags}, index=range(len(around)), geometry=around, crs=compounds.crs)


def labels(blocks: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, whole: bool) -> pd.Series:
    """Label of the area that each block lies in: with `whole` by more than half of the block, else touched at all."""
    shapes = blocks.geometry.to_numpy()
    block, area = shapely.STRtree(areas.geometry.to_numpy()).query(shapes, predicate="intersects")
    shared = shapely.intersection(shapes[block], areas.geometry.to_numpy()[area])
    size = shapely.area(shared)
    # A landmark may be a point; touching a block along its border only is not being in it.
    inside = size > 0.5 * shapely.area(shapes)[block] if whole else (size > 1.0) | (shapely.get_dimensions(shared) == 0)
    table = pd.DataFrame({"block": block, "area": area, "size": size})[inside]
    best = table.sort_values(["block", "size", "area"]).groupby("block")["area"].last()
    label = pd.Series(None, index=blocks.index, dtype="object")
    label.iloc[best.index.to_numpy()] = areas["label"].to_numpy()[best.to_numpy()]
    return label


def cut_lines(
    lines: gpd.GeoDataFrame,
    outline: shapely.Geometry,
    communities: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    report: CleaningReport,
    undo: Collection[str] = (),
) -> Cut:
    """Cut an outline along lines, split blocks with many households between their buildings, lay communities on."""
    cutters = lines.geometry.to_numpy()[lines["cuts"].to_numpy(dtype=bool)]
    shapes = cutting.faces(cutters, outline)
    if len(shapes) <= len(shapely.get_parts(outline)):
        raise tables.TableError(
            "The network",
            f"its {len(cutters)} lines enclose nothing inside the outline, so nothing of it is divided",
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
    return Cut(blocks, cutting.block_edges(shapes, lines), straddling, lines, report, outline)


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
    """Give every block the community (code, and kind if told) of most of its area; ids of those under 90 % in it."""
    tables.require("The communities", communities, ("code",))
    shapes = blocks.geometry.to_numpy()
    polygons = shapely.make_valid(communities.geometry.to_numpy())
    block, community = shapely.STRtree(polygons).query(shapes, predicate="intersects")
    shared = pd.DataFrame({"block": block, "code": communities["code"].astype(str).to_numpy()[community]})
    shared["area"] = shapely.area(shapely.intersection(shapes[block], polygons[community]))
    best = shared.sort_values(["block", "area", "code"]).groupby("block").last().reindex(range(len(blocks)))
    nearest = shapely.STRtree(polygons).nearest(shapes)
    blocks["community"] = best["code"].fillna(pd.Series(communities["code"].astype(str).to_numpy()[nearest])).to_numpy()
    if "kind" in communities.columns:
        kinds = (
            communities.assign(code=communities["code"].astype(str)).drop_duplicates("code").set_index("code")["kind"]
        )
        blocks["kind"] = blocks["community"].map(kinds.where(kinds.isin(KINDS))).fillna("urban")
    part = best["area"].fillna(0.0).to_numpy() / shapely.area(shapes)
    return [int(i) for i in np.flatnonzero(part < 0.9)]
