"""The choosers every page shares; each is seeded from the View and writes the reader's choice back into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from data.indicators import THEMES, Indicator
from pages.parts import state
from pages.parts.state import View
from pages.parts.words import lang, level_name, period_text, t


def indicator(view: View, indicators: dict[str, Indicator], *, width: int = 400) -> None:
    """Chooser of the indicator: grouped by theme; typing searches in theme and name."""
    ordered = sorted(indicators, key=lambda name: THEMES.index(indicators[name].theme))
    st.selectbox(
        t("controls.indicator"),
        ordered,
        format_func=lambda name: (
            f"{t(f'theme_of.{indicators[name].theme}')} · {indicators[name].words('name', lang())}"
        ),
        key=state.seed("indicator", view.indicator),
        on_change=state.follow,
        args=("indicator", "indicator"),
        width=width,
    )


def level(view: View, finest: str) -> None:
    """Chooser of the level shown, from the next one inside the area down to the finest the indicator is known at."""
    choices = [name for name in state.levels_inside(view.area_level) if not finer(name, finest)]
    if len(choices) < 2:
        return
    st.segmented_control(
        t("controls.level"),
        choices,
        format_func=level_name,
        key=state.seed("level", view.level if view.level in choices else choices[-1]),
        on_change=state.follow,
        args=("level", "level"),
        required=True,
    )


def finer(one: str, other: str) -> bool:
    """Whether level `one` is finer than level `other`."""
    order = ("district", *state.LEVELS)
    return order.index(one) > order.index(other)


def period(view: View, first: date, last: date, *, width: int = 160) -> None:
    """Chooser of the period: years, spans and months of the data, newest first; and the View's own, whatever it is."""
    choices = periods(first, last)
    st.selectbox(
        t("controls.period"),
        choices if view.period in choices else [view.period, *choices],
        format_func=period_text,
        key=state.seed("period", view.period),
        on_change=state.follow,
        args=("period", "period"),
        width=width,
    )


def periods(first: date, last: date) -> list[str]:
    """Periods on offer between two months: years, then spans ending in the last year, then months."""
    years = [str(year) for year in range(last.year, first.year - 1, -1)]
    spans = [f"{year}..{last.year}" for year in range(last.year - 1, first.year - 1, -1)]
    count = (last.year - first.year) * 12 + last.month - first.month
    months = [divmod(first.year * 12 + first.month - 1 + step, 12) for step in range(count, -1, -1)]
    return [*years, *spans, *(f"{year}-{month + 1:02d}" for year, month in months)]


def comparison(view: View, *, width: int = 150) -> None:
    """Chooser of what values are compared with."""
    st.selectbox(
        t("controls.compare"),
        state.COMPARISONS,
        format_func=lambda name: t(f"compare.{name}"),
        key=state.seed("compare", view.compare),
        on_change=state.follow,
        args=("compare", "compare"),
        width=width,
    )


def layers(view: View, choices: Sequence[str] = state.LAYERS) -> None:
    """Switches of the map's layers, behind one button."""
    with st.popover(t("controls.layers")):
        st.pills(
            t("controls.layers"),
            choices,
            selection_mode="multi",
            format_func=lambda name: t(f"layer.{name}"),
            key=state.seed("layers", list(view.layers)),
            on_change=_follow_layers,
        )


def _follow_layers() -> None:
    state.go(layers=tuple(state.chosen("layers") or ()))


def share(view: View) -> None:
    """The address of exactly this view, to copy."""
    with st.popover(t("controls.share")):
        st.caption(t("controls.share_caption"))
        st.code(state.whole_address(view), language=None, wrap_lines=True)
