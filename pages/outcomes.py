"""Outcomes: what residents and cadres say, how sure it is, and what goes together with it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from data.indicators import Indicator
from pages.parts import comparing, data, outcomes_board, state, tables, trends
from pages.parts import outcomes_findings as draw
from pages.parts.chart_card import Card, Question, drill_area
from pages.parts.charts_forms import Made
from pages.parts.controls import finer
from pages.parts.state import View
from pages.parts.theme_page import parts_of, theme_page
from pages.parts.themes import Theme
from pages.parts.words import area_name, lang, period_text, t
from queries.indicator_queries import indicator_by_area, indicator_by_code, indicator_years
from queries.indicators import peers
from queries.profile import measures_by_code

SHARES = ("satisfaction", "approval", "standardisation_approval")
SCORES = ("usefulness", "participation_score", "gain")
OUTCOMES = (*SHARES, *SCORES)
THEME = Theme(page="outcomes", indicators=OUTCOMES, figures=OUTCOMES, headline=("satisfaction",))
INPUT = "attendances_per_1000"
INPUT_THEMES = ("structure", "party", "services", "self_governance", "values", "information", "workforce")


def community(view: View) -> str:
    """The area answers are known for: the one in view, of a neighbourhood its community."""
    return str(data.area(view.area)["parent"]) if view.area_level == "neighbourhood" else view.area


def chosen(view: View) -> Indicator:
    """The outcome in view."""
    return data.indicators()[view.indicator if view.indicator in OUTCOMES else "satisfaction"]


def inputs() -> dict[str, Indicator]:
    """What an outcome may go together with: rates, shares and means known by community, outcomes apart."""
    return {
        name: each
        for name, each in data.indicators().items()
        if each.theme in INPUT_THEMES and each.kind != "count" and not finer("community", each.finest)
    }


def input_of(view: View) -> Indicator:
    """The input in view."""
    known = inputs()
    return known[view.get("input") if view.get("input") in known else INPUT]


def by_area(view: View, indicator: Indicator, level: str, area: str) -> Question:
    """An indicator over the areas of a level."""
    return Question(
        indicator_by_area, (indicator.numerator, indicator.denominator, level, area, *data.days(view.period))
    )


def spread(view: View, indicator: Indicator, area: str) -> Question:
    """How far the raters of each community differ: raters × their variance."""
    within = indicator.numerator.removesuffix("_sum") + "_within"
    return Question(indicator_by_area, (within, indicator.denominator, "community", area, *data.days(view.period)))


def strata(scores: pd.DataFrame, spreads: pd.DataFrame) -> pd.DataFrame:
    """Scores by community with the variance in each (column within)."""
    within = spreads.set_index("code")["numerator"]
    return scores.assign(within=scores["code"].map(within).to_numpy())


# ── how sure ──


def ask_summary(view: View) -> tuple[Question, ...]:
    """All six outcomes of the area, and the scores of its communities."""
    every = [data.indicators()[name] for name in OUTCOMES]
    measures = sorted({measure for each in every for measure in each.measures})
    whole = Question(measures_by_code, (measures, [community(view)], *data.days(view.period)))
    scores = [data.indicators()[name] for name in SCORES]
    groups = (by_area(view, each, "community", community(view)) for each in scores)
    return (whole, *groups, *(spread(view, each, community(view)) for each in scores))


def summary(view: View, whole: pd.DataFrame, *rows: pd.DataFrame) -> Made | None:
    """The six outcomes with their intervals."""
    values = whole.set_index("measure")["value"]
    scores, spreads = rows[: len(SCORES)], rows[len(SCORES) :]
    groups = {name: strata(*pair) for name, *pair in zip(SCORES, scores, spreads, strict=True)}
    found = {name: draw.estimate(data.indicators()[name], values, groups.get(name)) for name in OUTCOMES}
    return draw.summary(found, area_name(data.area(community(view))), period_text(view.period), trends.theme_of(view))


def ask_places(view: View) -> tuple[Question, ...]:
    """The chosen outcome over the parts of the area, its communities, and the district."""
    indicator, parts = chosen(view), parts_of(view, "community")
    whole = Question(
        indicator_by_code,
        (indicator.numerator, indicator.denominator, [state.DISTRICT], *data.days(view.period)),
    )
    asked = (
        by_area(view, indicator, parts.level, parts.scope), by_area(view, indicator, "community", parts.scope), whole,
    )  # fmt: skip
    return asked if indicator.id in SHARES else (*asked, spread(view, indicator, parts.scope))


def places(
    view: View, rows: pd.DataFrame, communities: pd.DataFrame, whole: pd.DataFrame, *spreads: pd.DataFrame
) -> Made | None:
    """The chosen outcome by area with intervals, against the district."""
    communities = strata(communities, spreads[0]) if spreads else communities
    parts = parts_of(view, "community")
    return draw.places(chosen(view), rows, communities, whole, parts, view.period, trends.theme_of(view))


def ask_years(view: View) -> tuple[Question, ...]:
    """The chosen outcome year by year, of the area and the district."""
    indicator = chosen(view)
    codes = sorted({community(view), state.DISTRICT})
    return (Question(indicator_years, (indicator.numerator, indicator.denominator, codes)),)


def years(view: View, rows: pd.DataFrame) -> Made | None:
    """The chosen outcome over the years."""
    return draw.years(chosen(view), rows, community(view), trends.theme_of(view), trends.height_of(view))


# ── what goes together ──


def ask_relation(view: View) -> tuple[Question, ...]:
    """Input and outcome over all communities."""
    return tuple(by_area(view, each, "community", state.DISTRICT) for each in (input_of(view), chosen(view)))


def kinds(view: View) -> dict[str, str]:
    """Which communities stand out: the own one and those like it, or those of the area in view."""
    if view.area_level == "district":
        return {}
    code = community(view)
    if view.area_level in {"community", "neighbourhood"}:
        return {**dict.fromkeys(peers(data.areas(), code, comparing.PEERS), "alike"), code: "own"}
    return dict.fromkeys(data.children(code, "community")["code"], "own")


def relation(view: View, x: pd.DataFrame, y: pd.DataFrame) -> Made | None:
    """The scatter of input and outcome."""
    legend = {
        "own": area_name(data.area(community(view))),
        "alike": t("outcomes.alike", count=comparing.PEERS),
        "other": t("outcomes.others"),
    }
    return draw.relation(
        input_of(view), chosen(view), x, y, kinds(view), legend, trends.theme_of(view), trends.height_of(view) + 140
    )


def ask_inputs(view: View) -> tuple[Question, ...]:
    """All inputs and the outcome, over all communities."""
    every = [chosen(view), *inputs().values()]
    measures = sorted({measure for each in every for measure in each.measures})
    codes = sorted(data.children(state.DISTRICT, "community")["code"])
    return (Question(measures_by_code, (measures, codes, *data.days(view.period))),)


def strongest(view: View, rows: pd.DataFrame) -> Made | None:
    """Which inputs go together most with the outcome."""
    return draw.strongest(chosen(view), list(inputs().values()), rows, input_of(view).id, trends.theme_of(view))


def choose_input(key: str) -> None:
    """A bar leads to its scatter."""
    if key in inputs():
        state.go(input=key, rerun=True)


def below_the_map(view: View) -> None:
    """The board of the six, the caution, and the chooser of the input."""
    if view.area_level == "neighbourhood":
        st.html(tables.paragraph(t("outcomes.community_only", name=area_name(data.area(community(view))))))
    st.html(outcomes_board.board(view, community(view)))
    st.html(tables.heading(t("outcomes.how_sure"), "how_sure") + tables.paragraph(t("outcomes.caution")))
    known = inputs()
    ordered: Sequence[str] = sorted(known, key=lambda name: INPUT_THEMES.index(known[name].theme))
    st.selectbox(
        t("outcomes.input"),
        ordered,
        format_func=lambda name: f"{t(f'theme_of.{known[name].theme}')} · {known[name].words('name', lang())}",
        key=state.seed("input", input_of(view).id),
        on_change=state.follow,
        args=("input", "input"),
        width=420,
    )
    st.html(f'<p class="ll-note-text">{escape(t("outcomes.input_note"))}</p>')


CARDS = (
    Card("summary", ask_summary, summary, "outcomes.summary_text", "survey"),
    Card("years", ask_years, years, "outcomes.years_text", "survey"),
    Card("relation", ask_relation, relation, "outcomes.relation_text", "survey", drill=drill_area),
    Card("inputs", ask_inputs, strongest, "outcomes.inputs_text", "survey", drill=choose_input),
    Card("places", ask_places, places, "outcomes.places_text", "survey", drill=drill_area, wide=True),
)

if __name__ == "__main__":
    theme_page(THEME, CARDS, extra=below_the_map)
