"""The whole demonstration network: skeleton, simulated arterials and streams, minor streets, lanes and walls."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo_geography import streets
from data.demo_geography.skeleton import Density
from geo import blocks, crs
from geo.network import LINE_COLUMNS

Floats = NDArray[np.float64]

PER_NEIGHBOURHOOD = 15.0
"""Blocks aimed at for the area of one neighbourhood: enough to balance households without splitting blocks."""

HOUSEHOLDS = 300.0
SMALLEST, LARGEST = 3_500.0, 70_000.0
"""Block sizes aimed at (m2), in the old town and in the open country."""

ARTERIAL_FACE = 3_000_000.0
"""No face between arterials and water is larger than this (m2)."""


def full_network(
    named: gpd.GeoDataFrame, outline: shapely.Polygon, density: Density, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Return all lines (LINE_COLUMNS, EPSG:4549): the named ones and the simulated ones that cut their faces."""
    faces = blocks.absorb_slivers(blocks.faces(named.geometry.to_numpy(), outline), area_m2=2000.0)
    cells, big = streets.subdivide(faces, np.full(len(faces), ARTERIAL_FACE), rng)
    home = neighbourhood_area(cells, density)
    cells, broad = streets.subdivide(cells, np.maximum(2.6 * home, 60_000.0), rng)
    home = neighbourhood_area(cells, density)
    # Streets enclose about one neighbourhood; here and there a large estate has none inside.
    enclosed = rng.choice([1.1, 2.3], size=len(home), p=[0.9, 0.1])
    cells, middle = streets.subdivide(cells, np.maximum(enclosed * home, 20_000.0), rng)
    home = neighbourhood_area(cells, density)
    cells, small = streets.subdivide(cells, _block_size(home, rng), rng)
    simulated = [
        _frame(big.lines, np.full(len(big.lines), "arterial")),
        _frame(broad.lines, _broad_class(broad, density, rng)),
        _frame(middle.lines, np.full(len(middle.lines), "minor")),
        _frame(small.lines, np.where(rng.random(len(small.lines)) < 0.55, "lane", "wall")),
    ]
    frame = pd.concat([named, *simulated], ignore_index=True)
    frame["line_id"] = np.arange(len(frame))
    return gpd.GeoDataFrame(frame[LINE_COLUMNS], geometry="geometry", crs=named.crs)


def neighbourhood_area(cells: streets.Geometries, density: Density) -> Floats:
    """Return the area (m2) that one neighbourhood's households fill where each cell lies."""
    return HOUSEHOLDS / density.at(shapely.get_coordinates(shapely.centroid(cells)))


def _block_size(home: Floats, rng: np.random.Generator) -> Floats:
    """Return the largest block (m2) allowed in each cell: some cells are gated estates of several buildings a block."""
    estate = rng.choice([1.0, 2.2, 5.0, 14.0], size=len(home), p=[0.52, 0.22, 0.16, 0.1])
    return np.asarray(np.clip(1.35 * estate * home / PER_NEIGHBOURHOOD, SMALLEST, LARGEST))


def _broad_class(cuts: streets.Cuts, density: Density, rng: np.random.Generator) -> NDArray[np.str_]:
    """Return arterials in town; outside it, where canals drain the fields, every third line is a stream."""
    open_land = neighbourhood_area(cuts.lines, density) > 150_000.0
    stream = open_land & (rng.random(len(cuts.lines)) < 0.4)
    return np.where(stream, "stream", np.where(cuts.areas < 220_000.0, "secondary", "arterial"))


def _frame(lines: streets.Geometries, classes: NDArray[np.str_]) -> gpd.GeoDataFrame:
    kind = np.select([classes == "stream", classes == "wall"], ["water", "wall"], "road")
    width = pd.Series(classes).map({"arterial": 40.0, "secondary": 24.0, "minor": 14.0, "lane": 6.0, "stream": 12.0})
    frame = pd.DataFrame({"kind": kind, "class": classes, "width_m": width.to_numpy(), "geometry": lines})
    frame = frame.assign(name=None, name_en=None, simulated=True, bridge=False)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs.METRIC)
