"""Compare: up to ten areas side by side, areas alike, change between two periods, two indicators at once."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.indicators import Indicator
from geo.layers import MapState
from pages.parts import compare_findings as draw
from pages.parts import (
    compare_maps,
    controls,
    data,
    downloads,
    frame,
    map_view,
    outcomes_findings,
    state,
    tables,
    trends,
)
from pages.parts.chart_card import Card, Question, chart_card, drill_area
from pages.parts.charts_forms import Made
from pages.parts.failures import guard
from pages.parts.map_list import MAP_HEIGHT
from pages.parts.profile import reaches, value_table, withheld_table
from pages.parts.scene import Shown, shown
from pages.parts.state import View
from pages.parts.theme_page import draw_cards
from pages.parts.words import area_name, lang, period_text, t
from queries.areas import areas as all_areas
from queries.indicator_queries import indicator_by_area, indicator_series, indicator_years
from queries.indicators import compare_period, peers
from queries.periods import Period

MOST_AREAS, MOST_INDICATORS, BESIDE = 10, 12, 5
INDICATORS = (
    "attendances_per_1000", "projects_per_1000", "teams_per_10000", "reach_walking", "matters_solved_share",
    "hours_to_close", "volunteer_hours_per_member", "satisfaction",
)  # fmt: skip
SECOND = "satisfaction"
MODES = ("change", "pair")


# ── what is compared ──


def codes(view: View) -> list[str]:
    """The areas compared: those of the address, else the one in view with the areas most like it.

    The district and the overlays have none alike: then it is their first subdistricts or communities.
    """
    given = [code for code in view.get("areas").split(",") if code in data.areas().index]
    if given:
        return given[:MOST_AREAS]
    if view.area_level in state.LEVELS:
        return [view.area, *peers(data.areas(), view.area, BESIDE)]
    return sorted(data.children(view.area, state.next_level(view.area_level))["code"])[: BESIDE + 1]


def chosen(view: View) -> list[Indicator]:
    """The indicators compared."""
    known = data.indicators()
    given = [name for name in view.get("figures").split(",") if name in known]
    return [known[name] for name in (given or INDICATORS)[:MOST_INDICATORS]]


def second(view: View) -> Indicator:
    """The other indicator of the map of two."""
    known = data.indicators()
    name = view.get("second")
    fallback = SECOND if view.indicator != SECOND else INDICATORS[0]
    return known[name if name in known and name != view.indicator else fallback]


def since(view: View) -> str:
    """The period the change is counted from: the address's, else a year before."""
    given = view.get("since")
    return given if given and state.is_period(given) else str(compare_period(Period.parse(view.period)))


def mode(view: View) -> str:
    """Which map: change or pair."""
    return view.get("map") if view.get("map") in MODES else MODES[0]


def first(view: View) -> Indicator:
    """The indicator of the map."""
    return data.indicators()[view.indicator]


def areas_shown(view: View) -> Shown:
    """The areas of the map; of two indicators at the level both are known at."""
    one, other = first(view), second(view)
    coarser = other if mode(view) == "pair" and controls.finer(one.finest, other.finest) else one
    return shown(view, coarser)


# ── choosers ──


def offered(view: View) -> list[str]:
    """Areas on offer: all down to communities, and the neighbourhoods of a community or neighbourhood in view."""
    every = data.areas()
    coarse = list(every.index[every["level"] != "neighbourhood"])
    if view.area_level not in {"community", "neighbourhood"}:
        return [*coarse, *(code for code in codes(view) if code not in coarse)]
    community = view.area if view.area_level == "community" else str(data.area(view.area)["parent"])
    inside = [*data.children(community, "neighbourhood")["code"], *codes(view)]
    return [*coarse, *dict.fromkeys(code for code in inside if code not in coarse)]


