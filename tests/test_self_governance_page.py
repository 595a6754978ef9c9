"""The self-governance page at every level, in both languages: its sentence, vacancies, findings and twins."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import words
from tests.opening import html_of, opened, seen, text_of

AREAS = {
    "district": "320613",
    "zone": "320613401",
    "subdistrict": "320613007",
    "community": "320613007005",
    "neighbourhood": "320613007005003",
}
CARDS = {"councils", "functions", "carried_by", "topics", "outcomes", "days", "terms", "structure"}
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|\bNaT\b|<NA>")
YEAR = (pd.Timestamp("2020-01-01"), pd.Timestamp("2020-12-31"))


def cards(app: AppTest) -> set[str]:
    keys = [str(control.key) for control in app.segmented_control]
    return {key.removeprefix("face_") for key in keys if key.startswith("face_")}


def titles(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def inside(extracts: Path, table: str, area: str) -> pd.DataFrame:
    descendant = pd.read_parquet(extracts / "descendant.parquet")
    rows = pd.read_parquet(extracts / f"{table}.parquet")
    return rows[rows["neighbourhood"].isin(descendant.loc[descendant["ancestor"] == area, "code"])]


def councils(extracts: Path, area: str) -> pd.DataFrame:
    """Every neighbourhood of the area with its council; `stands`, `ended` at the end of 2020."""
    rows = inside(extracts, "harmony_council", area)
    stands = pd.to_datetime(rows["established_on"]) <= YEAR[1]
    return rows.assign(stands=stands, ended=stands & (pd.to_datetime(rows["term_ends_on"]) <= YEAR[1]))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_and_says_how_it_stands(level: str, language: str, extracts: Path) -> None:
    app = seen("self_governance", area=AREAS[level], lang=language)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    stands = councils(extracts, AREAS[level])["stands"]
    share = f"{100 * stands.mean():.1f}%"
    if level == "neighbourhood":
        share = f"1 个邻里中的 {stands.sum()} 个" if language == "zh" else f"{stands.sum()} of 1"
    name = str(pd.read_parquet(extracts / "area.parquet").set_index("code").at[AREAS[level], f"name_{language}"])
    said = f"2020年，{name}邻里和谐促进会覆盖率为 {share}"
    if language == "en":
        said = f"Neighbourhoods with a harmony council in {name}, 2020: {share}"
    shown = text_of(app)
    assert said in shown, shown[:2000]
    assert cards(app) == (CARDS - {"terms"} if level == "neighbourhood" else CARDS)
    assert len(titles(app)) == len(cards(app))
    assert not [title for title in titles(app) if UNFILLED.search(title)]
    assert shown.count(words.words(language)["theme_page.records"]) >= len(cards(app))


def test_the_findings_of_the_district_are_what_the_extracts_say(extracts: Path) -> None:
    said = "\n".join(titles(seen("self_governance", area="320613", lang="zh")))
    found = councils(extracts, "320613")
    standing = found[found["stands"]]
    vacant = {
        name: int((standing[f"{name}_seats"] - standing[f"{name}_filled"]).sum())
        for name in ("chair", "council", "stairwell")
    }
    assert f"{len(found):,} 个邻里中 {len(standing):,} 个有促进会，{found['ended'].sum()} 个任期已满" in said
    assert (
        f"理事长空缺 {vacant['chair']:,} 个、理事空缺 {vacant['council']:,} 个、楼道长空缺 {vacant['stairwell']:,} 个"
        in said
    )
    matters = inside(extracts, "deliberation", "320613")
    raised = matters[pd.to_datetime(matters["opened_on"]).between(*YEAR)]
    assert f"2020年提出 {len(raised):,} 件" in said
    assert f"{100 * (raised['outcome'] == 'solved').mean():.0f}% 已解决" in said
    assert f"{(raised['outcome'] == 'open').sum()} 件仍在办理" in said
    settled = matters[pd.to_datetime(matters["settled_on"]).between(*YEAR)]
    days = (pd.to_datetime(settled["settled_on"]) - pd.to_datetime(settled["opened_on"])).dt.days
    usual = days[settled["form"] == "deliberation"]
    assert f"议事协商中位 {usual.median():.0f} 天，九成在 {usual.quantile(0.9):.0f} 天内" in said


def test_functions_are_told_by_area_and_by_post(extracts: Path) -> None:
    app = seen("self_governance", area="320613", lang="zh")
    rows = inside(extracts, "neighbourhood_function", "320613")
    done = rows[rows["carried_out"]].groupby("function").size()
    said = (
        f"履行信息职能的 {done['information']:,} 个，服务 {done['service']:,} 个，自治 {done['self_governance']:,} 个"
    )
    assert any(said in title for title in titles(app))
    chairs = ((rows["function"] == "self_governance") & (rows["carried_by"] == "chair")).sum()
    assert any(f"自治多由理事长履行（{100 * chairs / 1074:.0f}%）" in title for title in titles(app))
    undone = 1074 - done["service"]
    assert f"没有履行服务职能的邻里（{undone} / 1,074）" in html_of(app)


def test_vacancies_name_the_neighbourhoods_and_no_person(extracts: Path) -> None:
    html = html_of(seen("self_governance", area="320613", lang="zh"))
    listed = html[html.index('id="vacancies"') :]
    found = councils(extracts, "320613")
    bare = set(found.loc[~found["stands"], "neighbourhood"])
    part = listed[listed.index(f"没有促进会的邻里（{len(bare)} / 1,074）") :]
    named = set(re.findall(r"self_governance\?area=(\d{15})", part[: part.index("</p>")]))
    assert named <= bare and len(named) == min(24, len(bare)) > 0
    assert f"任期已满未换届（{found['ended'].sum()} / 1,074）" in listed


def test_each_chart_has_its_twin_with_files_and_its_definition_with_sql() -> None:
    app = opened("self_governance", area=AREAS["community"])
    for key in sorted(cards(app)):
        app.segmented_control(key=f"face_{key}").set_value("table")
    app.run()
    assert not app.exception and len(app.dataframe) == len(CARDS) and not app.get("plotly_chart")
    assert all(len(table.value) for table in app.dataframe)
    assert len(app.get("download_button")) == 2 * len(CARDS)
    for key in sorted(cards(app)):
        app.segmented_control(key=f"face_{key}").set_value("about")
    app.run()
    assert sum("-- One row per" in block.value for block in app.code) == len(CARDS)


def test_a_period_without_matters_says_so_and_the_rest_stands() -> None:
    app = opened("self_governance", area="320613007005003", period="2018-01", lang="en")
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert "There is nothing to draw for Tianqin in January 2018." in text_of(app)
