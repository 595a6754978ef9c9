"""`python -m bench.zoning_alone [TIMES]`: our solver by itself on so many districts; one JSON line of what it took."""

from __future__ import annotations

import json
import resource
import sys
import time

import geopandas as gpd
import pandas as pd

from data.manifest import data_root, geography_dir
from geo.tables import read_blocks
from geo.zoning import propose


def enlarged(
    blocks: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, targets: pd.DataFrame, times: int
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """The tables of so many districts of the same shape side by side."""
    n = int(blocks["block_id"].max()) + 1
    many: list[list[pd.DataFrame]] = [[], [], []]
    for copy in range(times):
        suffix = f"{copy:02d}"
        many[0].append(blocks.assign(block_id=blocks["block_id"] + copy * n, community=blocks["community"] + suffix))
        shifted = {end: edges[end].where(edges[end] < 0, edges[end] + copy * n) for end in ("left", "right")}
        many[1].append(edges.assign(**shifted))
        many[2].append(targets.assign(community=targets["community"] + suffix))
    tables = [pd.concat(rows, ignore_index=True) for rows in many]
    return gpd.GeoDataFrame(tables[0], crs=blocks.crs), tables[1], tables[2]


def main() -> None:
    """Read, warm up on one community, divide, print."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    folder = geography_dir(data_root())
    blocks, edges = read_blocks(folder / "blocks.parquet")
    targets = pd.read_parquet(folder / "targets.parquet")
    first = blocks[blocks["community"] == blocks["community"].iloc[0]]
    near = edges[edges["left"].isin(first["block_id"]) & edges["right"].isin(first["block_id"])]
    propose(first, near, targets, seed=1)  # compiles, or reads what was compiled
    many = enlarged(blocks, edges, targets, times)
    wall, cpu = time.perf_counter(), time.process_time()
    propose(*many, seed=1)
    taken = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"blocks": len(many[0]), **taken, "peak_mib": peak}))


if __name__ == "__main__":
    main()
