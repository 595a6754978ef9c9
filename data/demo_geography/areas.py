"""Subdistricts, communities and hidden building areas of the demonstration district, grown on its blocks."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.demo_geography.growth import BlockGraph, grow, scattered_seeds
from data.demo_geography.naming import place_names

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEIGHBOURHOODS, RURAL_NEIGHBOURHOODS = 1074, 115
URBAN_TARGET, RURAL_TARGET = 300, 150
FEWEST, MOST = 3, 12

RELUCTANCE = {
    "river": 5.0,
    "arterial": 4.0,
    "rail": 3.5,
    "road": 1.7,
    "landmark": 1.5,
    "wall": 1.1,
    "lane": 1.0,
    "none": 1.0,
}
"""How many times its length a step across a barrier counts, so that areas end at rivers and large roads."""


@dataclass(frozen=True)
class Areas:
    """Per block its community (row of `communities`: code, name_zh, kind, neighbourhoods, target …) and its `part`.

    A part is a hidden area of about one target of households, in which buildings and compounds are placed.
    """

    community: Integers
    part: Integers
    part_community: Integers
    communities: pd.DataFrame


def block_graph(blocks: NDArray[np.object_], edges: gpd.GeoDataFrame, mass: Floats) -> BlockGraph:
    """Return the graph of blocks in contact; a step costs its length times the barrier's reluctance."""
    touching = edges[edges["contact"]].sort_values(["left", "right", "length_m"], ascending=[True, True, False])
    # Where two blocks meet on several lines the longest stretch decides how willingly one steps across.
    pairs = touching.drop_duplicates(["left", "right"])
    border = touching.groupby(["left", "right"])["length_m"].sum().to_numpy()
    a, b = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    xy = shapely.get_coordinates(shapely.centroid(blocks))
    reluctance = pairs["barrier"].map(RELUCTANCE).to_numpy(dtype=float)
    return BlockGraph(xy, mass, a, b, np.hypot(*(xy[a] - xy[b]).T) * reluctance, border)


