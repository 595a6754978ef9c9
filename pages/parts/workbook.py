"""A table as a workbook that carries definition and provenance, with no cell a spreadsheet would execute."""

from __future__ import annotations

import io
import re
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.spreadsheets import CONTROL, put
from pages.parts.downloads import About


def xlsx_bytes(frame: pd.DataFrame, about: About, sheet: str, about_sheet: str) -> bytes:
    """A workbook of two sheets: the table (typed cells, frozen header, filter), and what it is and comes from."""
    book = Workbook()
    table = book.worksheets[0]
    table.title = _sheet_name(sheet)
    write_table(table, frame)
    _write_about(book.create_sheet(_sheet_name(about_sheet)), about)
    book.properties.title = CONTROL.sub("", about.title)
    book.properties.creator = "Linli Atlas"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(text: str) -> str:
    return re.sub(r"[\\/*?:\[\]]", " ", text)[:31] or "1"


def write_table(sheet: Worksheet, frame: pd.DataFrame, first: int = 1) -> None:
    """A frame as typed cells with its heads in row `first`, which stays in sight, and a filter."""
    for place, name in enumerate(frame.columns, start=1):
        cell = put(sheet, first, place, str(name))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0F5C7A")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        values = frame.iloc[:, place - 1]
        sheet.column_dimensions[get_column_letter(place)].width = _column_width(str(name), values)
    for line, row in enumerate(frame.itertuples(index=False, name=None), start=first + 1):
        for place, value in enumerate(row, start=1):
            put(sheet, line, place, value)
    sheet.freeze_panes = f"A{first + 1}"
    if len(frame.columns):
        sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(frame.columns))}{len(frame) + first}"


def _write_about(sheet: Worksheet, about: About) -> None:
    put(sheet, 1, 1, about.title).font = Font(bold=True, size=14)
    for line, (label, value) in enumerate(about.rows, start=3):
        put(sheet, line, 1, label).font = Font(bold=True)
        cell = put(sheet, line, 2, value)
        for each in (sheet.cell(line, 1), cell):
            each.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 90


def _column_width(name: str, values: pd.Series[Any]) -> float:
    texts = [name, *map(str, values.head(200))]
    widest = max(sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in texts)
    return min(max(widest + 2, 8), 60)
