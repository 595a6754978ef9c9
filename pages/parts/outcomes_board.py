"""The six “更加显著” as a board: measures of the contract under each, traceable, and no score made of them."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

import queries.catalogue
from data.indicators import Indicator
from pages.parts import data, glances, profile, state, tables
from pages.parts.profile import Entry
from pages.parts.state import View
from pages.parts.words import lang, number, quantity, signed, t

# The report names the six and gives none of them a measure; which measures stand under which is the atlas's reading.
SIX: dict[str, tuple[str, ...]] = {
    "harmony": ("council_coverage", "matters_solved_share", "reviews_resolved", "covenant_share"),
    "safety": ("settled_in_neighbourhood_share", "cases_closed_share", "repeat_share"),
    "credit": ("integrity_share", "model_neighbours_per_10000"),
    "law": ("lawyer_point_coverage", "charter_share"),
    "health": (),
    "happiness": ("satisfaction", "gain", "attendances_per_1000"),
}


def board(view: View, code: str) -> str:
    """The board of area `code` in the view's period, as HTML."""
    around = profile.fellows(code)
    known = data.indicators()
    wanted = [known[name] for names in SIX.values() for name in names]
    found = {entry.indicator.id: entry for entry in profile.entries(wanted, around, view.period)}
    published = data.ask(queries.catalogue.published).set_index("id")
    blocks = "".join(
        _block(name, [found[each] for each in names if each in found], published) for name, names in SIX.items()
    )
    intro = tables.heading(t("outcomes.six"), "six") + tables.paragraph(t("outcomes.six_text"), "ll-note-text")
    return f'{intro}<div class="ll-six">{blocks}</div>'


def _block(name: str, entries: list[Entry], published: pd.DataFrame) -> str:
    rows = "".join(_row(entry, published) for entry in entries)
    body = f"<ul>{rows}</ul>" if rows else f'<p class="ll-nothing">{escape(t("outcomes.six_none"))}</p>'
    title = escape(t(f"outcomes.{name}"))
    return f'<section aria-label="{title}"><h3 class="ll-h3">{title}</h3>{body}</section>'


def _row(entry: Entry, published: pd.DataFrame) -> str:
    indicator = entry.indicator
    shown = t("meaning.withheld") if entry.withheld else quantity(entry.value, indicator.unit, indicator.decimals)
    value = tables.anchor(
        glances.records_link(indicator), shown, t("outcomes.records_of", name=indicator.words("name", lang()))
    )
    name = tables.anchor(
        f"{state.link('definitions')}#{indicator.id}", indicator.words("name", lang()),
        t("outcomes.definition_of", name=indicator.words("name", lang())),
    )  # fmt: skip
    change = ""
    if entry.before is not None:
        change = (
            f'<span class="ll-{entry.before.judgement}" title="{escape(t("outcomes.since"))}">'
            f"{signed(entry.before.difference, indicator.decimals)}</span>"
        )
    report = escape(_report(indicator, published))
    return f"<li><span>{name}</span> <strong>{value}</strong> {change}<small>{report}</small></li>"


def _report(indicator: Indicator, published: pd.DataFrame) -> str:
    """What the report says of it: its figure, or that it gives none."""
    rows = published[published.index.isin(indicator.published[:1])]
    if rows.empty:
        return t("outcomes.six_unpublished")
    first = rows.iloc[0]
    return t("outcomes.six_published", name=first[f"name_{lang()}"], value=_published(first))


def _published(row: pd.Series[Any]) -> str:
    value = float(row["value"])
    return number(value * 100, 1) + "%" if row["unit"] == "share" else number(value, 0 if value.is_integer() else 1)