def enclosed(count: int, edges: gpd.GeoDataFrame, barriers: tuple[str, ...]) -> Integers:
    """Return for each block the number of the enclosure it is in: blocks joined by unnamed lines not in `barriers`."""
    inner = edges[(edges["right"] >= 0) & ~edges["barrier"].isin(barriers) & edges["name"].isna()]
    links = coo_array((np.ones(len(inner)), (inner["left"], inner["right"])), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def grow_areas(
    graph: BlockGraph,
    edges: gpd.GeoDataFrame,
    centres: gpd.GeoDataFrame,
    communities: pd.DataFrame,
    anchors: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> Areas:
    """Return the areas: subdistricts around their centres, communities in them, building areas in those.

    Subdistricts are made of whole enclosures of arterials and water, communities of whole enclosures of streets.
    `centres` has code and geometry of the subdistricts; `communities` has code, name_zh,
    subdistrict_code, rural. `anchors` (name, geometry) draw communities named after them.
    """
    large = enclosed(len(graph.xy), edges, ("river", "arterial"))
    streets = enclosed(len(graph.xy), edges, ("river", "arterial", "road"))
    subdistrict = _subdistricts(graph.quotient(large), centres, communities)[large]
    first = np.unique(streets, return_index=True)[1]
    of_street = subdistrict[first]
    coarse = graph.quotient(streets).within(of_street)
    community, table = _communities(coarse, of_street, centres, communities, anchors, rng)
    community = community[streets]
    inside = graph.within(community)
    counts = table["neighbourhoods"].to_numpy()
    seeds = scattered_seeds(inside, community, counts, rng)
    part_community = np.repeat(np.arange(len(table)), counts)
    mass_of = np.bincount(community, graph.mass, minlength=len(table))
    part = grow(inside, seeds, (mass_of / counts)[part_community], rounds=60, move=30)
    return Areas(community, part, part_community, table)


def _subdistricts(graph: BlockGraph, centres: gpd.GeoDataFrame, communities: pd.DataFrame) -> Integers:
    xy = shapely.get_coordinates(centres.geometry)
    gaps = np.hypot(graph.xy[:, None, 0] - xy[None, :, 0], graph.xy[:, None, 1] - xy[None, :, 1])
    seeds = gaps.argmin(axis=0)
    weight = expected_households(centres, communities)
    wanted = weight / weight.sum() * graph.mass.sum()
    nearest = grow(graph, seeds, wanted, rounds=1, move=0)
    # Halfway between nearest and exactly balanced: full balance would stretch some along the bank for kilometres.
    target = (wanted + np.bincount(nearest, graph.mass, minlength=len(seeds))) / 2
    return grow(graph, seeds, target, rounds=40, move=0)


def expected_households(centres: gpd.GeoDataFrame, communities: pd.DataFrame) -> Floats:
    """Return the households each subdistrict should have by its numbers of urban and village communities."""
    rural = communities["rural"].astype(int)
    villages = int(rural.sum())
    per_urban = URBAN_TARGET * (NEIGHBOURHOODS - RURAL_NEIGHBOURHOODS) / (len(communities) - villages)
    per_village = RURAL_TARGET * RURAL_NEIGHBOURHOODS / villages
    weight = pd.Series(np.where(rural == 1, per_village, per_urban), index=communities["subdistrict_code"])
    return np.asarray(weight.groupby(level=0).sum().loc[centres["code"]].to_numpy(dtype=float))


def _communities(
    graph: BlockGraph,
    subdistrict: Integers,
    centres: gpd.GeoDataFrame,
    communities: pd.DataFrame,
    anchors: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> tuple[Integers, pd.DataFrame]:
    """Return the community of each block (position in the table) and the table with kind, neighbourhoods and target."""
    ordered = communities.sort_values("code", ignore_index=True)
    codes = centres["code"].to_numpy()
    counts = ordered.groupby("subdistrict_code").size().loc[codes].to_numpy()
    of = np.repeat(np.arange(len(codes)), counts)
    # Communities differ in size: their masses are drawn around the mean of the subdistrict.
    share = rng.uniform(0.7, 1.35, len(of))
    share /= np.bincount(of, share)[of]
    held = np.bincount(subdistrict, graph.mass, minlength=len(codes))
    label = grow(graph, scattered_seeds(graph, subdistrict, counts, rng), share * held[of], rounds=60, move=25)
    size = np.bincount(label, minlength=len(of))
    middles = np.column_stack([np.bincount(label, graph.xy[:, d], minlength=len(of)) / size for d in (0, 1)])
    town = np.average(shapely.get_coordinates(centres.geometry), axis=0)
    place = place_names(middles, of, codes, ordered, anchors, town)
    table = _with_counts(ordered, np.bincount(place[label], graph.mass, minlength=len(ordered)).astype(float))
    return place[label], table


def _with_counts(ordered: pd.DataFrame, mass: Floats) -> pd.DataFrame:
    """Return the communities with kind, target and numbers of neighbourhoods that add up to the published total."""
    rural = ordered["rural"].astype(int).to_numpy() == 1
    resettled = ordered["name_zh"].str.contains("花苑|佳园|家苑|佳苑|家园").to_numpy() & ~rural
    counts = np.zeros(len(ordered), dtype=np.int64)
    counts[rural] = _shared_out(mass[rural], RURAL_NEIGHBOURHOODS)
    counts[~rural] = _shared_out(mass[~rural], NEIGHBOURHOODS - RURAL_NEIGHBOURHOODS)
    return ordered.assign(
        kind=np.select([rural, resettled], ["rural", "resettlement"], "urban"),
        neighbourhoods=counts,
        target=np.where(rural, RURAL_TARGET, URBAN_TARGET),
    )


def _shared_out(mass: Floats, total: int) -> Integers:
    """Return whole numbers from FEWEST to MOST in proportion to `mass` that add up to `total` (largest remainders)."""
    low, high = 0.0, 4.0 * total / mass.sum()
    for _ in range(60):
        rate = (low + high) / 2
        low, high = (rate, high) if np.clip(mass * rate, FEWEST, MOST).sum() < total else (low, rate)
    exact = np.clip(mass * high, FEWEST, MOST)
    counts = np.floor(exact + 1e-9).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]] += 1
    return np.asarray(counts)
