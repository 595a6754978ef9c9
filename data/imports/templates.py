"""Templates for every record table, made from the contract: a workbook and a CSV file each, with one example row.

The workbook has the table's sheet (headers, an example, drop-downs), a sheet of notes on every column, and the allowed
values. The example row begins with 示例 in its first cell and is never imported.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from data.contract import Column, Table, load_contract
from data.imports.places import Places, level_label
from data.imports.rules import rule_of, withdrawal_headers
from data.spreadsheets import put
from data.wording import column_label, table_label, text, value_label, words

ROWS = 5_000
"""Rows below the header that have drop-downs."""
NEEDED, OPTIONAL, EXAMPLE = "0F5C7A", "6B8794", "8A8A8A"
EXAMPLES: Mapping[str, str] = {
    "int": "12", "float": "1.5", "bool": "是", "date": "2020-05-18", "month": "2020年5月",
    "timestamp": "2020-05-18 09:30",
}  # fmt: skip
TEXTS: Mapping[str, str] = {"telephone": "0513-0000 0000", "lon": "120.873934", "lat": "32.023774", "year": "2020"}


def write_templates(
    folder: Path, tables: list[str], places: Places, progress: Callable[[str, float], None] = lambda _name, _share: None
) -> list[Path]:
    """Write <table>.xlsx and <table>.csv, named in Chinese, into `folder`; all tables where none are named."""
    folder.mkdir(parents=True, exist_ok=True)
    contract, made = load_contract(), []
    for done, name in enumerate(tables or list(contract.records)):
        table = contract.records[name]
        progress(name, done / len(tables or contract.records))
        stem = file_stem(table)
        book = workbook(table, places)
        book.save(folder / f"{stem}.xlsx")
        (folder / f"{stem}.csv").write_bytes(csv_template(table, places))
        made += [folder / f"{stem}.xlsx", folder / f"{stem}.csv"]
    return made


def file_stem(table: Table) -> str:
    """The template's file name without its ending."""
    return f"模板-{table_label(table.name, 'zh')}"


def headers(table: Table) -> list[str]:
    """The Chinese headers of a table, no two of them equal; the last is ticked to take a record back."""
    return [*(column_label(table.name, name, "zh") for name in table.columns), withdrawal_headers()[0]]


def example(table: Table, places: Places) -> list[str]:
    """A row that could be true; its first cell says that it is an example."""
    cells = [_example(table, column, places) for column in table.columns.values()]
    return [f"示例：{cells[0]}", *cells[1:], ""]


def _example(table: Table, column: Column, places: Places) -> str:
    if column.type == "code":
        return next(iter(area_names(column, places)), "320613")
    if column.values:
        return value_label(column.name, column.values[0], "zh")
    if column.name in TEXTS:
        return TEXTS[column.name]
    if column.type in EXAMPLES:
        return EXAMPLES[column.type]
    if column.name.endswith("_id") or column.references or column.name == "repeat_of":
        return "A0001"
    return (
        table_label(table.name, "zh")
        if column.name in ("name", "title")
        else column_label(table.name, column.name, "zh")
    )


def area_names(column: Column, places: Places) -> list[str]:
    """Names of the areas that a column can hold, in order of their codes."""
    level = rule_of(column).level
    levels = {level} if level else {"district", "subdistrict", "community", "neighbourhood"}
    return [places.name_of[code] for code in sorted(places.name_of) if places.level_of[code] in levels]


def csv_template(table: Table, places: Places) -> bytes:
    """Header and example row, UTF-8 with a byte order mark so that spreadsheets read the Chinese right."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([headers(table), example(table, places)])
    return out.getvalue().encode("utf-8-sig")


def workbook(table: Table, places: Places) -> Workbook:
    """The template as a workbook of three sheets: to fill in, notes, allowed values."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = table_label(table.name, "zh")[:31]
    notes, values = book.create_sheet(text("template.notes", "zh")), book.create_sheet(text("template.values", "zh"))
    _write_head(sheet, table, places)
    _write_notes(notes, table)
    for place, column in enumerate(table.columns.values(), start=1):
        _add_choices(sheet, values, place, column, table, places)
    book.properties.title = sheet.title
    book.properties.creator = "Linli Atlas"
    return book


