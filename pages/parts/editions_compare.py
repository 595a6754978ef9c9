"""Any two editions or drafts beside each other: maps, what differs, who follows whom, quality, reports."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from geo.editions_compare import Comparison
from pages.parts import editions_base, editions_map, editions_quality, editions_reports, state, tables
from pages.parts.editions_base import Item, Side
from pages.parts.editions_list import title
from pages.parts.failures import guard, nothing
from pages.parts.state import View
from pages.parts.words import NOTHING, distinct, number, t

HOW = ("side", "swipe")
MOST_ROWS = 300


def compare(view: View, items: list[Item], item: Item) -> None:
    """Choose both sides, then see what is between them."""
    words = distinct({each.id: title(each) for each in items})
    first, last = ends(view, item, set(words))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for key, now in (("from", first), ("to", last)):
            st.selectbox(
                t(f"editions.compare_{key}"), list(words), format_func=words.__getitem__, width=320,
                key=state.seed(f"compare_{key}", now), on_change=state.follow, args=(key, f"compare_{key}"),
            )  # fmt: skip
        st.segmented_control(
            t("editions.how"), HOW, format_func=lambda name: t(f"editions.how_of.{name}"), required=True,
            key=state.seed("how", how(view)), on_change=state.follow, args=("how", "how"),
        )  # fmt: skip
    if first == last:
        nothing(t("editions.same_sides"), t("editions.same_sides_next"))
        return
    with st.spinner(t("editions.comparing")):
        before, after = editions_base.side(first), editions_base.side(last)
        found = editions_base.compared(before, after)
    draw(view, before, after, found)


def ends(view: View, item: Item, known: set[str]) -> tuple[str, str]:
    """The two sides that the address names, else an item and what it stands on."""
    base = item.edition.base if item.edition else item.draft.base if item.draft else None
    first = view.get("from") if view.get("from") in known else base or item.id
    return first, view.get("to") if view.get("to") in known else item.id


def how(view: View) -> str:
    """Whether the maps stand side by side or are swiped."""
    return view.get("how") if view.get("how") in HOW else HOW[0]


def draw(view: View, before: Side, after: Side, found: Comparison) -> None:
    """The finding, maps, tables and reports."""
    st.html(tables.paragraph(finding(before, after, found)))
    if found.neighbourhoods.empty:
        return
    codes = set(found.neighbourhoods["code"])
    with guard("editions maps"):
        editions_map.show(view, before, after, codes, how(view))
        st.html(tables.paragraph(t("editions.maps_text"), "ll-note-text"))
    with guard("editions reports"):
        editions_reports.offer(before, after, found)
    for name, table in (("changed", changed(found)), ("successors", successors(before, after, found))):
        heads = t(f"editions.{name}")
        st.html(tables.heading(heads, name, level=3) + plain_table(table.head(MOST_ROWS), heads))
    st.html(tables.heading(t("boundaries.rules"), "quality", level=3))
    sides = [(before.title, found.quality_before), (after.title, found.quality_after)]
    st.html(editions_quality.table(sides))


def finding(before: Side, after: Side, found: Comparison) -> str:
    """What is between two sides, in one sentence."""
    kinds = found.neighbourhoods["change"].value_counts()
    if not len(kinds):
        return t("editions.no_change", before=before.title, after=after.title)
    counts = {name: number(int(kinds.get(name, 0))) for name in ("changed", "new", "ended", "renamed")}
    households = number(int(found.neighbourhoods["gained"].sum()))
    return t("editions.finding", before=before.title, after=after.title, households=households, **counts)


def changed(found: Comparison) -> pd.DataFrame:
    """The neighbourhoods that differ, heads and values in the reader's language."""
    rows = [
        {
            t("editions.hood"): row["name_after"] or row["name_before"] or row["code"],
            t("editions.code"): row["code"],
            t("editions.kind"): t(f"editions.kind_of.{row['change']}"),
            t("editions.households_before"): row["households_before"],
            t("editions.households_after"): row["households_after"],
            t("editions.gained"): row["gained"],
            t("editions.lost"): row["lost"],
            t("editions.former_name"): row["name_before"] if row["name_before"] != row["name_after"] else "",
        }
        for row in tables.rows_of(found.neighbourhoods)
    ]
    return pd.DataFrame(rows)


def successors(before: Side, after: Side, found: Comparison) -> pd.DataFrame:
    """Who follows whom, by the households shared."""
    rows = [
        {
            t("editions.before"): before.name(row["before"]),
            t("editions.after"): after.name(row["after"]),
            t("editions.homes"): row["households"],
            t("editions.share"): round(100 * row["share"], 1),
            t("editions.ends"): t("common.yes" if row["ended"] else "common.no"),
        }
        for row in tables.rows_of(found.successors)
    ]
    return pd.DataFrame(rows)


def plain_table(frame: pd.DataFrame, caption: str) -> str:
    """A frame as a table of the page: numbers right-aligned, nothing as a dash."""
    columns = [_column(str(name), pd.api.types.is_numeric_dtype(frame[name])) for name in frame.columns]
    return tables.table([tables.Group("", tables.rows_of(frame))], columns, caption)


def _column(name: str, numeric: bool) -> tables.Column:
    def cell(row: tables.Row) -> str:
        value = row[name]
        if numeric:
            return number(value, 0 if float(value).is_integer() else 1)
        return escape(str(value) or NOTHING)

    return tables.Column(name, cell, numeric=numeric)
