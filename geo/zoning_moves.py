"""Compiled moves: one block to the next neighbourhood, or a pair merged and cut anew; both keep contiguity."""

from __future__ import annotations

import math

import numpy as np

from geo.compiled import Ints, inner
from geo.zoning_costs import Costs, Plan, of_branch, of_part, of_rest, standing
from geo.zoning_tree import (
    AREA,
    BORDER,
    BORDER_COST,
    BUILDINGS,
    FAR,
    LOAD,
    PERIMETER,
    SIZE,
    Net,
    Tree,
    collect,
    draw,
    grow,
    mark_branch,
    release,
    sum_branches,
)

# -ln(u) for 1,024 equally likely u, in 1/1024: Metropolis' rule without a floating-point exponential.
COOL = np.array([round(-1024 * math.log((i + 0.5) / 1024)) for i in range(1024)], dtype=np.int64)


@inner
def neighbours_to_find(net: Net, part: Ints, v: int, tree: Tree, mark: int) -> int:
    """Mark the neighbours of `v` in its own neighbourhood and put the first into the tree's queue; returns how many."""
    found = 0
    for e in range(net.start[v], net.start[v + 1]):
        u = net.near[e]
        if net.touch[e] == 1 and part[u] == part[v]:
            tree.reached[u] = mark
            tree.nodes[0] = u
            found += 1
    return found


@inner
def stays_whole(net: Net, part: Ints, v: int, tree: Tree, state: Ints) -> bool:
    """Whether the neighbourhood of `v` is still connected without it: whether its neighbours there can reach each
    other.

    `state[1]` numbers the searches, so that no search must clear the marks of those before.
    """
    state[1] += 2
    wanted, done = state[1], state[1] + 1
    missing = neighbours_to_find(net, part, v, tree, wanted) - 1
    tree.reached[v] = done
    tree.reached[tree.nodes[0]] = done
    head, tail = 0, 1
    while head < tail and missing > 0:
        u = tree.nodes[head]
        head += 1
        for e in range(net.start[u], net.start[u + 1]):
            w = net.near[e]
            if net.touch[e] == 1 and part[w] == part[v] and tree.reached[w] != done:
                missing -= int(tree.reached[w] == wanted)
                tree.reached[w] = done
                tree.nodes[tail] = w
                tail += 1
    return missing == 0


@inner
def flip_change(net: Net, c: Costs, plan: Plan, v: int, b: int) -> int:
    """Change of cost if block `v` goes to neighbourhood `b`; leaves the two changes of perimeter in `edge`."""
    a, edge = plan.part[v], plan.edge
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


@inner
def give(net: Net, plan: Plan, v: int, b: int) -> None:
    """Relabel block `v`, keeping the blocks of each group in each part."""
    if net.group[v] >= 0:
        plan.held[net.group[v], plan.part[v]] -= 1
        plan.held[net.group[v], b] += 1
    plan.part[v] = b


@inner
def try_flip(net: Net, c: Costs, plan: Plan, tree: Tree, heat: int, state: Ints) -> int:
    """Offer a random block to a neighbouring neighbourhood; returns the change of cost (0 if refused)."""
    v = draw(state, len(plan.part))
    a = plan.part[v]
    if plan.whole[SIZE, a] < 2:
        return 0
    e = net.start[v] + draw(state, net.start[v + 1] - net.start[v])
    b = plan.part[net.near[e]]
    if b == a or net.touch[e] == 0:
        return 0
    change = flip_change(net, c, plan, v, b)
    if change > 0 and change * 1024 > heat * COOL[draw(state, 1024)]:
        return 0
    if not stays_whole(net, plan.part, v, tree, state):
        return 0
    for row in range(3):
        plan.whole[row, a] -= net.sums[row, v]
        plan.whole[row, b] += net.sums[row, v]
    plan.whole[PERIMETER, a] += plan.edge[0]
    plan.whole[PERIMETER, b] += plan.edge[1]
    plan.whole[SIZE, a] -= 1
    plan.whole[SIZE, b] += 1
    give(net, plan, v, b)
    return change


@inner
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
        if g >= 0 and p == a and plan.held[g, b] > 0 and tree.last[g] == 0:
            cost += net.group_cost[g]
            tree.last[g] = 1
    for i in range(count):
        if net.group[tree.order[i]] >= 0:
            tree.last[net.group[tree.order[i]]] = 0
    return cost


@inner
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


@inner
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


@inner
def try_recut(net: Net, c: Costs, plan: Plan, tree: Tree, heat: int, state: Ints) -> int:
    """Merge a random pair of neighbours and cut it anew; returns the change of cost."""
    v = draw(state, len(plan.part))
    e = net.start[v] + draw(state, net.start[v + 1] - net.start[v])
    a, b = plan.part[v], plan.part[net.near[e]]
    if a == b or net.touch[e] == 0:
        return 0
    count = collect(net, tree, plan.part, v, b)
    change = recut(net, c, plan, tree, count, a, b, heat, state)
    release(tree, count)
    return change


@inner
def recut(net: Net, c: Costs, plan: Plan, tree: Tree, count: int, a: int, b: int, heat: int, state: Ints) -> int:
    """Cut the collected pair at the best branch of a random tree; returns the change of cost (0: refused)."""
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
