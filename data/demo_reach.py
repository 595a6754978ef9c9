"""Where the service offices stand: one per community, then wherever the most residents are still far from one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data.demo_tools import Floats, Ints

REACH_M = 450.0  # a little less than the 500 m aimed at, since people walk by streets


def place_offices(buildings: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return `count` buildings (x, y in metres, neighbourhood and community as positions) as sites, at most one a neighbourhood.

    `buildings`: x, y, weight (people), neighbourhood, community. Each community gets its centre first; then greedy maximal
    coverage within 450 m. Offices stand where premises were to be had, so what a site is worth is known only roughly (±35 %).
    """
    places = _thinned(buildings)
    xy = places[["x", "y"]].to_numpy(dtype=float)
    near = cKDTree(xy).query_ball_point(xy, REACH_M, return_sorted=True)
    reach = [np.asarray(each, dtype=np.int64) for each in near]
    chosen = _greedy(places, reach, count, rng.lognormal(0, 0.35, len(places)))
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
