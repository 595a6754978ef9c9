"""What `python -m geo` does: check an edition, propose a division, cut blocks. Files and options in, a Quality out."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo import tables
from geo.buildings import count_buildings
from geo.intake import Reader, place_of
from geo.quality import Quality, measure
from geo.zoning import RULES, Proposal, neighbourhoods, propose

Progress = Callable[[int, int], None]
ONE_COMMUNITY = "000000000001"
"""Code of the one community that blocks without communities are of."""


def check(file: Path | None, blocks_file: Path | None) -> Quality:
    """Measure the neighbourhoods of a file, or the published edition; with blocks also what needs them."""
    start = time.perf_counter()
    if file is None:
        return check_published(tables.read_published(), start)
    layer = tables.read_layer(file)
    tables.require(f"The file {file.name}", layer, tables.NEIGHBOURHOOD_COLUMNS)
    layer["code"], layer["community"] = layer["code"].astype(str), layer["community"].astype(str)
    if blocks_file is None:
        return measure(layer, seconds=time.perf_counter() - start)
    blocks, edges = tables.read_blocks(blocks_file)
    layer = layer.to_crs(blocks.crs)
    assignment = tables.assign_inside(blocks, layer)
    outline = shapely.union_all(blocks.geometry.to_numpy())
    known = assignment.dropna()
    inside = blocks[blocks["block_id"].isin(known.index)]
    return measure(
        layer, blocks=inside, edges=edges, assignment=known, outline=outline, seconds=time.perf_counter() - start
    )


def check_published(edition: tables.Published, start: float) -> Quality:
    """Measure the published edition: polygons as published, counts of its blocks."""
    sums = neighbourhoods(edition.blocks, edition.assignment).drop(columns="geometry")
    layer = edition.level("neighbourhood")[["code", "geometry"]].merge(sums, on="code", how="left")
    layer["community"] = layer["community"].fillna(layer["code"].str[:12])
    return measure(
        layer,
        blocks=edition.blocks,
        edges=edition.edges,
        assignment=edition.assignment,
        communities=edition.level("community"),
        outline=shapely.union_all(edition.level("district").geometry.to_numpy()),
        seconds=time.perf_counter() - start,
    )


def propose_file(
    blocks_file: Path | None,
    buildings_file: Path | None,
    current_file: Path | None,
    *,
    target: int | None,
    target_rural: int | None,
    seed: int,
    locked: Collection[str] = (),
    progress: Progress | None = None,
    reader: Reader | None = None,
) -> tuple[gpd.GeoDataFrame, Quality]:
    """Divide the blocks of a file, or of the whole published district afresh; the neighbourhoods and their measures."""
    start = time.perf_counter()
    if blocks_file is None:
        edition = tables.read_published()
        blocks, edges = edition.blocks.drop(columns="neighbourhood"), edition.edges
    else:
        blocks, edges = tables.read_blocks(blocks_file)
    counted = "buildings" in blocks.columns or buildings_file is not None
    homes = None if buildings_file is None else (reader or Reader()).buildings(buildings_file, place_of(blocks))
    blocks = complete(blocks, homes)
    current = None if current_file is None else tables.read_assignment(current_file, blocks)
    wanted = targets_of(blocks, target, target_rural)
    proposal = propose(blocks, edges, wanted, seed=seed, current=current, locked=locked, progress=progress)
    layer = neighbourhoods(blocks, proposal.assignment, wanted)
    if not counted:
        layer["buildings"] = pd.NA
    return layer, quality_of(proposal, layer, blocks, edges, current, start)


def quality_of(
    proposal: Proposal,
    layer: gpd.GeoDataFrame,
    blocks: gpd.GeoDataFrame,
    edges: gpd.GeoDataFrame,
    current: pd.Series | None,
    start: float,
) -> Quality:
    """Measures of a proposal."""
    return measure(
        layer,
        blocks=blocks,
        edges=edges,
        assignment=proposal.assignment,
        outline=shapely.union_all(blocks.geometry.to_numpy()),
        previous=current,
        infeasible=[limit.sentence for limit in proposal.infeasible],
        seconds=time.perf_counter() - start,
    )


def complete(blocks: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Blocks with all that a division needs: counts from buildings where given; one community, urban, by default."""
    blocks = blocks.copy()
    if buildings is not None:
        counts = count_buildings(blocks, buildings)
        blocks["households"], blocks["buildings"] = counts["households"], counts["buildings"]
    tables.require("The blocks", blocks, ("households",))
    if "buildings" not in blocks.columns:
        blocks["buildings"] = 0
    if "community" not in blocks.columns:
        blocks["community"] = ONE_COMMUNITY
    if "kind" not in blocks.columns:
        blocks["kind"] = "urban"
    return blocks


def targets_of(blocks: pd.DataFrame, target: int | None, target_rural: int | None) -> pd.DataFrame:
    """One row per community and kind, with the neighbourhoods that come nearest to the target (at least 1)."""
    urban = target or RULES["urban"].target
    rural = target_rural or (RULES["rural"].target if target is None else max(1, target // 2))
    table = blocks.groupby(["community", "kind"], sort=True)["households"].sum().reset_index()
    table["target"] = table["kind"].map({"rural": rural}).fillna(urban).astype(int)
    load = (table["households"] / table["target"]).groupby(table["community"]).transform("sum")
    first = ~table["community"].duplicated()
    table["neighbourhoods"] = load.round().clip(lower=1).astype(int).where(first, 0)
    return table[["community", "kind", "neighbourhoods", "target", "households"]]
