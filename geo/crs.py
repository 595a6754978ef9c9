"""Coordinate systems: what files store, what lengths and areas are measured in."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import TransverseMercatorConversion

STORED = "EPSG:4490"
"""CGCS2000 longitude and latitude: every stored file and everything a map is given."""

METRIC = "EPSG:4549"
"""CGCS2000 / 3-degree Gauss-Kruger, central meridian 120 E, metres: every length and area."""


class MissingCrsError(ValueError):
    """Raised when coordinates arrive without a coordinate system."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} has no coordinate system, so nothing can be measured; say which one it is in (EPSG code)."
        )


def to_metric(frame: GeoDataFrame, what: str = "The layer") -> GeoDataFrame:
    """Return `frame` in EPSG:4549 (metres); raises MissingCrsError when it has no CRS."""
    return _to(frame, METRIC, what)


def to_stored(frame: GeoDataFrame, what: str = "The layer") -> GeoDataFrame:
    """Return `frame` in EPSG:4490 (degrees); raises MissingCrsError when it has no CRS."""
    return unbroken(_to(frame, STORED, what))


def local_metric(longitudes: NDArray[np.float64], latitudes: NDArray[np.float64]) -> pyproj.CRS:
    """A metric system that fits a place anywhere: EPSG:4549 in its own zone in China, else a like one of its own.

    The like one is a transverse Mercator of CGCS2000 around the nearest whole degree: within 1.5° of it lengths are
    at most 0.035 % too long.
    """
    turn = np.radians(longitudes)
    west_east = float(np.degrees(np.arctan2(np.sin(turn).mean(), np.cos(turn).mean())))
    if abs(west_east - 120) <= 1.5 and 0 <= float(latitudes.mean()) <= 55:
        return pyproj.CRS(METRIC)
    degree = round(west_east)
    conversion = TransverseMercatorConversion(longitude_natural_origin=degree, false_easting=500_000)
    return ProjectedCRS(conversion, name=f"CGCS2000 / transverse Mercator {degree}", geodetic_crs=STORED)


def metric_of(frame: GeoDataFrame, what: str = "The layer") -> pyproj.CRS:
    """Return the metric system for the middle of a layer's extent; raises MissingCrsError when it has no CRS."""
    if frame.crs is None:
        raise MissingCrsError(what)
    stored = frame if frame.crs == STORED else frame.to_crs(STORED)
    xy = shapely.get_coordinates(stored.geometry.to_numpy())
    if np.ptp(xy[:, 0]) > 180:
        xy[:, 0] %= 360
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
    return local_metric(middle[:1], middle[1:])


def to_local(frame: GeoDataFrame, what: str = "The layer") -> GeoDataFrame:
    """Return `frame` in the metric system that fits its place; one already in metres of such a system stays."""
    metric = metric_of(frame, what)
    return frame if frame.crs == metric else frame.to_crs(metric)


def unbroken(frame: GeoDataFrame) -> GeoDataFrame:
    """Return a layer in degrees with its shapes whole across the 180th meridian, going on to 181, 182 … east of it."""
    shapes = frame.geometry.to_numpy()
    xy = shapely.get_coordinates(shapes)
    if not len(xy) or np.ptp(xy[:, 0]) <= 180:
        return frame
    xy[:, 0] %= 360
    return frame.set_geometry(shapely.set_coordinates(shapes.copy(), xy), crs=frame.crs)


def _to(frame: GeoDataFrame, crs: str, what: str) -> GeoDataFrame:
    if frame.crs is None:
        raise MissingCrsError(what)
    return frame.to_crs(crs)
