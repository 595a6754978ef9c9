"""Neighbourhood proposals: blocks of a community joined into K connected neighbourhoods of about the target's households."""

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
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo import zoning_kernel as kernel
from geo.zoning_graph import (
    NO_LIMIT,
    RULES,
    Flags,
    Graph,
    Rule,
    Weights,
    ZoningError,
    build_graph,
    check_tables,
    first,
    to_csr,
)
from geo.zoning_tree import Ints, Net

__all__ = ["Infeasible", "Proposal", "Rule", "RULES", "Weights", "ZoningError", "neighbourhoods", "propose"]


Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Infeasible:
    """A demand that no division can meet: which community, which block (None: no single one), and a sentence on what would help."""

    community: str
    block: int | None
    sentence: str


@dataclass(frozen=True)
class Proposal:
    """A division: `assignment` (block_id -> neighbourhood code), what was infeasible, share of households that move (None: no
    current edition was given)."""

    assignment: pd.Series
    infeasible: list[Infeasible]
    moved_share: float | None


@dataclass(frozen=True)
class Part:
    """A connected part of one community, to be divided into `parts` neighbourhoods: block positions, and the unit of load."""

    community: str
    blocks: Ints
    parts: int
    unit: int
    urban: bool


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

    `blocks`: one row per block (block_id, community, kind, households, buildings, geometry; optional compound, village_group,
    landmark). `edges`: one row per stretch between two blocks (left, right, length_m, barrier, contact). `targets`: one row per
    community, or community and kind (community, neighbourhoods, target). `current`: block_id -> code of the edition to change
    little; `locked`: codes of it that stay as they are. The same tables, seed and weights give the same assignment on any
    machine. Raises ZoningError on tables that cannot be read so.
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
    present: np.ndarray | None,
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
        kept = 0 if present is None else len(set(present[rows[held[rows]]]))
        free = rows[~held[rows]].astype(np.int64)
        if len(free) == 0:
            continue
        unit = math.lcm(*{int(t) for t in np.unique(graph.target[free])})
        pieces = [free[component[free] == c] for c in pd.unique(component[free])]
        loads = [int((graph.load[piece] * (unit // graph.target[piece])).sum()) for piece in pieces]
        parts = share_out(int(wanted[community]) - kept, loads, [len(piece) for piece in pieces])
        report_limits(graph, str(community), pieces, parts, loads, unit, int(wanted[community]) - kept, infeasible)
        for piece, number in zip(pieces, parts, strict=True):
            urban = 2 * graph.load[piece][rural[piece]].sum() < graph.load[piece].sum() or not rural[piece].any()
            yield Part(str(community), piece, number, unit, bool(urban))


def share_out(total: int, loads: list[int], sizes: list[int]) -> list[int]:
    """Divide `total` neighbourhoods among unconnected pieces: at least one each, at most one a block, else by load."""
    parts = [1] * len(loads)
    for _ in range(total - len(loads)):
        open_ = [k for k in range(len(loads)) if parts[k] < sizes[k]]
        if not open_:
            break
        parts[max(open_, key=lambda k: (loads[k] / (parts[k] + 0.5), -k))] += 1
    return parts


def report_limits(
    graph: Graph,
    community: str,
    pieces: list[Ints],
    parts: list[int],
    loads: list[int],
    unit: int,
    wanted: int,
    infeasible: list[Infeasible],
) -> None:
    """Add to `infeasible` what no division of this community can meet."""
    ids = graph.blocks["block_id"].to_numpy()
    if sum(parts) != wanted:
        least = pieces[int(np.argmin(loads))]
        why = (
            f"its blocks form {len(pieces)} parts without contact (the smallest holds block {ids[least[0]]}); declare a bridge or "
            "move that part to a neighbouring community"
            if sum(parts) > wanted
            else f"it has only {sum(map(len, pieces))} blocks; split its largest block {ids[largest(graph, pieces)]} between buildings"
        )
        block = int(ids[least[0]] if sum(parts) > wanted else ids[largest(graph, pieces)])
        infeasible.append(
            Infeasible(
                community, block, f"Community {community} gets {sum(parts)} neighbourhoods instead of {wanted}: {why}."
            )
        )
    for piece, number, load in zip(pieces, parts, loads, strict=True):
        if abs(load - number * unit) * 5 > number * unit:
            infeasible.append(
                Infeasible(
                    community,
                    None if len(pieces) == 1 else int(ids[piece[0]]),
                    (
                        f"Community {community}: {graph.load[piece].sum()} households in {number} neighbourhoods"
                        f"{'' if len(pieces) == 1 else f' (the part with block {ids[piece[0]]})'} cannot all be within 20 % of the target; "
                        f"{max(1, round(load / unit))} neighbourhoods would fit."
                    ),
                )
            )
        heavy = piece[graph.load[piece] * 5 > graph.target[piece] * 6]
        for block in heavy:
            infeasible.append(
                Infeasible(
                    community,
                    int(ids[block]),
                    (
                        f"Block {ids[block]} in community {community} has {graph.load[block]} households, more than 120 % of the target "
                        f"{graph.target[block]}; split it between its buildings."
                    ),
                )
            )


def largest(graph: Graph, pieces: list[Ints]) -> int:
    """Position of the block with most households."""
    rows = np.concatenate(pieces)
    return int(rows[np.argmax(graph.load[rows])])


def solve_all(
    graph: Graph,
    parts: list[Part],
    present: np.ndarray | None,
    seed: int,
    weights: Weights,
    progress: Progress | None,
) -> list[Ints]:
    """Labels 0 … parts-1 of every part's blocks, computed on all processors (the kernel releases the interpreter lock)."""
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
    present: np.ndarray | None,
    seed: int,
    weights: Weights,
) -> Ints:
    """Labels of one part's blocks: first division (or the current one), then annealing."""
    net = build_net(graph, part, pairs, outer)
    home, labels = home_labels(part, present, net)
    stay = graph.load[part.blocks] * weights.stay
    state = np.array([seed_of(seed, part, graph)], dtype=np.int64)
    costs = costs_of(part, weights)
    if labels is None:
        labels = np.zeros(len(part.blocks), dtype=np.int64)
        kernel.bisect(net, costs, part.parts, 8, state, labels)
        home = follow(labels, home, stay, part.parts)
    if part.parts > 1:
        heat = weights.heat if present is None else weights.heat // 20
        tries = len(part.blocks)
        kernel.anneal(
            net, costs, part.parts, weights.flips * tries, weights.recuts * tries, heat, home, stay, state, labels
        )
    return labels


def build_net(graph: Graph, part: Part, pairs: pd.DataFrame, outer: Ints) -> Net:
    """The kernel's arrays for one part."""
    rows = part.blocks
    start, near, (length, cut, touch, bias) = to_csr(rows, pairs)
    load = graph.load[rows] * (part.unit // graph.target[rows])
    buildings = graph.blocks["buildings"].to_numpy(np.int64)[rows]
    names, group = np.unique(graph.group[rows], return_inverse=True)
    cost = graph.group_cost[names[names >= 0]]
    group = group.astype(np.int64) - int(names[0] < 0)
    sums = np.stack([load, buildings, graph.area[rows], outer[rows]])
    return Net(start, near, length, cut, touch, bias, sums, group, cost)


def costs_of(part: Part, w: Weights) -> kernel.Costs:
    """The kernel's costs for one part."""
    rule = RULES["urban" if part.urban else "rural"]
    low, high = rule.low or 0, rule.high or NO_LIMIT
    return kernel.Costs(
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
    """Start of the generator: from the seed, the community and its first block, so that communities do not depend on each other."""
    text = f"{seed}|{part.community}|{graph.blocks['block_id'].iat[part.blocks[0]]}"
    return int.from_bytes(hashlib.blake2s(text.encode()).digest()[:4], "big") | 1


def home_labels(part: Part, present: np.ndarray | None, net: Net) -> tuple[Ints, Ints | None]:
    """Number of each block's current neighbourhood (-1: none), and a division to start from if the current one will do."""
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


def match(labels: Ints, home: Ints, weight: Ints, parts: int) -> tuple[Ints, Ints]:
    """Pairs (label, number of the current neighbourhood) that keep as much weight as possible where it is."""
    shared = np.zeros((parts, int(home.max(initial=-1)) + 1))
    np.add.at(shared, (labels[home >= 0], home[home >= 0]), weight[home >= 0] + 1)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    kept = shared[rows, columns] > 0
    return rows[kept].astype(np.int64), columns[kept].astype(np.int64)


def follow(labels: Ints, home: Ints, weight: Ints, parts: int) -> Ints:
    """`home` renumbered to the labels of a fresh division that took its neighbourhoods over (-1: none did)."""
    rows, columns = match(labels, home, weight, parts)
    number = np.full(int(home.max(initial=-1)) + 2, -1, dtype=np.int64)
    number[columns] = rows
    result: Ints = number[home]
    return result


def name_codes(
    graph: Graph, parts: list[Part], labels: list[Ints], present: np.ndarray | None, held: Flags
) -> np.ndarray:
    """Codes of 15 digits for every block: current codes where they are matched, new ones by position."""
    codes = np.empty(len(graph.blocks), dtype=object)
    if present is not None:
        codes[held] = present[held]
    centre = graph.blocks.geometry.centroid
    place = np.column_stack([centre.x, centre.y])
    by_community: dict[str, list[int]] = {}
    for k, part in enumerate(parts):
        by_community.setdefault(part.community, []).append(k)
    for community, members in by_community.items():
        rows = np.concatenate([parts[k].blocks for k in members])
        offsets = np.cumsum([0] + [parts[k].parts for k in members])
        label = np.concatenate([labels[k] + offset for k, offset in zip(members, offsets[:-1], strict=True)])
        names = name_community(graph, community, rows, label, int(offsets[-1]), place, present, held)
        codes[rows] = names[label]
    return codes


def name_community(
    graph: Graph,
    community: str,
    rows: Ints,
    label: Ints,
    count: int,
    place: np.ndarray,
    present: np.ndarray | None,
    held: Flags,
) -> np.ndarray:
    """Codes of one community's `count` new neighbourhoods, by label."""
    names = np.full(count, "", dtype=object)
    taken: set[int] = set()
    if present is not None:
        known = graph.blocks["community"].to_numpy() == community
        taken = {int(code[-3:]) for code in present[known] if isinstance(code, str)}
        home, current = pd.factorize(present[rows], sort=True)
        home = np.where(np.isin(current, present[held])[home], -1, home) if len(current) else home
        for new, old in zip(*match(label, home.astype(np.int64), graph.load[rows], count), strict=True):
            names[new] = current[old]
    weight = np.maximum(graph.area[rows], 1).astype(float)
    total = np.bincount(label, weights=weight, minlength=count)
    x = np.bincount(label, weights=weight * place[rows, 0], minlength=count) / total
    y = np.bincount(label, weights=weight * place[rows, 1], minlength=count) / total
    serials = (serial for serial in range(max(taken, default=0) + 1, 1000))
    for new in reading_order(x, y):
        if not names[new]:
            names[new] = f"{community}{next(serials):03d}"
    return names


def reading_order(x: np.ndarray, y: np.ndarray) -> Ints:
    """Order of points from north-west to south-east, row by row; about as many rows as fit the shape they fill."""
    width, height = max(float(np.ptp(x)), 1e-9), max(float(np.ptp(y)), 1e-9)
    rows = max(1, round(math.sqrt(len(x) * height / width))) if len(x) > 1 else 1
    rows = min(rows, len(x))
    row = np.empty(len(x), dtype=np.int64)
    row[np.argsort(-y, kind="stable")] = np.arange(len(x)) * rows // len(x)
    return np.lexsort((x, row)).astype(np.int64)


def moved_share(assignment: pd.Series, present: np.ndarray | None, households: np.ndarray) -> float | None:
    """Share of households whose neighbourhood is another one than in the current edition."""
    if present is None:
        return None
    total = int(households.sum())
    return float(households[assignment.to_numpy() != present].sum() / total) if total else 0.0


def neighbourhoods(
    blocks: gpd.GeoDataFrame, assignment: pd.Series, targets: pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """One row per neighbourhood: code, community, kind, target, households, people, collective, buildings, geometry.

    Geometry is the union of its blocks, in the blocks' CRS. Kind is that of most households (of most area where none lives).
    `target` comes from `targets` (community, kind, target) where given, else from RULES.
    """
    table = blocks.assign(code=blocks["block_id"].map(assignment), area=blocks.geometry.area)
    if table["code"].isna().any():
        raise ZoningError(
            f"Block {first(table['block_id'], table['code'].isna())} has no neighbourhood; assign every block."
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
