"""Self-governance: harmony councils, their terms, posts and vacancies, the four bodies, and matters deliberated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd
import streamlit as st

from pages.parts import charts_self_governance as made
from pages.parts import data, state, tables, trends
from pages.parts.chart_card import Card, Question, drill_area, drill_records
from pages.parts.charts_forms import Made
from pages.parts.failures import guard
from pages.parts.state import View
from pages.parts.theme_page import parts_of, theme_page
from pages.parts.themes import Theme
from pages.parts.words import area_name, number, period_text, t
from queries.self_governance_charts import (
    self_governance_councils,
    self_governance_days,
    self_governance_functions,
    self_governance_matters,
    self_governance_structure,
    self_governance_terms,
)

THEME = Theme(
    page="self_governance",
    indicators=(
        "council_coverage", "councils_in_term_share", "charter_share", "council_seats_filled_share",
        "stairwell_heads_filled_share", "officer_posts_filled_share", "functions_carried_out_share",
        "information_function_share", "service_function_share", "self_governance_function_share",
        "matters_per_10000", "matters_solved_share",
        "days_to_settle", "parties_per_matter", "matters_deliberated", "reviews_resolved", "complete_structure_share",
    ),
    figures=(
        "council_coverage", "councils_in_term_share", "council_seats_filled_share", "functions_carried_out_share",
        "matters_deliberated", "matters_solved_share",
    ),
    headline=("council_coverage",),
)  # fmt: skip
NAMED = 24  # neighbourhoods named in a list; the rest are in the table of the chart
VACANCIES: tuple[tuple[str, Callable[[pd.DataFrame], pd.Series[bool]]], ...] = (
    ("no_council", lambda rows: rows["councils"] == 0),
    ("term_ended", lambda rows: (rows["councils"] > 0) & (rows["in_term"] == 0)),
    ("no_chair", lambda rows: (rows["councils"] > 0) & (rows["chair_filled"] < rows["chair_seats"])),
    ("no_officer", lambda rows: (rows["councils"] > 0) & (rows["officers"] == 0)),
)


def councils(view: View, rows: pd.DataFrame) -> Made | None:
    """What the councils have, by area."""
    place = area_name(data.area(parts_of(view).scope))
    return made.councils(rows, place, trends.theme_of(view), empty()) if len(rows) else None


def functions(view: View, rows: pd.DataFrame) -> Made | None:
    """The three basic functions, by area."""
    parts = parts_of(view)
    place, one = area_name(data.area(parts.scope)), parts.level == "neighbourhood"
    return made.functions(rows, place, one, trends.theme_of(view), empty()) if len(rows) else None


def carried_by(view: View, rows: pd.DataFrame) -> Made | None:
    """The posts that answer for them."""
    return made.carried_by(rows, trends.theme_of(view), empty()) if len(rows) else None


def terms(view: View, rows: pd.DataFrame) -> Made | None:
    """When the councils' terms run out."""
    return made.terms(rows, data.days(view.period)[1], trends.theme_of(view), empty()) if len(rows) else None


def structure(view: View, rows: pd.DataFrame) -> Made | None:
    """The four bodies of each community."""
    return made.structure(rows, trends.theme_of(view), empty()) if len(rows) else None


def topics(view: View, rows: pd.DataFrame) -> Made | None:
    """Matters by topic."""
    return made.topics(rows, period_text(view.period), trends.theme_of(view), empty()) if len(rows) else None


def outcomes(view: View, rows: pd.DataFrame) -> Made | None:
    """What came of the matters."""
    return made.outcomes(rows, trends.theme_of(view), empty()) if len(rows) else None


def days(view: View, rows: pd.DataFrame) -> Made | None:
    """How long it took to settle them."""
    return made.days(rows, trends.theme_of(view), empty()) if len(rows) else None


def empty() -> str:
    """What a chart without values says."""
    return t("self_governance.none")


def vacancies(view: View) -> None:
    """Where a council, a valid term, a chair or a neighbourhood officer is missing: posts, never persons."""
    st.html(tables.heading(t("self_governance.vacancies"), "vacancies"))
    said: list[str] = []
    for part in (_without_council, _without_function):
        with guard("self_governance vacancies"):
            said += part(view)
    listed = "".join(filter(None, said))
    if said:
        none = tables.paragraph(t("self_governance.no_vacancy"))
        st.html(f'<div class="ll-lists">{listed}</div>' if listed else none)


