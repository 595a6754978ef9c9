"""Data quality: which office delivers what and since when no more, and a score of it with its parts."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.contract import load_contract
from data.imports.lineage import LISTED_AS
from pages.parts import data, downloads, frame, state, tables
from pages.parts.delivered import EVERYWHERE, SPARSE
from pages.parts.delivery_scores import PARTS, TABLES, scores, stopped
from pages.parts.failures import guard, nothing
from pages.parts.state import View
from pages.parts.words import NOTHING, area_name, date_text, lang, number, period_text, t
from queries.freshness import delivered
from queries.records import RECORD_TABLES

MEASURES = ("events", "events_counted", "events_recorded_in_time")
NAMED = 6


def offices(view: View) -> pd.DataFrame:
    """The subdistricts to look at: those of the area in view, or the one it lies in."""
    if view.area_level in ("district", "former_district"):
        return data.children(view.area, "subdistrict")
    return (
        data.areas().loc[[view.area[:9]]] if view.area_level != "zone" else data.children(state.DISTRICT, "subdistrict")
    )


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    view = frame.page("delivery_quality")
    with guard("delivery quality"):
        shown = offices(view)
        codes = shown["code"].astype(str).to_list()
        every = data.ask(delivered)
        rows = every[every["table_name"].isin(TABLES) & every["office"].isin(codes)]
        rows = rows.rename(columns={"office": "subdistrict"})
        if rows.empty:
            nothing(t("delivery_quality.nothing"), t("delivery_quality.nothing_next"))
            _coverage(every, codes)
            return
        measured = data.measure_values(MEASURES, codes, view.period)
        found = scores(rows, measured, codes, data.data_until())
        names = {str(row["code"]): area_name(row) for _, row in shown.iterrows()}
        st.html(tables.paragraph(sentence(found, rows, names), "ll-lead"))
        _scores(found, names)
        _freshness(rows, codes, names)
        _coverage(every, codes)
        _downloads(found, rows, names)


def sentence(found: pd.DataFrame, rows: pd.DataFrame, names: dict[str, str]) -> str:
    """How the offices stand, and who has stopped delivering what."""
    ordered = found["score"].dropna().sort_values()
    said = t("delivery_quality.lead", count=number(len(found)), mean=percent(float(ordered.mean())))
    if len(ordered) > 1:
        said += t("delivery_quality.range", low=names[str(ordered.index[0])], low_score=percent(float(ordered.iloc[0])),
                  high=names[str(ordered.index[-1])], high_score=percent(float(ordered.iloc[-1])))  # fmt: skip
    silent = stopped(rows, list(names), data.data_until())
    if not silent:
        return said + t("delivery_quality.none_stopped")
    told = [
        t("delivery_quality.stopped", area=names[code], table=t(f"table.{table}.name"), since=since(last))
        for code, table, last in silent[:NAMED]
    ]
    return said + t("delivery_quality.list", items=t("delivery_quality.between").join(told), count=number(len(silent)))


def since(last: pd.Timestamp | None) -> str:
    """The month after which nothing came in any more."""
    if last is None:
        return t("delivery_quality.never")
    return t("delivery_quality.since", month=date_text(last.date()))


def percent(value: float) -> str:
    """A share as whole per cent; a dash where it is not known."""
    return NOTHING if pd.isna(value) else f"{number(value * 100, 0)}%"


def _scores(found: pd.DataFrame, names: dict[str, str]) -> None:
    st.html(tables.heading(t("delivery_quality.scores"), "scores"))
    rows: list[dict[str, Any]] = [
        {"code": str(code), **{part: float(row[part]) for part in (*PARTS, "score")}}
        for code, row in found.sort_values("score", ascending=False).iterrows()
    ]
    columns = [
        tables.Column(
            t("delivery_quality.office"), lambda r: tables.anchor(state.link(area=r["code"]), names[r["code"]])
        ),
        *(_share_column(part) for part in ("score", *PARTS)),
    ]
    st.html(tables.table([tables.Group("", rows)], columns, t("delivery_quality.scores")))
    st.html(tables.paragraph(t("delivery_quality.meaning")))


def _share_column(part: str) -> tables.Column:
    return tables.Column(t(f"delivery_quality.{part}"), lambda r: escape(percent(r[part])), numeric=True)


def _freshness(rows: pd.DataFrame, codes: list[str], names: dict[str, str]) -> None:
    """Subdistrict × table: the last date, and the months with rows."""
    st.html(tables.heading(t("delivery_quality.freshness"), "freshness"))
    known = {(row.subdistrict, row.table_name): row for row in rows.itertuples()}
    late = {(code, table) for code, table, _ in stopped(rows, codes, data.data_until())}

    def cell(table: str, office: tables.Row) -> str:
        code = str(office["code"])
        row: Any = known.get((code, table))
        if row is None:
            return escape(t("delivery_quality.never"))
        told = f"{date_text(pd.Timestamp(row.last_date).date())}"
        months = t("delivery_quality.months", count=number(row.month_count))
        mark = f' <span class="ll-worse">{escape(t("delivery_quality.late"))}</span>' if (code, table) in late else ""
        return f'{escape(told)}{mark}<br><span class="ll-unit">{escape(months)}</span>'

    columns = [
        tables.Column(
            t("delivery_quality.office"), lambda r: tables.anchor(state.link(area=r["code"]), names[r["code"]])
        ),
        *(tables.Column(t(f"table.{table}.name"), partial(cell, table)) for table in TABLES),
    ]
    st.html(
        tables.table([tables.Group("", [{"code": code} for code in codes])], columns, t("delivery_quality.freshness"))
    )


def _coverage(every: pd.DataFrame, codes: list[str]) -> None:
    """All kinds of records: who delivers each, how many of the offices are in, how far the rows reach."""
    title = t("delivery_quality.coverage")
    listed = [_covered(name, every[every["table_name"] == name], codes) for name in load_contract().records]
    columns = [
        tables.Column(t("delivery_quality.table"), lambda r: r["name"]),
        tables.Column(t("delivery_quality.by"), lambda r: escape(r["by"])),
        tables.Column(t("delivery_quality.offices_in"), lambda r: escape(r["offices"]), numeric=True),
        tables.Column(t("delivery_quality.rows"), lambda r: escape(r["rows"]), numeric=True),
        tables.Column(t("delivery_quality.last"), lambda r: escape(r["last"])),
    ]
    text = tables.paragraph(t("delivery_quality.coverage_text"), "ll-note-text")
    st.html(tables.heading(title, "coverage") + text + tables.table([tables.Group("", listed)], columns, title))


def _covered(name: str, rows: pd.DataFrame, codes: list[str]) -> tables.Row:
    """One table: its offices of `codes` that are in; a table of the whole district is in as one."""
    shared = name in SPARSE or bool((rows["office"] == EVERYWHERE).any())
    own = rows if shared else rows[rows["office"].isin(codes)]
    offices = t("delivery_quality.in_of", count=number(len(own)), of=number(len(codes)))
    said = t("delivery_quality.in_all") if shared and len(own) else offices if len(own) else t("figures.undelivered")
    label, table = t(f"table.{name}.name"), load_contract().records[name]
    listed = LISTED_AS.get(name, name)
    return {
        "name": tables.anchor(state.link("records", table=listed), label) if listed in RECORD_TABLES else escape(label),
        "by": t(f"source.{table.source}"),
        "offices": said,
        "rows": number(int(own["row_count"].sum())) if len(own) else NOTHING,
        "last": _last(own["last_date"].max(), "year" in table.columns),
    }


def _last(day: Any, yearly: bool) -> str:
    """The last date of a table's rows, of a yearly one the year."""
    if pd.isna(day):
        return NOTHING
    return period_text(f"{pd.Timestamp(day):%Y}") if yearly else date_text(pd.Timestamp(day).date())


def _downloads(found: pd.DataFrame, rows: pd.DataFrame, names: dict[str, str]) -> None:
    about = downloads.about(
        t("nav.delivery_quality"), definition=t("delivery_quality.meaning"), source=t("delivery_quality.source"),
        period=state.current_view().period,
    )  # fmt: skip
    language = lang()
    labels = {part: t(f"delivery_quality.{part}") for part in (*PARTS, "score")}
    table = found.rename(columns=labels).assign(**{t("delivery_quality.office"): [names[str(c)] for c in found.index]})
    name = downloads.file_name(t("app.name"), t("nav.delivery_quality"), language)
    downloads.buttons(lambda: table.reset_index(), len(table), about, name, "delivery_quality")


main()
