"""Small multiples over time: an area's own line beside its parent's, each titled with what it shows."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from data.indicators import Indicator
from geo.palettes import Theme
from pages.parts import charts, data, profile, state, tables, undelivered
from pages.parts.profile import Fellows
from pages.parts.state import View
from pages.parts.words import compact, lang, number, quantity, t
from queries.indicators import verdict_of

SHOWN = (
    "attendances_per_1000",
    "projects_per_1000",
    "cases_per_1000",
    "matters_per_10000",
    "volunteer_hours_per_member",
    "satisfaction",
)
MERGER = date(2020, 7, 1)
FEW = 3


def theme_of(view: View) -> Theme:
    """The View's theme as charts and maps name it."""
    return "dark" if view.theme == "dark" else "projector" if view.theme == "projector" else "light"


def height_of(view: View) -> int:
    """Height of a chart in px: more where type is larger."""
    return 320 if view.theme == "projector" else 220


def image_of(view: View) -> Literal["png", "svg"]:
    """The format in which charts are saved, as the address says."""
    return "svg" if view.get("image") == "svg" else "png"


def image_choice(view: View) -> str:
    links = "".join(
        f'<a href="{escape(state.link(image=kind))}"{current}>{kind.upper()}</a>'
        for kind, current in (
            (kind, ' aria-current="true"' if kind == image_of(view) else "") for kind in ("png", "svg")
        )
    )
    label = escape(t("area.image"))
    switch = f'<div class="ll-switch" role="group" aria-label="{label}">{links}</div>'
    return f'<div class="ll-images"><span>{label}</span>{switch}</div>'


def show(view: View, around: Fellows) -> None:
    """The multiples one under the other, all with the same months; larger and two abreast on a projector."""
    known = data.indicators()
    chosen = [known[name] for name in SHOWN if profile.reaches(known[name], around.level)]
    st.html(tables.heading(t("area.trends"), "trends") + tables.paragraph(t("area.merger_note"), "ll-note-text"))
    st.html(image_choice(view))
    places = st.columns(2, gap="medium") if view.theme == "projector" else [st.container()]
    for index, indicator in enumerate(chosen):
        title, figure = multiple(view, around, indicator)
        name = f"{indicator.words('short', 'en')}-{view.area}".replace(" ", "-")
        settings = charts.config(lang(), name, image_of(view))
        with places[index % len(places)]:
            st.plotly_chart(figure, theme=None, config=settings, key=f"trend.{indicator.id}", alt=title)


def multiple(view: View, around: Fellows, indicator: Indicator) -> tuple[str, go.Figure]:
    """One chart and what it says: months for what happens month by month, else years."""
    codes = [around.code, *filter(None, [around.parent])]
    points = series(indicator, codes)
    title = finding(indicator, around.code)
    lines = [charts.Line(data.place_name(code), points[points["code"] == code], code == around.code) for code in codes]
    figure = charts.trend(
        lines,
        title=title,
        text=lambda value: axis_text(value, indicator),
        theme=theme_of(view),
        empty=undelivered.otherwise(indicator.source, around.code, view.period, t("area.trend_empty")),
        height=height_of(view),
        marker=(MERGER.isoformat(), t("area.merger")) if len(points) > FEW * len(codes) else None,
    )
    return title, figure


def series(indicator: Indicator, codes: list[str]) -> pd.DataFrame:
    """Points code, month, value: monthly, or one a year where the numerator stands once a year."""
    if data.is_yearly(indicator):
        years = data.indicator_years(indicator, codes)
        return years.assign(month=pd.to_datetime({"year": years["year"], "month": 12, "day": 1}))
    first, last = data.span()
    return data.indicator_series(indicator, codes, first, last)


def finding(indicator: Indicator, code: str) -> str:
    """What the chart shows: the last year's value and its change on the year before."""
    years = data.indicator_years(indicator, [code]).dropna(subset=["value"]).sort_values("year")
    name = indicator.words("short" if lang() == "zh" else "name", lang())
    if years.empty:
        return name
    last = years.iloc[-1]
    value = quantity(float(last["value"]), indicator.unit, indicator.decimals)
    change = _change(indicator, years) if len(years) > 1 else ""
    return t("area.trend_title", indicator=name, year=int(last["year"]), value=value, change=change)


def _change(indicator: Indicator, years: pd.DataFrame) -> str:
    before, now = float(years["value"].iloc[-2]), float(years["value"].iloc[-1])
    verdict = verdict_of(now - before, 0.5 * 10**-indicator.decimals)
    if verdict == "similar":
        return t("area.trend_change", change=t("area.trend_same"))
    if indicator.unit == "percent" or not before:
        by = number(abs(now - before), indicator.decimals) + (t("area.points") if indicator.unit == "percent" else "")
    else:
        by = f"{number(abs(now - before) / abs(before) * 100, 0)}%"
    key = "area.trend_up" if verdict == "higher" else "area.trend_down"
    return t("area.trend_change", change=t(key, by=by))


def axis_text(value: float, indicator: Indicator) -> str:
    """A number short enough for an axis."""
    if abs(value) >= 10_000:
        return compact(value)
    decimals = 0 if float(value).is_integer() or abs(value) >= 100 else max(indicator.decimals, 1)
    fine = abs(value) < 1 and abs(round(value, decimals) - value) > 1e-9  # 0.25 is no 0.2
    return number(value, decimals + 1 if fine else decimals)
