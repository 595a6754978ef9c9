"""Records: the rows behind a number, of one table, one area and one period, with their filters and their files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.contract import Column, Table
from data.indicators import LEVELS
from pages.parts import controls, data, downloads, fields, frame, state, tables, undelivered
from pages.parts.failures import guard, nothing
from pages.parts.origin import only_demonstration, origin, origin_cells, record_table
from pages.parts.state import View
from pages.parts.words import area_name, date_text, lang, level_name, number, period_text, speaking, t
from queries.records import RECORD_TABLES, RecordTable

PAGE = 50
LIVES = "area"  # the list of neighbourhoods with their households: what stands behind population and area
NOT_SHOWN = {"total", "area_zh", "area_en", "is_new"}
OF_AREAS = ("code", "kind", "households", "people", "collective", "buildings", "area_km2")
THEMES: dict[str, tuple[str, ...]] = {
    "structure": (LIVES, "service_office", "three_in_one", "community_structure", "budget"),
    "party": ("party_organisation", "party_household", "volunteering", "assist_action"),
    "services": (
        "service_team", "team_reach", "service_project", "micro_project", "venture_project", "social_organisation",
    ),
    "self_governance": ("harmony_council", "officer_post", "neighbourhood_function", "deliberation", "legal_service"),
    "values": ("event_total", "garden", "interest_group", "culture_place", "values_count"),
    "information": ("case", "posted_staff", "worker_posting"),
    "workforce": ("staffing",),
    "outcomes": ("survey", "assessment", "policy_document"),
}  # fmt: skip


def filter_key(column: str) -> str:
    """The URL's key of a filter: the column's name, unless the View itself has that name."""
    return f"of_{column}" if column in {"theme", "area", "level", "period"} else column


def filters_of(view: View, entry: RecordTable) -> dict[str, list[str]]:
    """The filters the address asks for."""
    asked = {column: view.get(filter_key(column)) for column in (*entry.filters, *entry.options)}
    return {column: values.split(",") for column, values in asked.items() if values}


def catalogue(view: View) -> None:
    """No table is chosen yet: all of them by theme, with what a row is."""
    st.html(tables.heading(t("records.choose")) + tables.paragraph(t("records.choose_text")))
    for theme, names in THEMES.items():
        items = "".join(
            f"<li>{tables.anchor(state.link(table=name), t(f'table.{name}.name'))}"
            f' <span class="ll-unit">{escape(t(f"table.{name}.grain"))}</span></li>'
            for name in names
        )
        st.html(f'{tables.heading(t(f"theme_of.{theme}"), level=3)}<ul class="ll-list">{items}</ul>')


def too_fine(entry: RecordTable, area: pd.Series[Any]) -> bool:
    """Whether the table has no records at the area's own level."""
    level = str(area["level"])
    return level in LEVELS and LEVELS.index(level) > LEVELS.index(entry.finest)


def send_upwards(entry: RecordTable, area: pd.Series[Any]) -> None:
    """Say honestly that records of this table stop at a coarser level, and link there."""
    path = data.area_path(str(area["code"]))
    above = path[path["level"] == entry.finest].iloc[-1]
    grain = t(
        "records.too_fine", table=t(f"table.{entry.table}.name"), level=level_name(entry.finest), area=area_name(area)
    )
    link = tables.anchor(state.link(area=above["code"], p=None), t("records.see_above", area=area_name(above)))
    st.html(f'<div class="ll-empty" role="status"><p><strong>{escape(grain)}</strong></p><p>{link}</p></div>')


def heading(
    name: str, entry: RecordTable | None, area: pd.Series[Any], period: str, rows: pd.DataFrame, total: int
) -> str:
    """What is listed, in one sentence: how many, of what, where and when."""
    counted = t(f"table.{name}.rows", count=number(total))
    place = area_name(area)
    if entry is None or entry.time == "none":
        return t("records.heading_none", area=place, rows=counted)
    if entry.time == "stock":
        end = min(data.days(period)[1], data.data_until())
        return t("records.heading_stock", area=place, rows=counted, day=date_text(end))
    return t("records.heading_flow", area=place, rows=counted, period=period_text(period))


