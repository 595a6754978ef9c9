"""Information: how matters travel from receipt to feedback, where they come from and are settled, and who is posted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

import queries.information_charts as ask
from pages.parts import charts_information as draw
from pages.parts import comparing, data, state, tables, trends
from pages.parts.chart_card import Card, Question, drill_area, drill_records
from pages.parts.charts_forms import Made
from pages.parts.state import View
from pages.parts.theme_page import theme_page
from pages.parts.themes import Theme
from pages.parts.words import area_name, number, period_text, t

THEME = Theme(
    page="information",
    indicators=(
        "settled_in_neighbourhood_share", "cases_per_1000", "cases", "cases_closed_share", "hours_to_close",
        "hours_to_dispatch", "repeat_share", "informant_share", "neighbourhoods_per_officer",
        "posted_staff_per_neighbourhood", "part_time_informants_per_neighbourhood",
    ),
    figures=(
        "cases", "cases_closed_share", "hours_to_dispatch", "hours_to_close", "settled_in_neighbourhood_share",
        "neighbourhoods_per_officer",
    ),
    headline=("settled_in_neighbourhood_share",),
)  # fmt: skip
OPEN = ("received", "analysed", "dispatched", "handled")
REPEATS = 8


def none(view: View) -> str:
    """What a chart without matters says."""
    return t("information.none", area=area_name(data.area(view.area)), period=period_text(view.period))


# ── questions ──


def within(query: Callable[..., pd.DataFrame]) -> Callable[[View], tuple[Question, ...]]:
    """The question of one query about the area in the period."""
    return lambda view: (Question(query, (view.area, *data.days(view.period))),)


def now_and_before(view: View) -> tuple[Question, ...]:
    """Channels in the period and in the same period a year before."""
    return tuple(
        Question(ask.information_channels, (view.area, *data.days(period)))
        for period in (view.period, comparing.last_year(view.period))
    )


def beside(view: View) -> tuple[Question, ...]:
    """The next level inside the area; of a neighbourhood those beside it."""
    holder = str(data.area(view.area)["parent"]) if view.area_level == "neighbourhood" else view.area
    level = state.next_level(state.level_of(holder))
    return (Question(ask.information_places, (holder, level, *data.days(view.period))),)


def until(view: View) -> tuple[Question, ...]:
    """What is open at the date of the data of all received until the period's end."""
    return (Question(ask.information_open, (view.area, ended(view), data.data_until())),)


def posted(view: View) -> tuple[Question, ...]:
    """Forces in the neighbourhoods, by year."""
    return (Question(ask.information_posted, (view.area, ended(view))),)


def ended(view: View) -> date:
    """The period's last day, no later than the data."""
    return min(data.days(view.period)[1], data.data_until())


# ── drawing ──


def steps(view: View, rows: pd.DataFrame) -> Made:
    """How far matters have got."""
    return draw.steps(rows, trends.theme_of(view), none(view))


def times(view: View, rows: pd.DataFrame) -> Made:
    """Median and nine-in-ten time of each step."""
    return draw.times(rows, trends.theme_of(view), none(view))


def channels(view: View, rows: pd.DataFrame, before: pd.DataFrame) -> Made:
    """Channels against a year before."""
    return draw.channels(rows, before, trends.theme_of(view), none(view))


def settled(view: View, rows: pd.DataFrame) -> Made:
    """Level that settled the matters of each category."""
    return draw.settled(rows, trends.theme_of(view), none(view))


def places(view: View, rows: pd.DataFrame) -> Made:
    """Time to close, place by place."""
    return draw.places(rows, view.area, trends.theme_of(view), none(view))


def waiting(view: View, rows: pd.DataFrame) -> Made:
    """Open and overdue matters."""
    return draw.waiting(rows, trends.theme_of(view))


def forces(view: View, rows: pd.DataFrame) -> Made | None:
    """Who works in the neighbourhoods."""
    return None if rows.empty else draw.forces(rows, trends.theme_of(view), none(view))


def drill_part(key: str) -> None:
    """To the matters of a category settled at a level."""
    category, _, level = key.partition("|")
    state.go("records", rerun=True, table="case", category=category, settled_within=level, stage="closed")


