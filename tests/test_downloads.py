"""Files hold what the page shows, say where it comes from, and hold nothing that a spreadsheet would execute."""

from __future__ import annotations

import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from openpyxl import load_workbook

from pages.parts.downloads import About, csv_bytes, defused, file_name
from pages.parts.workbook import xlsx_bytes

ABOUT = About(
    "2020年，中心村社区有 2 场活动",
    (
        ("数据性质", "演示数据 · Demonstration data"),
        ("口径", "每场活动一行"),
        ("边界版本", "2020-07"),
        ("时段", "2020年"),
    ),
)
FRAME = pd.DataFrame(
    {
        "名称": ["包饺子", "百家宴"],
        "参与人次 (人次)": [46, -3],
        "比上年": [-1.5, None],
        "举办日期": pd.to_datetime(["2020-12-28", "2020-12-26"]),
        "受理时间": pd.to_datetime(["2020-12-28 09:30", None]),
    }
)
ATTACKS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    " =1+1",
    '=HYPERLINK("x")',
]


def csv_text(frame: pd.DataFrame) -> str:
    return csv_bytes(frame, ABOUT).decode("utf-8-sig")


def test_csv_begins_with_a_byte_order_mark_and_its_header() -> None:
    assert csv_bytes(FRAME, ABOUT).startswith(b"\xef\xbb\xbf")
    assert csv_text(FRAME).splitlines()[0] == "名称,参与人次 (人次),比上年,举办日期,受理时间"


def test_csv_reads_back_as_it_was() -> None:
    found = pd.read_csv(io.BytesIO(csv_bytes(FRAME, ABOUT)), comment="#", encoding="utf-8-sig")
    assert len(found) == 2 and found["参与人次 (人次)"].tolist() == [46, -3]
    assert found["比上年"].iloc[0] == -1.5 and pd.isna(found["比上年"].iloc[1])
    assert found["举办日期"].tolist() == ["2020-12-28", "2020-12-26"]
    assert found["受理时间"].iloc[0] == "2020-12-28 09:30" and pd.isna(found["受理时间"].iloc[1])


def test_csv_ends_with_what_it_is_and_where_it_comes_from() -> None:
    lines = csv_text(FRAME).splitlines()
    for label, value in ABOUT.rows:
        assert f"# {label}: {value}" in lines
    assert f"# {ABOUT.title}" in lines[3:]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_of_a_csv_is_a_formula(attack: str) -> None:
    text = csv_text(pd.DataFrame({attack: [attack]}))
    reread = pd.read_csv(io.StringIO(text), comment="#", keep_default_na=False, nrows=1)
    for cell in (reread.columns[0], reread.iloc[0, 0]):
        assert str(cell).startswith("'"), cell


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_of_a_workbook_is_a_formula(attack: str) -> None:
    about = About(attack, ((attack, attack),))
    book = load_workbook(io.BytesIO(xlsx_bytes(pd.DataFrame({attack: [attack]}), about, "数据", "说明")))
    for sheet in book.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@settings(max_examples=200, deadline=None)
@given(some.text(max_size=30))
def test_whatever_the_text_it_is_never_a_formula_and_never_lost(text: str) -> None:
    safe = defused(text)
    assert safe in (text, f"'{text}") and not safe.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@settings(max_examples=50, deadline=None)
@given(some.lists(some.text(max_size=20), min_size=1, max_size=5))
def test_a_workbook_of_any_text_opens_again(texts: list[str]) -> None:
    book = load_workbook(io.BytesIO(xlsx_bytes(pd.DataFrame({"a": texts}), ABOUT, "数据", "说明")))
    assert book.worksheets[0].max_row >= 1


def test_negative_numbers_stay_numbers() -> None:
    assert ",-3,-1.5," not in csv_text(FRAME).splitlines()[1]
    assert csv_text(FRAME).splitlines()[2].startswith("百家宴,-3,,")


def test_a_workbook_has_typed_cells_a_frozen_header_and_a_filter() -> None:
    sheet = load_workbook(io.BytesIO(xlsx_bytes(FRAME, ABOUT, "数据", "说明"))).worksheets[0]
    assert sheet.title == "数据" and sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:E3"
    assert [cell.value for cell in sheet[1]] == list(FRAME.columns)
    assert sheet["B2"].value == 46 and sheet["C2"].value == -1.5 and sheet["C3"].value is None
    assert sheet["D2"].value.date() == date(2020, 12, 28) and sheet["D2"].number_format == "yyyy-mm-dd"
    assert sheet["E2"].number_format == "yyyy-mm-dd hh:mm" and sheet["E3"].value is None


def test_a_workbook_says_what_it_is_and_where_it_comes_from() -> None:
    sheet = load_workbook(io.BytesIO(xlsx_bytes(FRAME, ABOUT, "数据", "说明与来源"))).worksheets[1]
    assert sheet.title == "说明与来源" and sheet["A1"].value == ABOUT.title
    assert [(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=3)] == [*ABOUT.rows]


def test_an_empty_table_is_a_file_with_its_header() -> None:
    empty = FRAME.head(0)
    assert csv_text(empty).startswith("名称,")
    assert load_workbook(io.BytesIO(xlsx_bytes(empty, ABOUT, "数据", "说明"))).worksheets[0].max_row == 1


def test_a_file_name_is_one_every_system_accepts() -> None:
    assert file_name("邻里图", "活动", "中心村社区", "2018..2020") == "邻里图-活动-中心村社区-2018_2020"
    assert file_name("a/b", 'c:"d*', "") == "a_b-c_d"


def test_a_year_has_no_separator_and_a_large_number_has() -> None:
    frame = pd.DataFrame({"year": [2020], "people": [1_080_000]})
    sheet = load_workbook(io.BytesIO(xlsx_bytes(frame, ABOUT, "a", "b"))).worksheets[0]
    assert sheet["A2"].number_format == "General" and sheet["B2"].number_format == "#,##0"
