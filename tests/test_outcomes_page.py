"""Outcomes at every level, in both languages: the sentence, the six without a score, every chart with its twin."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.outcomes_board import SIX
from pages.parts.words import number, words
from queries.estimates import relation, wilson
from tests.opening import html_of, opened, text_of

AREAS = {
    "district": "320613",
    "zone": "320613401",
    "subdistrict": "320613007",
    "community": "320613007005",
    "neighbourhood": "320613007005001",
}
CARDS = ("summary", "years", "relation", "inputs", "places")


def titles(app: AppTest) -> list[str]:
    """What the charts say, without spaces and line breaks."""
    layouts = [json.loads(chart.proto.spec)["layout"] for chart in app.get("plotly_chart")]
    return [layout["title"]["text"].replace("<br>", "").replace(" ", "") for layout in layouts]


@pytest.fixture(scope="module")
def survey(extracts: Path) -> pd.DataFrame:
    frame = pd.read_parquet(extracts / "survey.parquet")
    return frame[(frame["year"] == 2020) & (frame["question"] == "satisfaction")]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole(level: str, language: str) -> None:
    app = opened("outcomes", area=AREAS[level], lang=language)
    shown = text_of(app)
    assert not app.exception and "ll-failure" not in html_of(app).replace(".ll-failure", "")
    assert html_of(app).count('class="ll-lead"') == 1
    own = words(language)
    assert own["outcomes.caution"] in shown and own["outcomes.input_note"] in shown
    for name in SIX:
        assert own[f"outcomes.{name}"] in shown
    assert own["outcomes.six_none"] in shown  # a healthy society has no measure
    if level == "neighbourhood":
        assert own["outcomes.community_only"].split("{name}")[0] in shown
    faces = {str(each.key).removeprefix("face_") for each in app.get("button_group") if "face_" in str(each.key)}
    assert faces == set(CARDS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sentence_gives_the_published_share(language: str, survey: pd.DataFrame) -> None:
    yes = survey.loc[survey["answer"] == "yes", "responses"].sum() / survey["responses"].sum()
    shown = text_of(opened("outcomes", lang=language))
    assert f"{number(100 * yes, 1)}%" == "85.0%"
    assert ("居民对社区服务满意率为 85.0%" if language == "zh" else "85.0%") in shown


def test_each_chart_has_its_twin_with_the_same_numbers(survey: pd.DataFrame) -> None:
    app = opened("outcomes")
    for card in CARDS:
        app.segmented_control(key=f"face_{card}").set_value("table")
    app.run()
    assert not app.exception
    tables = [frame.value for frame in app.dataframe]
    assert len(tables) >= len(CARDS)
    summary = next(table for table in tables if "区间的算法" in table and len(table) == 6)
    found = wilson(survey.loc[survey["answer"] == "yes", "responses"].sum(), survey["responses"].sum())
    row = summary.set_index("指标").loc["服务满意率"]
    assert found is not None
    assert (row["区间下限"], row["区间上限"]) == (round(found.low, 2), round(found.high, 2))
    assert row["样本数"] == found.n == survey["responses"].sum()
    places = next(table for table in tables if "区间的算法" in table and len(table) == 16)
    assert list(places.iloc[:, 1]) == sorted(places.iloc[:, 1], reverse=True)
    pairs = next(table for table in tables if len(table) > 60 and len(table.columns) == 3)
    recomputed = relation(pairs.iloc[:, 1], pairs.iloc[:, 2])
    inputs = next(table for table in tables if "秩相关系数" in table)
    told = inputs.set_index(inputs.columns[0]).loc["每千人活动参与人次", "秩相关系数"]
    assert recomputed is not None and recomputed.rho == pytest.approx(told, abs=0.01)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_relation_is_never_told_without_its_caution(language: str) -> None:
    app = opened("outcomes", area=AREAS["subdistrict"], lang=language, input="hours_to_dispatch")
    caution = "相关不等于因果" if language == "zh" else "correlationisnotacause"
    related = [title for title in titles(app) if ("派单时长" if language == "zh" else "Hourstodispatch") in title]
    assert len(related) == 2 and all(caution in title for title in related)


def test_an_input_that_does_not_exist_gives_way_to_the_default() -> None:
    app = opened("outcomes", input="no_such_input")
    assert not app.exception and app.selectbox(key="input").value == "attendances_per_1000"
