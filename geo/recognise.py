"""Which coordinate system is a file really in? What it says, tried against the outline: datum, axes, place, unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo import crs, datums
from geo.formats import TableError

FAR_KM = 20.0
"""A layer that ends this far from the outline is of another place."""
CLOSE_M = 20.0
LEAD = 0.2
"""By how much of the border (a share) a shifted system must fit better than the one the file names."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Settled:
    """A layer in EPSG:4490 and how its system was found: `system` ("EPSG:4326", "GCJ-02", …), `fit` of each tried."""

    layer: gpd.GeoDataFrame
    system: str
    fit: dict[str, float] = field(default_factory=dict)

    @property
    def shifted(self) -> bool:
        """Whether the coordinates were those of a Chinese web map, and have been converted."""
        return self.system in datums.SHIFTS


def settle(
    layer: gpd.GeoDataFrame,
    what: str,
    *,
    outline: shapely.Geometry | None = None,
    said: str | None = None,
    datum: str | None = None,
) -> Settled:
    """Bring a layer into EPSG:4490.

    `outline` (degrees, EPSG:4490) is what it is compared with; `said`: system for a file that names none; `datum`:
    "GCJ-02" or "BD-09" where that is known, "none" where it is known not to be shifted, else found by comparing.
    Raises TableError: no system, metres said to be degrees, swapped axes, another place.
    """
    layer = with_crs(layer, what, outline, said)
    refuse_impossible(layer, what)
    name = layer.crs.to_string() if layer.crs.to_epsg() else layer.crs.name
    if is_marked_gcj02(layer):
        datum, layer = "GCJ-02", layer.set_crs(crs.STORED, allow_override=True)
    degrees = crs.to_stored(layer, what)
    refuse_lost(degrees, layer, what, outline)
    fit: dict[str, float] = {}
    if datum is None and outline is not None and layer.crs.is_geographic:
        fit = fits(degrees, outline)
        datum = best_datum(fit)
    if datum in datums.SHIFTS:
        back = datums.moved(degrees, partial(datums.undo, system=str(datum)), crs.STORED)
        return Settled(back, str(datum), fit)
    return Settled(degrees, name, fit)


def is_marked_gcj02(layer: gpd.GeoDataFrame) -> bool:
    """Whether a layer is a copy that was marked as GCJ-02 when it was written; GeoJSON keeps only the column."""
    return "GCJ-02" in layer.crs.name or (
        "datum" in layer.columns and bool(layer["datum"].astype(str).str.startswith("GCJ-02").all())
    )


def with_crs(
    layer: gpd.GeoDataFrame, what: str, outline: shapely.Geometry | None, said: str | None
) -> gpd.GeoDataFrame:
    """The layer with the system it names, else with the one said of it; TableError where there is neither."""
    if layer.crs is not None:
        return layer
    if said is not None:
        try:
            return layer.set_crs(pyproj.CRS.from_user_input(said))
        except pyproj.exceptions.CRSError as error:
            raise TableError(
                what, f"{said} is no coordinate system", "Give an EPSG code, such as EPSG:4549."
            ) from error
    bounds = layer.total_bounds
    if np.abs(bounds).max() > 360:
        raise TableError(
            what,
            f"it has no coordinate system, and its coordinates (such as {bounds[0]:.0f}, {bounds[1]:.0f}) are metres",
            "Say which system they are in, for example --crs EPSG:4549.",
        )
    raise TableError(
        what,
        "it has no coordinate system; its coordinates look like degrees",
        "If they are longitude and latitude say so with --crs EPSG:4490.",
    )


def refuse_impossible(layer: gpd.GeoDataFrame, what: str) -> None:
    """Refuse degrees that cannot be: metres under the name of degrees, or latitudes where longitudes belong."""
    if not layer.crs.is_geographic:
        return
    west, south, east, north = layer.total_bounds
    if max(abs(west), abs(east), abs(south), abs(north)) > 360:
        raise TableError(
            what,
            f"it says that its coordinates are degrees, but they (such as {west:.0f}, {south:.0f}) are metres",
            "Save it again with the system it is really in, for example EPSG:4549.",
        )
    if max(abs(south), abs(north)) > 90:
        raise TableError(what, swapped_words(west, south), SWAP)


SWAP = "Exchange the two and try again."


def swapped_words(first: float, second: float) -> str:
    """Why coordinates are taken to be swapped."""
    return f"longitude and latitude are swapped (it begins near {first:.2f}, {second:.2f})"


