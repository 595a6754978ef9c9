"""From the View to the map's state: which areas, their classes and colours, legend, footer and what to look at."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import pandas as pd

from data.indicators import Indicator
from geo.layers import Legend, MapState, Mark
from geo.palettes import Theme, sequential
from pages.parts import data, edition_choice, state
from pages.parts.controls import finer
from pages.parts.state import View
from pages.parts.words import date_text, lang, number, period_text, t, told, unit_name
from queries.indicators import MISSING, ZERO, Classes, assign, classes


@dataclass(frozen=True)
class Shown:
    """Which areas are compared: those of `level` inside `scope`; `mark` is the one in view if it is among them."""

    level: str
    scope: str
    mark: str | None = None


def shown(view: View, indicator: Indicator) -> Shown:
    """The areas to show: inside the area in view, or beside it where the indicator is not known inside.

    A neighbourhood, or a community of an indicator known by community only, is shown among its siblings.
    """
    level = view.level
    if indicator.finest in state.LEVELS and finer(level, indicator.finest):
        level = indicator.finest
    if view.area_level not in state.LEVELS or finer(level, view.area_level):
        return Shown(level, view.area)
    path = data.area_path(view.area).set_index("level")["code"]
    mark = str(path.get(level, view.area))
    parent: Any = data.areas().at[mark, "parent"]
    return Shown(level, str(parent), mark)


@dataclass(frozen=True)
class Scene:
    """A map ready to be drawn, the values behind it (code, value, withheld) and the colour of each area."""

    state: MapState
    values: pd.DataFrame
    colours: dict[str, str]


def scene(view: View, indicator: Indicator, what: Shown, breaks: tuple[float, ...] = ()) -> Scene:
    """The map of `indicator` in the view's period over the areas `what`; `breaks` are those of maps it is held to."""
    values = data.indicator_values(indicator, what.level, what.scope, view.period)[["code", "value", "withheld"]]
    series = values.set_index("code")["value"]
    grouped = assign(series, breaks) if breaks else classes(series)
    theme = cast("Theme", view.theme)
    ramp = sequential(theme, grouped.k) if grouped.k else ()
    marks = {str(code): _mark(int(index)) for code, index in grouped.index.items()}
    marks |= dict.fromkeys(values.loc[values["withheld"], "code"], "suppressed")
    colours = {code: ramp[mark] for code, mark in marks.items() if isinstance(mark, int)}
    numbers = zip(values["code"], values["value"], values["withheld"], strict=True)
    drawn = MapState(
        level=what.level,
        lang="zh" if lang() == "zh" else "en",
        theme=theme,
        footer=footer() if indicator.map_default else f"{t('map_footer.count')} · {footer()}",
        hover_suffix=t("map_footer.demonstration") if data.manifest().demonstration else "",
        classes=marks,
        values={str(code): told(value, indicator.decimals, kept) for code, value, kept in numbers},
        colours=ramp,
        legend=legend(view, indicator, grouped, {*marks.values(), *range(len(breaks))}),
        focus=None if what.scope == state.DISTRICT else what.scope,
        highlight=marked(view, what.mark),
        layers=frozenset(view.layers),
    )
    return Scene(drawn, values, colours)


def marked(view: View, own: str | None = None) -> tuple[str, ...]:
    """The areas outlined on a map: `own`, which is in view, and those the reader marked."""
    return tuple(dict.fromkeys(filter(None, (own, *view.highlights))))


def _mark(index: int) -> int | Mark:
    return {MISSING: "missing", ZERO: "zero"}.get(index, index)  # type: ignore[return-value]


def legend(view: View, indicator: Indicator, grouped: Classes, present: set[int | Mark]) -> Legend:
    """Title, unit and one entry a class, low to high, then zero, withheld and missing if there are such areas."""
    filled = [mark for mark in present if isinstance(mark, int)]
    entries: list[tuple[int | Mark, str]] = [(k, _between(grouped, k, indicator.decimals)) for k in sorted(filled)]
    special: dict[int | Mark, str] = {
        "zero": t("legend.zero"), "suppressed": t("meaning.withheld_legend"), "missing": t("legend.missing"),
    }  # fmt: skip
    entries += [(mark, words) for mark, words in special.items() if mark in present]
    title = f"{indicator.words('short', lang())} · {period_text(view.period)}"
    return Legend(title, unit_name(indicator.unit), tuple(entries))


def _between(grouped: Classes, k: int, decimals: int) -> str:
    if k == 0:
        return t("legend.up_to", high=number(grouped.breaks[0], decimals))
    if k == grouped.k - 1:
        return t("legend.above", low=number(grouped.breaks[k - 1], decimals))
    return f"{number(grouped.breaks[k - 1], decimals)}–{number(grouped.breaks[k], decimals)}"


def _nature(demonstration: bool) -> str:
    """Whose data a map shows: the demonstration's, real ones on its ground, or real ones throughout."""
    return "demonstration" if demonstration else "ground" if data.demonstration_ground() else "real"


def footer() -> str:
    """What every map says of itself: schematic, edition, date of the data, and its approval number if one is set."""
    manifest = data.manifest()
    parts = [
        t("map_footer.schematic"),
        edition_choice.named(manifest),
        t("footer.data_until", date=date_text(date.fromisoformat(manifest.data_until))),
        t(f"map_footer.source_{_nature(manifest.demonstration)}"),
    ]
    if approval := os.environ.get("LINLI_MAP_APPROVAL", "").strip():
        parts.append(t("map_footer.approval", number=approval))
    return " · ".join(parts)
