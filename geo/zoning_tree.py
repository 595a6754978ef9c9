"""Compiled spanning trees over blocks: what each branch of a random tree holds, and what cutting it would cost.

Everything is int64: costs, lengths (decimetres), areas (square decimetres), random numbers. Without floating point a
seed gives the same neighbourhoods on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.compiled import Ints, inner

# Rows of the sums over the blocks of a neighbourhood or a branch; the last two only of a branch.
LOAD, BUILDINGS, AREA, PERIMETER, SIZE, BORDER, BORDER_COST = 0, 1, 2, 3, 4, 5, 6
FAR = 1 << 60


class Net(NamedTuple):
    """Blocks of one connected part and how they lie to each other.

    CSR: neighbours of block v are `near[start[v]:start[v + 1]]`; for each of them `length` of the shared border,
    `cut` (cost of a neighbourhood border there, less the cost of none), `touch` (1: contact; 0: a river without
    bridge, a border that joins nothing), `bias` (how late a spanning tree joins them). Per block `sums` (rows LOAD …
    PERIMETER, the last being the border to outside the part) and `group` (-1: none); per group `group_cost` of each
    division.
    """

    start: Ints
    near: Ints
    length: Ints
    cut: Ints
    touch: Ints
    bias: Ints
    sums: Ints
    group: Ints
    group_cost: Ints


class Tree(NamedTuple):
    """A spanning tree of some of the blocks, and room to work in.

    `nodes` lists the blocks, `inside` marks them; `order` lists them from the root, `rank` is the inverse, `parent`
    the block above each (-1 at the root); `sums` are those of the branch that hangs on each block; `side` marks one
    branch.
    """

    nodes: Ints
    inside: Ints
    order: Ints
    rank: Ints
    parent: Ints
    side: Ints
    sums: Ints
    key: Ints
    seen: Ints
    last: Ints
    reached: Ints


def new_tree(n: int, groups: int) -> Tree:
    """Room for trees over `n` blocks in `groups` compounds."""
    return Tree(
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros((7, n), np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(groups + 1, np.int64),
        np.zeros(n, np.int64),
    )


@inner
def copy(source: Ints, target: Ints) -> None:
    """Copy numbers one by one: numba's slice assignment would compile its error messages for seconds."""
    for i in range(len(source)):
        target[i] = source[i]


@inner
def draw(state: Ints, below: int) -> int:
    """Next number (kept in `state[0]`) of a 32-bit xorshift generator (Marsaglia 2003), scaled to 0 … below-1."""
    x: int = state[0]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    state[0] = x
    return (x * below) >> 32


@inner
def collect(net: Net, tree: Tree, part: Ints, v: int, other: int) -> int:
    """Take the blocks labelled like `v` or `other` that are joined to `v` as the tree's nodes; returns how many."""
    own = part[v]
    tree.nodes[0] = v
    tree.inside[v] = 1
    head, count = 0, 1
    while head < count:
        u = tree.nodes[head]
        head += 1
        for e in range(net.start[u], net.start[u + 1]):
            w = net.near[e]
            if net.touch[e] == 1 and tree.inside[w] == 0 and (part[w] == own or part[w] == other):
                tree.inside[w] = 1
                tree.nodes[count] = w
                count += 1
    return count


@inner
def release(tree: Tree, count: int) -> None:
    """Give the collected nodes back."""
    for i in range(count):
        tree.inside[tree.nodes[i]] = 0


@inner
def nearest(tree: Tree, count: int) -> int:
    """The node outside the tree with the smallest key."""
    best: int = tree.nodes[0]
    least = FAR
    for i in range(count):
        v = tree.nodes[i]
        if tree.seen[v] == 0 and tree.key[v] < least:
            best, least = v, tree.key[v]
    return best


@inner
def grow(net: Net, tree: Tree, count: int, shift: int, state: Ints) -> None:
    """Random spanning tree (Prim) of the collected nodes, which must be connected.

    Joins with a low bias come first, so that a compound's blocks hold together and the branches part along roads and
    rivers.
    """
    for i in range(count):
        tree.key[tree.nodes[i]] = FAR
        tree.seen[tree.nodes[i]] = 0
    root = tree.nodes[draw(state, count)]
    tree.key[root] = 0
    tree.parent[root] = -1
    for step in range(count):
        v = nearest(tree, count)
        tree.seen[v] = 1
        tree.rank[v] = step
        tree.order[step] = v
        for e in range(net.start[v], net.start[v + 1]):
            u = net.near[e]
            if net.touch[e] == 1 and tree.inside[u] == 1 and tree.seen[u] == 0:
                weight = (net.bias[e] >> shift) + draw(state, 65536)
                if weight < tree.key[u]:
                    tree.key[u] = weight
                    tree.parent[u] = v


@inner
def climb(tree: Tree, u: int, w: int, length: int, cost: int) -> None:
    """Charge every branch on the path between two nodes: the branches whose cutting parts them."""
    while u != w:
        if tree.rank[u] < tree.rank[w]:
            u, w = w, u
        tree.sums[BORDER, u] += length
        tree.sums[BORDER_COST, u] += cost
        u = tree.parent[u]


@inner
def charge_group(net: Net, tree: Tree, count: int, first: int) -> None:
    """Charge once every branch that would divide the group of node number `first`: on its paths to the others."""
    g = net.group[tree.order[first]]
    for j in range(first + 1, count):
        if net.group[tree.order[j]] != g:
            continue
        u, w = tree.order[first], tree.order[j]
        while u != w:
            if tree.rank[u] < tree.rank[w]:
                u, w = w, u
            if tree.seen[u] != g:
                tree.seen[u] = g
                tree.sums[BORDER_COST, u] += net.group_cost[g]
            u = tree.parent[u]


@inner
def sum_branches(net: Net, tree: Tree, count: int) -> None:
    """For every branch: sums over its blocks, and length and cost of the border if it is cut from the other nodes."""
    for i in range(count):
        v = tree.order[i]
        for row in range(4):
            tree.sums[row, v] = net.sums[row, v]
        tree.sums[SIZE, v] = 1
        tree.sums[BORDER, v] = 0
        tree.sums[BORDER_COST, v] = 0
        tree.seen[v] = -1
        for e in range(net.start[v], net.start[v + 1]):
            if tree.inside[net.near[e]] == 0:
                tree.sums[PERIMETER, v] += net.length[e]
    for i in range(count - 1, 0, -1):
        v = tree.order[i]
        for row in range(5):
            tree.sums[row, tree.parent[v]] += tree.sums[row, v]
    charge_borders(net, tree, count)


@inner
def charge_borders(net: Net, tree: Tree, count: int) -> None:
    """Charge the branches for every adjacency and every group among the nodes."""
    for i in range(count):
        v = tree.order[i]
        for e in range(net.start[v], net.start[v + 1]):
            u = net.near[e]
            if tree.inside[u] == 1 and u > v:
                climb(tree, u, v, net.length[e], net.cut[e])
        if net.group[v] >= 0 and tree.last[net.group[v]] == 0:
            tree.last[net.group[v]] = 1
            charge_group(net, tree, count, i)
    for i in range(count):
        if net.group[tree.order[i]] >= 0:
            tree.last[net.group[tree.order[i]]] = 0


@inner
def mark_branch(tree: Tree, count: int, at: int) -> None:
    """Set `side` to 1 on the branch that hangs on `at`, 0 on the other nodes."""
    for i in range(count):
        v = tree.order[i]
        above = tree.parent[v]
        tree.side[v] = 1 if v == at or (above >= 0 and tree.side[above] == 1) else 0
