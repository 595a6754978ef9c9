"""Party organisation, teams and events of one area at a glance, every number a link to its records."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

import queries.glance as glance
from data.indicators import Indicator
from pages.parts import charts, data, state, tables, trends
from pages.parts.failures import guard, nothing
from pages.parts.profile import Fellows
from pages.parts.state import View
from pages.parts.words import area_name, compact, enum, lang, month_text, number, period_text, t

CHAIN: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("committees", "party_organisation", {"kind": "community_committee"}),
    ("branches", "party_organisation", {"kind": "neighbourhood_branch"}),
    ("groups", "party_organisation", {"kind": "stairwell_group"}),
    ("households", "party_household", {}),
)


def records_link(indicator: Indicator) -> str:
    """Address of the records behind an indicator in the area and period in view."""
    if indicator.records:
        chosen = {column: ",".join(values) for column, values in indicator.records_filter.items()}
        return state.link("records", table=indicator.records, **chosen)
    return state.link("records", table="event_total" if indicator.theme == "values" else "area")


def show(view: View, around: Fellows) -> None:
    """Three parts side by side."""
    start, end = data.days(view.period)
    left, right = st.columns(2, gap="medium")
    with left, guard("area party"):
        party(view, start, end)
    with left, guard("area teams"):
        teams(view, start, end)
    with right, guard("area events"):
        events(view, start, end)


def party(view: View, start: date, end: date) -> None:
    """The Party chain from committee to key household."""
    row = data.ask(glance.glance_party, view.area, start, end).iloc[0]
    names = {"households": "key_households"}
    steps = "".join(
        f'<li><a href="{escape(state.link("records", table=table, **chosen))}"><strong>{number(row[name])}</strong> '
        f"<span>{escape(t(f'area.{names.get(name, name)}'))}</span></a></li>"
        for name, table, chosen in CHAIN
        if pd.notna(row[name])
    )
    st.html(f'{tables.heading(t("area.party"))}<ol class="ll-chain">{steps}</ol>{tables.paragraph(_coverage(row))}')


def _coverage(row: pd.Series[Any]) -> str:
    members = number(row["members"])
    if int(row["neighbourhoods"]) < 2:
        return t("area.coverage_one", members=members)
    return t(
        "area.coverage", neighbourhoods=number(row["neighbourhoods"]), covered=number(row["covered"]),
        share=number(100 * float(row["coverage"]), 1), members=members,
    )  # fmt: skip


def teams(view: View, start: date, end: date) -> None:
    """Teams and projects by kind."""
    rows = data.ask(glance.glance_teams, view.area, start, end)
    columns = [
        tables.Column(t("area.team_kind"), lambda r: escape(enum("kind", r["kind"]))),
        _linked("teams", t("area.team_count"), "service_team"),
        tables.Column(t("area.team_members"), lambda r: number(r["members"]), t("measured_in.people"), True),
        _linked("projects", t("area.projects"), "service_project"),
        _linked("door_to_door", t("area.door"), "service_project", door_to_door="true"),
        tables.Column(t("area.beneficiaries"), lambda r: number(r["beneficiaries"]), "", True),
    ]
    st.html(
        tables.heading(t("area.teams"))
        + tables.table([tables.Group("", tables.rows_of(rows))], columns, t("area.teams"))
    )


def _linked(column: str, head: str, table: str, **more: str) -> tables.Column:
    def cell(row: tables.Row) -> str:
        return tables.anchor(state.link("records", table=table, kind=row["kind"], **more), number(row[column]))

    return tables.Column(head, cell, numeric=True)


def events(view: View, start: date, end: date) -> None:
    """Events by kind and attendances month by month."""
    st.html(tables.heading(t("area.events")))
    rows = data.ask(glance.glance_events, view.area, start, end)
    if rows.empty:
        nothing(t("area.events_none", period=period_text(view.period)), t("area.events_none_next"))
        return
    columns = [
        tables.Column(t("area.event_kind"), lambda r: escape(enum("kind", r["kind"]))),
        _linked("events", t("area.event_count"), "event_total"),
        tables.Column(t("area.attendances"), lambda r: number(r["attendances"]), "", True),
        tables.Column(t("area.per_event"), lambda r: number(_ratio(r)), "", True),
    ]
    st.html(tables.table([tables.Group("", tables.rows_of(rows))], columns, t("area.events")))
    _monthly(view, start, end)


def _ratio(row: tables.Row) -> float | None:
    return float(row["attendances"]) / float(row["events"]) if row["events"] else None


def _monthly(view: View, start: date, end: date) -> None:
    months = (
        data.ask(glance.chart_events, view.area, start, end)
        .groupby("month")["attendances"]
        .sum()
        .rename("value")
        .reset_index()
    )
    if len(months) < 2:
        return
    peak = months.iloc[int(months["value"].to_numpy().argmax())]
    title = t(
        "area.events_monthly", area=area_name(data.area(view.area)), month=month_text(peak["month"]),
        value=number(peak["value"]),
    )  # fmt: skip
    figure = charts.columns(
        months,
        title=title,
        text=compact,
        theme=trends.theme_of(view),
        empty=t("area.trend_empty"),
        height=trends.height_of(view),
    )
    st.plotly_chart(
        figure,
        theme=None,
        config=charts.config(lang(), f"events-{view.area}", trends.image_of(view)),
        key="area.events",
        alt=title,
    )
