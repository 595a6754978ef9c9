"""XLSX and XLS: every package is counted and scanned before it is opened, values are read, nothing is ever executed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl.utils import column_index_from_string
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from data.imports.coded import Row, Sheet, sheet_of
from data.imports.problems import FileRefused

LAST_ROW = {"xlsx": 1_048_576, "xls": 65_536}
MOST_COLUMNS = 702
"""Columns up to ZZ; no office table is wider."""
MOST_CELLS = 60_000_000
MOST_BYTES = 1 << 30
GREATEST_RATIO = 400
RATIO_COUNTS_FROM = 32 << 20
MOST_MARKS = 100_000
PIECE = 4 << 20
ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
WIDE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{3,})\d+"')
TWO_LETTERS = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="[A-Z]{2}\d+"')
MARKED = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>.*?(?:<v>([^<]*)</v>)?</c>'
    rb'|<c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?</c>'
)
RELATION = re.compile(r"<Relationship\b[^>]*>")
SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")


def read_workbook(path: Path, file: str, kind: str) -> list[Sheet]:
    """The visible sheets of a workbook that hold anything; `kind` is xlsx or xls.

    Raises FileRefused: macros, password, bomb, too wide, full to the last row, damaged.
    """
    scanned = scan_package(path, file) if kind == "xlsx" else {}
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            return list(_sheets(book, file, kind, scanned))
    except PasswordError as error:
        raise FileRefused("password", file) from error
    except (CalamineError, OSError) as error:
        raise FileRefused("damaged_workbook", file) from error


def _sheets(
    book: CalamineWorkbook, file: str, kind: str, scanned: dict[str, dict[tuple[int, int], tuple[str, str]]]
) -> Iterator[Sheet]:
    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet or about.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(about.name)
        if sheet.start is None or sheet.end is None or not sheet.height:
            continue
        if sheet.end[0] + 1 >= LAST_ROW[kind]:
            raise FileRefused("full_sheet", file, sheet=about.name, rows=LAST_ROW[kind])
        read = sheet_of(file, about.name, _rows(sheet))
        read.merged = list(sheet.merged_cell_ranges or [])
        read.marks = scanned.get(about.name, {})
        yield read


def _rows(sheet: Any) -> Iterator[Row]:
    """Rows as they stand in the sheet: the reader hands out empty rows above the first, but no empty columns."""
    pad = ("",) * int(sheet.start[1])
    for row in sheet.iter_rows():
        yield (*pad, *row) if pad else row


def scan_package(path: Path, file: str) -> dict[str, dict[tuple[int, int], tuple[str, str]]]:
    """Count and scan an XLSX package; sheet name -> cells with failed or uncomputed formulas. Raises FileRefused."""
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            refuse_by_parts(package, names, file)
            marks = {}
            for name in sorted(names):
                if name.endswith((".xml", ".rels")):
                    marks[name] = _scan_part(package, name, file)
            return {sheet: marks.get(part, {}) for sheet, part in _parts_of_sheets(package).items()}
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileRefused("damaged_workbook", file) from error


def refuse_by_parts(package: zipfile.ZipFile, names: set[str], file: str) -> None:
    """Refuse macros, other kinds of documents, and sizes no table has."""
    lower = {name.lower() for name in names}
    if any(name.endswith(("vbaproject.bin", ".xlam")) or "macrosheets" in name for name in lower):
        raise FileRefused("macros", file)
    if "xl/workbook.xml" not in lower:
        raise FileRefused("binary_workbook" if "xl/workbook.bin" in lower else "not_a_workbook", file)
    for entry in package.infolist():
        inflated = entry.file_size > GREATEST_RATIO * max(entry.compress_size, 1)
        if inflated and entry.file_size > RATIO_COUNTS_FROM:
            raise FileRefused("bomb", file)
    if sum(entry.file_size for entry in package.infolist()) > MOST_BYTES:
        raise FileRefused("bomb", file)


def _scan_part(package: zipfile.ZipFile, name: str, file: str) -> dict[tuple[int, int], tuple[str, str]]:
    """Read one part to its end: bytes are counted, and for sheets how far they reach and which formulas failed."""
    marks: dict[tuple[int, int], tuple[str, str]] = {}
    is_sheet = name.startswith("xl/worksheets/")
    rest, read, last, wide = b"", 0, 0, False
    with package.open(name) as part:
        while piece := part.read(PIECE):
            read += len(piece)
            if read > MOST_BYTES:
                raise FileRefused("bomb", file)
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise FileRefused("entities", file)
            if not is_sheet:
                continue
            text = rest + piece
            cut = text.rfind(b"</c>") + 4 if b"</c>" in text else 0
            done, rest = (text[:cut], text[cut:]) if cut else (text, b"")
            last = max([last, *map(int, ROW.findall(done))])
            wide = wide or bool(TWO_LETTERS.search(done))
            if found := WIDE.search(done):
                raise FileRefused(
                    "too_wide", file, columns=column_index_from_string(found[1].decode()), most=MOST_COLUMNS
                )
            _mark(done, marks)
    if last * (MOST_COLUMNS if wide else 26) > MOST_CELLS * (10 if wide else 1):
        raise FileRefused("too_many_cells", file, rows=last)
    return marks


def _mark(text: bytes, marks: dict[tuple[int, int], tuple[str, str]]) -> None:
    if b't="e"' not in text and b"<f" not in text:
        return
    for found in MARKED.finditer(text):
        if len(marks) >= MOST_MARKS:
            return
        letters, row = (found[1], found[2]) if found[1] else (found[4], found[5])
        place = column_index_from_string(letters.decode()) - 1
        kind = "formula_error" if found[1] else "formula_uncomputed"
        marks[int(row), place] = (kind, (found[3] or b"").decode("utf-8", "replace") or "=…")


def _parts_of_sheets(package: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet -> the part of the package that holds it."""
    relations = package.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in RELATION.findall(relations):
        target = _attribute(tag, "Target")
        targets[_attribute(tag, "Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    book = package.read("xl/workbook.xml").decode("utf-8", "replace")
    return {
        _unescaped(_attribute(tag, "name")): targets.get(_attribute(tag, r"\w+:id"), "") for tag in SHEET.findall(book)
    }


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _unescaped(text: str) -> str:
    for entity, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, plain)
    return text
