"""Headline figures: the size of an area in a few numbers, each with its change on last year and its own history."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, cast

import pandas as pd

from data.indicators import Indicator
from pages.parts import data, provenance, state, undelivered
from pages.parts.comparing import last_year, others
from pages.parts.controls import finer
from pages.parts.state import View
from pages.parts.words import compact, lang, number, period_text, quantity, signed, t, unit_name
from queries.indicators import Comparison, Direction, compare

FIGURES = (
    "population",
    "households",
    "neighbourhoods",
    "service_offices",
    "party_branches",
    "service_teams",
    "events",
    "attendances",
)


def headline(view: View, chosen: Sequence[str] = FIGURES, comparison: str = "last_year") -> str:
    """Figures of the area in view as one HTML list; an indicator not known at so fine a level is left out.

    `comparison` as in comparing.others; totals stand beside last year's where the chosen one has another size.
    """
    known = data.indicators()
    shown = [known[name] for name in chosen if not _too_fine(view, known[name])]
    items = "".join(_figure(view, indicator, comparison) for indicator in shown)
    return f'<ul class="ll-figures" aria-label="{escape(t("figures.label"))}">{items}</ul>'


def _too_fine(view: View, indicator: Indicator) -> bool:
    return view.area_level in state.LEVELS and finer(view.area_level, indicator.finest)


def _figure(view: View, indicator: Indicator, comparison: str) -> str:
    now, word = _value(indicator, view.area, view.period), t("meaning.withheld")
    kept = now is None and bool(data.indicator_of(indicator, [view.area], view.period)["withheld"].any())
    gone = now is None and bool(undelivered.lacking(indicator.source, view.area, view.period))
    if gone:
        kept, word = True, t("figures.undelivered")
    versus = "last_year" if indicator.kind == "count" and comparison in {"district", "peers"} else comparison
    other = _other(view, indicator, versus)
    years = data.indicator_years(indicator, [view.area]).set_index("year")["value"].dropna()
    name = indicator.words("short", lang())
    exact = word if kept else number(now, indicator.decimals)
    title = f"{indicator.words('name', lang())} · {exact} {unit_name(indicator.unit)}"
    inner = (
        f'<span class="ll-label">{escape(name)}</span>'
        f'<strong class="ll-number" title="{escape(title)}">{escape(word) if kept else _short(now, indicator)}</strong>'
        f'<span class="ll-change">{"" if gone else _change(indicator, now, other, versus, view.period)}'
        f"{_history(indicator, years)}</span>{_part(view, indicator)}"
    )
    source = provenance.detail(indicator, view.area, view.period)
    if indicator.records is None:
        return f"<li><div>{inner}</div>{source}</li>"
    target = state.link("records", table=indicator.records, **_filters(indicator))
    return f'<li><a href="{escape(target)}">{inner}</a>{source}</li>'


def _part(view: View, indicator: Indicator) -> str:
    """How many subdistricts the figure is made of, where it is not all of them."""
    said = undelivered.within(indicator.source, view.area, view.period)
    return f'<span class="ll-part">{escape(said.strip(" ()（）"))}</span>' if said else ""


def _filters(indicator: Indicator) -> dict[str, str]:
    return {state.own_key(column): ",".join(values) for column, values in indicator.records_filter.items()}


def _value(indicator: Indicator, code: str, period: str) -> float | None:
    found = data.indicator_of(indicator, [code], period)["value"].get(code)
    return None if found is None or pd.isna(found) else float(found)


def _other(view: View, indicator: Indicator, versus: str) -> float | None:
    if versus == "last_year":
        return _value(indicator, view.area, last_year(view.period))
    found: Any = others(indicator, [view.area], versus, view.period, view.area_level).get(view.area)
    return None if found is None or pd.isna(found) else float(found)


def _short(value: float | None, indicator: Indicator) -> str:
    """A total in short form; a share or a mean as it is written elsewhere."""
    return compact(value) if indicator.kind == "count" else quantity(value, indicator.unit, indicator.decimals)


def _change(indicator: Indicator, now: float | None, other: float | None, versus: str, period: str) -> str:
    if versus == "none":
        return ""
    found = compare(now, other, cast("Direction", indicator.direction), 0.5 * 10**-indicator.decimals)
    if found is None:
        last = versus == "last_year"
        title = t("figures.no_last_year") if last else t(f"figures.no_{versus}")
        return (
            f'<span title="{escape(title)}">{t("figures.nothing_before" if last else "figures.nothing_beside")}</span>'
        )
    written = number(found.other, indicator.decimals)
    said = t("figures.against", period=period_text(last_year(period)), value=written)
    if versus != "last_year":
        said = t(f"sentence.{versus}", value=written, period="")
    beside = "" if versus == "last_year" else f"{escape(t(f'figures.beside_{versus}'))} "
    return (
        f'<span class="ll-number ll-{found.judgement}" title="{escape(said)}">'
        f"{beside}{_signed_change(indicator, found)}</span>"
    )


def _signed_change(indicator: Indicator, found: Comparison) -> str:
    if found.verdict == "similar":
        return t("figures.same")
    if indicator.unit == "percent":
        return t("figures.points", value=signed(found.difference, indicator.decimals))
    if found.ratio is None:
        return signed(found.difference, indicator.decimals)
    return f"{signed(found.ratio * 100, 0 if abs(found.ratio) >= 0.095 else 1)}%"


def _history(indicator: Indicator, years: pd.Series[float]) -> str:
    """One small column a year; what they say stands in the title and is read aloud."""
    top = float(years.max()) if len(years) else 0.0
    if top <= 0 or len(years) < 2:
        return ""
    spoken = t("figures.history") + t("list.comma").join(
        t("figures.year", year=year, value=number(value, indicator.decimals)) for year, value in years.items()
    )
    columns = "".join(f'<i style="height:{max(8, round(100 * value / top))}%"></i>' for value in years)
    return f'<span class="ll-spark" role="img" aria-label="{escape(spoken)}" title="{escape(spoken)}">{columns}</span>'
