"""Reach: which homes have a service office within a 500 m walk, and where the next offices would help most."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

import queries.indicator_queries
import queries.reach_charts
from data.indicators import Indicator
from geo.layers import Legend, MapState, Symbols
from geo.palettes import bivariate
from geo.siting import MOST_SITES
from pages.parts import (
    charts_reach,
    data,
    downloads,
    figures,
    frame,
    map_list,
    map_view,
    sites,
    state,
    tables,
    trends,
)
from pages.parts.chart_card import Card, Question, drill_area
from pages.parts.charts_forms import Made
from pages.parts.failures import guard
from pages.parts.scene import Shown, scene, shown
from pages.parts.sites import Proposal
from pages.parts.state import View
from pages.parts.theme_page import draw_cards, level_inside
from pages.parts.words import area_name, levels_name, number, period_text, t
from queries.bivariate import crossed
from queries.indicators import MISSING

INDICATORS = ("reach_walking", "reach_straight")
FIGURES = ("households", "service_offices", "reach_walking", "reach_straight", "neighbourhoods_per_office")
OVERLAYS = ("reach_walk", "reach_straight", "offices", "symbols")
DEFAULT_OVERLAYS = "offices"
RADII = ((20, 20), (200, 12))  # up to so many areas, circles of at most so many pixels
SMALL_RADIUS = 7


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    view = of_reach(frame.page("reach"))
    known = {name: data.indicators()[name] for name in INDICATORS}
    with guard("reach controls"):
        map_list.choosers(view, known)
    with guard("reach sentence"):
        st.html(f'<p class="ll-lead" role="status">{escape(sentence(view))}</p>')
    with guard("reach figures"):
        st.html(figures.headline(view, FIGURES))
    proposal = None
    stacked = view.theme == "projector"
    left, right = (st.container(), st.container()) if stacked else st.columns([63, 37], gap="medium")
    with right, guard("reach sites"):
        proposal = siting(view)
    with left:
        map_part(view.area, proposal)
    draw_cards(view, [card for card in CARDS if card.shown(view)])


def of_reach(view: View) -> View:
    """The view with an indicator of this page."""
    return view if view.indicator in INDICATORS else replace(view, indicator=INDICATORS[0])


def sentence(view: View) -> str:
    """How many of the area's households are within a walk, and how many only seem to be."""
    row = places(view.area, view.area_level, view).iloc[0]
    households = int(row["households"])
    share = {way: 100 * int(row[way]) / households if households else 0.0 for way in ("walk", "straight")}
    return t(
        "reach.sentence" if row["deceptive"] else "reach.sentence_plain",
        area=area_name(data.area(view.area)),
        period=period_text(view.period),
        households=number(households),
        walk=charts_reach.percent(share["walk"]),
        straight=charts_reach.percent(share["straight"]),
        deceptive=number(int(row["deceptive"])),
    )


def places(area: str, level: str, view: View) -> pd.DataFrame:
    """One row per area of `level` in `area`, with the offices open at the period's end."""
    return data.ask(queries.reach_charts.reach_places, area, level, data.days(view.period)[1])


# ── the map ──


@st.fragment
def map_part(area: str, proposal: Proposal | None) -> None:
    """The map with its own choosers: what they change runs and travels without the rest of the page."""
    with guard("reach map"):
        view = of_reach(state.current_view())
        if view.area != area:  # the map was clicked: another area, another page
            st.rerun()
        overlays(view)
        show_map(view, data.indicators()[view.indicator], proposal)


