"""Workforce: who the community social workers are, by post and as people are counted, and what they answer for."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas as pd
import streamlit as st

import queries.catalogue
import queries.workforce_charts as ask
from pages.parts import charts_workforce as draw
from pages.parts import data, state, tables, trends
from pages.parts.chart_card import Card, Question, drill_area
from pages.parts.charts_forms import Made
from pages.parts.charts_information import share
from pages.parts.reconciled import section
from pages.parts.state import View
from pages.parts.theme_page import theme_page
from pages.parts.themes import Theme
from pages.parts.words import area_name, compact, lang, number, period_text, t

THEME = Theme(
    page="workforce",
    indicators=(
        "workers_per_10000", "workers_posted_share", "workers_certified_share", "workers_exam", "workers",
        "households_per_worker", "cases_per_worker", "worker_mean_age", "workers_45_share", "workers_college_share",
        "workers_bachelor_share", "workers_party_share", "neighbourhoods_per_officer",
    ),
    figures=(
        "workers", "workers_posted_share", "workers_certified_share", "workers_exam", "households_per_worker",
        "cases_per_worker",
    ),
    headline=("workers_posted_share", "neighbourhoods_per_officer"),
)  # fmt: skip


def staffed(view: View) -> str:
    """The area whose workers are counted: the area itself, of a neighbourhood its community."""
    return str(data.area(view.area)["parent"]) if view.area_level == "neighbourhood" else view.area


def ended(view: View) -> date:
    """The period's last day, no later than the data."""
    return min(data.days(view.period)[1], data.data_until())


def none(view: View) -> str:
    """What a chart without counts says."""
    return t("workforce.none", area=area_name(data.area(staffed(view))), period=period_text(view.period))


# ── questions ──


def years(view: View) -> tuple[Question, ...]:
    """The staffing counts of all years."""
    return (Question(ask.workforce_years, (staffed(view), ended(view))),)


def communities(view: View) -> tuple[Question, ...]:
    """Workers and what they answer for, by community."""
    return (Question(ask.workforce_places, (staffed(view), "community", ended(view))),)


def beside(view: View) -> tuple[Question, ...]:
    """The same by the next level inside the area; of a community or finer those beside it."""
    own = staffed(view)
    holder = str(data.area(own)["parent"]) if state.level_of(own) == "community" else own
    return (Question(ask.workforce_places, (holder, state.next_level(state.level_of(holder)), ended(view))),)


# ── drawing ──


def posts(view: View, rows: pd.DataFrame) -> Made:
    """Four posts of three steps."""
    return draw.posts(rows, trends.theme_of(view), none(view))


def composition(view: View, rows: pd.DataFrame) -> Made:
    """Age, education, tenure, Party membership."""
    return draw.composition(rows, trends.theme_of(view), none(view))


def proofs(view: View, rows: pd.DataFrame) -> Made:
    """Certificate and examination by year."""
    target = data.indicators()["workers_certified_share"].target
    return draw.proofs(rows, target, trends.theme_of(view), none(view), trends.height_of(view))


def rules(view: View, rows: pd.DataFrame) -> Made:
    """The three posting rules against who is posted."""
    total = rows[["workers", "posted", "neighbourhoods"]].sum()
    return draw.rules(total, rows, trends.theme_of(view), none(view))


def teams(view: View, rows: pd.DataFrame) -> Made:
    """Workers of each community, against seven."""
    return draw.teams(rows, trends.theme_of(view), none(view))


def load(view: View, rows: pd.DataFrame) -> Made:
    """Households and cases per worker, place by place."""
    return draw.load(rows, staffed(view), trends.theme_of(view), none(view))


# ── drilling ──


def drill_level(key: str) -> None:
    """To the counts of one pay level (`A|1`)."""
    state.go("records", rerun=True, table="staffing", dimension="post_level", category=key.replace("|", ""))


def drill_part(key: str) -> None:
    """To the counts of one part of a dimension (`education|education|college`)."""
    dimension, _, rest = key.partition("|")
    category = rest.partition("|")[2]
    state.go("records", rerun=True, table="staffing", dimension=dimension, category=category)


def drill_posting(_: str) -> None:
    """To the workers posted to neighbourhoods."""
    state.go("records", rerun=True, table="staffing", dimension="posting", category="neighbourhood")


def drill_total(_: str) -> None:
    """To the number of workers of each community."""
    state.go("records", rerun=True, table="staffing", dimension="total")


