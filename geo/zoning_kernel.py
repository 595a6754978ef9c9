"""The compiled optimiser of one connected part of a community: spanning-tree bisection, then annealing.

Contiguity holds in every state on the way. Integers only (see `geo.zoning_tree`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from geo.zoning_tree import (
    AREA,
    BORDER,
    BORDER_COST,
    BUILDINGS,
    FAR,
    LOAD,
    PERIMETER,
    SIZE,
    Ints,
    Net,
    Tree,
    collect,
    compiled,
    draw,
    grow,
    mark_branch,
    new_tree,
    sum_branches,
)

# -ln(u) for 1,024 equally likely u, in 1/1024: Metropolis' rule without a floating-point exponential.
COOL = np.array([round(-1024 * math.log((i + 0.5) / 1024)) for i in range(1024)], dtype=np.int64)
STEPS = 64


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
    """

    part: Ints
    whole: Ints
    held: Ints
    home: Ints
    stay: Ints


@compiled
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


@compiled
def of_part(c: Costs, whole: Ints, p: int) -> int:
    """Cost of part `p` by itself."""
    return standing(c, whole[LOAD, p], whole[BUILDINGS, p], whole[AREA, p], whole[PERIMETER, p])


@compiled
def of_branch(c: Costs, tree: Tree, v: int) -> int:
    """Cost of the branch at `v` as a neighbourhood by itself."""
    s = tree.sums
    return standing(c, s[LOAD, v], s[BUILDINGS, v], s[AREA, v], s[PERIMETER, v] + s[BORDER, v])


@compiled
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


@compiled
def best_share(c: Costs, tree: Tree, count: int, wanted: int) -> tuple[int, int, int]:
    """The branch to cut a region of `wanted` neighbourhoods at, how many it gets, and the cost."""
    best, at, share_at = FAR, -1, 0
    total = tree.sums[LOAD, tree.order[0]]
    for i in range(1, count):
        v = tree.order[i]
        size = tree.sums[SIZE, v]
        for share in range(max(1, wanted - count + size), min(size, wanted - 1) + 1):
            off = abs(tree.sums[LOAD, v] * wanted - total * share) * 1000 // (wanted * c.unit)
            # An equal halving leaves more room for what follows than a single bite.
            cost = c.balance * off * off // 100 + tree.sums[BORDER_COST, v] + 40 * c.compact * abs(2 * share - wanted)
            if cost < best:
                best, at, share_at = cost, v, share
    return at, share_at, best


@compiled
def bisect(net: Net, c: Costs, parts: int, tries: int, state: Ints, part: Ints) -> None:
    """Fill `part` with a first division of a connected graph into `parts` (at most its blocks) neighbourhoods."""
    tree = new_tree(len(part), len(net.group_cost))
    shares, side = np.zeros(parts, np.int64), np.zeros(len(part), np.int64)
    part[:] = 0
    shares[0] = parts
    used = 1
    region = 0
    while region < parts:
        if shares[region] <= 1:
            region += 1
            continue
        count = collect(tree, part, region, region)
        best, share = FAR, 0
        for turn in range(tries):
            grow(net, tree, count, turn & 3, state)
            sum_branches(net, tree, count)
            at, share_at, cost = best_share(c, tree, count, shares[region])
            if cost < best:
                best, share = cost, share_at
                mark_branch(tree, count, at)
                side[:] = tree.side
        for i in range(count):
            if side[tree.nodes[i]] == 1:
                part[tree.nodes[i]] = used
        shares[used] = share
        shares[region] -= share
        used += 1


@compiled
def stays_whole(net: Net, part: Ints, v: int, size: int, tree: Tree) -> bool:
    """Whether the neighbourhood of `v` (of `size` blocks) is still connected without it."""
    queue, seen = tree.nodes, tree.seen
    seen[:] = 0
    seen[v] = 1
    head, tail = 0, 0
    for e in range(net.start[v], net.start[v + 1]):
        if net.touch[e] == 1 and part[net.near[e]] == part[v]:
            queue[0] = net.near[e]
            seen[net.near[e]] = 1
            tail = 1
            break
    while head < tail:
        u = queue[head]
        head += 1
        for e in range(net.start[u], net.start[u + 1]):
            w = net.near[e]
            if net.touch[e] == 1 and part[w] == part[v] and seen[w] == 0:
                seen[w] = 1
                queue[tail] = w
                tail += 1
    return tail == size - 1


