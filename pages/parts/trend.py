"""Twelve months of one indicator in one area, beside what it is compared with; a click on a month shows that month."""

from __future__ import annotations

from datetime import date
from typing import cast

import pandas as pd
import streamlit as st

from data.indicators import Indicator
from geo.palettes import Theme
from pages.parts import charts, data, state, undelivered
from pages.parts.comparing import PEERS
from pages.parts.state import View
from pages.parts.words import number, t
from queries.indicators import peers
from queries.periods import Period

MONTHS = 12
HEIGHT = 210


def trend(view: View, indicator: Indicator) -> None:
    """Draw the twelve months up to the period's end."""
    figure = charts.trend(
        lines(view, indicator),
        title=t("trend.title"),
        text=lambda value: number(value, indicator.decimals),
        theme=cast("Theme", view.theme),
        empty=undelivered.otherwise(indicator.source, view.area, view.period, t("trend.nothing")),
        height=HEIGHT,
    )
    # only a point that is drawn can be chosen
    figure.update_traces(mode="lines+markers", marker_size=6, unselected_marker_opacity=1)
    st.plotly_chart(
        figure,
        key="trend",
        theme=None,
        config=charts.config(view.lang, f"{view.area}-{indicator.id}"),
        on_select=show_month,
        selection_mode="points",
        alt=t("trend.title"),
    )


def lines(view: View, indicator: Indicator) -> list[charts.Line]:
    """The area's own line, and the one it is compared with: last year, district or peers."""
    start, end = span(view.period)
    own = _series(indicator, [view.area], start, end)
    found = [charts.Line(data.place_name(view.area), own, main=True)]
    if view.compare == "last_year":
        before = _series(indicator, [view.area], start - pd.DateOffset(years=1), end - pd.DateOffset(years=1))
        moved = before.assign(month=before["month"] + pd.DateOffset(years=1))
        found.append(charts.Line(t("trend.last_year"), moved))
    elif view.compare == "district" and view.area != state.DISTRICT:
        found.append(charts.Line(t("trend.district"), _series(indicator, [state.DISTRICT], start, end)))
    elif view.compare == "peers" and (similar := peers(data.areas(), view.area, PEERS)):
        found.append(charts.Line(t("trend.peers"), _series(indicator, similar, start, end)))
    return found


def span(period: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last month of the twelve that end with the period."""
    end = pd.Timestamp(Period.parse(period).end).replace(day=1)
    return end - pd.DateOffset(months=MONTHS - 1), end


def _series(indicator: Indicator, codes: list[str], start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Month and value; of several codes their median."""
    frame = data.indicator_series(indicator, codes, _day(start), _day(end))
    median = frame.groupby("month")["value"].median()
    return pd.DataFrame({"month": pd.to_datetime(median.index), "value": median.to_numpy()})


def _day(moment: pd.Timestamp) -> date:
    return moment.date()


def show_month() -> None:
    """A month chosen in the chart becomes the period."""
    points = state.chosen("trend")["selection"]["points"]
    if points:
        state.go(period=str(points[0]["x"])[:7])
