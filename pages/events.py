"""Values and events: when, what, who and from where; covenants, places and groups; the best and least attended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from pages.parts import charts_events as draw
from pages.parts import charts_flow_map as flow_maps
from pages.parts import data, edition, state, tables, trends
from pages.parts.chart_card import Card, Question, drill_area, drill_records
from pages.parts.charts_forms import Made
from pages.parts.failures import nothing
from pages.parts.small_counts import hide
from pages.parts.state import View
from pages.parts.theme_page import theme_page
from pages.parts.themes import Theme
from pages.parts.words import area_name, enum, lang, level_name, number, period_text, short_name, t
from queries.events_charts import (
    events_brands,
    events_days,
    events_exchange,
    events_extremes,
    events_places,
    events_sizes,
    events_values,
)
from queries.glance import chart_attendance_age_sex, chart_attendance_flow, glance_events
from queries.suppression import threshold

THEME = Theme(
    page="events",
    indicators=(
        "attendances_per_1000", "resident_attendances_per_1000", "attendances", "events", "events_per_neighbourhood",
        "attendances_per_event", "first_time_share", "elderly_attendance_share", "visiting_share",
        "events_recorded_in_time_share", "gardens", "groups_per_10000", "culture_place_coverage", "covenant_share",
        "integrity_share", "model_neighbours_per_10000",
    ),
    figures=("attendances_per_1000", "events", "attendances", "first_time_share", "visiting_share", "integrity_share"),
    headline=("attendances_per_1000",),
)  # fmt: skip
EVERY_FLOW = 100_000  # more pairs of communities than there are
ENDS = 5  # events named at either end


def until(view: View) -> date:
    """The last day of the period that the data cover."""
    return min(data.days(view.period)[1], data.data_until())


def empty(view: View) -> str:
    """What an empty chart says."""
    return t("events.none", area=area_name(data.area(view.area)), period=period_text(view.period))


def in_period(query: Callable[..., pd.DataFrame], view: View) -> Question:
    """A question over the area and the period in view."""
    return Question(query, (view.area, data.days(view.period)[0], until(view)))


def narrow(view: View) -> bool:
    """Whether the area is one community or less: flows are kept between communities."""
    return view.area_level in {"community", "neighbourhood"}


def community_of(view: View) -> str:
    """The area in view, or the community around a neighbourhood: age, sex and home are kept by community."""
    return str(data.area(view.area)["parent"]) if view.area_level == "neighbourhood" else view.area


def level_of_parts(view: View) -> str:
    """The level between whose areas attendances are shown."""
    return "subdistrict" if state.next_level(view.area_level) == "subdistrict" else "community"


# ── the charts ──


def weeks(view: View, rows: pd.DataFrame) -> Made | None:
    """Week by week."""
    name, height = area_name(data.area(view.area)), round(1.2 * trends.height_of(view))
    return draw.weeks(rows, name, trends.theme_of(view), empty(view), height) if len(rows) else None


def kinds(view: View, rows: pd.DataFrame) -> Made | None:
    """By kind."""
    return draw.kinds(rows, trends.theme_of(view), empty(view)) if len(rows) else None


def brands(view: View, rows: pd.DataFrame) -> Made | None:
    """By brand."""
    return draw.brands(rows, trends.theme_of(view), empty(view)) if len(rows) else None


def sizes(view: View, rows: pd.DataFrame) -> Made | None:
    """By attendances of the single event."""
    return draw.sizes(rows, trends.theme_of(view), empty(view)) if len(rows) else None


def pyramid(view: View, rows: pd.DataFrame) -> Made | None:
    """By age and sex, small counts hidden."""
    whose = "" if view.area_level != "neighbourhood" else area_name(data.area(community_of(view)))
    return draw.pyramid(ages(rows), whose, threshold(), trends.theme_of(view), empty(view)) if len(rows) else None


def ages(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of chart_attendance_age_sex with `hidden`; of a small first-time part only that part is hidden."""
    told, k = hide(rows, "attendances", ("age_band", "sex")), threshold()
    if "withheld" in rows:
        return told
    first, rest = rows["first_time"], rows["attendances"] - rows["first_time"]
    small = ((first > 0) & (first < k)) | ((rest > 0) & (rest < k)) | told["hidden"]
    return told.assign(first_time=first.astype("Int64").mask(small))


