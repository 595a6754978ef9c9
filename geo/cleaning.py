"""Making a drawn network fit to cut with: each change is small, listed with its shape, and can be undone by its id."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import medians
from geo.blocks import GRID
from geo.centrelines import carried_to_bank, centreline
from geo.cleaning_report import CleaningReport
from geo.medians import ROADS

Geometries = NDArray[np.object_]
FIELDS = ("class", "name", "bridge", "tunnel", "roundabout", "oneway", "cuts")
WATER = ("river", "canal", "moat", "stream")


@dataclass(frozen=True)
class Options:
    """How far cleaning may go: gaps joined, strips between carriageways, bridges' approaches, roundabouts' islands."""

    join_m: float = 4.0
    strip_m: float = 30.0
    island_m2: float = 4000.0
    approach_m: float = 60.0


@dataclass
class Log:
    """Collects changes; tells whether one is to be left undone."""

    undo: frozenset[str]
    rows: list[dict[str, object]]

    def add(self, change: str, shape: shapely.Geometry, row: pd.Series | None) -> bool:
        """Note a change and return whether to make it."""
        key = change_id(change, shape)
        named = {"class": row["class"], "name": row["name"]} if row is not None else {"class": None, "name": None}
        self.rows.append({"change_id": key, "change": change, **named, "undone": key in self.undo, "geometry": shape})
        return key not in self.undo


def change_id(change: str, shape: shapely.Geometry) -> str:
    """Short id of a change: the same for the same change at the same place (to 0.1 m), in whatever order lines come."""
    rough = shapely.normalize(shapely.transform(shape, lambda xy: np.round(xy, 1)))
    return hashlib.sha256(change.encode() + shapely.to_wkb(rough)).hexdigest()[:8]


def clean(
    lines: gpd.GeoDataFrame,
    options: Options | None = None,
    undo: Collection[str] = (),
    border: shapely.Geometry | None = None,
) -> tuple[gpd.GeoDataFrame, CleaningReport]:
    """Clean a network in metres (columns as `geo.network_classes.classify` gives them); rivers may be polygons.

    In this order: duplicates go; tunnels and flyovers stop cutting (their approaches still do, and bridges stay as
    links between banks); rivers drawn as areas become banks and a centreline; ends within 4 m of a line, or of `border`
    from inside, are joined to it; dual carriageways and roundabouts become one line. `undo`: ids of changes to leave
    out (`report.require(undo)` tells whether all exist). Returns lines in an order of their own, so that the order
    given does not matter.
    """
    options = options or Options()
    log = Log(frozenset(undo), [])
    lines = without_duplicates(lines, log)
    lines = spans(lines, options.approach_m, log)
    lines = rivers(lines, log)
    lines = joined_ends(lines, options.join_m, log, border)
    lines = single_lines(lines, options, log)
    report = CleaningReport.of(log.rows, lines.crs)
    return lines.reset_index(drop=True), report


def in_order(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The lines with a direction and an order that depend only on their shapes and attributes."""
    lines = lines.set_geometry(shapely.normalize(lines.geometry.to_numpy()), crs=lines.crs)
    keys = pd.DataFrame({name: lines[name].astype(str) for name in FIELDS})
    keys["shape"] = shapely.to_wkb(lines.geometry.to_numpy(), hex=True)
    return lines.loc[keys.sort_values([*keys.columns]).index].reset_index(drop=True)


def without_duplicates(lines: gpd.GeoDataFrame, log: Log) -> gpd.GeoDataFrame:
    """Each line once; of equal shapes the one with a name, then the stronger class."""
    lines = in_order(lines)
    strength = lines["class"].map({name: i for i, name in enumerate(("river", "canal", "rail", *ROADS))}).fillna(9)
    shape = pd.Series(shapely.to_wkb(lines.geometry.to_numpy(), hex=True), index=lines.index)
    best = pd.DataFrame({"shape": shape, "unnamed": lines["name"].isna(), "rank": strength})
    doubled = best.sort_values(["shape", "rank", "unnamed"], kind="stable").duplicated("shape").sort_index()
    made = [i for i in lines.index[doubled] if log.add("duplicate", lines.geometry[i], lines.loc[i])]
    return lines.drop(index=made).reset_index(drop=True)