@compiled
def tally(net: Net, plan: Plan) -> None:
    """Fill the sums per neighbourhood and the blocks of each group in each neighbourhood."""
    plan.whole[:] = 0
    plan.held[:] = 0
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


@compiled
def flip_change(net: Net, c: Costs, plan: Plan, v: int, b: int, edge: Ints) -> int:
    """Change of cost if block `v` goes to neighbourhood `b`; leaves the two changes of perimeter in `edge`."""
    a = plan.part[v]
    total: int = net.sums[PERIMETER, v]
    change: int = 0
    to_a, to_b = 0, 0
    for e in range(net.start[v], net.start[v + 1]):
        total += net.length[e]
        p = plan.part[net.near[e]]
        if p == a:
            to_a += net.length[e]
            change += net.cut[e]
        elif p == b:
            to_b += net.length[e]
            change -= net.cut[e]
    edge[0], edge[1] = 2 * to_a - total, total - 2 * to_b
    w, s = plan.whole, net.sums
    change += standing(
        c,
        w[LOAD, a] - s[LOAD, v],
        w[BUILDINGS, a] - s[BUILDINGS, v],
        w[AREA, a] - s[AREA, v],
        w[PERIMETER, a] + edge[0],
    )
    change += standing(
        c,
        w[LOAD, b] + s[LOAD, v],
        w[BUILDINGS, b] + s[BUILDINGS, v],
        w[AREA, b] + s[AREA, v],
        w[PERIMETER, b] + edge[1],
    )
    change -= of_part(c, w, a) + of_part(c, w, b)
    g = net.group[v]
    if g >= 0:
        change += net.group_cost[g] * (int(plan.held[g, b] == 0) - int(plan.held[g, a] == 1))
    change += plan.stay[v] * (int(plan.home[v] == a) - int(plan.home[v] == b))
    return change


@compiled
def give(net: Net, plan: Plan, v: int, b: int) -> None:
    """Relabel block `v`, keeping the blocks of each group in each part."""
    if net.group[v] >= 0:
        plan.held[net.group[v], plan.part[v]] -= 1
        plan.held[net.group[v], b] += 1
    plan.part[v] = b


@compiled
def try_flip(net: Net, c: Costs, plan: Plan, tree: Tree, heat: int, state: Ints, edge: Ints) -> int:
    """Offer a random block to a neighbouring neighbourhood; returns the change of cost (0 if refused)."""
    v = draw(state, len(plan.part))
    a = plan.part[v]
    if plan.whole[SIZE, a] < 2:
        return 0
    e = net.start[v] + draw(state, net.start[v + 1] - net.start[v])
    b = plan.part[net.near[e]]
    if b == a or net.touch[e] == 0:
        return 0
    change = flip_change(net, c, plan, v, b, edge)
    if change > 0 and change * 1024 > heat * COOL[draw(state, 1024)]:
        return 0
    if not stays_whole(net, plan.part, v, plan.whole[SIZE, a], tree):
        return 0
    for row in range(3):
        plan.whole[row, a] -= net.sums[row, v]
        plan.whole[row, b] += net.sums[row, v]
    plan.whole[PERIMETER, a] += edge[0]
    plan.whole[PERIMETER, b] += edge[1]
    plan.whole[SIZE, a] -= 1
    plan.whole[SIZE, b] += 1
    give(net, plan, v, b)
    return change


@compiled
def pair_cost(net: Net, c: Costs, plan: Plan, tree: Tree, count: int, a: int, b: int) -> int:
    """Cost of two neighbourhoods as they are: each alone, their border, the groups they share, households moved."""
    cost = of_part(c, plan.whole, a) + of_part(c, plan.whole, b)
    for i in range(count):
        v = tree.order[i]
        p, home, g = plan.part[v], plan.home[v], net.group[v]
        if p != home and home in (a, b):
            cost += plan.stay[v]
        for e in range(net.start[v], net.start[v + 1]):
            u = net.near[e]
            if u > v and tree.inside[u] == 1 and plan.part[u] != p:
                cost += net.cut[e]
        if g >= 0 and p == a and plan.held[g, b] > 0 and tree.last[g] < 0:
            cost += net.group_cost[g]
            tree.last[g] = 1
    for i in range(count):
        if net.group[tree.order[i]] >= 0:
            tree.last[net.group[tree.order[i]]] = -1
    return cost