def choose(view: View) -> None:
    """Choosers of areas, indicators and period."""
    known = data.indicators()
    every = data.areas()
    st.multiselect(
        t("compare_page.areas", most=MOST_AREAS),
        offered(view),
        max_selections=MOST_AREAS,
        select_all=False,
        format_func=lambda code: area_name(every.loc[code]),
        key=state.seed(f"areas.{view.area}", codes(view)),  # a click during a turn must not bring the old areas along
        on_change=follow_list,
        args=("areas", f"areas.{view.area}"),
    )
    st.multiselect(
        t("compare_page.indicators", most=MOST_INDICATORS),
        list(known),
        max_selections=MOST_INDICATORS,
        select_all=False,
        format_func=lambda name: known[name].words("short", lang()),
        key=state.seed("figures", [each.id for each in chosen(view)]),
        on_change=follow_list,
        args=("figures", "figures"),
    )


def follow_list(name: str, key: str) -> None:
    """A list chosen goes into the address; none chosen brings back the default."""
    changes: dict[str, Any] = {name: ",".join(state.chosen(key) or []) or None}
    state.go(**changes)


def choose_map(view: View) -> None:
    """Choosers of the map: which of the two, its indicators, level and periods."""
    known = data.indicators()
    months = data.span()
    with st.container(key="choosers", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            t("compare_page.map"), MODES, format_func=lambda name: t(f"compare_page.map_{name}"),
            key=state.seed("map", mode(view)), on_change=state.follow, args=("map", "map"), required=True,
        )  # fmt: skip
        controls.indicator(view, known)
        if mode(view) == "pair":
            st.selectbox(
                t("compare_page.second"), [name for name in known if name != view.indicator],
                format_func=lambda name: known[name].words("name", lang()), key=state.seed("second", second(view).id),
                on_change=state.follow, args=("second", "second"), width=300,
            )  # fmt: skip
        else:
            choices = controls.periods(*months)
            st.selectbox(
                t("compare_page.since"), choices if since(view) in choices else [since(view), *choices],
                format_func=period_text, key=state.seed("since", since(view)), on_change=state.follow,
                args=("since", "since"), width=160,
            )  # fmt: skip
        controls.period(view, *months)
        controls.level(view, areas_shown(view).level if mode(view) == "pair" else first(view).finest)
        controls.layers(view)
        controls.share(view)


# ── side by side ──


def compared(view: View) -> pd.DataFrame:
    """One row per area compared, one column per indicator id; NaN where it does not reach that level."""
    known, shown_codes = chosen(view), codes(view)
    values = value_table(known, shown_codes, view.period)
    for each in known:
        for code in shown_codes:
            if not reaches(each, str(data.areas().at[code, "level"])):
                values.loc[code, each.id] = float("nan")
    return values


def withheld(view: View) -> pd.DataFrame:
    """Of the same rows and columns whether a value is missing because it would tell of few people."""
    return withheld_table(chosen(view), codes(view), view.period)


def scene_headline(view: View) -> str:
    """Who leads in most of the indicators."""
    return draw.sentence(chosen(view), compared(view), view.area, view.period)


def side_by_side(view: View) -> None:
    """The table of areas and indicators, with its sentence and files."""
    known, values, kept = chosen(view), compared(view), withheld(view)
    st.html(f'<p class="ll-lead" role="status">{escape(draw.sentence(known, values, view.area, view.period))}</p>')
    choose(view)
    st.html(draw.table(known, values, kept))
    file = downloads.file_name(t("app.name"), t("nav.compare"), view.period)
    about = downloads.about(
        t("compare_page.table"),
        definition=t("compare_page.table_text"),
        source=", ".join(sorted({t(f"table.{source}.name") for each in known for source in each.source})),
        period=period_text(view.period),
    )
    downloads.buttons(lambda: draw.exported(known, values, kept), len(known), about, file, "compare")


# ── cards ──


def ask_changes(view: View) -> tuple[Question, ...]:
    """The indicator in both periods."""
    what, indicator = areas_shown(view), first(view)
    return tuple(
        Question(
            indicator_by_area, (indicator.numerator, indicator.denominator, what.level, what.scope, *data.days(period))
        )
        for period in (since(view), view.period)
    )


def changed(view: View, before: pd.DataFrame, after: pd.DataFrame) -> Made | None:
    """Which areas changed most."""
    what = areas_shown(view)
    return draw.changes(first(view), before, after, what, (since(view), view.period), trends.theme_of(view))


