"""The shared map with its ranked list: choosers above, map on the left, the same areas ranked on the right."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from data.indicators import Indicator
from pages.parts import controls, data, map_view, provenance, state, undelivered
from pages.parts.failures import guard, nothing
from pages.parts.ranked import ranked, ranked_list, whole_frame
from pages.parts.scene import Scene, Shown, scene, shown
from pages.parts.state import View
from pages.parts.words import period_text, t

MAP_HEIGHT = 556  # with header, sentence, figures and notes above it, the page fits 900 pixels


def choosers(view: View, known: dict[str, Indicator]) -> None:
    """What to look at: one of the indicators `known`, level, period, comparison; layers and the address to share."""
    months = data.measures()
    with st.container(key="choosers", horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.indicator(view, known)
        controls.level(view, known[view.indicator].finest)
        controls.period(view, months["first_month"].min(), months["last_month"].max())
        controls.comparison(view)
        controls.layers(view)
        controls.share(view)


def map_and_list(view: View, *, leaf: str | None, beside: Callable[[], None] | None = None) -> None:
    """Map and list of the view's indicator; a click leads into the area, a neighbourhood's to the page `leaf`.

    `leaf` None stays on the page; `beside` draws under the list.
    """

    def drill(code: str) -> None:
        state.go(leaf if state.level_of(code) == "neighbourhood" else None, area=code)

    left, right = st.columns([63, 37], gap="medium")
    with left:
        map_place = st.container(key="map_place", height=MAP_HEIGHT, border=False)
    with right:
        list_place = st.container(key="list_place")
        if beside is not None:
            beside()
    drawn = None
    with map_place, guard("map values"):
        what = shown(view, data.indicators()[view.indicator])
        drawn = scene(view, data.indicators()[view.indicator], what)
    if drawn is not None:
        with list_place, guard("ranked list"):
            _ranking(view, drawn, what, leaf, drill)
        with map_place, guard("map"):
            map_view.show_map(drawn.state, key="map", height=MAP_HEIGHT, on_click=drill)


def _ranking(view: View, drawn: Scene, what: Shown, leaf: str | None, drill: Callable[[str], None]) -> None:
    """The ranked list; all of it as a table to sort when asked for."""
    indicator = data.indicators()[view.indicator]
    if drawn.values["value"].isna().all():
        if drawn.values["withheld"].any():
            nothing(t("meaning.withheld_nothing", period=period_text(view.period)), t("meaning.withheld_nothing_next"))
            return
        undelivered.refuse(indicator.source, what.scope, view.period)
        nothing(t("ranked.nothing", period=period_text(view.period)), t("ranked.nothing_next"))
        return
    given = ranked(drawn.values, indicator, drawn.colours, what.level)
    if view.get("list") != "all":
        source = provenance.detail(indicator, view.area, view.period)
        st.html(ranked_list(view, indicator, given, leaf) + source)
        return
    table = whole_frame(indicator, given)
    codes = list(table.index)

    def drill_row() -> None:
        if rows := state.chosen("whole")["selection"]["rows"]:
            drill(codes[rows[0]])

    st.html(f'<p class="ll-label"><a href="{escape(state.link(list=None))}">{escape(t("ranked.ends_only"))}</a></p>')
    st.dataframe(
        table,
        key="whole",
        height=400,
        hide_index=True,
        selection_mode="single-row",
        on_select=drill_row,
        alt=t("ranked.whole"),
    )
