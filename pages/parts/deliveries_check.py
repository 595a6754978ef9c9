"""Files from offices on their way in: templates, checking what was dropped in, what was found, and keeping it."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from data.contract import load_contract
from data.imports import loads
from data.imports.examine import Examined, Options, examine
from data.imports.mappings import keep_mappings, read_mappings
from data.imports.places import Places, load_places
from data.imports.problems import FileRefused, Finding, ImportRefused
from data.imports.report import marked_copy, place
from data.imports.rules import rule_of
from data.imports.templates import write_templates
from data.manifest import data_root
from data.wording import column_label, table_label, text
from pages.parts import deliveries_changes, deliveries_map, downloads, planner, state, tables, work
from pages.parts.downloads import XLSX
from pages.parts.words import lang, number, t

EXAMINED = "deliveries_examined"
SHOWN = 200
"""Findings listed on the page; the marked copy holds them all."""
MOST_CONFIRMED = 20
SEVERITIES = ("error", "warning", "note")


# ── templates ──


def templates() -> None:
    """All templates in one file, or that of one table."""
    st.html(tables.paragraph(t("deliveries.templates_lead")))
    names = list(load_contract().records)
    chosen = st.selectbox(
        t("deliveries.table"), ["", *names], key="deliveries_template",
        format_func=lambda name: table_label(name, lang()) if name else t("deliveries.every_table", count=len(names)),
        width=420,
    )  # fmt: skip
    wanted = [chosen] if chosen else names
    named = downloads.file_name(t("app.name"), t("deliveries.templates"), table_label(chosen, lang()) if chosen else "")
    st.download_button(
        t("deliveries.download_templates"), lambda: templates_zip(wanted), f"{named}.zip", "application/zip",
        key="deliveries_templates", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def templates_zip(names: list[str]) -> bytes:
    """XLSX and CSV templates of these tables, zipped."""
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in write_templates(Path(folder), names, load_places(data_root())):
            packed.write(path, path.name)
    return out.getvalue()


# ── checking ──


def give() -> None:
    """Drop files in, check them, read what was found, and keep what is right."""
    st.html(tables.paragraph(t("deliveries.give_lead")))
    given = st.file_uploader(
        t("deliveries.files"), accept_multiple_files=True, key="deliveries_files", help=t("deliveries.files_help")
    )
    block, people = _choices()
    if st.button(t("deliveries.check"), type="primary", disabled=not given, key="deliveries_check_button"):
        state.keep(EXAMINED, (_mark(given), _examined(given, Options(None, people, block))))
    kept = state.recall(EXAMINED, None)
    if kept is None or not given or kept[0] != _mark(given):
        return
    found: Examined = kept[1]
    _tell(found)
    deliveries_map.layers(found)
    _marked_copies(found)
    _confirm(found, given)
    _keep(found)


def _choices() -> tuple[Any, Any]:
    blocking = {name: t(f"deliveries.block_{name}") for name in ("rows", "file")}
    identities = {name: t(f"deliveries.people_{name}") for name in ("refuse", "drop")}
    with st.container(horizontal=True, gap="large"):
        block = st.radio(
            t("deliveries.block"), ("rows", "file"), key="deliveries_block", horizontal=True,
            format_func=blocking.__getitem__,
        )  # fmt: skip
        people = st.radio(
            t("deliveries.people"), ("refuse", "drop"), key="deliveries_people", horizontal=True,
            format_func=identities.__getitem__,
        )  # fmt: skip
    return block, people


def _mark(given: Iterable[Any]) -> str:
    """Names these uploads, so that a report is never shown for others."""
    return hashlib.blake2b("|".join(sorted(f"{each.file_id}" for each in given)).encode(), digest_size=8).hexdigest()


def _examined(given: Iterable[Any], options: Options) -> Examined:
    """Check the uploads; they are on the disk for no longer than that."""
    bar = st.progress(0.0, t("deliveries.checking"))
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number_, upload in enumerate(given):
            path = Path(folder) / str(number_) / Path(upload.name).name
            path.parent.mkdir()
            path.write_bytes(upload.getvalue())
            paths.append(str(path))
        root = data_root()

        def heard(step: str, share: float) -> None:
            bar.progress(min(share, 1.0), f"{t('deliveries.checking')} {Path(step).name}")

        found = examine(paths, root, options, read_mappings(root), heard)
    bar.empty()
    return found


# ── what was found ──


def _tell(found: Examined) -> None:
    """Files, counts, and the findings, the worst first."""
    taken = found.taken()
    good = sum(int((~typed.bad).sum()) for typed in taken)
    counts = {
        severity: sum(each.count for each in found.findings if each.severity == severity) for severity in SEVERITIES
    }
    said = t(
        "deliveries.found", files=number(len(found.files)), blocked=number(len(found.untaken)), good=number(good),
        errors=number(counts["error"]), warnings=number(counts["warning"]),
    )  # fmt: skip
    st.html(f'<p class="ll-text" role="status"><strong>{escape(said)}</strong></p>')
    if found.people_found:
        st.html(tables.paragraph(text("import_report.people", lang(), count=number(found.people_found))))
    for refused in found.unread:
        st.html(_refusal(refused))
    rows = [
        {"file": typed.sheet.file, "sheet": typed.sheet.name, "table": table_label(typed.table.name, lang()),
         "rows": len(typed.rows), "good": int((~typed.bad).sum()), "taken": any(typed is each for each in taken)}
        for typed in found.sheets
    ]  # fmt: skip
    if rows:
        st.html(tables.table([tables.Group("", rows)], _sheet_columns(), t("deliveries.sheets")))
    st.html(deliveries_changes.told(found.changes))
    if found.findings or not found.unread:
        st.html(tables.heading(t("deliveries.findings"), level=3) + findings_table(found.findings))


def _refusal(refused: FileRefused) -> str:
    return (
        f'<div class="ll-failure" role="alert"><p>{escape(refused.sentence(lang()))}</p>'
        f"<p>{escape(refused.next_step(lang()))}</p></div>"
    )


def _sheet_columns() -> list[tables.Column]:
    return [
        tables.Column(t("deliveries.file"), lambda r: escape(str(r["file"]))),
        tables.Column(t("deliveries.sheet"), lambda r: escape(str(r["sheet"]))),
        tables.Column(t("deliveries.table"), lambda r: escape(str(r["table"]))),
        tables.Column(t("deliveries.rows"), lambda r: number(r["rows"]), numeric=True),
        tables.Column(t("deliveries.good"), lambda r: number(r["good"]), numeric=True),
        tables.Column(t("deliveries.taken"), lambda r: escape(t("deliveries.yes" if r["taken"] else "deliveries.no"))),
    ]


def findings_table(findings: list[Finding]) -> str:
    """Problems grouped by severity, each with its place, words and fix."""
    if not findings:
        return tables.paragraph(text("import_report.nothing", lang()))
    groups = [
        tables.Group(text(f"import_report.{severity}", lang()), [_finding_row(each) for each in some])
        for severity in SEVERITIES
        if (some := [each for each in findings[:SHOWN] if each.severity == severity])
    ]
    columns = [
        tables.Column(t("deliveries.place"), lambda r: escape(r["place"])),
        tables.Column(t("deliveries.what"), lambda r: escape(r["what"])),
        tables.Column(t("deliveries.fix"), lambda r: escape(r["fix"])),
        tables.Column(t("deliveries.count"), lambda r: number(r["count"]), numeric=True),
    ]
    more = tables.paragraph(t("deliveries.more", count=number(len(findings) - SHOWN))) if len(findings) > SHOWN else ""
    return tables.table(groups, columns, t("deliveries.findings"), wide=True) + more


def _finding_row(finding: Finding) -> dict[str, Any]:
    language = lang()
    fix = "" if finding.severity == "note" else finding.fix(language)
    return {"place": place(finding, language), "what": finding.what(language), "fix": fix, "count": finding.count}


def _marked_copies(found: Examined) -> None:
    """A copy of each readable file with every problem at its cell."""
    files = list(dict.fromkeys(typed.sheet.file for typed in found.sheets))
    language = lang()
    with st.container(horizontal=True, gap="small"):
        for each in files[:12]:
            st.download_button(
                t("deliveries.marked", file=each), partial(_marked, found, each, language),
                f"{Path(each).stem}-{t('deliveries.marked_name')}.xlsx", XLSX, key=f"deliveries_marked_{each}",
                on_click="ignore", type="tertiary", icon=":material/download:",
            )  # fmt: skip


def _marked(found: Examined, file: str, language: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marked.xlsx"
        marked_copy(found, file, path, language)
        return path.read_bytes()


# ── names of areas that were not known ──


def _confirm(found: Examined, given: Iterable[Any]) -> None:
    """Names that look like an area's or a column's: confirmed once, they are known from then on."""
    places = load_places(data_root())
    offered, headers = suggestions(found, places), header_suggestions(found)
    if not offered and not headers:
        return
    st.html(tables.heading(t("deliveries.confirm_title"), level=3))
    st.html(tables.paragraph(t("deliveries.confirm_lead")))
    agreed = [
        (name, code)
        for name, code in offered
        if st.checkbox(
            t("deliveries.confirm", name=name, area=places.name_of.get(code, code), code=code),
            key=f"deliveries_confirm_{name}_{code}",
        )
    ]
    columns = [
        (header, column)
        for header, table, column in headers
        if st.checkbox(
            t("deliveries.confirm_header", name=header, column=column_label(table, column, lang())),
            key=f"deliveries_header_{table}_{column}_{header}",
        )
    ]
    if st.button(t("deliveries.confirm_button"), disabled=not (agreed or columns), key="deliveries_confirm_button"):
        root, mappings = data_root(), read_mappings(data_root())
        for header, column in columns:
            mappings.remember_header(header, column)
        for name, code in agreed:
            mappings.remember_area(name, code, places.level_of)
        keep_mappings(root, mappings)
        state.keep(EXAMINED, (_mark(given), _examined(given, found.options)))
        st.rerun()


def header_suggestions(found: Examined) -> list[tuple[str, str, str]]:
    """Headers that nearly name a column that is missing: header, table, column."""
    near = [finding for finding in found.findings if finding.kind == "missing_column_near"]
    return list(dict.fromkeys((str(each.values["likely"]), each.table, each.column) for each in near))[:MOST_CONFIRMED]


def suggestions(found: Examined, places: Places) -> list[tuple[str, str]]:
    """Names that no area bears but one nearly does, with the code of the nearest."""
    pairs: dict[tuple[str, str], None] = {}
    for finding in found.findings:
        if finding.kind != "unknown_area_near":
            continue
        level = rule_of(load_contract().records[finding.table].columns[finding.column]).level
        for name in finding.shown:
            pairs |= dict.fromkeys((name, code) for code in places.nearest(name, level, most=1))
    return list(pairs)[:MOST_CONFIRMED]


# ── keeping ──


def _keep(found: Examined) -> None:
    """Keep what can be taken as a load; nothing is in force before it is applied."""
    if not found.taken():
        st.html(tables.paragraph(t("deliveries.nothing_taken")))
        return
    if not st.button(t("deliveries.keep"), type="primary", key="deliveries_keep"):
        return
    try:
        load = loads.stage(data_root(), found, planner.current_user().name)
    except ImportRefused as refused:
        work.tell_failure(f"{refused.sentence(lang())} {refused.next_step(lang())}")
        return
    state.keep(EXAMINED, None)
    st.html(
        f'<p role="status">{escape(t("deliveries.kept", load=load.id, rows=number(sum(load.tables.values()))))}</p>'
    )
