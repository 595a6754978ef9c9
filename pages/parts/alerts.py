"""What a leader would want to be told: what changed most, what is far from its peers, which data are late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

import queries.alerts
from data.indicators import Indicator
from pages.parts import comparing, data, profile, state
from pages.parts.failures import guard
from pages.parts.state import View
from pages.parts.words import area_name, lang, level_name, levels_name, month_text, number, period_text, quantity, t
from queries.indicators import peers
from queries.periods import Period

CHANGED, APART, LATE = 3, 3, 2  # so many sentences of a kind at most
LEAST_CHANGE = 0.5  # in usual differences between areas: a smaller change is no news
LEAST_APART = 2.0
LATE_MONTHS = 3
NORMAL = 1.4826  # one standard deviation of normal values is so many median absolute deviations


@dataclass(frozen=True)
class Alert:
    """One sentence; `id` names it when dismissed, `address` leads to where it can be seen."""

    id: str
    kind: str
    text: str
    address: str


def watched(every: Iterable[Indicator]) -> list[Indicator]:
    """The indicators that can be good or bad news: rates, shares and means with a better direction."""
    return [each for each in every if each.kind != "count" and each.direction != "none"]


def found(view: View) -> list[Alert]:
    """All alerts of the area and period in view: late data first, since it touches the others."""
    return [*late(view), *changed(view), *apart(view)]


# ── what changed most ──


def changed(view: View) -> list[Alert]:
    """The largest changes on last year, measured by how much the areas of its kind usually differ.

    The yardstick is the (scaled) median absolute deviation last year of the areas of the same level, for the district
    that of its subdistricts.
    """
    chosen = [each for each in watched(data.indicators().values()) if profile.reaches(each, view.area_level)]
    level = "subdistrict" if view.area_level in {"district", "former_district", "zone"} else view.area_level
    fellows = _fellows(view, level)
    before = profile.value_table(chosen, sorted({view.area, *fellows}), comparing.last_year(view.period))
    now = profile.value_table(chosen, [view.area], view.period).T[view.area]
    earlier = before.T[view.area]
    size: pd.Series[float] = ((now - earlier).abs() / spread(before.loc[fellows])).dropna()
    sizes = {str(name): float(times) for name, times in size.items() if times >= LEAST_CHANGE}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:CHANGED]
    return [_change(view, name, float(now[name]), float(earlier[name]), sizes[name], level) for name in largest]


def _fellows(view: View, level: str) -> list[str]:
    """Areas of the level: all of the district, of neighbourhoods only those of the community and those most alike."""
    if level == "neighbourhood":
        return sorted({*profile.fellows(view.area).siblings, *peers(data.areas(), view.area, comparing.PEERS)})
    return sorted(data.children(state.DISTRICT, level)["code"])


def spread(values: pd.DataFrame) -> pd.Series[float]:
    """How much areas (rows) differ in each indicator (columns): scaled median absolute deviation; NaN: few tell."""
    deviation = (values - values.median()).abs().median() * NORMAL
    return deviation.where((deviation > 0) & (values.count() >= profile.FEWEST))


def _change(view: View, name: str, now: float, before: float, size: float, level: str) -> Alert:
    indicator = data.indicators()[name]
    judged = "better" if (now > before) == (indicator.direction == "up") else "worse"
    text = t(
        f"alerts.changed_{judged}",
        period=period_text(view.period),
        name=area_name(data.area(view.area)),
        indicator=indicator.words("name", lang()),
        value=quantity(now, indicator.unit, indicator.decimals),
        before=quantity(before, indicator.unit, indicator.decimals),
        size=number(size, 1),
        levels=level_name(level) if lang() == "zh" else levels_name(level),
    )
    address = state.link("overview", indicator=name, compare="last_year")
    return Alert(_id("changed", view, view.area, name), "changed", text, address)


# ── what is far from its peers ──


def apart(view: View) -> list[Alert]:
    """Areas far from the median of the eight most like them: the one in view and those inside it.

    Far is measured by how much areas of that level usually differ; an area and an indicator are named once.
    """
    best: list[tuple[float, str, str, float, float]] = []
    for level, codes in _candidates(view):
        best += _distances(level, codes, view.period)
    chosen: list[tuple[float, str, str, float, float]] = []
    for entry in sorted(best, reverse=True):
        if entry[0] >= LEAST_APART and not any(entry[1] == c[1] or entry[2] == c[2] for c in chosen):
            chosen.append(entry)
    return [_apart(view, *entry) for entry in chosen[:APART]]


def _candidates(view: View) -> list[tuple[str, list[str]]]:
    found = [(view.area_level, [view.area])] if view.area_level in state.LEVELS else []
    if view.area_level != "neighbourhood":
        inside = state.next_level(view.area_level)
        found.append((inside, sorted(data.children(view.area, inside)["code"])))
    return found


def _distances(level: str, codes: Sequence[str], period: str) -> list[tuple[float, str, str, float, float]]:
    """Distance in usual differences, area, indicator, value and the peers' median, for every area and indicator."""
    chosen = [each for each in watched(data.indicators().values()) if profile.reaches(each, level)]
    areas = data.areas()
    alike = {code: peers(areas, code, comparing.PEERS) for code in codes}
    alike = {code: fellows for code, fellows in alike.items() if len(fellows) >= profile.FEWEST}
    if not alike:
        return []
    everyone = sorted({*alike, *(fellow for fellows in alike.values() for fellow in fellows)})
    if level != "neighbourhood":  # one yardstick wherever the reader stands; of 1,074 neighbourhoods it would be slow
        everyone = sorted(data.children(state.DISTRICT, level)["code"])
    values = profile.value_table(chosen, everyone, period)
    usual = spread(values)
    rows: list[tuple[float, str, str, float, float]] = []
    for code, fellows in alike.items():
        ours = values.T[code]
        median: pd.Series[float] = values.loc[fellows].median().where(values.loc[fellows].count() >= profile.FEWEST)
        table = pd.DataFrame({"far": (ours - median).abs() / usual, "ours": ours, "median": median}).dropna()
        names = [str(name) for name in table.index]
        rows += zip(table["far"], [code] * len(names), names, table["ours"], table["median"], strict=True)
    return rows


