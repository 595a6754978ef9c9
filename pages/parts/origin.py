"""Where records and figures came from: the load, file, sheet and rows of the deliveries that brought them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from data.contract import load_contract
from data.imports import lineage
from data.imports.applying import origins
from data.imports.lineage import Fed
from data.manifest import data_root
from pages.parts import data, planner, state, tables
from pages.parts.words import moment_text, number, t

RECORD_OF = {"event_total": "event"}
"""Extracts that are a record table with something added."""
MOST_TOLD = 6
"""Files named of one figure; the page on deliveries lists them all."""
LEVELS = ("district", "subdistrict", "community", "neighbourhood")


# ── records ──


def record_table(name: str) -> str:
    """The record table that a list of records shows, "" where no office delivers it."""
    table = RECORD_OF.get(name, name)
    return table if table in load_contract().records else ""


def origin(table: str, key: str, value: str) -> str:
    """The delivery that brought the record of this key, in words; "" for tables that are not delivered."""
    name = record_table(table)
    found = origins(data_root(), name, {key: [value]}).to_pylist() if name else []
    return _told(found[0]) if found else ""


def origin_cells(table: str, rows: pd.DataFrame) -> list[str] | None:
    """For each row of a list the delivery that brought it, as HTML; None where no load brought any of the table."""
    name = record_table(table)
    if not name or not lineage.has_loads(data_root(), name):
        return None
    key = load_contract().records[name].key
    if not set(key) <= set(rows.columns):
        return None
    wanted = [tuple(map(_plain, each)) for each in rows[list(key)].itertuples(index=False, name=None)]
    asked = {column: {each[place] for each in wanted} for place, column in enumerate(key)}
    found = {tuple(row[k] for k in key): row for row in origins(data_root(), name, asked).to_pylist()}
    return [_cell(found.get(each)) for each in wanted]


def _plain(value: Any) -> Any:
    """A value of a frame as the record tables hold it."""
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if hasattr(value, "item") else value


def _told(row: Mapping[str, Any]) -> str:
    if not row["from_load"]:
        return t("records.origin_demonstration")
    place = {"file": row["from_file"], "sheet": row["from_sheet"] or "", "row": row["from_row"]}
    return t("records.origin_load", load=row["from_load"], **place).replace("  ", " ")


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    return tables.anchor(_load_address(row["from_load"]), _told(row)) if row["from_load"] else escape(_told(row))


def only_demonstration(table: str) -> bool:
    """Whether a table has rows of the demonstration only."""
    name = record_table(table)
    return bool(name) and data.manifest().demonstration and not lineage.has_loads(data_root(), name)


# ── figures ──


def feeding(source: Sequence[str], code: str, period: str) -> list[Fed]:
    """The files whose rows make a figure over these record tables in this area and period, the newest first."""
    return lineage.fed(data_root(), tuple(source), _areas_of(code), *data.days(period))


def _areas_of(code: str) -> tuple[str, ...]:
    """Codes whose rows count in an area: its own, or those of the communities that an overlay covers."""
    if str(data.area(code)["level"]) not in LEVELS:
        return tuple(data.children(code, "community")["code"].astype(str))
    # a neighbourhood of a later edition gets its share of what its community delivered
    return (code[:12] if data.manifest().rebased_from else code,)


def lines(source: Sequence[str], code: str, period: str) -> list[tuple[str, str]]:
    """(words, load) of each file behind a figure, at most so many; the demonstration has no load."""
    found = feeding(source, code, period)
    told = [(_line(each), each.load) for each in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        told.append((t("meaning.more_files", count=number(len(found) - MOST_TOLD)), ""))
    return told or [(t("meaning.no_files"), "")]


def words_of(source: Sequence[str], code: str, period: str) -> str:
    """The files behind a figure as one text, for files and exports."""
    return t("meaning.between_files").join(words for words, _ in lines(source, code, period))


def html_of(source: Sequence[str], code: str, period: str) -> str:
    """The files behind a figure, each a line that leads to its load."""
    told = lines(source, code, period)
    return "<br>".join(tables.anchor(_load_address(load), words) if load else escape(words) for words, load in told)


def _load_address(load: str) -> str:
    return state.link("deliveries", load=load)


def _line(each: Fed) -> str:
    table = t(f"table.{each.table}.name")
    if not each.load:
        return t("meaning.fed_demonstration", table=table)
    load = lineage.load_of(data_root(), each.load)
    said = {"load": load.id, "when": moment_text(load.when), "by": planner.shown_name(load.by), "file": each.file}
    rows = {"rows": number(each.rows), "first": number(each.first), "last": number(each.last)}
    return t("meaning.fed", table=table, **said, **rows)
