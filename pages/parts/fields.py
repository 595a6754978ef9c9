"""How a value of a contract's column is shown: its label, unit, and its words in the reader's language."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from data.contract import Column, Table, load_contract
from pages.parts import data
from pages.parts.words import NOTHING, area_name, enum, has, number, t

AREA_COLUMNS = ("neighbourhood", "community", "payer")  # their names come with the query as area_zh, area_en
NUMBERS = ("int", "float")


def table_of(name: str) -> Table:
    """What the contract says of an extract or a record table; KeyError for another name."""
    contract = load_contract()
    return contract.extracts.get(name) or contract.records[name]


def label(table: str, column: str) -> str:
    """A column's name in the reader's language."""
    own = f"column_of.{table}.{column}"
    return t(own if has(own) else f"column.{column}")


def unit(column: Column) -> str:
    """A column's unit in the reader's language, "" without one."""
    return t(f"measured_in.{column.unit}") if column.unit else ""


def unit_beside(table: str, column: Column) -> str:
    """The unit as it stands beside the column's name: "" where the name says it already."""
    words = unit(column)
    return "" if words.lower() in label(table, column.name).lower() else words


def shown(column: Column, row: Any) -> str:
    """The value of `column` in a row (mapping), as plain text; a dash for none, a word if withheld."""
    value = row[column.name]
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return t("meaning.withheld") if bool(row.get("withheld")) and is_number(column) else NOTHING
    if column.name == "category" and "dimension" in row:  # staffing: what a category is depends on the dimension
        key = f"staffing.{row['dimension']}.{value}"
        return t(key) if has(key) else str(value)
    return _text(column, value)


def _text(column: Column, value: Any) -> str:
    if column.type == "bool" or isinstance(value, bool):
        return t("common.yes" if value else "common.no")
    if column.type == "code" and value in data.areas().index:
        return area_name(data.area(str(value)))
    if column.type == "timestamp":
        return f"{value:%Y-%m-%d %H:%M}"
    if column.type == "month":
        return f"{value:%Y-%m}"
    if column.type == "date":
        return f"{value:%Y-%m-%d}"
    if column.name == "year":
        return str(value)
    if column.type in NUMBERS:
        return number(value, 0 if column.type == "int" or float(value).is_integer() else 1)
    return enum(column.name, str(value))


def html(column: Column, row: Any) -> str:
    """`shown`, safe inside HTML."""
    return escape(shown(column, row))


def is_number(column: Column) -> bool:
    """Whether its values stand right-aligned."""
    return column.type in NUMBERS and column.name != "year"
