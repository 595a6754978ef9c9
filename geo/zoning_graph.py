"""Tables of blocks, edges and targets checked and turned into the integer graph that the zoning kernel works on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.zoning_tree import Ints

METRIC = "EPSG:4549"
BLOCK_COLUMNS = ("block_id", "community", "kind", "households", "buildings")
EDGE_COLUMNS = ("left", "right", "length_m", "barrier", "contact")
TARGET_COLUMNS = ("community", "neighbourhoods", "target")
NO_LIMIT = 1 << 30
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


class ZoningError(ValueError):
    """The tables given cannot be zoned; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Rule:
    """What a neighbourhood of one kind should have: households, and buildings from `low` to `high` (None: no rule)."""

    target: int
    low: int | None = None
    high: int | None = None


RULES = {"urban": Rule(300, 3, 10), "resettlement": Rule(300, 3, 10), "rural": Rule(150)}


@dataclass(frozen=True)
class Weights:
    """Costs of the optimiser, whole numbers; constraints (contiguity, nesting, coverage) are not among them.

    Deviation from target costs `balance`·off²/1000 with `off` in thousandths, and more beyond `tight` and `wide`. `cut` is the
    cost of a metre of border by what it lies on, `keep` of a metre of barrier left inside a neighbourhood. `compound` is for each
    division of a compound, village group or landmark, `stay` for a household that changes neighbourhood.
    """

    balance: int = 40
    tight: int = 115
    tight_cost: int = 20
    wide: int = 195
    wide_cost: int = 120
    buildings: int = 2500
    compact: int = 14
    round_min: int = 300
    round_cost: int = 30
    cut: dict[str, int] = field(
        default_factory=lambda: {
            "river": 0,
            "arterial": 0,
            "rail": 0,
            "road": 3,
            "wall": 4,
            "landmark": 4,
            "lane": 5,
            "none": 40,
        }
    )
    keep: dict[str, int] = field(default_factory=lambda: {"river": 12, "arterial": 8, "rail": 6})
    compound: int = 12000
    stay: int = 60
    heat: int = 4000
    flips: int = 30
    recuts: int = 1


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


def check_tables(
    blocks: pd.DataFrame,
    edges: pd.DataFrame,
    targets: pd.DataFrame,
    current: pd.Series | None,
    locked: Collection[str],
) -> None:
    """Raise ZoningError with a sentence if the tables do not fit each other."""
    for name, table, columns in (
        ("blocks", blocks, BLOCK_COLUMNS),
        ("edges", edges, EDGE_COLUMNS),
        ("targets", targets, TARGET_COLUMNS),
    ):
        missing = [column for column in columns if column not in table.columns]
        if missing:
            raise ZoningError(f"The table of {name} has no column {', '.join(missing)}; add it and try again.")
    if blocks.empty:
        raise ZoningError("There are no blocks to zone; cut them from a road and river network first.")
    if blocks["block_id"].duplicated().any():
        raise ZoningError(
            f"Block {first(blocks['block_id'], blocks['block_id'].duplicated())} appears twice; block ids must be unique."
        )
    for column in ("households", "buildings"):
        bad = ~(pd.to_numeric(blocks[column], errors="coerce") >= 0)
        if bad.any():
            raise ZoningError(
                f"Block {first(blocks['block_id'], bad)} has no valid number of {column}; give a whole number, 0 or more."
            )
    if not blocks["community"].isin(targets["community"]).all():
        code = first(blocks["community"], ~blocks["community"].isin(targets["community"]))
        raise ZoningError(
            f"Community {code} has blocks but no row in the targets; add how many neighbourhoods it should have."
        )
    if ((targets["target"] <= 0) | (targets["neighbourhoods"] < 0)).any():
        raise ZoningError(
            "A target of households must be above 0 and a number of neighbourhoods not below 0; correct the targets."
        )
    known = set(blocks["block_id"]) | {-1}
    if not (edges["left"].isin(known).all() and edges["right"].isin(known).all()):
        raise ZoningError("The edges name blocks that are not in the table of blocks; make both from the same network.")
    if not (edges["length_m"] >= 0).all():
        raise ZoningError("An edge has no valid length; lengths are metres, 0 or more.")
    if locked and current is None:
        raise ZoningError("Neighbourhoods can be locked only in a current edition; give the current edition too.")
    unknown = sorted(set(locked) - set(current.dropna())) if current is not None else []
    if unknown:
        raise ZoningError(f"Neighbourhood {unknown[0]} is locked but not in the current edition; check its code.")


def first(values: pd.Series, mask: pd.Series) -> object:
    """First value where the mask holds."""
    return values[mask].iloc[0]


def build_graph(blocks: gpd.GeoDataFrame, edges: pd.DataFrame, targets: pd.DataFrame, weights: Weights) -> Graph:
    """Sums of blocks and pairs as integers (areas dm², lengths dm), for the whole district at once."""
    blocks = blocks.sort_values("block_id").reset_index(drop=True)
    target = block_targets(blocks, targets)
    group, limits = block_groups(blocks, target)
    group_cost = np.where(limits, weights.compound, weights.compound // 6).astype(np.int64)
    position = pd.Series(np.arange(len(blocks)), index=blocks["block_id"])
    table = pd.DataFrame(
        {
            "i": position.reindex(edges["left"]).fillna(-1).to_numpy(np.int64),
            "j": position.reindex(edges["right"]).fillna(-1).to_numpy(np.int64),
            "length": np.rint(edges["length_m"].to_numpy(float) * 10).astype(np.int64),
            "contact": edges["contact"].to_numpy(bool),
        }
    )
    barrier = edges["barrier"].fillna("none")
    cut = barrier.map(weights.cut).fillna(weights.cut["none"]).to_numpy(np.int64)
    keep = barrier.map(weights.keep).fillna(0).to_numpy(np.int64)
    table["cut"] = (cut - keep) * table["length"] // 10
    table["bias"] = np.clip(60 + 4 * (keep - cut), 1, 120) * 2048
    community = blocks["community"].to_numpy()
    inner = (table["i"] >= 0) & (table["j"] >= 0) & (community[table["i"]] == community[table["j"]])
    border = table[~inner]
    outer = np.zeros(len(blocks) + 1, dtype=np.int64)
    for end in ("i", "j"):
        np.add.at(outer, border[end].to_numpy(), border["length"].to_numpy())
    pairs = join_pairs(table[inner])
    same = (group[pairs["i"]] >= 0) & (group[pairs["i"]] == group[pairs["j"]])
    pairs.loc[same, "bias"] = 0
    metric = blocks.geometry.to_crs(METRIC) if blocks.crs is not None and blocks.crs.is_geographic else blocks.geometry
    area = np.rint(metric.area.to_numpy() * 100).astype(np.int64)
    return Graph(blocks, blocks["households"].to_numpy(np.int64), target, area, outer[:-1], group, group_cost, pairs)


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
    """Number of the village group, compound or landmark each block belongs to (-1: none), and which groups must stay whole.

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
