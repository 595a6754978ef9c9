"""Previews: every verb on the published district, beside GeoPandas dissolving the community for the same figures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rich.console import Console
from rich.table import Table

from geo.consequences import consequences
from geo.cutting import cuts
from geo.operations import Batch, Draw, Merge, Move, New, Operation, Rename, Retire, Transfer
from geo.plans import Plan, PlanRefused
from geo.plans_checks import around
from geo.plans_layer import layer_check
from geo.plans_repair import heirs
from geo.previews import Preview, preview
from geo.proposals import alternatives
from geo.push import push
from geo.splitting import split_along, split_between_rows, split_for_drawing
from geo.topology import layer_faults
from geo.zoning import neighbourhoods

TRIES = 120
SECONDS = 12.0
"""Each verb is tried so often, or so long."""

Make = Callable[[Plan, np.random.Generator], Operation]


@dataclass
class Timed:
    """What came of one verb: processor milliseconds of ours (choosing blocks included) and of the peer."""

    ours: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    refused: int = 0
    repaired: int = 0
    same: int = 0

    def row(self) -> dict[str, float]:
        """Counts, medians and 95th percentiles."""
        return {
            "previews": len(self.ours),
            "of these refused": self.refused,
            "with a repair": self.repaired,
            "CPU ms median": float(np.median(self.ours)),
            "CPU ms p95": float(np.percentile(self.ours, 95)),
            "wall ms p95": float(np.percentile(self.wall, 95)),
            "dissolve CPU ms median": float(np.median(self.peer)) if self.peer else float("nan"),
            "same figures": self.same / len(self.peer) if self.peer else float("nan"),
        }


def any_code(plan: Plan, rng: np.random.Generator) -> str:
    """A neighbourhood at random."""
    return plan.codes[rng.integers(len(plan.codes))]


def beside(plan: Plan, rng: np.random.Generator) -> tuple[str, str]:
    """Two neighbourhoods of a community that touch."""
    while True:
        one = any_code(plan, rng)
        near = sorted(code for code in around(plan, one) if code is not None and code[:12] == one[:12])
        if near:
            return one, near[rng.integers(len(near))]


def border(plan: Plan, one: str, other: str) -> shapely.Point:
    """The middle of a stretch of their border."""
    beyond = plan.members(other)
    lines = [rim.line for block in sorted(plan.members(one)) for rim in plan.ground.rims[block] if rim.other in beyond]
    return shapely.line_interpolate_point(max(lines, key=shapely.length), 0.5, normalized=True)


def paint(plan: Plan, rng: np.random.Generator) -> Operation:
    """One to four blocks together, given to the neighbourhood beside them (14 % part the giver: a refusal counts)."""
    one, other = beside(plan, rng)
    edge = [block for block in sorted(plan.members(other)) if plan.ground.near[block].keys() & plan.members(one)]
    first = edge[rng.integers(len(edge))] if edge else min(plan.members(other))
    more = sorted(plan.ground.near[first].keys() & plan.members(other))[: rng.integers(4)]
    return Move(frozenset({first, *more}), one)


def pushed(plan: Plan, rng: np.random.Generator) -> Operation:
    """A border pulled 20 to 300 m in any direction, as far as the first block at least."""
    while True:
        one, other = beside(plan, rng)
        place = shapely.get_coordinates(border(plan, one, other))[0]
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(20, 300)
        seen = push(plan, one, other, tuple(place), tuple(place + far * np.array([np.cos(angle), np.sin(angle)])))
        if seen.operation is not None:
            return seen.operation


def cut(plan: Plan, rng: np.random.Generator) -> Operation:
    """A neighbourhood cut between two points of its outline; the smaller side becomes a new one."""
    code = any_code(plan, rng)
    ring = shapely.get_exterior_ring(plan.polygon(code))
    at = rng.random()
    ends = [shapely.line_interpolate_point(ring, (at + half) % 1, normalized=True) for half in (0, 0.5)]
    found = cuts(plan, code, *((float(end.x), float(end.y)) for end in ends))
    return found[0].found(1, plan.next_code(code[:12]))


def merged(plan: Plan, rng: np.random.Generator) -> Operation:
    """Two neighbours."""
    return Merge(*beside(plan, rng))


def split(plan: Plan, rng: np.random.Generator) -> Operation:
    """A block between its rows of buildings."""
    ids = sorted(plan.ground.shape)
    while True:
        try:
            return split_between_rows(plan, ids[rng.integers(len(ids))])[0].operation
        except PlanRefused:
            continue


def split_by_hand(plan: Plan, rng: np.random.Generator) -> Operation:
    """A block along a line through its middle."""
    ids = sorted(plan.ground.shape)
    while True:
        block = ids[rng.integers(len(ids))]
        middle = shapely.get_coordinates(shapely.point_on_surface(plan.ground.shape[block]))[0]
        angle = rng.uniform(0, 2 * np.pi)
        line = shapely.linestrings([middle, middle + np.array([np.cos(angle), np.sin(angle)])])
        try:
            return split_along(plan, block, line).operation
        except PlanRefused:
            continue


def founded(plan: Plan, rng: np.random.Generator) -> Operation:
    """A new neighbourhood of one to five blocks of one."""
    code = any_code(plan, rng)
    blocks = sorted(plan.members(code))
    first = blocks[rng.integers(len(blocks))]
    chosen = {first, *sorted(plan.ground.near[first].keys() & plan.members(code))[: rng.integers(5)]}
    return New(plan.next_code(code[:12]), frozenset(chosen), "新邻里")


def retired(plan: Plan, rng: np.random.Generator) -> Operation:
    """A neighbourhood given to its neighbours, by contact."""
    code = any_code(plan, rng)
    return Retire(code, tuple(sorted(heirs(plan.ground, plan.homes[code[:12]], code).items())))


def renamed(plan: Plan, rng: np.random.Generator) -> Operation:
    """Another name."""
    return Rename(any_code(plan, rng), "新名邻里")


def drawn(plan: Plan, rng: np.random.Generator) -> Operation:
    """A neighbourhood's outline moved by up to 120 m and grown or shrunk by up to 40 m."""
    code = any_code(plan, rng)
    step = rng.uniform(-120, 120, size=2)
    shape = shapely.transform(plan.polygon(code), lambda xy: xy + step)
    return Draw(shapely.buffer(shape, rng.uniform(-40, 40)), code)


