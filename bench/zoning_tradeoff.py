"""What pulls against what in our division of the district: two weights turned up and down, drawn, and the knee."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table

from geo.quality import measure
from geo.zoning import neighbourhoods, propose
from geo.zoning_rules import Weights

FACTORS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""1 is the setting that ships."""
MEASURES = ("within_20", "within_12", "barrier_following", "river_arterial", "compounds_whole", "buildings_3_10",
            "polsby_popper_mean", "severance_km")  # fmt: skip
CURVES = {"barriers": ("severance_km", "polsby_popper_mean"), "households": ("within_12", "polsby_popper_mean")}
"""Weight turned -> the two measures drawn against each other."""


def weights_of(curve: str, factor: float) -> Weights:
    """The shipped weights with those of barriers kept inside (or of households off target) times a factor."""
    shipped = Weights()
    if curve == "barriers":
        return replace(shipped, keep={name: round(cost * factor) for name, cost in shipped.keep.items()})
    return replace(shipped, balance=round(shipped.balance * factor), tight_cost=round(shipped.tight_cost * factor))


def sweep(blocks: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """One row per curve and factor: the measures of the whole district."""
    rows = []
    turns = [(curve, factor) for curve in CURVES for factor in FACTORS]
    for curve, factor in track(turns, "Trade-off", console=Console(stderr=True)):
        proposal = propose(blocks, edges, targets, seed=1, weights=weights_of(curve, factor))
        layer = neighbourhoods(blocks, proposal.assignment, targets)
        known = measure(layer, blocks=blocks, edges=edges, assignment=proposal.assignment).as_json()
        known["river_arterial"] = strong(known["border_by_class"])
        rows.append({"curve": curve, "factor": factor, **{name: known[name] for name in MEASURES}})
    return pd.DataFrame(rows)


def strong(shares: object) -> float | None:
    """Share of the inner border on rivers and arterials."""
    return shares["river"] + shares["arterial"] if isinstance(shares, dict) and shares["river"] is not None else None


def knee(rows: pd.DataFrame, gain: str, price: str) -> float:
    """The factor whose point lies farthest from the straight line between the first and the last, both scaled to 1."""
    xy = rows[[gain, price]].to_numpy(float)
    spread = np.ptp(xy, axis=0)
    xy = (xy - xy[0]) / np.where(spread > 0, spread, 1)
    x, y = xy[-1]
    off = np.abs(xy[:, 0] * y - xy[:, 1] * x) / max(float(np.hypot(x, y)), 1e-9)
    return float(rows["factor"].iloc[int(off.argmax())])


def show(rows: pd.DataFrame, folder: Path) -> dict[str, float]:
    """Print the table, draw both curves as SVG, and return the knees."""
    table = Table(title="Trade-off on the whole district (factor 1 is what ships)")
    for column in rows.columns:
        table.add_column(str(column), justify="left" if column == "curve" else "right")
    for row in rows.itertuples(index=False, name=None):
        table.add_row(*(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row))
    Console(width=160).print(table)
    knees = {}
    for curve, (gain, price) in CURVES.items():
        mine = rows[rows["curve"] == curve]
        knees[curve] = knee(mine, gain, price)
        path = folder / f"zoning_tradeoff_{curve}.svg"
        path.write_text(drawing(mine, gain, price, knees[curve]), encoding="utf-8")
        Console().print(f"{curve}: knee of {price} against {gain} at factor {knees[curve]:g}; drawn in {path.name}")
    return knees


def drawing(rows: pd.DataFrame, across: str, up: str, at: float) -> str:
    """A curve of two measures as SVG, each point with its factor, the knee filled."""
    xy = rows[[across, up]].to_numpy(float)
    low, spread = xy.min(axis=0), np.maximum(np.ptp(xy, axis=0), 1e-9)
    place = np.column_stack([80 + 500 * (xy[:, 0] - low[0]) / spread[0], 320 - 270 * (xy[:, 1] - low[1]) / spread[1]])
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in place)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{"#b3261e" if factor == at else "#fff"}" stroke="#222"/>'
        f'<text x="{x + 10:.1f}" y="{y - 8:.1f}">×{factor:g} ({a:.3f}, {b:.3f})</text>'
        for (x, y), (a, b), factor in zip(place, xy, rows["factor"], strict=True)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="380" font-family="sans-serif" font-size="12">'
        f'<rect width="760" height="380" fill="#fff"/><polyline points="{line}" fill="none" stroke="#222"/>{dots}'
        f'<text x="300" y="365">{across}</text><text x="16" y="200" transform="rotate(-90 16 200)">{up}</text></svg>'
    )