@compiled
def sum_stays(plan: Plan, tree: Tree, count: int, a: int, b: int) -> int:
    """Leave in `tree.key` what labelling each branch `b`, not `a`, adds for moves; returns what all at `a` costs."""
    at_a = 0
    for i in range(count):
        v = tree.order[i]
        tree.key[v] = 0
        if plan.home[v] == a:
            tree.key[v] = plan.stay[v]
        elif plan.home[v] == b:
            tree.key[v] = -plan.stay[v]
            at_a += plan.stay[v]
    for i in range(count - 1, 0, -1):
        tree.key[tree.parent[tree.order[i]]] += tree.key[tree.order[i]]
    return at_a


@compiled
def best_cut(c: Costs, tree: Tree, count: int, at_a: int) -> tuple[int, int, int]:
    """The branch whose cutting costs least, that cost, and whether it becomes the second label (1) or the first (0)."""
    root = tree.order[0]
    best, at, second = FAR, -1, 1
    for i in range(1, count):
        v = tree.order[i]
        if_second = at_a + tree.key[v]
        if_first = at_a + tree.key[root] - tree.key[v]
        cost = tree.sums[BORDER_COST, v] + min(if_first, if_second)
        if cost < best:
            cost += of_branch(c, tree, v)
        if cost < best:
            cost += of_rest(c, tree, root, v)
        if cost < best:
            best, at, second = cost, v, 1 if if_second <= if_first else 0
    return at, best, second


@compiled
def try_recut(net: Net, c: Costs, plan: Plan, tree: Tree, heat: int, state: Ints) -> int:
    """Merge a random pair of neighbours and cut it at the best branch of a random tree; returns the change of cost."""
    v = draw(state, len(plan.part))
    e = net.start[v] + draw(state, net.start[v + 1] - net.start[v])
    a, b = plan.part[v], plan.part[net.near[e]]
    if a == b or net.touch[e] == 0:
        return 0
    count = collect(tree, plan.part, a, b)
    grow(net, tree, count, draw(state, 6), state)
    sum_branches(net, tree, count)
    at, cost, second = best_cut(c, tree, count, sum_stays(plan, tree, count, a, b))
    change = cost - pair_cost(net, c, plan, tree, count, a, b)
    if change * 1024 > heat * COOL[draw(state, 1024)]:
        return 0
    mark_branch(tree, count, at)
    for i in range(count):
        u = tree.order[i]
        give(net, plan, u, b if tree.side[u] == second else a)
    branch, rest = (b, a) if second == 1 else (a, b)
    for row in range(5):
        plan.whole[row, branch] = tree.sums[row, at]
        plan.whole[row, rest] = tree.sums[row, tree.order[0]] - tree.sums[row, at]
    plan.whole[PERIMETER, branch] += tree.sums[BORDER, at]
    plan.whole[PERIMETER, rest] += tree.sums[BORDER, at]
    return change


@compiled
def anneal(
    net: Net, c: Costs, parts: int, flips: int, recuts: int, heat: int, home: Ints, stay: Ints, state: Ints, part: Ints
) -> int:
    """Improve `part` in place by single flips and recuts of neighbouring pairs; returns the gain over its cost at the
    start.

    `heat` is the first temperature in units of cost; it falls geometrically in STEPS steps to a hundredth. `flips` and
    `recuts` are tries a step. The best division seen is the one returned.
    """
    tree = new_tree(len(part), len(net.group_cost))
    plan = Plan(part, np.zeros((5, parts), np.int64), np.zeros((len(net.group_cost) + 1, parts), np.int64), home, stay)
    tally(net, plan)
    edge, best_part = np.zeros(2, np.int64), part.copy()
    cost, best = 0, 0
    for _step in range(STEPS):
        for turn in range(flips + recuts):
            if turn < recuts:
                change = try_recut(net, c, plan, tree, heat, state)
            else:
                change = try_flip(net, c, plan, tree, heat, state, edge)
            cost += change
            if change < 0 and cost < best:
                best = cost
                best_part[:] = part
        heat = heat * 931 // 1000
    part[:] = best_part
    return -best
