"""Consequences of a plan against its base: who and what changes neighbourhood, indicators re-based, offices, 四至."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.four_boundaries import SIDES, Side, four_boundaries
from geo.plans_checks import differences, touched
from geo.plans_ground import OUTSIDE
from geo.plans_steps import State

APART = 1 << 50
"""Added to the block ids of a second plan; pieces of blocks have ids up to 2^49."""

AROUND_M = 1000.0
"""How far around a neighbourhood borders are looked at to say what lies beyond it."""


@dataclass(frozen=True)
class Consequences:
    """What a plan changes against another; all tables have only what changes.

    moves: one row per pair (before, after) with blocks, households, people, collective, buildings.
    addresses: one row per residential building that changes (x, y in metres, households, people, before, after).
    seats: one row per organisation that changes (id, before, after, how: located, ended).
    offices: one row per neighbourhood with another number of service offices (neighbourhood, before, after).
    reach: one row per neighbourhood touched: households, and households within the limit, before and after.
    measures: one row per neighbourhood touched and measure (neighbourhood, measure, before, after).
    bounds: one row per side that is bounded by something else (neighbourhood, side, before, after: `Side` or None).
    """

    moves: pd.DataFrame
    addresses: pd.DataFrame
    seats: pd.DataFrame
    offices: pd.DataFrame
    reach: pd.DataFrame
    measures: pd.DataFrame
    bounds: pd.DataFrame


def consequences(
    before: State,
    after: State,
    *,
    measures: pd.DataFrame | None = None,
    organisations: pd.DataFrame | None = None,
    metres: pd.Series | None = None,
    limit_m: float = 500.0,
) -> Consequences:
    """What changes between two plans of one line (`plan.base` or `plan.parent`, and `plan`).

    `measures`: neighbourhood, measure, value (counts that add up: numerators and denominators, NaN: withheld).
    `organisations`: id, neighbourhood, and geometry (metres) where the seat's place is known. `metres`: block_id ->
    way to the nearest office. Tables that nothing is given for are empty.
    """
    return Consequences(
        moves=moves(before, after),
        addresses=addresses(before, after),
        seats=seats(before, after, organisations),
        offices=offices(before, after),
        reach=reach(before, after, metres, limit_m),
        measures=rebased(before, after, measures),
        bounds=bounds(before, after),
    )


def moves(before: State, after: State) -> pd.DataFrame:
    """One row per pair of neighbourhoods (before, after): blocks, households, people, collective, buildings moved."""
    rows = [
        (was, now, 1, *after.ground.counts(block)) for block, (was, now) in sorted(differences(before, after).items())
    ]
    names = ["before", "after", "blocks", "households", "people", "collective", "buildings"]
    table = pd.DataFrame(rows, columns=names)
    return table.groupby(["before", "after"], as_index=False).sum() if rows else table


def addresses(before: State, after: State) -> pd.DataFrame:
    """One row per building whose neighbourhood changes: x, y (metres), households, people, before, after.

    Empty where the ground knows no buildings.
    """
    rows = [
        (*row, was, now)
        for block, (was, now) in sorted(differences(before, after).items())
        for row in after.ground.buildings.get(block, np.empty((0, 4))).tolist()
    ]
    table = pd.DataFrame(rows, columns=["x", "y", "households", "people", "before", "after"])
    return table.astype({"households": int, "people": int})


def seats(before: State, after: State, organisations: pd.DataFrame | None) -> pd.DataFrame:
    """One row per organisation whose neighbourhood changes: id, before, after, how.

    how = located: its seat lies in a block that changes; ended: its place is not known, its neighbourhood ends, and
    most of that one's households go to `after`.
    """
    names = ["id", "before", "after", "how"]
    if organisations is None or organisations.empty:
        return pd.DataFrame([], columns=names)
    changed = differences(before, after)
    located = _located(after, changed, organisations)
    heirs = main_heirs(before, after)
    rows = []
    for row, (id_, code) in enumerate(zip(organisations["id"], organisations["neighbourhood"], strict=True)):
        if row in located:
            rows.append((id_, *changed[located[row]], "located"))
        elif code in heirs and not _has_place(organisations, row):
            rows.append((id_, code, heirs[code], "ended"))
    return pd.DataFrame(rows, columns=names)


def main_heirs(before: State, after: State) -> dict[str, str]:
    """Neighbourhood that ended -> the one that took most of its households (then of its blocks)."""
    weight: dict[str, dict[str, tuple[int, int]]] = {}
    for block, (was, now) in differences(before, after).items():
        homes, blocks = weight.setdefault(was, {}).get(now, (0, 0))
        weight[was][now] = (homes + after.ground.counts(block).households, blocks + 1)
    return {
        was: max(heirs, key=lambda now: (heirs[now], now)) for was, heirs in weight.items() if not after.members(was)
    }


def offices(before: State, after: State) -> pd.DataFrame:
    """One row per neighbourhood that gains or loses service offices: neighbourhood, before, after (numbers)."""
    rows = [(code, _offices_in(before, code), _offices_in(after, code)) for code in sorted(touched(before, after))]
    changed = [row for row in rows if row[1] != row[2]]
    return pd.DataFrame(changed, columns=["neighbourhood", "before", "after"])


def reach(before: State, after: State, metres: pd.Series | None, limit_m: float) -> pd.DataFrame:
    """One row per neighbourhood touched: households and households within the limit of an office, before and after.

    Columns neighbourhood, households_before, within_before, households_after, within_after. `metres`: block_id -> way
    to the nearest office; pieces of a block have its way.
    """
    names = ["neighbourhood", "households_before", "within_before", "households_after", "within_after"]
    if metres is None:
        return pd.DataFrame([], columns=names)
    near = metres[metres <= limit_m].index
    codes = sorted(touched(before, after))
    rows = [(code, *_within(before, code, set(near)), *_within(after, code, set(near))) for code in codes]
    return pd.DataFrame(rows, columns=names)


def rebased(before: State, after: State, measures: pd.DataFrame | None) -> pd.DataFrame:
    """Counts of the old neighbourhoods on the new lines: neighbourhood, measure, before, after.

    `measures`: neighbourhood, measure, value. Each count is spread over its neighbourhood's blocks by households (by
    area where nobody lives) and added up again; NaN (withheld, unknown) makes NaN of all it is spread to. Only
    neighbourhoods touched; NaN before: there was none.

    Formula: after_n = Σ_o before_o · households(o ∩ n) / households(o).
    """
    names = ["neighbourhood", "measure", "before", "after"]
    if measures is None or measures.empty:
        return pd.DataFrame([], columns=names)
    shares = shares_of_old(before, after)
    codes = set(shares["old"]) | set(shares["new"])
    given = measures[measures["neighbourhood"].isin(codes)]
    spread = shares.merge(given, left_on="old", right_on="neighbourhood")
    spread["after"] = spread["share"] * spread["value"]
    sums = spread.groupby(["new", "measure"])["after"].agg(lambda values: values.sum(skipna=False))
    was = given.set_index(["neighbourhood", "measure"])["value"]
    table = pd.concat([was.rename("before"), sums.rename_axis(["neighbourhood", "measure"])], axis=1)
    return table.reset_index()[names].sort_values(["neighbourhood", "measure"], ignore_index=True)


def shares_of_old(before: State, after: State) -> pd.DataFrame:
    """old, new, share: which part of each old neighbourhood's households (of its area) each new one has.

    Only of neighbourhoods that an operation touched; shares of one old neighbourhood add up to 1.
    """
    codes = touched(before, after)
    rows = []
    for community in sorted({code[:12] for code in codes}):
        for block, now in after.homes[community].items():
            known = after.ground.known_block(block, before.ground.community)
            was = now if known is None else before.code_of(known)
            if was in codes:
                rows.append((was, now, after.ground.counts(block).households, after.ground.shape[block].area))
    table = pd.DataFrame(rows, columns=["old", "new", "households", "area"])
    sums = table.groupby(["old", "new"], as_index=False)[["households", "area"]].sum()
    total = sums.groupby("old")[["households", "area"]].transform("sum")
    by_homes = sums["households"] / total["households"].where(total["households"] > 0)
    sums["share"] = by_homes.fillna(sums["area"] / total["area"])
    return sums[sums["share"] > 0][["old", "new", "share"]].reset_index(drop=True)


def bounds(before: State, after: State, codes: Iterable[str] | None = None) -> pd.DataFrame:
    """One row per side of a touched neighbourhood with another bound: neighbourhood, side, before, after.

    before and after are `geo.four_boundaries.Side` (None: the neighbourhood is new, or ends).
    """
    chosen = sorted(touched(before, after) if codes is None else set(codes))
    old, new = _sides_of([before, after], chosen)
    rows = [(code, side, old.get(code, {}).get(side), new.get(code, {}).get(side)) for code in chosen for side in SIDES]
    return pd.DataFrame(
        [row for row in rows if _told(row[2]) != _told(row[3])], columns=["neighbourhood", "side", "before", "after"]
    )


def four_sides(state: State, codes: Collection[str]) -> dict[str, dict[str, Side]]:
    """四至 of some neighbourhoods of a plan: code -> side -> what bounds it (see `geo.four_boundaries`)."""
    return _sides_of([state], codes)[0]


def _sides_of(states: Sequence[State], codes: Collection[str]) -> list[dict[str, dict[str, Side]]]:
    """The same of several plans, in one go: as if they lay side by side, with a mark on their codes and blocks."""
    edges, blocks = [], []
    assignment: dict[int, str] = {}
    for i, state in enumerate(states):
        rows, shapes, homes = _near(state, codes)
        for end in ("left", "right"):
            rows[end] = rows[end].where(rows[end] < 0, rows[end] + i * APART)
        edges.append(rows)
        blocks.append(shapes.assign(block_id=shapes["block_id"] + i * APART))
        assignment |= {block + i * APART: f"{code}/{i}" for block, code in homes.items()}
    marked = [f"{code}/{i}" for i, state in enumerate(states) for code in codes if state.members(code)]
    if not marked:
        return [{} for _ in states]
    table = pd.Series(assignment, dtype=object)
    found = four_boundaries(pd.concat(edges, ignore_index=True), table, pd.concat(blocks, ignore_index=True), marked)
    return [
        {code: _unmarked(found[f"{code}/{i}"]) for code in codes if f"{code}/{i}" in found} for i in range(len(states))
    ]


def _near(state: State, codes: Collection[str]) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, dict[int, str]]:
    """Borders of some neighbourhoods with what is named around them, the blocks on these, and whose they are."""
    ground = state.ground
    own = {block for code in codes for block in state.members(code)}
    boxes = shapely.box(*shapely.bounds([ground.shape[block] for block in own]).T) if own else []
    around = shapely.bounds(shapely.union_all(boxes).buffer(AROUND_M))
    near = ground.blocks_in(shapely.box(*around)) if own else []
    edges = ground.edges_table(near, all_of=own)
    ends = {*edges["left"], *edges["right"]} - {OUTSIDE}
    blocks = gpd.GeoDataFrame(
        {"block_id": sorted(ends)}, geometry=[ground.shape[block] for block in sorted(ends)], crs=ground.crs
    )
    return edges, blocks, {block: state.code_of(block) for block in ends}


def _unmarked(sides: dict[str, Side]) -> dict[str, Side]:
    return {
        name: side if side.neighbour is None else replace(side, neighbour=side.neighbour.partition("/")[0])
        for name, side in sides.items()
    }


def _told(side: Side | None) -> tuple[str | None, str, str | None] | None:
    """What is said of a side; its share of the side is not."""
    return None if side is None else (side.name, side.barrier, side.beyond or side.neighbour)


def _located(after: State, changed: Collection[int], organisations: pd.DataFrame) -> dict[int, int]:
    """Row of an organisation -> the changed block that its seat lies in."""
    blocks = sorted(changed)
    if not isinstance(organisations, gpd.GeoDataFrame) or not blocks:
        return {}
    points = organisations.geometry.to_numpy()
    tree = shapely.STRtree([after.ground.shape[block] for block in blocks])
    row, block = tree.query(points, predicate="intersects")
    return {int(r): blocks[int(b)] for r, b in zip(row, block, strict=True)}


def _has_place(organisations: pd.DataFrame, row: int) -> bool:
    if not isinstance(organisations, gpd.GeoDataFrame):
        return False
    point = organisations.geometry.iloc[row]
    return point is not None and not point.is_empty


def _offices_in(state: State, code: str) -> int:
    return sum(
        len(state.ground.offices[b]) for b in state.members(code) if state.ground.offices and b in state.ground.offices
    )


def _within(state: State, code: str, near: set[int]) -> tuple[int, int]:
    """Households of a neighbourhood, and those in blocks near an office."""
    homes = {block: state.ground.counts(block).households for block in state.members(code)}
    return sum(homes.values()), sum(
        n for block, n in homes.items() if state.ground.known_block(block, near) is not None
    )
