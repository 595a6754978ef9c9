"""Where the service offices stand: one per community, then wherever the most residents are still far from one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data.demo_tools import Floats, Ints

REACH_M = 450.0  # a little less than the 500 m aimed at, since people walk by streets
PLANNED = 0.55  # the share of offices that was placed by plan; the others where premises were offered


def place_offices(buildings: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return `count` of the buildings as sites, at most one a neighbourhood, at least one a community.

    `buildings`: x, y (metres), weight (people), neighbourhood, community (positions). Each community gets its centre
    first; then greedy maximal coverage within 450 m, a site's worth being known only roughly (±35 %); then chance.
    """
    places = _thinned(buildings)
    xy = places[["x", "y"]].to_numpy(dtype=float)
    near = cKDTree(xy).query_ball_point(xy, REACH_M, return_sorted=True)
    reach = [np.asarray(each, dtype=np.int64) for each in near]
    chosen = _greedy(places, reach, round(PLANNED * count), rng.lognormal(0, 0.35, len(places)))
    chosen += _by_chance(places, chosen, count - len(chosen), rng)
    return places.iloc[chosen].reset_index(drop=True)


def _thinned(buildings: pd.DataFrame) -> pd.DataFrame:
    """At most one building per 80 m cell and neighbourhood stands for the others, with their people."""
    cell = (buildings["x"] // 80).astype(int) * 1_000_000 + (buildings["y"] // 80).astype(int)
    table = buildings.assign(cell=cell).sort_values(["neighbourhood", "cell", "weight"], ascending=[True, True, False])
    weight = table.groupby(["neighbourhood", "cell"])["weight"].transform("sum")
    kept = table.assign(weight=weight).drop_duplicates(["neighbourhood", "cell"])
    return kept.drop(columns="cell").reset_index(drop=True)


def _greedy(places: pd.DataFrame, reach: list[Ints], count: int, noise: Floats) -> list[int]:
    open_weight = places["weight"].to_numpy(dtype=float).copy()
    neighbourhood, community = places["neighbourhood"].to_numpy(), places["community"].to_numpy()
    gain = np.array([open_weight[each].sum() for each in reach])
    allowed = np.ones(len(places), dtype=bool)
    waiting = np.ones(int(community.max()) + 1, dtype=bool)
    chosen: list[int] = []
    while len(chosen) < count:
        worth = np.where(allowed, (gain + 1) * noise, -1)
        if waiting.any():
            worth[~waiting[community]] = -1
        best = int(worth.argmax())
        chosen.append(best)
        allowed[neighbourhood == neighbourhood[best]] = False
        waiting[community[best]] = False
        for place in reach[best]:
            if open_weight[place]:
                gain[reach[place]] -= open_weight[place]
                open_weight[place] = 0.0
    return chosen


def _by_chance(places: pd.DataFrame, chosen: list[int], count: int, rng: np.random.Generator) -> list[int]:
    """Sites in `count` more neighbourhoods, one each, the more people at the site the likelier."""
    taken = places["neighbourhood"].iloc[chosen]
    worth = places["weight"].to_numpy(dtype=float) * rng.lognormal(0, 0.8, len(places))
    free = places.assign(worth=worth)[~places["neighbourhood"].isin(taken)]
    best = free.sort_values("worth", ascending=False).drop_duplicates("neighbourhood")
    return [int(index) for index in best.index[rng.permutation(len(best))[:count]]]
