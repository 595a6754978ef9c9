"""The ranked list beside the map: the same areas and colours, bar, value and difference; each row leads on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, cast

import pandas as pd

from data.indicators import Indicator
from pages.parts import data, state
from pages.parts.comparing import others
from pages.parts.state import View
from pages.parts.words import is_missing, lang, levels_name, number, short_name, signed, t, told, unit_name
from queries.indicators import Direction, compare, ranking

WHOLE = 18  # a list up to this long is shown whole
END = 8  # of a longer one the first and the last so many


@dataclass(frozen=True)
class Ranked:
    """What a ranked list shows: `frame` (code, value, withheld, rank; best first), areas' colours, the level."""

    frame: pd.DataFrame
    colours: dict[str, str]
    level: str


def ranked(values: pd.DataFrame, indicator: Indicator, colours: dict[str, str], level: str) -> Ranked:
    """Rank `values` (code, value, withheld); areas without a value come last and have no rank."""
    given = values[["code", "value", "withheld"]]
    return Ranked(ranking(given, cast("Direction", indicator.direction)), colours, level)


def ranked_list(view: View, indicator: Indicator, given: Ranked, leaf: str | None = "area") -> str:
    """The list as an HTML table: whole when short, else its two ends and a link to the rest.

    The lower end is that of the areas with a value; how many have none is said in the caption. A neighbourhood's row
    leads to the page `leaf` (None: stays here).
    """
    known = given.frame.dropna(subset=["value"])
    whole = len(given.frame) <= WHOLE
    head = given.frame if whole else known.head(END)
    tail = known.iloc[END:].tail(END) if not whole else known.iloc[0:0]
    other = others(indicator, [*head["code"], *tail["code"]], view.compare, view.period, given.level)
    top = max(float(known["value"].abs().max()), 1e-12)
    pages = {"neighbourhood": leaf}
    rows = "".join(_row(view, indicator, row, given, other, top, pages) for _, row in head.iterrows())
    rows += "" if whole else _gap(len(given.frame) - len(head) - len(tail), given.level)
    rows += "".join(_row(view, indicator, row, given, other, top, pages) for _, row in tail.iterrows())
    caption = f"<caption>{escape(_caption(indicator, given, len(given.frame) - len(known)))}</caption>"
    return f'<table class="ll-table ll-ranked">{caption}{_head(view, indicator)}<tbody>{rows}</tbody></table>'


def _caption(indicator: Indicator, given: Ranked, without: int) -> str:
    counted = levels_name(given.level, len(given.frame))
    said = t(f"ranked.caption_{indicator.direction}", counted=counted, indicator=indicator.words("short", lang()))
    kept = int(given.frame["withheld"].sum())
    said += t("ranked.without", count=number(without)) if without else ""
    return said + t("meaning.withheld_count", count=number(kept)) if kept else said


def _head(view: View, indicator: Indicator) -> str:
    difference = "" if view.compare == "none" else f'<th scope="col">{escape(t(f"ranked.against_{view.compare}"))}</th>'
    return (
        f'<thead><tr><th scope="col">{escape(t("ranked.rank"))}</th><th scope="col">{escape(t("ranked.area"))}</th>'
        f'<th scope="col">{escape(unit_name(indicator.unit))}</th>{difference}</tr></thead>'
    )


def _row(
    view: View,
    indicator: Indicator,
    row: pd.Series[Any],
    given: Ranked,
    other: pd.Series[float],
    top: float,
    pages: Mapping[str, str | None],
) -> str:
    code, value = str(row["code"]), float(row["value"])
    area = data.areas().loc[code]
    here = ' class="ll-here"' if code == view.area else ""
    width = 0 if is_missing(value) else round(100 * abs(value) / top, 1)
    name = (
        f'<a href="{escape(state.link(pages.get(given.level), area=code))}">{escape(short_name(area, given.level))}</a>'
    )
    colour = given.colours.get(code, "transparent")
    bar = f'<span class="ll-track"><i style="width:{width}%;background:{colour}"></i></span>'
    return (
        f'<tr data-code="{code}"{here}><td class="ll-rank">{"" if pd.isna(row["rank"]) else row["rank"]}</td>'
        f'<th scope="row"><div>{name}{bar}</div></th>'
        f"<td>{told(value, indicator.decimals, bool(row['withheld']))}</td>"
        f"{_difference(view, indicator, value, other.get(code))}</tr>"
    )


def _difference(view: View, indicator: Indicator, value: float, other: float | None) -> str:
    if view.compare == "none":
        return ""
    found = compare(value, other, cast("Direction", indicator.direction), 0.5 * 10**-indicator.decimals)
    if found is None:
        return f"<td>{number(None)}</td>"
    return f'<td class="ll-{found.judgement}">{signed(found.difference, indicator.decimals)}</td>'


def _gap(hidden: int, level: str) -> str:
    words = t("ranked.rest", counted=levels_name(level, hidden))
    return (
        f'<tr class="ll-gap"><td colspan="4"><a href="{escape(state.link(list="all"))}">{escape(words)}</a></td></tr>'
    )


def whole_frame(indicator: Indicator, given: Ranked) -> pd.DataFrame:
    """All areas as a table to sort and search: rank, area, value; the index is the area code."""
    areas = data.areas()
    kept = given.frame["withheld"]
    notes = {t("meaning.note"): [t("meaning.withheld") if each else "" for each in kept]} if kept.any() else {}
    return pd.DataFrame(
        {
            t("ranked.rank"): given.frame["rank"].to_list(),
            t("ranked.area"): areas.loc[given.frame["code"], f"name_{lang()}"].to_list(),
            unit_name(indicator.unit): given.frame["value"].round(indicator.decimals).to_list(),
            **notes,
        },
        index=given.frame["code"],
    )
