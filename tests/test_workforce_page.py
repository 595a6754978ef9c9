"""The workforce page at every level, in both languages: its sentences, charts, tables, and the three posting rules."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from pages.parts.charts_workforce import needed
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
CARDS = {"posts", "composition", "proofs", "rules", "teams", "load"}
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|\bNaT\b|<NA>")


def titles(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def staff(extracts: Path, area: str, year: int = 2020) -> pd.Series[int]:
    """Workers by dimension and category in an area."""
    descendant = pd.read_parquet(extracts / "descendant.parquet")
    rows = pd.read_parquet(extracts / "staffing.parquet")
    inside = rows["community"].isin(descendant.loc[descendant["ancestor"] == area, "code"])
    return rows[inside & (rows["year"] == year)].groupby(["dimension", "category"])["workers"].sum()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_and_says_who_is_in_post(level: str, language: str, extracts: Path) -> None:
    app = opened("workforce", area=AREAS[level], lang=language)
    shown = text_of(app)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    if level == "neighbourhood":
        posted = pd.read_parquet(extracts / "worker_posting.parquet")
        row = posted[(posted["neighbourhood"] == AREAS[level]) & (posted["year"] == 2020)].iloc[0]
        said = (
            f"有下沉社工 {row['officer_share']:.2f} 名（折算）"
            if language == "zh"
            else f"had {row['officer_share']:.2f} posted"
        )
        assert said in shown
    else:
        counts = staff(extracts, AREAS[level])
        total, there = counts["total", "all"], counts["posting", "neighbourhood"]
        age, share = counts["age_sum", "years"] / total, 100 * there / total
        if language == "zh":
            assert f"有社工 {total:,} 名，平均 {age:.1f} 岁，{there} 名（{share:.1f}%）下沉邻里" in shown
            assert f"下沉邻里的社工占比为 {share:.1f}%" in shown
        else:
            assert (
                f"had {total:,} community social workers, {age:.1f} years old on average, {there} ({share:.1f}%)"
                in shown
            )
    found = titles(app)
    drawn = CARDS - ({"teams"} if level in {"community", "neighbourhood"} else set())
    assert len(found) == len(drawn) and not [t for t in found if UNFILLED.search(t)]
    assert words(language)["workforce.constants"] in shown


def test_the_published_workforce_is_said(extracts: Path) -> None:
    app = opened("workforce")
    said = "\n".join(titles(app))
    assert "1,407 名" in text_of(app) and "72.2% 在45岁及以下，91.7% 大专及以上，56.0% 是党员" in said
    counts = staff(extracts, "320613")
    held, passed = counts["certificate", "yes"], counts["examination", "yes"]
    assert f"{100 * held / 1407:.1f}% 持证，达到 50% 的目标；另一口径：{passed} 名" in said
    assert (
        "十二级都有人" in said
        and sum(counts["post_level", f"{post}{step}"] > 0 for post in "ABCD" for step in "123") == 12
    )
    stated = table_called(app, words("zh")["workforce.constants"])
    assert {"62", "5", "25"} <= set(stated[words("zh")["workforce.constant_value"]])


def test_the_three_rules_stand_side_by_side_and_disagree(extracts: Path) -> None:
    posted = staff(extracts, "320613")["posting", "neighbourhood"]
    asks = {rule: needed(rule, 1407, 1074) for rule in ("third", "pair", "each")}
    assert asks == {"third": 469, "pair": 358, "each": 1074}
    app = opened("workforce")
    app.segmented_control(key="face_rules").set_value("table").run()
    shown = next(f.value for f in app.dataframe if words("zh")["workforce.col_rule"] in f.value)
    assert shown[words("zh")["workforce.col_asked"]].tolist() == list(asks.values())
    assert shown[words("zh")["workforce.col_short"]].tolist() == [0, 0, 1074 - posted]
    communities = pd.read_parquet(extracts / "staffing.parquet").query("year == 2020")
    by_place = communities.pivot_table(index="community", columns=["dimension", "category"], values="workers")
    third = by_place["posting", "neighbourhood"] * 3 >= by_place["total", "all"]
    assert shown[words("zh")["workforce.col_meeting"]].iloc[0] == third.sum()
    app.segmented_control(key="face_rules").set_value("about").run()
    assert "冲突" in text_of(app)


def test_each_chart_has_its_twin_with_files_and_its_definition_with_sql() -> None:
    app = opened("workforce")
    for key in CARDS:
        app.segmented_control(key=f"face_{key}").set_value("table")
    app.run()
    assert not app.exception and len(app.dataframe) == len(CARDS) and not titles(app)
    assert all(len(frame.value) > 0 for frame in app.dataframe)
    assert {button.proto.label for button in app.get("download_button")} >= {words("zh")["downloads.csv"]}
    levels = next(f.value for f in app.dataframe if "档" in f.value)
    assert len(levels) == 12 and levels[words("zh")["workforce.col_workers"]].sum() == 1407
    for key in CARDS:
        app.segmented_control(key=f"face_{key}").set_value("about")
    app.run()
    assert not app.exception and words("zh")["workforce.teams_text"] in text_of(app)
    assert sum("-- One row per" in block.value for block in app.code) == len(CARDS)


@pytest.mark.browser
def test_clicks_lead_to_the_counts_behind_a_bar_and_into_an_area(app_url: str, browser_page: Page) -> None:
    browser_page.goto(f"{app_url}/workforce?area=320613")
    bars = browser_page.locator(".st-key-card_posts .bars .point path")
    expect(bars).to_have_count(12, timeout=PATIENCE)
    to_records = re.compile(r"/records\?.*table=staffing&dimension=post_level&category=A1")
    click_through(browser_page, bars.first, to_records)
    expect(browser_page.locator(".ll-h2").first).to_contain_text("166", timeout=PATIENCE)
    browser_page.go_back()
    browser_page.wait_for_url(re.compile(r"/workforce\?area=320613(&|$)"), timeout=PATIENCE)
    dots = browser_page.locator(".st-key-card_load .scatterlayer .points path")
    expect(dots).to_have_count(16, timeout=PATIENCE)
    click_through(browser_page, dots.first, re.compile(r"/workforce\?area=320613\d{3}&"))


@pytest.mark.parametrize("period", ["2018", "2020-05", "2016"])
def test_other_periods_are_said_too(period: str) -> None:
    app = opened("workforce", area="320613007", period=period)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert not [t for t in titles(app) if UNFILLED.search(t)]