def attendance_sentence(view: View) -> str:
    """The attendances of the events listed, known only without filters."""
    values = data.measure_values(["attendances"], [view.area], view.period)["value"]
    if values.empty or pd.isna(values.iloc[0]):
        return ""
    return t("records.attendances", count=number(float(values.iloc[0])))


def columns(name: str, rows: pd.DataFrame, table: Table) -> list[tables.Column]:
    """The table's columns as the reader sees them: the area first as a link, then the contract's own."""
    own = [table.columns[c] for c in rows.columns if c in table.columns and c not in fields.AREA_COLUMNS]
    key = table.key[0] if len(table.key) == 1 and table.key[0] in rows.columns else ""
    place = (
        [tables.Column(t("records.area"), _area_cell)]
        if "area_zh" in rows and set(fields.AREA_COLUMNS) & set(rows.columns)
        else []
    )
    named = next((c for c in own if c.name in {"name", "title"}), None)
    rest = [_column(name, c) for c in own if c is not named and c.name != key]
    if not key:
        return [*([_column(name, named)] if named else []), *place, *rest]
    first = named or table.columns[key]
    entry = tables.Column(fields.label(name, first.name), lambda row: _record_link(first, key, row))
    return [entry, *place, *rest]


def _column(name: str, column: Column) -> tables.Column:
    return tables.Column(
        fields.label(name, column.name),
        lambda row: fields.html(column, row),
        fields.unit_beside(name, column),
        fields.is_number(column),
    )


def _area_cell(row: Mapping[str, Any]) -> str:
    return tables.anchor(state.link("area", area=_area_of(row)), str(row[f"area_{lang()}"]))


def _area_of(row: Mapping[str, Any]) -> str:
    """The finest area a record belongs to; what has none belongs to the district."""
    return next((str(row[c]) for c in fields.AREA_COLUMNS if c in row and isinstance(row[c], str)), state.DISTRICT)


def _record_link(shown: Column, key: str, row: Mapping[str, Any]) -> str:
    return tables.anchor(state.link(area=_area_of(row), record=row[key], p=None), fields.shown(shown, row))


def exported(name: str, rows: pd.DataFrame, language: str) -> pd.DataFrame:
    """The rows as a file has them: labels in the reader's language with units, area code and name, typed values."""
    with speaking(language):
        table = fields.table_of(name)
        out: dict[str, Any] = {}
        for column in (table.columns[c] for c in rows.columns if c in table.columns):
            unit = fields.unit_beside(name, column)
            label = fields.label(name, column.name) + (f" ({unit})" if unit else "")
            if column.name in fields.AREA_COLUMNS and "area_zh" in rows:
                out[f"{label} ({t('records.code')})"] = rows[column.name]
                out.setdefault(label, rows[f"area_{language}"])
            elif column.type in {"enum", "bool", "month"} or column.name in {"kind", "category", "brand", "place"}:
                out[label] = [fields.shown(column, row) for row in tables.rows_of(rows)]
            else:
                out[label] = _told(rows, column)
        return pd.DataFrame(out)


def _told(rows: pd.DataFrame, column: Column) -> pd.Series[Any]:
    """A column's values, in a word where they are withheld: an empty cell would say that there is no data."""
    if "withheld" not in rows or not fields.is_number(column):
        return rows[column.name]
    return rows[column.name].astype(object).mask(rows["withheld"] & rows[column.name].isna(), t("meaning.withheld"))


def one_record(view: View, name: str, table: Table, rows: pd.DataFrame) -> None:
    """A single record in full, and the way back to all of them."""
    found = rows[rows[table.key[0]] == view.get("record")]
    if found.empty:
        nothing(t("records.no_such", record=view.get("record")), t("records.no_such_next"))
    else:
        row = tables.rows_of(found.head(1))[0]
        own = [table.columns[c] for c in found.columns if c in table.columns and c not in fields.AREA_COLUMNS]
        named = next((c for c in ("name", "title") if row.get(c)), table.key[0])
        st.html(tables.heading(str(row[named])))
        pairs = [(fields.label(name, c.name), f"{fields.html(c, row)} {escape(fields.unit(c))}".strip()) for c in own]
        if "area_zh" in row:
            pairs.insert(1, (t("records.area"), _area_cell(row)))
        pairs.append((t("records.origin"), escape(origin(name, table.key[0], str(row[table.key[0]])))))
        st.html(tables.facts(pairs))
    st.html(
        tables.paragraph("")
        + tables.anchor(state.link(record=None), t("records.all_of_area", area=area_name(data.area(view.area))))
    )


