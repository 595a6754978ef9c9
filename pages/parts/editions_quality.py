"""The quality of an edition or draft, measure by measure, beside that of the edition it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from data.spreadsheets import Figure
from geo.quality import Quality
from pages.parts import bounds, editions_base, tables
from pages.parts.editions_base import Item
from pages.parts.quality_rules import RULES, Rule, figure, held, held_figure, named, shown, verdict
from pages.parts.words import number, signed, t

KNOWN_ALREADY = 1e-9  # smaller differences are not changes


def measures(item: Item) -> None:
    """The table of an item: alone for the first edition, else beside its base."""
    now = editions_base.side(item.id)
    base = item.edition.base if item.edition else item.draft.base if item.draft else None
    if base is None:
        st.html(table([(now.title, editions_base.quality(now))]))
    else:
        found = editions_base.compared(editions_base.side(base), now)
        st.html(moved(found.quality_after))
        title = t("editions.edition", id=base)
        st.html(table([(title, found.quality_before), (now.title, found.quality_after)]))
    with st.expander(t("boundaries.definitions")):
        pairs = [(t(f"boundaries.measures.{r.key}"), escape(t(f"boundaries.meaning.{r.key}"))) for r in RULES]
        st.html(tables.facts(pairs) + tables.paragraph(t("boundaries.rules_source"), "ll-note-text"))


def moved(quality: Quality) -> str:
    """How many households change neighbourhood, as a sentence."""
    share = quality.moved_share
    return "" if share is None else tables.paragraph(t("editions.moved_share", share=bounds.percent(share)))


def table(sides: Sequence[tuple[str, Quality]]) -> str:
    """Measures in rows, sides in columns, with the change between the first and the last and the rule."""
    rows = [{"rule": rule, "values": [rule.value(q) for _, q in sides]} for rule in RULES]
    columns = [tables.Column(t("boundaries.measure"), lambda r: escape(named(r["rule"])))]
    columns += [_values(place, title) for place, (title, _) in enumerate(sides)]
    if len(sides) > 1:
        columns.append(tables.Column(t("editions.change"), lambda r: change(r["rule"], r["values"]), numeric=True))
    columns += [
        tables.Column(t("boundaries.rule"), lambda r: escape(held(r["rule"])), numeric=True),
        tables.Column(t("boundaries.verdict"), lambda r: verdict(r["rule"].met(r["values"][-1]))),
    ]
    return tables.table([tables.Group("", rows)], columns, t("boundaries.rules"))


def _values(place: int, title: str) -> tables.Column:
    return tables.Column(title, lambda r: shown(r["values"][place], r["rule"].kind), numeric=True)


def change(rule: Rule, values: Sequence[float | None]) -> str:
    """The difference between the last value and the first, signed; shares in percentage points."""
    found = change_figure(rule, values)
    if found is None:
        return number(None)
    if not found.value:
        return t("editions.same")
    return f"{signed(found.value, found.decimals)}{found.after}"


def change_figure(rule: Rule, values: Sequence[float | None]) -> Figure | None:
    """The same for a file's table; 0 where nothing has changed, None where one of the values isn't known."""
    first, last = values[0], values[-1]
    if first is None or last is None:
        return None
    less = 0.0 if abs(last - first) < KNOWN_ALREADY else last - first
    if rule.kind == "share":
        return Figure(100 * less, 1, signed=True, after=t("editions.points", value=""))
    return Figure(less, {"km": 1, "index": 3, "m2": 1}.get(rule.kind, 0), signed=True)


def as_frame(sides: Sequence[tuple[str, Quality]]) -> pd.DataFrame:
    """The same table for a file, with its numbers."""
    rows = [
        {
            t("boundaries.measure"): named(rule),
            **{title: figure(rule.value(quality), rule.kind) for title, quality in sides},
            t("editions.change"): change_figure(rule, [rule.value(quality) for _, quality in sides]),
            t("boundaries.rule"): held_figure(rule),
        }
        for rule in RULES
    ]
    return pd.DataFrame(rows)