def drawn_and_split(plan: Plan, rng: np.random.Generator) -> Operation:
    """The same, with blocks split along the drawing where both pieces are thick."""
    drawing = drawn(plan, rng)
    assert isinstance(drawing, Draw)
    return Batch(split_for_drawing(plan, drawing), "draw")  # type: ignore[arg-type]


def transferred(plan: Plan, rng: np.random.Generator) -> Operation:
    """A block at the edge of a community given to the next one."""
    ids = sorted(plan.ground.shape)
    while True:
        block = ids[rng.integers(len(ids))]
        over = [
            rim.other for rim in plan.ground.rims[block] if rim.contact and rim.other not in plan.ground.near[block]
        ]
        if over:
            return Transfer(frozenset({block}), plan.code_of(over[0]), "界线调整")


VERBS: dict[str, Make] = {
    "paint": paint, "push": pushed, "cut": cut, "merge": merged, "split between rows": split,
    "split by hand": split_by_hand, "new": founded, "retire": retired, "rename": renamed, "draw": drawn,
    "draw and split": drawn_and_split, "transfer": transferred,
}  # fmt: skip


def dissolved(plan: Plan, seen: Preview, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The peer: the blocks of the communities concerned with their new codes, dissolved and measured by GeoPandas."""
    communities = {change.code[:12] for change in seen.changes}
    rows = table[table["community"].isin(communities)]
    codes = rows["block_id"].map(lambda block: seen.moved.get(block, ("", plan.code_of(block)))[1])
    after = rows.assign(code=codes)
    layer = after.dissolve("code", aggfunc={"households": "sum", "people": "sum", "buildings": "sum"})
    layer["area_m2"] = layer.area
    layer["polsby_popper"] = 4 * np.pi * layer.area / layer.length**2
    layer["pieces"] = shapely.get_num_geometries(layer.geometry.to_numpy())
    return layer


def agree(seen: Preview, layer: gpd.GeoDataFrame) -> bool:
    """Whether both say the same of every neighbourhood concerned."""
    return all(
        change.code in layer.index
        and layer.loc[change.code, "households"] == change.after.households
        and bool(np.isclose(layer.loc[change.code, "area_m2"], change.after.area_m2, rtol=1e-6))
        and bool(np.isclose(layer.loc[change.code, "polsby_popper"], change.after.polsby_popper, rtol=1e-4))
        for change in seen.changes
        if change.after is not None
    )


def time_verb(plan: Plan, make: Make, table: gpd.GeoDataFrame) -> Timed:
    """Preview many edits of one verb, each followed by the peer's."""
    rng = np.random.default_rng(2020)
    found, begin = Timed(), time.perf_counter()
    for _ in range(TRIES):
        if time.perf_counter() - begin > SECONDS:
            break
        cpu, wall = time.process_time(), time.perf_counter()
        seen: Preview | None = None
        try:
            seen = preview(plan, make(plan, rng))
        except PlanRefused as refusal:
            found.refused += 1
            found.repaired += bool(refusal.repair)
        found.ours.append((time.process_time() - cpu) * 1000)
        found.wall.append((time.perf_counter() - wall) * 1000)
        if seen is not None and seen.plan.ground is plan.ground and seen.moved:
            cpu = time.process_time()
            layer = dissolved(plan, seen, table)
            found.peer.append((time.process_time() - cpu) * 1000)
            found.same += agree(seen, layer)
    return found


def once(name: str, work: Callable[[], object], times: int = 7) -> tuple[str, float]:
    """Median processor milliseconds of a piece of work."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1000)
    return name, float(np.median(spent))


def whole(plan: Plan) -> Iterator[tuple[str, float]]:
    """What is done at other times: consequences of an edit, proposals, the check on save beside the general one."""
    rng = np.random.default_rng(1)
    after: Plan | None = None
    while after is None:
        try:
            after = plan.attempt(paint(plan, rng))
        except PlanRefused:
            continue
    later = after
    plan.ground.outline  # noqa: B018 - made once a ground, not on every save
    yield once("consequences of an edit", lambda: consequences(plan, later))
    yield once("proposals for a community", lambda: alternatives(later, later.codes[0][:12]), 3)
    yield once("whole-layer check on save", lambda: layer_check(later), 3)

    def general() -> object:
        blocks, edges = later.ground.blocks_table(), later.ground.edges_table()
        layer = neighbourhoods(blocks, later.assignment)
        return layer_faults(layer, outline=plan.ground.outline, blocks=blocks, edges=edges, assignment=later.assignment)

    yield once("the same from tables", general, 3)


def measure(plan: Plan) -> dict[str, dict[str, float]]:
    """Time every verb and print the table; returns its rows and the single figures."""
    table = plan.ground.blocks_table()
    rows = {name: time_verb(plan, make, table).row() for name, make in VERBS.items()}
    show(pd.DataFrame(rows).T)
    single = dict(whole(plan))
    Console().print("CPU ms median: " + ", ".join(f"{name} {ms:.0f}" for name, ms in single.items()))
    return {**rows, "whole": single}


def show(rows: pd.DataFrame) -> None:
    """Print counts, milliseconds, and the ratio of the peer's median to ours."""
    table = Table(title="Previews on the district, and a dissolve of the community for the same figures")
    for column in ["verb", *rows.columns, "dissolve / ours"]:
        table.add_column(column, justify="left" if column == "verb" else "right")
    for name, row in rows.iterrows():
        cells = [
            "–"
            if np.isnan(value)
            else f"{value:.0%}"
            if column == "same figures"
            else f"{value:.1f}"
            if "ms" in str(column)
            else f"{value:.0f}"
            for column, value in row.items()
        ]
        ratio = row["dissolve CPU ms median"] / row["CPU ms median"]
        table.add_row(str(name), *cells, "–" if np.isnan(ratio) else f"{ratio:.1f}")
    Console(width=180).print(table)
