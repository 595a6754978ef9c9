"""Below the map, one part at a time: what follows from the draft, proposals, files, help."""

from __future__ import annotations

import streamlit as st

from pages.parts import (
    state,
    workbench_consequences,
    workbench_files,
    workbench_help,
    workbench_proposals,
)
from pages.parts.failures import guard
from pages.parts.words import t
from pages.parts.workbench_desk import Desk, Look

PARTS = {
    "consequences": workbench_consequences.part,
    "proposals": workbench_proposals.part,
    "files": workbench_files.part,
    "help": workbench_help.part,
}


def below(desk: Desk, now: Look) -> None:
    """The chosen part; only that one is worked out."""
    chosen: str = state.recall("workbench_part", "consequences")
    st.segmented_control(
        t("workbench.below"),
        list(PARTS),
        format_func=lambda name: t(f"workbench.part.{name}"),
        key=state.seed("workbench_part", chosen),
        on_change=_take_part,
        required=True,
        label_visibility="collapsed",
    )
    with guard(f"workbench {chosen}"):
        PARTS[chosen](desk, now)


def _take_part() -> None:
    state.keep("workbench_part", state.chosen("workbench_part"))
