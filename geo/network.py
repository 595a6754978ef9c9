"""Named lines in: reading the reference network, clipping it, joining and carrying its ends, marking bridges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.ops
from numpy.typing import NDArray

from geo import crs

WATER = ("river", "canal", "moat", "bank", "stream")
LINE_COLUMNS = ["line_id", "kind", "class", "name", "name_en", "simulated", "bridge", "width_m", "geometry"]


class NetworkFileError(ValueError):
    """Raised when a network file cannot be used."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The network file {path.name} cannot be used: {why}. Restore it or name another file.")
        self.path = path
        self.why = why


@dataclass(frozen=True)
class Reference:
    """The district as drawn by hand, EPSG:4549.

    `lines`: kind, class, name, name_en, width_m. `centres`: code. `landmarks`: name, name_en. All with geometry.
    """

    outline: shapely.Polygon
    lines: gpd.GeoDataFrame
    centres: gpd.GeoDataFrame
    landmarks: gpd.GeoDataFrame


def read_reference(path: Path) -> Reference:
    """Read a reference network (GeoJSON with `kind` outline, road, water, centre, landmark) into EPSG:4549.

    Raises NetworkFileError when the file is missing, unreadable or has no outline.
    """
    try:
        features = crs.to_metric(gpd.read_file(path), path.name)
    except (OSError, RuntimeError) as error:
        raise NetworkFileError(path, "it is missing or not a readable map layer") from error
    outlines = features[features["kind"] == "outline"].geometry
    if len(outlines) != 1:
        raise NetworkFileError(path, f"it has {len(outlines)} outlines and needs exactly one")
    return Reference(
        outline=outlines.iloc[0],
        lines=_of_kind(features, ["road", "water"], ["kind", "class", "name", "name_en", "width_m"]),
        centres=_of_kind(features, ["centre"], ["code"]),
        landmarks=_of_kind(features, ["landmark"], ["name", "name_en"]),
    )


def _of_kind(features: gpd.GeoDataFrame, kinds: list[str], columns: list[str]) -> gpd.GeoDataFrame:
    chosen = features.loc[features["kind"].isin(kinds), [*columns, "geometry"]]
    return chosen.reset_index(drop=True)


def clip_to_outline(lines: gpd.GeoDataFrame, outline: shapely.Polygon, shortest_m: float = 5.0) -> gpd.GeoDataFrame:
    """Return the parts of `lines` inside `outline`, one LineString a row, pieces shorter than `shortest_m` dropped."""
    inside = lines.assign(geometry=shapely.intersection(lines.geometry.to_numpy(), outline)).explode(ignore_index=True)
    keep = (inside.geom_type == "LineString") & (inside.length >= shortest_m)
    return inside[keep].reset_index(drop=True)


def follow_outline(lines: gpd.GeoDataFrame, outline: shapely.Polygon, near_m: float = 160.0) -> gpd.GeoDataFrame:
    """Return `lines` with what is meant to be the district's border moved onto the outline itself.

    That is a stretch within `near_m` of the outline, five times as long, that weaves across it (a fifth outside) or is
    most of its line: both are uncertain by more than this, and two copies of one border leave slivers.
    """
    border, band = outline.boundary, outline.boundary.buffer(near_m)
    rows = []
    for row in lines.to_dict("records"):
        line = row["geometry"]
        along = [part for part in _parts(line.intersection(band)) if part.length > 5 * near_m]
        meant = [p for p in along if p.length > 0.6 * line.length or p.difference(outline).length > 0.2 * p.length]
        rows += [{**row, "geometry": _stretch_between(border, part)} for part in meant]
        rest = line.difference(shapely.union_all([part.buffer(0.5) for part in meant])) if meant else line
        rows += [{**row, "geometry": part} for part in _parts(rest)]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=lines.crs)


def _stretch_between(ring: shapely.LineString, part: shapely.LineString) -> shapely.LineString:
    """Return the piece of a closed ring between the places nearest to the two ends of `part`, on its shorter side."""
    start, end = sorted(ring.project(shapely.Point(part.coords[i])) for i in (0, -1))
    inner = shapely.ops.substring(ring, start, end)
    if inner.length <= ring.length / 2:
        return inner
    pieces = [shapely.ops.substring(ring, end, ring.length), shapely.ops.substring(ring, 0, start)]
    return shapely.line_merge(shapely.union_all(pieces))


def join_near_ends(lines: gpd.GeoDataFrame, tolerance_m: float = 4.0) -> gpd.GeoDataFrame:
    """Return `lines` with every free end closer than `tolerance_m` to another line carried onto it; other ends stay."""
    return _lengthened(lines, end_extensions(lines, tolerance_m, straight=False))