def choosers(view: View, entry: RecordTable | None, table: Table) -> None:
    """The table and its filters; each choice goes into the address."""
    names = [name for names in THEMES.values() for name in names]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        key = state.seed("records.table", view.get("table"))
        st.selectbox(
            t("records.table"), names, format_func=lambda n: t(f"table.{n}.name"), key=key, width=280,
            on_change=_choose_table, args=(key,),
        )  # fmt: skip
        if entry and entry.time != "none":
            controls.period(view, *data.span())
        for column in entry.filters if entry else ():
            _filter(view, entry.table if entry else "", table.columns[column])


def _choose_table(key: str) -> None:
    changes: dict[str, Any] = dict.fromkeys(name for name, _ in state.current_view().extra)
    state.go(**{**changes, "table": state.chosen(key)})


def _filter(view: View, name: str, column: Column) -> None:
    options = ["true", "false"] if column.type == "bool" else list(column.values)
    if not options:
        options = sorted(_values_of(view, name, column.name))
    key = state.seed(
        f"records.{name}.{column.name}", [v for v in view.get(filter_key(column.name)).split(",") if v in options]
    )
    st.multiselect(
        fields.label(name, column.name), options, format_func=lambda value: _option(column, value), key=key, width=240,
        placeholder=t("records.all"), select_all=False, on_change=_choose_filter,
        args=(key, filter_key(column.name)),
    )  # fmt: skip


def _values_of(view: View, name: str, column: str) -> set[str]:
    rows = data.records(name, view.area, view.period, limit=data.EVERYTHING)
    return set(rows[column].dropna().astype(str))


def _option(column: Column, value: str) -> str:
    if column.type == "bool":
        return t("common.yes" if value == "true" else "common.no")
    return fields.shown(column, {column.name: value})


def _choose_filter(key: str, name: str) -> None:
    changes: dict[str, Any] = {name: ",".join(state.chosen(key)) or None, "p": None}
    state.go(**changes)


def pager(page: int, pages: int) -> str:
    """Links to the first, neighbouring and last pages."""
    wanted = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    items, last = [], 0
    for number_of in wanted:
        if number_of > last + 1:
            items.append("<li>…</li>")
        here = ' aria-current="page"' if number_of == page else ""
        items.append(f'<li><a href="{escape(state.link(p=number_of))}"{here}>{number_of}</a></li>')
        last = number_of
    return f'<nav class="ll-pager" aria-label="{escape(t("records.pages"))}"><ul>{"".join(items)}</ul></nav>'


def listing(view: View, name: str, entry: RecordTable | None, table: Table, area: pd.Series[Any]) -> None:
    """Heading, rows, pages and files."""
    asked = filters_of(view, entry) if entry else {}
    page = max(1, int(view.get("p"))) if view.get("p").isdecimal() else 1

    def rows_of(limit: int, offset: int) -> pd.DataFrame:
        return data.records(name, view.area, view.period, asked, limit, offset) if entry else _neighbourhoods(view.area)

    rows = rows_of(PAGE, (page - 1) * PAGE)
    total = int(rows["total"].iloc[0]) if len(rows) and entry else len(rows)
    if rows.empty:
        if not asked and page == 1:
            undelivered.refuse([record_table(name)], view.area, view.period)
        nothing(*_why_empty(view, name, bool(asked), page))
        return
    sentence = heading(name, entry, area, view.period, rows, total)
    extra = attendance_sentence(view) if name == "event_total" and not asked else ""
    if "withheld" in rows and rows["withheld"].any():
        extra += t("meaning.withheld_note", k=data.small_count())
    if only_demonstration(name):
        extra += t("records.origin_all_demonstration")
    extra += undelivered.note([record_table(name)], view.area, view.period)
    st.html(
        tables.heading(sentence)
        + tables.paragraph(f"{t(f'table.{name}.grain')}{t('common.stop')}{extra}", "ll-note-text")
    )
    shown = rows if entry else rows.iloc[(page - 1) * PAGE : page * PAGE]
    st.html(tables.table([tables.Group("", _with_origin(name, shown))], _all_columns(name, rows, table), sentence))
    if total > PAGE:
        st.html(pager(page, math.ceil(total / PAGE)))
    _files(view, name, sentence, asked if entry else None, total)


