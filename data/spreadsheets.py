"""Cells that no spreadsheet executes: the one place where values become CSV fields and workbook cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:  # most readers only write CSV
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML, and so XLSX, can't hold these
TEN_THOUSAND = 10_000  # below, a number needs no separator, and a year must have none
MINUS = "\N{MINUS SIGN}"
RAW_FROM = 10.0  # of figures that nobody has rounded, those from here on show one decimal, smaller ones two


@dataclass(frozen=True)
class Figure:
    """A number in a table whose rows are of different kinds, with the way it is written: decimals, sign, words around.

    The table carries the number; whoever shows it writes it so.
    """

    value: float
    decimals: int = 0
    signed: bool = False
    before: str = ""
    after: str = ""

    @property
    def format(self) -> str:
        """The same as a workbook's number format."""
        return number_format(self.decimals, signed=self.signed, before=self.before, after=self.after)


def number_format(decimals: int, *, signed: bool = False, before: str = "", after: str = "") -> str:
    """A workbook's format of numbers with so many decimals: separators, on wish a sign, words before and after."""
    plain = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    plain = "".join(part if part == plain else f'"{part}"' for part in (before, plain, after) if part)
    return f"+{plain};{MINUS}{plain};±{plain}" if signed else plain


def decimals_of(values: Iterable[Any]) -> int:
    """How many decimals the numbers of one column show, the same for all: as many as they were rounded to."""
    told = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool) and v == v]
    for decimals in (0, 1, 2):
        if all(abs(v - round(v, decimals)) < 1e-9 for v in told):
            return decimals
    return 1 if max(map(abs, told)) >= RAW_FROM else 2


def defused(text: str) -> str:
    """Text no spreadsheet takes for a formula: an apostrophe before a leading = + - @, tab or line end (see OWASP)."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def csv_value(value: Any) -> Any:
    """A value for a CSV field: text defused, moments without seconds, empty where there is none."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, Figure):
        return value.value
    if isinstance(value, str):
        return defused(CONTROL.sub("", value))
    if isinstance(value, datetime):  # a pandas Timestamp is one
        return value.strftime("%Y-%m-%d %H:%M" if (value.hour or value.minute) else "%Y-%m-%d")
    return "" if pd.api.types.is_scalar(value) and pd.isna(value) else value


def put(sheet: Worksheet, line: int, place: int, value: Any) -> Cell:
    """Write one value; text always as text, so that a leading = never becomes a formula."""
    cell = sheet.cell(line, place)
    if isinstance(value, Figure):
        cell.value = value.value if round(value.value, value.decimals) else 0.0  # no sign before a nought
        cell.number_format = value.format
        return cell
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
