"""The figures the report publishes beside what the records hold, as a theme's page shows its own."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

import queries.catalogue
from data.imports.rules import figure_tables
from pages.parts import data, state, tables
from pages.parts.state import View
from pages.parts.undelivered import incomplete, never
from pages.parts.words import lang, number, t

CALENDAR_DAY = "MMDD"
MANY = 10_000_000
LARGE_IN_ENGLISH = ((1e9, "definitions.large"), (1e6, "definitions.medium"))
DIGITS = str.maketrans({**dict(zip("一二三四五六七八九", "123456789", strict=True)), "（": " (", "）": ")"})
THEMES = {"events": "values", "area": "structure"}  # page -> theme of its figures, where they have two names


def published_of(view: View) -> None:
    """The theme's published figures with ours; they are of the whole district, so only its page shows them."""
    figures = data.ask(queries.catalogue.published)
    own = figures[figures["theme"] == THEMES.get(view.page, view.page)]
    if view.area != state.DISTRICT or own.empty:
        return
    totals = own[own["check"] == "total"]
    met = int(totals["met"].fillna(False).astype(bool).sum())
    counts = {"count": number(len(own)), "totals": number(len(totals)), "met": number(met)}
    label = t("theme_page.published" if len(totals) else "theme_page.published_stated", **counts)
    if missing := sum(undelivered(row) for row in tables.rows_of(totals)):
        label += t("theme_page.published_undelivered", count=number(missing))
    with st.expander(label):
        note = t("theme_page.published_demonstration") if data.manifest().demonstration else ""
        more = tables.anchor(f"{state.link('definitions')}#published", t("nav.definitions"))
        rows = [tables.Group("", tables.rows_of(own))]
        st.html(tables.table(rows, _columns(), label, wide=True) + f'<p class="ll-note-text">{escape(note)} {more}</p>')


def _columns() -> list[tables.Column]:
    return [
        tables.Column(t("definitions.figure"), lambda r: escape(r[f"name_{lang()}"])),
        tables.Column(t("definitions.published_value"), lambda r: escape(figure(r)), numeric=True),
        tables.Column(t("definitions.ours"), lambda r: escape(_ours(r)), numeric=True),
        tables.Column(t("definitions.check"), _verdict),
        tables.Column(t("definitions.meaning"), lambda r: escape(r[f"meaning_{lang()}"])),
        tables.Column(t("definitions.section"), lambda r: escape(section(r))),
    ]


def undelivered(row: tables.Row) -> bool:
    """Whether a figure's table, or its year of it, was delivered by nobody: it is missing, not missed."""
    if row["check"] != "total" or data.manifest().demonstration:
        return False
    return pd.isna(row["ours"]) or bool(never(figure_tables().get(str(row["id"]), ())))


def partial(row: tables.Row) -> bool:
    """Whether only some subdistricts delivered what a figure is counted from: nothing to hold against the report."""
    return row["check"] == "total" and incomplete(figure_tables().get(str(row["id"]), ()))


def _ours(row: tables.Row) -> str:
    if undelivered(row):
        return t("figures.undelivered")
    known = row["check"] == "total" and pd.notna(row["ours"])
    return written(row["ours"], row["unit"]) if known else number(None)


def _verdict(row: tables.Row) -> str:
    if row["check"] != "total":
        return escape(t("definitions.stated"))
    if undelivered(row):
        return escape(t("figures.undelivered"))
    if partial(row):
        return escape(t("undelivered.partial"))
    if bool(row["met"]):
        return f'<span class="ll-better">{escape(t("theme_page.published_met"))}</span>'
    return f'<span class="ll-worse">{escape(t("definitions.not_met"))}</span>'


def written(value: float, unit: str) -> str:
    """A published value with its unit, as the report's readers write it: shares as per cent, 520 as a day."""
    if unit == CALENDAR_DAY:
        month, day = divmod(int(value), 100)
        return t("definitions.day", month=month, day=day, month_name=t(f"month.{month}"))
    if unit == "share":
        return f"{number(value * 100, 1).removesuffix('.0')}%"
    steps = ((1e8, "definitions.large"), (1e4, "definitions.medium")) if lang() == "zh" else LARGE_IN_ENGLISH
    named = {"unit": t(f"published_unit.{unit}")}
    for least, key in steps:
        if value >= MANY and value >= least:  # all published digits stay: 117.5 亿元
            return t(key, value=_trimmed(value / least), **named)
    return t("definitions.with_unit", value=_trimmed(value), **named).strip()


def section(row: tables.Row) -> str:
    """Where the report states it: 二（六）; in English 2 (6)."""
    named = str(row["section"])
    if lang() == "zh":
        return named
    plain = named.translate(DIGITS)
    return plain if plain.isascii() else t("definitions.introduction")


def _trimmed(value: float) -> str:
    text = number(value, 2)
    return text.rstrip("0").rstrip(".")


def figure(row: tables.Row) -> str:
    """The published value with its bound and unit."""
    return f"{t('definitions.bound_' + row['bound'])} {written(row['value'], row['unit'])}".strip()
