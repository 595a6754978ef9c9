"""Grids (网格) and residents' groups (居民小组): most are a neighbourhood, a share deliberately is not."""

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
from geo import crs
from geo.blocks import dissolve

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEWEST_BLOCKS = 5
"""Blocks a neighbourhood needs to be cut in two or to give one away."""


@dataclass(frozen=True)
class Shares:
    """Shares of all neighbourhoods that are joined in pairs, cut in two, or differ by one block from a unit."""

    joined: float
    cut: float
    shifted: float


GRID_SHARES = Shares(joined=0.10, cut=0.04, shifted=0.06)
GROUP_SHARES = Shares(joined=0.03, cut=0.13, shifted=0.04)


def make_grids(
    blocks: gpd.GeoDataFrame, edges: pd.DataFrame, assignment: pd.Series, seed: int
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return grids and residents' groups, each in one piece and inside one community, together covering all blocks.

    `assignment` maps block_id to neighbourhood code. Columns: unit_id (WG or JZ, community, serial), community,
    coincides_with (code of the neighbourhood with the same blocks, else None), geometry (in the CRS of `blocks`).
    """
    rng = np.random.default_rng([seed, len(blocks)])
    codes, label = np.unique(blocks["block_id"].map(assignment).to_numpy(dtype=str), return_inverse=True)
    graph = _contact_graph(blocks, edges)
    home = label.astype(np.int64)
    made = []
    for prefix, shares in (("WG", GRID_SHARES), ("JZ", GROUP_SHARES)):
        made.append(_table(prefix, blocks, home, _units(graph, home, codes, shares, rng), codes))
    return made[0], made[1]


def _contact_graph(blocks: gpd.GeoDataFrame, edges: pd.DataFrame) -> BlockGraph:
    touching = edges[edges["contact"]].groupby(["left", "right"], as_index=False)["length_m"].sum()
    a, b = touching["left"].to_numpy(dtype=np.int64), touching["right"].to_numpy(dtype=np.int64)
    border = touching["length_m"].to_numpy()
    xy = shapely.get_coordinates(shapely.centroid(crs.to_metric(blocks, "Blocks").geometry.to_numpy()))
    return BlockGraph(xy, blocks["households"].to_numpy() + 1.0, a, b, np.hypot(*(xy[a] - xy[b]).T), border)


def _units(
    graph: BlockGraph, home: Integers, codes: NDArray[np.str_], shares: Shares, rng: np.random.Generator
) -> Integers:
    """Return the unit of each block, numbered like the neighbourhoods; halves cut off get numbers after them."""
    count = len(codes)
    unit, free = home.copy(), np.ones(count, dtype=bool)
    pairs = rng.permutation(_neighbouring(graph, home, codes))
    for one, other in _taken(pairs, free, int(shares.joined * count / 2)):
        unit[home == other] = one
    shifts = 0
    for giver, taker in pairs:
        if shifts >= shares.shifted * count / 2 or not (free[giver] and free[taker]):
            continue
        block = _spare(graph, home, giver, taker)
        if block >= 0:
            unit[block], free[giver], free[taker] = taker, False, False
            shifts += 1
    size = np.bincount(home, minlength=count)
    able = np.flatnonzero(free & (size >= FEWEST_BLOCKS))
    return _halved(graph, unit, rng.permutation(able)[: int(shares.cut * count)], count, rng)


def _neighbouring(graph: BlockGraph, home: Integers, codes: NDArray[np.str_]) -> Integers:
    """Return (n, 2): neighbourhoods of one community that touch, in a fixed order."""
    pairs = np.sort(np.column_stack([home[graph.a], home[graph.b]]), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    community = np.array([code[:12] for code in codes])
    return np.asarray(pairs[community[pairs[:, 0]] == community[pairs[:, 1]]])


def _taken(pairs: Integers, free: Flags, wanted: int) -> list[tuple[int, int]]:
    """Return up to `wanted` pairs that share no member, and mark their members as no longer free."""
    chosen: list[tuple[int, int]] = []
    for one, other in pairs.tolist():
        if len(chosen) < wanted and free[one] and free[other]:
            free[[one, other]] = False
            chosen.append((one, other))
    return chosen


def _spare(graph: BlockGraph, home: Integers, giver: int, taker: int) -> int:
    """Return a block of `giver` on the border with `taker` that it can lose without falling apart, -1 if none."""
    members = np.flatnonzero(home == giver)
    if len(members) < FEWEST_BLOCKS:
        return -1
    inner = (home[graph.a] == giver) & (home[graph.b] == giver)
    a, b = np.searchsorted(members, graph.a[inner]), np.searchsorted(members, graph.b[inner])
    border = np.union1d(
        graph.a[(home[graph.a] == giver) & (home[graph.b] == taker)],
        graph.b[(home[graph.b] == giver) & (home[graph.a] == taker)],
    )
    for block in border:
        gone = np.searchsorted(members, block)
        keep = (a != gone) & (b != gone)
        links = coo_array((np.ones(keep.sum()), (a[keep], b[keep])), shape=(len(members), len(members)))
        if connected_components(links, directed=False)[0] == 2:
            return int(block)
    return -1


def _halved(graph: BlockGraph, unit: Integers, chosen: Integers, count: int, rng: np.random.Generator) -> Integers:
    """Return the units with each chosen one cut into two connected parts of about equal households."""
    halves = np.zeros(count, dtype=np.int64)
    halves[chosen] = 2
    inside = graph.within(unit)
    seeds = scattered_seeds(inside, unit, halves, rng)
    owner = np.repeat(np.arange(count), halves)
    mass = np.bincount(unit, graph.mass, minlength=count)
    part = grow(inside, seeds, mass[owner] / 2, rounds=24, move=8)
    second = (part >= 0) & (part % 2 == 1)
    return np.where(second, count + part, unit)


def _table(
    prefix: str, blocks: gpd.GeoDataFrame, home: Integers, unit: Integers, codes: NDArray[np.str_]
) -> gpd.GeoDataFrame:
    """Return one row per unit, numbered inside each community from north-west to south-east."""
    _, group = np.unique(unit, return_inverse=True)
    shapes = dissolve(blocks.geometry.to_numpy(), group.astype(np.int64))
    first = np.unique(group, return_index=True)[1]
    whole = np.bincount(home, minlength=len(codes))[home[first]] == np.bincount(group)
    alone = pd.Series(home).groupby(group).nunique().to_numpy() == 1
    middle = shapely.centroid(shapes)
    table = pd.DataFrame({"community": [codes[home[i]][:12] for i in first]})
    same = pd.Series(codes[home[first]], dtype=object).where(whole & alone)
    table["coincides_with"] = same.where(same.notna(), None)
    table = table.assign(shape=shapes, x=shapely.get_x(middle), y=-shapely.get_y(middle))
    table = table.sort_values(["community", "y", "x"], ignore_index=True)
    serial = (table.groupby("community").cumcount() + 1).astype(str).str.zfill(3)
    table.insert(0, "unit_id", prefix + table["community"] + serial)
    return gpd.GeoDataFrame(table[["unit_id", "community", "coincides_with"]], geometry=table["shape"], crs=blocks.crs)
