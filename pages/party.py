"""Party organisation: the chain from district to key household, where it has gaps, posts, actions and volunteering."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from pages.parts import charts_party as made
from pages.parts import data, state, tables, trends
from pages.parts.chart_card import Card, Question, drill_area, drill_records
from pages.parts.charts_forms import Made
from pages.parts.failures import guard
from pages.parts.state import View
from pages.parts.theme_page import parts_of, theme_page
from pages.parts.themes import Theme
from pages.parts.words import area_name, enum, levels_name, number, t
from queries.indicator_queries import indicator_by_area
from queries.party_charts import party_actions, party_chain, party_posts, party_statements

THEME = Theme(
    page="party",
    indicators=(
        "branch_coverage", "party_committee_coverage", "party_branches", "stairwell_groups_per_branch",
        "key_households_per_1000", "members_with_post_share", "volunteer_hours_per_member",
        "assist_actions_per_neighbourhood", "cadre_volunteers", "officer_posts_filled_share", "three_in_one_share",
        "units_coinciding_share",
    ),
    figures=(
        "branch_coverage", "party_branches", "stairwell_groups_per_branch", "members_with_post_share",
        "volunteer_hours_per_member", "cadre_volunteers",
    ),
    headline=("branch_coverage",),
)  # fmt: skip
GAPS = 24  # gaps named on the page; the rest are behind the link to their records
HOURS = 25.0  # a member's yearly target, report section 2 (6)


def levels(view: View) -> list[str]:
    """Levels of the icicle: the area's own, and up to two inside it."""
    if view.area_level == "neighbourhood":
        return ["neighbourhood"]
    return [view.area_level, *state.levels_inside(view.area_level)[:2]]


def chain_questions(view: View) -> tuple[Question, ...]:
    """The chain of the area and of its parts."""
    end = data.days(view.period)[1]
    return tuple(Question(party_chain, (view.area, level, end)) for level in levels(view))


def chain(view: View, *rows: pd.DataFrame) -> Made:
    """The chain, down to the finest level whose boxes can still be told apart."""
    pairs = list(zip(levels(view), rows, strict=True))
    return made.chain(pairs, trends.theme_of(view))


def coverage(view: View, rows: pd.DataFrame) -> Made:
    """How far each level of the chain reaches."""
    return made.coverage(rows, trends.theme_of(view), empty())


def three_in_one(view: View, grids: pd.DataFrame, groups: pd.DataFrame, both: pd.DataFrame) -> Made | None:
    """Neighbourhoods that a grid, a residents' group or both coincide with, by area."""
    return made.three_in_one((grids, groups, both), names(both), trends.theme_of(view), empty())


def posts(view: View, rows: pd.DataFrame) -> Made | None:
    """Roles and forces by area."""
    place = area_name(data.area(parts_of(view).scope))
    return made.posts(rows, place, trends.theme_of(view), empty()) if len(rows) else None


def actions(view: View, rows: pd.DataFrame) -> Made | None:
    """The nine assist actions."""
    return made.actions(rows, trends.theme_of(view), empty()) if len(rows) else None


def indicator_question(view: View, numerator: str, denominator: str) -> tuple[Question, ...]:
    """An indicator's parts by area."""
    parts = parts_of(view)
    return (Question(indicator_by_area, (numerator, denominator, parts.level, parts.scope, *data.days(view.period))),)


def overlay_questions(view: View) -> tuple[Question, ...]:
    """Neighbourhoods with a grid of their own, with a residents' group of their own, with both."""
    measures = ("neighbourhoods_with_grid", "neighbourhoods_with_group", "neighbourhoods_three_in_one")
    return tuple(indicator_question(view, measure, "neighbourhoods_compared")[0] for measure in measures)


def hours(view: View, rows: pd.DataFrame) -> Made | None:
    """Volunteer hours a member, against the yearly target where the period is one year."""
    target = HOURS if len(view.period) == 4 else None
    return made.against_target(
        rows, names(rows), target, parts_of(view).mark, trends.theme_of(view), empty(), "hours", 1
    )


def claims(view: View, rows: pd.DataFrame) -> Made | None:
    """Members who have claimed a post."""
    return made.against_target(
        rows, names(rows), 100.0, parts_of(view).mark, trends.theme_of(view), empty(), "claims", 1, scale=100.0
    )


