"""Making the demonstration district, step by step, from the reference network and the list of communities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo_geography import areas, atoms, compounds, homes, network, placing, skeleton
from data.demo_geography.assemble import Settled, geography_of
from data.demo_geography.tables import Geography
from geo import blocks
from geo import network as geo_network
from geo.network import Reference

REFERENCE = Path(__file__).resolve().parents[1] / "reference"

SLIVER_AREA, SLIVER_THICKNESS = 600.0, 8.0
"""Faces smaller (m2) or thinner (m) than this are no blocks: their neighbour absorbs them."""

MIXED_COMMUNITIES = 0.12
"""Share of urban communities in which half of the compounds are resettlement estates."""

Progress = Callable[[str, float], None]
Integers = NDArray[np.int64]
Geometries = NDArray[np.object_]


def _quiet(_step: str, _share: float) -> None:
    return None


def make_geography(seed: int = 2020, progress: Progress = _quiet, reference: Path = REFERENCE) -> Geography:
    """Return the simulated district for `seed`: the same seed gives the same district.

    `progress` hears the step and the share done (0 to 1). `reference` holds network.geojson and communities.csv.
    """
    rng = np.random.default_rng(seed)
    progress("reference network", 0.0)
    given = geo_network.read_reference(reference / "network.geojson")
    communities = _communities(reference / "communities.csv")
    centres = _centres(given, communities)
    density = _density(centres, communities, given.outline)
    progress("streets", 0.05)
    lines = network.full_network(skeleton.named_lines(given), given.outline, density, rng)
    progress("blocks", 0.15)
    found = blocks.faces(lines.geometry.to_numpy(), given.outline)
    faces = blocks.absorb_slivers(found, SLIVER_AREA, SLIVER_THICKNESS)
    edges = blocks.block_edges(faces, lines)
    progress("subdistricts and communities", 0.4)
    landmark_face = shapely.STRtree(faces).nearest(given.landmarks.geometry.to_numpy())
    mass = density.at(shapely.get_coordinates(shapely.centroid(faces))) * shapely.area(faces)
    mass[landmark_face] = 0.0
    graph = areas.block_graph(faces, edges, mass)
    grown = areas.grow_areas(graph, edges, centres, communities, _anchors(given), rng)
    progress("homes", 0.5)
    settled = _settled(given, lines, faces, edges, grown, landmark_face, rng)
    progress("tables", 0.9)
    return geography_of(settled, rng)


def _communities(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return table[table["in_2020_edition"] == "1"].sort_values("code", ignore_index=True)


def _centres(given: Reference, communities: pd.DataFrame) -> gpd.GeoDataFrame:
    of_subdistrict = given.centres["code"].isin(communities["subdistrict_code"])
    return given.centres[of_subdistrict].sort_values("code", ignore_index=True)


def _anchors(given: Reference) -> gpd.GeoDataFrame:
    named = pd.concat([given.lines, given.landmarks], ignore_index=True)[["name", "geometry"]]
    return gpd.GeoDataFrame(named, geometry="geometry", crs=given.lines.crs)


def _density(centres: gpd.GeoDataFrame, communities: pd.DataFrame, outline: shapely.Polygon) -> skeleton.Density:
    """Return where households are dense: hills at the subdistrict centres, wide where the next centres are far."""
    xy = shapely.get_coordinates(centres.geometry)
    gap = np.sort(np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1]), axis=1)
    households = areas.expected_households(centres, communities)
    rough = skeleton.Density(xy, households, np.clip(0.9 * gap[:, 2], 900.0, 4000.0))
    west, south, east, north = outline.bounds
    mesh = np.meshgrid(np.arange(west, east, 200.0), np.arange(south, north, 200.0))
    grid = np.stack(mesh, axis=-1).reshape(-1, 2)
    inside = grid[shapely.contains_xy(outline, grid[:, 0], grid[:, 1])]
    counted = float(rough.at(inside).sum()) * 200.0**2
    return skeleton.Density(xy, households, rough.radius, float(households.sum()) / counted)


def _settled(
    given: Reference,
    lines: gpd.GeoDataFrame,
    faces: Geometries,
    edges: gpd.GeoDataFrame,
    grown: areas.Areas,
    landmark_face: Integers,
    rng: np.random.Generator,
) -> Settled:
    """Return the district with homes on its blocks (none at landmarks), blocks of too many divided into atoms."""
    free = np.ones(len(faces), dtype=bool)
    free[landmark_face] = False
    households = homes.part_households(grown, rng)
    flats = homes.flats(grown, households, faces, free, rng).assign(kind="flats")
    houses = homes.houses(grown, households, faces, free, rng).assign(kind="house")
    buildings = pd.concat([flats, houses], ignore_index=True)
    per_face = np.bincount(buildings["block"], buildings["households"], minlength=len(faces)).astype(np.int64)
    point = placing.building_points(buildings, faces)
    divided = (per_face > homes.LARGEST_ATOM) & (np.bincount(buildings["block"], minlength=len(faces)) > 1)
    compound, table = _compounds(per_face, faces, edges, grown, rng)
    pieces, face = atoms.split_between(faces, given.outline, *atoms.sites(point, buildings, divided))
    blocks.check_coverage(pieces, given.outline)
    return Settled(
        given=given,
        lines=lines,
        atoms=pieces,
        face=face,
        edges=blocks.block_edges(pieces, lines),
        areas=grown,
        buildings=buildings,
        points=point,
        atom_of_building=atoms.containing(shapely.points(point), pieces),
        compound=compound,
        compounds=table,
        landmark_face=landmark_face,
    )


def _compounds(
    households: Integers, faces: Geometries, edges: gpd.GeoDataFrame, grown: areas.Areas, rng: np.random.Generator
) -> tuple[Integers, pd.DataFrame]:
    """Return the compound number of each face (-1: none) and the table of compounds."""
    kind = grown.communities["kind"].to_numpy()[grown.community]
    neighbours = compounds.inner_neighbours(len(households), edges, grown.community)
    likely = np.select([kind == "rural", kind == "resettlement"], [0.0, 0.95], 0.75)
    urban = np.where(kind == "rural", 0, households)
    number = compounds.group_blocks(urban, neighbours, grown.part, likely, rng)
    mixed = (grown.communities["kind"] == "urban").to_numpy() & (rng.random(len(grown.communities)) < MIXED_COMMUNITIES)
    resettled = (kind == "resettlement") | (mixed[grown.community] & (rng.random(len(kind)) < 0.5))
    xy = shapely.get_coordinates(shapely.centroid(faces))
    table = compounds.named_compounds(number, households, grown.community, grown.communities, xy, resettled)
    return number, table