def _write_head(sheet: Worksheet, table: Table, places: Places) -> None:
    for place, (column, label) in enumerate(zip(table.columns.values(), headers(table), strict=False), start=1):
        cell = put(sheet, 1, place, label)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=OPTIONAL if column.nullable else NEEDED)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.comment = Comment(describe(table, column), "Linli Atlas", width=320, height=120)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(14, 2 * len(label) + 4)
        if column.type in ("code", "string"):
            sheet.column_dimensions[letter].number_format = "@"  # else a code becomes a number and loses digits
    _write_withdrawal(sheet, len(table.columns) + 1)
    for place, value in enumerate(example(table, places), start=1):
        put(sheet, 2, place, value).font = Font(italic=True, color=EXAMPLE)
    sheet.freeze_panes = "A2"


def _write_withdrawal(sheet: Worksheet, place: int) -> None:
    """The last column: a tick there takes back the record of the row's key."""
    cell = put(sheet, 1, place, withdrawal_headers()[0])
    cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=OPTIONAL)
    cell.comment = Comment(text("template.withdraw", "zh"), "Linli Atlas", width=320, height=120)
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = 10
    rule = DataValidation("list", formula1=f'"{text("template.yes", "zh")}"', allow_blank=True, showErrorMessage=True)
    rule.add(f"{letter}2:{letter}{ROWS}")
    sheet.add_data_validation(rule)


def describe(table: Table, column: Column) -> str:
    """What goes into a column, in a sentence or two."""
    need = text("template.optional" if column.nullable else "template.needed", "zh")
    kind = text(f"template.type.{_kind(column)}", "zh", level=level_label(rule_of(column).level))
    unit = words("zh").get(f"measured_in.{column.unit}", "") if column.unit else ""
    key = text("template.key", "zh") if column.name in table.key else ""
    other = _refers(column)
    return "".join([need, kind, text("template.unit", "zh", unit=unit) if unit else "", other, key])


def _refers(column: Column) -> str:
    if not column.references or column.references == "area":
        return ""
    return text("template.refers", "zh", table=table_label(column.references, "zh"))


def _kind(column: Column) -> str:
    if column.type == "code":
        return "area" if rule_of(column).level else "any_area"
    return column.type


def _write_notes(sheet: Worksheet, table: Table) -> None:
    put(sheet, 1, 1, table_label(table.name, "zh")).font = Font(bold=True, size=14)
    put(sheet, 2, 1, text("template.grain", "zh", grain=words("zh")[f"table.{table.name}.grain"]))
    for line, key in enumerate(("how", "total", "people", "correct", "withdraw"), start=3):
        put(sheet, line, 1, text(f"template.{key}", "zh"))
    for place, key in enumerate(("column", "need", "about", "example"), start=1):
        put(sheet, 8, place, text(f"template.head.{key}", "zh")).font = Font(bold=True)
    for line, column in enumerate(table.columns.values(), start=9):
        need = text("template.no" if column.nullable else "template.yes", "zh")
        choices = "、".join(value_label(column.name, value, "zh") for value in column.values)
        about = describe(table, column) + (text("template.choices", "zh", choices=choices) if choices else "")
        for place, value in enumerate((column_label(table.name, column.name, "zh"), need, about, column.name), start=1):
            put(sheet, line, place, value).alignment = Alignment(wrap_text=place == 3, vertical="top")
    for letter, width in zip("ABCD", (24, 10, 80, 22), strict=True):
        sheet.column_dimensions[letter].width = width


def _add_choices(sheet: Worksheet, values: Worksheet, place: int, column: Column, table: Table, places: Places) -> None:
    """A drop-down where values are known, else a prompt that refuses what cannot be read."""
    letter = get_column_letter(place)
    below = f"{letter}2:{letter}{ROWS}"
    known = _choices(column, places)
    if known:
        put(values, 1, place, column_label(table.name, column.name, "zh")).font = Font(bold=True)
        for line, value in enumerate(known, start=2):
            put(values, line, place, value)
        source = f"'{values.title}'!${letter}$2:${letter}${len(known) + 1}"
        rule = DataValidation("list", formula1=source, allow_blank=True)
        rule.errorStyle = "warning" if column.type == "code" else "stop"  # an area's code is as good as its name
        rule.error = text("template.choose", "zh")
    elif column.type == "int":
        rule = DataValidation("whole", operator="greaterThanOrEqual", formula1=str(int(rule_of(column).least or 0)))
        rule.errorStyle, rule.error = "warning", text("template.type.int", "zh", level="")
    else:
        return
    rule.showErrorMessage = True
    rule.add(below)
    sheet.add_data_validation(rule)


def _choices(column: Column, places: Places) -> list[str]:
    if column.type == "bool":
        return ["是", "否"]
    if column.type == "code":
        return area_names(column, places)
    return [value_label(column.name, value, "zh") for value in column.values]
