"""How good is an edition? The measures of households, borders, buildings, compounds and shape, as one object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geo.blocks import GRID
from geo.topology import layer_faults, on_both_banks

CLASSES = ("river", "arterial", "road", "lane", "wall", "landmark", "rail", "none")
"""What a border between two neighbourhoods can lie on; `none` runs through an oversize block."""

Share = float | None


@dataclass(frozen=True)
class Quality:
    """Measures of one edition; None is what the tables given cannot tell.

    Shares are of 1. within_20, within_12: neighbourhoods whose households differ from their target by at most 20 or
    12 %. both_banks: neighbourhoods on both banks of a named river without a declared bridge. polsby_popper: 4πA/P².
    barrier_following: share of the inner border (between two neighbourhoods of one community) that lies on any barrier;
    border_by_class: its shares by class. severance_km: river or arterial inside neighbourhoods. buildings_3_10: urban
    and resettlement neighbourhoods with 3 to 10 buildings. compounds_whole: compounds of at most one target's
    households that lie in one neighbourhood. village_groups_kept: village groups that do. moved_share: households that
    change neighbourhood.
    """

    blocks: int | None
    neighbourhoods: int | None
    communities: int | None
    subdistricts: int | None
    area_km2: float
    invalid: int
    gap_m2: float
    overlap_m2: float
    non_contiguous: int | None = None
    not_nested: int | None = None
    within_20: Share = None
    within_12: Share = None
    polsby_popper_mean: Share = None
    polsby_popper_min: Share = None
    barrier_following: Share = None
    severance_km: float | None = None
    buildings_3_10: Share = None
    compounds_whole: Share = None
    village_groups_kept: Share = None
    border_by_class: dict[str, Share] = field(default_factory=lambda: dict.fromkeys(CLASSES))
    infeasible: list[str] | None = None
    moved_share: Share = None
    seconds: float | None = None
    both_banks: int | None = None
    faulty: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The measures as plain values, in the order above, shares to four decimals."""
        values = asdict(self)
        values.pop("faulty")
        return {key: tidy(value) for key, value in values.items()}


