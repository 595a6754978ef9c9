"""The tables of the demonstration geography, put together from what was grown and settled."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo_geography import compounds, homes
from data.demo_geography.areas import Areas
from data.demo_geography.tables import Geography
from geo.network import Reference

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

CAMPUS_RADIUS = 900.0
"""Metres around the university within which most campuses lie."""


@dataclass(frozen=True)
class Settled:
    """The district before its tables: `atoms`, the `face` (block before dividing) each is part of, their `edges`.

    `areas` and `compound` (number or -1) are by face; `buildings` (households, kind) have `points` and atoms.
    """

    given: Reference
    lines: gpd.GeoDataFrame
    atoms: NDArray[np.object_]
    face: Integers
    edges: gpd.GeoDataFrame
    areas: Areas
    buildings: pd.DataFrame
    points: Floats
    atom_of_building: Integers
    compound: Integers
    compounds: pd.DataFrame
    landmark_face: Integers


def geography_of(settled: Settled, rng: np.random.Generator) -> Geography:
    """Return the tables (columns: see Geography); people and collective sites are drawn here."""
    residents = homes.people(settled.buildings["households"].to_numpy(), rng)
    blocks = _blocks(settled, residents)
    sites = homes.collective_sites(homes.POPULATION - int(residents.sum()), _suited(settled, blocks), rng)
    housed = np.bincount(sites["block"], sites["people"], minlength=len(blocks))
    blocks["collective"] = housed.astype(np.int64)
    groups = _groups(settled, blocks)
    blocks["village_group"] = _none(groups.set_index("part")["id"].reindex(settled.areas.part[settled.face]))
    union = shapely.coverage_union_all(settled.atoms)
    name = {"name": ["崇川区"], "area_km2": [union.area / 1e6]}
    return Geography(
        outline=gpd.GeoDataFrame(name, geometry=[union], crs=settled.lines.crs),
        lines=settled.lines,
        blocks=blocks,
        edges=_landmark_edges(settled.edges, blocks["landmark"].to_numpy(dtype=object)),
        targets=_targets(settled, blocks),
        buildings=_buildings(settled, residents, blocks, sites, rng),
        compounds=settled.compounds.drop(columns="number"),
        village_groups=groups.drop(columns="part"),
        landmarks=_landmarks(settled, blocks),
    )


def _blocks(settled: Settled, residents: Integers) -> gpd.GeoDataFrame:
    n, face, atom = len(settled.atoms), settled.face, settled.atom_of_building
    community = settled.areas.communities.iloc[settled.areas.community[face]].reset_index(drop=True)
    landmark = pd.Series(settled.given.landmarks["name"].to_numpy(), index=settled.landmark_face)
    compound = settled.compounds.set_index("number")["compound_id"].reindex(settled.compound[face])
    table = {
        "block_id": np.arange(n),
        "face_id": face,
        "subdistrict": community["subdistrict_code"],
        "community": community["code"],
        "zone": community["zone_code"].where(community["zone_code"] != "", None),
        "kind": community["kind"],
        "compound": _none(compound),
        "village_group": None,
        "landmark": _none(landmark.reindex(face)),
        "households": np.bincount(atom, settled.buildings["households"], minlength=n).astype(np.int64),
        "people": np.bincount(atom, residents, minlength=n).astype(np.int64),
        "collective": 0,
        "buildings": np.bincount(atom, minlength=n).astype(np.int64),
    }
    return gpd.GeoDataFrame(table, geometry=settled.atoms, crs=settled.lines.crs)


def _none(values: pd.Series) -> pd.Series:
    """Return the values in order, None (never NaN) where there is none."""
    series = pd.Series(values.to_numpy(dtype=object), dtype=object)
    return series.where(series.notna(), None)


def _groups(settled: Settled, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    part = settled.areas.part[settled.face]
    xy = shapely.get_coordinates(shapely.centroid(settled.atoms))
    households = blocks["households"].to_numpy()
    return compounds.named_groups(part, settled.areas.part_community, xy, households, settled.areas.communities)


def _suited(settled: Settled, blocks: gpd.GeoDataFrame) -> dict[str, Floats]:
    """Return per kind of collective household a weight per block: large blocks without homes, by neighbourhood."""
    landmarks = settled.given.landmarks
    university = landmarks[landmarks["name"].str.contains("大学")].geometry.iloc[0]
    away = shapely.distance(shapely.centroid(settled.atoms), university)
    empty = ((blocks["households"] == 0) & blocks["landmark"].isna()).to_numpy()
    room = empty * np.clip(shapely.area(settled.atoms), 0.0, 40_000.0)
    town = (blocks["kind"] != "rural").to_numpy()
    return {
        "campus": room * np.exp(-((away / CAMPUS_RADIUS) ** 2)) + 1e-6 * room * town,
        "dormitory": room * np.where(blocks["zone"].notna(), 1.0, 0.12),
        "hospital": room * town,
        "other": room,
    }


def _landmark_edges(edges: gpd.GeoDataFrame, landmark: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Return the edges with the weak ones around a landmark's block named after it."""
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    mark = np.where(pd.notna(landmark[left]), landmark[left], np.where(right >= 0, landmark[right], None))
    weak = pd.notna(mark) & edges["barrier"].isin(["none", "wall", "lane"]).to_numpy() & (right >= 0)
    name = pd.Series(np.where(weak, mark, edges["name"].to_numpy(dtype=object)))
    return edges.assign(barrier=np.where(weak, "landmark", edges["barrier"]), name=_none(name).to_numpy())


