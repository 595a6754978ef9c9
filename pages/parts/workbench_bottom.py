"""The line under the map: which draft on which edition, and who is at work."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from geo.store_records import Action, Draft, State
from pages.parts import planner, state, tables, workbench_base, workbench_desk, workbench_drafts, workbench_open
from pages.parts import workbench_words as said
from pages.parts.words import distinct, number, t
from pages.parts.workbench_desk import Desk, Look

NEW = ""
OPEN_STATES = (State.DRAFT, State.RETURNED, State.SUBMITTED)


def bottom(desk: Desk, now: Look) -> None:
    """Draft, edition compared with, neighbours to open, and who is at work."""
    with st.container(key="workbench_bottom", horizontal=True, vertical_alignment="bottom", gap="small"):
        _draft_chooser(desk)
        _neighbours(desk.communities)
        planner.picker()
        _submit(desk, now)
    edition = now.opened.draft.base if now.opened else workbench_base.base().edition
    onwards = _onwards(now)
    st.html(f'<p class="ll-note-text" role="status">{escape(standing(now, edition))} {onwards}</p>')


def _onwards(now: Look) -> str:
    """The way to where a draft is decided on, for who can do nothing more with it here."""
    if not workbench_desk.closed(now):
        return ""
    item = now.opened.draft.id if now.opened else None
    key = "workbench.to_editions" if item else "workbench.to_all_editions"
    return tables.anchor(state.link("editions", item=item, area=state.DISTRICT), t(key))


def standing(now: Look, edition: str) -> str:
    """What the draft is compared with, and that it is kept."""
    if now.opened is None:
        return t("workbench.standing_none", edition=edition)
    draft = now.opened.draft
    values = {
        "edition": edition,
        "state": t(f"workbench.state.{draft.state}"),
        "name": planner.shown_name(draft.by.name),
    }
    return t("workbench.standing", **values)


def _draft_chooser(desk: Desk) -> None:
    known = {
        draft.id: draft for draft in workbench_drafts.drafts() if draft.state in OPEN_STATES or draft.id == desk.draft
    }
    words = {NEW: t("workbench.draft_new"), **distinct({id: _words(draft) for id, draft in known.items()})}
    st.selectbox(
        t("workbench.draft"),
        list(words),
        format_func=words.__getitem__,
        key=state.seed("workbench_draft", desk.draft if desk.draft in known else NEW),
        on_change=_take_draft,
        width=380,
    )


def _words(draft: Draft) -> str:
    at = f"{workbench_drafts.local_time(draft.at):%H:%M}"
    return t("workbench.draft_words", name=draft.name, time=at, state=t(f"workbench.state.{draft.state}"))


def _take_draft() -> None:
    chosen: str | None = state.chosen("workbench_draft")
    state.go(draft=chosen or None)


def _neighbours(communities: tuple[str, ...]) -> None:
    """Other communities that touch those open, to be opened beside them.

    Not a list that drops down: that closes at the slightest scrolling of the page, and this stands at its lower edge.
    """
    open_ones = list(communities[1:])
    full = len(communities) >= workbench_open.MOST_OPEN
    with st.popover(t("workbench.add_open", count=number(len(open_ones))) if open_ones else t("workbench.add")):
        st.html(tables.paragraph(t("workbench.add_most" if full else "workbench.add_placeholder"), "ll-note-text"))
        st.pills(
            t("workbench.add"),
            open_ones if full else [*open_ones, *workbench_open.beside(communities)],
            selection_mode="multi",
            format_func=said.published_name,
            key=state.seed("workbench_with", open_ones),
            on_change=_take_neighbours,
            label_visibility="collapsed",
        )


def _take_neighbours() -> None:
    chosen: list[str] = state.chosen("workbench_with") or []
    given: dict[str, Any] = {"with": ",".join(chosen) or None}
    state.go(**given)


def _submit(desk: Desk, now: Look) -> None:
    """Hand the draft in with remarks; not before it holds something, and not by somebody who may not."""
    ready = bool(now.opened and now.opened.editable and now.opened.steps)
    user = planner.current_user()
    allowed = workbench_drafts.may(user, Action.SUBMIT)
    why = None if ready and allowed else t("workbench.submit_not_yet" if allowed else "workbench.submit_role")
    with st.popover(t("workbench.submit"), disabled=not (ready and allowed), help=why):
        if now.opened is None or not (ready and allowed):
            st.html(tables.paragraph(why or ""))
            return
        st.html(f'<p class="ll-text">{escape(said.steps_words(len(now.opened.steps)))}</p>')
        st.text_area(
            t("workbench.remarks"), key="workbench_remarks", max_chars=500, placeholder=t("workbench.remarks_example")
        )
        if state.recall("submit_missing", False):
            st.html(f'<p class="ll-worse" role="alert">{escape(t("workbench.remarks_missing"))}</p>')
        st.button(t("workbench.submit_now"), type="primary", on_click=_submit_now, args=(desk,), key="workbench_submit")


def _submit_now(desk: Desk) -> None:
    remarks = (state.chosen("workbench_remarks") or "").strip()
    state.keep("submit_missing", not remarks)
    if not remarks:
        return
    try:
        workbench_drafts.store().submit(desk.draft, planner.current_user(), remarks)
    except Exception as error:  # said where the planner pressed, as the guard of a page's part would
        workbench_desk.tell_error(desk, error)
        return
    desk.drop()
    desk.tell(t("workbench.submitted"))
