"""Proposals: blocks of a community joined into K connected neighbourhoods of about the target's households."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo import zoning_kernel as kernel
from geo.compiled import Ints
from geo.zoning_checks import check_tables, limits
from geo.zoning_codes import Labels, follow, moved_share, name_codes
from geo.zoning_costs import Costs, new_plan
from geo.zoning_graph import Flags, Graph, Part, build_graph, to_csr
from geo.zoning_rules import NO_LIMIT, RULES, Infeasible, Rule, Weights, ZoningError
from geo.zoning_tree import Net, new_tree

__all__ = ["RULES", "Infeasible", "Proposal", "Rule", "Weights", "ZoningError", "neighbourhoods", "propose"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Proposal:
    """A division: `assignment` (block_id -> neighbourhood code) and what was infeasible.

    `moved_share`: share of households that move (None: no current edition was given).
    """

    assignment: pd.Series
    infeasible: list[Infeasible]
    moved_share: float | None


def propose(
    blocks: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    seed: int,
    weights: Weights | None = None,
    current: pd.Series | None = None,
    locked: Collection[str] = (),
    progress: Progress | None = None,
) -> Proposal:
    """Divide every community of `targets` into its number of neighbourhoods.

    `blocks`: one row per block (block_id, community, kind, households, buildings, geometry; optional compound,
    village_group, landmark). `edges`: one row per stretch between two blocks (left, right, length_m, barrier,
    contact). `targets`: one row per community, or community and kind (community, neighbourhoods, target). `current`:
    block_id -> code of the edition to change little; `locked`: codes of it that stay as they are. The same tables,
    seed and weights give the same assignment on any machine. Raises ZoningError on tables that cannot be read so.
    """
    weights = weights or Weights()
    check_tables(blocks, edges, targets, current, locked)
    graph = build_graph(blocks, edges, targets, weights)
    ids = graph.blocks["block_id"].to_numpy()
    present = None if current is None else current.reindex(ids).to_numpy(dtype=object)
    held = np.isin(present, list(locked)) if present is not None else np.zeros(len(ids), dtype=bool)
    infeasible: list[Infeasible] = []
    parts = list(plan_parts(graph, targets, held, present, infeasible))
    labels = solve_all(graph, parts, present, seed, weights, progress)
    codes = name_codes(graph, parts, labels, present, held)
    assignment = pd.Series(codes, index=pd.Index(ids, name="block_id"), name="neighbourhood")
    return Proposal(assignment, infeasible, moved_share(assignment, present, graph.blocks["households"].to_numpy()))


def plan_parts(
    graph: Graph,
    targets: pd.DataFrame,
    held: Flags,
    present: Labels | None,
    infeasible: list[Infeasible],
) -> Iterator[Part]:
    """The connected parts of each community that are to be divided, each with its number of neighbourhoods."""
    open_ = graph.pairs[graph.pairs["contact"] & ~held[graph.pairs["i"]] & ~held[graph.pairs["j"]]]
    n = len(graph.blocks)
    links = coo_array((np.ones(len(open_)), (open_["i"], open_["j"])), shape=(n, n))
    component = connected_components(links, directed=False)[1]
    wanted = targets.groupby("community")["neighbourhoods"].sum()
    rural = (graph.blocks["kind"] == "rural").to_numpy()
    for community, rows in graph.blocks.groupby("community", sort=True).indices.items():
        free = rows[~held[rows]].astype(np.int64)
        if len(free) == 0:
            continue
        kept = 0 if present is None else len(set(present[rows[held[rows]]]))
        unit = math.lcm(*(int(target) for target in np.unique(graph.target[free])))
        pieces = [free[component[free] == c] for c in pd.unique(component[free])]
        loads = [int(graph.load_in(piece, unit).sum()) for piece in pieces]
        number = share_out(int(wanted[community]) - kept, loads, [len(piece) for piece in pieces])
        infeasible += limits(graph, str(community), pieces, number, unit, int(wanted[community]) - kept)
        for piece, parts in zip(pieces, number, strict=True):
            yield Part(str(community), piece, parts, unit, is_urban(graph.load[piece], rural[piece]))


def is_urban(load: Ints, rural: Flags) -> bool:
    """Whether most households of some blocks (most blocks, where nobody lives) are not rural."""
    weight = load if load.any() else np.ones_like(load)
    return bool(2 * weight[rural].sum() < weight.sum())


def share_out(total: int, loads: list[int], sizes: list[int]) -> list[int]:
    """Divide `total` neighbourhoods among unconnected pieces: at least one each, at most one a block, else by load."""
    parts = [1] * len(loads)
    for _ in range(total - len(loads)):
        open_ = [k for k in range(len(loads)) if parts[k] < sizes[k]]
        if not open_:
            break
        parts[max(open_, key=lambda k: (loads[k] / (parts[k] + 0.5), -k))] += 1
    return parts


def solve_all(
    graph: Graph,
    parts: list[Part],
    present: Labels | None,
    seed: int,
    weights: Weights,
    progress: Progress | None,
) -> list[Ints]:
    """Labels 0 … parts-1 of every part's blocks, on all processors (the kernel releases the interpreter lock)."""
    pairs = graph.pairs
    owner = np.full(len(graph.blocks), -1, dtype=np.int64)
    for k, part in enumerate(parts):
        owner[part.blocks] = k
    mine = owner[pairs["i"].to_numpy()]
    inner = (mine >= 0) & (mine == owner[pairs["j"].to_numpy()])
    rows = pairs[inner].groupby(mine[inner], sort=True).indices
    inside = pairs[inner].reset_index(drop=True)
    lost = pairs[~inner]
    outer = graph.outer.copy()
    for end in ("i", "j"):
        np.add.at(outer, lost[end].to_numpy(), lost["length"].to_numpy())

    def solve(k: int) -> Ints:
        local = inside.iloc[rows[k]] if k in rows else inside.iloc[:0]
        return solve_part(graph, parts[k], local, outer, present, seed, weights)

    labels: list[Ints] = []
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for done, label in enumerate(pool.map(solve, range(len(parts))), start=1):
            labels.append(label)
            if progress is not None:
                progress(done, len(parts))
    return labels


