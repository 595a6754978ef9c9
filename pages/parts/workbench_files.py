"""Files in the workbench: an edited layer from a GIS comes in as operations, the draft goes out in any GIS format."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.formats_write import write
from geo.operations import Batch, Operation
from geo.plans import Plan
from geo.plans_checks import differences
from geo.plans_figures import figures
from geo.plans_import import Imported, edited, read_edited
from pages.parts import (
    data,
    downloads,
    edition,
    tables,
    workbench_base,
    workbench_desk,
    workbench_roads,
    workbench_uploads,
)
from pages.parts import workbench_words as said
from pages.parts.failures import guard
from pages.parts.words import NOTHING, number, t
from pages.parts.workbench_desk import Desk, Look

MOST_FINDINGS = 30
KINDS = ["gpkg", "zip", "geojson", "json", "kml"]


@dataclass
class Read:
    """An edited layer that was read for a draft at one of its entries."""

    name: str
    head: int
    imported: Imported


def part(desk: Desk, now: Look) -> None:
    """Export on the left, import on the right."""
    left, right = st.columns(2, gap="medium")
    with left:
        _exports(desk, now)
    with right:
        _imports(desk, now)
        if not workbench_desk.closed(now):
            with guard("workbench roads"):
                workbench_roads.part(desk, now)


# ── out ──


def _exports(desk: Desk, now: Look) -> None:
    st.html(tables.heading(t("workbench.files.out"), level=3) + tables.paragraph(t("workbench.files.out_about")))
    name = downloads.file_name(t("app.name"), now.opened.draft.name if now.opened else workbench_base.base().edition)
    said_ = f"{t('workbench.files.nature')} · {t('footer.schematic')}"  # the file is made outside of the session
    with st.container(horizontal=True, gap="small"):
        for kind, mime in edition.FORMATS.items():
            st.download_button(
                t(f"boundaries.file.{kind}"),
                partial(as_file, now.plan, desk.communities, kind, said_, _names(now.plan, desk.communities)),
                f"{name}.{'zip' if kind == 'shp' else kind}",
                mime,
                key=f"workbench-file-{kind}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )
    table = equivalence(now.start, now.plan)
    title = t("workbench.files.equivalence")
    st.html(tables.paragraph(t("workbench.files.equivalence_about", count=number(len(table))), "ll-note-text"))
    about = downloads.about(
        title,
        definition=t("workbench.files.equivalence_about", count=number(len(table))),
        source=t("boundaries.source"),
        period=data.manifest().edition_effective,
    )
    downloads.buttons(lambda: table, len(table), about, downloads.file_name(name, title), "equivalence")


def _names(plan: Plan, communities: Sequence[str]) -> dict[str, str]:
    codes = {code for community in communities for code in plan.homes[community].values()}
    return {code: said.hood_name(plan, code) for code in sorted(codes)}


def as_file(plan: Plan, communities: Sequence[str], kind: str, nature: str, names: dict[str, str]) -> bytes:
    """The neighbourhoods of the open communities in a draft as a file of `kind` (gpkg, geojson, shp), EPSG:4490."""
    codes = sorted({code for community in communities for code in plan.homes[community].values()})
    rows = [figures(plan, code) for code in codes]
    layer = gpd.GeoDataFrame(
        {
            "code": codes,
            "community": [code[:12] for code in codes],
            "name": [names[code] for code in codes],
            "households": [row.households for row in rows],
            "people": [row.people for row in rows],
            "buildings": [row.buildings for row in rows],
            "nature": nature,
        },
        geometry=[plan.polygon(code) for code in codes],
        crs=plan.ground.crs,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"linli.{kind}"
        write(layer, path)
        if kind != "shp":
            return path.read_bytes()
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in sorted(Path(folder).iterdir()):
                archive.write(each, each.name)
        return out.getvalue()


def equivalence(before: Plan, after: Plan) -> pd.DataFrame:
    """One row per block that changes: block_id, community, former, code, households, people, buildings."""
    rows: list[dict[str, Any]] = []
    for block, (was, now) in sorted(differences(before, after).items()):
        counts = after.ground.counts(block)
        rows.append(
            {
                "block_id": block,
                "community": after.ground.community[block],
                "former": was,
                "code": now,
                "households": counts.households,
                "people": counts.people,
                "buildings": counts.buildings,
            }
        )
    names = ["block_id", "community", "former", "code", "households", "people", "buildings"]
    return pd.DataFrame(rows, columns=names)


# ── in ──


def _imports(desk: Desk, now: Look) -> None:
    st.html(tables.heading(t("workbench.files.in"), level=3) + tables.paragraph(t("workbench.files.in_about")))
    closed = workbench_desk.closed(now)
    if closed:
        st.html(tables.paragraph(closed, "ll-note-text"))
        return
    split = st.checkbox(t("workbench.files.split"), key="workbench_split")
    given = st.file_uploader(t("workbench.files.choose"), type=KINDS, key="workbench_upload")
    if given is None or workbench_uploads.told_taken(desk, "workbench", now.head):
        return
    key = (given.file_id, desk.draft, now.head, split)
    read: Read = workbench_uploads.once(
        "workbench_read", key, lambda: read_file(given.name, given.getvalue(), now, split=split)
    )
    st.html(found(now.plan, read.imported))
    step = as_one(read.imported) if read.imported.operations else None
    workbench_uploads.offer(desk, "workbench", step, read.head, t("workbench.files.why", name=read.name))


def read_file(name: str, content: bytes, now: Look, *, split: bool) -> Read:
    """What an edited layer asks for. Raises TableError or MissingCrsError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        layer = read_edited(path)
    return Read(name, now.head, edited(now.plan, layer, names=present_names(now.plan, layer), split=split))


def present_names(plan: Plan, layer: gpd.GeoDataFrame) -> dict[str, str]:
    """Code -> name that stands now, of the codes of a layer; one that is told in either language is no new name."""
    found = {}
    for code, name in zip(layer["code"], layer["name"], strict=True):
        if code and plan.members(code):
            pair = plan.names.get(code) or workbench_base.names().get(code) or ("", "")
            found[code] = name if name in pair else pair[0] or said.hood_name(plan, code)
    return found


def found(plan: Plan, imported: Imported) -> str:
    """What a layer asks of a plan: what is taken as it is, what is mended, and what cannot be."""
    lead = t(
        "workbench.files.found",
        matched=said.blocks_words(imported.matched),
        operations=said.steps_words(len(imported.operations)),
    )
    return tables.paragraph(lead) + findings_table(plan, imported)


def findings_table(plan: Plan, imported: Imported) -> str:
    """The first blocks that are not simply taken as drawn, "" where all are."""
    rows = tables.rows_of(imported.findings.head(MOST_FINDINGS))
    columns = [
        tables.Column(t("workbench.files.kind"), lambda r: t(f"workbench.files.kinds.{r['kind']}")),
        tables.Column(t("workbench.files.block"), lambda r: str(r["block"]) if r["block"] >= 0 else NOTHING),
        tables.Column(
            t("level.neighbourhood"),
            lambda r: escape(said.listed(said.hood_name(plan, code) for code in r["codes"] if code)),
        ),
    ]
    return tables.table([tables.Group("", rows)], columns, t("workbench.files.findings")) if rows else ""


def as_one(imported: Imported) -> Operation:
    """All that a file asks for as one step of a draft."""
    singles = [s for each in imported.operations for s in (each.steps if isinstance(each, Batch) else (each,))]
    return Batch(tuple(singles), "import") if len(singles) > 1 else singles[0]
