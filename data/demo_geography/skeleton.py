"""The skeleton of the demonstration network: named lines carried to each other, and how densely people live where."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs, network
from geo.network import Reference

Floats = NDArray[np.float64]

SIMULATED_REACH = 6000.0
"""How far (m) an end that met nothing within a kilometre is carried on by an unnamed simulated line."""


@dataclass(frozen=True)
class Density:
    """Households per m2 as a sum of hills, one at each subdistrict centre: `at(xy)` for points (n, 2) in metres."""

    centres: Floats
    households: Floats
    radius: Floats
    scale: float = 1.0

    def at(self, xy: Floats) -> Floats:
        """Return households per m2 at the points."""
        gap = np.hypot(xy[:, None, 0] - self.centres[None, :, 0], xy[:, None, 1] - self.centres[None, :, 1])
        hill = self.households / (np.pi * self.radius**2) / (1 + (gap / self.radius) ** 2) ** 1.7
        return np.asarray(self.scale * hill.sum(axis=1))


def named_lines(reference: Reference) -> gpd.GeoDataFrame:
    """Return the named lines inside the outline, their ends carried to each other, bridges marked (LINE_COLUMNS)."""
    bank = reference.lines["class"] == "bank"
    moved = network.follow_outline(reference.lines[~bank], reference.outline)
    inside = network.clip_to_outline(moved, reference.outline)
    border = _plain([reference.outline.exterior], "boundary", "outline")
    whole = pd.concat([inside, reference.lines[bank], border], ignore_index=True)
    carried = network.carry_ends(gpd.GeoDataFrame(whole, geometry="geometry", crs=inside.crs))
    simulated = _carried_far(carried)
    lines = pd.concat([carried.assign(simulated=False), simulated], ignore_index=True)
    return network.mark_bridges(gpd.GeoDataFrame(lines, geometry="geometry", crs=inside.crs))


def _carried_far(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return unnamed lines that go on where named ones still end in the open: roads as arterials, water as streams."""
    added = network.end_extensions(lines, SIMULATED_REACH)
    water = (lines["kind"] == "water").to_numpy()
    roads = _plain([piece for row, piece in added if not water[row]], "road", "arterial")
    streams = _plain([piece for row, piece in added if water[row]], "water", "stream")
    frame = pd.concat([roads, streams], ignore_index=True).assign(simulated=True)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=lines.crs)


def _plain(geometries: list[shapely.LineString], kind: str, line_class: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame({"kind": kind, "class": line_class, "width_m": np.nan, "geometry": geometries})
    frame = frame.assign(name=None, name_en=None, simulated=False)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs.METRIC)