def names(rows: pd.DataFrame) -> dict[str, str]:
    """Area names by code."""
    areas = data.areas()
    return {str(code): made.place_name(areas.loc[code]) for code in rows["code"]}


def empty() -> str:
    """What a chart without values says."""
    return t("party.none")


def below_map(view: View) -> None:
    """Where organisations are missing, and where registers and boundaries disagree."""
    with guard("party gaps"):
        gaps(view)
    with guard("party statements"):
        statements(view)


def statements(view: View) -> None:
    """Grids and residents' groups whose register and whose boundary say different things, with the way to them."""
    rows = data.ask(party_statements, view.area)
    said = [_statement(row) for row in tables.rows_of(rows)]
    link = tables.anchor(state.link("records", table="three_in_one"), t("theme_page.records"), t("party.units_records"))
    if said:
        joined = t("party.semicolon").join(said)
        joined = joined[:1].upper() + joined[1:]
        st.html(f'<p class="ll-text">{escape(joined)}{escape(t("common.stop"))} {link}</p>')


def _statement(row: tables.Row) -> str:
    kind, apart = enum("kind", row["kind"]), row["only_stated"] + row["not_stated"]
    counts = {name: number(row[name]) for name in ("units", "coinciding", "only_stated", "not_stated")}
    said = t("party.statement_apart" if apart else "party.statement", kind=kind, **counts)
    if row["without_boundary"]:
        said += t("party.statement_missing", count=number(row["without_boundary"]))
    return said


def gaps(view: View) -> None:
    """Communities without a committee and neighbourhoods without a branch, as links that lead into each."""
    end = data.days(view.period)[1]
    st.html(tables.heading(t("party.gaps"), "gaps"))
    for level, column in (("community", "with_committee"), ("neighbourhood", "with_branch")):
        if view.area_level == "neighbourhood" and level == "community":
            continue
        rows = data.ask(party_chain, view.area, level, end)
        st.html(gap_list(rows[rows[column] == 0], level, column, len(rows)))


def gap_list(bare: pd.DataFrame, level: str, column: str, of: int) -> str:
    """How many areas lack it, and the first of them by name."""
    if of == 1:
        return tables.paragraph(t(f"party.one_{column}_{'no' if len(bare) else 'yes'}"))
    if bare.empty:
        return tables.paragraph(t(f"party.no_gap_{column}"))
    said = t(f"party.gap_{column}", count=levels_name(level, len(bare)), of=number(of))
    shown = bare.head(GAPS)
    links = t("party.between").join(
        tables.anchor(state.link(area=str(row["code"])), area_name(row)) for _, row in shown.iterrows()
    )
    more = t("party.gap_more", count=number(len(bare) - len(shown))) if len(bare) > len(shown) else ""
    return f'<p class="ll-text"><strong>{escape(said)}</strong> {links}{escape(more)}</p>'


def _part_questions(view: View) -> tuple[str, str]:
    parts = parts_of(view)
    return parts.scope, parts.level


CARDS: Sequence[Card] = (
    Card("chain", chain_questions, chain, "party.chain_text", "party_organisation", drill=drill_area, wide=True),
    Card(
        "coverage",
        lambda view: (Question(party_chain, (view.area, view.area_level, data.days(view.period)[1])),),
        coverage, "party.coverage_text", "party_organisation",
        shown=lambda view: view.area_level != "neighbourhood",
    ),
    Card(
        "actions", lambda view: (Question(party_actions, (view.area, *data.days(view.period))),), actions,
        "party.actions_text", "assist_action", drill=drill_records("assist_action", "action"),
    ),
    Card(
        "posts", lambda view: (Question(party_posts, _part_questions(view)),), posts, "party.posts_text",
        "officer_post", drill=drill_area, wide=True,
    ),
    Card(
        "hours", lambda view: indicator_question(view, "volunteer_hours", "party_members"), hours, "party.hours_text",
        "volunteering", drill=drill_area,
    ),
    Card(
        "claims", lambda view: indicator_question(view, "members_with_post", "party_members"), claims,
        "party.claims_text", "volunteering", drill=drill_area,
    ),
    Card("units", overlay_questions, three_in_one, "party.units_text", "three_in_one", drill=drill_area),
)  # fmt: skip


if __name__ == "__main__":
    theme_page(THEME, CARDS, below_map)
