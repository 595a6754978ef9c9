"""A delivery from its file to typed rows: recognised, read whatever its dirt, and held against rules and records."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.contract import load_contract
from data.imports.examine import Block, Examined, Options, People, examine
from data.imports.mappings import Mappings, keep_mappings, read_mappings
from data.imports.places import load_places
from data.imports.problems import from_dict
from data.imports.report import as_json, lines, marked_copy
from data.imports.templates import write_templates
from data.manifest import records_dir
from geo.datums import to_bd09, to_gcj02
from pages.parts.deliveries_check import header_suggestions
from tests import office_files as office
from tests import tiny_district as tiny
from tests.office_files import EVENT, EVENT_HEADERS

WEST = 120 + 6 / 100  # the tiny edition draws areas as squares in a row; its seventh is the first neighbourhood


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_district(tmp_path_factory.mktemp("tiny"))


def looked_at(
    root: Path, *files: Path, table: str | None = None, people: People = "refuse", block: Block = "file",
    mappings: Mappings | None = None,
) -> Examined:  # fmt: skip
    return examine([str(file) for file in files], root, Options(table, people, block), mappings or Mappings())


def event(**changed: Any) -> list[Any]:
    """One event of the tiny district with some cells changed, in the order of its headers."""
    values = dict(zip(EVENT_HEADERS, EVENT, strict=True)) | {"主办邻里": tiny.A1} | changed
    return [values[header] for header in EVENT_HEADERS]


def kinds(examined: Examined) -> dict[str, int]:
    return {finding.kind: finding.count for finding in examined.findings}


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gbk", "\t"), ("gb18030", ","), ("utf-16", "\t"), ("utf-8", "；")],
)
def test_text_files_of_every_encoding_and_separator(root: Path, tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [EVENT_HEADERS, event(), event(活动编号="E9", 名称="书法，展览; 一")]
    wide = "；" in separator
    if wide:
        (tmp_path / "a.csv").write_text("\n".join(separator.join(row) for row in [EVENT_HEADERS, event()]), encoding)
    else:
        office.text_file(tmp_path / "a.csv", rows, encoding, separator)
    found = looked_at(root, tmp_path / "a.csv")
    assert found.unread == []
    (typed,) = found.sheets
    assert typed.table.name == "event"
    assert typed.good.num_rows == (1 if wide else 2)
    assert typed.good.column("kind").to_pylist()[0] == "culture"


def test_a_sheet_with_title_merged_header_total_and_signature(root: Path, tmp_path: Path) -> None:
    upper = [
        "邻里",
        "成立日期",
        "最近选举日期",
        "任期届满日期",
        "已有章程",
        "理事长",
        "",
        "理事",
        "",
        "楼道长（楼栋长）",
        "",
        "邻里干事在岗",
    ]
    lower = ["", "", "", "", "", "职数", "在岗", "职数", "在岗", "职数", "在岗", ""]
    rows = [
        ["2020年邻里和谐促进会登记表"], ["填报单位：某街道", *[""] * 11], upper, lower,
        [tiny.A1, "2018年5月", "", "", "√", 1, 1, 9, "８", "1,0", 7, "是"],
        [tiny.A2, "2018-05-01", "", "", "否", 1, 0, 9, 9, 10, 10, "无"],
        ["合计", "", "", "", "", 2, 1, 18, 17, 20, 17, ""], ["制表：办公室", *[""] * 11],
    ]  # fmt: skip
    file = office.workbook(tmp_path / "x.xlsx", rows, merged=["A1:L1", "F3:G3", "H3:I3", "J3:K3", "A3:A4", "L3:L4"])
    found = looked_at(root, file, block="rows")
    (typed,) = found.sheets
    assert typed.table.name == "harmony_council"
    assert len(typed.recognised.places) == 12
    assert typed.rows.tolist() == [5, 6]
    assert kinds(found)["not_date"] == kinds(found)["not_number"] == 1  # 2018年5月 is no day, 1,0 no number
    assert typed.good.column("council_filled").to_pylist() == [9]
    assert {"total_row", "remark_row"} <= kinds(found).keys()


def test_a_total_that_does_not_add_up_is_said(root: Path, tmp_path: Path) -> None:
    rows = [
        ["邻里", "年份", "户数", "家庭户人口", "集体户人口"],
        [tiny.A1, 2020, 40, 100, 1],
        [tiny.A2, 2020, 50, 90, 0],
    ]
    file = office.workbook(tmp_path / "x.xlsx", [*rows, ["合计", "", 91, 190, 1]])
    found = looked_at(root, file)
    (finding,) = [finding for finding in found.findings if finding.kind == "total_mismatch"]
    assert (finding.column, finding.rows) == ("households", (4,))
    assert "91" in finding.what("zh") and "90" in finding.what("zh")


def test_old_workbooks_and_parquet_read_alike(root: Path, tmp_path: Path) -> None:
    import pandas as pd

    rows = [EVENT_HEADERS, event()]
    office.old_workbook(tmp_path / "a.xls", rows)
    pd.DataFrame(rows[1:], columns=list(EVENT_HEADERS)).to_parquet(tmp_path / "b.parquet")
    office.workbook(tmp_path / "c.xlsx", rows)
    tables = [looked_at(root, tmp_path / name).sheets[0].good for name in ("a.xls", "b.parquet", "c.xlsx")]
    assert tables[0].equals(tables[1]) and tables[1].equals(tables[2])


def test_a_directory_and_an_archive_stand_for_their_files(root: Path, tmp_path: Path) -> None:
    import zipfile

    folder = tmp_path / "all"
    (folder / "deep").mkdir(parents=True)
    office.text_file(folder / "deep" / "a.csv", [EVENT_HEADERS, event()])
    with zipfile.ZipFile(folder / "b.zip", "w") as package:
        package.writestr("活动.csv", (folder / "deep" / "a.csv").read_bytes().replace(b"E1", b"E7"))
        package.writestr("__MACOSX/._x.csv", b"junk")
    found = looked_at(root, folder)
    assert [seen.file for seen in found.files] == ["b.zip/活动.csv", "deep/a.csv"]
    assert [typed.good.num_rows for typed in found.sheets] == [1, 1]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"名称": ""}, "empty_required"),
        ({"类别": "文娱活动"}, "not_allowed"),
        ({"举办日期": "18/5/2020"}, "ambiguous_date"),
        ({"举办日期": "2050-01-01", "登记日期": "2050-01-02"}, "future_date"),
        ({"登记日期": "2020-05-01"}, "order"),
        ({"主办邻里": "320613001001009"}, "unknown_area_near"),
        ({"主办邻里": tiny.FIRST}, "wrong_level"),
        ({"名称": "张三"}, "person_name"),
        ({"名称": "联系13812345678"}, "mobile_number"),
        ({"名称": "=1+1"}, "formula_text"),
        ({"名称": "11010519491231002X"}, "identity_number"),
        ({"名称": "#REF!"}, "formula_error"),
        ({"主办邻里": "3.20613E+14"}, "lost_digits"),
    ],
)
def test_each_mistake_is_named_at_its_cell_and_holds_back_its_row_or_its_file(
    root: Path, tmp_path: Path, changed: dict[str, str], kind: str
) -> None:
    rows = [EVENT_HEADERS, event(), event(活动编号="E2", **changed)]
    file = office.text_file(tmp_path / "a.csv", rows)
    found = looked_at(root, file, block="rows")
    wrong = [finding for finding in found.findings if finding.severity == "error"]
    assert {finding.kind for finding in wrong} == {kind} or kind == "future_date"
    assert wrong[0].rows == (3,) and wrong[0].place >= 0
    assert found.sheets[0].good.column("event_id").to_pylist() == ["E1"]
    assert [typed.sheet.file for typed in found.taken()] == ["a.csv"]
    assert looked_at(root, file).taken() == []
    for language in ("zh", "en"):
        assert wrong[0].what(language) and wrong[0].fix(language)
        assert "{" not in wrong[0].what(language) + wrong[0].fix(language)


def test_people_can_be_dropped_at_the_door_and_are_counted(root: Path, tmp_path: Path) -> None:
    headers, row = [*EVENT_HEADERS, "联系人", "身份证号"], [*event(名称="王小明同志获奖"), "李四", "11010519491231002X"]
    file = office.text_file(tmp_path / "a.csv", [headers, row])
    found = looked_at(root, file, people="drop")
    assert found.sheets[0].good.column("name").to_pylist() == ["＊＊同志获奖"]
    assert found.people_found == 3
    everything = str(as_json(found, "zh")) + "".join(lines(found, "zh"))
    assert "王小明" not in everything and "李四" not in everything and "1101051949" not in everything
    marked_copy(found, "a.csv", tmp_path / "marked.xlsx", "zh")
    cells = [
        str(cell.value) for sheet in openpyxl.load_workbook(tmp_path / "marked.xlsx") for line in sheet for cell in line
    ]
    assert not any(name in cell for cell in cells for name in ("王小明", "李四", "1101051949"))


def test_a_marked_copy_shows_each_problem_at_its_cell(root: Path, tmp_path: Path) -> None:
    rows = [EVENT_HEADERS, event(), event(活动编号="E2", 类别="唱"), event(活动编号="=1+1")]
    found = looked_at(root, office.text_file(tmp_path / "a.csv", rows))
    marked_copy(found, "a.csv", tmp_path / "marked.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert book.sheetnames == ["问题清单", "活动"]
    cell = book["活动"]["C3"]
    assert cell.value == "唱" and "不在可选值之内" in cell.comment.text
    assert book["活动"]["A4"].data_type == "s"
    assert book["活动"]["A4"].quotePrefix


def test_two_rows_of_one_key_contradict_each_other_and_equal_rows_do_not(root: Path, tmp_path: Path) -> None:
    file = office.text_file(
        tmp_path / "a.csv", [EVENT_HEADERS, event(), event(), event(活动编号="E2"), event(活动编号="E2", 名称="别的")]
    )
    found = looked_at(root, file, block="rows")
    assert kinds(found) == {"duplicate_key": 2, "same_row": 1}
    assert found.sheets[0].good.num_rows == 1
    other = office.text_file(tmp_path / "b.csv", [EVENT_HEADERS, event(), event(活动编号="E3")])
    changed = office.text_file(tmp_path / "c.csv", [EVENT_HEADERS, event(名称="改")])
    across = looked_at(root, tmp_path / "b.csv", changed, other, block="rows")
    assert kinds(across)["differs_in_other_file"] == 1
    assert kinds(across)["same_in_other_file"] == 2


def test_references_are_known_from_record_or_delivery_and_by_unique_name(root: Path, tmp_path: Path) -> None:
    headers = ["项目编号", "名称", "承办队伍", "类别", "上门服务", "邻里", "完成日期"]
    rows = [
        [f"P{n}", "慰问", team, "个性", "是", tiny.A1, "2020-03-01"] for n, team in enumerate(("T1", "队", "T7", "T8"))
    ]
    projects = office.text_file(tmp_path / "p.csv", [headers, *rows])
    teams = office.text_file(
        tmp_path / "t.csv",
        [
            ["队伍编号", "名称", "类别", "所在邻里", "成立日期", "成员人数"],
            ["T7", "新队", "个性", tiny.A1, "2019-01-01", 5],
        ],
    )
    found = looked_at(root, projects, teams, block="rows")
    kind = [finding for finding in found.findings if finding.kind == "unknown_reference"]
    assert [finding.rows for finding in kind] == [(5,)] and "T8" in kind[0].what("zh")
    assert found.sheets[0].good.column("team_id").to_pylist() == ["T1", "T1", "T7"]


PARTICIPATION = ("活动编号", "居住邻里", "年龄段", "性别", "首次参与", "参与人次")


@pytest.mark.parametrize(
    ("block", "wrong", "taken"),
    [
        ("file", {"events.csv": (3,), "part.csv": (2, 3)}, []),
        ("rows", {"events.csv": (3,), "part.csv": (3,)}, ["events.csv", "part.csv"]),
    ],
)
def test_what_names_records_of_a_file_or_row_that_is_not_taken_is_told_at_once(
    root: Path, tmp_path: Path, block: Block, wrong: dict[str, tuple[int, ...]], taken: list[str]
) -> None:
    rows = [event(活动编号="E8"), event(活动编号="E9", 类别="不知道")]
    events = office.text_file(tmp_path / "events.csv", [EVENT_HEADERS, *rows])
    people = [[name, tiny.A1, "0-14", "男", "是", 3] for name in ("E8", "E9")]
    part = office.text_file(tmp_path / "part.csv", [PARTICIPATION, *people])
    for files in ((events, part), (part, events)):
        found = looked_at(root, *files, block=block)
        errors = [finding for finding in found.findings if finding.severity == "error"]
        assert {finding.file: finding.rows for finding in errors} == wrong
        assert sorted(typed.sheet.file for typed in found.taken()) == taken
        (told,) = [finding for finding in errors if finding.file == "part.csv"]
        assert told.kind == ("reference_refused" if block == "file" else "reference_wrong")
        assert "events.csv" in told.what("zh") and "E9" in told.what("en")


def test_equal_rows_are_kept_where_the_file_that_has_them_too_is_refused(root: Path, tmp_path: Path) -> None:
    bad = [event(活动编号="E8"), event(活动编号="E9", 类别="不知道")]
    one = office.text_file(tmp_path / "a.csv", [EVENT_HEADERS, *bad])
    other = office.text_file(tmp_path / "b.csv", [EVENT_HEADERS, event(活动编号="E8")])
    assert [t.good.num_rows for t in looked_at(root, one, other, block="file").taken()] == [1]
    both = looked_at(root, one, other, block="rows")
    assert kinds(both)["same_in_other_file"] == 1 and [t.sheet.file for t in both.taken()] == ["a.csv"]


def test_headers_are_suggested_confirmed_and_remembered(root: Path, tmp_path: Path) -> None:
    headers = ["活动编号", "名称", "类别", "品牌", "主办的邻里", "举办的日子", "登记日期", "地点"]
    file = office.text_file(tmp_path / "a.csv", [headers, event()])
    found = looked_at(root, file)
    assert {f.column for f in found.findings if f.kind.startswith("missing_column")} == {"neighbourhood", "held_on"}
    mappings = Mappings()
    mappings.remember_header("主办的邻里", "neighbourhood")
    mappings.remember_header("举办的日子", "held_on")
    keep_mappings(tmp_path, mappings)
    assert looked_at(root, file, mappings=read_mappings(tmp_path)).sheets[0].good.num_rows == 1


def test_names_of_areas_are_confirmed_once(root: Path, tmp_path: Path) -> None:
    file = office.text_file(tmp_path / "a.csv", [EVENT_HEADERS, event(主办邻里="老城一号")])
    assert "unknown_area" in kinds(looked_at(root, file))
    mappings = Mappings()
    mappings.remember_area("老城一号", tiny.A1, load_places(root).level_of)
    assert looked_at(root, file, mappings=mappings).sheets[0].good.column("neighbourhood").to_pylist() == [tiny.A1]


def test_swapped_columns_are_recognised_as_such(root: Path, tmp_path: Path) -> None:
    rows = [event(活动编号=f"E{n}", 主办邻里="2020-05-18", 举办日期=tiny.A1) for n in range(4)]
    found = looked_at(root, office.text_file(tmp_path / "a.csv", [EVENT_HEADERS, *rows]))
    (finding,) = [finding for finding in found.findings if finding.kind == "swapped_columns"]
    assert "主办邻里" in finding.what("zh") and "举办日期" in finding.what("zh")


def test_places_lie_in_their_neighbourhood(root: Path, tmp_path: Path) -> None:
    headers = ["服务处编号", "名称", "所在邻里", "启用日期", "建筑面积", "每周开放天数", "办公电话", "经度", "纬度"]
    spots = [(WEST + 0.005, 32.005), (32.005, WEST + 0.005), (WEST + 0.025, 32.005), (100.0, 32.0)]
    rows = [[f"O{n}", "服务处", tiny.A1, "2020-01-01", 50, 5, "0513-00000000", *spot] for n, spot in enumerate(spots)]
    found = looked_at(root, office.text_file(tmp_path / "a.csv", [headers, *rows]), block="rows")
    told = kinds(found)
    assert (told["location_swapped"], told["location_outside"], told["location_far"]) == (1, 1, 1)
    assert found.sheets[0].good.column("office_id").to_pylist() == ["O0", "O2"]


def test_a_place_outside_of_every_neighbourhood_is_told_the_nearest_and_a_web_maps_shift(
    root: Path, tmp_path: Path
) -> None:
    headers = ["服务处编号", "名称", "所在邻里", "启用日期", "建筑面积", "每周开放天数", "办公电话", "经度", "纬度"]
    south, east = np.array([[WEST + 0.005, 32.001]]), np.array([[WEST + 0.065, 32.005]])  # near the district's edges
    spots = [(WEST + 0.005, 32.02), *to_gcj02(south).tolist(), *to_bd09(east).tolist()]
    rows = [
        [f"O{n}{hood[-1:]}", "服务处", hood, "2020-01-01", 50, 5, "0513-00000000", *spot]
        for n, (spot, named) in enumerate(zip(spots, (tiny.A1, tiny.A1, tiny.B4), strict=True))
        for hood in (named, "")
    ]
    rows.append(["O9", "服务处", "", "2020-01-01", 50, 5, "0513-00000000", *south[0]])
    found = looked_at(root, office.text_file(tmp_path / "a.csv", [headers, *rows]), block="rows")
    told = {(f.kind, f.severity): f for f in found.findings if f.severity != "note"}
    near = load_places(root).name_of[tiny.A1]
    shown = {kind: finding.shown for kind, finding in told.items()}
    assert shown["location_nowhere", "error"] == shown["location_nowhere", "warning"]
    assert shown["location_nowhere", "error"] == (f"{WEST + 0.005:.5f}, 32.02000 → {near} 1.1 km",)
    assert told["location_nowhere", "error"].rows == (3,) and told["location_nowhere", "warning"].rows == (2,)
    assert told["empty_required", "error"].rows == (8,), "its place lies in a neighbourhood; the cell is empty"
    for kind, named in (("location_gcj_02", tiny.A1), ("location_bd_09", tiny.B4)):
        assert {severity for name, severity in told if name == kind} == {"error", "warning"}
        assert told[kind, "warning"].shown[0].endswith(f"→ {load_places(root).name_of[named]}")
    assert "“120.06500, 32.02000 → " in told["location_nowhere", "error"].what("zh")


def test_a_jump_from_the_year_before_is_a_warning(root: Path, tmp_path: Path) -> None:
    rows = [[f"N{n}", "12345热线", "噪声扰民", tiny.B2, f"2021-02-{n % 28 + 1:02d}"] for n in range(60)]
    headers = ["办件编号", "来源渠道", "类别", "邻里", "受理时间"]
    found = looked_at(root, office.text_file(tmp_path / "a.csv", [headers, *rows]))
    (jump,) = [finding for finding in found.findings if finding.kind == "jump_rows"]
    assert jump.severity == "warning" and "60" in jump.what("en") and "2021" in jump.what("zh")
    assert from_dict(jump.as_dict()) == jump


def test_a_year_is_held_against_the_one_before_with_the_rows_already_on_record(tmp_path: Path) -> None:
    root = tiny.write_district(tmp_path / "data")
    path = records_dir(root) / "case.parquet"
    stored = pq.read_table(path)
    rows = [
        stored.slice(0, 1).to_pylist()[0]
        | {"case_id": f"Y{year}-{n}", "neighbourhood": tiny.B2, "received_at": datetime(year, 2, 3, 9)}
        for year in (2019, 2020)
        for n in range(60)
    ]
    pq.write_table(pa.concat_tables([stored, pa.Table.from_pylist(rows, stored.schema)]), path)
    headers = ["办件编号", "来源渠道", "类别", "邻里", "受理时间"]
    few = [[f"Y2020-{n}", "12345热线", "噪声扰民", tiny.B2, "2020-02-04"] for n in range(5)]
    found = looked_at(root, office.text_file(tmp_path / "a.csv", [headers, *few]))
    assert not [finding for finding in found.findings if finding.kind == "jump_rows"]


def test_a_header_that_nearly_names_a_column_is_offered_to_be_confirmed(root: Path, tmp_path: Path) -> None:
    headers = ["活动举办的日期" if header == "举办日期" else header for header in EVENT_HEADERS]
    file = office.text_file(tmp_path / "a.csv", [headers, event()])
    assert header_suggestions(looked_at(root, file)) == [("活动举办的日期", "event", "held_on")]
    mappings = Mappings()
    mappings.remember_header("活动举办的日期", "held_on")
    found = looked_at(root, file, mappings=mappings)
    assert header_suggestions(found) == [] and found.taken()[0].good.num_rows == 1


def test_every_template_is_recognised_and_its_example_is_not_a_record(root: Path, tmp_path: Path) -> None:
    made = write_templates(tmp_path, [], load_places(root))
    assert len(made) == 2 * len(load_contract().records)
    found = looked_at(root, *made)
    assert {refused.kind for refused in found.unread} == {"no_rows"}
    assert len(found.unread) == len(made)


def test_a_template_offers_what_may_be_chosen(root: Path, tmp_path: Path) -> None:
    write_templates(tmp_path, ["event"], load_places(root))
    book = openpyxl.load_workbook(tmp_path / "模板-活动.xlsx")
    assert book.sheetnames == ["活动", "填写说明", "可选值"]
    offered = {str(rule.sqref): rule.formula1 for rule in book["活动"].data_validations.dataValidation}
    assert offered["C2:C5000"] == "'可选值'!$C$2:$C$9"
    assert book["可选值"]["C2"].value == "文化演艺"
    assert book["活动"]["A2"].value.startswith("示例")


def test_numbers_of_people_in_a_column_that_is_not_read_are_said_masked(root: Path, tmp_path: Path) -> None:
    rows = [[*event(), "联系 13812345678"], [*event(活动编号="E2"), ""]]
    found = looked_at(root, office.text_file(tmp_path / "a.csv", [(*EVENT_HEADERS, "附注"), *rows]))
    (seen,) = [finding for finding in found.findings if finding.kind == "people_unread"]
    assert (seen.severity, seen.rows) == ("warning", (2,)) and found.people_found == 1
    assert "附注" in seen.what("zh") and "13812345678" not in seen.what("zh") + seen.what("en")
    assert len(found.taken()) == 1
