"""Loads and versions: what was delivered, what is in force, putting in force, taking back, the step to real records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from data.imports import applying, loads, versions
from data.imports.lineage import LISTED_AS
from data.imports.loads import Load, LoadedFile
from data.imports.problems import ImportRefused
from data.imports.versions import Event
from data.manifest import current_records, data_root, is_demonstration
from data.wording import table_label, text
from pages.parts import data, deliveries_changes, deliveries_check, deliveries_progress, planner, state, tables, work
from pages.parts.failures import nothing
from pages.parts.words import NOTHING, lang, moment_text, number, t
from queries.records import RECORD_TABLES

WORK = "deliveries_work"


def sentence() -> str:
    """What is in force and what waits."""
    root = data_root()
    known = list(loads.statuses(root, loads.all_loads(root)).values())
    nature = t("deliveries.nature_demonstration" if is_demonstration(root) else "deliveries.nature_real")
    counts = {"applied": number(known.count("applied")), "staged": number(known.count("staged"))}
    return t("deliveries.lead", nature=nature, version=current_records(root), **counts)


def loads_and_versions() -> None:
    """The loads with what can be done with each; the versions; and the step to real records."""
    if work.under_way(WORK, deliveries_progress.shown):
        return
    _tell_ended()
    root = data_root()
    versions.put_right(root)
    known = list(reversed(loads.all_loads(root)))
    stands = loads.statuses(root, known)
    st.html(tables.heading(t("deliveries.loads"), "loads"))
    if not known:
        nothing(t("deliveries.no_loads"), t("deliveries.no_loads_next"))
    else:
        st.html(
            tables.table(
                [tables.Group("", [_load_row(load, stands) for load in known])], _load_columns(), t("deliveries.loads")
            )
        )
        _act(known, stands)
    _versions(versions.history(root))
    _switch(ready="applied" in stands.values())


def _tell_ended() -> None:
    done = work.ended(WORK)
    if done is None:
        return
    if done.state == "failed":
        work.tell_failure(done.failure())
    else:
        _tell_outcome(done.outcome())
    work.forget(WORK)


def _tell_outcome(told: Mapping[str, Any]) -> None:
    st.html(f'<p role="status"><strong>{escape(t("deliveries.in_force", version=told["version"]))}</strong></p>')
    counts = [
        t("deliveries.counts", table=table_label(table, lang()), added=number(added), changed=number(changed))
        for table, (added, changed, _same) in told["counts"].items()
    ]
    counts += _withdrawn(told.get("withdrawn", {}))
    if counts:  # nothing is counted where a version was only restored
        st.html(tables.paragraph("　".join(counts)))
    st.html(_ways(told["counts"]))


def _ways(tables_: Iterable[str]) -> str:
    """Links to the records of the tables that changed, where they can be looked at."""
    links = [
        tables.anchor(state.link("records", table=shown), t("deliveries.see_records", table=table_label(name, lang())))
        for name in tables_
        if (shown := LISTED_AS.get(name, name)) in RECORD_TABLES
    ]
    return f"<p>{'　'.join(links)}</p>"


def _withdrawn(counted: Mapping[str, int]) -> list[str]:
    """What was taken back, table by table."""
    return [
        t("deliveries.withdrawn", table=table_label(table, lang()), count=number(count))
        for table, count in counted.items()
    ]


# ── loads ──


def _load_row(load: Load, stands: Mapping[str, str]) -> dict[str, Any]:
    return {
        "load": load.id, "when": load.when, "by": load.by, "status": stands[load.id],
        "files": load.files, "rows": dict(load.tables),
        "withdrawn": load.withdrawn,
    }  # fmt: skip


def _load_columns() -> list[tables.Column]:
    return [
        tables.Column(t("deliveries.load"), lambda r: escape(r["load"])),
        tables.Column(t("deliveries.status"), lambda r: escape(text(f"command.{r['status']}", lang()))),
        tables.Column(t("deliveries.when"), lambda r: escape(moment_text(r["when"]))),
        tables.Column(t("deliveries.by"), lambda r: escape(planner.shown_name(r["by"]))),
        tables.Column(t("deliveries.files_column"), lambda r: _files(r["files"])),
        tables.Column(t("deliveries.rows"), lambda r: _rows(r["rows"], r["withdrawn"])),
    ]


def _files(files: Sequence[LoadedFile]) -> str:
    """The names; a refused file says so, and why is told where the load is looked at."""
    refused = f' <span class="ll-worse">{escape(t("deliveries.not_taken"))}</span>'
    return "<br>".join(f"<span>{escape(each.file)}</span>{refused if each.refused else ''}" for each in files)


def _rows(rows: Mapping[str, int], withdrawn: Mapping[str, int]) -> str:
    told = [f"{table_label(name, lang())} {number(count)}" for name, count in rows.items() if count]
    return "<br>".join(map(escape, [*told, *_withdrawn(withdrawn)]))


def _act(known: list[Load], stands: Mapping[str, str]) -> None:
    """Choose a load; see what was found in it; put it in force, or remove it."""
    root = data_root()
    names = {load.id: f"{load.id} · {text(f'command.{stands[load.id]}', lang())}" for load in known}
    key = state.seed("deliveries.load", asked if (asked := state.current_view().get("load")) in names else known[0].id)
    chosen = st.selectbox(
        t("deliveries.choose"), list(names), format_func=names.__getitem__, key=key, width=320,
        on_change=state.follow, args=("load", key),
    )  # fmt: skip
    load = loads.read_load(root, chosen)
    st.html(files_table(load) + tables.heading(t("deliveries.findings"), level=3))
    st.html(deliveries_check.findings_table(loads.findings(root, load.id)))
    if stands[load.id] == "applied":
        return
    st.html(deliveries_changes.told(loads.changes_of(root, load.id)))
    waiting = loads.waiting(root, load.id)
    # without warnings a reason is still wanted where published figures will no longer be met
    asked = t("deliveries.reason", count=number(len(waiting))) if waiting else t("deliveries.reason_free")
    reason = st.text_input(asked, key="deliveries_reason", max_chars=200, placeholder=t("deliveries.reason_example"))
    with st.container(horizontal=True, gap="small"):
        if st.button(
            t("deliveries.apply"),
            type="primary",
            disabled=bool(waiting) and len(reason.strip()) < 2,
            key="deliveries_apply",
        ):
            work.start(
                WORK, t("deliveries.applying", load=load.id), "apply", load.id, "--accept", reason, "--by", _by()
            )
            st.rerun()
        if stands[load.id] == "staged":
            with st.popover(t("deliveries.discard"), key="deliveries_discard_ask"):
                st.html(tables.paragraph(t("deliveries.discard_about", load=load.id)))
                if st.button(t("deliveries.discard_sure"), key="deliveries_discard"):
                    _discard(load.id)


def files_table(load: Load) -> str:
    """Every file that came with a load: its digest, and the rows taken of it or why none was."""
    columns = [
        tables.Column(t("deliveries.file"), lambda r: escape(r["file"].file)),
        tables.Column(t("deliveries.size"), lambda r: escape(size_words(r["file"].size)), numeric=True),
        tables.Column("SHA-256", lambda r: digest(r["file"].sha256)),
        tables.Column(t("deliveries.rows"), lambda r: number(sum(r["file"].rows.values())), numeric=True),
    ]
    if any(each.refused for each in load.files):
        columns.append(tables.Column(t("deliveries.why_not_taken"), lambda r: _why_not(r["file"])))
    told = t("deliveries.files_of", load=load.id, by=planner.shown_name(load.by), when=moment_text(load.when))
    rows = [{"file": each} for each in load.files]
    return tables.heading(told, level=3) + tables.table([tables.Group("", rows)], columns, told, wide=True)


def digest(sha256: str) -> str:
    """The first signs of a digest; the whole on pointing at it."""
    return f'<code title="{escape(sha256)}">{escape(sha256[:12])}</code>' if sha256 else NOTHING


def size_words(size: int) -> str:
    """Bytes in the unit people use."""
    return f"{number(size / 2**20, 1)} MB" if size >= 2**20 else f"{number(max(size / 2**10, 0.1), 1)} KB"


def _why_not(file: LoadedFile) -> str:
    why = file.refusal
    return f"{escape(why.sentence(lang()))}<br>{escape(why.next_step(lang()))}" if why else ""


def _by() -> str:
    return planner.current_user().name


def _discard(load: str) -> None:
    try:
        loads.discard(data_root(), load)
    except ImportRefused as refused:
        work.tell_failure(f"{refused.sentence(lang())} {refused.next_step(lang())}")
        return
    st.rerun()


# ── versions ──


def _versions(events: list[Event]) -> None:
    """What was ever put in force, the newest first, with a way back and a comparison."""
    st.html(tables.heading(t("deliveries.versions"), "versions"))
    if not events:
        st.html(tables.paragraph(t("deliveries.no_versions")))
        return
    st.html(
        tables.table(
            [tables.Group("", [vars(each) for each in reversed(events)])], _event_columns(), t("deliveries.versions")
        )
    )
    present = current_records(data_root())
    names = list(
        dict.fromkeys([each.version for each in reversed(events)] + [each.former for each in reversed(events)])
    )
    others = [name for name in names if name != present]
    chosen = st.selectbox(t("deliveries.other_version", present=present), others, key="deliveries_version", width=320)
    if chosen is None:
        return
    _differences(present, chosen)
    reason = st.text_input(t("deliveries.why_back"), key="deliveries_why_back", max_chars=200)
    if st.button(
        t("deliveries.roll_back", version=chosen), disabled=len(reason.strip()) < 2, key="deliveries_roll_back"
    ):
        work.start(
            WORK, t("deliveries.rolling_back", version=chosen), "rollback", chosen, "--reason", reason, "--by", _by()
        )
        st.rerun()


def _event_columns() -> list[tables.Column]:
    return [
        tables.Column(t("deliveries.version"), lambda r: escape(r["version"])),
        tables.Column(t("deliveries.action"), lambda r: escape(text(f"command.{r['action']}", lang()))),
        tables.Column(t("deliveries.load"), lambda r: escape(r["load"])),
        tables.Column(t("deliveries.former"), lambda r: escape(r["former"])),
        tables.Column(t("deliveries.when"), lambda r: escape(moment_text(r["when"]))),
        tables.Column(t("deliveries.by"), lambda r: escape(planner.shown_name(r["by"]))),
        tables.Column(t("deliveries.why"), lambda r: escape(r["reason"])),
    ]


@st.cache_data(max_entries=50, show_spinner=False)
def _compared(root: Path, one: str, other: str, _built: str) -> dict[str, tuple[int, int, int]]:
    """What differs; versions never change once they are in force."""
    return applying.compare(root, one, other)


def _differences(present: str, other: str) -> None:
    found = _compared(data_root(), other, present, data.manifest().version)
    rows = [
        {"table": table_label(name, lang()), "added": added, "changed": changed, "removed": removed}
        for name, (added, changed, removed) in found.items()
    ]
    if not rows:
        st.html(tables.paragraph(t("deliveries.no_difference", one=other, other=present)))
        return
    columns = [
        tables.Column(t("deliveries.table"), lambda r: escape(r["table"])),
        *(deliveries_changes.count_column(name) for name in ("added", "changed", "removed")),
    ]
    told = t("deliveries.differences", one=other, other=present)
    st.html(tables.paragraph(told) + tables.table([tables.Group("", rows)], columns, told, narrow=True))


# ── from the demonstration to real records ──


def _leaving(counts: Mapping[str, int]) -> str:
    """Which rows of the demonstration would go, table by table, the most first."""
    rows = [
        {"table": table_label(name, lang()), "removed": count}
        for name, count in sorted(counts.items(), key=lambda each: -each[1])
    ]
    title = t("deliveries.leaving", count=number(sum(counts.values())), tables=number(len(counts)))
    columns = [
        tables.Column(t("deliveries.table"), lambda r: escape(r["table"])),
        deliveries_changes.count_column("removed"),
    ]
    listed = tables.table([tables.Group("", rows)], columns, title, narrow=True)
    return f"<details><summary>{escape(title)}</summary>{listed}</details>"


def _switch(*, ready: bool) -> None:
    """Remove every demonstration row, once some load is in force."""
    if not data.manifest().demonstration:
        return
    st.html(tables.heading(t("deliveries.switch_title"), "switch"))
    st.html(tables.paragraph(t("deliveries.switch_about")))
    if ready:
        st.html(_leaving(applying.demonstration_rows(data_root())))
    else:
        st.html(tables.paragraph(t("deliveries.switch_not_yet")))
    sure = st.checkbox(t("deliveries.switch_sure"), key="deliveries_sure", disabled=not ready)
    if st.button(t("deliveries.switch"), disabled=not (ready and sure), key="deliveries_switch"):
        work.start(WORK, t("deliveries.switching"), "switch-to-real", "--by", _by())
        st.rerun()