def drill_open(key: str) -> None:
    """To the open matters of a category, received at any time until the end of the period."""
    state.go(
        "records", rerun=True, table="case", category=key.partition("|")[0], stage=",".join(OPEN), period=every_year()
    )


def every_year() -> str:
    """From the first year of the data to the last year of the period: an old matter may still be open or come again."""
    first, last = data.span()[0].year, data.days(state.current_view().period)[1].year
    return str(last) if last <= first else f"{first}..{last}"


CARDS = (
    Card("steps", within(ask.information_stages), steps, "information.steps_text", "case",
         drill=drill_records("case", "stage")),
    Card("times", within(ask.information_stages), times, "information.times_text", "case"),
    Card("channels", now_and_before, channels, "information.channels_text", "case",
         drill=drill_records("case", "channel")),
    Card("settled", within(ask.information_categories), settled, "information.settled_text", "case",
         {"stage": "closed"}, drill=drill_part),
    Card("places", beside, places, "information.places_text", "case", drill=drill_area),
    Card("open", until, waiting, "information.open_text", "case", {"stage": ",".join(OPEN)}, drill=drill_open),
    Card("forces", posted, forces, "information.forces_text", "posted_staff",
         drill=lambda force: state.go("records", rerun=True, **force_records(force))),
)  # fmt: skip


def force_records(force: str) -> dict[str, str]:
    """Where the records of a force are: agencies have a table of their own, cadres and informants another."""
    if force in ("officer", "part_time_informant"):
        return {"table": "worker_posting"}
    return {"table": "posted_staff", "agency": force}


# ── in words and below ──


def lead(view: View) -> None:
    """The journey of all matters in one sentence."""
    start, end = data.days(view.period)
    rows = data.ask(ask.information_stages, view.area, start, end).set_index("stage")
    named = {"area": area_name(data.area(view.area)), "period": period_text(view.period)}
    reached = {str(stage): float(count) for stage, count in rows["reached"].items()}
    if not reached.get("received"):
        st.html(tables.paragraph(t("information.lead_none", **named)))
        return
    repeats = float(data.ask(ask.information_channels, view.area, start, end)["repeats"].sum())
    said = {
        "received": number(reached["received"]), "closed": draw.share(reached["closed"], reached["received"]),
        "half": draw.tenth(rows["median_hours"]["whole"]), "nine": draw.tenth(rows["p90_hours"]["whole"]),
        "repeats": draw.share(repeats, reached["received"]),
    }  # fmt: skip
    st.html(tables.paragraph(t("information.lead", **named, **said)))


def repeated(view: View) -> None:
    """Matters that came again most often, each a link to its first case."""
    rows = data.ask(ask.information_repeats, view.area, *data.days(view.period), REPEATS)
    named = {"area": area_name(data.area(view.area)), "period": period_text(view.period)}
    st.html(tables.heading(t("information.repeats"), "repeats"))
    if rows.empty:
        st.html(tables.paragraph(t("information.repeats_none", **named)))
        return
    st.html(tables.paragraph(t("information.repeats_text", count=number(rows["total"].iloc[0]), **named)))
    table = draw.repeats_table(rows)
    columns = [
        tables.Column(head, _cell(head, name), numeric=name == "repetitions")
        for head, name in zip(
            table.columns, ("case_id", "area", "category", "repetitions", "first", "last"), strict=True
        )
    ]
    given = tables.rows_of(pd.concat([table, rows[["case_id", "neighbourhood"]]], axis=1))
    st.html(tables.table([tables.Group("", given)], columns, t("information.repeats")))
    st.html(tables.anchor(state.link("records", table="case", repeated="true"), t("information.repeats_records")))


def _cell(head: str, name: str) -> Callable[[tables.Row], str]:
    """The words of a cell; the first case and the area are links."""

    def cell(row: tables.Row) -> str:
        place = str(row["neighbourhood"])
        if name == "case_id":
            address = state.link("records", table="case", area=place, record=row["case_id"], period=every_year())
            return tables.anchor(address, str(row[head]))
        return tables.anchor(state.link(area=place), str(row[head])) if name == "area" else escape(str(row[head]))

    return cell


if __name__ == "__main__":
    theme_page(THEME, CARDS, extra=lead, last=repeated)
