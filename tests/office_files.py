"""Office files as people make them: titles, merged headers, totals, signatures, Chinese dates, any encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import xlwt

from data.contract import load_contract
from data.wording import column_label, value_label

Row = Sequence[Any]
HOOD = "320613001001001"
EVENT_HEADERS = ("活动编号", "名称", "类别", "品牌", "主办邻里", "举办日期", "登记日期", "地点")
EVENT = ("E1", "象棋比赛", "文化", "无", "德民-01", "2020-05-18", "2020-05-20", "露天")


def text_file(path: Path, rows: Iterable[Row], encoding: str = "utf-8-sig", separator: str = ",") -> Path:
    """Write rows as CSV or one of its relatives."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def workbook(path: Path, rows: Iterable[Row], sheet: str = "Sheet1", merged: Sequence[str] = ()) -> Path:
    """Write rows as XLSX, with merged cells."""
    book = openpyxl.Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(list(row))
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(path)
    return path


def old_workbook(path: Path, rows: Iterable[Row], sheet: str = "Sheet1") -> Path:
    """Write rows as XLS."""
    book = xlwt.Workbook()
    page = book.add_sheet(sheet)
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for line, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, date):
                page.write(line, place, value, style)
            else:
                page.write(line, place, value)
    book.save(str(path))
    return path


def chinese_rows(table: str, frame: pd.DataFrame, names: dict[str, str], dirty: bool = True) -> list[list[Any]]:
    """A record table as an office would keep it: Chinese headers and values, names of areas, dates in three ways."""
    columns = load_contract().records[table].columns
    header = [column_label(table, name, "zh") for name in columns]
    rows: list[list[Any]] = [header]
    for number, record in enumerate(frame[list(columns)].itertuples(index=False, name=None)):
        cells = zip(columns.values(), record, strict=True)
        rows.append([_written(column, value, number, names, dirty) for column, value in cells])
    return rows


def _written(column: Any, value: Any, number: int, names: dict[str, str], dirty: bool) -> Any:
    if value is None or value is pd.NaT or value != value:
        return "—" if dirty and number % 5 == 0 else ""
    if column.type == "code":
        return names.get(value, value) if dirty and number % 2 else value
    if column.values:
        return value_label(column.name, value, "zh")
    if column.type == "bool":
        return "是" if value else "否"
    if column.type in ("date", "month", "timestamp"):
        return _day(column.type, pd.Timestamp(value).to_pydatetime(), number, dirty)
    return _amount(column.type, value, number) if dirty else value


def _day(kind: str, value: datetime, number: int, dirty: bool) -> Any:
    if kind == "timestamp":
        return f"{value:%Y/%m/%d %H:%M:%S}" if number % 2 else f"{value:%Y-%m-%d %H:%M:%S}"
    if not dirty:
        return f"{value:%Y-%m-%d}"
    if kind == "month":
        return (f"{value.year}年{value.month}月", f"{value:%Y-%m}", f"{value:%Y%m}")[number % 3]
    day = f"{value.month}月{value.day}日"
    short = f"{value.year}/{value.month}/{value.day}"
    return (f"{value:%Y-%m-%d}", f"{value.year}年{day}", f"民国{value.year - 1911}年{day}", short)[number % 4]


def _amount(kind: str, value: Any, number: int) -> Any:
    if kind not in ("int", "float") or number % 3 == 0:
        return value
    if kind == "float":
        return repr(float(value))
    text = f"{int(value):,}" if number % 3 == 1 and value >= 10_000 else str(int(value))
    return text.translate(str.maketrans("0123456789", "０１２３４５６７８９")) if number % 7 == 2 else text
