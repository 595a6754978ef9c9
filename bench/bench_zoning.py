"""Zoning: ours and six peers on the same blocks of the same communities, then ours on 1, 4 and 16 districts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.zoning_peers import PEERS, Labels, Place, limit, place_of
from data.manifest import data_root, geography_dir
from geo.quality import measure
from geo.tables import read_blocks
from geo.zoning import neighbourhoods, propose

EVERY = 4
"""One community in so many is divided by everybody; the whole district only by us."""
COMMUNITY_LIMIT = 20.0
METHOD_LIMIT = 180.0
RESULTS = Path(__file__).parent / "results" / "zoning.json"
MEASURES = ("within_20", "within_12", "non_contiguous", "barrier_following", "compounds_whole", "buildings_3_10",
            "polsby_popper_mean", "severance_km")  # fmt: skip


def ours(blocks: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, targets: pd.DataFrame) -> Callable[[Place], Labels]:
    """Our proposal for one community, as a planner asks for it: tables in, labels out."""

    def run(place: Place) -> Labels:
        mine = blocks[blocks["community"] == place.code]
        near = edges[edges["left"].isin(mine["block_id"]) | edges["right"].isin(mine["block_id"])].copy()
        for end in ("left", "right"):
            near[end] = near[end].where(near[end].isin(mine["block_id"]), -1)
        proposal = propose(mine, near, targets[targets["community"] == place.code], seed=1)
        return pd.factorize(proposal.assignment.reindex(place.blocks["block_id"]))[0].astype(np.int64)

    return run


def run_method(method: Callable[[Place], Labels], places: list[Place]) -> tuple[dict[str, Labels], list[float], str]:
    """Labels by community, milliseconds by community, and why it stopped early ('' if it did not)."""
    labels: dict[str, Labels] = {}
    spent: list[float] = []
    failed = 0
    begin = time.perf_counter()
    for place in places:
        if time.perf_counter() - begin > METHOD_LIMIT:
            return labels, spent, f"stopped after {METHOD_LIMIT:.0f} s; {failed} failed"
        start = time.perf_counter()
        try:
            with limit(COMMUNITY_LIMIT):
                labels[place.code] = method(place)
        except Exception:  # a peer may fail in any way it likes: that is a result, counted and printed
            failed += 1
        spent.append((time.perf_counter() - start) * 1000)
    return labels, spent, f"{failed} of {len(places)} failed" if failed else ""


def assess(
    labels: dict[str, Labels], places: list[Place], edges: gpd.GeoDataFrame, targets: pd.DataFrame
) -> dict[str, object]:
    """Measures over the communities a method divided."""
    done = [place for place in places if place.code in labels]
    if not done:
        return dict.fromkeys(MEASURES)
    blocks = gpd.GeoDataFrame(pd.concat([place.blocks for place in done], ignore_index=True), crs=done[0].blocks.crs)
    codes = np.concatenate([[f"{place.code}{label:03d}" for label in labels[place.code]] for place in done])
    assignment = pd.Series(codes, index=pd.Index(blocks["block_id"], name="block_id"))
    layer = neighbourhoods(blocks, assignment, targets)
    known = measure(layer, blocks=blocks, edges=edges, assignment=assignment).as_json()
    return {name: known[name] for name in MEASURES} | {"neighbourhoods": len(layer)}


def growth(blocks: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, targets: pd.DataFrame) -> dict[int, float]:
    """Seconds for 1, 4 and 16 districts of the same shape."""
    seconds = {}
    for times in (1, 4, 16):
        n = int(blocks["block_id"].max()) + 1
        many_blocks, many_edges, many_targets = [], [], []
        for copy in range(times):
            suffix = f"{copy:02d}"
            many_blocks.append(
                blocks.assign(block_id=blocks["block_id"] + copy * n, community=blocks["community"] + suffix)
            )
            shifted = {end: edges[end].where(edges[end] < 0, edges[end] + copy * n) for end in ("left", "right")}
            many_edges.append(edges.assign(**shifted))
            many_targets.append(targets.assign(community=targets["community"] + suffix))
        tables = [pd.concat(rows, ignore_index=True) for rows in (many_blocks, many_edges, many_targets)]
        start = time.perf_counter()
        propose(gpd.GeoDataFrame(tables[0], crs=blocks.crs), tables[1], tables[2], seed=1)
        seconds[times] = time.perf_counter() - start
    return seconds


def main() -> None:
    """Run, print, and keep the figures in bench/results/zoning.json."""
    folder = geography_dir(data_root())
    blocks, edges = read_blocks(folder / "blocks.parquet")
    targets = pd.read_parquet(folder / "targets.parquet")
    propose(blocks, edges, targets, seed=1)  # compiles, or reads what was compiled
    start = time.perf_counter()
    propose(blocks, edges, targets, seed=1)
    whole = time.perf_counter() - start
    rows = targets.set_index("community")
    places = [place_of(code, blocks, edges, rows.loc[code]) for code in sorted(rows.index)[::EVERY]]
    results: dict[str, dict[str, object]] = {}
    for name, method in track(
        {"ours": ours(blocks, edges, targets), **PEERS}.items(), "Zoning", console=Console(stderr=True)
    ):
        labels, spent, note = run_method(method, places)
        results[name] = {
            "ms_median": float(np.median(spent)),
            "ms_p95": float(np.percentile(spent, 95)),
            "communities": len(labels),
            **assess(labels, places, edges, targets),
            "note": note,
        }
    grown = growth(blocks, edges, targets)
    show(results, whole, grown, len(blocks), len(places))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"methods": results, "district_s": whole, "growth_s": grown}, indent=1, default=str))


def show(
    results: dict[str, dict[str, object]], whole: float, grown: dict[int, float], blocks: int, places: int
) -> None:
    """Print the table, ratios of time to ours, and growth."""
    console = Console(width=200)
    table = Table(title=f"Zoning: {places} communities, each divided by everybody on the same blocks")
    columns = ["communities", "neighbourhoods", "ms_median", "ms_p95", *MEASURES]
    for column in ["method", *columns, "time / ours", "note"]:
        table.add_column(column, justify="left" if column in {"method", "note"} else "right")
    mine = float(str(results["ours"]["ms_median"]))
    for name, row in results.items():
        cells = [f"{row.get(c):.4g}" if isinstance(row.get(c), float) else str(row.get(c, "")) for c in columns]
        table.add_row(name, *cells, f"{float(str(row['ms_median'])) / mine:.2f}", str(row["note"]))
    console.print(table)
    console.print(f"Ours, whole district ({blocks} blocks): {whole:.1f} s; growth " + ", ".join(
        f"{times}×: {seconds:.1f} s" for times, seconds in grown.items()))  # fmt: skip


if __name__ == "__main__":
    main()
