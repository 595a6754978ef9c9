"""The workbench's own help: every verb with its key and what it does, and the keys that hold everywhere."""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.parts import tables, workbench_map
from pages.parts.words import t
from pages.parts.workbench_desk import Desk, Look

ANYWHERE = ("enter", "esc", "undo", "redo", "beside", "move", "space", "zoom", "home")


def part(desk: Desk, now: Look) -> None:
    """How one works here, in a few sentences and two tables."""
    st.html(
        tables.heading(t("workbench.help.title"), level=3) + "".join(tables.paragraph(text) for text in _sentences())
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.html(verbs())
    with right:
        st.html(keys())


def _sentences() -> list[str]:
    return [t(f"workbench.help.say.{name}") for name in ("step", "river", "reason", "saved", "guide")]


def verbs() -> str:
    """Each verb: its key, its name, what to do."""
    rows = [{"name": name} for name in workbench_map.VERBS]
    columns = [
        tables.Column(t("workbench.help.key"), lambda r: _kbd(workbench_map.KEYS[r["name"]].upper())),
        tables.Column(t("workbench.help.verb"), lambda r: escape(t(f"workbench.js.verb.{r['name']}"))),
        tables.Column(t("workbench.help.does"), lambda r: escape(_hint(r["name"]))),
    ]
    return tables.table([tables.Group("", rows)], columns, t("workbench.help.verbs"), wide=True)


def _hint(name: str) -> str:
    return t(f"workbench.js.verb_hint.{name}").replace("{name}", t("workbench.help.the_chosen"))


def _kbd(text: str) -> str:
    return f"<kbd>{escape(text)}</kbd>"


def keys() -> str:
    """Keys that hold whatever the verb."""
    rows = [{"name": name} for name in ANYWHERE]
    columns = [
        tables.Column(t("workbench.help.key"), lambda r: _kbd(t(f"workbench.help.keys.{r['name']}"))),
        tables.Column(t("workbench.help.does"), lambda r: escape(t(f"workbench.help.do.{r['name']}"))),
    ]
    return tables.table([tables.Group("", rows)], columns, t("workbench.help.anywhere"), wide=True)
