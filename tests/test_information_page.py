"""The information page at every level, in both languages: its sentences, charts, tables and what a click leads to."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from pages.parts.words import words
from tests.clicking import click_through
from tests.opening import html_of, opened, table_called, text_of

AREAS = {
    "district": "320613",
    "zone": "320613401",
    "subdistrict": "320613007",
    "community": "320613007005",
    "neighbourhood": "320613007005001",
}
PATIENCE = 30_000
CARDS = {"steps", "times", "channels", "settled", "places", "open", "forces"}
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|\bNaT\b|<NA>")


def titles(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def matters(extracts: Path, area: str, year: int = 2020) -> pd.DataFrame:
    descendant = pd.read_parquet(extracts / "descendant.parquet")
    rows = pd.read_parquet(extracts / "case.parquet")
    rows = rows[rows["neighbourhood"].isin(descendant.loc[descendant["ancestor"] == area, "code"])]
    rows = rows.assign(hours=(rows["closed_at"] - rows["received_at"]).dt.total_seconds() / 3600)
    chosen: pd.Series[bool] = rows["received_at"].dt.year == year
    return rows[chosen]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_and_says_how_matters_travel(level: str, language: str, extracts: Path) -> None:
    app = opened("information", area=AREAS[level], lang=language)
    shown, rows = text_of(app), matters(extracts, AREAS[level])
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    closed = rows[rows["closed_at"].notna()]
    share, half, nine = 100 * len(closed) / len(rows), rows["hours"].median(), rows["hours"].quantile(0.9)
    settled = 100 * (closed["settled_within"] == "neighbourhood").sum() / len(closed)
    nine_said = f"{nine:,.0f}" if nine >= 100 else f"{nine:.1f}"
    if language == "zh":
        assert f"受理办件 {len(rows):,} 件，{share:.1f}% 已反馈办结；从受理到反馈，一半在 {half:.1f} 小时" in shown
        assert f"九成在 {nine_said} 小时内完成" in shown and f"占比为 {settled:.1f}%" in shown
    else:
        assert f"received {len(rows):,} cases in 2020 and {share:.1f}% of them are closed" in shown
        assert f"half took up to {half:.1f} hours" in shown and f"nine in ten up to {nine_said} hours" in shown
        assert f"2020: {settled:.1f}%" in shown
    found = titles(app)
    assert len(found) == len(CARDS) and not [t for t in found if UNFILLED.search(t)]
    assert (words(language)["information.open_none"] in found) == (level == "neighbourhood")
    assert shown.count(words(language)["theme_page.records"]) >= len(found)


def test_the_findings_of_the_district_are_what_the_extracts_say(extracts: Path) -> None:
    said = "\n".join(titles(opened("information")))
    rows, before = matters(extracts, "320613"), matters(extracts, "320613", 2019)
    waiting = rows["dispatched_at"].notna() & rows["handled_at"].isna()
    assert f"受理 {len(rows):,} 件" in said and f"等待办理的最多（{waiting.sum()} 件）" in said
    took = (rows["handled_at"] - rows["dispatched_at"]).dt.total_seconds() / 3600
    assert f"办理用时最长：一半在 {took.median():.1f} 小时内完成，九成在 {took.quantile(0.9):.1f} 小时" in said
    informants = [100 * each["channel"].str.endswith("informant").mean() for each in (rows, before)]
    assert f"信息员上报占 {informants[0]:.1f}%，比上年同期多 {informants[0] - informants[1]:.1f} 个百分点" in said
    every = pd.read_parquet(extracts / "case.parquet")
    assert f"{every['closed_at'].isna().sum()} 件尚未办结" in said
    posted = pd.read_parquet(extracts / "worker_posting.parquet").query("year == 2020")["officer_share"].sum()
    assert f"每人负责 {1074 / posted:.1f} 个，合“每 2–3 个邻里一名”的要求" in said


def test_each_chart_has_its_twin_with_files_and_its_definition_with_sql() -> None:
    app = opened("information")
    for key in CARDS:
        app.segmented_control(key=f"face_{key}").set_value("table")
    app.run()
    assert not app.exception and len(app.dataframe) == len(CARDS) and not titles(app)
    assert all(len(frame.value) > 0 for frame in app.dataframe)
    assert {button.proto.label for button in app.get("download_button")} >= {words("zh")["downloads.csv"]}
    settled = next(f.value for f in app.dataframe if words("zh")["information.col_level_district"] in f.value)
    levels = [
        words("zh")[f"information.col_level_{x}"] for x in ("neighbourhood", "community", "subdistrict", "district")
    ]
    assert (settled[levels].sum(axis=1) == settled[words("zh")["information.col_closed"]]).all()
    for key in CARDS:
        app.segmented_control(key=f"face_{key}").set_value("about")
    app.run()
    assert not app.exception and words("zh")["information.open_text"] in text_of(app)
    assert sum("quantile_cont" in block.value for block in app.code) >= 5
    assert not any("approx" in block.value for block in app.code)


def test_matters_that_come_again_are_listed_with_the_way_to_all_of_them(extracts: Path) -> None:
    app = opened("information", area="320613007")
    listed = table_called(app, words("zh")["information.repeats"])
    again = matters(extracts, "320613007")["repeat_of"].dropna().value_counts()
    assert listed[words("zh")["information.col_repetitions"]].astype(int).tolist() == again.head(len(listed)).tolist()
    first = listed[words("zh")["information.col_case_id"]].iloc[0]
    place = matters(extracts, "320613007").set_index("repeat_of")["neighbourhood"][first].iloc[0]
    assert f"records?area={place}" in html_of(app) and f"record={first}" in html_of(app)
    one = text_of(opened("records", area=place, table="case", record=first, period="2018..2020"))
    assert first in one and words("zh")["records.no_such_next"] not in one
    assert "records?area=320613007" in html_of(app) and "repeated=true" in html_of(app)
    records = text_of(opened("records", area="320613007", table="case", repeated="true"))
    assert f"{again.sum():,} 件办件" in records


@pytest.mark.browser
def test_clicks_lead_to_the_matters_behind_a_bar_and_into_an_area(app_url: str, browser_page: Page) -> None:
    browser_page.goto(f"{app_url}/information?area=320613&lang=en")
    bars = browser_page.locator(".st-key-card_channels .bars .point path")
    expect(bars).to_have_count(5, timeout=PATIENCE)
    click_through(browser_page, bars.first, re.compile(r"/records\?.*table=case&channel=hotline_12345"))
    expect(browser_page.locator(".ll-h2").first).to_contain_text("cases", timeout=PATIENCE)
    browser_page.go_back()  # one step: the way there left nothing between
    browser_page.wait_for_url(re.compile(r"/information\?area=320613&lang=en$"), timeout=PATIENCE)
    dots = browser_page.locator(".st-key-card_places .scatterlayer .points path")
    expect(dots).to_have_count(32, timeout=PATIENCE)
    click_through(browser_page, dots.nth(20), re.compile(r"/information\?area=320613\d{3}&"))


@pytest.mark.parametrize("period", ["2018", "2020-02", "2031"])
def test_other_periods_are_said_too(period: str) -> None:
    app = opened("information", area="320613007005", period=period)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert not [t for t in titles(app) if UNFILLED.search(t)]
    if period == "2031":
        assert "2031年，中心村社区没有受理办件。" in text_of(app)
