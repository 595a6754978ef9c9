"""Two maps of comparison: change between two periods in locked classes, and two indicators at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pandas as pd

from data.indicators import Indicator
from geo.layers import Legend, MapState, Mark
from geo.palettes import Theme, bivariate, diverging
from pages.parts import data, state
from pages.parts.scene import Shown, footer, marked
from pages.parts.state import View
from pages.parts.words import lang, number, period_text, signed, t, unit_name
from queries.estimates import locked_breaks, thirds
from queries.periods import Period

YEARS = range(-3, 4)


def changes(indicator: Indicator, what: Shown, since: str, until: str) -> pd.DataFrame:
    """One row per area, indexed by code: before, after, change (in the unit; NaN where either is missing), withheld."""
    before, after = (
        data.indicator_values(indicator, what.level, what.scope, period).set_index("code") for period in (since, until)
    )
    return pd.DataFrame(
        {
            "before": before["value"],
            "after": after["value"],
            "change": after["value"] - before["value"],
            "withheld": _either(before["withheld"], after["withheld"]),
        }
    )


def _either(one: pd.Series[bool], other: pd.Series[bool]) -> pd.Series[bool]:
    """Whether one of the two is withheld, for all areas of either."""
    both = pd.DataFrame({"one": one, "other": other}).fillna(False).astype(bool)
    return both.any(axis=1)


def breaks(indicator: Indicator, level: str, since: str, until: str) -> tuple[float, float]:
    """Small and large change, the same for these two periods in whichever years and wherever in the district.

    They come from the changes of all areas of the level between the two periods, moved to every year of the data.
    """
    first, last = data.span()
    whole = Shown(level, state.DISTRICT)
    one, other = Period.parse(since), Period.parse(until)
    moved = [(one.shifted(years), other.shifted(years)) for years in YEARS]
    kept = [pair for pair in moved if all(each.within(first, last) for each in pair)] or [(one, other)]
    found = [changes(indicator, whole, str(a), str(b))["change"] for a, b in kept]
    return locked_breaks(pd.concat(found), 10.0**-indicator.decimals)


def class_of(change: float, small: float, large: float) -> int | Mark:
    """0 fell much, 1 fell, 2 about the same, 3 rose, 4 rose much."""
    if change != change:
        return "missing"
    size = 0 if abs(change) < small else 1 if abs(change) < large else 2
    return 2 + (size if change > 0 else -size)


def change_map(view: View, indicator: Indicator, what: Shown, since: str) -> MapState:
    """The change of an indicator since another period, in five classes around no change."""
    found = changes(indicator, what, since, view.period)
    small, large = breaks(indicator, what.level, since, view.period)
    classes = {str(code): class_of(float(change), small, large) for code, change in found["change"].items()}
    classes |= _withheld(found["withheld"])
    values = {str(code): signed(change, indicator.decimals) for code, change in found["change"].items()}
    values |= dict.fromkeys(_withheld(found["withheld"]), t("meaning.withheld"))
    low, high = number(small, indicator.decimals), number(large, indicator.decimals)
    entries: list[tuple[int | Mark, str]] = [
        (place, t(f"compare_page.class_{place}", small=low, large=high)) for place in (4, 3, 2, 1, 0)
    ]
    entries += _special(classes)
    title = t(
        "compare_page.change_legend",
        indicator=indicator.words("short", lang()),
        since=period_text(since),
        until=period_text(view.period),
    )
    legend = Legend(title, _unit(indicator), tuple(entries))
    return _state(view, what, classes, values, diverging(cast("Theme", view.theme)), legend)


def _withheld(kept: pd.Series[bool]) -> dict[str, int | Mark]:
    """The mark of the areas whose value is not told."""
    return {str(code): "suppressed" for code, each in kept.items() if each}


def _special(classes: Mapping[str, int | Mark]) -> list[tuple[int | Mark, str]]:
    """What marks without a class mean, of those there are."""
    words: dict[int | Mark, str] = {"suppressed": t("meaning.withheld_legend"), "missing": t("legend.missing")}
    return [(mark, said) for mark, said in words.items() if mark in classes.values()]


def _unit(indicator: Indicator) -> str:
    return t("compare_page.points") if indicator.unit == "percent" else unit_name(indicator.unit)


def pair_map(view: View, one: Indicator, other: Indicator, what: Shown) -> MapState:
    """Two indicators at once: each area in its third of the one and of the other."""
    x, y = (data.indicator_values(each, what.level, what.scope, view.period).set_index("code") for each in (one, other))
    both = pd.DataFrame({"x": x["value"], "y": y["value"]})
    kept = _withheld(_either(x["withheld"], y["withheld"]))
    known = both.dropna()
    third = 3 * thirds(known["y"]) + thirds(known["x"])
    classes: dict[str, int | Mark] = {str(code): "missing" for code in both.index}
    classes |= {str(code): int(place) for code, place in third.items()}
    classes |= kept
    values = {
        str(code): f"{number(float(ours), one.decimals)} · {number(float(theirs), other.decimals)}"
        for code, ours, theirs in zip(both.index, both["x"], both["y"], strict=True)
    }
    values |= dict.fromkeys(kept, t("meaning.withheld"))
    names = (one.words("short", lang()), other.words("short", lang()))
    entries: list[tuple[int | Mark, str]] = [(3 * y + x, _thirds_text(names, x, y)) for y in range(3) for x in range(3)]
    entries += _special(classes)
    legend = Legend(f"{names[0]} × {names[1]} · {period_text(view.period)}", "", tuple(entries), grid=names)
    return _state(view, what, classes, values, bivariate(cast("Theme", view.theme)), legend)


def _thirds_text(names: tuple[str, str], x: int, y: int) -> str:
    """What a colour of the map of two says: which third of the one, which of the other."""
    of = (t(f"compare_page.third_{x}"), t(f"compare_page.third_{y}"))
    return t("compare_page.thirds", x=names[0], of_x=of[0], y=names[1], of_y=of[1])


def _state(
    view: View, what: Shown, classes: Mapping[str, int | Mark], values: Mapping[str, str], colours: tuple[str, ...],
    legend: Legend,
) -> MapState:  # fmt: skip
    return MapState(
        level=what.level,
        lang="zh" if lang() == "zh" else "en",
        theme=cast("Theme", view.theme),
        footer=footer(),
        hover_suffix=t("map_footer.demonstration") if data.manifest().demonstration else "",
        classes=classes,
        values=values,
        colours=colours,
        legend=legend,
        focus=None if what.scope == state.DISTRICT else what.scope,
        highlight=marked(view, what.mark),
        layers=frozenset(view.layers),
    )
