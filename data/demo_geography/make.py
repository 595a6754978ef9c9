"""Making the demonstration district, step by step, from the reference network and the list of communities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo_geography import areas, atoms, compounds, homes, network, skeleton
from data.demo_geography.tables import Geography
from geo import blocks
from geo import network as geo_network
from geo.network import Reference

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
MIXED_COMMUNITIES = 0.12
"""Share of urban communities in which half of the compounds are resettlement estates."""

Progress = Callable[[float, str], None]
Integers = NDArray[np.int64]


def _quiet(_share: float, _step: str) -> None:
    return None


def make_geography(seed: int = 2020, progress: Progress = _quiet, reference: Path = REFERENCE) -> Geography:
    """Return the simulated district for `seed`: the same seed gives the same district.

    `progress` is told the share done (0..1) and the step. `reference` holds network.geojson and communities.csv.
    """
    rng = np.random.default_rng(seed)
    progress(0.0, "reference network")
    given = geo_network.read_reference(reference / "network.geojson")
    communities = _communities(reference / "communities.csv")
    centres = given.centres[given.centres["code"].isin(communities["subdistrict_code"])].sort_values("code", ignore_index=True)
    density = _density(centres, communities, given.outline)
    progress(0.1, "streets")
    lines = network.full_network(skeleton.named_lines(given), given.outline, density, rng)
    progress(0.25, "blocks")
    faces = blocks.absorb_slivers(blocks.faces(lines.geometry.to_numpy(), given.outline), area_m2=600.0, thickness_m=8.0)
    edges = blocks.block_edges(faces, lines)
    progress(0.45, "subdistricts and communities")
    xy = shapely.get_coordinates(shapely.centroid(faces))
    graph = areas.block_graph(faces, edges, density.at(xy) * shapely.area(faces))
    anchors = pd.concat([given.lines, given.landmarks], ignore_index=True)[["name", "geometry"]]
    grown = areas.grow_areas(graph, edges, centres, communities, gpd.GeoDataFrame(anchors, crs=lines.crs), rng)
    progress(0.65, "homes")
    return _settled(given, lines, faces, edges, grown, xy, rng, progress)


def _communities(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return table[table["in_2020_edition"] == "1"].sort_values("code", ignore_index=True)


def _density(centres: gpd.GeoDataFrame, communities: pd.DataFrame, outline: shapely.Polygon) -> skeleton.Density:
    """Return where households are dense: hills at the subdistrict centres, wide where the next centre is far."""
    xy = shapely.get_coordinates(centres.geometry)
    gap = np.sort(np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1]), axis=1)
    households = areas.expected_households(centres, communities)
    rough = skeleton.Density(xy, households, np.clip(0.9 * gap[:, 2], 900.0, 4000.0))
    west, south, east, north = outline.bounds
    grid = np.stack(np.meshgrid(np.arange(west, east, 200.0), np.arange(south, north, 200.0)), axis=-1).reshape(-1, 2)
    inside = grid[shapely.contains_xy(outline, grid[:, 0], grid[:, 1])]
    found = float(rough.at(inside).sum()) * 200.0**2
    return skeleton.Density(xy, households, rough.radius, float(households.sum()) / found)


def _settled(
    given: Reference, lines: gpd.GeoDataFrame, faces: NDArray[np.object_], edges: gpd.GeoDataFrame, grown: areas.Areas,
    xy: NDArray[np.float64], rng: np.random.Generator, progress: Progress,
) -> Geography:
    landmark_face = shapely.STRtree(faces).nearest(given.landmarks.geometry.to_numpy())
    free = np.ones(len(faces), dtype=bool)
    free[landmark_face] = False
    households = homes.part_households(grown, rng)
    flats = homes.flats(grown, households, faces, free, rng).assign(kind="flats")
    houses = homes.houses(grown, households, faces, free, rng).assign(kind="house")
    buildings = pd.concat([flats, houses], ignore_index=True)
    point = homes.building_points(buildings, faces)
    per_face = np.bincount(buildings["block"], buildings["households"], minlength=len(faces)).astype(np.int64)
    count = np.bincount(buildings["block"], minlength=len(faces))
    divided = (per_face > homes.LARGEST_ATOM) & (count > 1)
    number, table = _compounds(per_face, edges, grown, xy, rng)
    progress(0.75, "atoms")
    site, site_face = atoms.sites(point, buildings, divided)
    pieces, face = atoms.split_between(faces, given.outline, site, site_face)
    atom = atoms.containing(shapely.points(point), pieces)
    blocks.check_coverage(pieces, given.outline)
    final = blocks.block_edges(pieces, lines)
    progress(0.9, "tables")
    return _tables(given, lines, pieces, face, final, grown, buildings, point, atom, number, table, landmark_face, rng)


def _compounds(
    households: Integers, edges: gpd.GeoDataFrame, grown: areas.Areas, xy: NDArray[np.float64], rng: np.random.Generator
) -> tuple[Integers, pd.DataFrame]:
    kind = grown.communities["kind"].to_numpy()[grown.community]
    neighbours = compounds.inner_neighbours(len(households), edges, grown.community)
    likely = np.select([kind == "rural", kind == "resettlement"], [0.0, 0.95], 0.75)
    number = compounds.group_blocks(np.where(kind == "rural", 0, households), neighbours, grown.part, likely, rng)
    # Beyond the old town some communities have resettlement estates among others.
    mixed = (grown.communities["kind"] == "urban").to_numpy() & (rng.random(len(grown.communities)) < MIXED_COMMUNITIES)
    resettled = (kind == "resettlement") | (mixed[grown.community] & (rng.random(len(kind)) < 0.5))
    return number, compounds.named_compounds(number, households, grown.community, grown.communities, xy, resettled)


def _tables(
    given: Reference, lines: gpd.GeoDataFrame, pieces: NDArray[np.object_], face: Integers, edges: gpd.GeoDataFrame, grown: areas.Areas,
    buildings: pd.DataFrame, point: NDArray[np.float64], atom: Integers, number: Integers, compound_table: pd.DataFrame,
    landmark_face: Integers, rng: np.random.Generator,
) -> Geography:
    n, frame = len(pieces), lines.crs
    community = grown.communities.iloc[grown.community[face]].reset_index(drop=True)
    rural = (community["kind"] == "rural").to_numpy()
    part = grown.part[face]
    residents = homes.people(buildings["households"].to_numpy(), rng)
    per_atom = np.bincount(atom, buildings["households"], minlength=n).astype(np.int64)
    groups = compounds.named_groups(part, grown.part_community, shapely.get_coordinates(shapely.centroid(pieces)), per_atom, grown.communities)
    group_of = pd.Series(groups["id"].to_numpy(), index=groups["part"]).reindex(part).to_numpy(dtype=object)
    compound_of = compound_table["compound_id"].reindex(number[face]).to_numpy(dtype=object)
    landmark = np.full(n, None, dtype=object)
    for name, where in zip(given.landmarks["name"], landmark_face, strict=True):
        landmark[face == where] = name
    total = homes.POPULATION - int(residents.sum())
    sites = homes.collective_sites(total, pieces, _suited(pieces, per_atom, community, given, landmark), rng)
    table = gpd.GeoDataFrame(
        {
            "block_id": np.arange(n), "face_id": face, "subdistrict": community["subdistrict_code"], "community": community["code"],
            "zone": community["zone_code"].where(community["zone_code"] != "", None), "kind": community["kind"],
            "compound": _none(compound_of), "village_group": _none(np.where(rural, group_of, None)), "landmark": landmark,
            "households": per_atom, "people": np.bincount(atom, residents, minlength=n).astype(np.int64),
            "collective": np.bincount(sites["block"], sites["people"], minlength=n).astype(np.int64),
            "buildings": np.bincount(atom, minlength=n),
        },
        geometry=pieces, crs=frame,
    )
    edges = _landmark_edges(edges, landmark)
    targets = grown.communities.rename(columns={"code": "community"})[["community", "kind", "neighbourhoods", "target"]]
    targets["households"] = table.groupby("community")["households"].sum().loc[targets["community"]].to_numpy()
    union = shapely.coverage_union_all(pieces)
    return Geography(
        outline=gpd.GeoDataFrame({"name": ["崇川区"], "area_km2": [union.area / 1e6]}, geometry=[union], crs=frame),
        lines=lines, blocks=table, edges=edges, targets=targets.reset_index(drop=True),
        buildings=_buildings(buildings, residents, atom, table, point, sites, rng),
        compounds=compound_table.drop(columns="number"), village_groups=groups.drop(columns="part"),
        landmarks=given.landmarks.assign(block_id=[int(np.flatnonzero(landmark == name)[0]) for name in given.landmarks["name"]]),
    )


def _none(values: NDArray[np.object_]) -> pd.Series[str]:
    series = pd.Series(values, dtype=object)
    return series.where(series.notna(), None)


def _suited(
    pieces: NDArray[np.object_], households: Integers, community: pd.DataFrame, given: Reference, landmark: NDArray[np.object_]
) -> dict[str, NDArray[np.float64]]:
    """Return where collective households fit: campuses near the university, dormitories in the zones."""
    xy, area = shapely.get_coordinates(shapely.centroid(pieces)), shapely.area(pieces)
    university = given.landmarks[given.landmarks["name"].str.contains("大学")].geometry.iloc[0]
    away = np.hypot(xy[:, 0] - university.x, xy[:, 1] - university.y)
    empty = ((households == 0) & pd.isna(landmark)).astype(float) * np.clip(area, 0, 40_000)
    zone = (community["zone_code"] != "").to_numpy()
    town = (community["kind"] != "rural").to_numpy()
    return {
        "campus": empty * np.exp(-((away / 900.0) ** 2)) + empty * town * 1e-6, "dormitory": empty * np.where(zone, 1.0, 0.12),
        "hospital": empty * town, "other": empty,
    }


def _landmark_edges(edges: gpd.GeoDataFrame, landmark: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Return the edges with the weak ones around a landmark block named after it."""
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    mark = np.where(pd.notna(landmark[left]), landmark[left], np.where(right >= 0, landmark[right], None))
    weak = pd.notna(mark) & edges["barrier"].isin(["none", "wall", "lane"]).to_numpy() & (right >= 0)
    return edges.assign(
        barrier=np.where(weak, "landmark", edges["barrier"]), name=_none(np.where(weak, mark, edges["name"].to_numpy(dtype=object))),
    )