def tidy(value: object) -> object:
    """Round floats for printing; NaN, which JSON has no word for, is None."""
    if isinstance(value, dict):
        return {key: tidy(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 4)
    return value


def measure(
    neighbourhoods: gpd.GeoDataFrame,
    *,
    blocks: gpd.GeoDataFrame | None = None,
    edges: pd.DataFrame | None = None,
    assignment: pd.Series | None = None,
    communities: gpd.GeoDataFrame | None = None,
    outline: shapely.Geometry | None = None,
    previous: pd.Series | None = None,
    infeasible: Sequence[str] | None = None,
    seconds: float | None = None,
) -> Quality:
    """Measure an edition.

    `neighbourhoods`: one row each (code, community, kind, target, households, buildings, geometry in metres). Better
    known with `blocks` (block_id, community, households, compound, village_group), `edges` (left, right, length_m,
    barrier, contact) and `assignment` (block_id -> code); `previous` is the assignment of the edition before;
    `outline` and `communities` as in `geo.topology.layer_faults`.
    """
    faults = layer_faults(
        neighbourhoods, outline=outline, communities=communities, blocks=blocks, edges=edges, assignment=assignment
    )
    off = deviation(neighbourhoods)
    round_ = polsby_popper(neighbourhoods.geometry.to_numpy())
    borders = inner_borders(blocks, edges, assignment)
    banks = None if borders is None or edges is None or assignment is None else on_both_banks(assignment, edges)
    return Quality(
        blocks=None if blocks is None else len(blocks),
        neighbourhoods=len(neighbourhoods),
        communities=neighbourhoods["community"].nunique(),
        subdistricts=neighbourhoods["community"].astype(str).str[:9].nunique(),
        area_km2=float(neighbourhoods.geometry.area.sum() / 1e6),
        invalid=len(faults.invalid),
        gap_m2=faults.gap_m2,
        overlap_m2=faults.overlap_m2,
        non_contiguous=len(faults.non_contiguous),
        not_nested=len(faults.not_nested),
        both_banks=None if banks is None else len(banks),
        within_20=share(off <= 0.20, off.notna()),
        within_12=share(off <= 0.12, off.notna()),
        polsby_popper_mean=float(round_.mean()) if len(round_) else None,
        polsby_popper_min=float(round_.min()) if len(round_) else None,
        barrier_following=None if borders is None else 1 - borders["none"] if borders else None,
        severance_km=severance_km(edges, assignment),
        buildings_3_10=buildings_in_range(neighbourhoods),
        compounds_whole=whole_share(blocks, assignment, "compound", small_only=True),
        village_groups_kept=whole_share(blocks, assignment, "village_group", small_only=False),
        border_by_class={name: None if not borders else borders[name] for name in CLASSES},
        infeasible=None if infeasible is None else list(infeasible),
        moved_share=moved_share(blocks, assignment, previous),
        seconds=seconds,
        faulty={
            "invalid": faults.invalid,
            "non_contiguous": faults.non_contiguous,
            "not_nested": faults.not_nested,
            "both_banks": banks or [],
        },
    )


def of_blocks(blocks: gpd.GeoDataFrame, seconds: float, outline: shapely.Geometry | None = None) -> Quality:
    """Measures of blocks that belong to no neighbourhood yet (block_id, optional community, geometry in metres).

    Gaps are those in the `outline` but for its rim, where blocks lie on the grid of their noding; without it, holes.
    """
    layer = blocks.assign(code=blocks["block_id"].astype(str), community=blocks["block_id"].astype(str))
    faults = layer_faults(layer, outline=None if outline is None else outline.buffer(-2 * GRID))
    known = blocks["community"].astype(str) if "community" in blocks.columns else None
    return Quality(
        blocks=len(blocks),
        neighbourhoods=None,
        communities=None if known is None else known.nunique(),
        subdistricts=None if known is None else known.str[:9].nunique(),
        area_km2=float(blocks.geometry.area.sum() / 1e6),
        invalid=len(faults.invalid),
        gap_m2=faults.gap_m2,
        overlap_m2=faults.overlap_m2,
        seconds=seconds,
    )


def share(good: pd.Series, known: pd.Series) -> Share:
    """Share of the known rows that are good."""
    return float((good & known).sum() / known.sum()) if known.any() else None


def deviation(neighbourhoods: pd.DataFrame) -> pd.Series:
    """|households / target - 1| per neighbourhood, NaN where either is unknown."""
    households = pd.to_numeric(neighbourhoods["households"], errors="coerce")
    target = pd.to_numeric(neighbourhoods["target"], errors="coerce")
    return ((households - target).abs() / target.where(target > 0)).round(9)


def polsby_popper(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Roundness 4πA/P² of polygons in metres: a circle has 1, a square 0.785 (Polsby and Popper 1991)."""
    length = shapely.length(shapes)
    return np.asarray(4 * np.pi * shapely.area(shapes) / np.where(length > 0, length, np.inf) ** 2)


def codes_at(edges: pd.DataFrame, assignment: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Neighbourhood on both sides of every edge (NaN outside)."""
    return edges["left"].map(assignment), edges["right"].map(assignment)


def inner_borders(
    blocks: pd.DataFrame | None, edges: pd.DataFrame | None, assignment: pd.Series | None
) -> dict[str, float] | None:
    """Share of the inner border by class; empty if there is none; None if the edges do not say what they lie on."""
    if edges is None or assignment is None or edges["barrier"].isna().all():
        return None
    left, right = codes_at(edges, assignment)
    inner = left.notna() & right.notna() & (left != right) & (left.str[:12] == right.str[:12])
    length = edges["length_m"][inner].groupby(edges["barrier"][inner].fillna("none")).sum()
    total = float(length.sum())
    return {name: float(length.get(name, 0.0)) / total for name in CLASSES} if total > 0 else {}


def severance_km(edges: pd.DataFrame | None, assignment: pd.Series | None) -> float | None:
    """Kilometres of river or arterial that run inside neighbourhoods."""
    if edges is None or assignment is None or edges["barrier"].isna().all():
        return None
    left, right = codes_at(edges, assignment)
    inside = left.notna() & (left == right) & edges["barrier"].isin(["river", "arterial"])
    return float(edges["length_m"][inside].sum() / 1000)


def severed(edges: pd.DataFrame, assignment: pd.Series) -> pd.DataFrame:
    """Neighbourhoods that a river or arterial runs through: code, river_m, arterial_m (metres), lines; most first.

    `lines` are pairs of kind and name ("" where it has none), the longest first.
    """
    left, right = codes_at(edges, assignment)
    inside = left.notna() & (left == right) & edges["barrier"].isin(["river", "arterial"])
    rows = edges.loc[inside, ["barrier", "name", "length_m"]].assign(code=left[inside])
    metres = rows.pivot_table(index="code", columns="barrier", values="length_m", aggfunc="sum", fill_value=0.0)
    metres = metres.reindex(columns=["river", "arterial"], fill_value=0.0).add_suffix("_m")
    rows["line"] = list(zip(rows["barrier"], rows["name"].fillna(""), strict=True))
    length = rows.groupby(["code", "line"])["length_m"].sum().sort_values(ascending=False, kind="stable").reset_index()
    metres["lines"] = length.groupby("code", sort=False)["line"].agg(tuple).reindex(metres.index)
    order = metres[["river_m", "arterial_m"]].sum(axis=1).sort_values(ascending=False, kind="stable").index
    return metres.loc[order].rename_axis("code").reset_index()


def buildings_in_range(neighbourhoods: pd.DataFrame) -> Share:
    """Share of urban and resettlement neighbourhoods with 3 to 10 residential buildings."""
    if "buildings" not in neighbourhoods.columns:
        return None
    buildings = pd.to_numeric(neighbourhoods["buildings"], errors="coerce")
    urban = neighbourhoods["kind"] != "rural" if "kind" in neighbourhoods.columns else buildings.notna()
    return share(buildings.between(3, 10), urban & buildings.notna())


def whole_share(blocks: pd.DataFrame | None, assignment: pd.Series | None, column: str, *, small_only: bool) -> Share:
    """Share of compounds (village groups) in one neighbourhood; `small_only`: of those up to a target's households."""
    if blocks is None or assignment is None or column not in blocks.columns:
        return None
    named = blocks[blocks[column].notna()]
    if named.empty:
        return None
    table = named.assign(code=named["block_id"].map(assignment)).groupby(["community", column])
    pieces, households = table["code"].nunique(), table["households"].sum()
    limit = table["kind"].first().map({"rural": 150}).fillna(300) if "kind" in named.columns else 300
    counted = households <= limit if small_only else pieces > 0
    return share(pieces == 1, counted)


def moved_share(blocks: pd.DataFrame | None, assignment: pd.Series | None, previous: pd.Series | None) -> Share:
    """Share of households in another neighbourhood than before, each matched with its likeliest forerunner."""
    if blocks is None or assignment is None or previous is None:
        return None
    frame = pd.DataFrame(
        {
            "new": blocks["block_id"].map(assignment),
            "old": blocks["block_id"].map(previous),
            "households": blocks["households"],
        }
    ).dropna()
    total = float(frame["households"].sum())
    if total == 0:
        return 0.0
    stayed = 0.0
    for _, rows in frame.groupby(frame["new"].str[:12]):
        shared = rows.pivot_table(
            index="new", columns="old", values="households", aggfunc="sum", fill_value=0
        ).to_numpy(float)
        stayed += float(shared[linear_sum_assignment(shared, maximize=True)].sum())
    return 1 - stayed / total
