"""Published figures that a delivery would no longer meet are told when it is looked at, counted as a build counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from data import manifest
from data.build import build
from data.contract import load_contract
from data.imports import applying, loads, published
from data.imports.examine import Examined, Options, examine
from data.imports.mappings import Mappings
from data.imports.problems import Finding, LoadRefused
from data.imports.report import lines, marked_copy
from data.imports.rules import figure_tables
from data.reconcile import PUBLISHED, lost
from tests import office_files as office
from tests import tiny_district as tiny

HEADERS = ["编号", "题名", "主题", "印发日期", "印发方", "撤销"]
PUBLISHED_DOCUMENTS = 32


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tiny.write_district(tmp_path_factory.mktemp("published") / "data")
    build(made)
    return made


@pytest.fixture
def root(district: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(district, tmp_path / "data"))


def looked_at(root: Path, *rows: list[str], name: str = "文件.csv") -> Examined:
    file = office.text_file(root.parent / name, [HEADERS, *rows])
    return examine([str(file)], root, Options(table="policy_document"), Mappings())


def documents(first: int, last: int, title: str = "意见") -> list[list[str]]:
    return [[f"D{n}", title, "structure", "2019-01-01", "chongchuan", ""] for n in range(first, last + 1)]


def alarms(found: Examined) -> list[Finding]:
    assert found.unread == [] and not [f for f in found.findings if f.severity == "error"], found.findings
    return [finding for finding in found.findings if finding.kind == "published_missed"]


def shown(root: Path) -> pd.DataFrame:
    return pd.read_parquet(manifest.current_folder(root) / "published.parquet")


def test_every_total_that_records_bear_on_names_the_tables_it_is_counted_from() -> None:
    figures = pd.read_csv(PUBLISHED)
    drawn = {"area", "subdistricts", "development_zones", "communities", "neighbourhoods"}
    assert set(figure_tables()) == set(figures.loc[figures["check"] == "total", "id"]) - drawn
    assert {table for tables in figure_tables().values() for table in tables} <= set(load_contract().records)


def test_what_is_counted_ahead_is_what_the_build_counts_afterwards(root: Path) -> None:
    pd.testing.assert_frame_equal(
        published.counted(root, manifest.current_folder(root), {}, lambda _share: None), shown(root)
    )
    rows = [["E8", tiny.A1, "75+", "女", "否", "30"], ["E1", tiny.B1, "75+", "女", "否", "9"]]
    event = dict(zip(office.EVENT_HEADERS, office.EVENT, strict=True)) | {"主办邻里": tiny.A1, "活动编号": "E8"}
    office.text_file(root.parent / "a.csv", [office.EVENT_HEADERS, [event[head] for head in office.EVENT_HEADERS]])
    office.text_file(root.parent / "b.csv", [["活动编号", "居住邻里", "年龄段", "性别", "首次参加", "参与人次"], *rows])
    found = examine([str(root.parent / name) for name in ("a.csv", "b.csv")], root, Options(), Mappings())
    assert [typed.table.name for typed in found.taken()] == ["event", "attendance"], list(lines(found, "zh"))
    instead = published.changed(root, found.taken())
    ahead = published.counted(root, manifest.current_folder(root), instead, lambda _share: None)
    applying.apply(root, loads.stage(root, found, "clerk").id, "clerk", "checked")
    pd.testing.assert_frame_equal(ahead, shown(root))


def test_a_figure_that_was_met_and_would_be_missed_is_told_at_the_file_and_waits_for_a_reason(root: Path) -> None:
    whole = looked_at(root, *documents(1, PUBLISHED_DOCUMENTS))
    assert alarms(whole) == []
    applying.apply(root, loads.stage(root, whole, "clerk").id, "clerk", "checked")
    assert alarms(looked_at(root, *documents(1, PUBLISHED_DOCUMENTS))) == [], "the same rows change nothing"
    assert alarms(looked_at(root, *documents(5, 9, "通知"))) == [], "corrected rows replace"
    (fewer,) = alarms(looked_at(root, ["D7", "", "", "", "", "是"], name="撤.csv"))
    assert "本批生效后为 31" in fewer.what("zh"), "records taken back are counted too"
    more = looked_at(root, *documents(33, 35), name="补报.csv")
    (alarm,) = alarms(more)
    assert (alarm.severity, alarm.file, alarm.table) == ("warning", "补报.csv", "policy_document")
    assert "“近五年指导性文件”是 32，现有记录为 32，本批生效后为 35" in alarm.what("zh")
    assert "guiding documents" in alarm.what("en") and alarm.fix("en")
    marked_copy(more, "补报.csv", root.parent / "marked.xlsx", "zh")
    book = openpyxl.load_workbook(root.parent / "marked.xlsx")
    assert "近五年指导性文件" in book["问题清单"]["E2"].value
    assert "近五年指导性文件" in book.worksheets[1]["A1"].comment.text
    load = loads.stage(root, more, "clerk")
    with pytest.raises(LoadRefused, match="尚未确认"):
        applying.apply(root, load.id, "clerk")
    assert applying.apply(root, load.id, "clerk", "five were forgotten").missed == ("近五年指导性文件",)


def test_a_count_below_what_is_published_may_grow_but_not_beyond(root: Path) -> None:
    assert alarms(looked_at(root, *documents(1, 20))) == []
    (alarm,) = alarms(looked_at(root, *documents(1, 40)))
    assert "现有记录为 0，本批生效后为 40" in alarm.what("zh")


def test_an_unchanged_total_is_never_lost(root: Path) -> None:
    assert lost(shown(root), shown(root)).empty
