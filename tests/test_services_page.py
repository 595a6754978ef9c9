"""The services page at every level, in both languages: its sentence, charts, tables and what a click leads to."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.words import words
from tests.opening import html_of, opened, text_of

AREAS = {
    "district": "320613",
    "zone": "320613401",
    "subdistrict": "320613007",
    "community": "320613007005",
    "neighbourhood": "320613007005001",
}
WIDE = {"kinds", "projects", "unserved", "points", "shapes", "funds", "organisations", "ventures", "brands"}
NARROW = WIDE - {"unserved", "points"} | {"served"}
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|\bNaT\b|<NA>")


def cards(app: AppTest) -> set[str]:
    return {
        control.key.removeprefix("face_") for control in app.segmented_control if str(control.key).startswith("face_")
    }


def titles(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def inside(extracts: Path, table: str, area: str) -> pd.DataFrame:
    descendant = pd.read_parquet(extracts / "descendant.parquet")
    rows = pd.read_parquet(extracts / f"{table}.parquet")
    return rows[rows["neighbourhood"].isin(descendant.loc[descendant["ancestor"] == area, "code"])]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_and_says_how_it_stands(level: str, language: str, extracts: Path) -> None:
    app = opened("services", area=AREAS[level], lang=language)
    shown = text_of(app)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    done = inside(extracts, "service_project", AREAS[level])
    done = done[pd.to_datetime(done["completed_on"]).dt.year == 2020]
    population = pd.read_parquet(
        extracts / "measure.parquet", filters=[("measure", "==", "population"), ("code", "==", AREAS[level])]
    ).sort_values("month")
    rate = f"{1000 * len(done) / population['value'].iloc[-1]:,.1f}"
    name = pd.read_parquet(extracts / "area.parquet").set_index("code").at[AREAS[level], f"name_{language}"]
    said = f"2020年，{name}每千人完成服务项目为 {rate}" if language == "zh" else f"in {name}, 2020: {rate}"
    assert said in shown, shown[:3000]
    found = cards(app)
    assert found <= (NARROW if level in {"community", "neighbourhood"} else WIDE)
    assert found >= {"kinds", "served" if level in {"community", "neighbourhood"} else "unserved"}
    assert len(titles(app)) == len(found) and not [t for t in titles(app) if UNFILLED.search(t)]
    assert shown.count(words(language)["theme_page.records"]) >= len(found)


def test_the_findings_of_the_district_are_what_the_extracts_say(extracts: Path) -> None:
    said = "\n".join(titles(opened("services")))
    teams, projects = inside(extracts, "service_team", "320613"), inside(extracts, "service_project", "320613")
    done = projects[pd.to_datetime(projects["completed_on"]).dt.year == 2020]
    assert f"崇川区有 {len(teams):,} 支服务队伍" in said and f"2020年完成 {len(done):,} 个服务项目" in said
    areas = pd.read_parquet(extracts / "area.parquet")
    served = set(pd.read_parquet(extracts / "team_reach.parquet")["neighbourhood"])
    bare = areas[(areas["level"] == "neighbourhood") & ~areas["code"].isin(served)]
    assert f"{len(bare):,} 个邻里（共 {bare['households'].sum():,} 户）没有任何队伍服务" in said
    assert "登记社会组织 1,552 家，比 2013 年初多 86%" in said and "493 个服务处" in said
    budget = pd.read_parquet(extracts / "budget.parquet").query("year == 2020")
    assert f"为安排的 {100 * budget['spent'].sum() / budget['planned'].sum():.0f}%" in said


def test_each_chart_has_its_twin_with_files_and_its_definition_with_sql() -> None:
    app = opened("services")
    for key in cards(app):
        app.segmented_control(key=f"face_{key}").set_value("table")
    app.run()
    assert not app.exception and len(app.dataframe) == len(WIDE) and not titles(app)
    assert all(len(frame.value) > 0 for frame in app.dataframe)
    assert {button.proto.label for button in app.get("download_button")} >= {words("zh")["downloads.csv"]}
    teams = next(f.value for f in app.dataframe if "上门项目" in f.value and "成员" in f.value)
    assert teams["队伍"].sum() > 2000
    for key in cards(app):
        app.segmented_control(key=f"face_{key}").set_value("about")
    app.run()
    assert not app.exception and words("zh")["services.funds_text"] in text_of(app)
    assert sum("-- One row per" in block.value for block in app.code) >= len(WIDE)


def test_neighbourhoods_without_a_team_are_named_and_linked(extracts: Path) -> None:
    community = "320613001001"
    reach = set(inside(extracts, "team_reach", community)["neighbourhood"])
    areas = pd.read_parquet(extracts / "area.parquet").set_index("code", drop=False)
    bare = areas[(areas["parent"] == community) & ~areas["code"].isin(reach)]
    body = html_of(opened("services", area=community))
    part = body[body.index('id="unserved"') :]
    for code, name in zip(bare["code"], bare["name_zh"], strict=True):
        assert f"area={code}" in part and name in part


def test_an_empty_period_says_so() -> None:
    app = opened("services", area="320613007005", period="2031")
    assert not app.exception and 'class="ll-failure' not in html_of(app) and "2031年" in text_of(app)
