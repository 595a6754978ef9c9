"""What edits stand on: blocks with what lives in them, who touches whom along what, homes and offices in place."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.operations import Counts
from geo.tables import require

OUTSIDE = -1
"""What lies beyond the outline, as the block on the other side."""

LABELS = ("compound", "village_group", "landmark")
"""Columns of blocks that belong together; cutting such a group is worth a warning."""


class Rim(NamedTuple):
    """A stretch of a block's border: the block on the other side (-1: outside), metres, and what it lies on.

    `bank`: on the edge of the water, not on its middle.
    """

    other: int
    metres: float
    barrier: str
    name: str | None
    contact: bool
    line: shapely.Geometry
    line_id: int = -1
    bank: bool = False


class Facts(NamedTuple):
    """What a block is and holds; `labels` are its compound, village group and landmark (None: of none)."""

    kind: str
    labels: tuple[str | None, str | None, str | None]
    counts: Counts


class Ground:
    """Blocks and their borders, ready for questions about one community at a time; share one among all plans.

    A ground never changes: splitting a block or giving one to another community makes a new ground (`with_changes`).
    Coordinates are rounded to the centimetre grid that blocks are cut on, so that all shared corners are equal.
    """

    def __init__(
        self,
        blocks: gpd.GeoDataFrame,
        edges: gpd.GeoDataFrame,
        *,
        targets: pd.DataFrame | None = None,
        offices: gpd.GeoDataFrame | None = None,
        buildings: gpd.GeoDataFrame | None = None,
    ) -> None:
        """`blocks`: block_id, community, geometry (metres), and as known: kind, households, people, collective,
        buildings, compound, village_group, landmark. `edges`: left, right (block ids, -1 outside), length_m, contact,
        geometry, and as known barrier, name, line_id. `targets`: community, kind, target. `offices`: points of
        service offices. `buildings`: households, people, points or polygons. Raises TableError if a column is missing.
        """
        require("The blocks", blocks, ("block_id", "community"))
        require("The edges", edges, ("left", "right", "length_m", "contact", "geometry"))
        table = blocks.sort_values("block_id", ignore_index=True)
        ids = table["block_id"].to_list()
        self.crs = blocks.crs
        self.target_of: Mapping[tuple[str, str], int] = targets_by_place(targets)
        self.community: Mapping[int, str] = dict(zip(ids, table["community"].astype(str), strict=True))
        self.shape: Mapping[int, shapely.Geometry] = dict(zip(ids, on_grid(table.geometry.to_numpy()), strict=True))
        self.first = self.shape
        self.facts: Mapping[int, Facts] = dict(zip(ids, _facts(table), strict=True))
        self.rims: Mapping[int, tuple[Rim, ...]] = _rims(ids, edges)
        self.members: Mapping[str, frozenset[int]] = _members(self.community)
        self.near: Mapping[int, Mapping[int, float]] = {block: self._touching(block) for block in ids}
        self.parents: Mapping[int, int] = {}
        self.own: set[str] = set()
        self.offices: Mapping[int, NDArray[np.float64]] | None = None if offices is None else self._placed(offices)
        self.buildings: Mapping[int, NDArray[np.float64]] = self._placed(buildings, "households", "people")

    def with_changes(
        self,
        *,
        gone: int | None = None,
        shape: Mapping[int, shapely.Geometry] | None = None,
        rims: Mapping[int, tuple[Rim, ...]] | None = None,
        facts: Mapping[int, Facts] | None = None,
        community: Mapping[int, str] | None = None,
        parents: Mapping[int, int] | None = None,
    ) -> Self:
        """A new ground with some blocks changed or added, and without block `gone`; what nobody touched is shared.

        Homes and offices of `gone` are placed again, on the blocks whose parent it is.
        """
        concerned = {*(community or ()), *(() if gone is None else (gone,))}
        before = {block: self.community.get(block) for block in concerned}
        new = self if self.own else copy.copy(self)
        new.__dict__.pop("tree", None)
        for name, changed in (
            ("shape", shape), ("rims", rims), ("facts", facts), ("community", community), ("parents", parents),
        ):  # fmt: skip
            new._change(name, changed or {}, None if name == "parents" else gone)
        new.members = _moved(self.members, before, new.community)
        around = {*(rims or ()), *(community or ())}
        around |= {rim.other for block in around for rim in new.rims[block]} - {OUTSIDE}
        new._change("near", {block: new._touching(block) for block in around}, gone)
        if gone is not None:
            pieces = [block for block in shape or () if (parents or {}).get(block) == gone]
            new._place_again("offices", gone, pieces)
            new._place_again("buildings", gone, pieces)
        return new

    def as_own(self) -> Self:
        """A copy whose next changes are made in place: for one who makes many and shows nobody what is between."""
        new = copy.copy(self)
        new.own = {""}
        return new

    def shared(self) -> Self:
        """The ground itself, from now on never to change."""
        self.own = set()
        return self

    @cached_property
    def outline(self) -> shapely.Geometry:
        """The union of all blocks as they were first cut, whatever was split since."""
        return shapely.coverage_union_all(list(self.first.values()))

    @cached_property
    def tree(self) -> tuple[shapely.STRtree, NDArray[np.int64]]:
        """An index of the shapes, and the block of each of its rows."""
        return shapely.STRtree(list(self.shape.values())), np.fromiter(self.shape, dtype=np.int64)

    def blocks_in(self, area: shapely.Geometry) -> list[int]:
        """Blocks that an area meets."""
        tree, ids = self.tree
        found: list[int] = ids[tree.query(area, predicate="intersects")].tolist()
        return found

    def counts(self, block: int) -> Counts:
        """Households, people, of these in collective households, and residential buildings of a block."""
        return self.facts[block].counts

    def known_block(self, block: int, among: Collection[int]) -> int | None:
        """The block itself, or the nearest block it was split from, that is one of `among`."""
        at: int | None = block
        while at is not None and at not in among:
            at = self.parents.get(at)
        return at

    def pieces(self, members: Iterable[int]) -> list[list[int]]:
        """Pieces of a set of blocks of one community that hold together by contact, the largest first."""
        unseen = set(members)
        found: list[list[int]] = []
        while unseen:
            stack = [unseen.pop()]
            piece = []
            while stack:
                block = stack.pop()
                piece.append(block)
                fresh = unseen.intersection(self.near[block])
                unseen -= fresh
                stack.extend(fresh)
            found.append(sorted(piece))
        return sorted(found, key=lambda piece: (-len(piece), piece))

    def connected(self, members: Iterable[int]) -> bool:
        """Whether a set of blocks of one community is in one piece."""
        return len(self.pieces(members)) <= 1

    def heaviest(self, pieces: Iterable[Collection[int]]) -> Collection[int]:
        """The piece with the most households, then the most blocks, then the smallest block id."""
        return max(pieces, key=lambda p: (sum(self.counts(b).households for b in p), len(p), -min(p)))

    def shares(self, community: str, polygon: shapely.Geometry) -> dict[int, float]:
        """Share (0 to 1) of the area of each of a community's blocks that lies in a polygon, where it is above 0."""
        ids = sorted(self.members[community])
        shapes = np.array([self.shape[block] for block in ids], dtype=object)
        shapely.prepare(polygon)
        met = np.flatnonzero(shapely.intersects(polygon, shapes))
        part = shapely.area(shapely.intersection(shapes[met], polygon)) / shapely.area(shapes[met])
        return {ids[row]: float(share) for row, share in zip(met, part, strict=True) if share > 0}

    def path(
        self, start: Collection[int], goal: Collection[int], within: Collection[int], spare: Collection[int] = ()
    ) -> list[int] | None:
        """The fewest blocks of `within` that join two sets of blocks ([] if they touch, None if nothing joins them).

        Among equally short ways one that keeps off the blocks of `spare` is likelier.
        """

        def order(block: int) -> tuple[bool, int]:
            return block in spare, block

        before: dict[int, int] = dict.fromkeys(start, -1)
        queue = deque(sorted(start, key=order))
        while queue:
            block = queue.popleft()
            for other in sorted(self.near[block], key=order):
                if other in goal:
                    return _between(block, before)
                if other in within and other not in before:
                    before[other] = block
                    queue.append(other)
        return None

    def blocks_table(self, blocks: Collection[int] | None = None) -> gpd.GeoDataFrame:
        """One row per block (or of those given): block_id, community, kind, labels, counts, geometry (metres)."""
        ids = sorted(self.shape if blocks is None else blocks)
        facts = [self.facts[block] for block in ids]
        table: dict[str, Any] = {"block_id": ids, "community": [self.community[block] for block in ids]}
        table["kind"] = [fact.kind for fact in facts]
        for i, name in enumerate(LABELS):
            table[name] = pd.Series([fact.labels[i] for fact in facts], dtype=object)
        for i, name in enumerate(Counts._fields):
            table[name] = [fact.counts[i] for fact in facts]
        return gpd.GeoDataFrame(table, geometry=[self.shape[block] for block in ids], crs=self.crs)

    def edges_table(
        self, blocks: Collection[int] | None = None, *, all_of: Collection[int] | None = None
    ) -> gpd.GeoDataFrame:
        """One row per stretch of border (of the blocks given), as `geo.blocks.block_edges` makes them.

        With `all_of` only what has a name, but everything around these blocks.
        """
        chosen = self.shape if blocks is None else set(blocks)
        rows = [
            (min(block, rim.other) if rim.other != OUTSIDE else block, max(block, rim.other), *rim[1:])
            if rim.other != OUTSIDE
            else (block, OUTSIDE, *rim[1:])
            for block in sorted(chosen)
            for rim in self.rims[block]
            if (rim.other not in chosen or block < rim.other)
            and (all_of is None or rim.name is not None or block in all_of or rim.other in all_of)
        ]
        names = ["left", "right", "length_m", "barrier", "name", "contact", "geometry", "line_id", "bank"]
        table = pd.DataFrame(rows, columns=names).astype({"left": int, "right": int, "contact": bool, "bank": bool})
        table["name"] = table["name"].astype(object).where(table["name"].notna(), None)
        return gpd.GeoDataFrame(table, geometry="geometry", crs=self.crs)

    def _touching(self, block: int) -> dict[int, float]:
        near: dict[int, float] = {}
        own = self.community[block]
        for rim in self.rims[block]:
            if rim.contact and rim.other != OUTSIDE and self.community[rim.other] == own:
                near[rim.other] = near.get(rim.other, 0.0) + rim.metres
        return near

    def _placed(self, things: gpd.GeoDataFrame | None, *columns: str) -> dict[int, NDArray[np.float64]]:
        """Block -> rows of x, y and the columns given, of the things whose inner point lies in it."""
        if things is None or things.empty:
            return {}
        layer = things.to_crs(self.crs or crs.METRIC) if things.crs is not None else things
        points = shapely.point_on_surface(shapely.make_valid(layer.geometry.to_numpy()))
        tree, ids = self.tree
        thing, block = tree.query(points, predicate="intersects")
        thing, first = np.unique(thing, return_index=True)
        rows = [shapely.get_coordinates(points)[thing], *(layer[name].to_numpy(float)[thing, None] for name in columns)]
        at = ids[block[first]]
        if not len(at):
            return {}
        values = np.hstack(rows)
        order = np.argsort(at, kind="stable")
        starts = np.flatnonzero(np.diff(at[order], prepend=-1))
        return dict(zip(at[order][starts].tolist(), np.split(values[order], starts[1:]), strict=True))

    def _change(self, name: str, changed: Mapping[int, Any], gone: int | None) -> None:
        """Change entries of a table of this (new) ground, on a copy unless the table is its own already."""
        table = getattr(self, name)
        if not changed and (gone is None or gone not in table):
            return
        if name not in self.own:
            table = dict(table)
            setattr(self, name, table)
        if self.own:
            self.own.add(name)
        table.update(changed)
        if gone is not None:
            table.pop(gone, None)

    def _place_again(self, name: str, gone: int, pieces: Iterable[int]) -> None:
        """Put homes or offices of a block that is gone on its pieces."""
        things: Mapping[int, NDArray[np.float64]] | None = getattr(self, name)
        if things is None or gone not in things:
            return
        rows = things[gone]
        placed: dict[int, NDArray[np.float64]] = {}
        left = np.ones(len(rows), dtype=bool)
        for piece in pieces:
            inside = left & shapely.intersects_xy(self.shape[piece], rows[:, 0], rows[:, 1])
            left &= ~inside
            if inside.any():
                placed[piece] = rows[inside]
        self._change(name, placed, gone)


