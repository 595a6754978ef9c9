"""A table as a workbook that carries definition and provenance, with no cell a spreadsheet would execute."""

from __future__ import annotations

import io
import math
import re
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from data.spreadsheets import CONTROL, decimals_of, number_format, put
from pages.parts.charts import width_of
from pages.parts.downloads import About

LINE_POINTS: Final = 15
WIDEST: Final = 44  # characters of a column; longer words take several lines
MARGIN_INCHES: Final = 0.5
MOST_FOOT: Final = 120  # the format has room for 255 with its own signs


def xlsx_bytes(frame: pd.DataFrame, about: About, sheet: str, about_sheet: str) -> bytes:
    """A workbook of two sheets: the table (typed cells, frozen header, filter), and what it is and comes from."""
    book = Workbook()
    table = book.worksheets[0]
    table.title = _sheet_name(sheet)
    write_table(table, frame)
    _write_about(book.create_sheet(_sheet_name(about_sheet)), about)
    nature = about.rows[0][1] if about.rows else about.title
    for each, heads in zip(book.worksheets, (1, 0), strict=True):
        on_paper(each, nature, heads)
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
    broken = Alignment(wrap_text=True, vertical="top")
    formats = [_format(frame.iloc[:, place]) for place in range(len(frame.columns))]
    for line, row in enumerate(frame.itertuples(index=False, name=None), start=first + 1):
        for place, value in enumerate(row, start=1):
            cell = put(sheet, line, place, value)
            if formats[place - 1] and isinstance(cell.value, float):
                cell.number_format = formats[place - 1]
            elif isinstance(cell.value, str) and len(cell.value) * 2 > WIDEST and width_of(cell.value) > WIDEST:
                cell.alignment = broken
    sheet.freeze_panes = f"A{first + 1}"
    if len(frame.columns):
        sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(frame.columns))}{len(frame) + first}"


def _format(values: pd.Series[Any]) -> str:
    """The one format of a column of plain numbers that has decimals anywhere; "" for others."""
    decimals = decimals_of(values) if pd.api.types.is_float_dtype(values) else 0
    return number_format(decimals) if decimals else ""


def on_paper(sheet: Worksheet, foot: str, heads: int = 0, *, upright: bool = False) -> None:
    """A4, as wide as the sheet and as many pages long as it takes, row `heads` again on each, at the foot words (whose
    data they are) and the number of the page.
    """
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "portrait" if upright else "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = MARGIN_INCHES
    sheet.oddFooter.left.text = CONTROL.sub("", foot)[:MOST_FOOT].replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    if heads:
        sheet.print_title_rows = f"{heads}:{heads}"


def lines_of(words: str, width: float) -> int:
    """Lines that words take in a column of this width: a program that prints unseen gives rows no height of itself."""
    return sum(max(math.ceil(width_of(line) / width), 1) for line in words.split("\n"))


def wrapped(sheet: Worksheet, line: int, words: str, columns: int, least: float = 0) -> None:
    """Words in one cell over `columns`, and more until it is `least` characters wide, as high as they need."""
    width, last = 0.0, 0
    while last < columns or width < least:
        last += 1
        width += sheet.column_dimensions[get_column_letter(last)].width or 0
    put(sheet, line, 1, words).alignment = Alignment(wrap_text=True, vertical="top")
    if last > 1:
        sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=last)
    sheet.row_dimensions[line].height = LINE_POINTS * lines_of(words, width)


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
    texts = [name, *(str(getattr(each, "value", each)) for each in values.head(200))]
    widest = max(map(width_of, texts))
    return min(max(widest + 2, 8), WIDEST)