def _without_council(view: View) -> list[str]:
    rows = data.ask(self_governance_councils, view.area, "neighbourhood", data.days(view.period)[1])
    return [_vacancy(name, rows[missing(rows)], len(rows)) for name, missing in VACANCIES]


def _without_function(view: View) -> list[str]:
    duties = data.ask(self_governance_functions, view.area, "neighbourhood")
    undone = {name: duties[(duties["function"] == name) & (duties["carried_by"] == "none")] for name in made.FUNCTIONS}
    return [_vacancy(f"no_{name}", rows, duties["code"].nunique()) for name, rows in undone.items()]


def _vacancy(name: str, bare: pd.DataFrame, of: int) -> str:
    if bare.empty:
        return ""
    links = t("self_governance.between").join(
        tables.anchor(state.link(area=str(row["code"])), area_name(row)) for _, row in bare.head(NAMED).iterrows()
    )
    more = t("self_governance.more", count=number(len(bare) - NAMED)) if len(bare) > NAMED else ""
    said = t(f"self_governance.{name}", count=number(len(bare)), of=number(of))
    return f'<p class="ll-text"><strong>{escape(said)}</strong> {links}{escape(more)}</p>'


def _matters(view: View) -> tuple[Question, ...]:
    return (Question(self_governance_matters, (view.area, *data.days(view.period))),)


def _councils(view: View) -> tuple[Question, ...]:
    parts = parts_of(view)
    return (Question(self_governance_councils, (parts.scope, parts.level, data.days(view.period)[1])),)


def _structure(view: View) -> tuple[Question, ...]:
    parts = parts_of(view, "community")
    own = view.area_level in {"community", "neighbourhood"}
    return (Question(self_governance_structure, (str(parts.mark) if own else parts.scope, parts.level)),)


def _functions(view: View) -> tuple[Question, ...]:
    parts = parts_of(view)
    return (Question(self_governance_functions, (parts.scope, parts.level)),)


def _settled(view: View) -> tuple[Question, ...]:
    return (Question(self_governance_days, (view.area, *data.days(view.period))),)


def follow_outcome(key: str) -> None:
    """To the matters of the form and outcome of the cell clicked."""
    form, _, outcome = key.partition("|")
    state.go("records", rerun=True, table="deliberation", form=form, outcome=outcome)


def follow_function(key: str) -> None:
    """To the neighbourhoods whose function is carried out by the post of the cell clicked, or by none."""
    function, _, post = key.partition("|")
    chosen = {"carried_out": "false"} if post == "none" else {"carried_by": post}
    state.go("records", rerun=True, table="neighbourhood_function", function=function, **chosen)


def follow_form(key: str) -> None:
    """To the settled matters of the form of the cell clicked."""
    state.go("records", rerun=True, table="deliberation", form=key.partition("|")[0], dated_by="settled_on")


CARDS: Sequence[Card] = (
    Card("councils", _councils, councils, "self_governance.councils_text", "harmony_council", drill=drill_area,
         wide=True),
    Card("functions", _functions, functions, "self_governance.functions_text", "neighbourhood_function",
         drill=drill_area),
    Card(
        "carried_by",
        lambda view: (Question(self_governance_functions, (view.area, view.area_level)),), carried_by,
        "self_governance.carried_by_text", "neighbourhood_function", drill=follow_function,
    ),
    Card("topics", _matters, topics, "self_governance.topics_text", "deliberation",
         drill=drill_records("deliberation", "topic")),
    Card("outcomes", _matters, outcomes, "self_governance.outcomes_text", "deliberation", drill=follow_outcome),
    Card("days", _settled, days, "self_governance.days_text", "deliberation", {"dated_by": "settled_on"},
         drill=follow_form),
    Card(
        "terms", lambda view: (Question(self_governance_terms, (view.area, data.days(view.period)[1])),), terms,
        "self_governance.terms_text", "harmony_council", shown=lambda view: view.area_level != "neighbourhood",
    ),
    Card("structure", _structure, structure, "self_governance.structure_text", "community_structure"),
)  # fmt: skip


if __name__ == "__main__":
    theme_page(THEME, CARDS, vacancies)
