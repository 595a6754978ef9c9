"""Compiled costs of a neighbourhood and of the branches of a tree, in whole numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.compiled import Ints, inner
from geo.zoning_tree import AREA, BORDER, BUILDINGS, LOAD, PERIMETER, SIZE, Net, Tree


class Costs(NamedTuple):
    """What a neighbourhood should be and what it costs not to be so; see `geo.zoning_graph.Weights`."""

    unit: int
    balance: int
    tight: int
    tight_cost: int
    wide: int
    wide_cost: int
    low: int
    high: int
    buildings: int
    compact: int
    round_min: int
    round_cost: int


class Plan(NamedTuple):
    """A division: `part` of each block, `whole` (sums per part, rows LOAD … SIZE), `held` (blocks of each group in
    each part).

    `home` is the part each block belongs to in the current edition (-1: none), `stay` the cost of not being there.
    `best` (per block), `shares` (per part) and `edge` are room to work in.
    """

    part: Ints
    whole: Ints
    held: Ints
    home: Ints
    stay: Ints
    best: Ints
    shares: Ints
    edge: Ints


def new_plan(net: Net, part: Ints, parts: int, home: Ints, stay: Ints) -> Plan:
    """A plan of `parts` neighbourhoods with labels `part` (all 0 before `bisect`)."""
    n, groups = len(part), len(net.group_cost)
    whole, held = np.zeros((5, parts), np.int64), np.zeros((groups + 1, parts), np.int64)
    return Plan(part, whole, held, home, stay, np.zeros(n, np.int64), np.zeros(parts, np.int64), np.zeros(2, np.int64))


@inner
def standing(c: Costs, load: int, buildings: int, area: int, perimeter: int) -> int:
    """Cost of one neighbourhood by itself: households against target, buildings against range, compactness."""
    off = abs(load - c.unit) * 1000 // c.unit
    cost = c.balance * off * off // 1000
    if off > c.tight:
        cost += c.tight_cost * (50 + off - c.tight)
    if off > c.wide:
        cost += c.wide_cost * (100 + off - c.wide)
    if buildings < c.low:
        cost += c.buildings * (1 + c.low - buildings)
    elif buildings > c.high:
        cost += c.buildings * (1 + buildings - c.high)
    roundness = 12566 * area // (perimeter * perimeter + 1)  # Polsby-Popper 4πA/P² in thousandths
    cost += c.compact * (1000 - roundness)
    if roundness < c.round_min:
        cost += c.round_cost * (c.round_min - roundness)
    return cost


@inner
def of_part(c: Costs, whole: Ints, p: int) -> int:
    """Cost of part `p` by itself."""
    return standing(c, whole[LOAD, p], whole[BUILDINGS, p], whole[AREA, p], whole[PERIMETER, p])


@inner
def of_branch(c: Costs, tree: Tree, v: int) -> int:
    """Cost of the branch at `v` as a neighbourhood by itself."""
    s = tree.sums
    return standing(c, s[LOAD, v], s[BUILDINGS, v], s[AREA, v], s[PERIMETER, v] + s[BORDER, v])


@inner
def of_rest(c: Costs, tree: Tree, root: int, v: int) -> int:
    """Cost of everything but the branch at `v` as a neighbourhood by itself."""
    s = tree.sums
    return standing(
        c,
        s[LOAD, root] - s[LOAD, v],
        s[BUILDINGS, root] - s[BUILDINGS, v],
        s[AREA, root] - s[AREA, v],
        s[PERIMETER, root] - s[PERIMETER, v] + s[BORDER, v],
    )


@inner
def tally(net: Net, plan: Plan) -> None:
    """Add up the sums per neighbourhood and the blocks of each group in each neighbourhood."""
    for v in range(len(plan.part)):
        p = plan.part[v]
        plan.whole[SIZE, p] += 1
        for row in range(4):
            plan.whole[row, p] += net.sums[row, v]
        for e in range(net.start[v], net.start[v + 1]):
            if plan.part[net.near[e]] != p:
                plan.whole[PERIMETER, p] += net.length[e]
        if net.group[v] >= 0:
            plan.held[net.group[v], p] += 1
