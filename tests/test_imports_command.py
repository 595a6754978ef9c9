"""The commands about real records: what they print, what they leave behind, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.__main__ import main
from tests import office_files as office
from tests import tiny_district as tiny
from tests.office_files import EVENT, EVENT_HEADERS


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINLI_DATA", str(tmp_path / "data"))
    return tiny.write_district(tmp_path / "data")


def event(**changed: str) -> list[str]:
    values = dict(zip(EVENT_HEADERS, EVENT, strict=True)) | {"活动编号": "E9", "主办邻里": tiny.A1} | changed
    return [values[header] for header in EVENT_HEADERS]


def test_templates_are_written_where_asked(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "--out", str(tmp_path / "t"), "--table", "活动"]) == 0
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == ["模板-活动.csv", "模板-活动.xlsx"]
    assert "2 个模板" in capsys.readouterr().out
    assert main(["templates", "--out", str(tmp_path / "t"), "--table", "没有"]) == 1
    assert "没有名为“没有”的表" in capsys.readouterr().err


def test_a_report_can_be_read_by_people_and_programs(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = office.text_file(tmp_path / "a.csv", [EVENT_HEADERS, event(), event(活动编号="E8", 类别="唱歌")])
    assert main(["import", str(file), "--marked", str(tmp_path / "m")]) == 1
    said = capsys.readouterr().out
    assert "可接收 1 行，有错误 1 行" in said and "不在可选值之内" in said and "办法" in said
    assert [path.name for path in (tmp_path / "m").iterdir()] == ["a.csv-marked.xlsx"]
    assert main(["import", str(file), "--json", "--lang", "en"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["findings"][0]["kind"] == "not_allowed" and told["findings"][0]["rows"] == [3]
    assert told["files"][0]["taken"] is False


def test_a_confirmed_header_is_kept_for_next_time(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = ["活动的日子" if header == "举办日期" else header for header in EVENT_HEADERS]
    file = office.text_file(tmp_path / "a.csv", [headers, event()])
    assert main(["import", str(file)]) == 1
    assert main(["import", str(file), "--map", "活动的日子=held_on"]) == 0
    assert main(["import", str(file)]) == 0
    capsys.readouterr()
    assert main(["import", str(file), "--map", "活动的日子=nothing"]) == 1
    assert "没有名为“nothing”的列" in capsys.readouterr().err
    assert main(["import", str(file), "--confirm", "某处=999"]) == 1
    assert "没有代码为“999”的区域" in capsys.readouterr().err
    assert main(["import", str(file), "--map", "活动"]) == 1
