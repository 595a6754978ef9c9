"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps, and back to CGCS2000 to a fraction of a millimetre."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyproj
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shift = Callable[[Floats], Floats]

# The published constants of the shift: Krasovsky's ellipsoid, and Baidu's own turn and offset.
SEMI_MAJOR_M, ECCENTRICITY_SQUARED = 6378245.0, 0.00669342162296594323
BAIDU_ANGLE, BAIDU_OFFSET = np.pi * 3000 / 180, (0.0065, 0.006)
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north: outside, web maps are not shifted."""

GCJ_WKT = (
    'GEOGCRS["GCJ-02 (shifted, not CGCS2000)",DATUM["GCJ-02",ELLIPSOID["GRS 1980",6378137,298.257222101]],'
    'CS[ellipsoidal,2],AXIS["longitude",east],AXIS["latitude",north],UNIT["degree",0.0174532925199433]]'
)
"""The system written into a copy in GCJ-02, so that no program takes it for CGCS2000 or WGS 84."""


def in_china(points: Floats) -> bool:
    """Whether any of the points (n, 2: longitude, latitude) lies where web maps are shifted."""
    west, south, east, north = CHINA
    x, y = points.T
    return bool(((x > west) & (x < east) & (y > south) & (y < north)).any())


def to_gcj02(points: Floats) -> Floats:
    """CGCS2000 longitude and latitude (n, 2) -> GCJ-02."""
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += _three(x, (20, 40, 150, 300), (1, 1 / 3, 1 / 12, 1 / 30))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += _three(y, (20, 40, 160, 320), (1, 1 / 3, 1 / 12, 1 / 30))
    latitude = np.radians(points[:, 1])
    bend = 1 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    metres_y = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / bend**1.5 * np.pi / 180
    metres_x = SEMI_MAJOR_M / np.sqrt(bend) * np.cos(latitude) * np.pi / 180
    moved: Floats = points + np.column_stack([east / metres_x, north / metres_y])
    return moved


def _three(t: Floats, sizes: tuple[float, ...], rates: tuple[float, ...]) -> Floats:
    waves = [size * np.sin(rate * t * np.pi) for size, rate in zip(sizes, rates, strict=True)]
    total: Floats = (waves[0] + waves[1] + waves[2] + waves[3]) * 2 / 3
    return total


def to_bd09(points: Floats) -> Floats:
    """CGCS2000 longitude and latitude (n, 2) -> BD-09: Baidu turns GCJ-02 a little more and adds an offset."""
    x, y = to_gcj02(points).T
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BAIDU_ANGLE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BAIDU_ANGLE)
    return np.column_stack([radius * np.cos(angle) + BAIDU_OFFSET[0], radius * np.sin(angle) + BAIDU_OFFSET[1]])


SHIFTS: dict[str, Shift] = {"GCJ-02": to_gcj02, "BD-09": to_bd09}


def undo(points: Floats, system: str) -> Floats:
    """Points (n, 2) of `system` ("GCJ-02" or "BD-09") -> CGCS2000: the shift repeated until it lands on them."""
    shift = SHIFTS[system]
    found = points.copy()
    for _ in range(12):
        miss = shift(found) - points
        found -= miss
        if not miss.size or float(np.abs(miss).max()) < 1e-12:
            break
    return found


def moved(layer: GeoDataFrame, change: Shift, crs: str | pyproj.CRS) -> GeoDataFrame:
    """A layer in degrees with its coordinates changed point by point, said to be in `crs`."""
    shapes = layer.geometry.to_numpy().copy()
    there = shapely.set_coordinates(shapely.force_2d(shapes), change(shapely.get_coordinates(shapes)))
    return layer.set_geometry(there).set_crs(crs, allow_override=True)