CARDS = (
    Card("posts", years, posts, "workforce.posts_text", "staffing", {"dimension": "post_level"}, drill=drill_level),
    Card("composition", years, composition, "workforce.composition_text", "staffing",
         {"dimension": ",".join(draw.PARTS)}, drill=drill_part),
    Card("proofs", years, proofs, "workforce.proofs_text", "staffing", {"dimension": "certificate,examination"}),
    Card("rules", communities, rules, "workforce.rules_text", "staffing", {"dimension": "posting"},
         drill=drill_posting),
    Card("teams", communities, teams, "workforce.teams_text", "staffing", {"dimension": "total"}, drill=drill_total,
         shown=lambda view: state.level_of(staffed(view)) != "community"),
    Card("load", beside, load, "workforce.load_text", "staffing", {"dimension": "total"}, drill=drill_area),
)  # fmt: skip


# ── in words and below ──


def lead(view: View) -> None:
    """The workforce in one sentence, and how neighbourhoods share the posted workers."""
    said = _neighbourhood(view) if view.area_level == "neighbourhood" else _workers(view)
    st.html(tables.paragraph(said) + _promotions(view))


def _promotions(view: View) -> str:
    """How many were moved up a grade, with the way to the counts; nothing where nobody counted them."""
    rows = data.ask(ask.workforce_years, staffed(view), ended(view))
    promoted, total = draw.of(rows, "promoted", "yes"), draw.of(rows, "total", "all")
    if not promoted or not total:
        return ""
    said = t(
        "workforce.promoted", year=rows["year"].max(), area=area_name(data.area(staffed(view))),
        count=number(promoted), share=share(promoted, total),
    )  # fmt: skip
    link = tables.anchor(state.link("records", table="staffing", dimension="promoted"), t("theme_page.records"))
    return f'<p class="ll-note-text">{escape(said)} {link}</p>'


def _workers(view: View) -> str:
    name, end = area_name(data.area(view.area)), ended(view)
    rows = data.ask(ask.workforce_years, view.area, end)
    total = draw.of(rows, "total", "all")
    if not total:
        return t("workforce.lead_none", area=name)
    posted = draw.of(rows, "posting", "neighbourhood")
    shares = data.ask(ask.workforce_neighbourhoods, view.area, end)
    bare, full = shares["workers"] == 0, shares["workers"] >= 1
    counted = {"without": bare, "part": ~bare & ~full, "full": full}
    first = t(
        "workforce.lead", year=rows["year"].max(), area=name, workers=number(total),
        age=number(draw.of(rows, "age_sum", "years") / total, 1), posted=number(posted),
        share=share(posted, total), households=number(float(data.area(view.area)["households"]) / total),
    )  # fmt: skip
    spread = t(
        "workforce.spread", **{key: number(shares.loc[of, "neighbourhoods"].sum()) for key, of in counted.items()}
    )
    return t("workforce.lead_with", lead=first, spread=spread)


def _neighbourhood(view: View) -> str:
    name = area_name(data.area(view.area))
    values = data.measure_values(["officer_share", "part_time_informants"], [view.area], view.period)
    found = values.set_index("measure")["value"].dropna()
    if found.empty:
        return t("workforce.lead_none", area=name)
    return t(
        "workforce.lead_neighbourhood", year=ended(view).year, area=name, community=area_name(data.area(staffed(view))),
        officers=number(found.get("officer_share"), 2), informants=number(found.get("part_time_informants")),
    )  # fmt: skip


def constants(_: View) -> None:
    """Figures the report states that no record can count: 62 items, five duties, 25 tasks, the pay scheme."""
    every = data.ask(queries.catalogue.published)
    stated = every[(every["theme"] == "workforce") & (every["check"] == "constant")]
    columns = [
        tables.Column(t("workforce.constant"), lambda row: escape(str(row[f"name_{lang()}"]))),
        tables.Column(t("workforce.constant_value"), _stated, numeric=True),
        tables.Column(t("workforce.constant_section"), lambda row: escape(section(row))),
    ]
    st.html(tables.heading(t("workforce.constants"), "constants") + tables.paragraph(t("workforce.constants_text")))
    st.html(tables.table([tables.Group("", tables.rows_of(stated))], columns, t("workforce.constants"), narrow=True))
    st.html(tables.anchor(state.link("definitions"), t("nav.definitions")))


def _stated(row: tables.Row) -> str:
    about = t(f"definitions.bound_{row['bound']}")
    unit = t("published_unit." + row["unit"])
    return escape(f"{about} {t('definitions.with_unit', value=compact(float(row['value'])), unit=unit)}".strip())


if __name__ == "__main__":
    theme_page(THEME, CARDS, extra=lead, last=constants)
