"""Coordinate systems: what files store, what lengths and areas are measured in."""

from __future__ import annotations

from geopandas import GeoDataFrame

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
    return _to(frame, STORED, what)


def _to(frame: GeoDataFrame, crs: str, what: str) -> GeoDataFrame:
    if frame.crs is None:
        raise MissingCrsError(what)
    return frame.to_crs(crs)