def on_grid(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes with coordinates rounded to the centimetre: what rounding degrees made of equal corners is undone."""
    return np.asarray(shapely.transform(shapes, lambda xy: np.round(xy, 2)), dtype=object)


def targets_by_place(targets: pd.DataFrame | None) -> dict[tuple[str, str], int]:
    """(community, kind) and (community, "") -> target, of a table of targets; the first row of each counts."""
    found: dict[tuple[str, str], int] = {}
    if targets is None:
        return found
    kinds = targets["kind"].astype(str) if "kind" in targets.columns else [""] * len(targets)
    for community, kind, target in zip(targets["community"].astype(str), kinds, targets["target"], strict=True):
        found.setdefault((community, kind), int(target))
        found.setdefault((community, ""), int(target))
    return found


def _moved(
    members: Mapping[str, frozenset[int]], before: Mapping[int, str | None], community: Mapping[int, str]
) -> Mapping[str, frozenset[int]]:
    """Blocks by community after some blocks (with their community before) changed theirs, came or went."""
    after = dict(members)
    for block, was in before.items():
        if was is not None:
            after[was] -= {block}
        if block in community:
            after[community[block]] |= {block}
    return after


def _members(community: Mapping[int, str]) -> dict[str, frozenset[int]]:
    found: dict[str, list[int]] = {}
    for block, code in community.items():
        found.setdefault(code, []).append(block)
    return {code: frozenset(blocks) for code, blocks in found.items()}


def _facts(table: pd.DataFrame) -> list[Facts]:
    nothing = pd.Series([None] * len(table), dtype=object)
    labels = [
        table[name].astype(object).where(table[name].notna(), None) if name in table.columns else nothing
        for name in LABELS
    ]
    counts = [
        table[name].fillna(0).astype(int) if name in table.columns else pd.Series(0, index=table.index)
        for name in Counts._fields
    ]
    kinds = table["kind"].astype(str) if "kind" in table.columns else ["urban"] * len(table)
    return [
        Facts(kind, label, Counts(*count))
        for kind, label, count in zip(
            kinds,
            zip(*(column.to_list() for column in labels), strict=True),
            zip(*(column.to_list() for column in counts), strict=True),
            strict=True,
        )
    ]


def _rims(ids: list[int], edges: gpd.GeoDataFrame) -> dict[int, tuple[Rim, ...]]:
    rims: dict[int, list[Rim]] = {block: [] for block in ids}
    n = len(edges)
    barrier = edges["barrier"].fillna("none") if "barrier" in edges.columns else ["none"] * n
    name = edges["name"].astype(object).where(edges["name"].notna(), None) if "name" in edges.columns else [None] * n
    line_id = edges["line_id"] if "line_id" in edges.columns else [-1] * n
    bank = edges["bank"].astype(bool) if "bank" in edges.columns else [False] * n
    lines = on_grid(edges.geometry.to_numpy())
    columns = (edges["left"], edges["right"], edges["length_m"], barrier, name, edges["contact"], lines, line_id, bank)
    for left, right, metres, lies_on, called, contact, line, number, on_bank in zip(*columns, strict=True):
        for block, other in ((left, right), (right, left)):
            if block in rims:
                beyond = int(other) if other in rims else OUTSIDE
                told = bool(contact) and beyond != OUTSIDE
                rims[block].append(Rim(beyond, float(metres), lies_on, called, told, line, int(number), on_bank))
    return {block: tuple(found) for block, found in rims.items()}


def _between(block: int, before: Mapping[int, int]) -> list[int]:
    found = []
    while before[block] >= 0:
        found.append(block)
        block = before[block]
    return found