def _targets(settled: Settled, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    columns = ["community", "kind", "neighbourhoods", "target"]
    targets = settled.areas.communities.rename(columns={"code": "community"})[columns].reset_index(drop=True)
    households = blocks.groupby("community")["households"].sum()
    return targets.assign(households=households.loc[targets["community"]].to_numpy())


def _landmarks(settled: Settled, blocks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    first = blocks.dropna(subset="landmark").drop_duplicates("landmark").set_index("landmark")["block_id"]
    return settled.given.landmarks.assign(block_id=first.loc[settled.given.landmarks["name"]].to_numpy())


def _buildings(
    settled: Settled, residents: Integers, blocks: gpd.GeoDataFrame, sites: pd.DataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Return all buildings: homes first, then one for each collective site."""
    homes_ = pd.DataFrame(
        {
            "block_id": settled.atom_of_building,
            "households": settled.buildings["households"].to_numpy(),
            "people": residents,
            "kind": settled.buildings["kind"].to_numpy(),
        }
    )
    collective = sites.rename(columns={"block": "block_id"}).assign(households=0)
    frame = pd.concat([homes_, collective[homes_.columns]], ignore_index=True)
    frame["storeys"] = _storeys(frame["kind"], rng)
    # Floor area of 34 m2 a person, spread over the storeys; a village house covers 110 m2.
    covered = np.where(frame["kind"] == "house", 110.0 * frame["households"], 34.0 * frame["people"] / frame["storeys"])
    frame["footprint_m2"] = np.rint(covered)
    frame["compound_id"] = _none(blocks["compound"].iloc[frame["block_id"]])
    frame.insert(0, "building_id", np.arange(len(frame)))
    where = shapely.get_coordinates(shapely.point_on_surface(settled.atoms[sites["block"].to_numpy()]))
    points = shapely.points(np.vstack([settled.points, where]))
    return gpd.GeoDataFrame(frame, geometry=points, crs=settled.lines.crs)


def _storeys(kind: pd.Series, rng: np.random.Generator) -> Integers:
    flats = rng.choice([6, 11, 18], size=len(kind), p=[0.6, 0.25, 0.15])
    house = rng.choice([1, 2, 3], size=len(kind), p=[0.15, 0.6, 0.25])
    other = rng.choice([5, 6, 12], size=len(kind))
    return np.asarray(np.select([kind == "flats", kind == "house"], [flats, house], other), dtype=np.int64)
