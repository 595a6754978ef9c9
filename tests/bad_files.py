"""The corpus of bad files: what an office, a broken disk or an attacker may deliver, each with its sentence's kind.

`python -m tests.bad_files FOLDER` writes them all.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from data.wording import column_label
from tests import office_files as office
from tests import tiny_district as tiny
from tests.office_files import EVENT, EVENT_HEADERS

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
GOOD = [*EVENT[:4], tiny.A1, *EVENT[5:]]
Maker = Callable[[Path], object]


def event(**changed: Any) -> list[Any]:
    values = dict(zip(EVENT_HEADERS, GOOD, strict=True)) | changed
    return [values[header] for header in EVENT_HEADERS]


def raw(content: bytes) -> Maker:
    return lambda path: path.write_bytes(content)


def csv_of(*rows: Sequence[Any], headers: Sequence[str] = EVENT_HEADERS) -> Maker:
    return lambda path: office.text_file(path, [headers, *rows])


def xlsx_of(*rows: Sequence[Any], headers: Sequence[str] = EVENT_HEADERS) -> Maker:
    return lambda path: office.workbook(path, [headers, *rows])


def table_of(table: str, columns: dict[str, Any]) -> Maker:
    """One row of a table, as CSV with Chinese headers."""
    headers = [column_label(table, name, "zh") for name in columns]
    return csv_of(list(columns.values()), headers=headers)


def package(**parts: bytes | str) -> Maker:
    """A ZIP of parts; a double underscore in a name stands for a slash."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, content in parts.items():
                opened.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)

    return make


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> Maker:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, content in entries:
                opened.writestr(name, content)

    return make