def _apart(view: View, far: float, code: str, name: str, value: float, median: float) -> Alert:
    indicator = data.indicators()[name]
    text = t(
        "alerts.apart_above" if value > median else "alerts.apart_below",
        period=period_text(view.period),
        name=area_name(data.area(code)),
        indicator=indicator.words("name", lang()),
        value=quantity(value, indicator.unit, indicator.decimals),
        median=quantity(median, indicator.unit, indicator.decimals),
        count=comparing.PEERS,
        levels=level_name(state.level_of(code)) if lang() == "zh" else levels_name(state.level_of(code)),
        size=number(far, 1),
    )
    address = state.link("area", area=code, indicator=name, compare="peers")
    return Alert(_id("apart", view, code, name), "apart", text, address)


# ── which data are late ──


def late(view: View) -> list[Alert]:
    """Offices that have not delivered a month's figures when the data end: one sentence a subdistrict and month."""
    until = data.data_until()
    end = min(until, Period.parse(view.period).end)
    start = (pd.Timestamp(end) - pd.DateOffset(months=LATE_MONTHS - 1)).date().replace(day=1)
    if start > end or end < until.replace(day=1):
        return []
    missing = data.ask(queries.alerts.alerts_late, view.area, start, end)
    groups = missing.groupby(["month", "subdistrict"], sort=False)
    ordered = sorted(groups, key=lambda group: -int(group[1]["missing"].max()))
    return [_late(view, rows) for _, rows in ordered[:LATE]]


def _late(view: View, rows: pd.DataFrame) -> Alert:
    first = rows.iloc[0]
    tables = sorted(set(sources_of(rows["measure"])))
    month: date = pd.Timestamp(first["month"]).date()
    text = t(
        "alerts.late",
        name=area_name(data.area(str(first["subdistrict"]))),
        missing=number(rows["missing"].max()),
        of=number(rows["neighbourhoods"].max()),
        month=month_text(month),
        tables=t("alerts.and").join(t(f"table.{table}.name") for table in tables),
    )
    code = str(first["subdistrict"])
    address = state.link("overview", area=code, indicator="events_per_neighbourhood", period=f"{month:%Y-%m}")
    return Alert(_id("late", view, code, f"{month:%Y-%m}"), "late", text, address)


def sources_of(measures: Iterable[str]) -> list[str]:
    """The record tables whose own rows the measures count: those of the indicators they are numerators of."""
    of = {each.numerator: each.records or each.source[0] for each in data.indicators().values()}
    return [of[name] for name in measures if name in of]


# ── shown and dismissed ──


def _id(kind: str, view: View, code: str, name: str) -> str:
    return "|".join((kind, code, name, view.period))


def dismissed() -> frozenset[str]:
    """Which alerts the reader has put away in this session."""
    given: frozenset[str] = state.recall("dismissed_alerts", frozenset())
    return given


def dismiss(*ids: str) -> None:
    """Put alerts away; none given brings all back."""
    state.keep("dismissed_alerts", dismissed() | set(ids) if ids else frozenset())


@st.fragment
def show(view: View) -> None:
    """The line of alerts: how many there are, and the list in a panel that lies over the page and moves nothing."""
    with guard("overview alerts"):  # inside the fragment: what fails in it would else pass for a failure of the page
        _line(found(view))


def _line(every: Sequence[Alert]) -> None:
    shown = [alert for alert in every if alert.id not in dismissed()]
    with st.container(key="alerts", horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(t("alerts.title", count=number(len(shown))), type="tertiary", icon=":material/notifications:"):
            _listed(shown, len(every) - len(shown))
        st.html(f'<p class="ll-alert-first">{escape(shown[0].text if shown else t("alerts.none"))}</p>')


def _listed(shown: Sequence[Alert], away: int) -> None:
    st.caption(t("alerts.caption"))
    for place, alert in enumerate(shown):
        with st.container(key=f"alert_{place}", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(
                f'<p class="ll-alert"><span class="ll-kind">{escape(t(f"alerts.kind_{alert.kind}"))}</span> '
                f'<a href="{escape(alert.address)}">{escape(alert.text)}</a></p>'
            )
            st.button(
                t("alerts.dismiss"),
                key=f"dismiss_{place}_{alert.id}",
                on_click=dismiss,
                args=(alert.id,),
                type="tertiary",
            )
    if away:
        st.button(t("alerts.bring_back", count=number(away)), key="alerts_back", on_click=dismiss, type="tertiary")
