"""What changes between two editions, on paper and as a workbook: tables, signature lines, a sheet with map a place."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from data.spreadsheets import put
from geo.palettes import PALETTES
from pages.exports.model import Rows, Table
from pages.exports.pdf import POINTS, compiled, table_of
from pages.exports.picture import Picture
from pages.exports.svg_map import map_svg
from pages.exports.xlsx import sheet_name
from pages.parts.words import NOTHING, speaking
from pages.parts.workbook import LINE_POINTS, lines_of, on_paper, write_table

Progress = Callable[[float], None]
WIDTH: Final = 174.0 * POINTS
SHAPE: Final = 1.5  # width ÷ height of a sheet's map
NOTICE_SHAPE: Final = 1.15
PIXELS: Final = (720, 480)
WORDS_WIDE: Final = 60


@dataclass(frozen=True)
class Sheet:
    """One neighbourhood that changes, or one notice: words, map, (label, words) rows, and tables.

    A notice ends with `closing` words, the office that posts it and the day; the others leave these empty.
    """

    title: str
    picture: Picture
    rows: Rows
    tables: tuple[Table, ...] = ()
    text: tuple[str, ...] = ()
    closing: str = ""
    office: str = ""
    day: str = ""


@dataclass(frozen=True)
class Report:
    """A report with its front (title, rows, finding, tables, lines to sign) and sheets; notices have sheets alone."""

    title: str
    lang: str
    note: str
    sheets: tuple[Sheet, ...]
    rows: Rows = ()
    finding: str = ""
    tables: tuple[Table, ...] = ()
    signatures: tuple[str, ...] = ()

    @property
    def front(self) -> bool:
        """Whether there is a front page: notices have none."""
        return bool(self.finding)


def pdf_bytes(report: Report, progress: Progress) -> bytes:
    """The report on A4 paper, maps as vectors."""
    with speaking(report.lang), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sheets = []
        for place, sheet in enumerate(report.sheets):
            progress(0.7 * place / len(report.sheets))
            file = f"map-{place}.svg"
            shape = SHAPE if report.front else NOTICE_SHAPE
            (folder / file).write_text(map_svg(sheet.picture, WIDTH, WIDTH / shape), encoding="utf-8")
            sheets.append(_sheet(sheet, file))
        progress(0.75)
        palette = PALETTES["light"]
        content = {
            "title": report.title, "lang": report.lang, "note": report.note, "front": report.front,
            "ink": palette.ink, "muted": palette.muted, "accent": palette.accent, "line": palette.line,
            "rows": list(report.rows), "finding": report.finding, "tables": list(map(table_of, report.tables)),
            "signatures": list(report.signatures), "sheets": sheets,
        }  # fmt: skip
        return compiled(folder, "changes.typ", content)


def _sheet(sheet: Sheet, file: str) -> dict[str, Any]:
    return {
        "title": sheet.title, "text": list(sheet.text), "map": file, "rows": list(sheet.rows),
        "tables": list(map(table_of, sheet.tables)), "closing": sheet.closing, "office": sheet.office,
        "day": sheet.day,
    }  # fmt: skip


def xlsx_bytes(report: Report, progress: Progress) -> bytes:
    """The report as a workbook: a front sheet to sign, a sheet a table, and one with its map for each neighbourhood."""
    with speaking(report.lang):
        book = Workbook()
        used: dict[str, str] = {}
        front = book.worksheets[0]
        front.title = sheet_name(report.title, used)
        _front(front, report)
        for table in report.tables:
            sheet = book.create_sheet(sheet_name(table.title, used))
            put(sheet, 1, 1, table.title).font = Font(bold=True, size=13)
            write_table(sheet, table.frame, 3)
        for place, each in enumerate(report.sheets):
            progress(0.95 * place / len(report.sheets))
            _place(book.create_sheet(sheet_name(each.title, used)), each)
        for place, sheet in enumerate(book.worksheets):
            on_paper(sheet, report.note, 3 if 0 < place <= len(report.tables) else 0, upright=True)
        book.properties.title, book.properties.creator = report.title, "Linli Atlas"
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def _front(sheet: Worksheet, report: Report) -> None:
    put(sheet, 1, 1, report.title).font = Font(bold=True, size=15)
    line = _pairs(sheet, report.rows, 3)
    cell = put(sheet, line + 1, 1, report.finding)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=line + 1, start_column=1, end_row=line + 1, end_column=2)
    sheet.row_dimensions[line + 1].height = 48
    for place, words in enumerate(report.signatures):
        put(sheet, line + 4 + 2 * place, 1, words)
        put(sheet, line + 4 + 2 * place, 2, "_" * 30)
    put(sheet, line + 5 + 2 * len(report.signatures), 1, report.note).font = Font(color="5B6672", size=9)


def _place(sheet: Worksheet, given: Sheet) -> None:
    put(sheet, 1, 1, given.title).font = Font(bold=True, size=13)
    line = _pairs(sheet, given.rows, 3) + 1
    for table in given.tables:
        put(sheet, line, 1, table.title).font = Font(bold=True)
        line = _plain(sheet, table.frame, line + 1) + 1
    image = Image(io.BytesIO(png(given.picture)))
    image.width, image.height = PIXELS
    sheet.add_image(image, f"A{line + 1}")


def _plain(sheet: Worksheet, frame: pd.DataFrame, first: int) -> int:
    for place, name in enumerate(frame.columns, start=1):
        put(sheet, first, place, str(name)).font = Font(bold=True)
    for line, row in enumerate(frame.itertuples(index=False, name=None), start=first + 1):
        put(sheet, line, 1, row[0])
        for place, value in enumerate(row[1:], start=2):
            cell = put(sheet, line, place, NOTHING if value is None else value)
            cell.alignment = Alignment(horizontal="right")
    for place in range(2, len(frame.columns) + 1):
        sheet.cell(first, place).alignment = Alignment(horizontal="right")
    for place in range(3, len(frame.columns) + 1):
        sheet.column_dimensions["ABCDEFGHIJ"[place - 1]].width = 16
    return first + len(frame) + 1


def _pairs(sheet: Worksheet, rows: Sequence[tuple[str, str]], first: int) -> int:
    for line, (label, words) in enumerate(rows, start=first):
        named = put(sheet, line, 1, label)
        named.font, named.alignment = Font(bold=True), Alignment(vertical="top")
        put(sheet, line, 2, words).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[line].height = LINE_POINTS * lines_of(words, WORDS_WIDE)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, WORDS_WIDE + 2
    return first + len(rows)


def png(picture: Picture) -> bytes:
    """A map in dots, for where vectors can't go."""
    width, height = (side * 0.75 for side in PIXELS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "picture.svg").write_text(map_svg(picture, width, height), encoding="utf-8")
        return compiled(folder, "picture.typ", {"width": width, "height": height}, "png", 144)
