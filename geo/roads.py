"""New roads: blocks are cut again along them, neighbourhoods go with the pieces, and what changed is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import crs, network_classes
from geo.blocks import barrier_of
from geo.operations import Batch, Split
from geo.plans_between import attempted
from geo.plans_split import piece_ids
from geo.plans_steps import State, plain
from geo.refusals import PlanRefused, Reason
from geo.splitting import split_along

REACH_M = 0.5
"""A road that ends this near to a border (or another road) reaches it."""

PASSES = 4
"""Roads may end on roads that come later in the file: what divides nothing yet is tried again."""


@dataclass(frozen=True)
class Recut:
    """The blocks that new roads divide, as one operation (None: none), and what changes.

    `changes`: one row per block that a road crosses: block, neighbourhood, road, how (split, thin: a piece of 8 m or
    less, so it stays), pieces (ids), households (of each piece). `unused_m`: metres of road that divide nothing: dead
    ends, and what lies along a border already there.
    """

    operation: Batch | None
    changes: pd.DataFrame
    unused_m: float


def recut(state: State, roads: gpd.GeoDataFrame) -> Recut:
    """Cut the blocks of a plan along new roads (or rivers, walls …: any layer that `geo.network_classes` knows).

    Pieces stay in the neighbourhood of their block, so the plan stays sound; preview and commit `operation`. Raises
    MissingCrsError, TableError.
    """
    if roads.crs is None:
        raise crs.MissingCrsError("The layer of roads")
    lines = network_classes.classify(roads.to_crs(state.ground.crs or crs.METRIC), "The roads")
    lines = lines[lines["cuts"] & ~lines["tunnel"]].reset_index(drop=True)
    work = _Work(state)
    for _ in range(PASSES):
        before = len(work.splits)
        for row in lines.itertuples():
            work.along(row.geometry, barrier_of(str(row[lines.columns.get_loc("class") + 1])), row.name)
        if len(work.splits) == before:
            break
    used = sum(float(shapely.length(split.line)) for split in work.splits)
    inside = float(shapely.length(shapely.intersection(lines.geometry.to_numpy(), work.outline)).sum())
    operation = Batch(tuple(work.splits), "roads") if work.splits else None
    return Recut(operation, work.table(), max(inside - used, 0.0))


class _Work:
    """The state as it is cut, with the pieces of each block."""

    def __init__(self, state: State) -> None:
        self.state = plain(state)
        self.first = sorted(state.ground.shape)
        shapes = [state.ground.shape[block] for block in self.first]
        self.tree = shapely.STRtree(shapes)
        self.outline = shapely.coverage_union_all(shapes)
        self.pieces: dict[int, list[int]] = {block: [block] for block in self.first}
        self.splits: list[Split] = []
        self.rows: dict[tuple[int, str], tuple[str, str | None, str, tuple[int, ...], tuple[int, ...]]] = {}

    def along(self, road: shapely.Geometry, barrier: str, name: str | None) -> None:
        """Split every block that a road divides."""
        line = _longer(road)
        for row in self.tree.query(line, predicate="intersects"):
            for block, split in self._divided(self.first[row], line, barrier, name):
                after = attempted(self.state, split)
                if after is None:
                    continue
                ids = piece_ids(split)
                homes = tuple(count.households for count in split.counts)
                self.rows[block, "split"] = (self.state.code_of(block), name, "split", tuple(ids), homes)
                self.rows.pop((block, "thin"), None)
                self.state = after
                self.splits.append(split)
                self.pieces[self.first[row]].remove(block)
                self.pieces[self.first[row]] += ids

    def _divided(
        self, first: int, line: shapely.Geometry, barrier: str, name: str | None
    ) -> Iterator[tuple[int, Split]]:
        for block in list(self.pieces[first]):
            try:
                yield block, split_along(self.state, block, line, barrier=barrier, name=name, carry_on=False).operation
            except PlanRefused as refusal:
                if refusal.reason == Reason.THIN:
                    self.rows[block, "thin"] = (self.state.code_of(block), name, "thin", (), ())

    def table(self) -> pd.DataFrame:
        """The changes, by block."""
        rows = [(block, *row) for (block, _), row in sorted(self.rows.items())]
        return pd.DataFrame(rows, columns=["block", "neighbourhood", "road", "how", "pieces", "households"])


def _longer(line: shapely.Geometry) -> shapely.Geometry:
    """A line a little longer at both ends, so that what ends on a border meets it."""
    xy = shapely.get_coordinates(line)
    for end, before in ((0, 1), (-1, -2)):
        step = xy[end] - xy[before]
        xy[end] = xy[end] + step / max(float(np.hypot(*step)), 1e-9) * REACH_M
    return shapely.linestrings(xy)
