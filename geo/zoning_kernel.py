"""The compiled inner loop of zoning: spanning-tree bisection, then annealing, in integers only.

Everything here is int64: costs, lengths (decimetres), areas (square decimetres), random numbers. Without floating point a
seed gives the same neighbourhoods on every machine. The graph of one connected part of a community comes as CSR arrays:
`start` (n+1), `near` (neighbour), and per entry `length`, `cut` (cost if the two blocks are in different neighbourhoods
minus the cost if they are in the same one), `bias` (how early a spanning tree joins them), `touch` (1: contact, 0: a river
without a bridge, which counts for borders but joins nothing).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

F = TypeVar("F", bound=Callable[..., Any])
Ints = npt.NDArray[np.int64]
compiled = cast(Callable[[F], F], numba.njit(cache=True, nogil=True))

# Rows of the table of sums over the blocks of a neighbourhood.
LOAD, BUILDINGS, AREA, PERIMETER, SIZE = 0, 1, 2, 3, 4
# Places in the vector of settings (see `geo.zoning.Weights`).
UNIT, BALANCE, TIGHT, TIGHT_COST, WIDE, WIDE_COST, LOW, HIGH, BUILDING_COST, COMPACT, ROUND_MIN, ROUND_COST = range(12)

# -ln(u) for 1,024 equally likely u, in 1/1024: Metropolis' rule without a floating-point exponential.
COOL = np.array([round(-1024 * math.log((i + 0.5) / 1024)) for i in range(1024)], dtype=np.int64)
FAR = np.int64(1) << 60


@compiled
def draw(state: Ints, below: int) -> int:
    """Next number of a 32-bit xorshift generator, scaled to 0 … below-1."""
    x = state[0]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    state[0] = x
    return (x * below) >> 32


@compiled
def standing(s: Ints, load: int, buildings: int, area: int, perimeter: int) -> int:
    """Cost of one neighbourhood by itself: households against target, buildings against range, compactness."""
    off = abs(load - s[UNIT]) * 1000 // s[UNIT]
    cost = s[BALANCE] * off * off // 1000
    if off > s[TIGHT]:
        cost += s[TIGHT_COST] * (50 + off - s[TIGHT])
    if off > s[WIDE]:
        cost += s[WIDE_COST] * (100 + off - s[WIDE])
    if buildings < s[LOW]:
        cost += s[BUILDING_COST] * (1 + s[LOW] - buildings)
    elif buildings > s[HIGH]:
        cost += s[BUILDING_COST] * (1 + buildings - s[HIGH])
    # Polsby-Popper 4πA/P² in thousandths.
    round_ = 12566 * area // (perimeter * perimeter + 1)
    cost += s[COMPACT] * (1000 - round_)
    if round_ < s[ROUND_MIN]:
        cost += s[ROUND_COST] * (s[ROUND_MIN] - round_)
    return cost


@compiled
def grow_tree(
    nodes: Ints, count: int, inside: Ints, start: Ints, near: Ints, touch: Ints, bias: Ints, shift: int, state: Ints,
    parent: Ints, order: Ints, key: Ints, reached: Ints, rank: Ints,
) -> int:
    """Random spanning tree (Prim) of `nodes[:count]`, those whose `inside` equals 1; returns how many it reached.

    `order` lists the nodes from the root, `parent` the node above each (-1 at the root). Joins with a low bias come first, so
    that walls of one compound hold together and the tree's loose branches lie across roads and rivers.
    """
    for i in range(count):
        key[nodes[i]] = FAR
        reached[nodes[i]] = 0
    root = nodes[draw(state, count)]
    key[root] = 0
    parent[root] = -1
    for step in range(count):
        best = -1
        for i in range(count):
            v = nodes[i]
            if reached[v] == 0 and key[v] < FAR and (best < 0 or key[v] < key[best]):
                best = v
        if best < 0:
            return step
        reached[best] = 1
        rank[best] = step
        order[step] = best
        for e in range(start[best], start[best + 1]):
            u = near[e]
            if touch[e] == 1 and inside[u] == 1 and reached[u] == 0:
                weight = (bias[e] >> shift) + draw(state, 65536)
                if weight < key[u]:
                    key[u] = weight
                    parent[u] = best
    return count


@compiled
def climb(u: int, w: int, parent: Ints, rank: Ints, sums: Ints, row: int, amount: int) -> None:
    """Add `amount` to every tree branch on the path between two nodes: the branches whose cutting parts them."""
    while u != w:
        if rank[u] > rank[w]:
            sums[row, u] += amount
            u = parent[u]
        else:
            sums[row, w] += amount
            w = parent[w]


@compiled
def climb_once(u: int, w: int, parent: Ints, rank: Ints, sums: Ints, row: int, seen: Ints, mark: int, amount: int) -> None:
    """As `climb`, but each branch is charged once for a `mark` (a compound with several blocks)."""
    while u != w:
        if rank[u] < rank[w]:
            u, w = w, u
        if seen[u] != mark:
            seen[u] = mark
            sums[row, u] += amount
        u = parent[u]


@compiled
def branch_sums(
    count: int, inside: Ints, start: Ints, near: Ints, length: Ints, cut: Ints, atoms: Ints, group: Ints, group_cost: Ints,
    parent: Ints, order: Ints, rank: Ints, sums: Ints, seen: Ints, last: Ints,
) -> None:
    """For every branch of the tree: sums over its nodes (rows 0–4), border length (5) and border cost (6) if it is cut."""
    for i in range(count):
        v = order[i]
        sums[LOAD, v] = atoms[LOAD, v]
        sums[BUILDINGS, v] = atoms[BUILDINGS, v]
        sums[AREA, v] = atoms[AREA, v]
        sums[SIZE, v] = 1
        outer = atoms[PERIMETER, v]
        for e in range(start[v], start[v + 1]):
            if inside[near[e]] == 0:
                outer += length[e]
        sums[PERIMETER, v] = outer
        sums[5, v] = 0
        sums[6, v] = 0
        seen[v] = -1
    for i in range(count - 1, 0, -1):
        v = order[i]
        for row in range(5):
            sums[row, parent[v]] += sums[row, v]
    for i in range(count):
        v = order[i]
        for e in range(start[v], start[v + 1]):
            u = near[e]
            if inside[u] == 1 and rank[u] > rank[v]:
                climb(u, v, parent, rank, sums, 5, length[e])
                climb(u, v, parent, rank, sums, 6, cut[e])
        g = group[v]
        if g >= 0:
            if last[g] >= 0:
                climb_once(v, last[g], parent, rank, sums, 6, seen, g, group_cost[g])
            last[g] = v
    for i in range(count):
        if group[order[i]] >= 0:
            last[group[order[i]]] = -1


@compiled
def bisect(
    parts: int, tries: int, s: Ints, start: Ints, near: Ints, length: Ints, cut: Ints, touch: Ints, bias: Ints, atoms: Ints,
    group: Ints, group_cost: Ints, state: Ints, part: Ints,
) -> None:
    """Fill `part` with a first division of a connected graph into `parts` connected neighbourhoods."""
    n = len(part)
    nodes, inside = np.empty(n, np.int64), np.zeros(n, np.int64)
    parent, order, key = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    reached, rank, seen = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    sums, last = np.zeros((7, n), np.int64), np.full(len(group_cost) + 1, -1, np.int64)
    shares, side = np.zeros(parts, np.int64), np.empty(n, np.int64)
    part[:] = 0
    shares[0] = parts
    used = 1
    region = 0
    while region < parts:
        wanted = shares[region]
        if wanted <= 1:
            region += 1
            continue
        count = 0
        total = 0
        for v in range(n):
            inside[v] = 1 if part[v] == region else 0
            if inside[v] == 1:
                nodes[count] = v
                count += 1
                total += atoms[LOAD, v]
        best, best_share = FAR, 0
        for turn in range(tries):
            grow_tree(nodes, count, inside, start, near, touch, bias, turn & 3, state, parent, order, key, reached, rank)
            branch_sums(count, inside, start, near, length, cut, atoms, group, group_cost, parent, order, rank, sums, seen, last)
            for i in range(1, count):
                v = order[i]
                for share in range(1, wanted):
                    if sums[SIZE, v] < share or count - sums[SIZE, v] < wanted - share:
                        continue
                    off = abs(sums[LOAD, v] * wanted - total * share) * 1000 // (wanted * s[UNIT])
                    # An equal halving leaves more room for what follows than a single bite.
                    cost = s[BALANCE] * off * off // 100 + sums[6, v] + 40 * s[COMPACT] * abs(2 * share - wanted)
                    if cost < best:
                        best, best_share = cost, share
                        side[:] = 0
                        for j in range(i, count):
                            u = order[j]
                            if u == v or (parent[u] >= 0 and side[parent[u]] == 1):
                                side[u] = 1
        for i in range(count):
            if side[nodes[i]] == 1:
                part[nodes[i]] = used
        shares[used] = best_share
        shares[region] = wanted - best_share
        used += 1


@compiled
def stays_whole(v: int, part: Ints, start: Ints, near: Ints, touch: Ints, size: int, queue: Ints, seen: Ints, mark: int) -> bool:
    """Whether the neighbourhood of `v` (of `size` blocks) is still connected without it."""
    own = part[v]
    head, tail = 0, 0
    seen[v] = mark
    for e in range(start[v], start[v + 1]):
        if touch[e] == 1 and part[near[e]] == own:
            queue[0] = near[e]
            seen[near[e]] = mark
            tail = 1
            break
    while head < tail:
        u = queue[head]
        head += 1
        for e in range(start[u], start[u + 1]):
            w = near[e]
            if touch[e] == 1 and part[w] == own and seen[w] != mark:
                seen[w] = mark
                queue[tail] = w
                tail += 1
    return tail == size - 1


@compiled
def tally(part: Ints, start: Ints, near: Ints, length: Ints, atoms: Ints, group: Ints, whole: Ints, held: Ints) -> None:
    """Sums per neighbourhood (`whole`, 5 × parts) and blocks of each group in each neighbourhood (`held`)."""
    whole[:] = 0
    held[:] = 0
    for v in range(len(part)):
        p = part[v]
        whole[SIZE, p] += 1
        for row in range(4):
            whole[row, p] += atoms[row, v]
        for e in range(start[v], start[v + 1]):
            if part[near[e]] != p:
                whole[PERIMETER, p] += length[e]
        if group[v] >= 0:
            held[group[v], p] += 1


@compiled
def total_cost(
    s: Ints, part: Ints, start: Ints, near: Ints, cut: Ints, group_cost: Ints, home: Ints, stay: Ints, whole: Ints, held: Ints,
) -> int:
    """Cost of a whole division from its sums."""
    cost = 0
    for p in range(whole.shape[1]):
        cost += standing(s, whole[LOAD, p], whole[BUILDINGS, p], whole[AREA, p], whole[PERIMETER, p])
    for v in range(len(part)):
        for e in range(start[v], start[v + 1]):
            if near[e] > v and part[near[e]] != part[v]:
                cost += cut[e]
        if home[v] >= 0 and home[v] != part[v]:
            cost += stay[v]
    for g in range(len(group_cost)):
        pieces = 0
        for p in range(whole.shape[1]):
            pieces += 1 if held[g, p] > 0 else 0
        cost += group_cost[g] * max(0, pieces - 1)
    return cost


@compiled
def flip_change(
    v: int, b: int, s: Ints, part: Ints, start: Ints, near: Ints, length: Ints, cut: Ints, atoms: Ints, group: Ints,
    group_cost: Ints, home: Ints, stay: Ints, whole: Ints, held: Ints, edge: Ints,
) -> int:
    """Change of cost if block `v` goes to neighbourhood `b`; leaves the two changes of perimeter in `edge`."""
    a = part[v]
    to_a, to_b, border, total = 0, 0, 0, atoms[PERIMETER, v]
    for e in range(start[v], start[v + 1]):
        p = part[near[e]]
        total += length[e]
        if p == a:
            to_a += length[e]
            border += cut[e]
        elif p == b:
            to_b += length[e]
            border -= cut[e]
    edge[0] = 2 * to_a - total
    edge[1] = total - 2 * to_b
    change = border
    change -= standing(s, whole[LOAD, a], whole[BUILDINGS, a], whole[AREA, a], whole[PERIMETER, a])
    change -= standing(s, whole[LOAD, b], whole[BUILDINGS, b], whole[AREA, b], whole[PERIMETER, b])
    change += standing(s, whole[LOAD, a] - atoms[LOAD, v], whole[BUILDINGS, a] - atoms[BUILDINGS, v],
                       whole[AREA, a] - atoms[AREA, v], whole[PERIMETER, a] + edge[0])
    change += standing(s, whole[LOAD, b] + atoms[LOAD, v], whole[BUILDINGS, b] + atoms[BUILDINGS, v],
                       whole[AREA, b] + atoms[AREA, v], whole[PERIMETER, b] + edge[1])
    g = group[v]
    if g >= 0:
        if held[g, a] == 1:
            change -= group_cost[g]
        if held[g, b] == 0:
            change += group_cost[g]
    if home[v] == a:
        change += stay[v]
    elif home[v] == b:
        change -= stay[v]
    return change


@compiled
def flip(v: int, b: int, part: Ints, atoms: Ints, group: Ints, whole: Ints, held: Ints, edge: Ints) -> None:
    """Give block `v` to neighbourhood `b` and keep the sums."""
    a = part[v]
    for row in range(3):
        whole[row, a] -= atoms[row, v]
        whole[row, b] += atoms[row, v]
    whole[PERIMETER, a] += edge[0]
    whole[PERIMETER, b] += edge[1]
    whole[SIZE, a] -= 1
    whole[SIZE, b] += 1
    if group[v] >= 0:
        held[group[v], a] -= 1
        held[group[v], b] += 1
    part[v] = b


@compiled
def anneal(
    parts: int, flips: int, merges: int, heat: int, s: Ints, start: Ints, near: Ints, length: Ints, cut: Ints, touch: Ints,
    bias: Ints, atoms: Ints, group: Ints, group_cost: Ints, home: Ints, stay: Ints, state: Ints, part: Ints,
) -> int:
    """Improve `part` in place by single flips and by merge-and-recut of neighbouring pairs; returns the cost reached.

    Every state on the way is connected. `heat` is the first temperature in cost units; it falls geometrically in 64 steps to
    1/100. The best division seen is the one returned.
    """
    n = len(part)
    nodes, inside, side = np.empty(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    parent, order, key = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    reached, rank, seen = np.empty(n, np.int64), np.empty(n, np.int64), np.full(n, -1, np.int64)
    visited = np.zeros(n, np.int64)
    mark = 0
    sums, last = np.zeros((7, n), np.int64), np.full(len(group_cost) + 1, -1, np.int64)
    whole, held = np.zeros((5, parts), np.int64), np.zeros((len(group_cost) + 1, parts), np.int64)
    edge, stays = np.zeros(2, np.int64), np.zeros(n, np.int64)
    tally(part, start, near, length, atoms, group, whole, held)
    cost = total_cost(s, part, start, near, cut, group_cost, home, stay, whole, held)
    best, best_part = cost, part.copy()
    for level in range(64):
        for turn in range(merges):
            v = draw(state, n)
            b = -1
            if start[v + 1] > start[v]:
                e = start[v] + draw(state, start[v + 1] - start[v])
                if touch[e] == 1 and part[near[e]] != part[v]:
                    b = part[near[e]]
            if b < 0:
                continue
            a = part[v]
            count = 0
            old = 0
            # `stays[v]`: what block v costs more under label b than under label a.
            for u in range(n):
                inside[u] = 0
                if part[u] == a or part[u] == b:
                    inside[u] = 1
                    nodes[count] = u
                    count += 1
            grow_tree(nodes, count, inside, start, near, touch, bias, draw(state, 6), state, parent, order, key, reached, rank)
            branch_sums(count, inside, start, near, length, cut, atoms, group, group_cost, parent, order, rank, sums, seen, last)
            at_a = 0
            for i in range(count):
                u = order[i]
                stays[u] = 0
                if home[u] == a:
                    stays[u] = stay[u]
                elif home[u] == b:
                    stays[u] = -stay[u]
                    at_a += stay[u]
                if part[u] != home[u] and (home[u] == a or home[u] == b):
                    old += stay[u]
            for i in range(count - 1, 0, -1):
                stays[parent[order[i]]] += stays[order[i]]
            root = order[0]
            all_b = stays[root]
            for i in range(count):
                u = order[i]
                for e in range(start[u], start[u + 1]):
                    w = near[e]
                    if w > u and inside[w] == 1 and part[w] != part[u]:
                        old += cut[e]
                if group[u] >= 0 and part[u] == a and held[group[u], b] > 0 and last[group[u]] < 0:
                    old += group_cost[group[u]]
                    last[group[u]] = u
            for i in range(count):
                if group[order[i]] >= 0:
                    last[group[order[i]]] = -1
            old += standing(s, whole[LOAD, a], whole[BUILDINGS, a], whole[AREA, a], whole[PERIMETER, a])
            old += standing(s, whole[LOAD, b], whole[BUILDINGS, b], whole[AREA, b], whole[PERIMETER, b])
            found, found_at, found_b = FAR, -1, 1
            for i in range(1, count):
                u = order[i]
                value = sums[6, u]
                value += standing(s, sums[LOAD, u], sums[BUILDINGS, u], sums[AREA, u], sums[PERIMETER, u] + sums[5, u])
                value += standing(s, sums[LOAD, root] - sums[LOAD, u], sums[BUILDINGS, root] - sums[BUILDINGS, u],
                                  sums[AREA, root] - sums[AREA, u], sums[PERIMETER, root] - sums[PERIMETER, u] + sums[5, u])
                if_b = at_a + stays[u]
                if_a = at_a + all_b - stays[u]
                value += min(if_a, if_b)
                if value < found:
                    found, found_at, found_b = value, u, 1 if if_b <= if_a else 0
            if found_at < 0 or (found - old) * 1024 > heat * COOL[draw(state, 1024)]:
                continue
            for i in range(count):
                u = order[i]
                side[u] = 1 if u == found_at or (parent[u] >= 0 and side[parent[u]] == 1) else 0
            for i in range(count):
                u = order[i]
                p = b if side[u] == found_b else a
                if group[u] >= 0:
                    held[group[u], part[u]] -= 1
                    held[group[u], p] += 1
                part[u] = p
            one, other = (b, a) if found_b == 1 else (a, b)
            for row in range(5):
                whole[row, one] = sums[row, found_at]
                whole[row, other] = sums[row, root] - sums[row, found_at]
            whole[PERIMETER, one] += sums[5, found_at]
            whole[PERIMETER, other] += sums[5, found_at]
            cost += found - old
            if cost < best:
                best = cost
                best_part[:] = part
        for turn in range(flips):
            v = draw(state, n)
            a = part[v]
            if whole[SIZE, a] < 2 or start[v + 1] == start[v]:
                continue
            e = start[v] + draw(state, start[v + 1] - start[v])
            b = part[near[e]]
            if b == a or touch[e] == 0:
                continue
            change = flip_change(v, b, s, part, start, near, length, cut, atoms, group, group_cost, home, stay, whole, held, edge)
            if change > 0 and change * 1024 > heat * COOL[draw(state, 1024)]:
                continue
            mark += 1
            if not stays_whole(v, part, start, near, touch, whole[SIZE, a], nodes, visited, mark):
                continue
            flip(v, b, part, atoms, group, whole, held, edge)
            cost += change
            if cost < best:
                best = cost
                best_part[:] = part
        heat = heat * 931 // 1000
    part[:] = best_part
    return best
