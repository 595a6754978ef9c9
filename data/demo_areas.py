"""The district as the records see it: neighbourhoods with people, place and character, from geography and edition."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data.demo_names import communities, neighbourhood_names
from data.demo_reach import place_offices
from data.demo_tools import Floats, Ints, generator, standard

METRES = 4549  # EPSG, CGCS2000 / 3-degree Gauss-Kruger CM 120E
CENTRE = "320613001"  # the old town's subdistrict
OFFICES = 493
NEAR = 40


@dataclass(frozen=True)
class District:
    """What the themes draw on; positions are row numbers of `neighbourhoods` (by code) and `communities` (by code).

    neighbourhoods: code, name, community (position), subdistrict, former, kind, households, people, collective,
    buildings, x, y (metres), central (0..1), vigour (how lively its self-governance is) and old (how aged it is), both
    with mean 0 and deviation 1. communities: reference columns and people, households, neighbourhoods, central, vigour,
    old, far (metres to the nearest office). offices: x, y, neighbourhood. near: the 40 nearest neighbourhoods of each,
    itself first. blocks: block_id -> neighbourhood. seed: of these records, for what two themes must draw alike.
    """

    neighbourhoods: pd.DataFrame
    communities: pd.DataFrame
    offices: pd.DataFrame
    near: Ints
    blocks: pd.DataFrame
    seed: int

    @property
    def codes(self) -> pd.Series[str]:
        """Neighbourhood codes by position."""
        return self.neighbourhoods["code"]

    def column(self, name: str) -> Floats:
        """Return a column of `neighbourhoods` as floats."""
        return self.neighbourhoods[name].to_numpy(dtype=float)

    def lively(self, theme: str) -> Floats:
        """Return how lively each neighbourhood is in one theme: akin to its vigour, but none leads in everything."""
        rng = generator(self.seed, f"lively {theme}")
        group = pd.factorize(self.neighbourhoods["subdistrict"])[0]
        own = rng.normal(0, 0.35, group.max() + 1)[group]
        own += rng.normal(0, 0.35, len(self.communities))[self.neighbourhoods["community"]]
        return standard(0.7 * self.column("vigour") + own + rng.normal(0, 0.35, len(own)))


def read_district(geography: Path, seed: int) -> District:
    """Read blocks, buildings and assignment (Parquet, EPSG:4490) and give each neighbourhood its character."""
    rng = generator(seed, "areas")
    blocks = _blocks(geography)
    places = communities()
    hoods = _neighbourhoods(blocks, places)
    hoods = _with_character(hoods, places, rng)
    position = pd.Series(hoods.index, index=hoods["code"])
    buildings = _buildings(geography, blocks, hoods, position)
    offices = place_offices(buildings, OFFICES, rng)
    xy = hoods[["x", "y"]].to_numpy(dtype=float)
    near = np.asarray(cKDTree(xy).query(xy, k=min(NEAR, len(xy)))[1], dtype=np.int64)
    near[:, 0] = np.arange(len(xy))
    table = _communities(places, hoods, buildings, offices)
    return District(hoods, table, offices, near, blocks[["block_id", "neighbourhood"]], seed)


def _blocks(geography: Path) -> pd.DataFrame:
    """block_id, neighbourhood, kind, households, people, collective, buildings, x, y (metres)."""
    blocks = gpd.read_parquet(geography / "blocks.parquet").to_crs(METRES)
    assignment = pd.read_parquet(geography / "assignment.parquet")
    middle = blocks.geometry.representative_point()
    columns = ["block_id", "kind", "households", "people", "collective", "buildings"]
    table = pd.DataFrame(blocks[columns]).assign(x=middle.x.to_numpy(), y=middle.y.to_numpy())
    return table.merge(assignment[["block_id", "neighbourhood"]], on="block_id", validate="one_to_one")


def _neighbourhoods(blocks: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    counts = ["households", "people", "collective", "buildings"]
    weight = blocks["people"] + blocks["collective"] + 0.001
    moments = blocks.assign(wx=blocks["x"] * weight, wy=blocks["y"] * weight, weight=weight)
    table = moments.groupby("neighbourhood")[[*counts, "wx", "wy", "weight"]].sum()
    table["kind"] = blocks.sort_values("households").groupby("neighbourhood")["kind"].last()
    table = table.sort_index().reset_index(names="code")
    table["x"], table["y"] = table["wx"] / table["weight"], table["wy"] / table["weight"]
    table["name"] = neighbourhood_names(table["code"])["name_zh"]
    table["community"] = pd.Index(places["code"]).get_indexer(pd.Index(table["code"].str[:12]))
    table["subdistrict"] = table["code"].str[:9]
    table["former"] = places["former_district"].to_numpy()[table["community"]]
    return table.drop(columns=["wx", "wy", "weight"])


def _with_character(hoods: pd.DataFrame, places: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add central, vigour and old: subdistricts and communities differ, and neighbourhoods within them a little."""
    centre = hoods[hoods["subdistrict"] == CENTRE][["x", "y"]].mean()
    distance = np.hypot(hoods["x"] - centre["x"], hoods["y"] - centre["y"]).to_numpy()
    central = np.exp(-distance / 4_500)
    group = pd.factorize(hoods["subdistrict"])[0]
    community = hoods["community"].to_numpy()
    effect = rng.normal(0, 0.35, group.max() + 1)[group] + rng.normal(0, 0.55, len(places))[community]
    noise = rng.normal(0, 0.6, len(hoods))
    rural, resettled = hoods["kind"] == "rural", hoods["kind"] == "resettlement"
    vigour = standard((effect + noise + 0.9 * central - 0.35 * rural - 0.2 * resettled).to_numpy(dtype=float))
    aged = central * 1.2 + 0.5 * rural - 0.6 * resettled + rng.normal(0, 0.4, len(places))[community]
    return hoods.assign(central=central, vigour=vigour, old=standard(aged.to_numpy(dtype=float)))


def _buildings(geography: Path, blocks: pd.DataFrame, hoods: pd.DataFrame, position: pd.Series[int]) -> pd.DataFrame:
    """One row per residential building: x, y, weight (people), neighbourhood and community as positions."""
    table = gpd.read_parquet(geography / "buildings.parquet", columns=["block_id", "people", "geometry"]).to_crs(METRES)
    home = blocks.set_index("block_id")["neighbourhood"].loc[table["block_id"]]
    neighbourhood = position.loc[home].to_numpy()
    return pd.DataFrame(
        {
            "x": table.geometry.x.to_numpy(),
            "y": table.geometry.y.to_numpy(),
            "weight": table["people"].to_numpy(dtype=float),
            "neighbourhood": neighbourhood,
            "community": hoods["community"].to_numpy()[neighbourhood],
        }
    )


def _communities(
    places: pd.DataFrame, hoods: pd.DataFrame, buildings: pd.DataFrame, offices: pd.DataFrame
) -> pd.DataFrame:
    """The reference columns, sums or means over each community's neighbourhoods, and far: mean metres to an office."""
    groups = hoods.assign(people=hoods["people"] + hoods["collective"]).groupby("community")
    table = places.join(groups[["people", "households"]].sum()).join(groups[["central", "vigour", "old"]].mean())
    table["neighbourhoods"] = groups.size()
    distance = cKDTree(offices[["x", "y"]]).query(buildings[["x", "y"]])[0] * buildings["weight"]
    total = buildings.groupby("community")["weight"].sum()
    table["far"] = distance.groupby(buildings["community"]).sum() / total if len(buildings) else 0.0
    return table
