"""Data dictionary: which version is shown, its tables with rows and dates, and every column with its meaning."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

import queries.catalogue
import queries.freshness
from data.contract import Column, Table, load_contract
from pages.parts import data, fields, frame, state, tables, undelivered
from pages.parts.delivered import records_behind
from pages.parts.failures import guard
from pages.parts.state import View
from pages.parts.words import NOTHING, date_text, enum, moment_text, number, t
from queries.records import RECORD_TABLES

SHOWN_VALUES = 12
FROM_EDITION = {"area", "descendant", "boundaries", "blocks", "network", "places", "edges"}


def version() -> None:
    """What the version is: a sentence and its facts."""
    manifest = data.manifest()
    rows = data.ask(queries.catalogue.tables)
    lead = t(
        "dictionary.lead", tables=len(rows), rows=number(int(rows["rows"].sum())), until=date_text(data.data_until())
    )
    effective = date_text(date.fromisoformat(manifest.edition_effective))
    pairs = [
        (t("dictionary.version_is"), escape(manifest.version)),
        (t("dictionary.built"), escape(moment_text(manifest.built_at))),
        (t("dictionary.until"), escape(date_text(data.data_until()))),
        (t("dictionary.edition"), escape(t("dictionary.edition_value", edition=manifest.edition, effective=effective))),
        (t("dictionary.nature"), escape(t("downloads.demonstration" if manifest.demonstration else "downloads.real"))),
        (t("dictionary.licence"), escape(t("dictionary.licence_text"))),
        (t("dictionary.crs"), escape(t("dictionary.crs_text"))),
    ]
    st.html(
        tables.paragraph(lead, "ll-lead") + tables.heading(t("dictionary.version"), "version") + tables.facts(pairs)
    )


def extracts(view: View) -> None:
    """The tables the pages read: what a row is, how many, which dates, and what was recorded last."""
    rows = data.ask(queries.catalogue.tables)
    dates = data.ask(queries.freshness.table_dates).dropna().set_index("table_name")
    known = load_contract().extracts
    st.html(tables.heading(t("dictionary.extracts"), "extracts") + tables.paragraph(t("dictionary.extracts_text")))
    listed = [
        _described(known[str(row["table"])], int(row["rows"]), dates)
        for row in tables.rows_of(rows)
        if row["table"] in known
    ]
    columns = [
        tables.Column(t("dictionary.table"), _table_cell),
        tables.Column(t("dictionary.grain"), lambda r: escape(t(f"table.{r['table'].name}.grain"))),
        tables.Column(t("dictionary.source"), lambda r: escape(_source(r["table"]))),
        tables.Column(t("dictionary.rows"), lambda r: escape(_rows(r)), numeric=True),
        tables.Column(t("dictionary.covers"), lambda r: f'<span class="ll-verdict">{escape(r["covers"])}</span>'),
    ]
    st.html(tables.table([tables.Group("", listed)], columns, t("dictionary.extracts"), wide=True))
    names = [str(name) for name in rows["table"] if name in known]
    if view.get("open") in names:
        st.html(_columns_of(known[view.get("open")], opened=True))
    st.html("".join(_columns_of(known[name]) for name in names if name != view.get("open")))


def _described(table: Table, rows: int, dates: pd.DataFrame) -> tables.Row:
    covers = NOTHING
    if table.name in dates.index:
        first, last = (_day(dates.at[table.name, column]) for column in ("first_date", "last_date"))
        covers = t("dictionary.covers_span", first=first, last=last)
    return {"table": table, "rows": rows, "covers": covers}


def _rows(row: tables.Row) -> str:
    """How many rows, or that nobody has delivered any."""
    gone = not row["rows"] and undelivered.never(records_behind(row["table"].name))
    return t("figures.undelivered") if gone else number(row["rows"])


def _day(moment: Any) -> str:
    return f"{pd.Timestamp(moment):%Y-%m-%d}"


def _table_cell(row: tables.Row) -> str:
    table: Table = row["table"]
    name = f'<a href="#{table.name}">{escape(t(f"table.{table.name}.name"))}</a>'
    records = ""
    if table.name in RECORD_TABLES:
        address = state.link("records", table=table.name)
        label = f"{t('dictionary.open_records')}: {t(f'table.{table.name}.name')}"
        records = f" · {tables.anchor(address, t('dictionary.open_records'), label)}"
    return f'{name}<br><span class="ll-unit">{escape(table.name)}{records}</span>'


def _source(table: Table) -> str:
    if table.source:
        return t(f"source.{table.source}")
    return t("dictionary.from_edition" if table.name in FROM_EDITION else "dictionary.made")


def _columns_of(table: Table, opened: bool = False) -> str:
    title = t("dictionary.columns_of", table=t(f"table.{table.name}.name"))
    columns = [
        tables.Column(t("dictionary.column"), lambda r: f"<code>{escape(r['column'].name)}</code>"),
        tables.Column(t("dictionary.label"), lambda r: escape(fields.label(table.name, r["column"].name))),
        tables.Column(t("dictionary.type"), lambda r: escape(kind_of(r["column"]))),
        tables.Column(t("dictionary.unit"), lambda r: escape(fields.unit(r["column"]))),
        tables.Column(t("dictionary.values"), lambda r: escape(values_of(r["column"]))),
    ]
    body = tables.table([tables.Group("", [{"column": c} for c in table.columns.values()])], columns, title, wide=True)
    count = f"{len(table.columns)} {t('dictionary.columns')}"
    head = f'<strong>{escape(title)}</strong> <span class="ll-unit">{escape(count)}</span>'
    opening = f'<details class="ll-definition" id="{table.name}"{" open" if opened else ""}>'
    return f"{opening}<summary>{head}</summary>{body}</details>"


def kind_of(column: Column) -> str:
    """A column's type in words, and whether it may be empty."""
    kind = t(f"dictionary.type_{column.type}")
    return f"{kind} · {t('dictionary.may_be_empty')}" if column.nullable else kind


def values_of(column: Column) -> str:
    """The values a column may take, in words."""
    return t("list.comma").join(enum(column.name, value) for value in column.values[:SHOWN_VALUES])


def delivered() -> None:
    """The record tables that are only read in sums."""
    contract = load_contract()
    summed = [table for name, table in contract.records.items() if name not in contract.carried]
    st.html(tables.heading(t("dictionary.records"), "records") + tables.paragraph(t("dictionary.records_text")))
    st.html("".join(_columns_of(table) for table in summed))


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    view = frame.page("dictionary")
    with guard("data version"):
        version()
    with guard("tables"):
        extracts(view)
    with guard("delivered records"):
        delivered()


if __name__ == "__main__":
    main()
