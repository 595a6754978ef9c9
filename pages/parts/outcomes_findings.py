"""What the charts of outcomes say: estimates with intervals, relations with their caution; words, figure and table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data.indicators import Indicator
from geo.palettes import Theme
from pages.parts import charts, charts_outcomes, data, state
from pages.parts.charts_forms import Made, bars
from pages.parts.scene import Shown
from pages.parts.words import (
    area_name,
    lang,
    levels_name,
    number,
    period_text,
    quantity,
    short_name,
    signed,
    t,
    unit_name,
)
from queries.estimates import Interval, Relation, mean_of_groups, wilson
from queries.estimates import relation as related
from queries.indicators import values as values_of

SCALE = 100.0  # both shares and scores run from 0 to 100
STRONGEST = 12


def estimate(indicator: Indicator, values: pd.Series[Any], groups: pd.DataFrame | None) -> Interval | None:
    """The indicator's value with its interval from its measures by id; `groups` are those of a mean.

    None where there is no data or where so few answered that the counts are withheld.
    """
    numerator, denominator = (_number(values.get(name)) for name in (indicator.numerator, indicator.denominator))
    return interval(indicator, numerator, denominator, groups)


def interval(
    indicator: Indicator, numerator: float, denominator: float, groups: pd.DataFrame | None
) -> Interval | None:
    """A share's Wilson interval, a mean's from its `groups` (columns numerator, denominator, and within if known)."""
    if indicator.kind == "share":
        return wilson(numerator, denominator)
    empty = pd.Series(dtype="float64")
    sums, counts = (empty, empty) if groups is None else (groups["numerator"], groups["denominator"])
    within = groups["within"] if groups is not None and "within" in groups else None
    return mean_of_groups(numerator, denominator, sums, counts, within)


def _number(value: Any) -> float:
    return float("nan") if value is None or pd.isna(value) else float(value)


def said(indicator: Indicator, found: Interval) -> str:
    """A value and its interval: 85.0% (84.4–85.6)."""
    return t(
        "outcomes.value_interval",
        value=quantity(found.value, indicator.unit, indicator.decimals),
        low=number(found.low, indicator.decimals),
        high=number(found.high, indicator.decimals),
    )


def _note(found: Interval) -> str:
    return t(
        "outcomes.note", value=number(found.value, 1), half=number((found.high - found.low) / 2, 1), n=number(found.n)
    )


def _rows(found: Mapping[str, tuple[str, Interval]]) -> pd.DataFrame:
    """Rows of charts.intervals: key -> (name, interval)."""
    return pd.DataFrame(
        [
            {"key": key, "name": name, "value": each.value, "low": each.low, "high": each.high, "note": _note(each)}
            for key, (name, each) in found.items()
        ],
        columns=["key", "name", "value", "low", "high", "note"],
    )


def _twin(first: str, found: Mapping[str, tuple[str, Interval]], unit: str = "") -> pd.DataFrame:
    """The table beside: name, value, interval, how many answered, how the interval was found."""
    value = f"{t('outcomes.value')} ({unit})" if unit else t("outcomes.value")
    return pd.DataFrame(
        [
            {
                first: name,
                value: round(each.value, 2),
                t("outcomes.low"): round(each.low, 2),
                t("outcomes.high"): round(each.high, 2),
                t("outcomes.answers"): each.n,
                t("outcomes.basis"): t(f"outcomes.basis_{each.basis}"),
            }
            for name, each in found.values()
        ]
    )


def summary(found: Mapping[str, Interval | None], area: str, period: str, theme: Theme) -> Made | None:
    """Six outcomes of one area, each with its interval and how many answered."""
    known = data.indicators()
    told = {name: (known[name].words("short", lang()), each) for name, each in found.items() if each is not None}
    if not told:
        return None
    ordered = sorted(told, key=lambda name: -told[name][1].value)
    best, least = known[ordered[0]], known[ordered[-1]]
    title = t(
        "outcomes.summary_title" if len(told) > 1 else "outcomes.summary_title_one",
        area=area,
        period=period,
        best=best.words("short", lang()),
        best_value=said(best, told[best.id][1]),
        least=least.words("short", lang()),
        least_value=said(least, told[least.id][1]),
    )
    figure = charts_outcomes.intervals(
        _rows({name: told[name] for name in ordered}), title=title, text=number, theme=theme, empty=""
    )
    return Made(title, figure, _twin(t("area.indicator"), {name: told[name] for name in ordered}))


def places(
    indicator: Indicator, rows: pd.DataFrame, communities: pd.DataFrame, whole: pd.DataFrame, parts: Shown, period: str,
    theme: Theme,
) -> Made | None:  # fmt: skip
    """One outcome by area, best first, against the district; which are surely above or below it."""
    areas = data.areas()
    inside = communities.set_index("code")
    found: dict[str, tuple[str, Interval]] = {}
    for code, numerator, denominator in zip(rows["code"], rows["numerator"], rows["denominator"], strict=True):
        groups = inside[inside.index.str.startswith(code)]
        each = interval(indicator, _number(numerator), _number(denominator), groups)
        if each is not None:
            found[code] = (short_name(areas.loc[code], parts.level), each)
    if not found:
        return None
    ordered = {key: found[key] for key in sorted(found, key=lambda key: -found[key][1].value)}
    level = _number(values_of(whole, indicator.scale).iloc[0]) if len(whole) else float("nan")
    title = _places_title(indicator, [each for _, each in ordered.values()], level, parts, period, len(rows))
    figure = charts_outcomes.intervals(
        _rows(ordered), title=title, text=number, theme=theme, empty="", marked=[parts.mark] if parts.mark else [],
        rule=(level, t("outcomes.district", value=number(level, indicator.decimals))) if level == level else None,
    )  # fmt: skip
    return Made(title, figure, _twin(t("ranked.area"), ordered, unit_name(indicator.unit)))


def _places_title(
    indicator: Indicator, found: Sequence[Interval], level: float, parts: Shown, period: str, of: int
) -> str:
    above = sum(each.low > level for each in found)
    below = sum(each.high < level for each in found)
    title = t(
        "outcomes.places_title",
        indicator=indicator.words("short", lang()),
        period=period_text(period),
        counted=levels_name(parts.level, len(found)),
        above=number(above),
        below=number(below),
        rest=number(len(found) - above - below),
    )
    return title + (t("outcomes.places_hidden", count=number(of - len(found))) if of > len(found) else "")


def years(indicator: Indicator, rows: pd.DataFrame, code: str, theme: Theme, height: int) -> Made | None:
    """One outcome over the years, of the area and the district; whether the change is more than chance."""
    points = rows.assign(
        value=values_of(rows, indicator.scale),
        month=pd.to_datetime({"year": rows["year"], "month": 12, "day": 1}),
    )
    own = points[points["code"] == code].dropna(subset=["value"]).sort_values("year")
    if own.empty:
        return None
    name = area_name(data.area(code))
    first, last = (own.iloc[place] for place in (0, -1))
    title = t(
        "outcomes.years_one" if len(own) == 1 else f"outcomes.years_{_sure(indicator, first, last)}",
        area=name,
        indicator=indicator.words("short", lang()),
        first=int(first["year"]),
        last=int(last["year"]),
        before=number(first["value"], indicator.decimals),
        after=quantity(last["value"], indicator.unit, indicator.decimals),
    )
    lines = [
        charts.Line(data.place_name(each), points[points["code"] == each], each == code)
        for each in sorted({code, state.DISTRICT})
    ]
    figure = charts.trend(lines, title=title, text=lambda v: number(v, 1), theme=theme, empty=title, height=height)
    table = pd.DataFrame(
        {
            t("ranked.area"): [area_name(data.area(each)) for each in points["code"]],
            t("outcomes.year"): points["year"].to_list(),
            f"{indicator.words('short', lang())} ({unit_name(indicator.unit)})": points["value"].round(2).to_list(),
            t("outcomes.answers"): points["denominator"].astype("Int64").to_list(),
        }
    )
    return Made(title, figure, table)


def _sure(indicator: Indicator, first: pd.Series[Any], last: pd.Series[Any]) -> str:
    """The change: up or down where the two intervals of a share lie apart; of a mean, or where they overlap, about."""
    ends = [
        interval(indicator, _number(each["numerator"]), _number(each["denominator"]), None) for each in (first, last)
    ]
    if ends[0] is None or ends[1] is None or indicator.kind != "share":
        return "plain"
    if ends[1].low > ends[0].high:
        return "up"
    return "down" if ends[1].high < ends[0].low else "about"


# ── what goes together ──


def relation(
    one: Indicator, other: Indicator, x: pd.DataFrame, y: pd.DataFrame, kinds: Mapping[str, str],
    legend: Mapping[str, str], theme: Theme, height: int, level: str = "community",
) -> Made | None:  # fmt: skip
    """Two indicators over areas of one level, the own one and those like it marked; the title says how they relate.

    `x` and `y` have columns code, numerator, denominator.
    """
    both = pd.DataFrame({"x": _by_code(x, one), "y": _by_code(y, other)}).dropna()
    if both.empty:
        return None
    names = [data.place_name(str(code)) for code in both.index]
    frame = both.rename_axis("key").reset_index().assign(name=names)
    frame["kind"] = [kinds.get(code, "other") for code in frame["key"]]
    found = related(both["x"], both["y"])
    title = finding(one, other, found, level, len(both), len(x))
    marked = any(code in kinds for code in both.index)
    figure = charts_outcomes.pairs(
        frame, title=title, text=(_axis(one), _axis(other)),
        axes=(one.words("short", lang()), other.words("short", lang())), kinds=legend if marked else {}, theme=theme,
        empty=title, height=height, most=(_most(one), _most(other)),
    )  # fmt: skip
    table = pd.DataFrame(
        {
            t("ranked.area"): names,
            f"{one.words('short', lang())} ({unit_name(one.unit)})": both["x"].round(one.decimals + 1).to_list(),
            f"{other.words('short', lang())} ({unit_name(other.unit)})": both["y"].round(other.decimals + 1).to_list(),
        }
    )
    return Made(title, figure, table)


def _by_code(frame: pd.DataFrame, indicator: Indicator) -> pd.Series[float]:
    return values_of(frame, indicator.scale, ratio=indicator.denominator is not None).set_axis(frame["code"])


def _most(indicator: Indicator) -> float:
    return SCALE if indicator.unit in {"percent", "score"} and indicator.kind != "rate" else math.inf


def _axis(indicator: Indicator) -> charts.Text:
    return lambda value: number(value, 0 if float(value).is_integer() else max(indicator.decimals, 1))


def finding(one: Indicator, other: Indicator, found: Relation | None, level: str, n: int, of: int) -> str:
    """How two indicators go together over the `n` of `of` areas that tell both, in a sentence with its caution."""
    counted = levels_name(level, n) if n == of else t("outcomes.known_of", counted=levels_name(level, of), n=number(n))
    named = {"x": one.words("short", lang()), "y": other.words("short", lang()), "counted": counted}
    if found is None:
        return t("outcomes.relation_few", **named)
    key = "none" if found.strength == "none" else f"{found.strength}_{'up' if found.rho > 0 else 'down'}"
    ends = {"rho": signed(found.rho, 2), "low": signed(found.low, 2), "high": signed(found.high, 2)}
    return t(f"outcomes.relation_{key}", **named) + t("outcomes.relation_rho", **ends) + t("outcomes.no_cause")


def strongest(
    outcome: Indicator, inputs: Sequence[Indicator], rows: pd.DataFrame, marked: str, theme: Theme
) -> Made | None:
    """The inputs that go together most with the outcome, by the size of their rank correlation."""
    wide = rows.pivot(index="code", columns="measure", values="value")
    ours = _ratio(wide, outcome)
    found = {each.id: related(_ratio(wide, each), ours) for each in inputs}
    told = {name: each for name, each in found.items() if each is not None}
    if not told:
        return None
    ordered = sorted(told, key=lambda name: -abs(told[name].rho))
    sure = [name for name in ordered if told[name].strength != "none"]
    known = data.indicators()
    shown = ordered[:STRONGEST]
    frame = pd.DataFrame(
        {
            "key": shown,
            "name": [f"{'＋' if told[n].rho > 0 else '－'} {known[n].words('short', lang())}" for n in shown],
            "value": [abs(told[n].rho) for n in shown],
        }
    )
    title = t(
        "outcomes.inputs_title" if sure else "outcomes.inputs_title_none",
        y=outcome.words("short", lang()),
        count=number(len(sure)),
        of=number(len(told)),
        first=known[ordered[0]].words("short", lang()),
        chance=number(len(told) * 0.05, 0),
    )
    figure = bars(frame, title=title, text=lambda v: number(v, 2), theme=theme, empty=title, marked=[marked], most=0.6)
    table = pd.DataFrame(
        [
            {
                t("outcomes.input"): known[n].words("name", lang()),
                t("outcomes.rho"): round(told[n].rho, 3),
                t("outcomes.low"): round(told[n].low, 3),
                t("outcomes.high"): round(told[n].high, 3),
                t("outcomes.pairs"): told[n].n,
            }
            for n in ordered
        ]
    )
    return Made(title, figure, table)


def _ratio(wide: pd.DataFrame, indicator: Indicator) -> pd.Series[float]:
    """An indicator's value by area, from counts by measure; missing where a measure was never delivered."""
    wide = wide.reindex(columns=[*filter(None, [indicator.numerator, indicator.denominator])])
    parts = pd.DataFrame({"numerator": wide[indicator.numerator]})
    if indicator.denominator:
        parts["denominator"] = wide[indicator.denominator]
    return values_of(parts, indicator.scale, ratio=indicator.denominator is not None)
