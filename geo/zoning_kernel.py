"""The compiled optimiser of one connected part of a community: spanning-tree bisection, then annealing."""

from __future__ import annotations

from geo.compiled import Ints, compiled, inner
from geo.zoning_costs import Costs, Plan, tally
from geo.zoning_moves import try_flip, try_recut
from geo.zoning_tree import (
    BORDER_COST,
    FAR,
    LOAD,
    SIZE,
    Net,
    Tree,
    collect,
    copy,
    grow,
    mark_branch,
    release,
    sum_branches,
)

STEPS = 64
QUENCH = 4


@inner
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


@inner
def first_of(part: Ints, p: int) -> int:
    """The first block labelled `p`."""
    v = 0
    while part[v] != p:
        v += 1
    return v


@compiled
def bisect(net: Net, c: Costs, plan: Plan, tree: Tree, tries: int, state: Ints) -> None:
    """Give a plan whose labels are all 0 a first division; it must not have more neighbourhoods than blocks."""
    part, shares, side = plan.part, plan.shares, plan.best
    parts = len(shares)
    shares[0] = parts
    used = 1
    region = 0
    while region < parts:
        if shares[region] <= 1:
            region += 1
            continue
        count = collect(net, tree, part, first_of(part, region), region)
        best, share = FAR, 0
        for turn in range(tries):
            grow(net, tree, count, turn & 3, state)
            sum_branches(net, tree, count)
            at, share_at, cost = best_share(c, tree, count, shares[region])
            if cost < best:
                best, share = cost, share_at
                mark_branch(tree, count, at)
                copy(tree.side, side)
        for i in range(count):
            if side[tree.nodes[i]] == 1:
                part[tree.nodes[i]] = used
        release(tree, count)
        shares[used] = share
        shares[region] -= share
        used += 1


@compiled
def anneal(net: Net, c: Costs, plan: Plan, tree: Tree, flips: int, recuts: int, heat: int, state: Ints) -> int:
    """Improve a plan by single flips and recuts of neighbouring pairs; returns the gain over its cost at the start.

    `heat` is the first temperature in units of cost; it falls geometrically in STEPS steps to a hundredth, and is 0 in
    the last QUENCH. `flips` and `recuts` are tries a step. The best division at the end of a step is what remains.
    """
    tally(net, plan)
    copy(plan.part, plan.best)
    cost, best = 0, 0
    for step in range(STEPS):
        for turn in range(flips + recuts):
            if turn < recuts:
                cost += try_recut(net, c, plan, tree, heat, state)
            else:
                cost += try_flip(net, c, plan, tree, heat, state)
        if cost < best:
            best = cost
            copy(plan.part, plan.best)
        heat = heat * 931 // 1000 if step < STEPS - QUENCH else 0
    copy(plan.best, plan.part)
    return -best
