"""Edits: our `draw` beside plain geopandas.overlay on the same free-hand polygons, and previews of every verb."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench import edit_previews
from geo import tables, topology
from geo.plans import Plan, PlanRefused, Reason
from geo.plans_ground import Ground, on_grid

DRAWINGS = 200
LIMIT = 150.0
"""Seconds after which no further drawing is begun."""
RESULTS = Path(__file__).parent / "results" / "edits.json"


@dataclass(frozen=True)
class Drawing:
    """A hand-drawn outline for one neighbourhood, and its community before: code, community, geometry in metres."""

    code: str
    polygon: shapely.Polygon
    layer: gpd.GeoDataFrame


Method = Callable[[Drawing], gpd.GeoDataFrame]


def free_hand(shape: shapely.Geometry, rng: np.random.Generator) -> shapely.Polygon:
    """The outline of a neighbourhood as an unsteady hand redraws it: pulled out and in by up to 60 % of its radius.

    A point about every 15 m; the pull is smooth along the line (waves of 2 to 6 lengths), the hand shakes by 2 m.
    """
    ring = shapely.get_exterior_ring(max(shapely.get_parts(shape), key=shapely.area))
    count = max(24, int(shapely.length(ring) / 15))
    along = np.arange(count) / count
    xy = shapely.get_coordinates(shapely.line_interpolate_point(ring, along, normalized=True))
    middle = shapely.get_coordinates(shapely.centroid(shape))[0]
    waves = np.arange(2, 7)
    pull = (np.sin(2 * np.pi * (np.outer(along, waves) + rng.random(5))) * rng.normal(size=5)).sum(axis=1)
    pull *= 0.6 / np.abs(pull).max()
    return shapely.Polygon(middle + (xy - middle) * (1 + pull)[:, None] + rng.normal(scale=2.0, size=xy.shape))


def drawings(published: tables.Published) -> list[Drawing]:
    """The same drawings every time, each for a neighbourhood taken at random from the whole district."""
    rng = np.random.default_rng(2020)
    layer = published.level("neighbourhood")[["code", "geometry"]]
    layer["community"] = layer["code"].str[:12]
    # Corners as plans have them: on the centimetre grid, without what the way through degrees left of it.
    layer = layer.set_geometry(on_grid(layer.geometry.to_numpy()))
    chosen = rng.choice(len(layer), size=DRAWINGS, replace=False)
    communities = dict(list(layer.groupby("community")))
    return [
        Drawing(row.code, free_hand(row.geometry, rng), communities[row.community].reset_index(drop=True))
        for row in layer.iloc[chosen].itertuples()
    ]


def ours(plan: Plan) -> Method:
    """Draw on the plan, then the polygons of all neighbourhoods that changed."""

    def run(drawing: Drawing) -> gpd.GeoDataFrame:
        after = plan.draw(drawing.polygon, drawing.code)
        changed = sorted({code for pair in after.changes.values() for code in pair})
        layer = drawing.layer.set_index("code")
        layer.loc[changed, "geometry"] = [after.polygon(code) for code in changed]
        return layer.reset_index()

    return run


def plain(drawing: Drawing) -> gpd.GeoDataFrame:
    """Difference and union: the drawing becomes the polygon, the neighbours lose it, the nearest gets what is left."""
    layer = drawing.layer
    mine = layer["code"] == drawing.code
    valid = shapely.make_valid(drawing.polygon)
    pen = gpd.GeoDataFrame({"new": [1]}, geometry=[valid], crs=layer.crs)
    community = layer.dissolve("community").reset_index()[["community", "geometry"]]
    drawn = gpd.overlay(pen, community, how="intersection")
    others = gpd.overlay(layer[~mine], drawn, how="difference")
    left = gpd.overlay(layer[mine], drawn, how="difference").explode(ignore_index=True)
    for piece in left.geometry:
        shared = others.geometry.intersection(piece.buffer(0.01)).area
        heir = shared.idxmax()
        others.loc[heir, "geometry"] = others.geometry[heir].union(piece)
    new = layer[mine].assign(geometry=drawn.union_all())
    return gpd.GeoDataFrame(pd.concat([others, new], ignore_index=True), crs=layer.crs)


def plain_in_parts(drawing: Drawing) -> gpd.GeoDataFrame:
    """The same, and stray parts of a neighbourhood given to whom they touch most: the tidying a careful hand would do.

    Up to three rounds, as a part may fall to a neighbour that is torn itself.
    """
    layer = plain(drawing)
    for _ in range(3):
        parts = layer.explode(ignore_index=True)
        size = parts.area
        main = size.groupby(parts["code"]).idxmax()
        stray = parts.drop(main)
        if stray.empty:
            break
        layer = parts.loc[main].reset_index(drop=True)
        for piece in stray.geometry:
            shared = layer.geometry.intersection(piece.buffer(0.01)).area
            layer.loc[shared.idxmax(), "geometry"] = layer.geometry[shared.idxmax()].union(piece)
    return layer


def judge(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> dict[str, bool]:
    """What holds of a community after an edit; `all` is every one of them, and no code lost."""
    outline = shapely.coverage_union_all(before.geometry.to_numpy())
    faults = topology.layer_faults(after, outline=outline)
    verdict = {
        "valid polygons": not faults.invalid,
        "coverage valid": bool(shapely.coverage_is_valid(after.geometry.to_numpy())),
        "no gap": faults.gap_m2 == 0,
        "no overlap": faults.overlap_m2 == 0,
        "in one piece": not faults.non_contiguous,
    }
    return {**verdict, "all": all(verdict.values()) and set(after["code"]) == set(before["code"])}


@dataclass
class Tally:
    """What came of the drawings given to one method."""

    verdicts: list[dict[str, bool]] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)

    def take(self, method: Method, drawing: Drawing) -> None:
        """Time one drawing, then judge what became of its community."""
        start = time.process_time()  # of this process: what else the machine does counts little
        try:
            layer = method(drawing)
        except PlanRefused as refusal:
            self.ends["unchanged" if refusal.reason == Reason.NOTHING_CHANGES else "refused"] += 1
            return
        except Exception:  # a peer may fail in any way it likes: that is a result, counted and printed
            self.ends["failed"] += 1
            return
        self.spent.append((time.process_time() - start) * 1000)
        self.verdicts.append(judge(drawing.layer, layer))

    def row(self) -> dict[str, float]:
        """Counts, shares of what holds after the edits made, milliseconds of these."""
        return {
            "edits": len(self.verdicts),
            **{end: self.ends[end] for end in ("unchanged", "refused", "failed")},
            **{str(name): float(share) for name, share in pd.DataFrame(self.verdicts).mean().items()},
            "CPU ms median": statistics.median(self.spent),
            "CPU ms p95": float(np.percentile(self.spent, 95)),
        }


def main() -> None:
    """Run, print, and keep the figures in bench/results/edits.json.

    Every drawing goes to all methods in turn.
    """
    published = tables.read_published()
    plan = Plan.start(Ground(published.blocks, published.edges), published.assignment)
    methods: dict[str, Method] = {
        "ours: draw": ours(plan),
        "overlay: plain": plain,
        "overlay: tidied": plain_in_parts,
    }
    tallies = {name: Tally() for name in methods}
    begin = time.perf_counter()
    for drawing in track(drawings(published), "Edits", console=Console(stderr=True)):
        if time.perf_counter() - begin > LIMIT:
            break
        for name, method in methods.items():
            tallies[name].take(method, drawing)
    rows = {name: tally.row() for name, tally in tallies.items()}
    show(pd.DataFrame(rows).T)
    previews = edit_previews.measure(plan)
    RESULTS.parent.mkdir(exist_ok=True)
    known = {name: {k: v for k, v in row.items() if v == v} for name, row in previews.items()}  # JSON has no NaN
    RESULTS.write_text(json.dumps({"drawings": rows, "previews": known}, indent=1))


def show(rows: pd.DataFrame) -> None:
    """Print the table: counts, shares in percent, milliseconds, ratios of time to ours."""
    done = int(rows[["edits", "unchanged", "refused", "failed"]].sum(axis=1).min())
    table = Table(title=f"Edits: {done} of {DRAWINGS} free-hand drawings on the published edition (shares in %)")
    for column in ["method", *rows.columns, "time / ours"]:
        table.add_column(column, justify="left" if column == "method" else "right")
    mine = rows["CPU ms median"].iloc[0]
    counts = {"edits", "unchanged", "refused", "failed"}
    for name, row in rows.iterrows():
        cells = [
            f"{value:.0f}" if str(column) in counts else f"{value:.1f}" if "ms" in str(column) else f"{value * 100:.1f}"
            for column, value in row.items()
        ]
        table.add_row(str(name), *cells, f"{row['CPU ms median'] / mine:.2f}")
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