def carry_ends(lines: gpd.GeoDataFrame, reach_m: float = 1000.0) -> gpd.GeoDataFrame:
    """Return `lines` with every free end carried on to a line within `reach_m`: straight ahead, else the nearest."""
    return _lengthened(lines, end_extensions(lines, reach_m))


def _lengthened(lines: gpd.GeoDataFrame, added: list[tuple[int, shapely.LineString]]) -> gpd.GeoDataFrame:
    geometry = list(lines.geometry)
    for row, piece in added:
        geometry[row] = shapely.line_merge(shapely.union_all([geometry[row], piece]))
    return lines.assign(geometry=geometry)


def end_extensions(
    lines: gpd.GeoDataFrame, reach_m: float, straight: bool = True
) -> list[tuple[int, shapely.LineString]]:
    """Return (row, straight piece) for each free end of a line that has another line within `reach_m`.

    With `straight` the piece goes on in the line's direction where that meets a line, else to the nearest line unless
    that would turn back: such an end stays a dead end.
    """
    geometries = lines.geometry.to_numpy()
    tree = shapely.STRtree(geometries)
    return [
        (i, piece)
        for i, line in enumerate(geometries)
        for piece in _extensions(i, line, geometries, tree, reach_m, straight)
    ]


def _extensions(
    i: int, line: shapely.LineString, others: NDArray[np.object_], tree: shapely.STRtree, reach: float, straight: bool
) -> list[shapely.LineString]:
    """Return the pieces that lengthen one line at its free ends; closed lines have none."""
    if line.is_closed:
        return []
    coordinates = shapely.get_coordinates(line)
    pieces = []
    for end, before in ((coordinates[0], coordinates[1]), (coordinates[-1], coordinates[-2])):
        near = sorted(k for k in tree.query(shapely.Point(end).buffer(reach)) if k != i)
        target = _landing(end, end - before, shapely.union_all(others[near]), reach, straight)
        if target is not None:
            pieces.append(shapely.LineString([end, target]))
    return pieces


def _landing(
    end: NDArray[np.float64], heading: NDArray[np.float64], others: shapely.Geometry, reach: float, straight: bool
) -> NDArray[np.float64] | None:
    """Return where the end of a line should land on the other lines: straight ahead first, else the nearest place."""
    point = shapely.Point(end)
    if others.is_empty or others.distance(point) < 1e-6:
        return None
    if straight:
        ray = shapely.LineString([end, end + heading / np.hypot(*heading) * reach])
        hit = ray.intersection(others)
        if not hit.is_empty:
            return np.asarray(shapely.get_coordinates(shapely.shortest_line(point, hit))[1])
    if others.distance(point) > reach:
        return None
    nearest = np.asarray(shapely.get_coordinates(shapely.shortest_line(point, others))[1])
    forward = float(np.dot(nearest - end, heading)) > 0.2 * float(np.hypot(*(nearest - end)) * np.hypot(*heading))
    # A line that turned back on itself would enclose a splinter.
    return nearest if forward or not straight else None


def mark_bridges(lines: gpd.GeoDataFrame, approach_m: float = 20.0) -> gpd.GeoDataFrame:
    """Return `lines` with each road cut out where it crosses named water, those short pieces marked `bridge`."""
    is_water = lines["class"].isin(WATER) & (lines["class"] != "bank") & lines["name"].notna()
    water = lines[is_water]
    is_road = (lines["kind"] == "road") & lines["name"].notna()
    rows = [lines[~is_road].assign(bridge=False)]
    for row in lines[is_road].to_dict("records"):
        rows.append(_cut_at_water(row, water, approach_m, lines.crs))
    return gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), geometry="geometry", crs=lines.crs)


def _cut_at_water(row: dict[str, Any], water: gpd.GeoDataFrame, approach: float, frame_crs: Any) -> gpd.GeoDataFrame:
    line: shapely.LineString = row["geometry"]
    half = water["width_m"].fillna(20.0).to_numpy() / 2 + approach
    crossed = [k for k, river in enumerate(water.geometry) if line.crosses(river)]
    zones = [line.intersection(water.geometry.iloc[k]).buffer(half[k]) for k in crossed]
    zone = shapely.union_all(zones) if zones else shapely.Polygon()
    off = [{**row, "geometry": part, "bridge": False} for part in _parts(line.difference(zone))]
    on = [{**row, "geometry": part, "bridge": True} for part in _parts(line.intersection(zone))]
    rows = [piece for piece in off + on if piece["geometry"].length > 0.01]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=frame_crs)


def _parts(geometry: shapely.Geometry) -> list[shapely.LineString]:
    merged = shapely.line_merge(geometry) if geometry.geom_type == "MultiLineString" else geometry
    return [part for part in shapely.get_parts(merged) if part.geom_type == "LineString" and part.length > 0]
