"""Services: teams of 3+X, projects, money, organisations and points of service; who is served by none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from pages.parts import charts_services as draw
from pages.parts import data, state, tables, trends
from pages.parts.chart_card import Card, Question, drill_area, drill_records
from pages.parts.charts_forms import Made
from pages.parts.delivered import NotDelivered
from pages.parts.state import View
from pages.parts.theme_page import theme_page
from pages.parts.themes import Theme
from pages.parts.words import area_name, lang, number, period_text, short_name, t
from queries.glance import glance_teams
from queries.records import records_team_reach
from queries.services_charts import (
    services_brands,
    services_funds,
    services_micro_projects,
    services_organisations,
    services_points,
    services_projects,
    services_reach,
    services_team_shapes,
    services_ventures,
)

THEME = Theme(
    page="services",
    indicators=(
        "service_teams", "teams_per_10000", "teams_serving", "service_projects", "projects_per_1000",
        "door_to_door_share", "project_beneficiaries_per_1000", "micro_project_coverage", "micro_spent_share",
        "service_offices", "neighbourhoods_per_office", "reach_walking", "service_window_share",
        "social_organisations", "community_organisations_per_10000", "venture_beneficiaries_per_1000",
    ),
    figures=(
        "service_teams", "service_projects", "project_beneficiaries_per_1000", "service_offices", "reach_walking",
        "micro_spent_share",
    ),
    headline=("projects_per_1000", "service_projects"),
)  # fmt: skip
EVERY_TEAM = 100_000  # more rows of team_reach than one community can have
LISTED = 24  # neighbourhoods without a team that are named on the page


def until(view: View) -> date:
    """The last day of the period that the data cover."""
    return min(data.days(view.period)[1], data.data_until())


def nothing(view: View) -> str:
    """What an empty chart says."""
    return t("services.none", area=area_name(data.area(view.area)), period=period_text(view.period))


def narrow(view: View) -> bool:
    """Whether the area is so small that its neighbourhoods can be shown one by one."""
    return view.area_level in {"community", "neighbourhood"}


def community_of(view: View) -> str:
    """The community in view, or the one around the neighbourhood in view."""
    return view.area if view.area_level == "community" else str(data.area(view.area)["parent"])


def in_period(query: Callable[..., pd.DataFrame], view: View) -> Question:
    """A question over the area and the period in view."""
    return Question(query, (view.area, data.days(view.period)[0], until(view)))


def level_of_parts(view: View) -> str:
    """The level at which the area's parts are few enough for one chart."""
    return "subdistrict" if state.next_level(view.area_level) == "subdistrict" else "community"


def parts(view: View, rows: pd.DataFrame) -> tuple[str, dict[str, str]]:
    """The column of `rows` that names the part of the area, and the parts' names by code."""
    column, areas = level_of_parts(view), data.areas()
    return column, {str(code): short_name(areas.loc[code], column) for code in sorted(rows[column].unique())}


def kinds(view: View, rows: pd.DataFrame) -> Made:
    """Teams and projects by kind."""
    return draw.kinds(rows, area_name(data.area(view.area)), trends.theme_of(view), nothing(view))


def shapes(view: View, rows: pd.DataFrame) -> Made | None:
    """Teams by size and age."""
    return draw.shapes(rows, trends.theme_of(view), nothing(view)) if len(rows) else None


def unserved(view: View, rows: pd.DataFrame) -> Made:
    """Where neighbourhoods have no team."""
    column, names = parts(view, rows)
    return draw.unserved(rows, names, column, trends.theme_of(view), nothing(view))


def served(view: View, rows: pd.DataFrame, teams: pd.DataFrame) -> Made | None:
    """Which team serves which neighbourhood of the community."""
    name = area_name(data.area(community_of(view)))
    return draw.served(rows, teams, name, trends.theme_of(view), nothing(view)) if len(teams) else None


def projects(view: View, rows: pd.DataFrame) -> Made:
    """Projects month by month."""
    said = period_text(view.period)
    given = (rows, said, trends.theme_of(view), nothing(view), round(1.2 * trends.height_of(view)))
    return draw.projects(*given)


def funds(view: View, rows: pd.DataFrame, micro: pd.DataFrame) -> Made:
    """Spent of planned."""
    said = period_text(view.period)
    return draw.funds(rows, micro, said, trends.theme_of(view), nothing(view))


def organisations(view: View, rows: pd.DataFrame) -> Made | None:
    """Growth of the social organisations."""
    height = trends.height_of(view)
    return draw.organisations(rows, trends.theme_of(view), nothing(view), height) if len(rows) else None


def ventures(view: View, rows: pd.DataFrame) -> Made | None:
    """Venture philanthropy by year."""
    return draw.ventures(rows, trends.theme_of(view), nothing(view)) if len(rows) else None


def points(view: View, rows: pd.DataFrame) -> Made:
    """One centre, many points."""
    return draw.points(rows, trends.theme_of(view), nothing(view))