def exchange(view: View, rows: pd.DataFrame) -> Made | None:
    """Between the area's parts and with elsewhere, small counts hidden."""
    if rows.empty:
        return None
    outside = rows.assign(host=rows["host"].fillna(draw.ELSEWHERE), home=rows["home"].fillna(draw.ELSEWHERE))
    told = hide(outside, "attendances", ("host", "home"))
    inside = data.children(view.area, level_of_parts(view))
    names = {str(row["code"]): short_name(row, level_of_parts(view)) for _, row in inside.iterrows()}
    hosted = data.measure_values(["attendances"], list(names), years(view)).set_index("code")["value"]
    level = level_name(level_of_parts(view))
    return draw.exchange(told, hosted, names, level, threshold(), trends.theme_of(view), empty(view))


def flow_map_of(view: View) -> tuple[Question, ...]:
    """Pairs of the area's parts; of a community, its pairs with all others."""
    if narrow(view):
        return flows_of(view)[:1]
    given = (view.area, level_of_parts(view), data.days(view.period)[0], until(view))
    return (Question(events_exchange, given),)


def flow_map(view: View, rows: pd.DataFrame) -> Made | None:
    """The same exchange as arcs over the areas; what may not be told is not drawn."""
    outside = rows.assign(host=rows["host"].fillna(draw.ELSEWHERE), home=rows["home"].fillna(draw.ELSEWHERE))
    told = hide(outside, "attendances", ("host", "home"))
    told = told[(told["host"] != draw.ELSEWHERE) & (told["home"] != draw.ELSEWHERE)].reset_index(drop=True)
    if told.empty or not len(told[told["host"] != told["home"]]):
        return None
    own, level = community_of(view), "community" if narrow(view) else level_of_parts(view)
    inside = data.areas().loc[codes_shown(view, told)]
    names = {str(code): short_name(row, level) for code, row in inside.iterrows()}
    ground = edition.outlines(level)
    if not narrow(view):
        ground = ground[ground.index.isin(names)]
    return flow_maps.flow_map(
        told, flow_maps.named_places(list(names), names, data.areas()), ground, level_name(level),
        own if narrow(view) else None, threshold(), trends.theme_of(view), empty(view),
    )  # fmt: skip


def codes_shown(view: View, told: pd.DataFrame) -> list[str]:
    """The places of the map: all parts of the area, or a community and those it exchanges most with."""
    if not narrow(view):
        return [str(code) for code in data.children(view.area, level_of_parts(view))["code"]]
    strongest = told.dropna(subset=["attendances"]).head(flow_maps.MOST)
    return sorted({community_of(view), *strongest["host"], *strongest["home"]})


def years(view: View) -> str:
    """The whole years the period touches, as a period."""
    start, end = data.days(view.period)
    return str(start.year) if start.year == end.year else f"{start.year}..{end.year}"


def flows(view: View, rows: pd.DataFrame, whole: pd.DataFrame) -> Made | None:
    """To and from the other communities, small counts hidden."""
    if rows.empty:
        return None
    code = community_of(view)
    own = whole.loc[(whole["host"] == code) & (whole["home"] == code), "attendances"]
    within = float(own.sum()) if own.notna().all() else None
    told = hide(rows, "attendances", ("host", "home"))
    name = area_name(data.area(code))
    return draw.flows(told, code, name, within, threshold(), trends.theme_of(view), empty(view))


def values(view: View, rows: pd.DataFrame) -> Made | None:
    """Covenants and integrity neighbourhoods."""
    return draw.values(rows, trends.theme_of(view), empty(view), trends.height_of(view)) if len(rows) else None


def places(view: View, rows: pd.DataFrame) -> Made | None:
    """Places for culture, groups, gardens."""
    neighbourhoods = max(1, int(data.area(view.area)["neighbourhoods"]))
    return draw.places(rows, neighbourhoods, trends.theme_of(view), empty(view)) if len(rows) else None


# ── where a click leads ──