def _buildings(
    buildings: pd.DataFrame, residents: Integers, atom: Integers, table: gpd.GeoDataFrame, point: NDArray[np.float64],
    sites: pd.DataFrame, rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    flats = (buildings["kind"] == "flats").to_numpy()
    storeys = np.where(flats, rng.choice([6, 11, 18], len(buildings), p=[0.6, 0.25, 0.15]), rng.choice([1, 2, 3], len(buildings), p=[0.15, 0.6, 0.25]))
    where = table.geometry.iloc[sites["block"]].representative_point()
    frame = pd.DataFrame(
        {
            "block_id": np.append(atom, sites["block"]), "households": np.append(buildings["households"], np.zeros(len(sites), dtype=np.int64)),
            "people": np.append(residents, sites["people"]), "storeys": np.append(storeys, rng.choice([5, 6, 12], len(sites))),
            "kind": np.append(buildings["kind"], sites["kind"]),
        }
    )
    footprint = np.where(frame["kind"] == "house", 110.0 * frame["households"], 34.0 * frame["people"] / frame["storeys"])
    compound = table["compound"].to_numpy()[frame["block_id"]]
    xy = np.vstack([point, np.column_stack([where.x, where.y])])
    frame = frame.assign(compound_id=_none(compound), footprint_m2=np.rint(footprint), building_id=np.arange(len(frame)))
    columns = ["building_id", "block_id", "compound_id", "households", "people", "storeys", "footprint_m2", "kind"]
    return gpd.GeoDataFrame(frame[columns], geometry=shapely.points(xy), crs=table.crs)
