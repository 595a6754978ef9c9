"""Opening a community in the workbench: from the map, from a list, by its name; and neighbouring ones beside it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from geo.layers import MapState
from pages.parts import bounds, data, edition, map_view, state, tables, trends, workbench_base
from pages.parts.scene import footer
from pages.parts.state import View
from pages.parts.words import area_name, lang, number, t

MAP_HEIGHT = 560
MOST_OPEN = 6
MOST_LINES = 3
MOST_ROWS = 40
LEAST_M = 50.0
"""Shorter stretches inside a neighbourhood are the ends of lines, and no boundary can follow them."""


def communities_of(view: View) -> tuple[str, ...]:
    """Communities the address opens: the area's own first, then those named in `with`; none above a community."""
    if view.area_level not in ("community", "neighbourhood"):
        return ()
    own = view.area[:12]
    known = workbench_base.base().communities
    others = [code for code in view.get("with").split(",") if code in known and code != own]
    return tuple(dict.fromkeys([own, *others]))[:MOST_OPEN] if own in known else ()


def chooser(view: View) -> None:
    """Map, list and search of the communities inside the area in view."""
    inside = data.children(view.area, "community")
    crossed = edition.severed(view.area)
    crossed = crossed[crossed[["river_m", "arterial_m"]].max(axis=1) >= LEAST_M]
    onwards = f'<a href="#severed">{escape(t("workbench.severed_link", count=number(len(crossed))))}</a>'
    text = f'<p class="ll-note-text">{escape(t("workbench.open_text"))} {onwards if len(crossed) else ""}</p>'
    st.html(tables.heading(t("workbench.open_title")) + text)
    names = {str(row["code"]): area_name(row) for _, row in inside.iterrows()}
    pinyin = dict(zip(inside["code"].astype(str), inside["pinyin"].astype(str), strict=True))
    st.selectbox(
        t("workbench.open_label"),
        list(names),
        index=None,
        format_func=lambda code: f"{names[code]} {pinyin[code]}",
        placeholder=t("workbench.open_placeholder"),
        key="workbench_open",
        on_change=state.follow,
        args=("area", "workbench_open"),
        width=340,
    )
    left, right = st.columns([60, 40], gap="medium")
    with left:
        given = MapState(
            level="community",
            lang="zh" if view.lang == "zh" else "en",
            theme=trends.theme_of(view),
            footer=footer(),
            focus=None if view.area == state.DISTRICT else view.area,
            layers=frozenset(view.layers),
            label_values=False,
        )
        map_view.show_map(given, key="workbench.map", height=MAP_HEIGHT, on_click=lambda code: state.go(area=code))
    with right, st.container(height=MAP_HEIGHT, border=False):
        st.html(community_list(view, inside))
    if len(crossed):
        st.html(severed_list(crossed))


def severed_list(crossed: pd.DataFrame) -> str:
    """Neighbourhoods that a river or arterial runs through, each a link that opens it: where a boundary may move to."""
    names = workbench_base.names()
    columns = [
        tables.Column(t("level.neighbourhood"), lambda r: tables.anchor(state.link(area=r["code"]), _name(r["code"]))),
        tables.Column(t("workbench.community"), lambda r: escape(_name(r["code"][:12]))),
        tables.Column(t("workbench.severed_by"), lambda r: escape(_lines(r))),
        tables.Column(t("workbench.severed_river"), lambda r: _metres(r["river_m"]), numeric=True),
        tables.Column(t("workbench.severed_arterial"), lambda r: _metres(r["arterial_m"]), numeric=True),
    ]
    known = crossed[crossed["code"].isin(names)]
    groups = []
    for kind in ("river_m", "arterial_m"):  # water first: nothing else parts neighbours as it does
        rows = known[known[kind] >= LEAST_M].sort_values(kind, ascending=False, kind="stable")
        known = known.drop(rows.index)
        if len(rows):
            groups.append(tables.Group(t(f"workbench.severed_{kind}"), tables.rows_of(rows.head(MOST_ROWS))))
    title = t("workbench.severed", count=number(len(crossed)))
    text = t("workbench.severed_text", least=number(LEAST_M), most=number(MOST_ROWS))
    about = tables.heading(title, "severed") + tables.paragraph(text, "ll-note-text")
    return about + tables.table(groups, columns, title)


def _name(code: str) -> str:
    return workbench_base.names()[code][lang() == "en"]


def _metres(metres: float) -> str:
    return number(round(metres)) if metres >= 1 else number(None)


def _lines(row: Mapping[str, Any]) -> str:
    """What runs through, by name or else by what it is, the longest first."""
    told = [data.line_name(name) if name else bounds.unnamed(kind) for kind, name in row["lines"]]
    return t("workbench.comma").join(told[:MOST_LINES])


def community_list(view: View, inside: pd.DataFrame) -> str:
    """The communities with their neighbourhoods, households, and how many are far off the rule."""
    hoods = edition.hoods(view.area)
    far = hoods.groupby(hoods["community"].astype(str))["off"].apply(lambda off: int((off.abs() > 0.20).sum()))
    rows = [{**row, "far": int(far.get(str(row["code"]), 0))} for row in tables.rows_of(inside)]
    columns = [
        tables.Column(t("workbench.community"), lambda r: tables.anchor(state.link(area=r["code"]), area_name(r))),
        tables.Column(t("workbench.hoods"), lambda r: number(r["neighbourhoods"]), numeric=True),
        tables.Column(t("workbench.homes"), lambda r: number(r["households"]), numeric=True),
        tables.Column(t("workbench.outside"), lambda r: escape(number(r["far"])), numeric=True),
    ]
    return tables.table([tables.Group("", rows)], columns, t("workbench.open_title"))


def beside(communities: tuple[str, ...]) -> list[str]:
    """Communities that touch one of those open, in order of code."""
    ground = workbench_base.base().plan.ground
    own = set(communities)
    near = {
        ground.community[rim.other]
        for code in communities
        for block in ground.members[code]
        for rim in ground.rims[block]
        if rim.other in ground.community
    }
    return sorted(near - own)
