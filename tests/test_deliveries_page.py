"""The data's two pages: files in and loads in force by a real browser, and the scores of deliveries counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, expect

from data.build import build
from data.imports.places import load_places
from data.imports.templates import write_templates
from data.manifest import current_records, data_root, read_manifest
from pages.parts import data, delivered, deliveries_loads, reconciled, state, work
from pages.parts.delivery_scores import scores, stopped
from tests import tiny_district as tiny
from tests.opening import html_of, opened, seen, table_called, text_of
from tests.serving import running_app

NORTH, SOUTH = "320613001", "320613002"


def freshness(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """table, subdistrict, last day, months with rows; every table begins in January 2020."""
    return pd.DataFrame(
        {
            "table_name": [row[0] for row in rows], "subdistrict": [row[1] for row in rows],
            "first_date": pd.Timestamp("2020-01-03"), "last_date": [pd.Timestamp(row[2]) for row in rows],
            "month_count": [row[3] for row in rows], "row_count": 1,
        }
    )  # fmt: skip


def measures(**values: float) -> pd.DataFrame:
    """Values of both subdistricts: `events_north=…`."""
    names = {"north": NORTH, "south": SOUTH}
    rows = [(key.rsplit("_", 1)[0], names[key.rsplit("_", 1)[1]], value) for key, value in values.items()]
    return pd.DataFrame(rows, columns=["measure", "code", "value"])


ROWS = freshness(
    ("event", NORTH, "2020-10-30", 10), ("case", NORTH, "2020-10-02", 5),
    ("event", SOUTH, "2020-05-31", 5),
)  # fmt: skip


def test_scores_are_what_was_counted_by_hand() -> None:
    counted = measures(events_north=10, events_counted_north=9, events_recorded_in_time_north=6)
    found = scores(ROWS, counted, [NORTH, SOUTH], date(2020, 10, 31))
    assert found.loc[NORTH, ["complete", "recent", "prompt", "full"]].to_list() == pytest.approx([0.3, 0.4, 0.6, 0.9])
    assert found.loc[NORTH, "score"] == pytest.approx((0.3 + 0.4 + 0.6 + 0.9) / 4)
    assert found.loc[SOUTH, ["complete", "recent"]].to_list() == pytest.approx([0.1, 0.0])
    assert found.loc[SOUTH, ["prompt", "full"]].isna().all()
    assert found.loc[SOUTH, "score"] == pytest.approx(0.05)


def test_who_has_stopped_is_told_the_longest_silence_first() -> None:
    silent = stopped(ROWS, [NORTH, SOUTH], date(2020, 10, 31))
    assert silent[-1] == (SOUTH, "event", pd.Timestamp("2020-05-31"))
    never = {(code, table) for code, table, last in silent if last is None}
    others = {(code, table) for code in (NORTH, SOUTH) for table in ("service_project", "deliberation", "volunteering")}
    assert never == {(SOUTH, "case"), *others}


def test_one_month_of_one_table_is_far_from_a_full_delivery() -> None:
    rows = freshness(("event", NORTH, "2020-01-30", 1))
    assert scores(rows, measures(), [NORTH], date(2020, 1, 31)).loc[NORTH, "score"] == pytest.approx(0.2)
    assert len(stopped(rows, [NORTH, SOUTH], date(2020, 1, 31))) == 9


def test_what_nobody_has_delivered_is_missing_and_neither_0_nor_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    known = delivered.read(data.db())
    less = replace(known, spans={**known.spans, "service_team": {}})
    monkeypatch.setattr(delivered, "deliveries", lambda _root, _base: less)
    monkeypatch.setattr(reconciled.data, "manifest", lambda: replace(read_manifest(data_root()), demonstration=False))
    found = data.indicator_of(data.indicators()["service_teams"], [state.DISTRICT], "2020")
    assert found["value"].isna().all() and not found["withheld"].any()
    assert data.indicator_of(data.indicators()["events"], [state.DISTRICT], "2020")["value"].notna().all()
    assert reconciled.undelivered({"check": "total", "id": "service_teams", "ours": 0})
    assert not reconciled.undelivered({"check": "total", "id": "population", "ours": 1})
    said = text_of(opened("services", lang="zh"))
    assert "“服务队伍”尚未报送" in said and "未报送" in said


def test_all_tables_are_covered_by_all_offices_or_by_one_bureau_for_all() -> None:
    rows = table_called(seen("delivery_quality", lang="zh"), "各类记录的报送情况").set_index("记录")
    assert set(rows["已报送街道"]) == {"16 / 16", "全区统一"}
    assert set(rows.index[rows["已报送街道"] == "全区统一"]) == {"小游园", "公益创投项目", "指导性文件"}
    assert rows.loc["社工队伍（计数）", "最近一条"] == "2020年" and rows.loc["小游园", "条数"] == "72"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_quality_names_every_office_and_the_mean(lang: str) -> None:
    app = seen("delivery_quality", lang=lang)
    said = text_of(app)
    assert not app.exception
    assert ("16 个街道的数据质量平均" if lang == "zh" else "The data of 16 subdistricts score") in said
    assert ("秦灶街道" if lang == "zh" else "Qinzao Subdistrict") in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_deliveries_say_what_is_in_force_and_what_to_do(lang: str) -> None:
    app = seen("deliveries", lang=lang)
    said = text_of(app)
    assert not app.exception
    assert ("还没有收到任何批次" if lang == "zh" else "Nothing was delivered yet") in said
    assert [button.label for button in app.button if button.disabled] != []


@pytest.mark.parametrize(
    ("counts", "withdrawn", "said"),
    [({"event": (7, 1, 0)}, {"attendance": 2}, "活动：新增 7 行，更正 1 行"), ({}, {}, "版本 R0002 已生效")],
)
def test_what_came_of_the_work_is_told_also_where_nothing_is_counted(
    counts: dict[str, tuple[int, int, int]], withdrawn: dict[str, int], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"version": "R0002", "counts": counts, "withdrawn": withdrawn}
    done = SimpleNamespace(state="done", outcome=lambda: told)
    monkeypatch.setattr(work, "ended", lambda _key: done)
    app = opened("deliveries", lang="zh")
    assert said in text_of(app) and 'class="ll-failure' not in html_of(app)


def test_work_goes_on_without_its_reader_and_whoever_comes_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"version": "R0002", "counts": {}, "withdrawn": {}}
    going: Any = SimpleNamespace(
        state="running", words="正在使批次 L0001 生效", told=False, seconds=lambda: 75,
        progress=lambda: ("attendance sums 2019", 0.3), outcome=lambda: told,
    )  # fmt: skip
    monkeypatch.setattr(work, "_KNOWN", {deliveries_loads.WORK: going})
    first, second = (opened("deliveries", lang="zh") for _ in range(2))
    for app in (first, second):
        (bar,) = app.get("progress")
        assert bar.proto.text == (
            "正在使批次 L0001 生效：第 3 步（共 7 步）逐月汇总有变化的参与人次（2019 年），已用 1:15"
        )  # fmt: skip
        assert "关闭或离开本页不影响进行" in text_of(app) and 'aria-current="step"' in html_of(app)
    going.state = "done"
    assert "版本 R0002 已生效" in text_of(first.run())
    assert "版本 R0002 已生效" in text_of(second.run()), "both were waiting for it"
    assert "版本 R0002 已生效" not in text_of(first.run()) + text_of(opened("deliveries", lang="zh"))


@pytest.mark.browser
def test_a_filled_template_is_checked_kept_and_put_in_force(browser_context: BrowserContext, tmp_path: Path) -> None:
    root = tiny.write_district(tmp_path / "district")
    build(root)
    before = current_records(root)
    (path,) = [p for p in write_templates(tmp_path / "out", ["garden"], load_places(root)) if p.suffix == ".csv"]
    header = path.read_text(encoding="utf-8-sig").splitlines()[0]
    filled = tmp_path / "小游园.csv"
    filled.write_text(f"{header}\n{garden(header)}\n", encoding="utf-8-sig")
    page = browser_context.new_page()
    with running_app(tmp_path / "server.log", {"LINLI_DATA": str(root)}) as url:
        page.goto(f"{url}/deliveries?lang=zh")
        page.locator("input[type=file]").set_input_files(str(filled))
        page.get_by_role("button", name="检查", exact=True).click()
        expect(page.get_by_text("可接收 1 行")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="存为待生效批次").click()
        expect(page.get_by_text("已存为批次 L0001")).to_be_visible(timeout=60_000)
        assert current_records(root) == before  # nothing is in force before it is applied
        page.get_by_role("tab", name="批次与版本").click()
        reason = page.get_by_label("请写明接受的理由")
        if reason.count():
            reason.fill("已与街道核实")
            reason.press("Enter")
        page.get_by_role("button", name="使其生效").click()
        expect(page.get_by_text("已生效，各页面即时显示新数据")).to_be_visible(timeout=120_000)
    assert current_records(root) != before
    page.close()


def garden(header: str) -> str:
    """A row of a pocket garden under the template's headers."""
    known = {
        "编号": "G-1",
        "名称": "口袋公园",
        "所在邻里": tiny.A1,
        "类别": "新修",
        "完成日期": "2020-02-01",
        "绿化面积": "120",
    }
    return ",".join(next((value for name, value in known.items() if name in head), "") for head in header.split(","))
