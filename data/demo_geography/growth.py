"""Areas grown on the graph of blocks: contiguous by construction, balanced by mass, borders along strong barriers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class BlockGraph:
    """Blocks as nodes: positions (n, 2) in metres, mass; neighbour pairs a-b, the cost in metres of stepping across.

    `border` is the length (m) on which a pair touches.
    """

    xy: Floats
    mass: Floats
    a: Integers
    b: Integers
    cost: Floats
    border: Floats

    @cached_property
    def component(self) -> Integers:
        """The connected piece of the graph each block is in."""
        n = len(self.xy)
        links = coo_array((np.ones(len(self.a)), (self.a, self.b)), shape=(n, n))
        return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)

    def quotient(self, group: Integers) -> BlockGraph:
        """Return the graph of groups of blocks: masses and borders added, middles and reluctance averaged.

        Groups that touch on little border compared with their distance are hard to step between.
        """
        k = int(group.max()) + 1
        size = np.bincount(group, minlength=k)
        xy = np.column_stack([np.bincount(group, self.xy[:, d], minlength=k) / size for d in (0, 1)])
        crossing = group[self.a] != group[self.b]
        ends = np.sort(np.column_stack([group[self.a], group[self.b]])[crossing], axis=1)
        pairs, pair = np.unique(ends, axis=0, return_inverse=True)
        border = np.asarray(np.bincount(pair.ravel(), self.border[crossing]), dtype=np.float64)
        reluctance = self.cost / np.hypot(*(self.xy[self.a] - self.xy[self.b]).T)
        mean = np.bincount(pair.ravel(), (reluctance * self.border)[crossing]) / border
        apart = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
        cost = apart * mean * np.sqrt(np.clip(apart / border, 1.0, 16.0))
        mass = np.bincount(group, self.mass, minlength=k).astype(float)
        return BlockGraph(xy, mass, pairs[:, 0], pairs[:, 1], cost, border)

    def within(self, region: Integers) -> BlockGraph:
        """Return the graph without the pairs that cross from one region to another."""
        same = region[self.a] == region[self.b]
        return BlockGraph(self.xy, self.mass, self.a[same], self.b[same], self.cost[same], self.border[same])


def grow(graph: BlockGraph, seeds: Integers, target: Floats, rounds: int, move: int) -> Integers:
    """Return the seed (0..k-1) each block belongs to: the nearest by path, head starts tuned until masses fit `target`.

    For the first `move` rounds seeds move to the middle of what they hold. Blocks no seed can reach get -1.
    """
    n, k = len(graph.xy), len(seeds)
    start = np.zeros(k)
    scale = np.sqrt(_spread(graph, seeds))
    best, best_error = np.full(n, -1, dtype=np.int64), np.inf
    for i in range(rounds):
        label = _nearest(graph, seeds, start)
        held = np.bincount(label[label >= 0], graph.mass[label >= 0], minlength=k)
        error = float(np.square(held / target - 1).mean() + 10 * np.sum(held == 0))
        if error < best_error and i >= move:
            best, best_error = label, error
        # Held too much: start later. The step shrinks so that the last rounds settle.
        start = start + scale * np.clip(held / target - 1, -1, 1) * (0.35 if i < rounds // 2 else 0.15)
        if i < move:
            seeds = _middles(graph, label, seeds)
        if i % 4 == 3 and i < rounds - 8:
            seeds, start = _revived(graph, label, seeds, start, held / target)
    return _filled(graph, best, seeds)


def _filled(graph: BlockGraph, label: Integers, seeds: Integers) -> Integers:
    """Return the labels with each area that stayed empty given one block, which its fullest fellow can lose."""
    label = label.copy()
    for empty in np.flatnonzero(np.bincount(label[label >= 0], minlength=len(seeds)) == 0):
        fellow = graph.component[seeds] == graph.component[seeds[empty]]
        size = np.bincount(label[label >= 0], minlength=len(seeds))
        held = np.bincount(label[label >= 0], graph.mass[label >= 0], minlength=len(seeds))
        donor = int(np.argmax(np.where(fellow & (size > 1), held, -1.0)))
        members = np.flatnonzero(label == donor)
        inner = (label[graph.a] == donor) & (label[graph.b] == donor)
        a, b = np.searchsorted(members, graph.a[inner]), np.searchsorted(members, graph.b[inner])
        links = csr_array(coo_array((np.ones(len(a)), (a, b)), shape=(len(members), len(members))))
        # The last block a search reaches is a leaf of its tree: the others hang together without it.
        label[members[breadth_first_order(links, 0, directed=False)[0][-1]]] = empty
    return label


def _spread(graph: BlockGraph, seeds: Integers) -> Floats:
    """Return about how large (m2) the territory of each seed is: squared distance to its second nearest fellow seed."""
    xy = graph.xy[seeds]
    gap = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
    return np.asarray(np.sort(gap, axis=1)[:, min(2, len(seeds) - 1)] ** 2 + 1.0)


def _nearest(graph: BlockGraph, seeds: Integers, start: Floats) -> Integers:
    """Return the seed each block is nearest to by path, following the shortest-path forest (so areas hang together)."""
    n, k = len(graph.xy), len(seeds)
    head = start - start.min() + 1.0
    rows = np.concatenate([graph.a, graph.b, np.full(k, n)])
    columns = np.concatenate([graph.b, graph.a, seeds])
    costs = np.concatenate([graph.cost, graph.cost, head])
    matrix = csr_array(coo_array((costs, (rows, columns)), shape=(n + 1, n + 1)))
    _, parent = dijkstra(matrix, directed=True, indices=n, return_predecessors=True)
    return _roots(parent.astype(np.int64), seeds, n)


def _roots(parent: Integers, seeds: Integers, source: int) -> Integers:
    """Return for each block the position of the seed at the root of its path, -1 where there is no path."""
    step = np.arange(source + 1)
    inner = (parent[:source] >= 0) & (parent[:source] != source)
    step[:source][inner] = parent[:source][inner]
    while not np.array_equal(jump := step[step], step):
        step = jump
    position = np.full(source + 1, -1, dtype=np.int64)
    rooted = parent[seeds] == source
    position[seeds[rooted]] = np.flatnonzero(rooted)
    return np.asarray(position[step[:source]])


def _middles(graph: BlockGraph, label: Integers, seeds: Integers) -> Integers:
    """Return for each area the block nearest to its centre of mass (the old seed where an area is empty)."""
    held, k = label >= 0, len(seeds)
    weight = graph.mass[held] + 1e-9
    total = np.bincount(label[held], weight, minlength=k)
    safe = np.where(total > 0, total, 1)
    middle = np.column_stack([np.bincount(label[held], weight * graph.xy[held, d], minlength=k) / safe for d in (0, 1)])
    away = np.full(len(label), np.inf)
    away[held] = np.hypot(*(graph.xy[held] - middle[label[held]]).T)
    order = np.lexsort((away, label))
    first = order[np.flatnonzero(np.diff(label[order], prepend=-2))]
    moved = seeds.copy()
    moved[label[first][label[first] >= 0]] = first[label[first] >= 0]
    return moved


def _revived(
    graph: BlockGraph, label: Integers, seeds: Integers, start: Floats, load: Floats
) -> tuple[Integers, Floats]:
    """Return seeds and starts with each starved area (load below 0.4) sown anew inside a far too full one."""
    seeds, start, load = seeds.copy(), start.copy(), load.copy()
    for weak in np.flatnonzero(load < 0.4):
        own = label[seeds[weak]]
        reachable = graph.component[seeds] == graph.component[seeds[weak]]
        full = int(np.argmax(np.where(reachable, load, -1.0)))
        members = np.flatnonzero(label == full)
        if load[full] < 1.3 or full == weak or own < 0:
            continue
        away = np.hypot(*(graph.xy[members] - graph.xy[seeds[full]]).T)
        seeds[weak], start[weak] = members[away.argmax()], start[full]
        load[full], load[weak] = load[full] / 2, 1.0
    return seeds, start


def scattered_seeds(graph: BlockGraph, region: Integers, counts: Integers, rng: np.random.Generator) -> Integers:
    """Return seeds, `counts[r]` in region r one region after the other, far from each other and drawn to mass."""
    order = np.argsort(region, kind="stable")
    bounds = np.searchsorted(region[order], np.arange(len(counts) + 1))
    seeds = [_far_apart(graph, order[bounds[r] : bounds[r + 1]], int(k), rng) for r, k in enumerate(counts) if k]
    return np.concatenate(seeds).astype(np.int64)


def _far_apart(graph: BlockGraph, members: Integers, k: int, rng: np.random.Generator) -> Integers:
    """Return k members by k-means++ drawing: each far from those chosen, weighted by mass."""
    xy, mass = graph.xy[members], graph.mass[members] + 1e-9
    chosen = [int(rng.choice(len(members), p=mass / mass.sum()))]
    gap = np.hypot(*(xy - xy[chosen[0]]).T)
    for _ in range(k - 1):
        weight = mass * gap**2
        chosen.append(int(rng.choice(len(members), p=weight / weight.sum())))
        gap = np.minimum(gap, np.hypot(*(xy - xy[chosen[-1]]).T))
    return np.asarray(members[np.array(chosen)])
