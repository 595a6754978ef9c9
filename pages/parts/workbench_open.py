"""Opening a community in the workbench: from the map, from a list, by its name; and neighbouring ones beside it."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from geo.layers import MapState
from pages.parts import data, edition, map_view, state, tables, trends, workbench_base
from pages.parts.scene import footer
from pages.parts.state import View
from pages.parts.words import area_name, number, t

MAP_HEIGHT = 560
MOST_OPEN = 6


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
    st.html(tables.heading(t("workbench.open_title")) + tables.paragraph(t("workbench.open_text"), "ll-note-text"))
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
