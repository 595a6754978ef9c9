"""A document as a workbook: a sheet a table, native charts beside them, definitions, provenance; nothing executes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.spreadsheets import put
from pages.exports.cells import is_numeric
from pages.exports.content import nature_short
from pages.exports.model import Content, Document, Table
from pages.exports.series import Native, native
from pages.parts.words import speaking, t
from pages.parts.workbook import LINE_POINTS, lines_of, on_paper, wrapped, write_table

Progress = Callable[[str, float], None]
LONGEST_NAME: Final = 31
LABELLED: Final = (34, 100)  # widths of a column of names and of one of words
TALLEST_CM: Final = 15.0  # what a page holds
MOST_BARS: Final = 40  # more bars than that cannot be read: the table stands alone
SAID_WIDE: Final = 90  # characters of a line of what a sheet means
FIRST: Final = 3  # the row of a sheet's heads: above stand what it says and what it means


def xlsx_bytes(document: Document, progress: Progress | None = None) -> bytes:
    """Contents, a sheet for each table (with a chart where it helps), definitions, provenance of each scene."""
    with speaking(document.lang):
        book = Workbook()
        names: dict[str, str] = {}
        contents = book.worksheets[0]
        contents.title = sheet_name(t("exports.contents"), names)
        foot = " · ".join(filter(None, (document.title, nature_short())))
        listed: list[tuple[str, str, str]] = []
        for place, content in enumerate(document.contents):
            if progress:
                progress(content.title, place / max(len(document.contents), 1))
            for table in content.all_tables:
                sheet = book.create_sheet(sheet_name(f"{place + 1} {table.title}", names))
                _table(sheet, table, _native_of(content, table))
                on_paper(sheet, foot, FIRST)
                listed.append((sheet.title, content.title, table.title))
        _pairs(book.create_sheet(sheet_name(t("exports.definitions"), names)), t("exports.definitions"), document.terms)
        _provenance(book.create_sheet(sheet_name(t("exports.about"), names)), document)
        _contents(contents, document, listed)
        for sheet in (contents, *book.worksheets[-2:]):
            on_paper(sheet, foot)
        book.properties.title, book.properties.creator = document.title, "Linli Atlas"
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def sheet_name(words: str, used: dict[str, str]) -> str:
    """A name a sheet may have, told apart from the others."""
    plain = re.sub(r"[\\/*?:\[\]'\x00-\x1f]", " ", words).strip()[:LONGEST_NAME] or "1"
    name, place = plain, 2
    while name.lower() in used:
        ending = f" {place}"
        name, place = plain[: LONGEST_NAME - len(ending)] + ending, place + 1
    used[name.lower()] = name
    return name


def _table(sheet: Worksheet, table: Table, given: Native | None) -> None:
    put(sheet, 1, 1, table.title).font = Font(bold=True, size=13)
    write_table(sheet, table.frame, FIRST)
    said = f"{table.definition} {t('exports.source', sources=table.source)}"
    wrapped(sheet, FIRST - 1, said, len(table.frame.columns), SAID_WIDE)
    if given is not None:
        _chart(sheet, table, given)


def _native_of(content: Content, table: Table) -> Native | None:
    chart = next((each for each in content.charts if each.key == table.key), None)
    found = native(chart.figure) if chart is not None else None
    return found if isinstance(found, Native) and found.kind != "scatter" else None


def _chart(sheet: Worksheet, table: Table, given: Native) -> None:
    """A chart that reads the sheet's own cells, so that it follows when they are edited."""
    rows, columns = len(table.frame), len(table.frame.columns)
    numeric = [i for i in range(columns) if is_numeric(table.frame.iloc[:, i])]
    names = [i for i in range(columns) if i not in numeric]
    wanted = _value_columns(table, given, numeric)
    if not wanted or not names or not 1 < rows <= MOST_BARS:
        return
    chart: Any = LineChart() if given.kind == "line" else BarChart()
    if given.kind != "line":
        chart.type = "bar" if given.kind == "bar" else "col"
        chart.gapWidth = 50
    for column in wanted:
        chart.add_data(Reference(sheet, min_col=column + 1, min_row=FIRST, max_row=FIRST + rows), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=names[0] + 1, min_row=FIRST + 1, max_row=FIRST + rows))
    chart.title = None
    chart.height, chart.width = (min(max(7.5, rows * 0.55), TALLEST_CM) if given.kind == "bar" else 9.0), 18
    if given.kind == "bar":
        chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    if len(wanted) == 1:
        chart.legend = None
    if given.kind == "line":
        for series in chart.series:
            series.smooth = False  # between two months nothing is known
    for series, colour in zip(chart.series, (s.colour for s in given.series), strict=False):
        (series.graphicalProperties.line if given.kind == "line" else series.graphicalProperties).solidFill = colour[1:]
    sheet.add_chart(chart, f"{get_column_letter(columns + 2)}{FIRST}")


def _value_columns(table: Table, given: Native, numeric: list[int]) -> list[int]:
    """The columns whose values are those of the chart's series, in their order."""
    found = []
    for series in given.series:
        told = [v for v in series.values if v is not None]
        for column in numeric:
            values = [float(v) for v in table.frame.iloc[:, column].dropna()]
            near = len(values) == len(told) and all(
                abs(a - b) <= 0.06 + abs(b) * 1e-3 for a, b in zip(sorted(values), sorted(told), strict=True)
            )
            if near and column not in found:
                found.append(column)
                break
    return found if len(found) == len(given.series) else []


def _pairs(sheet: Worksheet, title: str, rows: Any, first: int = 1) -> int:
    put(sheet, first, 1, title).font = Font(bold=True, size=13)
    line = first + 1
    for label, words in rows:
        put(sheet, line, 1, label).font = Font(bold=True)
        put(sheet, line, 2, words)
        for column in (1, 2):
            sheet.cell(line, column).alignment = Alignment(wrap_text=True, vertical="top")
        high = max(lines_of(said, width) for said, width in zip((label, words), LABELLED, strict=True))
        sheet.row_dimensions[line].height = LINE_POINTS * high
        line += 1
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = LABELLED
    return line + 1


def _provenance(sheet: Worksheet, document: Document) -> None:
    line = 1
    for content in document.contents:
        line = _pairs(sheet, content.title, content.about, line)


def _contents(sheet: Worksheet, document: Document, listed: list[tuple[str, str, str]]) -> None:
    put(sheet, 1, 1, document.title).font = Font(bold=True, size=15)
    put(sheet, 2, 1, f"{document.nature} · {document.made_on}")
    for line, (name, scene, title) in enumerate(listed, start=4):
        cell = put(sheet, line, 1, name)
        cell.hyperlink = f"#'{name}'!A1"
        cell.font = Font(color="0F5C7A", underline="single")
        for place, words in ((2, scene), (3, title)):
            put(sheet, line, place, words).alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in (("A", 34), ("B", 34), ("C", 70)):
        sheet.column_dimensions[column].width = width
