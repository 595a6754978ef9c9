"""What cleaning changed: one row a change, a sentence a kind, and a drawing that opens in any browser."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

COLUMNS = ("change_id", "change", "class", "name", "undone", "geometry")
SENTENCES = {
    "duplicate": "lines drawn twice kept once",
    "tunnel": "stretches of tunnel that cut nothing",
    "bridge": "stretches of bridge that cut nothing below",
    "river": "rivers drawn as areas given a centreline",
    "joined end": "ends that nearly touched a line joined to it",
    "dual carriageway": "dual carriageways made one line",
    "roundabout": "roundabouts made a crossing",
    "sliver": "slivers absorbed into a neighbouring block",
}
COLOURS = {
    "duplicate": "#7f7f7f",
    "tunnel": "#8c564b",
    "bridge": "#9467bd",
    "river": "#1f77b4",
    "joined end": "#d62728",
    "dual carriageway": "#ff7f0e",
    "roundabout": "#e377c2",
    "sliver": "#2ca02c",
}


class UnknownChangeError(ValueError):
    """Raised when a change is to be undone that cleaning does not make."""

    def __init__(self, change_id: str) -> None:
        super().__init__(
            f"Cleaning makes no change {change_id}, so it cannot be undone; choose ids from the latest cleaning report."
        )
        self.change_id = change_id


@dataclass(frozen=True)
class CleaningReport:
    """`changes`: change_id, change (a key of SENTENCES), class and name of the line, undone, geometry (metres)."""

    changes: gpd.GeoDataFrame

    @classmethod
    def of(cls, rows: Sequence[dict[str, object]], crs: object) -> CleaningReport:
        """A report of rows with those columns, in the order of kind and id."""
        frame = gpd.GeoDataFrame([*rows], columns=[*COLUMNS], geometry="geometry", crs=crs)
        kinds = frame["change"].map({name: i for i, name in enumerate(SENTENCES)})
        order = np.lexsort((frame["change_id"].to_numpy(dtype=str), kinds.to_numpy(dtype=float)))
        ordered = frame.iloc[order]
        return cls(ordered[~ordered["change_id"].duplicated()].reset_index(drop=True))

    def require(self, undo: Collection[str]) -> None:
        """Raise UnknownChangeError unless every id is of a change in the report."""
        missing = set(undo) - set(self.changes["change_id"])
        if missing:
            raise UnknownChangeError(sorted(missing)[0])

    def within(self, area: shapely.Geometry) -> CleaningReport:
        """The changes that touch an area."""
        return CleaningReport(self.changes[self.changes.intersects(area).to_numpy()].reset_index(drop=True))

    def counts(self) -> dict[str, int]:
        """Changes made, by kind."""
        made = self.changes.loc[~self.changes["undone"].astype(bool), "change"].value_counts()
        return {kind: int(made[kind]) for kind in SENTENCES if kind in made}

    def sentences(self) -> list[str]:
        """One line per kind of change, for a reader."""
        undone = int(self.changes["undone"].astype(bool).sum())
        lines = [f"{number} {SENTENCES[kind]}" for kind, number in self.counts().items()]
        return [*lines, f"{undone} changes left undone"] if undone else lines

    def as_html(self, lines: gpd.GeoDataFrame, title: str) -> str:
        """A page that draws the cleaned lines with each change on them, and lists the changes; needs nothing else."""
        bounds = np.asarray(lines.total_bounds, dtype=float)
        shown = self.changes
        drawn = "".join(
            f'<g id="{row["change_id"]}" class="c" style="--k:{COLOURS[row["change"]]}" '
            f'opacity="{0.3 if row["undone"] else 1}"><title>{row["change"]} {row["change_id"]}</title>'
            f"{svg_path(row['geometry'], bounds)}</g>"
            for row in shown.to_dict("records")
        )
        network = svg_path(shapely.geometrycollections(lines.geometry.to_numpy()), bounds)
        listed = "".join(
            f'<tr><td><a href="#{r["change_id"]}">{r["change_id"]}</a></td><td style="color:{COLOURS[r["change"]]}">'
            f"{r['change']}</td><td>{html.escape(r['name']) if isinstance(r['name'], str) else ''}</td>"
            f"<td>{'undone' if r['undone'] else ''}</td></tr>"
            for r in shown.to_dict("records")
        )
        counted = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.sentences())
        width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
        return PAGE.format(
            title=html.escape(title), width=width, height=height, network=network, changes=drawn,
            counted=counted, rows=listed,
        )  # fmt: skip


PAGE = """<!doctype html><meta charset="utf-8"><title>{title}</title><style>
body{{font:14px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:24px}}
svg{{width:100%;height:75vh;border:1px solid #ddd}} td{{padding:2px 12px 2px 0}}
path{{vector-effect:non-scaling-stroke}} .n path{{fill:none;stroke:#777;stroke-width:1px}}
.c path{{fill:var(--k);fill-opacity:.35;stroke:var(--k);stroke-width:2.5px}} .c:target path{{stroke-width:8px}}</style>
<h1>{title}</h1><ul>{counted}</ul>
<svg viewBox="0 0 {width} {height}"><g class="n">{network}</g>{changes}</svg>
<table><tr><th>id</th><th>change</th><th>name</th><th></th></tr>{rows}</table>
"""


def svg_path(shape: shapely.Geometry, bounds: NDArray[np.float64]) -> str:
    """An SVG path of any shape, y turned to run downwards, to a decimetre; a link too short to see gets a length."""
    flat = shapely.get_parts(shapely.get_parts(shape))
    areas = shapely.get_dimensions(flat) == 2
    lines = np.concatenate([shapely.get_rings(flat[areas]), flat[~areas]]) if len(flat) else flat
    moves = []
    for line in lines:
        xy = shapely.get_coordinates(line)
        points = np.round(np.column_stack([xy[:, 0] - bounds[0], bounds[3] - xy[:, 1]]), 1)
        moves.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points))
    closed = "Z" if areas.all() and len(flat) else ""
    fill = "" if areas.any() else ' style="fill:none"'
    return f'<path d="{closed.join(moves)}{closed}"{fill}/>'
