"""Zoning: ours and six peers on the same blocks of the same communities, then ours alone: the district against its
targets, time and memory on 1, 4 and 16 districts, and what pulls against what.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
from bench.zoning_tradeoff import show as show_tradeoff
from bench.zoning_tradeoff import sweep
from data.manifest import data_root, geography_dir
from geo.quality import measure
from geo.tables import read_blocks
from geo.zoning import neighbourhoods, propose

EVERY = 4
"""One community in so many is divided by everybody; the whole district only by us."""
COMMUNITY_LIMIT = 20.0
METHOD_LIMIT = 180.0
CLOCKS = ["wall", "cpu"]
TIMES = (1, 4, 16)
LEAST = {
    "within_20": 0.99,
    "within_12": 0.85,
    "barrier_following": 0.90,
    "compounds_whole": 0.97,
    "buildings_3_10": 0.90,
    "polsby_popper_mean": 0.55,
}
"""What a division of the district must reach."""
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


def run_method(method: Callable[[Place], Labels], places: list[Place]) -> tuple[dict[str, Labels], pd.DataFrame, str]:
    """Labels by community, milliseconds (`wall`, and `cpu` of this process: what else the machine does counts little)
    by community, and why it stopped early ('' if it did not).
    """
    labels: dict[str, Labels] = {}
    spent: list[tuple[float, float]] = []
    failed = 0
    begin = time.perf_counter()
    for place in places:
        if time.perf_counter() - begin > METHOD_LIMIT:
            return labels, pd.DataFrame(spent, columns=CLOCKS), f"stopped after {METHOD_LIMIT:.0f} s; {failed} failed"
        start = time.perf_counter(), time.process_time()
        try:
            with limit(COMMUNITY_LIMIT):
                labels[place.code] = method(place)
        except Exception:  # a peer may fail in any way it likes: that is a result, counted and printed
            failed += 1
        spent.append(((time.perf_counter() - start[0]) * 1000, (time.process_time() - start[1]) * 1000))
    return labels, pd.DataFrame(spent, columns=CLOCKS), f"{failed} of {len(places)} failed" if failed else ""


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


def alone(*words: str) -> dict[str, float]:
    """Run a Python module by itself: what its one JSON line says, its seconds, and its peak of memory in MiB."""
    start = time.perf_counter()
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        said = child.stdout.read() if child.stdout else b""
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"python -m {' '.join(words)} ended with {child.returncode}.")
    process = {"process_s": time.perf_counter() - start, "process_mib": used.ru_maxrss / 1024}
    return {**json.loads(said), **process}


def against_targets(quality: dict[str, float], whole: float, spent: pd.DataFrame, memory: float) -> pd.DataFrame:
    """One row per target: what, ours, the target, met."""
    strong = quality["border_by_class"]["river"] + quality["border_by_class"]["arterial"]  # type: ignore[index]
    zeros = ("non_contiguous", "invalid", "gap_m2", "overlap_m2", "not_nested", "both_banks")
    rows = [
        ("whole district, s", whole, "<=", 15.0),
        ("one community, ms p95", float(np.percentile(spent["wall"], 95)), "<=", 200.0),
        ("peak of memory, MiB", memory, "<=", 2048.0),
        *((name, quality[name], "<=", 0.0) for name in zeros),
        *((name, quality[name], ">=", least) for name, least in LEAST.items()),
        ("river + arterial", strong, ">=", 0.33),
    ]
    table = pd.DataFrame(rows, columns=["measure", "ours", "sign", "target"])
    table["met"] = np.where(table["sign"] == "<=", table["ours"] <= table["target"], table["ours"] >= table["target"])
    return table


def main() -> None:
    """Run, print, and keep the figures in bench/results/zoning.json."""
    folder = geography_dir(data_root())
    blocks, edges = read_blocks(folder / "blocks.parquet")
    targets = pd.read_parquet(folder / "targets.parquet")
    rows = targets.set_index("community")
    every = [place_of(code, blocks, edges, rows.loc[code]) for code in sorted(rows.index)]
    places = every[::EVERY]
    propose(blocks, edges, targets, seed=1)  # compiles, or reads what was compiled
    _, interactive, _ = run_method(ours(blocks, edges, targets), every)
    district = alone("geo", "propose", "--json")
    grown = {times: alone("bench.zoning_alone", str(times)) for times in TIMES}
    results: dict[str, dict[str, object]] = {}
    for name, method in track(
        {"ours": ours(blocks, edges, targets), **PEERS}.items(), "Zoning", console=Console(stderr=True)
    ):
        labels, spent, note = run_method(method, places)
        results[name] = {
            "ms_median": float(spent["wall"].median()),
            "ms_p95": float(spent["wall"].quantile(0.95)),
            "cpu_ms": float(spent["cpu"].median()),
            "communities": len(labels),
            **assess(labels, places, edges, targets),
            "note": note,
        }
    show(results, len(places))
    memory = max(district["process_mib"], grown[1]["peak_mib"])
    met = against_targets(district, grown[1]["wall_s"], interactive, memory)
    show_alone(met, district, interactive, grown)
    RESULTS.parent.mkdir(exist_ok=True)
    swept = sweep(blocks, edges, targets)
    knees = show_tradeoff(swept, RESULTS.parent)
    kept = {
        "methods": results,
        "district": district,
        "growth": grown,
        "targets": met.to_dict("records"),
        "tradeoff": swept.to_dict("records"),
        "knees": knees,
        "community_ms": interactive.quantile([0.5, 0.95]).to_dict("index"),
    }
    RESULTS.write_text(json.dumps(kept, indent=1, default=str))


def show(results: dict[str, dict[str, object]], places: int) -> None:
    """Print the table of methods and the ratios of their time to ours."""
    console = Console(width=240)
    table = Table(title=f"Zoning: {places} communities, each divided by everybody on the same blocks")
    columns = ["communities", "neighbourhoods", "ms_median", "ms_p95", "cpu_ms", *MEASURES]
    for column in ["method", *columns, "cpu / ours", "note"]:
        table.add_column(column, justify="left" if column in {"method", "note"} else "right")
    mine = float(str(results["ours"]["cpu_ms"]))
    for name, row in results.items():
        cells = [f"{row.get(c):.4g}" if isinstance(row.get(c), float) else str(row.get(c, "")) for c in columns]
        table.add_row(name, *cells, f"{float(str(row['cpu_ms'])) / mine:.2f}", str(row["note"]))
    console.print(table)


def show_alone(
    met: pd.DataFrame, district: dict[str, float], spent: pd.DataFrame, grown: dict[int, dict[str, float]]
) -> None:
    """Print the district against its targets, one community, growth and memory."""
    console = Console(width=160)
    table = Table(title="The whole district against the targets")
    for column in ("measure", "ours", "target", "met"):
        table.add_column(column, justify="left" if column == "measure" else "right")
    for row in met.to_dict("records"):
        table.add_row(row["measure"], f"{row['ours']:.4g}", f"{row['sign']} {row['target']:g}", str(bool(row["met"])))
    console.print(table)
    console.print(
        f"One community ({len(spent)} measured): {np.median(spent['wall']):.0f} ms median, "
        f"{np.percentile(spent['wall'], 95):.0f} ms p95 ({np.percentile(spent['cpu'], 95):.0f} ms of processor). "
        f"`python -m geo propose`, from start to end of the process: {district['process_s']:.1f} s, "
        f"{district['process_mib']:.0f} MiB at most."
    )
    for times, took in grown.items():
        ratio = took["cpu_s"] / grown[1]["cpu_s"]
        console.print(
            f"{times}x: {took['blocks']:,.0f} blocks, {took['wall_s']:.1f} s, {took['cpu_s']:.1f} s of processor "
            f"({ratio:.1f} times that of 1x), {took['peak_mib']:.0f} MiB"
        )


if __name__ == "__main__":
    main()