def cut(make: Maker, share: float = 0.6) -> Maker:
    """A file that breaks off."""

    def broken(path: Path) -> None:
        make(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return broken


def sheet_xml(cells: str, before: str = "") -> Maker:
    """A workbook whose only sheet is written by hand."""

    def make(path: Path) -> None:
        good = io.BytesIO()
        openpyxl.Workbook().save(good)
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
            for name in source.namelist():
                content = source.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    content = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode()
                opened.writestr(name, content)

    return make


def hidden(path: Path) -> None:
    book = openpyxl.Workbook()
    for value in EVENT_HEADERS:
        book.worksheets[0].append([value])
    book.create_sheet("空")
    book.worksheets[0].sheet_state = "hidden"
    book.save(path)


def with_macros(path: Path) -> None:
    office.workbook(path, [EVENT_HEADERS, event()])
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("xl/vbaProject.bin", b"macro")


def inflated_workbook(path: Path) -> None:
    office.workbook(path, [EVENT_HEADERS, event()])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("xl/media/x.xml", bytes(64 << 20))


def wrong_sum(path: Path) -> None:
    """An archive whose entry does not have the bytes its checksum tells."""
    archive(("a.csv", b"header,other\n" * 40))(path)
    content = bytearray(path.read_bytes())
    content[45] ^= 0xFF
    path.write_bytes(bytes(content))


def locked_archive(path: Path) -> None:
    archive(("a.csv", b"a,b\n1,2\n"))(path)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(bytes(content))


def link() -> tuple[zipfile.ZipInfo, bytes]:
    entry = zipfile.ZipInfo("link.csv")
    entry.external_attr = 0o120777 << 16
    return entry, b"/etc/passwd"


def nested_parquet(path: Path) -> None:
    pq.write_table(pa.table({"a": [[1, 2]], "b": ["x"]}), path)


def plain_parquet(path: Path) -> None:
    pq.write_table(pa.table({"a": list(range(1000)), "b": ["x"] * 1000}), path)


def uncomputed(path: Path) -> None:
    rows = [HOUSEHOLD_HEADERS, [tiny.A1, 2020, "=20+20", 100, 1]]
    office.workbook(path, rows)


def failed_formula(path: Path) -> None:
    labels = zip("ABCDE", HOUSEHOLD_HEADERS, strict=True)
    header = "".join(f'<c r="{letter}1" t="inlineStr"><is><t>{label}</t></is></c>' for letter, label in labels)
    cells = f'<c r="A2" t="inlineStr"><is><t>{tiny.A1}</t></is></c><c r="B2"><v>2020</v></c>'
    cells += '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D2"><v>100</v></c><c r="E2"><v>1</v></c>'
    sheet_xml(f'<row r="1">{header}</row><row r="2">{cells}</row>')(path)


HOUSEHOLD_HEADERS = ["邻里", "年份", "户数", "家庭户人口", "集体户人口"]
LAST = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
HOUSEHOLD = {
    "neighbourhood": tiny.A1,
    "year": 2020,
    "households": 40,
    "household_population": 100,
    "collective_population": 1,
}
OFFICE = {
    "office_id": "O9", "name": "服务处", "neighbourhood": tiny.A1, "opened_on": "2020-01-01", "floor_area": 50,
    "open_days_per_week": 5, "telephone": "0513-00000000", "lon": 120.065, "lat": 32.005,
}  # fmt: skip
UTF16 = ",".join(EVENT_HEADERS).encode("utf-16")
WIDE = ["列" + str(n) for n in range(600)]

CORPUS: dict[str, tuple[str, Maker]] = {
    # what is no table at all
    "empty.csv": ("empty", raw(b"")),
    "blank.csv": ("empty", raw(b" \r\n \t\n")),
    "mark.csv": ("empty", raw(b"\xef\xbb\xbf")),
    "report.xlsx": ("pdf", raw(b"%PDF-1.7 x")),
    "scan.xlsx": ("picture", raw(b"\x89PNG\r\n\x1a\n" + bytes(90))),
    "photo.csv": ("picture", raw(b"\xff\xd8\xff\xe0" + bytes(90))),
    "a.rar.zip": ("other_archive", raw(b"Rar!\x1a\x07\x00xx")),
    "b.7z": ("other_archive", raw(b"7z\xbc\xaf\x27\x1c" + bytes(40))),
    "c.csv.gz": ("other_archive", raw(b"\x1f\x8b\x08" + bytes(40))),
    "setup.xlsx": ("program", raw(b"MZ\x90\x00" + bytes(90))),
    "run.csv": ("program", raw(b"#!/bin/sh\nrm -rf .\n")),
    "elf.csv": ("program", raw(b"\x7fELF" + bytes(90))),
    "letter.xls": ("rich_text", raw(b"{\\rtf1 a}")),
    "base.xlsx": ("database_file", raw(b"SQLite format 3\x00" + bytes(90))),
    "x.parquet": ("arrow_file", raw(b"ARROW1\0\0" + bytes(90))),
    "word.xlsx": ("word_document", package(**{"[Content_Types]_xml": "", "word__document_xml": "<a/>"})),
    "talk.xlsx": ("slides", package(**{"[Content_Types]_xml": "", "ppt__presentation_xml": "<a/>"})),
    "visio.xlsx": ("not_a_workbook", package(**{"[Content_Types]_xml": "", "visio__document_xml": "<a/>"})),
    "table.ods": ("open_document", package(mimetype="application/vnd.oasis", content_xml="<a/>")),
    "old.doc": ("word_document", raw(OLE + "WordDocument".encode("utf-16-le"))),
    "old.ppt": ("slides", raw(OLE + "PowerPoint Document".encode("utf-16-le"))),
    "old.msi": ("unknown_office", raw(OLE)),
    "binary.xlsb": ("binary_workbook", package(**{"[Content_Types]_xml": "", "xl__workbook_bin": "x"})),
    "web.xls": ("web_page", raw("<html><table><tr><td>活动编号</td></tr></table></html>".encode())),
    "xml.xls": ("old_xml", raw(b'<?xml version="1.0"?><Workbook/>')),
    "dump.csv": ("json", raw(b'[{"a": 1}]')),
    # what is damaged
    "half.xlsx": ("half_written", cut(xlsx_of(*[event(活动编号=f"E{n}") for n in range(50)]))),
    "half.parquet": ("damaged_parquet", cut(plain_parquet)),
    "half.zip": ("half_written", cut(archive(("a.csv", b"a,b\n1,2\n" * 99)))),
    "half.csv": ("half_written", raw("活动编号,名称\nE1,象".encode()[:-1])),
    "half16.csv": ("half_written", raw(UTF16[:-1])),
    "open.csv": ("half_written", raw(b'event_id,name\nE1,"never closed\nE2,x\n')),
    "spoiled.xlsx": ("damaged_workbook", sheet_xml("<row r='1'><c r='A1'><v>1</row>")),
    "spoiled.zip": ("damaged_archive", wrong_sum),
    "spoiled.xls": ("damaged_workbook", raw(OLE + "Workbook".encode("utf-16-le") + bytes(2000))),
    "nul.csv": ("nul_bytes", raw(b"event_id,name\nE1,a\0b\n")),
    "latin.csv": ("encoding", raw(b"event_id,name\nE1,caf\xe9 \xff\xff\nE2,\x81\x20 x\n")),
    "garbled.csv": ("garbled", raw("活动编号,名称\nE1,锟斤拷锟斤拷\n".encode())),
    "quotes.csv": ("quotation", raw(b'event_id,name\nE1,"a"b"\nE2,x\n')),
    "nested.parquet": ("nested_parquet", nested_parquet),
    # what is dangerous
    "locked.xlsx": ("password", raw(OLE + "EncryptedPackage".encode("utf-16-le"))),
    "locked.zip": ("password", locked_archive),
    "macro.xlsm": ("macros", with_macros),
    "macro.xls": ("macros", raw(OLE + "Workbook_VBA_PROJECT".encode("utf-16-le"))),
    "laughs.xlsx": ("entities", sheet_xml("", '<!DOCTYPE x [<!ENTITY a "aaaa">]>')),
    "bomb.zip": ("bomb", archive(("a.csv", bytes(32 << 20)))),
    "bomb.xlsx": ("bomb", inflated_workbook),
    "climb.zip": ("path_traversal", archive(("../../a.csv", b"x"))),
    "root.zip": ("path_traversal", archive(("/etc/a.csv", b"x"))),
    "drive.zip": ("path_traversal", archive(("C:\\a.csv", b"x"))),
    "link.zip": ("symbolic_link", archive(link())),
    "nest.zip": ("nested_archive", archive(("b.zip", b"PK"))),
    "none.zip": ("empty_archive", archive()),
    "many.zip": ("too_many_files", archive(*((f"{n}.csv", b"a,b\n") for n in range(501)))),
    # what is no records
    "wide.csv": ("too_wide", csv_of(WIDE, headers=WIDE)),
    "wide.xlsx": ("too_wide", sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>')),
    "full.xlsx": ("full_sheet", sheet_xml(LAST)),
    "vast.xlsx": ("too_many_cells", sheet_xml('<row r="1000000"><c r="ZZ1000000"><v>1</v></c></row>')),
    "hidden.xlsx": ("no_sheets", hidden),
    "header.csv": ("no_rows", csv_of()),
    "prose.csv": ("no_columns", raw("今天天气很好\n明天也是\n".encode())),
    "numbers.csv": ("no_header", csv_of([1, 2, 3], headers=["4", "5", "6"])),
    "other.csv": ("unknown_table", csv_of(["a", "b", "c", "d"], headers=["活动编号", "颜色", "重量", "邻里"])),
    # what is wrong inside
    "swapped.csv": (
        "swapped_columns",
        csv_of(*(event(活动编号=f"E{n}", 主办邻里="2020-05-18", 举办日期=tiny.A1) for n in "123")),
    ),
    "failed.xlsx": ("formula_error", failed_formula),
    "errors.csv": ("formula_error", csv_of(event(名称="#REF!"))),
    "uncomputed.xlsx": ("formula_uncomputed", uncomputed),
    "injection.csv": ("formula_text", csv_of(event(名称="=cmd|' /C calc'!A0"))),
    "at.csv": ("formula_text", csv_of(event(名称="@SUM(A1)"))),
    "wide_sign.csv": ("formula_text", csv_of(event(名称="＝1+1"))),
    "person.csv": ("identity_number", csv_of(event(名称="办理11010519491231002X"))),
    "mobile.csv": ("mobile_number", csv_of(event(名称="报名13812345678"))),
    "name.csv": ("person_name", csv_of(event(名称="联系人：李建国"))),
    "desk.csv": ("mobile_number", table_of("service_office", OFFICE | {"telephone": "13812345678"})),
    "science.csv": ("lost_digits", csv_of(event(主办邻里="3.20613E+14"))),
    "american.csv": ("ambiguous_date", csv_of(event(举办日期="5/18/2020"))),
    "yearless.csv": ("no_year", csv_of(event(举办日期="5月18日"))),
    "leap.csv": ("no_such_day", csv_of(event(举办日期="2019-02-29"))),
    "future.csv": ("future_date", csv_of(event(举办日期="2090-01-01", 登记日期="2090-01-02"))),
    "late.csv": ("order", csv_of(event(登记日期="2020-01-01"))),
    "twice.csv": ("duplicate_key", csv_of(event(), event(名称="别的"))),
    "nowhere.csv": ("unknown_area", csv_of(event(主办邻里="火星"))),
    "near.csv": ("unknown_area_near", csv_of(event(主办邻里="320613001001009"))),
    "level.csv": ("wrong_level", csv_of(event(主办邻里=tiny.FIRST))),
    "kind.csv": ("not_allowed", csv_of(event(类别="唱歌"))),
    "gap.csv": ("empty_required", csv_of(event(名称=""))),
    "bell.csv": ("control_characters", csv_of(event(名称="响\x07铃"))),
    "novel.csv": ("too_long", csv_of(event(名称="长" * 600))),
    "commas.csv": ("too_many_cells", csv_of([*event(), "多", "余"])),
    "less.csv": ("missing_column", csv_of(event()[1:], headers=EVENT_HEADERS[1:])),
    "about.csv": ("not_number", table_of("household", HOUSEHOLD | {"households": "约40"})),
    "decimals.csv": ("not_whole", table_of("household", HOUSEHOLD | {"households": "40.5"})),
    "negative.csv": ("too_small", table_of("household", HOUSEHOLD | {"households": -40})),
    "year.csv": ("too_large", table_of("household", HOUSEHOLD | {"year": 20200})),
    "dated.xlsx": ("number_became_date", xlsx_of([tiny.A1, 2020, date(2020, 1, 5), 100, 1], headers=HOUSEHOLD_HEADERS)),
    "axes.csv": ("location_swapped", table_of("service_office", OFFICE | {"lon": 32.005, "lat": 120.065})),
    "far.csv": ("location_far", table_of("service_office", OFFICE | {"lon": 116.4, "lat": 39.9})),
    "stranger.csv": ("unknown_reference", table_of("team_reach", {"team_id": "T99", "neighbourhood": tiny.A1})),
}


def write(folder: Path) -> dict[str, str]:
    """Write the corpus; file name -> kind of its sentence."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, make) in CORPUS.items():
        make(folder / name)
    return {name: kind for name, (kind, _) in CORPUS.items()}


if __name__ == "__main__":
    print(f"{len(write(Path(sys.argv[1])))} files in {sys.argv[1]}")
