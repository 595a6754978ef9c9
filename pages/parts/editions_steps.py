"""The way of a draft through the bureau: what is done and what is open, every step with its papers, and new ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from geo.store_records import PROCEDURE, Action, State, Step, StepKind
from geo.store_workflow import REFERS, File
from pages.parts import downloads, editions_base, editions_decide, planner, state, tables, workbench_drafts
from pages.parts.words import NOTHING, number, t

PATH = (
    StepKind.COMMUNITY_PROPOSAL, StepKind.SUBDISTRICT_REVIEW, StepKind.SUBMITTED, StepKind.CONSULTATION,
    StepKind.PUBLIC_NOTICE, StepKind.APPROVED, StepKind.BUREAU_APPROVAL, StepKind.PUBLISHED, StepKind.FILING,
)  # fmt: skip
"""The usual way from a proposal to an edition on file."""

REACHED = {
    StepKind.SUBMITTED: {State.SUBMITTED, State.APPROVED, State.PUBLISHED},
    StepKind.APPROVED: {State.APPROVED, State.PUBLISHED},
    StepKind.PUBLISHED: {State.PUBLISHED},
}
"""Decisions and the states in which they hold: what was returned is open again."""

RECORDED = (*PROCEDURE, StepKind.OPINION, StepKind.ANSWER)
SPANS = (StepKind.CONSULTATION, StepKind.PUBLIC_NOTICE)
DOCUMENTED = (StepKind.SUBDISTRICT_REVIEW, StepKind.BUREAU_APPROVAL, StepKind.FILING)
SOURCES = ("residents", "community", "subdistrict", "department", "enterprise", "other")
FILE_TYPES = ["pdf", "docx", "doc", "wps", "xlsx", "xls", "et", "jpg", "jpeg", "png", "ofd", "zip"]
MEGABYTE = 2**20


def path(steps: Sequence[Step], standing: State) -> str:
    """The usual way as a list: each step with its day, or that it is open or optional."""
    parts = []
    for kind in PATH:
        found = _last(steps, kind, standing)
        words = f"{found.on:%Y-%m-%d}" if found else t("editions.open" if kind in REACHED else "editions.optional")
        mark = ' class="ll-done"' if found else ""
        parts.append(
            f"<li{mark}><strong>{escape(t(f'editions.step.{kind}'))}</strong><span>{escape(words)}</span></li>"
        )
    return f'<ol class="ll-path" aria-label="{escape(t("editions.path"))}">{"".join(parts)}</ol>'


def _last(steps: Sequence[Step], kind: StepKind, standing: State) -> Step | None:
    if kind in REACHED and standing not in REACHED[kind]:
        return None
    return next((step for step in reversed(steps) if step.kind is kind), None)


def table(steps: Sequence[Step]) -> str:
    """All decisions and steps, oldest first."""
    columns = [
        tables.Column(t("editions.on"), lambda r: f"{r['step'].on:%Y-%m-%d}"),
        tables.Column(t("editions.what"), lambda r: escape(_what(r["step"], steps))),
        tables.Column(t("editions.by"), lambda r: escape(_who(r["step"]))),
        tables.Column(t("editions.said"), lambda r: escape(r["step"].remarks or NOTHING)),
        tables.Column(t("editions.papers"), lambda r: escape(_papers(r["step"]))),
        tables.Column(t("editions.logged"), lambda r: f"{r['step'].at.astimezone():%Y-%m-%d %H:%M}"),
    ]
    rows: list[dict[str, Any]] = [{"step": step} for step in steps]
    return tables.table([tables.Group("", rows)], columns, t("editions.steps"), wide=True)


def _what(step: Step, steps: Sequence[Step]) -> str:
    words = t(f"editions.step.{step.kind}")
    if step.refers is not None:
        other = steps[step.refers - 1]
        words = t("editions.refers", what=words, step=t(f"editions.step.{other.kind}"), date=f"{other.on:%Y-%m-%d}")
    return words + (t("editions.alone_mark") if step.alone else "")


def _who(step: Step) -> str:
    name = planner.shown_name(step.user.name)
    role = t(f"planner.role.{step.user.role}")
    return name if name == role else t("editions.who", name=name, role=role)


def _papers(step: Step) -> str:
    parts = [
        t("editions.document_is", document=step.document) if step.document else "",
        t("editions.source_is", source=_source(step.source)) if step.source else "",
        t("editions.until_is", date=f"{step.until:%Y-%m-%d}") if step.until else "",
        t("editions.edition", id=step.edition) if step.edition else "",
        *(file.name for file in step.attachments),
    ]
    return t("editions.semicolon").join(part for part in parts if part) or NOTHING


def _source(source: str) -> str:
    return t(f"editions.source.{source}") if source in SOURCES else source


def attachments(draft: str, steps: Sequence[Step]) -> None:
    """The files kept with the steps, to be taken out again."""
    kept = editions_base.store()
    files = [(step, file) for step in steps for file in step.attachments]
    if not files:
        return
    st.html(tables.paragraph(t("editions.attachments"), "ll-label"))
    with st.container(horizontal=True, gap="small"):
        for step, file in files:
            size = number(file.size / MEGABYTE, 1) if file.size >= MEGABYTE / 10 else f"<{number(0.1, 1)}"
            st.download_button(
                t("editions.attachment", name=file.name, size=size),
                partial(kept.attachment, draft, step.seq, file.sha256), file.name, file.media_type or None,
                key=f"file-{step.seq}-{file.sha256[:12]}", on_click="ignore", type="tertiary",
                icon=":material/attach_file:",
            )  # fmt: skip


# ── a new step ──


def recording(draft: str, steps: Sequence[Step]) -> None:
    """Enter a step that took place: its kind, day, words and papers."""
    allowed = workbench_drafts.may(planner.current_user(), Action.RECORD)
    with st.expander(t("editions.record"), expanded=False):
        if not allowed:
            st.html(tables.paragraph(t("editions.needs.record"), "ll-note-text"))
            return
        kind = st.selectbox(
            t("editions.what"), _possible(steps), format_func=lambda k: t(f"editions.step.{k}"), key=f"kind-{draft}",
            width=280,
        )  # fmt: skip
        st.html(tables.paragraph(t(f"editions.about.{kind}"), "ll-note-text"))
        _form(draft, StepKind(kind), steps)


def _possible(steps: Sequence[Step]) -> list[StepKind]:
    """Kinds that can be entered now: an opinion needs a notice, an answer an opinion."""
    known = {step.kind for step in steps}
    return [kind for kind in RECORDED if kind not in REFERS or known.intersection(REFERS[kind])]


def _form(draft: str, kind: StepKind, steps: Sequence[Step]) -> None:
    mark = f"{kind}-{editions_decide.nonce()}"  # fields are a kind's own: what another form holds would not be sent
    with st.form(f"step-{mark}", border=False, enter_to_submit=False):
        st.date_input(
            t("editions.on"), "today", max_value="today", key=f"on-{mark}", format="YYYY-MM-DD", width=160
        )  # fmt: skip
        _fields(kind, steps, mark)
        st.text_area(
            t("editions.text" if kind in REFERS else "editions.said"), key=f"said-{mark}", height=80,
            max_chars=editions_decide.LONGEST,
        )  # fmt: skip
        st.file_uploader(
            t("editions.files"), FILE_TYPES, accept_multiple_files=True, key=f"files-{mark}",
            help=t("editions.files_help"), max_upload_size=20,
        )  # fmt: skip
        st.form_submit_button(t("editions.record_now"), type="primary", on_click=_record, args=(draft, kind, mark))
    editions_decide.failed("step")


def _record(draft: str, kind: StepKind, mark: str) -> None:
    """The step goes into the store, with what the form holds."""
    files = [
        File(each.name, each.type or "application/octet-stream", each.getvalue())
        for each in state.chosen(f"files-{mark}") or []
    ]
    words = {name: str(state.chosen(f"{name}-{mark}") or "") for name in ("said", "document", "source")}
    with editions_decide.attempt("step"):
        editions_base.store().add_step(
            draft, planner.current_user(), kind, state.chosen(f"on-{mark}"), words["said"],
            document=words["document"], source=words["source"], until=state.chosen(f"until-{mark}"),
            refers=state.chosen(f"refers-{mark}"), files=files, id=editions_decide.step_id(kind),
        )  # fmt: skip
        editions_decide.done(t("editions.recorded", step=t(f"editions.step.{kind}")))


def _fields(kind: StepKind, steps: Sequence[Step], mark: str) -> None:
    """What a kind of step has beside its day, words and files."""
    if kind in DOCUMENTED:
        key = "editions.document" if kind is StepKind.BUREAU_APPROVAL else "editions.document_optional"
        st.text_input(t(key), key=f"document-{mark}", max_chars=80, width=320)
    if kind is StepKind.OPINION:
        st.selectbox(t("editions.source_label"), SOURCES, format_func=_source, key=f"source-{mark}", width=320)
    if kind in SPANS:
        st.date_input(t("editions.until"), None, key=f"until-{mark}", format="YYYY-MM-DD", width=200)
    if kind in REFERS:
        words = {step.seq: _referred(step) for step in steps if step.kind in REFERS[kind]}
        st.selectbox(
            t(f"editions.refers_to.{kind}"), list(words), format_func=words.__getitem__, key=f"refers-{mark}",
            width=420,
        )  # fmt: skip


def _referred(step: Step) -> str:
    """A step told apart from others of its kind."""
    return t("editions.referred", seq=step.seq, step=t(f"editions.step.{step.kind}"), date=f"{step.on:%Y-%m-%d}")


def as_file(steps: Sequence[Step], name: str) -> None:
    """The steps as a table to take along."""

    def frame() -> pd.DataFrame:
        rows = [
            (f"{s.on:%Y-%m-%d}", _what(s, steps), _who(s), s.remarks, _papers(s), f"{s.at.astimezone():%Y-%m-%d %H:%M}")
            for s in steps
        ]
        keys = ("on", "what", "by", "said", "papers", "logged")
        return pd.DataFrame(rows, columns=[t(f"editions.{key}") for key in keys])

    table_now = frame()
    about = downloads.about(
        t("editions.steps"), definition=t("editions.steps_text"), source=t("editions.source_store"),
        period=state.current_view().period,
    )  # fmt: skip
    downloads.buttons(lambda: table_now, len(table_now), about, downloads.file_name(t("app.name"), name), "steps")
