"""New roads in the workbench: a layer of lines cuts the draft's blocks again, and what changes is listed first."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path

import shapely
import streamlit as st

from geo import formats
from geo.operations import Split
from geo.plans import Plan
from geo.roads import Recut, recut
from pages.parts import tables, workbench_uploads
from pages.parts import workbench_words as said
from pages.parts.words import number, t
from pages.parts.workbench_desk import Desk, Look

KINDS = ["gpkg", "zip", "geojson", "json", "kml", "pbf"]
MOST_ROWS = 30


def part(desk: Desk, now: Look) -> None:
    """A file of roads, what it would cut, and the way into the draft."""
    st.html(tables.heading(t("workbench.roads.title"), level=3) + tables.paragraph(t("workbench.roads.about")))
    given = st.file_uploader(t("workbench.roads.choose"), type=KINDS, key="workbench_roads")
    if given is None or workbench_uploads.told_taken(desk, "workbench_roads", now.head):
        return
    key = (given.file_id, desk.draft, now.head)
    found: Recut = workbench_uploads.once(
        "workbench_roads_read", key, lambda: read_roads(given.name, given.getvalue(), now.plan)
    )
    st.html(told(now.plan, found))
    why = t("workbench.roads.why", name=given.name)
    workbench_uploads.offer(desk, "workbench_roads", found.operation, now.head, why, lines(found))


def read_roads(name: str, content: bytes, plan: Plan) -> Recut:
    """What the roads of a file would cut. Raises TableError or MissingCrsError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        return recut(plan, formats.read(path))


def told(plan: Plan, found: Recut) -> str:
    """How many blocks are cut into how many pieces, what divides nothing, and every block crossed."""
    cut = found.changes[found.changes["how"] == "split"]
    first = {plan.ground.known_block(block, plan.ground.shape) for block in cut["block"]} - {None}
    key = "workbench.roads.found" if found.operation else "workbench.roads.nothing"
    metres = number(round(found.unused_m))
    lead = t(key, blocks=said.blocks_words(len(first)), pieces=number(len(first) + len(cut)), metres=metres)
    rows = tables.rows_of(found.changes.head(MOST_ROWS))
    columns = [
        tables.Column(t("workbench.roads.road"), lambda r: escape(r["road"] or t("workbench.unnamed"))),
        tables.Column(t("level.neighbourhood"), lambda r: escape(said.hood_name(plan, r["neighbourhood"]))),
        tables.Column(t("workbench.roads.how"), lambda r: t(f"workbench.roads.how_of.{r['how']}")),
        tables.Column(
            t("workbench.roads.homes"), lambda r: " + ".join(number(count) for count in r["households"]), numeric=True
        ),
    ]
    table = tables.table([tables.Group("", rows)], columns, t("workbench.roads.changes")) if rows else ""
    left = len(found.changes) - len(rows)
    more = tables.paragraph(t("workbench.and_rows", count=number(left)), "ll-note-text") if left else ""
    return tables.paragraph(lead) + table + more


def lines(found: Recut) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The lines along which blocks are cut."""
    splits = [step for step in found.operation.steps if isinstance(step, Split)] if found.operation else []
    return tuple(tuple((x, y) for x, y in shapely.get_coordinates(split.line).tolist()) for split in splits)