def solve_part(
    graph: Graph,
    part: Part,
    pairs: pd.DataFrame,
    outer: Ints,
    present: Labels | None,
    seed: int,
    weights: Weights,
) -> Ints:
    """Labels of one part's blocks: first division (or the current one), then annealing."""
    net = build_net(graph, part, pairs, outer)
    home, labels = home_labels(part, present, net)
    stay = graph.load[part.blocks] * weights.stay
    state = np.array([seed_of(seed, part, graph), 0], dtype=np.int64)
    costs, tree = costs_of(part, weights), new_tree(len(stay), len(net.group_cost))
    if labels is None:
        labels = np.zeros(len(stay), dtype=np.int64)
        kernel.bisect(net, costs, new_plan(net, labels, part.parts, home, stay), tree, 8, state)
        home = follow(labels, home, stay, part.parts)
    if part.parts > 1:
        heat = weights.heat if present is None else weights.heat // 20
        plan = new_plan(net, labels, part.parts, home, stay)
        kernel.anneal(net, costs, plan, tree, weights.flips * len(stay), weights.recuts * len(stay), heat, state)
    return labels


def build_net(graph: Graph, part: Part, pairs: pd.DataFrame, outer: Ints) -> Net:
    """The kernel's arrays for one part."""
    rows = part.blocks
    start, near, (length, cut, touch, bias) = to_csr(rows, pairs)
    buildings = graph.blocks["buildings"].to_numpy(np.int64)[rows]
    names, group = np.unique(graph.group[rows], return_inverse=True)
    cost = graph.group_cost[names[names >= 0]]
    group = group.astype(np.int64) - int(names[0] < 0)
    sums = np.stack([graph.load_in(rows, part.unit), buildings, graph.area[rows], outer[rows]])
    return Net(start, near, length, cut, touch, bias, sums, group, cost)