def follow_week(key: str) -> None:
    """A week leads to the events of its month."""
    state.go("records", rerun=True, table="event_total", period=key)


def follow_place(key: str) -> None:
    """A kind of place leads to those places."""
    table, _, kind = key.partition("|")
    state.go("records", rerun=True, table=table, kind=kind)


def flows_of(view: View) -> tuple[Question, ...]:
    """Pairs of communities with the one in view, and the community as a whole."""
    given = (community_of(view), data.days(view.period)[0], until(view))
    return Question(chart_attendance_flow, (*given, EVERY_FLOW)), Question(
        events_exchange, (given[0], "community", *given[1:])
    )


CARDS = (
    Card(
        "weeks", lambda view: (in_period(events_days, view),), weeks, "events.weeks_text", "event_total",
        drill=follow_week, wide=True,
    ),
    Card(
        "kinds", lambda view: (in_period(glance_events, view),), kinds, "events.kinds_text", "event_total",
        drill=drill_records("event_total", "kind"),
    ),
    Card(
        "brands", lambda view: (in_period(events_brands, view),), brands, "events.brands_text", "event_total",
        drill=drill_records("event_total", "brand"),
    ),
    Card(
        "pyramid",
        lambda view: (
            Question(chart_attendance_age_sex, (community_of(view), data.days(view.period)[0], until(view))),
        ),
        pyramid, "events.pyramid_text", "event_total",
    ),
    Card("sizes", lambda view: (in_period(events_sizes, view),), sizes, "events.sizes_text", "event_total"),
    Card(
        "exchange",
        lambda view: (
            Question(events_exchange, (view.area, level_of_parts(view), data.days(view.period)[0], until(view))),
        ),
        exchange, "events.exchange_text", "event_total", drill=drill_area, shown=lambda view: not narrow(view),
    ),
    Card("flow_map", flow_map_of, flow_map, "events.flow_map_text", "event_total", drill=drill_area),
    Card("flows", flows_of, flows, "events.flows_text", "event_total", drill=drill_area, shown=narrow),
    Card(
        "places", lambda view: (Question(events_places, (view.area, until(view))),), places, "events.places_text",
        "culture_place", drill=follow_place,
    ),
    Card(
        "values", lambda view: (Question(events_values, (view.area, until(view))),), values, "events.values_text",
        "values_count",
    ),
)  # fmt: skip


# ── the two ends ──


def extremes(view: View) -> None:
    """The best and the least attended events, each with its record."""
    rows = Question(events_extremes, (view.area, data.days(view.period)[0], until(view), ENDS)).answer()
    if rows.empty:
        named = {"area": area_name(data.area(view.area)), "period": period_text(view.period)}
        nothing(t("events.extremes_none", **named), t("events.extremes_next"))
        return
    abreast = [st.container(), st.container()] if view.theme == "projector" else st.columns(2, gap="medium")
    for side, place in zip(("most", "least"), abreast, strict=True):
        title = t(f"events.extremes_{side}")
        found = tables.rows_of(rows[rows["side"] == side])
        with place:
            st.html(tables.heading(title, level=3) + tables.table([tables.Group("", found)], _columns(), title))
    st.html(tables.paragraph(t("events.extremes_text"), "ll-note-text"))


def _columns() -> list[tables.Column]:
    def named(row: tables.Row) -> str:
        return tables.anchor(
            state.link("records", table="event_total", area=row["neighbourhood"], record=row["event_id"]), row["name"]
        )

    return [
        tables.Column(t("events.event"), named),
        tables.Column(t("events.host"), _host),
        tables.Column(t("events.kind"), lambda row: escape(enum("kind", row["kind"]))),
        tables.Column(t("events.held_on"), lambda row: f"{row['held_on']:%Y-%m-%d}"),
        tables.Column(t("events.attendances"), lambda row: number(row["attendances"]), numeric=True),
    ]


def _host(row: tables.Row) -> str:
    return tables.anchor(state.link(area=row["neighbourhood"]), str(row[f"area_{lang()}"]))


def main() -> None:
    """Draw the page."""
    theme_page(THEME, CARDS, extra=extremes)


if __name__ == "__main__":
    main()
