"""Where people live: households to building areas, buildings to blocks, people to buildings, collective sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo_geography.areas import Areas
from data.demo_geography.streets import Geometries

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HOUSEHOLDS_A_BUILDING = 45.7
BUILT_SHARE = 0.8
"""Share of a building area that blocks of flats fill; the rest is schools, shops, works, parks."""

HOUSES_OF_TWO = 0.032
"""Share of village houses with two households."""

MEAN_HOUSEHOLD, POPULATION = 2.9, 1_080_000
LARGEST_ATOM = 60


def part_households(areas: Areas, rng: np.random.Generator) -> Integers:
    """Return the households of each building area: its target, give or take a few per cent."""
    target = areas.communities["target"].to_numpy()[areas.part_community]
    spread = np.clip(rng.normal(0.0, 0.035, len(target)), -0.07, 0.07)
    return np.asarray(np.rint(target * (1 + spread)), dtype=np.int64)


def flats(
    areas: Areas, households: Integers, blocks: Geometries, free: NDArray[np.bool_], rng: np.random.Generator
) -> pd.DataFrame:
    """Return the blocks of flats: one row per building with block and households; towns and resettlement only.

    `free` says which blocks may be built on. Most buildings have a block of their own; the rest share the largest.
    """
    xy, area = shapely.get_coordinates(shapely.centroid(blocks)), shapely.area(blocks)
    members = _members(np.where(free, areas.part, -1), len(areas.part_community))
    urban = areas.communities["kind"].to_numpy()[areas.part_community] != "rural"
    rows = [_flats_of(int(p), members[p], int(households[p]), xy, area, rng) for p in np.flatnonzero(urban)]
    return pd.concat(rows, ignore_index=True)


def _members(label: Integers, count: int) -> list[Integers]:
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(count + 1))
    return [order[bounds[i] : bounds[i + 1]] for i in range(count)]


def _flats_of(
    part: int, members: Integers, households: int, xy: Floats, area: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the buildings of one area: about seven, clustered around one of its blocks, as room allows."""
    count = int(np.clip(np.rint(households / HOUSEHOLDS_A_BUILDING + rng.normal(0, 0.6)), 5, 9))
    anchor = members[rng.integers(len(members))]
    nearness = np.hypot(*(xy[members] - xy[anchor]).T) * rng.uniform(0.6, 1.4, len(members))
    sites = members[np.argsort(nearness, kind="stable")]
    room = np.maximum(1, np.rint(area[sites] / (BUILT_SHARE * area[sites].sum() / count))).astype(np.int64)
    block = np.repeat(sites, room)[:count]
    block = np.append(block, rng.choice(sites, size=count - len(block), p=area[sites] / area[sites].sum()))
    size = _whole_shares(rng.uniform(0.78, 1.22, count), households)
    return pd.DataFrame({"part": part, "block": block.astype(np.int64), "households": size})


def _whole_shares(weight: Floats, total: int) -> Integers:
    exact = weight / weight.sum() * total
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]] += 1
    return np.asarray(whole)


def houses(
    areas: Areas, households: Integers, blocks: Geometries, free: NDArray[np.bool_], rng: np.random.Generator
) -> pd.DataFrame:
    """Return the village houses: one row each, with block and households (one, seldom two); some blocks are fields."""
    area = shapely.area(blocks)
    members = _members(np.where(free, areas.part, -1), len(areas.part_community))
    rural = areas.communities["kind"].to_numpy()[areas.part_community] == "rural"
    rows = [_houses_of(int(p), members[p], int(households[p]), area, rng) for p in np.flatnonzero(rural)]
    return pd.concat(rows, ignore_index=True)


def _houses_of(part: int, members: Integers, households: int, area: Floats, rng: np.random.Generator) -> pd.DataFrame:
    weight = area[members] * rng.gamma(4.0, 1.0, len(members))
    weight[rng.random(len(members)) < 0.2] = 0.0
    weight = weight if (weight > 0).sum() >= 4 else area[members]
    size = np.where(rng.random(households) < HOUSES_OF_TWO, 2, 1)
    size = size[: int(np.searchsorted(np.cumsum(size), households) + 1)]
    size[-1] -= int(size.sum()) - households
    per_block = _whole_shares(np.minimum(weight, 1.8 * weight.mean()), len(size))
    return pd.DataFrame({"part": part, "block": np.repeat(members, per_block), "households": size})


def people(households: Integers, rng: np.random.Generator) -> Integers:
    """Return the household population of each building: 2.9 a household on average, exactly so over the district."""
    weight = households * (1 + rng.normal(0, 0.12, len(households)) / np.sqrt(np.maximum(households, 1)))
    return _whole_shares(np.asarray(weight), round(MEAN_HOUSEHOLD * int(households.sum())))


@dataclass(frozen=True)
class CollectiveKind:
    """A kind of collective household: its share of all collective population and the people of a typical site."""

    name: str
    share: float
    typical: int


COLLECTIVE = (
    CollectiveKind("campus", 0.27, 2600),
    CollectiveKind("dormitory", 0.55, 900),
    CollectiveKind("hospital", 0.07, 700),
    CollectiveKind("other", 0.11, 240),
)


def collective_sites(total: int, suited: dict[str, Floats], rng: np.random.Generator) -> pd.DataFrame:
    """Return collective households: block, kind, people; they add up to `total`.

    `suited` gives per kind a weight per block (0: not there); sites are drawn without repeating a block.
    """
    left, taken, rows = total, np.zeros(len(suited[COLLECTIVE[0].name]), dtype=bool), []
    for kind in COLLECTIVE:
        amount = left if kind is COLLECTIVE[-1] else int(total * kind.share)
        weight = np.where(taken, 0.0, suited[kind.name])
        count = min(max(1, amount // kind.typical), int((weight > 0).sum()))
        chosen = rng.choice(len(weight), size=count, replace=False, p=weight / weight.sum())
        taken[chosen] = True
        people_there = _whole_shares(rng.uniform(0.6, 1.5, count), amount)
        rows.append(pd.DataFrame({"block": chosen, "kind": kind.name, "people": people_there}))
        left -= amount
    return pd.concat(rows, ignore_index=True)
