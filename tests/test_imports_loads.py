"""Loads: kept, applied and undone as a whole; the same twice changes nothing; every row knows where it came from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from data import manifest
from data.__main__ import main
from data.build import build
from data.imports import applying, loads, versions
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from data.imports.problems import LoadRefused
from pages.parts import deliveries_changes, deliveries_loads
from pages.parts.deliveries_progress import FIRST_WORDS, STEPS, named, step_of
from pages.parts.words import speaking
from queries.extracts import current_version
from tests import office_files as office
from tests import tiny_district as tiny
from tests.office_files import EVENT, EVENT_HEADERS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tiny district whose demonstration extracts are built."""
    made = tiny.write_district(tmp_path / "data")
    build(made)
    return made


def event(identity: str, **changed: Any) -> list[Any]:
    values = dict(zip(EVENT_HEADERS, EVENT, strict=True)) | {"主办邻里": tiny.A1, "活动编号": identity} | changed
    return [values[header] for header in EVENT_HEADERS]


def staged(root: Path, *rows: list[Any], name: str = "a.csv", by: str = "clerk") -> loads.Load:
    file = office.text_file(root.parent / name, [EVENT_HEADERS, *rows])
    return loads.stage(root, examine([str(file)], root, Options(), Mappings()), by)


def events(root: Path) -> list[str]:
    return pq.read_table(manifest.records_dir(root) / "event.parquet").column("event_id").to_pylist()


def state(root: Path) -> tuple[str, str]:
    return manifest.current_records(root), manifest.read_manifest(root).version


def test_a_load_reaches_neither_records_nor_extracts_before_it_is_applied(root: Path) -> None:
    before = state(root)
    load = staged(root, event("E8"), event("E9"))
    assert (load.id, load.tables, loads.status(root, load)) == ("L0001", {"event": 2}, "staged")
    assert state(root) == before and "E9" not in events(root)
    done = applying.apply(root, load.id, "clerk", "checked")
    assert done.counts == {"event": (2, 0, 0)}
    assert {"E1", "E8", "E9"} <= set(events(root))
    shown = pq.read_table(current_version(root) / "event_total.parquet").column("event_id").to_pylist()
    assert "E9" in shown
    assert loads.status(root, load) == "applied"
    assert manifest.is_demonstration(root)


def test_every_step_of_putting_in_force_has_its_words_in_order_and_the_share_never_falls(root: Path) -> None:
    heard: list[tuple[str, float]] = []
    applying.apply(root, staged(root, event("E8")).id, "clerk", "checked", lambda *each: heard.append(each))
    assert {step.partition(" ")[0] for step, _ in heard} <= set(FIRST_WORDS)
    assert list(dict.fromkeys(step_of(step) for step, _ in heard)) == list(STEPS)
    shares = [share for _, share in heard]
    assert shares == sorted(shares) and shares[-1] == 1.0
    with speaking("zh"):
        said = [named(step) for step, _ in [*heard, ("attendance sums 2020", 0.0)]]
    assert "写入记录（活动）" in said and "逐月汇总有变化的参与人次（2020 年）" in said
    assert not any(word in line for line in said for word in ("measure", "event", "attendance"))


def test_the_same_files_again_or_one_of_them_change_nothing(root: Path) -> None:
    files = [
        str(office.text_file(root.parent / name, [EVENT_HEADERS, event(identity)]))
        for name, identity in (("a.csv", "E9"), ("b.csv", "E10"))
    ]
    load = loads.stage(root, examine(files, root, Options(), Mappings()), "clerk")
    assert loads.stage(root, examine(files, root, Options(), Mappings()), "clerk") == load
    applying.apply(root, load.id, "clerk", "checked")
    before = state(root)
    for again in (files, files[:1]):
        with pytest.raises(LoadRefused, match="没有重复计入"):
            loads.stage(root, examine(again, root, Options(), Mappings()), "clerk")
    copy = staged(root, event("E9"), name="copy.csv")
    with pytest.raises(LoadRefused, match="完全相同"):
        applying.apply(root, copy.id, "clerk", "checked")
    assert state(root) == before
    assert not list((manifest.base_records_dir(root) / "versions").glob(".part-*"))


