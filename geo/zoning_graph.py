"""Tables of blocks, edges and targets checked and turned into the integer graph that the zoning kernel works on."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.compiled import Ints
from geo.zoning_rules import Weights

METRIC = "EPSG:4549"
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Graph:
    """Blocks sorted by block_id with what the kernel needs of them; `pairs` has one row per pair of adjacent blocks."""

    blocks: gpd.GeoDataFrame
    load: Ints
    target: Ints
    area: Ints
    outer: Ints
    group: Ints
    group_cost: Ints
    pairs: pd.DataFrame

    def load_in(self, rows: Ints, unit: int) -> Ints:
        """Households of the blocks at `rows`, scaled so that their target is `unit` (a multiple of every target)."""
        result: Ints = self.load[rows] * (unit // self.target[rows])
        return result


@dataclass(frozen=True)
class Part:
    """A connected part of a community (positions of its blocks), to be divided in `parts` of load `unit`."""

    community: str
    blocks: Ints
    parts: int
    unit: int
    urban: bool


def build_graph(blocks: gpd.GeoDataFrame, edges: pd.DataFrame, targets: pd.DataFrame, weights: Weights) -> Graph:
    """Sums of blocks and pairs as integers (areas dm², lengths dm), for the whole district at once."""
    blocks = blocks.sort_values("block_id").reset_index(drop=True)
    target = block_targets(blocks, targets)
    group, whole = block_groups(blocks, target)
    group_cost = np.where(whole, weights.compound, weights.compound // 6).astype(np.int64)
    table, outer = stretches(blocks, edges)
    pairs = join_pairs(with_costs(table, target, weights))
    same = (group[pairs["i"]] >= 0) & (group[pairs["i"]] == group[pairs["j"]])
    pairs.loc[same, "bias"] = 0
    metric = blocks.geometry.to_crs(METRIC) if blocks.crs is not None and blocks.crs.is_geographic else blocks.geometry
    area = np.rint(metric.area.to_numpy() * 100).astype(np.int64)
    return Graph(blocks, blocks["households"].to_numpy(np.int64), target, area, outer, group, group_cost, pairs)


def stretches(blocks: pd.DataFrame, edges: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Edges inside communities by block position (i, j, length, contact, barrier); length of the others per block."""
    position = pd.Series(np.arange(len(blocks)), index=blocks["block_id"])
    table = pd.DataFrame(
        {
            "i": position.reindex(edges["left"]).fillna(-1).to_numpy(np.int64),
            "j": position.reindex(edges["right"]).fillna(-1).to_numpy(np.int64),
            "length": np.rint(edges["length_m"].to_numpy(float) * 10).astype(np.int64),
            "contact": edges["contact"].to_numpy(bool),
            "barrier": edges["barrier"].fillna("none").to_numpy(dtype=object),
        }
    )
    community = blocks["community"].to_numpy()
    inner = (table["i"] >= 0) & (table["j"] >= 0) & (community[table["i"]] == community[table["j"]])
    outer = np.zeros(len(blocks) + 1, dtype=np.int64)  # the last place collects what lies outside
    for end in ("i", "j"):
        np.add.at(outer, table.loc[~inner, end].to_numpy(), table.loc[~inner, "length"].to_numpy())
    return table[inner], outer[:-1]


def with_costs(table: pd.DataFrame, target: Ints, weights: Weights) -> pd.DataFrame:
    """Stretches with `cut` (cost of a border there, less the cost of none) and `bias` (how late a tree joins them)."""
    cut = table["barrier"].map(weights.cut).fillna(weights.cut["none"]).to_numpy(np.int64)
    keep = table["barrier"].map(weights.keep).fillna(0).to_numpy(np.int64)
    mixed = target[table["i"]] != target[table["j"]]
    keep = np.where(mixed, weights.mixed, keep)
    bias = np.clip(60 + 4 * (keep - cut), 1, 120) * 2048
    return table.assign(cut=(cut - keep) * table["length"] // 10, bias=bias)


def block_targets(blocks: pd.DataFrame, targets: pd.DataFrame) -> Ints:
    """Household target of each block: of its community and kind, or of its community if that has one row."""
    by_community = targets.groupby("community")["target"].first()
    result = blocks["community"].map(by_community)
    if "kind" in targets.columns:
        keys = pd.MultiIndex.from_frame(blocks[["community", "kind"]])
        by_kind = targets.groupby(["community", "kind"])["target"].first().reindex(keys)
        several = blocks["community"].map(targets.groupby("community").size()) > 1
        result = result.where(~(several & by_kind.notna().to_numpy()), by_kind.to_numpy())
    return result.to_numpy(np.int64)


def block_groups(blocks: pd.DataFrame, target: Ints) -> tuple[Ints, Flags]:
    """Number of the village group, compound or landmark each block belongs to (-1: none), and which groups must stay
    whole.

    A group is divided only if it has more households than a neighbourhood may (target + 20 %).
    """
    label = pd.Series(pd.NA, index=blocks.index, dtype="object")
    for column in ("landmark", "compound", "village_group"):
        if column in blocks.columns:
            named = blocks[column].notna()
            label[named] = (
                column + "|" + blocks["community"][named].astype(str) + "|" + blocks[column][named].astype(str)
            )
    codes, names = pd.factorize(label, sort=True)
    codes = codes.astype(np.int64)
    load = np.bincount(
        codes[codes >= 0], weights=blocks["households"].to_numpy(float)[codes >= 0], minlength=len(names)
    )
    limit = np.zeros(len(names))
    np.maximum.at(limit, codes[codes >= 0], target[codes >= 0] * 1.2)
    return codes, load <= limit


def join_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of blocks: summed lengths and costs, contact if any stretch has it, the greatest bias."""
    low, high = np.minimum(table["i"], table["j"]), np.maximum(table["i"], table["j"])
    return (
        table.assign(i=low, j=high)
        .groupby(["i", "j"], sort=True)
        .agg(length=("length", "sum"), cut=("cut", "sum"), bias=("bias", "max"), contact=("contact", "any"))
        .reset_index()
    )


def to_csr(blocks: Ints, pairs: pd.DataFrame) -> tuple[Ints, Ints, tuple[Ints, Ints, Ints, Ints]]:
    """Adjacency of the blocks as CSR arrays in both directions: start, neighbour, (length, cut, touch, bias)."""
    left, right = np.searchsorted(blocks, pairs["i"].to_numpy()), np.searchsorted(blocks, pairs["j"].to_numpy())
    tail, head = np.concatenate([left, right]), np.concatenate([right, left])
    order = np.lexsort((head, tail))
    start = np.zeros(len(blocks) + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=len(blocks)), out=start[1:])
    length, cut, touch, bias = (
        np.tile(pairs[name].to_numpy(np.int64), 2)[order] for name in ("length", "cut", "contact", "bias")
    )
    return start, head[order].astype(np.int64), (length, cut, touch, bias)
