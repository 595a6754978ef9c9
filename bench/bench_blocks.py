"""Blocks: our faces and absorbed slivers beside momepy.enclosures, on the lines of the demonstration district."""

from __future__ import annotations

import json
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import momepy
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from data.manifest import data_root, geography_dir
from geo import blocks
from geo.crs import to_metric

ROUNDS = 3
LIMIT = 80.0
"""No further round starts after this many seconds."""
ROADS = ("arterial", "secondary", "minor")
RESULTS = Path(__file__).parent / "results" / "blocks.json"
Shapes = NDArray[np.object_]


def methods(lines: gpd.GeoDataFrame, outline: shapely.Polygon) -> dict[str, Callable[[], Shapes]]:
    """Each gives polygons; momepy once with all lines alike, once as its manual has it: roads, then what divides."""
    limit = gpd.GeoSeries([outline], crs=lines.crs)
    roads = lines["class"].isin(ROADS)

    def enclosed(primary: gpd.GeoDataFrame, additional: list[gpd.GeoDataFrame] | None) -> Shapes:
        found = momepy.enclosures(primary, limit=limit, additional_barriers=additional, clip=True)
        return np.asarray(found.geometry.array)

    faces = lines.geometry.to_numpy()
    return {
        "ours: faces": lambda: blocks.faces(faces, outline),
        "ours: faces, slivers absorbed": lambda: blocks.absorb_slivers(blocks.faces(faces, outline)),
        "momepy: all lines primary": lambda: enclosed(lines, None),
        "momepy: roads, others additional": lambda: enclosed(lines[roads], [lines[~roads]]),
    }


def assess(found: Shapes, outline: shapely.Polygon) -> dict[str, float]:
    """How many, how many are no polygon or break the coverage, area beyond or short of the outline, slivers left."""
    broken = ~shapely.is_empty(shapely.coverage_invalid_edges(found))
    union = shapely.union_all(shapely.make_valid(found))
    return {
        "blocks": len(found),
        "invalid": int((~shapely.is_valid(found)).sum()),
        "off the coverage": int(broken.sum()),
        "gap m²": float(shapely.area(shapely.difference(outline, union))),
        "beyond m²": float(shapely.area(shapely.difference(union, outline))),
        "overlap m²": max(0.0, float(shapely.area(found).sum() - shapely.area(union))),
        "slivers": int(blocks.slivers(found).sum()),
    }


def main() -> None:
    """Run the methods in turn, print, and keep the figures in bench/results/blocks.json."""
    warnings.simplefilter("ignore", FutureWarning)
    folder = geography_dir(data_root())
    lines = to_metric(gpd.read_parquet(folder / "lines.parquet"), "lines.parquet")
    outline = to_metric(gpd.read_parquet(folder / "outline.parquet"), "outline.parquet").geometry.iloc[0]
    every = methods(lines, outline)
    found: dict[str, Shapes] = {}
    spent: dict[str, list[float]] = {name: [] for name in every}
    begin = time.perf_counter()
    for _ in track(range(ROUNDS), "Blocks", console=Console(stderr=True)):
        if found and time.perf_counter() - begin > LIMIT:
            break
        for name, method in every.items():
            start = time.process_time()  # of this process: what else the machine does counts little
            found[name] = method()
            spent[name].append((time.process_time() - start) * 1000)
    rows = {
        name: {
            **assess(found[name], outline),
            "CPU ms median": statistics.median(spent[name]),
            "rounds": len(spent[name]),
        }
        for name in every
    }
    show(pd.DataFrame(rows).T, len(lines))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"lines": len(lines), "methods": rows}, indent=1))


def show(rows: pd.DataFrame, lines: int) -> None:
    """Print the table with ratios of time to ours."""
    table = Table(title=f"Blocks: {lines} lines of the demonstration district")
    for column in ["method", *rows.columns, "time / ours"]:
        table.add_column(column, justify="left" if column == "method" else "right")
    mine = rows["CPU ms median"].iloc[1]
    for name, row in rows.iterrows():
        cells = [
            f"{value:,.2f}".removesuffix(".00") if "m²" in str(column) else f"{value:,.0f}"
            for column, value in row.items()
        ]
        table.add_row(str(name), *cells, f"{row['CPU ms median'] / mine:.2f}")
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