def test_a_corrected_record_replaces_by_key_and_a_late_one_is_added(root: Path) -> None:
    applying.apply(root, staged(root, event("E8"), event("E9")).id, "clerk", "checked")
    corrected = staged(root, event("E9", 名称="书法展"), event("E10"), event("E8"), name="late.csv")
    assert applying.apply(root, corrected.id, "clerk", "checked").counts == {"event": (1, 1, 1)}
    rows = pq.read_table(manifest.records_dir(root) / "event.parquet").to_pylist()
    assert {row["name"] for row in rows if row["event_id"] == "E9"} == {"书法展"}
    assert len(rows) == len({row["event_id"] for row in rows})


def test_every_row_knows_its_load_file_and_row(root: Path) -> None:
    applying.apply(root, staged(root, event("E8"), event("E9")).id, "clerk", "checked")
    applying.apply(root, staged(root, event("E9", 名称="书法展"), name="late.csv").id, "clerk", "checked")
    found = applying.origins(root, "event", {"event_id": ["E1", "E8", "E9"]}).to_pylist()
    told = {row["event_id"]: (row["from_load"], row["from_file"], row["from_row"]) for row in found}
    assert told == {"E1": (None, None, None), "E8": ("L0001", "a.csv", 2), "E9": ("L0002", "late.csv", 2)}


def test_rolling_back_restores_records_and_extracts_and_keeps_the_history(root: Path) -> None:
    before = state(root)
    first = applying.apply(root, staged(root, event("E8")).id, "clerk", "checked")
    second = applying.apply(root, staged(root, event("E9"), name="b.csv").id, "clerk", "checked")
    assert (first.version, second.version, second.former) == ("R0001", "R0002", "R0001")
    assert applying.compare(root, "R0001", "R0002") == {"event": (1, 0, 0)}
    assert applying.compare(root, "R0002", "R0000") == {"event": (0, 0, 2)}
    applying.roll_back(root, "", "chief", "counted twice")
    assert "E9" not in events(root) and "E8" in events(root)
    assert loads.status(root, loads.read_load(root, "L0002")) == "rolled_back"
    applying.roll_back(root, "R0000", "chief", "")
    assert state(root) == before
    third = applying.apply(root, "L0002", "clerk", "checked")
    assert third.version == "R0003" and set(events(root)) >= {"E9"} and "E8" not in events(root)
    actions = [(event.action, event.former, event.version, event.by) for event in versions.history(root)]
    assert actions[2:] == [
        ("rolled_back", "R0002", "R0001", "chief"), ("rolled_back", "R0001", "R0000", "chief"),
        ("applied", "R0000", "R0003", "clerk"),
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["R0009", "L0009", "R0000"])
def test_what_cannot_be_rolled_back_to_is_said(root: Path, version: str) -> None:
    with pytest.raises(LoadRefused):
        applying.roll_back(root, version, "chief", "")


def test_warnings_wait_for_a_reason_that_is_written_down(root: Path) -> None:
    rows = [["邻里", "年份", "户数", "家庭户人口", "集体户人口"], [tiny.A1, 2021, 40, 100, 1], ["合计", "", 41, 100, 1]]
    file = office.text_file(root.parent / "h.csv", rows)
    load = loads.stage(root, examine([str(file)], root, Options(), Mappings()), "clerk")
    assert [finding.kind for finding in loads.waiting(root, load.id)] == ["total_mismatch"]
    before = state(root)
    with pytest.raises(LoadRefused, match="尚未确认"):
        applying.apply(root, load.id, "clerk")
    assert state(root) == before
    with pytest.raises(LoadRefused, match="理由"):
        loads.accept(root, load.id, loads.waiting(root, load.id), " ", "clerk")
    applying.apply(root, load.id, "clerk", "one house is shared")
    assert "one house is shared" in next(iter(loads.accepted(root, load.id).values()))
    assert versions.history(root)[-1].reason == "one house is shared"