def _with_origin(name: str, shown: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a list, each with the file and row that brought it (`origin`, HTML) where loads brought any."""
    told = origin_cells(name, shown)
    rows = tables.rows_of(shown)
    return rows if told is None else [{**row, "origin": cell} for row, cell in zip(rows, told, strict=True)]


def _all_columns(name: str, rows: pd.DataFrame, table: Table) -> list[tables.Column]:
    """The table's columns, and last where each row came from, if loads brought any of them."""
    own = columns(name, rows, table)
    if origin_cells(name, rows.head(0)) is None:
        return own
    return [*own, tables.Column(t("records.origin"), lambda row: str(row["origin"]))]


def _files(view: View, name: str, sentence: str, asked: dict[str, list[str]] | None, total: int) -> None:
    language = lang()
    about = downloads.about(
        sentence, definition=t(f"table.{name}.grain"), source=_source(name), period=period_text(view.period)
    )
    listed = _neighbourhoods(view.area) if asked is None else None

    def rows() -> pd.DataFrame:
        found = data.all_records(name, view.area, view.period, asked or {}) if listed is None else listed
        return exported(name, found, language)

    file = downloads.file_name(t("app.name"), t(f"table.{name}.name"), area_name(data.area(view.area)), view.period)
    downloads.buttons(rows, total, about, file, "records")


def listed(view: View, name: str, most: int) -> tuple[pd.DataFrame, str, str]:
    """The records as a file has them (at most so many), what they are in a sentence, and who delivers them."""
    entry = RECORD_TABLES.get(name)
    asked = filters_of(view, entry) if entry else {}
    rows = data.records(name, view.area, view.period, asked, most) if entry else _neighbourhoods(view.area)
    total = int(rows["total"].iloc[0]) if len(rows) and entry else len(rows)
    sentence = heading(name, entry, data.area(view.area), view.period, rows, total)
    if rows.empty:
        sentence = undelivered.otherwise([record_table(name)], view.area, view.period, sentence)
    if "withheld" in rows and rows["withheld"].any():
        sentence += t("meaning.withheld_note", k=data.small_count())
    return exported(name, rows, lang()), sentence, _source(name)


def _source(name: str) -> str:
    """Who delivers the records: of events with their totals, who delivers the events."""
    source = fields.table_of("event" if name == "event_total" else name).source
    return t(f"source.{source}") if source else t("records.computed")


def _neighbourhoods(code: str) -> pd.DataFrame:
    """The neighbourhoods inside an area with their households and people."""
    found = data.children(code, "neighbourhood")
    return found.assign(neighbourhood=found["code"], area_zh=found["name_zh"], area_en=found["name_en"])[
        ["neighbourhood", "area_zh", "area_en", *OF_AREAS]
    ]


def _why_empty(view: View, name: str, filtered: bool, page: int) -> tuple[str, str]:
    values = {
        "area": area_name(data.area(view.area)),
        "period": period_text(view.period),
        "table": t(f"table.{name}.name"),
    }
    if page > 1:
        return t("records.no_page", page=page), t("records.no_page_next")
    if filtered:
        return t("records.none_filtered", **values), t("records.none_filtered_next")
    return t("records.none", **values), t("records.none_next")


def show(view: View) -> None:
    """The page below the frame."""
    name = view.get("table")
    if not name:
        catalogue(view)
        return
    if name != LIVES and name not in RECORD_TABLES:
        nothing(t("records.unknown_table", table=name[:40]), t("records.unknown_table_next"))
        catalogue(view)
        return
    area, table = data.area(view.area), fields.table_of(name)
    entry = RECORD_TABLES.get(name)
    choosers(view, entry, table)
    if entry and too_fine(entry, area):
        send_upwards(entry, area)
    elif entry and view.get("record"):
        one_record(view, name, table, data.records(name, view.area, view.period, limit=data.EVERYTHING))
    else:
        listing(view, name, entry, table, area)


if __name__ == "__main__":
    view = frame.page("records")
    with guard("records"):
        show(view)
