"""Charts of the page on reach: from a query's rows to finding, figure and table, in the reader's words."""

from __future__ import annotations

import pandas as pd

from geo.palettes import Theme
from pages.parts import charts, charts_forms
from pages.parts.charts_forms import Made
from pages.parts.data import place_name
from pages.parts.words import month_text, number, t

MOST_PLACES = 16
FAR_M = 1000


def percent(value: float) -> str:
    """A share as charts label it."""
    return f"{number(value, 1)}%"


def bands(rows: pd.DataFrame, area: str, theme: Theme, empty: str) -> Made:
    """Households by the walk to the nearest office (rows of reach_bands), the straight line noted beside."""
    total = float(rows["walk"].sum())
    names = [_band(row["from_m"], row["to_m"]) for row in rows.to_dict("records")]
    given = pd.DataFrame({"key": names, "name": names, "value": rows["walk"].astype(float)})
    far = float(rows.loc[rows["from_m"].isna() | (rows["from_m"] >= FAR_M), "walk"].sum())
    title = t("reach.bands", area=area, far=number(far), share=percent(100 * far / total if total else 0.0))
    note = {
        name: t("reach.bands_note", straight=number(flown)) for name, flown in zip(names, rows["straight"], strict=True)
    }
    figure = charts_forms.bars(
        given if total else given.head(0),
        title=title,
        text=number,
        theme=theme,
        empty=empty,
        marked=names[:2],
        note=note,
    )
    heads = [t("reach.distance"), t("reach.on_foot"), t("reach.straight")]
    table = pd.DataFrame(dict(zip(heads, (names, rows["walk"], rows["straight"]), strict=True)))
    return Made(title, figure, table)


def _band(low: float | None, high: float | None) -> str:
    if low is None or pd.isna(low):
        return t("reach.no_way")
    if high is None or pd.isna(high):
        return t("reach.band_over", low=number(low))
    return t("reach.band", low=number(low), high=number(high))


def places(rows: pd.DataFrame, area: str, theme: Theme, empty: str) -> Made:
    """Areas with the lowest walking share (rows of reach_places), the straight-line share noted beside each."""
    data = rows[rows["households"] > 0].assign(
        value=lambda f: 100 * f["walk"] / f["households"], flown=lambda f: 100 * f["straight"] / f["households"]
    )
    data = data.assign(key=data["code"], name=[place_name(str(code)) for code in data["code"]])
    ranked = data.sort_values(["value", "code"], kind="stable")
    title = empty
    if len(ranked):
        least = ranked.iloc[0]
        title = t(
            "reach.places",
            area=area,
            name=least["name"],
            walk=percent(least["value"]),
            straight=percent(least["flown"]),
        )
    note = {row["key"]: t("reach.places_note", straight=percent(row["flown"])) for row in ranked.to_dict("records")}
    figure = charts_forms.bars(
        ranked.head(MOST_PLACES), title=title, text=percent, theme=theme, empty=empty, most=100.0, note=note
    )
    columns = {
        "name": t("reach.place"), "households": t("area.households"), "walk": t("reach.within_walk"),
        "straight": t("reach.within_straight"), "deceptive": t("reach.deceptive"), "beyond": t("reach.beyond"),
    }  # fmt: skip
    return Made(title, figure, ranked[list(columns)].rename(columns=columns))


def months(walk: pd.DataFrame, straight: pd.DataFrame, area: str, theme: Theme, empty: str) -> Made:
    """Both shares month by month (rows of indicator_series for the two measures)."""
    lines = [
        charts.Line(t("reach.on_foot"), _shares(walk), main=True),
        charts.Line(t("reach.straight"), _shares(straight)),
    ]
    known = lines[0].points.dropna(subset=["value"])
    title = empty
    if len(known):
        first, last = known.iloc[0], known.iloc[-1]
        title = t(
            "reach.months",
            area=area, first=month_text(first["month"]), last=month_text(last["month"]),
            before=percent(first["value"]), after=percent(last["value"]),
        )  # fmt: skip
    figure = charts.trend(lines, title=title, text=percent, theme=theme, empty=empty, height=260)
    table = lines[0].points.merge(lines[1].points, on="month", suffixes=("_walk", "_straight"))
    table["month"] = table["month"].dt.strftime("%Y-%m")
    heads = {"month": t("reach.month"), "value_walk": t("reach.on_foot"), "value_straight": t("reach.straight")}
    return Made(title, figure, table[list(heads)].round(1).rename(columns=heads))


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    shares = 100 * rows["numerator"] / rows["denominator"].where(rows["denominator"] > 0)
    return pd.DataFrame({"month": pd.to_datetime(rows["month"]), "value": shares}).sort_values("month")