def spans(lines: gpd.GeoDataFrame, approach_m: float, log: Log) -> gpd.GeoDataFrame:
    """Take the cut out of tunnels and bridges, piece by piece between the lines they cross.

    A short piece next to where the road returns to the ground goes on cutting: without it, the blocks on both sides of
    the road would run together beside the bridge. So does a bridge up to the middle of a river drawn as a line, and one
    that crosses nothing.
    """
    lines = lines.assign(cuts=lines["cuts"].astype(bool))
    flying = (lines["bridge"] | lines["tunnel"]).to_numpy(dtype=bool) & lines["cuts"].to_numpy()
    if not flying.any():
        return lines
    shapes = lines.geometry.to_numpy()
    ground = shapes[~flying & lines["cuts"].to_numpy()]
    streams = shapes[lines["class"].isin(WATER).to_numpy() & ~flying]
    tree, water = shapely.STRtree(ground), shapely.STRtree(streams)
    rows = [lines[~flying]]
    for chain in chains_of(lines[flying]):
        below = ground[tree.query(chain.geometry.iloc[0], predicate="intersects")]
        wet = streams[water.query(chain.geometry.iloc[0], predicate="intersects")]
        rows.append(cut_span(chain, below, wet, approach_m, log))
    return gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), geometry="geometry", crs=lines.crs)


def chains_of(flying: gpd.GeoDataFrame) -> list[gpd.GeoDataFrame]:
    """One row per bridge or tunnel, its consecutive lines joined."""
    groups = flying.fillna({"name": ""}).groupby(["class", "name", "bridge", "tunnel"], sort=True)
    found = []
    for _, rows in groups:
        merged = shapely.line_merge(shapely.multilinestrings(rows.geometry.to_numpy()))
        for part in shapely.get_parts(merged):
            first = flying.loc[[rows.index[0]]]
            found.append(first.set_geometry([part], crs=flying.crs))
    return found


def cut_span(
    chain: gpd.GeoDataFrame, below: Geometries, wet: Geometries, approach_m: float, log: Log
) -> gpd.GeoDataFrame:
    """The pieces of one bridge or tunnel with `cuts` told for each; pieces of a tunnel that do not cut are left out."""
    line = chain.geometry.iloc[0]
    flat = np.where(shapely.get_dimensions(below) == 2, shapely.boundary(below), below)
    crossed = shapely.union_all(flat)
    parts = shapely.get_parts(shapely.difference(line, shapely.buffer(shapely.intersection(line, crossed), GRID / 100)))
    parts = parts[shapely.length(parts) > GRID] if len(parts) else parts
    tips = (shapely.get_point(line, 0), shapely.get_point(line, -1))
    at_tip = np.array([any(shapely.dwithin(part, tip, GRID) for tip in tips) for part in parts], dtype=bool)
    area = shapely.get_dimensions(wet) == 2
    over = shapely.covers(shapely.buffer(shapely.union_all(wet[area]), GRID), parts) & bool(area.any())
    to_middle = shapely.dwithin(shapely.union_all(wet[~area]), parts, GRID) & bool((~area).any())
    short = (shapely.length(parts) <= approach_m) | to_middle | (len(parts) == 1)
    keeps = at_tip & ~over & short
    kind = "tunnel" if bool(chain["tunnel"].iloc[0]) else "bridge"
    cuts = [bool(keep) or not log.add(kind, part, chain.iloc[0]) for part, keep in zip(parts, keeps, strict=True)]
    rows = chain.loc[[chain.index[0]] * len(parts)].set_geometry(parts, crs=chain.crs).assign(cuts=cuts)
    if kind == "tunnel":
        return rows[rows["cuts"]]
    return rows


def rivers(lines: gpd.GeoDataFrame, log: Log) -> gpd.GeoDataFrame:
    """Replace each area of running water by its banks and a line along its middle, the drawn one where there is one."""
    area = shapely.get_dimensions(lines.geometry.to_numpy()) == 2
    if not area.any():
        return lines
    drawn = lines[~area & lines["class"].isin(WATER)]
    polygons = lines[area]
    whole = shapely.get_parts(shapely.union_all(shapely.make_valid(polygons.geometry.to_numpy())))
    rows = [lines[~area]]
    for shape in whole[shapely.get_dimensions(whole) == 2]:
        of = polygons[shapely.intersects(polygons.geometry.to_numpy(), shapely.point_on_surface(shape).buffer(GRID))]
        source = (of if len(of) else polygons[shapely.intersects(polygons.geometry.to_numpy(), shape)]).iloc[[0]]
        rows.append(river_rows(shape, source, polygons, drawn, log))
    return gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), geometry="geometry", crs=lines.crs)