def costs_of(part: Part, w: Weights) -> Costs:
    """The kernel's costs for one part."""
    rule = RULES["urban" if part.urban else "rural"]
    low, high = rule.low or 0, rule.high or NO_LIMIT
    return Costs(
        part.unit,
        w.balance,
        w.tight,
        w.tight_cost,
        w.wide,
        w.wide_cost,
        low,
        high,
        w.buildings,
        w.compact,
        w.round_min,
        w.round_cost,
    )


def seed_of(seed: int, part: Part, graph: Graph) -> int:
    """Start of the generator, from seed, community and first block: communities do not depend on each other."""
    text = f"{seed}|{part.community}|{graph.blocks['block_id'].iat[part.blocks[0]]}"
    return int.from_bytes(hashlib.blake2s(text.encode()).digest()[:4], "big") | 1


def home_labels(part: Part, present: Labels | None, net: Net) -> tuple[Ints, Ints | None]:
    """Number of each block's current neighbourhood (-1: none), and the division to start from if that one will do."""
    n = len(part.blocks)
    if present is None:
        return np.full(n, -1, dtype=np.int64), None
    codes, names = pd.factorize(present[part.blocks], sort=True)
    home = codes.astype(np.int64)
    if (home < 0).any() or len(names) != part.parts:
        return home, None
    tail = np.repeat(np.arange(n), np.diff(net.start))
    same = (net.touch == 1) & (home[tail] == home[net.near])
    links = coo_array((np.ones(int(same.sum())), (tail[same], net.near[same])), shape=(n, n))
    whole = connected_components(links, directed=False)[0] == part.parts
    return home, home.copy() if whole else None


def neighbourhoods(
    blocks: gpd.GeoDataFrame, assignment: pd.Series, targets: pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """One row per neighbourhood: code, community, kind, target, households, people, collective, buildings, geometry.

    Geometry is the union of its blocks, in the blocks' CRS. Kind is that of most households (of most area where none
    lives). `target` comes from `targets` (community, kind, target) where given, else from RULES.
    """
    table = blocks.assign(code=blocks["block_id"].map(assignment), area=blocks.geometry.area)
    if table["code"].isna().any():
        raise ZoningError(
            f"Block {table.loc[table['code'].isna(), 'block_id'].iloc[0]} has no neighbourhood; assign every block."
        )
    counts = [name for name in ("households", "people", "collective", "buildings") if name in table.columns]
    grouped = table.groupby("code", sort=True)
    result = grouped[counts].sum()
    result.insert(0, "community", grouped["community"].first())
    result.insert(1, "kind", main_kind(table).reindex(result.index))
    result.insert(2, "target", target_of(result, targets))
    shapes = table.geometry.to_numpy()
    result["geometry"] = [
        shapely.coverage_union_all(shapes[rows]) for rows in (grouped.indices[code] for code in result.index)
    ]
    return gpd.GeoDataFrame(result.reset_index(), geometry="geometry", crs=blocks.crs)


def main_kind(table: pd.DataFrame) -> pd.Series:
    """Kind of most households (then of most area) per code."""
    sums = table.groupby(["code", "kind"], sort=True)[["households", "area"]].sum().reset_index()
    sums = sums.sort_values(["code", "households", "area", "kind"])
    return sums.groupby("code")["kind"].last()


def target_of(neighbourhoods: pd.DataFrame, targets: pd.DataFrame | None) -> pd.Series:
    """Household target per neighbourhood."""
    by_rule = neighbourhoods["kind"].map({kind: rule.target for kind, rule in RULES.items()})
    if targets is None:
        return by_rule.astype(int)
    by_kind = targets.groupby(["community", "kind"])["target"].first()
    keys = pd.MultiIndex.from_frame(neighbourhoods[["community", "kind"]])
    exact = pd.Series(by_kind.reindex(keys).to_numpy(), index=neighbourhoods.index)
    by_community = neighbourhoods["community"].map(targets.groupby("community")["target"].first())
    return exact.fillna(by_community).fillna(by_rule).astype(int)
