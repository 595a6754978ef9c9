"""Two editions side by side as data: what changed, who follows whom, and the quality of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo import quality
from geo.carry_over import overlaps
from geo.plans import Plan
from geo.quality import Quality
from geo.zoning import neighbourhoods


@dataclass(frozen=True)
class Comparison:
    """What is between two editions; households are those of the later one.

    neighbourhoods: one row per neighbourhood that differs: code, change (changed, new, ended, renamed),
    households_before, households_after, gained, lost (households), blocks_gained, blocks_lost, name_before, name_after.
    successors: one row per pair (before, after) that share households or, without any, area, of all that differ:
    before, after, households, share (of the earlier one's), ended (whether the earlier one ends).
    quality_before, quality_after: `geo.quality.Quality` of both.
    """

    neighbourhoods: pd.DataFrame
    successors: pd.DataFrame
    quality_before: Quality
    quality_after: Quality


def compare_editions(
    before: Plan,
    after: Plan,
    *,
    names_before: Mapping[str, str] | None = None,
    names_after: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare two editions, on the same blocks or not (then by area). Takes about a second a district."""
    shared = _shared(before, after)
    table = _neighbourhoods(before, after, shared, names_before or {}, names_after or {})
    differing = set(table["code"])
    rows = shared[shared["before"].isin(differing) | shared["after"].isin(differing)]
    return Comparison(table, _successors(rows, set(after.codes)), quality_of(before), quality_of(after, before))


def quality_of(plan: Plan, previous: Plan | None = None) -> Quality:
    """Quality of a plan as an edition; moved households are told where the previous one has the same blocks."""
    blocks, edges = plan.ground.blocks_table(), plan.ground.edges_table()
    assignment = plan.assignment
    layer = neighbourhoods(blocks, assignment)
    layer["target"] = [_target(plan, code, kind) for code, kind in zip(layer["code"], layer["kind"], strict=True)]
    known = None
    if previous is not None:
        at = {b: plan.ground.known_block(b, previous.ground.community) for b in plan.ground.community}
        known = pd.Series({b: previous.code_of(old) for b, old in at.items() if old is not None}, dtype=object)
    return quality.measure(layer, blocks=blocks, edges=edges, assignment=assignment, previous=known)


def _target(plan: Plan, code: str, kind: str) -> int:
    by_place = plan.ground.target_of
    return by_place.get((code[:12], kind), by_place.get((code[:12], ""), plan.limits.kinds[kind].target))


def _shared(before: Plan, after: Plan) -> pd.DataFrame:
    """before, after, households, area_m2, blocks (of the later edition) that two neighbourhoods share."""
    pairs = overlaps(before.ground, after.ground)
    counts = [after.ground.counts(block).households for block in pairs["new"]]
    pairs["households"] = pairs["of_new"] * counts
    pairs["area_m2"] = pairs["of_new"] * [after.ground.shape[block].area for block in pairs["new"]]
    pairs["before"] = [before.code_of(block) for block in pairs["old"]]
    pairs["after"] = [after.code_of(block) for block in pairs["new"]]
    pairs["blocks"] = (pairs["of_new"] > 0.5).astype(int)
    pairs = pairs[pairs["area_m2"] > 1.0]
    return pairs.groupby(["before", "after"], as_index=False)[["households", "area_m2", "blocks"]].sum()


def _neighbourhoods(
    before: Plan, after: Plan, shared: pd.DataFrame, names_before: Mapping[str, str], names_after: Mapping[str, str]
) -> pd.DataFrame:
    moved = shared[shared["before"] != shared["after"]]
    gained = moved.groupby("after")[["households", "blocks"]].sum()
    lost = moved.groupby("before")[["households", "blocks"]].sum()
    old, new = set(before.codes), set(after.codes)
    rows = []
    for code in sorted(old | new):
        was, now = names_before.get(code, ""), names_after.get(code, names_before.get(code, ""))
        change = _change(code, old, new, code in gained.index or code in lost.index, was != now)
        if change is not None:
            homes = [_households(before, code), _households(after, code)]
            ins, outs = (gained, lost)
            rows.append((code, change, *homes, *_of(ins, code), *_of(outs, code), was, now))
    names = [
        "code",
        "change",
        "households_before",
        "households_after",
        "gained",
        "blocks_gained",
        "lost",
        "blocks_lost",
    ]
    return pd.DataFrame(rows, columns=[*names, "name_before", "name_after"])


def _change(code: str, old: set[str], new: set[str], moved: bool, renamed: bool) -> str | None:
    if code not in old:
        return "new"
    if code not in new:
        return "ended"
    if moved:
        return "changed"
    return "renamed" if renamed else None


def _of(table: pd.DataFrame, code: str) -> tuple[int, int]:
    if code not in table.index:
        return 0, 0
    row = table.loc[[code]]
    return round(float(row["households"].iloc[0])), int(row["blocks"].iloc[0])


def _households(plan: Plan, code: str) -> int:
    return sum(plan.ground.counts(block).households for block in plan.members(code))


def _successors(rows: pd.DataFrame, alive: set[str]) -> pd.DataFrame:
    total = rows.groupby("before")[["households", "area_m2"]].transform("sum")
    by_homes = rows["households"] / total["households"].where(total["households"] > 0)
    table = rows.assign(
        share=by_homes.fillna(rows["area_m2"] / total["area_m2"]).round(6),
        households=rows["households"].round().astype(int),
        ended=~rows["before"].isin(alive),
    )
    table = table[table["share"] > 0].sort_values(["before", "share"], ascending=[True, False], ignore_index=True)
    return table[["before", "after", "households", "share", "ended"]]