def refuse_lost(
    degrees: gpd.GeoDataFrame, original: gpd.GeoDataFrame, what: str, outline: shapely.Geometry | None
) -> None:
    """Refuse a layer far from the outline, and say whether it would be there with its axes exchanged."""
    if not np.isfinite(shapely.get_coordinates(degrees.geometry.to_numpy())).all():
        raise TableError(
            what, "its coordinates lie outside its coordinate system", "Say the right one, for example EPSG:4549."
        )
    if outline is None:
        return
    distance = km_apart(shapely.box(*degrees.total_bounds), outline)
    if distance <= FAR_KM:
        return
    west, south, east, north = original.total_bounds
    turned = gpd.GeoSeries([shapely.box(south, west, north, east)], crs=original.crs)
    box = turned.to_crs(crs.STORED).iloc[0]
    if np.isfinite(box.bounds).all() and km_apart(box, outline) <= FAR_KM:
        raise TableError(what, swapped_words(west, south), SWAP)
    raise TableError(
        what,
        f"it is nowhere near the outline, but {distance:,.0f} km away",
        "Check that both are of one place and that each names its own coordinate system.",
    )


def km_apart(first: shapely.Geometry, second: shapely.Geometry) -> float:
    """Kilometres between two shapes in degrees, on a sphere, good to a few percent."""
    line = shapely.shortest_line(first, second)
    (x1, y1), (x2, y2) = np.radians(shapely.get_coordinates(line))
    half = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return float(2 * 6371.0 * np.arcsin(np.sqrt(half)))


def fits(degrees: gpd.GeoDataFrame, outline: shapely.Geometry) -> dict[str, float]:
    """How well a layer fits the outline as it is, and as if it were in GCJ-02 or BD-09; empty outside China.

    The sum of three numbers from 0 to 1: the share of the outline's border that has one of the layer's lines within
    20 m; of the loose ends within 1 km of the border, the share within 20 m (a clipped network ends there); and, for
    a layer that fills the outline, how nearly all of its shapes lie inside (0 at 95 % or less).
    """
    xy = shapely.get_coordinates(degrees.geometry.to_numpy())
    if not datums.in_china(xy):
        return {}
    metric = crs.metric_of(gpd.GeoDataFrame(geometry=[outline], crs=crs.STORED))
    frame = gpd.GeoSeries([outline], crs=crs.STORED).to_crs(metric).iloc[0]
    tried = {"as it is": degrees}
    for system in datums.SHIFTS:
        tried[system] = datums.moved(degrees, partial(datums.undo, system=system), crs.STORED)
    return {name: fit(layer.to_crs(metric).geometry.to_numpy(), frame) for name, layer in tried.items()}


def fit(shapes: NDArray[np.object_], outline: shapely.Geometry) -> float:
    """How well shapes fit an outline, both in metres: see `fits`."""
    border = outline.boundary
    shapely.prepare(outline)
    total = inside_share(shapes, outline)
    lines = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
    lines = lines[shapely.get_dimensions(shapes) > 0]
    if not len(lines):
        return total
    samples = shapely.line_interpolate_point(border, np.linspace(0, 1, 2000, endpoint=False), normalized=True)
    near = np.unique(shapely.STRtree(lines).query(samples, predicate="dwithin", distance=CLOSE_M)[0])
    total += len(near) / len(samples)
    ends = shapely.points(loose_ends(lines))
    shapely.prepare(border)
    around = ends[shapely.dwithin(ends, border, 1000.0)]
    return total + (float(shapely.dwithin(around, border, CLOSE_M).mean()) if len(around) else 0.0)


def inside_share(shapes: NDArray[np.object_], outline: shapely.Geometry) -> float:
    """From 0 (at most 95 % of the shapes inside) to 1 (all); 0 too for a layer that does not fill the outline."""
    west, south, east, north = shapely.total_bounds(shapes)
    left, low, right, high = outline.bounds
    if east - west < 0.8 * (right - left) or north - south < 0.8 * (high - low):
        return 0.0
    share = float(shapely.covers(outline.buffer(2.0), shapes).mean())
    return max(0.0, (share - 0.95) * 20)


def loose_ends(lines: NDArray[np.object_]) -> Floats:
    """Ends of lines where no other line ends: where a network was clipped, and its dead ends."""
    parts = shapely.get_parts(shapely.get_parts(lines))
    parts = parts[~shapely.is_closed(parts)]
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(parts, i)) for i in (0, -1)])
    unique, times = np.unique(ends.round(9), axis=0, return_counts=True)
    return np.asarray(unique[times == 1])


def best_datum(fit: dict[str, float]) -> str | None:
    """The shifted system that fits clearly better than the layer as it is, if one does."""
    if not fit:
        return None
    best = max(fit, key=lambda name: fit[name])
    plain = fit["as it is"]
    if best == "as it is" or fit[best] - plain < LEAD:
        return None
    return best
