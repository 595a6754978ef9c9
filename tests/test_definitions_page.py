"""Definitions and reconciliation: all published figures and indicators, for demonstration and for real data."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from data.indicators import load_indicators
from pages.parts.words import words
from tests.opening import asked, html_of, opened, table_called, text_of

TITLES = {"zh": "公布数", "en": "Published figures"}


@pytest.fixture(scope="module")
def figures(extracts: Path) -> pd.DataFrame:
    return pd.read_parquet(extracts / "published.parquet").set_index("id", drop=False)


@pytest.fixture
def real_records(extracts: Path, data_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same extracts under a manifest that says the records are real, with one figure that does not agree."""
    version = tmp_path / "extracts" / "real"
    shutil.copytree(extracts, version)
    published = pd.read_parquet(extracts / "published.parquet")
    off = published["id"] == "service_offices"
    published.loc[off, "ours"], published.loc[off, "met"] = 490.0, False
    published.to_parquet(version / "published.parquet")
    manifest = json.loads((data_root / "extracts" / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"version": "real", "demonstration": False}
    (tmp_path / "extracts" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_published_figure_stands_there_with_its_meaning(language: str, figures: pd.DataFrame) -> None:
    app = opened("definitions", lang=language)
    assert not app.exception and 'class="ll-failure"' not in html_of(app)
    table = table_called(app, TITLES[language])
    assert len(table) == len(figures) == 69
    head = words(language)
    shown = set(table[head["definitions.figure"]])
    assert shown == set(figures[f"name_{language}"].str.strip())
    assert set(table[head["definitions.meaning"]]) == set(figures[f"meaning_{language}"].str.strip())
    assert (table[head["definitions.section"]] != "").all() and (table[head["definitions.period"]] != "").all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_demonstration_data_show_that_they_were_made_to_match_and_no_difference(
    language: str, figures: pd.DataFrame
) -> None:
    table = table_called(opened("definitions", lang=language), TITLES[language])
    head = words(language)
    ours = table[head["definitions.ours"]]
    totals = int((figures["check"] == "total").sum())
    assert (ours == head["definitions.generated"]).sum() == totals == 45
    assert (ours == head["definitions.stated"]).sum() == len(figures) - totals
    assert head["definitions.difference"] not in table.columns


def test_real_records_show_ours_and_the_difference(real_records: Path, figures: pd.DataFrame) -> None:
    app = opened("definitions")
    table = table_called(app, "公布数").set_index("指标")
    row = table.loc["邻里服务处"]
    assert row["公布数"].startswith("493") and row["本库"].startswith("490")
    assert row["差"].startswith("−3") and "不符" in row["差"]
    assert table.loc["街道", "差"].startswith("±0") and "不符" not in table.loc["街道", "差"]
    shown = text_of(app)
    assert "44 个相符，1 个不符" in shown and "按公布数生成" not in "".join(table["本库"])


def test_figures_read_as_people_write_them() -> None:
    table = table_called(opened("definitions"), "公布数").set_index("指标")["公布数"]
    assert table["地区生产总值"] == "约 1,370 亿元"
    assert table["一般公共预算收入"] == "约 117.5 亿元"
    assert table["人口"] == "约 1,080,000 人"
    assert table["45周岁以下占比"] == "72.2%"
    assert table["邻里志愿服务日"] == "5月20日"
    assert table["每年完成服务项目"].startswith("≥ 6,000")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_conflicts_and_assumptions_are_told(language: str) -> None:
    shown = text_of(opened("definitions", lang=language))
    for number in ("469", "1,074", "76", "1,407", "358–537", "305,000", "2.9"):
        assert number in shown, number
    for key in ("conflict_posting", "conflict_certificate", "assumption_collective", "merger"):
        assert words(language)[f"definitions.{key}"] in shown


def test_what_is_in_post_stands_beside_the_rules(extracts: Path) -> None:
    frame = pd.read_parquet(
        extracts / "measure.parquet", filters=[("measure", "==", "workers_posted"), ("code", "==", "320613")]
    )
    posted = frame[pd.to_datetime(frame["month"]).dt.year == 2019]["value"].iloc[0]
    table = table_called(opened("definitions", period="2019"), "社工下沉邻里的三条规则")
    assert table.iloc[-1].tolist() == ["本库到岗（2019）", f"{posted:,.0f}", f"{100 * posted / 1407:,.1f}"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_indicator_is_defined(language: str) -> None:
    body, head = html_of(opened("definitions", lang=language)), words(language)
    indicators = load_indicators()
    assert body.count('class="ll-definition"') == len(indicators) >= 40
    for key in ("numerator", "denominator", "unit", "direction", "finest", "source", "target"):
        assert body.count(f"<dt>{head[f'definitions.{key}']}</dt>") == len(indicators), key
    without = sum(each.target is None for each in indicators.values())
    assert body.count(f"<dd>{head['definitions.no_target']}</dd>") == without > 0


def test_search_narrows_the_indicators_and_goes_into_the_address() -> None:
    app = opened("definitions")
    app.text_input(key="definitions.find").set_value("满意").run()
    ids = re.findall(r'<details class="ll-definition" id="(\w+)"', html_of(app))
    assert asked(app, "find") == "满意" and "satisfaction" in ids and len(ids) < 10
    assert f"找到 {len(ids)} 项，共 {len(load_indicators())} 项" in text_of(app)


def test_search_in_the_other_language_finds_too() -> None:
    ids = re.findall(r'<details class="ll-definition" id="(\w+)"', html_of(opened("definitions", find="Satisf")))
    assert "satisfaction" in ids


def test_a_search_without_result_says_how_to_go_on() -> None:
    shown = text_of(opened("definitions", find="量子"))
    assert "没有与“量子”相符的指标" in shown and "清空查找框" in shown


def test_a_search_text_is_shown_as_text() -> None:
    assert "<b>x" not in html_of(opened("definitions", find="<b>x"))


def test_without_extracts_the_definitions_of_indicators_still_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    app = opened("definitions")
    body = html_of(app)
    assert not app.exception and body.count('class="ll-definition"') == len(load_indicators())
    assert "数据尚未生成" in body