def test_records_that_break_the_contract_together_are_not_put_in_force(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, before = staged(root, event("E9")), state(root)
    (manifest.records_dir(root) / "case.parquet").unlink()  # a table that cannot be built without its rows' columns
    (manifest.edition_dir(root) / "landmarks.parquet").unlink()
    with pytest.raises(LoadRefused, match="已停止"):
        applying.apply(root, load.id, "clerk", "checked")
    assert state(root) == before
    assert list((manifest.base_records_dir(root) / "versions").iterdir()) == []


def test_switching_to_real_records_leaves_no_demonstration_row(root: Path) -> None:
    with pytest.raises(LoadRefused, match="一无所有"):
        applying.switch_to_real(root, "chief")
    applying.apply(root, staged(root, event("E8"), event("E9")).id, "clerk", "checked")
    leaving = applying.demonstration_rows(root)
    applying.switch_to_real(root, "chief")
    removed = {name: rows for name, (_, _, rows) in applying.compare(root, "R0001", "R0002").items()}
    assert leaving == removed
    assert not manifest.is_demonstration(root) and not manifest.read_manifest(root).demonstration
    assert sorted(events(root)) == ["E8", "E9"]
    for path in manifest.records_dir(root).glob("*.parquet"):
        assert path.stem == "event" or pq.read_metadata(path).num_rows == 0
    with pytest.raises(LoadRefused, match="已是真实数据"):
        applying.switch_to_real(root, "chief")
    applying.apply(root, staged(root, event("E10"), name="c.csv").id, "clerk", "checked")
    assert not manifest.is_demonstration(root)
    applying.roll_back(root, "R0000", "chief", "")
    assert manifest.is_demonstration(root)


def test_an_empty_installation_becomes_real_with_its_first_load(tmp_path: Path) -> None:
    tiny.write_edition(tmp_path / "data")
    root = tmp_path / "data"
    applying.apply(root, staged(root, event("E9")).id, "clerk")
    assert not manifest.is_demonstration(root)
    assert events(root) == ["E9"]
    assert manifest.read_manifest(root).rows["event_total"] == 1


def test_a_load_can_be_discarded_until_it_was_in_force(root: Path) -> None:
    first, second = staged(root, event("E8")), staged(root, event("E9"), name="b.csv")
    loads.discard(root, first.id)
    assert [load.id for load in loads.all_loads(root)] == ["L0002"]
    applying.apply(root, second.id, "clerk", "checked")
    with pytest.raises(LoadRefused, match="曾经生效"):
        loads.discard(root, second.id)
    with pytest.raises(LoadRefused, match="没有编号"):
        loads.discard(root, "../records")


def test_nothing_about_persons_is_kept(root: Path) -> None:
    headers, row = [*EVENT_HEADERS, "联系人"], [*event("E9", 名称="王小明同志获奖"), "李四"]
    file = office.text_file(root.parent / "p.csv", [headers, row])
    load = loads.stage(root, examine([str(file)], root, Options(people="drop"), Mappings()), "clerk")
    assert load.people_found == 2
    kept = b"".join(path.read_bytes() for path in (root / "loads" / load.id).iterdir())
    assert not any(name.encode() in kept for name in ("王小明", "李四"))


def test_the_commands_tell_what_they_did(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(root))
    file = str(office.text_file(root.parent / "a.csv", [EVENT_HEADERS, event("E9")]))
    assert main(["import", file, "--check"]) == 0
    assert loads.all_loads(root) == []
    assert main(["import", file, "--by", "clerk"]) == 0
    assert "批次 L0001" in capsys.readouterr().out
    assert main(["apply", "L0001", "--accept", "checked"]) == 0
    assert "新增 1 行" in capsys.readouterr().out
    assert main(["loads"]) == 0 and main(["loads", "L0001", "--lang", "en"]) == 0
    assert "applied" in capsys.readouterr().out
    assert main(["compare", "R0000", "L0001", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"event": [1, 0, 0]}
    assert main(["switch-to-real", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "R0002", "the page reads it"
    assert main(["rollback", "R0000", "--reason", "back"]) == 0
    assert main(["loads", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [event["action"] for event in told["history"]] == ["applied", "switched", "rolled_back"]
    assert main(["import", file, "--apply", "--accept", "again", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["applied"]["version"] == "R0003"
    assert main(["discard", "L0001"]) == 1
    assert "曾经生效" in capsys.readouterr().err


def test_refused_files_are_kept_with_why_and_their_digest(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(root))
    good = office.text_file(root.parent / "a.csv", [EVENT_HEADERS, event("E9")])
    wrong = office.text_file(root.parent / "b.csv", [EVENT_HEADERS, event("E10", 类别="唱")])
    empty, paper = root.parent / "c.csv", root.parent / "d.xlsx"
    empty.write_bytes(b"")
    paper.write_bytes(b"%PDF-1.7 scanned")
    files = [good, wrong, empty, paper]
    assert main(["import", *map(str, files), "--by", "clerk"]) == 1
    capsys.readouterr()
    assert main(["loads", "L0001", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out.splitlines()[-1])["loads"]
    assert (told["by"], told["when"][:2]) == ("clerk", "20")
    kept = {each["file"]: each for each in told["files"]}
    assert {name: each["refused"] and each["refused"]["kind"] for name, each in kept.items()} == {
        "a.csv": None, "b.csv": "errors", "c.csv": "empty", "d.xlsx": "pdf"
    }  # fmt: skip
    for file in files:
        assert kept[file.name]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert "PDF" in kept["d.xlsx"]["refused"]["what"] and kept["d.xlsx"]["refused"]["fix"]
    assert main(["loads", "L0001", "--lang", "en"]) == 0
    assert "“d.xlsx” is a PDF" in capsys.readouterr().out
    with speaking("zh"):
        shown = deliveries_loads.files_table(loads.read_load(root, "L0001"))
    assert "“d.xlsx”是 PDF 文档" in shown and "“b.csv”有 1 处错误" in shown and kept["d.xlsx"]["sha256"] in shown


# ── taking back ──


def taking_back(
    root: Path, *rows: list[Any], headers: tuple[str, ...] = ("活动编号", "撤销"), name: str = "撤销活动.csv"
):  # type: ignore[no-untyped-def]
    file = office.text_file(root.parent / name, [headers, *rows])
    return examine([str(file)], root, Options(table="event"), Mappings())


def test_records_are_taken_back_by_key_with_what_belongs_to_them_and_come_back(root: Path) -> None:
    attended = pq.read_table(manifest.records_dir(root) / "attendance.parquet")
    own = attended.column("event_id").to_pylist().count("E1")
    assert own
    before = state(root)
    found = taking_back(root, ["E1", "是"])
    assert {finding.kind for finding in found.findings} == {"withdraw", "withdraw_with"}
    load = loads.stage(root, found, "clerk")
    assert (load.tables, load.withdrawn) == ({"event": 0}, {"event": 1})
    with pytest.raises(LoadRefused, match="尚未确认"):
        applying.apply(root, load.id, "clerk")
    done = applying.apply(root, load.id, "clerk", "entered by mistake")
    assert done.withdrawn == {"event": 1, "attendance": own}
    assert "E1" not in events(root)
    left = pq.read_table(manifest.records_dir(root) / "attendance.parquet")
    assert left.num_rows == attended.num_rows - own
    assert applying.compare(root, "R0000", done.version)["event"] == (0, 0, 1)
    applying.roll_back(root, "R0000", "chief", "it did take place")
    assert "E1" in events(root) and state(root) == before


def test_one_file_adds_corrects_and_takes_back(root: Path) -> None:
    applying.apply(root, staged(root, event("E8"), event("E9")).id, "clerk", "checked")
    headers = (*EVENT_HEADERS, "撤销")
    found = taking_back(
        root, [*event("E8"), "是"], [*event("E9", 名称="书法展"), ""], [*event("E10"), "否"], headers=headers
    )
    done = applying.apply(root, loads.stage(root, found, "clerk").id, "clerk", "checked")
    assert (done.counts["event"][:2], done.withdrawn) == ((1, 1), {"event": 1})
    assert "E8" not in events(root) and {"E9", "E10"} <= set(events(root))


def test_what_is_not_on_record_or_still_named_cannot_be_taken_back(root: Path) -> None:
    found = taking_back(root, ["E77", "是"], ["E1", "也许"])
    assert {finding.kind for finding in found.findings if finding.severity == "error"} == {
        "withdraw_unknown", "withdraw_unclear"
    }  # fmt: skip
    assert found.taken() == []
    with pytest.raises(LoadRefused):
        loads.stage(root, found, "clerk")


ATTENDANCE_HEADERS = ("活动编号", "居住邻里", "年龄段", "性别", "首次参与", "参与人次")


def test_what_names_a_record_taken_back_with_it_is_wrong_at_its_row(root: Path) -> None:
    gone = office.text_file(root.parent / "撤销活动.csv", [("活动编号", "撤销"), ["E1", "是"]])
    rows = [["E1", tiny.A1, "0-14", "男", "是", 3], ["E2", tiny.A1, "0-14", "男", "是", 3]]
    came = office.text_file(root.parent / "活动参与.csv", [ATTENDANCE_HEADERS, *rows])
    for files in ([gone, came], [came, gone]):
        found = examine([str(file) for file in files], root, Options(block="rows"), Mappings())
        (wrong,) = [each for each in found.findings if each.severity == "error"]
        assert (wrong.kind, wrong.rows, wrong.file) == ("reference_taken_back", (2,), "活动参与.csv")
        assert "E1" in wrong.what("zh") and "活动" in wrong.what("zh")
    applying.apply(root, loads.stage(root, found, "clerk").id, "clerk", "checked")
    assert "E1" not in events(root)


def test_rows_whose_record_was_taken_back_meanwhile_are_refused_before_the_build_in_words(root: Path) -> None:
    rows = [["E1", tiny.A1, "0-14", "男", "是", 3]]
    came = office.text_file(root.parent / "活动参与.csv", [ATTENDANCE_HEADERS, *rows])
    waiting = loads.stage(root, examine([str(came)], root, Options(), Mappings()), "clerk")
    applying.apply(root, loads.stage(root, taking_back(root, ["E1", "是"]), "clerk").id, "clerk", "checked")
    before = state(root)
    with pytest.raises(LoadRefused) as refused:
        applying.apply(root, waiting.id, "clerk", "checked")
    assert "“活动参与”有 1 行的“活动编号”在“活动”中查不到（如 E1）" in refused.value.sentence("zh")
    assert "make data" not in refused.value.sentence("en") + refused.value.next_step("en")
    assert state(root) == before


def test_an_older_file_is_shown_to_undo_corrections_before_it_is_in_force(root: Path) -> None:
    first = [event("E8"), event("E9")]
    applying.apply(root, staged(root, *first).id, "clerk", "checked")
    corrected = [event("E8", 名称="书法展"), event("E9")]
    file = office.text_file(root.parent / "b.csv", [EVENT_HEADERS, *corrected, event("E10")])
    found = examine([str(file)], root, Options(), Mappings())
    assert found.changes.counts == {"event": (1, 1, 1)}
    (one,) = found.changes.corrections
    assert (one.key, one.column, one.old, one.new, one.row) == ("E8", "name", "象棋比赛", "书法展", 2)
    assert "returns_former" not in {finding.kind for finding in found.findings}
    load = loads.stage(root, found, "clerk")
    assert loads.changes_of(root, load.id) == found.changes
    applying.apply(root, load.id, "clerk", "checked")
    again = office.text_file(root.parent / "c.csv", [EVENT_HEADERS, *first])
    found = examine([str(again)], root, Options(), Mappings())
    (back,) = [finding for finding in found.findings if finding.kind == "returns_former"]
    assert (back.severity, back.rows, back.shown) == ("warning", (2,), ("E8",))
    with speaking("zh"):
        shown = deliveries_changes.told(found.changes)
    assert "书法展" in shown and "象棋比赛" in shown and "更正" in shown