def brands(view: View, rows: pd.DataFrame) -> Made | None:
    """Named brands."""
    return draw.brands(rows, trends.theme_of(view), nothing(view)) if len(rows) else None


def follow_neighbourhood(key: str) -> None:
    """A cell team × neighbourhood leads to the neighbourhood."""
    drill_area(key.partition("|")[2])


def follow_fund(key: str) -> None:
    """A fund leads to its budgets, the micro-projects to themselves."""
    if key == "micro_project":
        state.go("records", rerun=True, table=key)
    else:
        drill_records("budget", "fund")(key)


def follow_year(key: str) -> None:
    """A year leads to the venture projects begun in it."""
    state.go("records", rerun=True, table="venture_project", period=key)


def known(questions: Callable[[View], tuple[Question, ...]]) -> Callable[[View], bool]:
    """Whether a card belongs on the page: always, but in one neighbourhood only if it has something to draw."""
    return lambda view: view.area_level != "neighbourhood" or any(_has_rows(each) for each in questions(view))


def _has_rows(question: Question) -> bool:
    """Whether there is an answer, be it that nothing was delivered."""
    try:
        return len(question.answer()) > 0
    except NotDelivered:
        return True


def shapes_of(view: View) -> tuple[Question, ...]:
    """Teams by size and age."""
    return (Question(services_team_shapes, (view.area, until(view))),)


def ventures_of(view: View) -> tuple[Question, ...]:
    """Venture philanthropy by year."""
    return (Question(services_ventures, (view.area, until(view))),)


def brands_of(view: View) -> tuple[Question, ...]:
    """Named brands."""
    return (in_period(services_brands, view),)


def reach_of(view: View) -> tuple[Question, ...]:
    """Teams by neighbourhood, in the area in view or the community around it."""
    area = community_of(view) if narrow(view) else view.area
    return (Question(services_reach, (area, until(view))),)


def teams_of(view: View) -> tuple[Question, ...]:
    """Neighbourhoods of the community, and its teams' reach."""
    area, end = community_of(view), until(view)
    reach = Question(records_team_reach, (area, data.days(view.period)[0], end, EVERY_TEAM))
    return (Question(services_reach, (area, end)), reach)


CARDS = (
    Card(
        "kinds", lambda view: (in_period(glance_teams, view),), kinds, "services.kinds_text", "service_team",
        drill=drill_records("service_team", "kind"),
    ),
    Card(
        "projects", lambda view: (in_period(services_projects, view),), projects, "services.projects_text",
        "service_project", drill=drill_records("service_project", "kind"),
    ),
    Card(
        "unserved", reach_of, unserved, "services.reach_text", "team_reach", drill=drill_area,
        shown=lambda view: not narrow(view),
    ),
    Card(
        "points", lambda view: (Question(services_points, (view.area, level_of_parts(view), until(view))),), points,
        "services.points_text", "service_office", drill=drill_area, shown=lambda view: not narrow(view),
    ),
    Card(
        "served", teams_of, served, "services.served_text", "team_reach", drill=follow_neighbourhood, shown=narrow,
        wide=True,
    ),
    Card("shapes", shapes_of, shapes, "services.shapes_text", "service_team", shown=known(shapes_of)),
    Card(
        "funds", lambda view: (in_period(services_funds, view), in_period(services_micro_projects, view)), funds,
        "services.funds_text", "budget", drill=follow_fund,
    ),
    Card(
        "organisations", lambda view: (Question(services_organisations, (view.area, until(view))),), organisations,
        "services.organisations_text", "social_organisation", shown=lambda view: view.area_level != "neighbourhood",
    ),
    Card(
        "ventures", ventures_of, ventures, "services.ventures_text", "venture_project", drill=follow_year,
        shown=known(ventures_of),
    ),
    Card(
        "brands", brands_of, brands, "services.brands_text", "service_team",
        drill=drill_records("service_team", "brand"), shown=known(brands_of),
    ),
)  # fmt: skip


def named(view: View) -> None:
    """The neighbourhoods no team serves, by name, the largest first."""
    rows = reach_of(view)[0].answer()
    bare = rows[rows["teams"] == 0].sort_values("households", ascending=False, kind="stable")
    if bare.empty:
        said = escape(t("services.unserved_none"))
    else:
        links = [
            tables.anchor(state.link(area=code), str(name))
            for code, name in zip(bare["code"].head(LISTED), bare[f"name_{lang()}"], strict=False)
        ]
        said = t("list.comma").join(links)
        if len(bare) > LISTED:
            said += escape(t("list.comma") + t("services.unserved_more", count=number(len(bare) - LISTED)))
    head = tables.heading(t("services.unserved"), "unserved", level=3)
    st.html(f'{head}<p class="ll-text ll-links">{said}</p>')


def main() -> None:
    """Draw the page."""
    theme_page(THEME, CARDS, extra=named)


if __name__ == "__main__":
    main()