def ask_pair(view: View) -> tuple[Question, ...]:
    """Both indicators over the areas of the map."""
    what = areas_shown(view)
    return tuple(
        Question(indicator_by_area, (each.numerator, each.denominator, what.level, what.scope, *data.days(view.period)))
        for each in (first(view), second(view))
    )


def pair(view: View, x: pd.DataFrame, y: pd.DataFrame) -> Made | None:
    """The scatter of both indicators."""
    what = areas_shown(view)
    kinds = {what.mark: "own"} if what.mark else dict.fromkeys(codes(view), "alike")
    own, compared, others = area_name(data.area(view.area)), t("compare_page.compared"), t("compare_page.others")
    legend = {"own": own, "alike": compared, "other": others}
    height = trends.height_of(view) + 220
    return outcomes_findings.relation(
        first(view), second(view), x, y, kinds, legend, trends.theme_of(view), height, what.level
    )


def ask_multiples(view: View) -> tuple[Question, ...]:
    """The indicator over time, of all areas compared."""
    indicator = first(view)
    given = (indicator.numerator, indicator.denominator, sorted(codes(view)))
    if yearly(indicator):
        return (Question(indicator_years, given),)
    return (Question(indicator_series, (*given, *data.span())),)


def yearly(indicator: Indicator) -> bool:
    """Whether it stands once a year."""
    return data.is_yearly(indicator)


def multiples(view: View, rows: pd.DataFrame) -> Made | None:
    """One panel an area, one scale."""
    return draw.multiples(first(view), rows, codes(view), view.area, trends.theme_of(view))


def ask_alike(view: View) -> tuple[Question, ...]:
    """All areas with what likeness goes by."""
    return (Question(all_areas, ()),)


def alike(view: View, rows: pd.DataFrame) -> Made | None:
    """The areas most like the one in view."""
    return draw.alike(rows, view.area, view.period, trends.theme_of(view))


def board(view: View) -> Made | None:
    """The table of areas and indicators as a board."""
    return draw.board(chosen(view), compared(view), withheld(view), period_text(view.period), trends.theme_of(view))


BOARD = Card("board", lambda view: (), board, "compare_page.table_text", "area")
CHANGE = Card("changes", ask_changes, changed, "compare_page.change_text", "area", drill=drill_area)
PAIR = Card("pair", ask_pair, pair, "compare_page.pair_text", "area", drill=drill_area)
CARDS = (
    Card("multiples", ask_multiples, multiples, "compare_page.multiples_text", "area", drill=drill_area),
    Card(
        "alike", ask_alike, alike, "compare_page.alike_text", "area", drill=drill_area,
        shown=lambda view: view.area_level in state.LEVELS,
    ),
)  # fmt: skip

SCENE_CARDS = (
    BOARD,
    replace(CHANGE, shown=lambda view: mode(view) == "change"),
    replace(PAIR, shown=lambda view: mode(view) == "pair"),
    *CARDS,
)
SCENE_CHARTS = ("board",)


def own_map(view: View) -> MapState:
    """The map of change or of two indicators."""
    what = areas_shown(view)
    if mode(view) == "pair":
        return compare_maps.pair_map(view, first(view), second(view), what)
    return compare_maps.change_map(view, first(view), what, since(view))


def the_map(view: View) -> None:
    """The map of change or of two indicators, and beside it the same as a chart."""
    left, right = st.columns([60, 40], gap="medium")
    with left, st.container(key="map_place", height=MAP_HEIGHT, border=False), guard("compare map"):
        map_view.show_map(own_map(view), key="map", height=MAP_HEIGHT, on_click=lambda code: state.go(area=code))
    with right:
        chart_card(PAIR if mode(view) == "pair" else CHANGE, view)


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    view = frame.page("compare")
    with guard("compare table"):
        side_by_side(view)
    st.html(tables.heading(t("compare_page.maps"), "maps"))
    with guard("compare choosers"):
        choose_map(view)
    with guard("compare maps"):
        the_map(view)
    draw_cards(view, [card for card in CARDS if card.shown(view)])


if __name__ == "__main__":
    main()
