"""Who else is at the draft, said above the map and asked for again every few seconds.

Its fragment stands beside the editor's and not within it: Streamlit blanks the page when a fragment that runs by the
clock meets the run of the fragment around it.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.parts import planner, state, workbench_drafts
from pages.parts import workbench_words as said
from pages.parts.failures import guard
from pages.parts.words import t
from pages.parts.workbench_desk import Desk

BEAT_SECONDS = 6


@st.fragment(run_every=BEAT_SECONDS)
def line() -> None:
    """One line, there before the draft is, so that the map keeps its place; a change by others runs the page again."""
    with guard("workbench presence"):
        found: Desk | None = state.recall("desk", None)
        words = t("workbench.present_alone")
        if found is not None and found.draft and found.draft == state.current_view().get("draft"):
            words = _beat(found) or words
        st.html(f'<p class="ll-note-text" role="status">{escape(words)}</p>')


def _beat(desk: Desk) -> str:
    """Say that this planner is here; returns who else is, "" for nobody."""
    store = workbench_drafts.store()
    others = store.beat(desk.draft, planner.client(), planner.current_user(), desk.communities[0])
    head = store.draft(desk.draft).head
    if head != desk.head:
        desk.head = head
        st.rerun()
    here = [
        t(
            "workbench.present",
            name=planner.shown_name(other.user.name),
            place=said.published_name(other.place),
            time=f"{workbench_drafts.local_time(other.since):%H:%M}",
        )
        for other in others
    ]
    return t("workbench.present_others", people=said.listed(here)) if here else ""
