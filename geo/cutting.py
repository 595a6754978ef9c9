"""Cut a neighbourhood between two points: shortest ways along roads and rivers propose the line, or a hand draws it."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import plans_repair
from geo.operations import Move, New
from geo.plans_ground import Rim
from geo.plans_steps import State
from geo.refusals import PlanRefused, Reason
from geo.splitting import carried_on

WEIGHTS: Mapping[str, float] = {
    "river": 1.0,
    "arterial": 1.0,
    "rail": 1.1,
    "road": 1.3,
    "wall": 1.6,
    "landmark": 1.6,
    "lane": 1.7,
    "none": 5.0,
}
"""What a metre of a cut costs by what it lies on: a way along a road may be that much longer than along a river."""

AWAY = 2.0
"""What a metre between a chosen point and where the cut ends costs."""

AGAIN = 2.5
"""How many times dearer a stretch becomes for each cut that used it, so that the next one looks elsewhere."""

ALTERNATIVES, ROUNDS = 3, 12
DIFFERENT = 0.10
"""Alternatives differ in who lives on which side by at least this share of the households (of the area, if empty)."""

Node = tuple[float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Side:
    """The blocks on one side of a cut and what lives there."""

    blocks: frozenset[int]
    households: int
    people: int
    area_m2: float


@dataclass(frozen=True)
class Cut:
    """A line through a neighbourhood and its two sides, the one with more households first.

    `barrier_following`: share of the line on roads, rivers, walls …; `names`: the named ones it follows, the longest
    first. `by_hand`: drawn, not proposed. `main`: the barrier that most of it lies on.
    """

    code: str
    line: shapely.Geometry
    metres: float
    barrier_following: float
    names: tuple[str, ...]
    sides: tuple[Side, Side]
    by_hand: bool = False
    main: str = "none"

    def give(self, side: int, to: str) -> Move:
        """The operation that gives one side (0 or 1) to a neighbourhood beside it."""
        return Move(self.sides[side].blocks, to, "cut")

    def found(self, side: int, code: str, name: str = "", name_en: str = "") -> New:
        """The operation that makes one side a neighbourhood of its own; `code`: `Plan.next_code` of its community."""
        return New(code, self.sides[side].blocks, name, name_en, "cut")


def cuts(state: State, code: str, start: Point, end: Point, most: int = ALTERNATIVES) -> list[Cut]:
    """Up to three really different ways to cut a neighbourhood between two points (metres), the best first.

    The points may lie on its outline or inside; the line goes on to the outline. Show the lines with their sides; when
    one is chosen, preview and commit `cut.give(side, to)` or `cut.found(side, code)`. Raises PlanRefused where no line
    of block borders divides it (a neighbourhood of one block: split that).
    """
    state.home_of(code)
    net = _Net(state, code)
    found: list[Cut] = []
    for _ in range(ROUNDS if np.isfinite([*start, *end]).all() else 0):
        way = net.way(start, end)
        if way is None:
            break
        cut = _cut_along(state, code, net, way)
        if cut is not None and all(_apart(state, cut, other) >= DIFFERENT for other in found):
            found.append(cut)
        if len(found) == most:
            break
        net.avoid(way)
    if not found:
        raise PlanRefused(Reason.NOT_ACROSS_BLOCKS, [code])
    return found


def cut_by_hand(state: State, code: str, line: shapely.Geometry) -> Cut:
    """Cut a neighbourhood along a drawn line (metres), block by block: each goes to the side of most of its area.

    The line is carried on straight to the outline where it ends inside. Blocks that would be cut off from their side
    go to the other. Raises PlanRefused if the line leaves no block, or no way to it, on one side.
    """
    state.home_of(code)
    own = sorted(state.members(code))
    sides = _settled(state, set(own), _mostly_on_one_side(state, own, line))
    if sides is None:
        raise PlanRefused(Reason.NOT_ACROSS_BLOCKS, [code])
    between = [rim for block in sides[0] for rim in state.ground.rims[block] if rim.other in sides[1]]
    return _described(state, code, between, sides, by_hand=True)


# ── ways along borders ──


class _Net:
    """The inner borders of a neighbourhood as a graph of their ends, and which ends lie on its outline."""

    def __init__(self, state: State, code: str) -> None:
        own = state.members(code)
        self.links: dict[Node, list[tuple[Node, int]]] = {}
        self.rims: list[tuple[int, Rim]] = []
        self.cost: list[float] = []
        self.outline: set[Node] = set()
        for block in sorted(own):
            for rim in state.ground.rims[block]:
                a, b = _ends(rim)
                if rim.other not in own:
                    self.outline |= {a, b}
                elif block < rim.other:
                    self._link(block, rim, a, b)
        self.inner = set(self.links) - self.outline

    def _link(self, block: int, rim: Rim, a: Node, b: Node) -> None:
        row = len(self.rims)
        self.rims.append((block, rim))
        self.cost.append(rim.metres * WEIGHTS.get(rim.barrier, WEIGHTS["none"]))
        self.links.setdefault(a, []).append((b, row))
        self.links.setdefault(b, []).append((a, row))

    def avoid(self, rows: Collection[int]) -> None:
        """Make some stretches dearer."""
        for row in rows:
            self.cost[row] *= AGAIN

    def way(self, start: Point, end: Point) -> list[int] | None:
        """The cheapest stretches from outline to outline by two points; None if there are none.

        A point inside is passed by its nearest junction, from which the way goes on to the outline.
        """
        first, last = self._stops(start), self._stops(end)
        if not first or not last:
            return None
        alone = next(iter(first)) if first.keys() == last.keys() and len(first) == 1 else None
        main = self._cheapest(first, last, set()) if alone is None else ([], [alone])
        if main is None:
            return None
        rows, used = main
        for at in (used[0], used[-1]):
            if at not in self.outline:
                leg = self._cheapest({at: 0.0}, dict.fromkeys(self.outline, 0.0), set(used) - {at})
                if leg is None:
                    return None
                rows, used = [*rows, *leg[0]], [*used, *leg[1]]
        return rows

    def _stops(self, point: Point) -> dict[Node, float]:
        """Where a way may start for a chosen point, with what being away from it costs."""
        nodes = list(self.links)
        if not nodes:
            return {}
        apart = np.hypot(*(np.array(nodes) - np.array(point)).T)
        nearest = nodes[int(np.argmin(apart))]
        if nearest in self.inner:
            return {nearest: 0.0}
        return {node: AWAY * float(m) for node, m in zip(nodes, apart, strict=True) if node in self.outline}

    def _cheapest(
        self, starts: Mapping[Node, float], goals: Mapping[Node, float], barred: set[Node]
    ) -> tuple[list[int], list[Node]] | None:
        """The cheapest way (Dijkstra): its stretches and junctions; it touches the outline only at its ends."""
        queue = [(cost, node) for node, cost in starts.items() if node not in barred]
        heapq.heapify(queue)
        least, origin = dict(starts), {node: node for node in starts}
        before: dict[Node, tuple[Node, int]] = {}
        best: tuple[float, Node, tuple[Node, int]] | None = None
        while queue and (best is None or queue[0][0] < best[0]):
            cost, node = heapq.heappop(queue)
            if cost > least[node]:
                continue
            for other, row in self.links[node]:
                total = cost + self.cost[row]
                # A way that comes back to where it began would enclose, not divide.
                if other in barred or other == origin[node]:
                    continue
                if other in goals and (best is None or total + goals[other] < best[0]):
                    best = (total + goals[other], other, (node, row))
                if other not in self.outline and total < least.get(other, np.inf):
                    least[other], origin[other], before[other] = total, origin[node], (node, row)
                    heapq.heappush(queue, (total, other))
        return None if best is None else _traced(best[1], {**before, best[1]: best[2]})


def _traced(node: Node, before: Mapping[Node, tuple[Node, int]]) -> tuple[list[int], list[Node]]:
    rows, nodes = [], [node]
    while node in before:
        node, row = before[node]
        rows.append(row)
        nodes.append(node)
    return rows[::-1], nodes[::-1]


def _ends(rim: Rim) -> tuple[Node, Node]:
    xy = shapely.get_coordinates(rim.line)
    return (float(xy[0, 0]), float(xy[0, 1])), (float(xy[-1, 0]), float(xy[-1, 1]))


# ── sides ──


def _cut_along(state: State, code: str, net: _Net, rows: list[int]) -> Cut | None:
    """The cut along some stretches, None if they do not leave two sides that each hold together."""
    own, along = state.members(code), set(rows)
    beside: dict[int, set[int]] = {block: set() for block in own}
    for row, (block, rim) in enumerate(net.rims):
        if row not in along:  # across a river without bridge, too: on which side of the line, not whether they touch
            beside[block].add(rim.other)
            beside[rim.other].add(block)
    side = _reached(min(own), beside)
    sides = _settled(state, own, side)
    return None if sides is None else _described(state, code, [net.rims[row][1] for row in rows], sides)


def _reached(start: int, beside: Mapping[int, set[int]]) -> set[int]:
    reached, stack = {start}, [start]
    while stack:
        fresh = beside[stack.pop()] - reached
        reached |= fresh
        stack.extend(fresh)
    return reached


def _settled(state: State, own: set[int], wanted: Collection[int]) -> tuple[set[int], set[int]] | None:
    """Two connected sides near a wish; loose pieces go to the side they touch. None if one side is empty."""
    parts = [set(wanted), own.difference(wanted)]
    if not all(parts):
        return None
    cores = [set(state.ground.heaviest(state.ground.pieces(part))) for part in parts]
    home = {block: str(i) for i, core in enumerate(cores) for block in core}
    loose = own.difference(*cores)
    while loose:
        heir = plans_repair.longest_contact(state.ground, home, loose, "")
        if heir is None:
            return None
        home[heir[0]] = heir[1]
        loose.remove(heir[0])
    sides = [{block for block in own if home[block] == side} for side in ("0", "1")]
    return sides[0], sides[1]


def _described(
    state: State, code: str, rims: Collection[Rim], sides: tuple[set[int], set[int]], *, by_hand: bool = False
) -> Cut:
    line = shapely.line_merge(shapely.multilinestrings([rim.line for rim in rims]))
    metres = sum(rim.metres for rim in rims)
    named: dict[str, float] = {}
    for rim in rims:
        if rim.name is not None:
            named[rim.name] = named.get(rim.name, 0.0) + rim.metres
    kinds: dict[str, float] = {}
    for rim in rims:
        kinds[rim.barrier] = kinds.get(rim.barrier, 0.0) + rim.metres
    on = metres - kinds.get("none", 0.0)
    ordered = sorted((_side(state, side) for side in sides), key=lambda side: -side.households)
    return Cut(
        code,
        line,
        metres,
        on / metres if metres else 0.0,
        tuple(sorted(named, key=lambda name: -named[name])),
        (ordered[0], ordered[1]),
        by_hand,
        max(kinds, key=lambda kind: kinds[kind]) if kinds else "none",
    )


def _side(state: State, blocks: set[int]) -> Side:
    counts = [state.ground.counts(block) for block in blocks]
    return Side(
        frozenset(blocks),
        sum(count.households for count in counts),
        sum(count.people for count in counts),
        sum(state.ground.shape[block].area for block in sorted(blocks)),
    )


def _apart(state: State, one: Cut, other: Cut) -> float:
    """Share of households (of the area, where nobody lives) that another cut puts on another side."""
    moved = [_side(state, set(one.sides[0].blocks ^ side.blocks)) for side in other.sides]
    households = sum(side.households for side in one.sides)
    if households:
        return min(side.households for side in moved) / households
    return min(side.area_m2 for side in moved) / sum(side.area_m2 for side in one.sides)


def _mostly_on_one_side(state: State, own: list[int], line: shapely.Geometry) -> set[int]:
    """Blocks that lie mostly on one side of a line carried on beyond the neighbourhood (a crossing swaps the sides)."""
    shapes = np.array([state.ground.shape[block] for block in own], dtype=object)
    whole = shapely.coverage_union_all(shapes)
    if shapely.get_dimensions(line) != 1 or not np.isfinite(shapely.get_coordinates(line)).all():
        return set()
    parts = shapely.union_all([carried_on(part, whole) for part in shapely.get_parts(line)])
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([shapely.boundary(whole), parts])]))
    faces = faces[shapely.contains(whole, shapely.point_on_surface(faces))]
    one = shapely.union_all(faces[_coloured(faces)])
    share = shapely.area(shapely.intersection(shapes, one)) / shapely.area(shapes)
    return {block for block, part in zip(own, share, strict=True) if part > 0.5}


def _coloured(faces: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Faces of one side: two that share a border, which only the line can be, are of different sides."""
    one, two = shapely.STRtree(faces).query(faces, predicate="intersects")
    bordering = shapely.length(shapely.intersection(faces[one], faces[two])) > 0
    beside: dict[int, set[int]] = {i: set() for i in range(len(faces))}
    for i, j in zip(one[bordering].tolist(), two[bordering].tolist(), strict=True):
        if i != j:
            beside[i].add(j)
    colour = np.zeros(len(faces), dtype=bool)
    seen: set[int] = set()
    for first in beside:
        stack = [] if first in seen else [first]
        seen.add(first)
        while stack:
            face = stack.pop()
            for other in beside[face] - seen:
                colour[other] = not colour[face]
                seen.add(other)
                stack.append(other)
    return colour