def river_rows(
    shape: shapely.Polygon, source: gpd.GeoDataFrame, polygons: gpd.GeoDataFrame, drawn: gpd.GeoDataFrame, log: Log
) -> gpd.GeoDataFrame:
    """Banks and middle of one area of water. Banks have no name: the middle is what parts two sides."""
    inside = drawn[shapely.intersects(drawn.geometry.to_numpy(), shape)]
    within = float(shapely.length(shapely.intersection(inside.geometry.to_numpy(), shape)).sum())
    rings = shapely.get_rings(shape)
    banks = source.loc[[source.index[0]] * len(rings)].set_geometry(
        np.array([shapely.LineString(shapely.get_coordinates(ring)) for ring in rings], dtype=object), crs=source.crs
    )
    banks = banks.assign(**{"class": "bank", "name": None})
    middle = centreline(shape)
    if not len(middle) or within >= 0.6 * float(shapely.length(middle).sum()):
        return banks
    chains = carried_to_bank(middle, shape)
    if not log.add("river", shapely.multilinestrings(chains), source.iloc[0]):
        return banks
    touching = polygons[shapely.intersects(polygons.geometry.to_numpy(), shape)]["name"].dropna()
    name = touching.iloc[0] if len(touching) else None
    lines = source.loc[[source.index[0]] * len(chains)].set_geometry(chains, crs=source.crs).assign(name=name)
    return gpd.GeoDataFrame(pd.concat([banks, lines], ignore_index=True), geometry="geometry", crs=source.crs)


def joined_ends(
    lines: gpd.GeoDataFrame, join_m: float, log: Log, border: shapely.Geometry | None = None
) -> gpd.GeoDataFrame:
    """Carry each free end within `join_m` of another line, or inside of the border, onto it; other ends stay."""
    shapes = lines.geometry.to_numpy().copy()
    cuts = lines["cuts"].to_numpy(dtype=bool)
    rows = np.flatnonzero(cuts & ~shapely.is_closed(shapes))
    targets = shapes[cuts]
    owner = np.flatnonzero(cuts)
    if border is not None:
        shapely.prepare(border)
        targets, owner = np.append(targets, border.boundary), np.append(owner, -1)
    for at in (0, -1):
        ends = shapely.get_point(lines.geometry.to_numpy()[rows], at)
        inside = np.ones(len(ends), dtype=bool) if border is None else shapely.covers(border, ends)
        for row, link in nearest_links(ends[inside], rows[inside], targets, owner, join_m):
            if log.add("joined end", link, lines.iloc[row]):
                xy, target = shapely.get_coordinates(shapes[row]), shapely.get_coordinates(link)[1]
                shapes[row] = shapely.LineString(np.vstack([[target], xy] if at == 0 else [xy, [target]]))
    return lines.set_geometry(shapes, crs=lines.crs)


def nearest_links(
    ends: Geometries, rows: NDArray[np.int64], targets: Geometries, owner: NDArray[np.int64], join_m: float
) -> list[tuple[int, shapely.LineString]]:
    """(row, straight link from its end to the nearest other target) for ends that touch none but have one near."""
    end, line = shapely.STRtree(targets).query(ends, predicate="dwithin", distance=join_m)
    other = owner[line] != rows[end]
    end, line = end[other], line[other]
    distance = shapely.distance(ends[end], targets[line])
    order = np.lexsort((line, distance, end))
    first = order[np.unique(end[order], return_index=True)[1]]
    first = first[distance[first] > GRID / 2]
    links = shapely.shortest_line(ends[end[first]], targets[line[first]])
    return [(int(rows[e]), link) for e, link in zip(end[first], links, strict=True)]


def single_lines(lines: gpd.GeoDataFrame, options: Options, log: Log) -> gpd.GeoDataFrame:
    """Collapse dual carriageways and roundabouts."""
    pieces = medians.pieces_of(lines, options.strip_m)
    found = medians.islands(lines, pieces, options.strip_m, options.island_m2)
    return medians.collapse(lines, pieces, [island for island in found if log.add(island.kind, island.area, None)])


def with_slivers(
    report: CleaningReport, slivers: Geometries, undo: Collection[str]
) -> tuple[CleaningReport, Geometries]:
    """The report with the slivers that a neighbouring block absorbs added to it, and the slivers to spare."""
    log = Log(frozenset(undo), [])
    spared = [shape for shape in slivers if not log.add("sliver", shape, None)]
    more = CleaningReport.of(log.rows, report.changes.crs)
    both = [frame for frame in (report.changes, more.changes) if len(frame)]
    if both:
        changes = gpd.GeoDataFrame(pd.concat(both, ignore_index=True), geometry="geometry", crs=report.changes.crs)
        report = replace(report, changes=changes)
    return report, np.array(spared, dtype=object)
