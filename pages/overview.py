"""Overview: how an area stands in one sentence, on the map, in a ranked list and over twelve months."""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.parts import comparing, controls, data, frame, map_view, state
from pages.parts.failures import guard, nothing
from pages.parts.figures import headline
from pages.parts.ranked import ranked, ranked_list, whole_frame
from pages.parts.scene import Scene, Shown, scene, shown
from pages.parts.state import View
from pages.parts.trend import trend
from pages.parts.words import period_text, t

MAP_HEIGHT = 600


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    view = frame.page("overview")
    with guard("overview controls"):
        choosers(view)
    with guard("overview sentence"):
        said = comparing.sentence(data.indicators()[view.indicator], view.area, view.period, view.compare, view.level)
        st.html(f'<p class="ll-lead" role="status">{escape(said.text)}</p>')
    with guard("overview figures"):
        st.html(headline(view))
    left, right = st.columns([63, 37], gap="medium")
    with left:
        map_place = st.container(key="map_place", height=MAP_HEIGHT, border=False)
    with right:
        list_place = st.container(key="list_place")
        with guard("overview trend"):
            trend(view, data.indicators()[view.indicator])
    drawn = None
    with map_place, guard("overview map values"):
        what = shown(view, data.indicators()[view.indicator])
        drawn = scene(view, data.indicators()[view.indicator], what)
    if drawn is not None:
        with list_place, guard("overview list"):
            ranking(view, drawn, what)
        with map_place, guard("overview map"):
            map_view.show_map(drawn.state, key="map", height=MAP_HEIGHT, on_click=drill)


def choosers(view: View) -> None:
    """What to look at: indicator, level, period, comparison; layers and the address to share."""
    known = data.indicators()
    months = data.measures()
    with st.container(key="choosers", horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.indicator(view, known)
        controls.level(view, known[view.indicator].finest)
        controls.period(view, months["first_month"].min(), months["last_month"].max())
        controls.comparison(view)
        controls.layers(view)
        controls.share(view)


def drill(code: str) -> None:
    """A click on the map: into the area; a neighbourhood opens its profile."""
    state.go("area" if state.level_of(code) == "neighbourhood" else None, area=code)


def ranking(view: View, drawn: Scene, what: Shown) -> None:
    """The ranked list; all of it as a table to sort when asked for."""
    indicator = data.indicators()[view.indicator]
    if drawn.values["value"].isna().all():
        nothing(t("ranked.nothing", period=period_text(view.period)), t("ranked.nothing_next"))
        return
    given = ranked(drawn.values, indicator, drawn.colours, what.level)
    if view.get("list") != "all":
        st.html(ranked_list(view, indicator, given))
        return
    table = whole_frame(indicator, given)
    st.html(f'<p class="ll-label"><a href="{escape(state.link(list=None))}">{escape(t("ranked.ends_only"))}</a></p>')
    st.dataframe(
        table,
        key="whole",
        height=400,
        hide_index=True,
        selection_mode="single-row",
        on_select=lambda: drill_row(list(table.index)),
        alt=t("ranked.whole"),
    )


def drill_row(codes: list[str]) -> None:
    """A row chosen in the whole table: into that area."""
    rows = state.chosen("whole")["selection"]["rows"]
    if rows:
        drill(codes[rows[0]])


main()
