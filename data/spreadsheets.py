"""Cells that no spreadsheet executes: the one place where values become CSV fields and workbook cells."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:  # most readers only write CSV
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML, and so XLSX, can't hold these
TEN_THOUSAND = 10_000  # below, a number needs no separator, and a year must have none


def defused(text: str) -> str:
    """Text no spreadsheet takes for a formula: an apostrophe before a leading = + - @, tab or line end (see OWASP)."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def csv_value(value: Any) -> Any:
    """A value for a CSV field: text defused, moments without seconds, empty where there is none."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str):
        return defused(CONTROL.sub("", value))
    if isinstance(value, datetime):  # a pandas Timestamp is one
        return value.strftime("%Y-%m-%d %H:%M" if (value.hour or value.minute) else "%Y-%m-%d")
    return "" if pd.api.types.is_scalar(value) and pd.isna(value) else value


def put(sheet: Worksheet, line: int, place: int, value: Any) -> Cell:
    """Write one value; text always as text, so that a leading = never becomes a formula."""
    cell = sheet.cell(line, place)
    value = xlsx_value(value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        if value.startswith(FORMULA_SIGNS):  # a style of its own is dear: only where it is needed
            cell.quotePrefix = True
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm" if (value.hour or value.minute) else "yyyy-mm-dd"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, float):
        cell.number_format = "#,##0" if value.is_integer() else "#,##0.0###"
    elif isinstance(value, int) and abs(value) >= TEN_THOUSAND:
        cell.number_format = "#,##0"
    return cell


def xlsx_value(value: Any) -> Any:
    """A value for a workbook's cell; None where there is none."""
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if value is None or value is pd.NaT or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