def overlays(view: View) -> None:
    """What lies over the colours, and whether the colours say one thing or two."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.pills(
            t("reach.overlays"),
            OVERLAYS,
            selection_mode="multi",
            format_func=lambda name: t(f"reach.overlay.{name}"),
            key=state.seed("over", list(chosen_overlays(view))),
            on_change=_follow_overlays,
        )
        st.segmented_control(
            t("reach.colours"),
            ("one", "two"),
            format_func=lambda name: t(f"reach.colours_{name}"),
            key=state.seed("colours", "two" if view.get("colours") == "two" else "one"),
            on_change=state.follow,
            args=("colours", "colours"),
            required=True,
        )


def chosen_overlays(view: View) -> tuple[str, ...]:
    """The overlays the address names."""
    asked = view.get("over", DEFAULT_OVERLAYS).split(",")
    return tuple(name for name in OVERLAYS if name in asked)


def _follow_overlays() -> None:
    state.go(over=",".join(state.chosen("over") or ()) or "none")


def show_map(view: View, indicator: Indicator, proposal: Proposal | None) -> None:
    """The share by area, or share and density at once, with the overlays chosen and the proposed sites."""
    drawn = _with_overlays(view, scene(view, indicator, shown(view, indicator)).state, proposal)
    map_view.show_map(drawn, key="reach.map", height=map_list.MAP_HEIGHT, on_click=lambda code: state.go(area=code))


def over_map(view: View, drawn: MapState) -> MapState:
    """The map of the indicator with all that the address lays over it, new offices too: for talks and files."""
    count = _asked_sites(view)
    proposal = sites.propose(view.area, count, data.days(view.period)[1], _unheard) if count else None
    return _with_overlays(view, drawn, proposal)


def _unheard(step: str, share: float) -> None:
    """Nobody watches how far a proposal is that a file waits for."""


def _with_overlays(view: View, drawn: MapState, proposal: Proposal | None) -> MapState:
    what = shown(view, data.indicators()[view.indicator])
    rows = places(what.scope, what.level, view).set_index("code")
    over = chosen_overlays(view)
    if view.get("colours") == "two":
        drawn = two_colours(view, drawn, rows)
    if {"reach_walk", "reach_straight"} & {*over}:  # on plain ground, where reach is clear in every theme
        drawn = replace(drawn, classes={}, colours=(), legend=Legend(t("reach.ground")))
    drawn = replace(
        drawn,
        layers=(drawn.layers - {"offices"}) | ({*over} - {"symbols"}),
        symbols=symbols(rows, what) if "symbols" in over else Symbols(),
        notes=notes(over, proposal),
    )
    if proposal is not None:
        points = [(row["lon"], row["lat"], str(row["order"])) for row in proposal.table.to_dict("records")]
        drawn = replace(drawn, sites=tuple(points), patches=proposal.ground)
    return drawn


def two_colours(view: View, drawn: MapState, rows: pd.DataFrame) -> MapState:
    """Thirds of the walking share crossed with thirds of the density."""
    share = 100 * rows["walk"] / rows["households"].where(rows["households"] > 0)
    found = crossed(share, rows["density"])
    steps = [t(f"reach.third_{k}") for k in ("low", "middle", "high")]
    entries: list[tuple[int, str]] = [
        (3 * y + x, t("reach.crossed", share=steps[x], density=steps[y])) for y in range(3) for x in range(3)
    ]
    return replace(
        drawn,
        classes={str(code): "missing" if k == MISSING else int(k) for code, k in found.index.items()},
        values={str(code): charts_reach.percent(value) for code, value in share.dropna().items()},
        colours=bivariate(trends.theme_of(view)),
        legend=Legend(t("reach.two"), "", tuple(entries), (t("reach.axis_share"), t("reach.axis_density"))),
    )


def symbols(rows: pd.DataFrame, what: Shown) -> Symbols:
    """Circles for the households without an office within a walk."""
    beyond = rows["beyond"].astype(float)
    most = float(beyond.max()) if len(beyond) else 0.0
    radius = next((size for count, size in RADII if len(rows) <= count), SMALL_RADIUS)
    steps = [value for value in (rounded(most / 4), rounded(most)) if 0 < value <= most]
    return Symbols(
        {str(code): value for code, value in beyond.items()},
        t("reach.symbols", levels=levels_name(what.level)),
        tuple((value, number(value)) for value in steps),
        radius,
    )


def rounded(value: float) -> float:
    """The next lower number with one leading digit: 4,321 becomes 4,000."""
    if value < 1:
        return 0.0
    power = 10.0 ** (len(str(int(value))) - 1)
    return float(int(value / power) * power)


def notes(over: tuple[str, ...], proposal: Proposal | None) -> tuple[tuple[str, str], ...]:
    """What the marks over the colours mean."""
    marks: list[str] = [name for name in ("reach_walk", "reach_straight", "offices") if name in over]
    if proposal is not None and proposal.found.chosen:
        marks += ["sites", "patches"]
    return tuple((name, t(f"reach.note.{name}")) for name in marks)


# ── where the next offices would help most ──


def siting(view: View) -> Proposal | None:
    """How many new offices to place, and what the best places would change."""
    st.html(tables.heading(t("reach.sites"), "sites") + tables.paragraph(t("reach.sites_text"), "ll-note-text"))
    count = _asked_sites(view)
    st.selectbox(
        t("reach.how_many"),
        range(MOST_SITES + 1),
        format_func=lambda n: t("reach.none_new") if n == 0 else t("reach.new", count=number(n)),
        key=state.seed("sites", count),
        on_change=state.follow,
        args=("sites", "sites"),
        width=220,
    )
    if not count:
        return None
    proposal = _with_progress(view, count)
    _before_after(view, proposal)
    return proposal


def _asked_sites(view: View) -> int:
    asked = view.get("sites")
    return int(asked) if asked.isdecimal() and int(asked) <= MOST_SITES else 0


def _with_progress(view: View, count: int) -> Proposal:
    bar = st.progress(0.0, t("reach.step.streets"))

    def progress(step: str, share: float) -> None:
        bar.progress(share, t(f"reach.step.{step}"))

    try:
        return sites.propose(view.area, count, data.days(view.period)[1], progress)
    finally:
        bar.empty()


def _before_after(view: View, proposal: Proposal) -> None:
    found = proposal.found
    values = {
        "area": area_name(data.area(view.area)), "count": number(len(found.chosen)),
        "before": charts_reach.percent(100 * proposal.before), "after": charts_reach.percent(100 * proposal.after),
        "gain": number(found.after - found.before),
    }  # fmt: skip
    st.html(tables.paragraph(t("reach.proposal" if found.chosen else "reach.proposal_none", **values)))
    how = t(f"reach.method.{found.method}", gap=charts_reach.percent(100 * found.gap))
    st.html(tables.paragraph(how, "ll-note-text"))
    if not found.chosen:
        return
    columns = [
        tables.Column(t("reach.order"), lambda r: number(r["order"])),
        tables.Column(t("column.neighbourhood"), lambda r: _linked(r["neighbourhood"])),
        tables.Column(t("reach.gain"), lambda r: number(r["gain"]), t("unit.households"), numeric=True),
        tables.Column(t("reach.share_after"), lambda r: charts_reach.percent(r["share"]), numeric=True),
    ]
    title = t("reach.sites")
    st.html(tables.table([tables.Group("", tables.rows_of(proposal.table))], columns, title))
    about = downloads.about(
        title, definition=t("reach.sites_text"), source=t("table.reach.name"), period=period_text(view.period)
    )
    file = downloads.file_name(t("app.name"), title, view.area, number(len(found.chosen)))
    downloads.buttons(lambda: proposal.table, len(proposal.table), about, file, "sites-files")


def _linked(code: str) -> str:
    return tables.anchor(state.link(area=code), area_name(data.area(code)))


# ── charts ──


def _series(view: View, name: str) -> Question:
    indicator = data.indicators()[name]
    first, last = data.span()
    asked = (indicator.numerator, indicator.denominator, [view.area], first, last)
    return Question(queries.indicator_queries.indicator_series, asked)


def _bands(view: View, rows: pd.DataFrame) -> Made:
    return charts_reach.bands(rows, area_name(data.area(view.area)), trends.theme_of(view), t("reach.nothing"))


def _places(view: View, rows: pd.DataFrame) -> Made:
    return charts_reach.places(rows, area_name(data.area(view.area)), trends.theme_of(view), t("reach.nothing"))


def _months(view: View, walk: pd.DataFrame, straight: pd.DataFrame) -> Made:
    name = area_name(data.area(view.area))
    return charts_reach.months(walk, straight, name, trends.theme_of(view), t("reach.nothing"))


CARDS = (
    Card(
        "reach_bands",
        lambda view: (Question(queries.reach_charts.reach_bands, (view.area,)),),
        _bands, "reach.bands_definition", "service_office",
    ),
    Card(
        "reach_months",
        lambda view: (_series(view, "reach_walking"), _series(view, "reach_straight")),
        _months, "reach.definition", "service_office",
    ),
    Card(
        "reach_places",
        lambda view: (
            Question(queries.reach_charts.reach_places, (view.area, level_inside(view), data.days(view.period)[1])),
        ),
        _places, "reach.definition", "service_office", drill=drill_area, wide=True,
        shown=lambda view: view.area_level != "neighbourhood",
    ),
)  # fmt: skip

if __name__ == "__main__":
    main()
