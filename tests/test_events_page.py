"""The page on values and events at every level, in both languages: sentence, charts, tables, small counts, links."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.words import words
from tests.opening import html_of, opened, table_called, text_of

AREAS = {
    "district": "320613",
    "zone": "320613401",
    "subdistrict": "320613007",
    "community": "320613007005",
    "neighbourhood": "320613007005001",
}
CARDS = {"flow_map", "weeks", "kinds", "brands", "pyramid", "sizes", "places", "values"}
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|\bNaT\b|<NA>")


def cards(app: AppTest) -> set[str]:
    return {
        control.key.removeprefix("face_") for control in app.segmented_control if str(control.key).startswith("face_")
    }


def titles(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def hosted(extracts: Path, area: str) -> pd.DataFrame:
    descendant = pd.read_parquet(extracts / "descendant.parquet")
    events = pd.read_parquet(extracts / "event_total.parquet")
    events = events[events["neighbourhood"].isin(descendant.loc[descendant["ancestor"] == area, "code"])]
    return events[pd.to_datetime(events["held_on"]).dt.year == 2020]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_and_says_how_it_stands(level: str, language: str, extracts: Path) -> None:
    app = opened("events", area=AREAS[level], lang=language)
    shown = text_of(app)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    events = hosted(extracts, AREAS[level])
    population = pd.read_parquet(
        extracts / "measure.parquet", filters=[("measure", "==", "population"), ("code", "==", AREAS[level])]
    ).sort_values("month")
    rate = f"{1000 * events['attendances'].sum() / population['value'].iloc[-1]:,.0f}"
    name = pd.read_parquet(extracts / "area.parquet").set_index("code").at[AREAS[level], f"name_{language}"]
    said = f"2020年，{name}每千人活动参与人次为 {rate}" if language == "zh" else f"in {name}, 2020: {rate}"
    assert said in shown and "率为" not in said
    narrow = level in {"community", "neighbourhood"}
    assert cards(app) == CARDS | {"flows" if narrow else "exchange"}
    assert len(titles(app)) == len(CARDS) + 1 and not [t for t in titles(app) if UNFILLED.search(t)]
    if level == "neighbourhood":  # age and sex are kept by community, and the page says so
        community = "中心村社区：" if language == "zh" else "Zhongxincun Community: "
        assert any(title.startswith(community) for title in titles(app))


def test_the_findings_of_the_district_are_what_the_extracts_say(extracts: Path) -> None:
    said = "\n".join(titles(opened("events")))
    events = hosted(extracts, "320613")
    assert f"共 {len(events):,} 场、{events['attendances'].sum():,.0f} 人次" in said
    may = events[pd.to_datetime(events["held_on"]) == pd.Timestamp(2020, 5, 20)]
    assert f"5月20日邻里志愿服务日 {len(may):,} 场、{may['attendances'].sum():,.0f} 人次" in said
    values = pd.read_parquet(extracts / "values_count.parquet").query("year == 2020")
    assert f"{values['covenant'].sum():,} 个邻里已订公约" in said
    branded = events[events["brand"] != "none"]
    assert f"品牌活动 {len(branded):,} 场，占 {100 * len(branded) / len(events):.0f}%" in said
    flows = pd.read_parquet(extracts / "attendance_flow.parquet").query("year == 2020")
    crossing = flows[flows["host"].str[:9] != flows["home"].str[:9]]["attendances"].sum() / flows["attendances"].sum()
    assert f"{100 * crossing:.0f}% 的参与跨街道" in said
    assert "72 处小游园" in said


def test_each_chart_has_its_twin_and_no_small_count_is_told() -> None:
    app = opened("events", area="320613007")
    for key in cards(app):
        app.segmented_control(key=f"face_{key}").set_value("table")
    app.run()
    assert not app.exception and len(app.dataframe) == len(CARDS) + 1
    tables = [frame.value for frame in app.dataframe]
    flows = next(t for t in tables if "居住地" in t)
    told = pd.to_numeric(flows["参与人次"].astype(str).str.replace(",", ""), errors="coerce")
    hidden = flows.loc[told.isna(), "参与人次"]
    assert (told.dropna() >= 10).all() and len(hidden) > 0 and set(hidden) == {"少于 10，不显示"}
    ages = next(t for t in tables if "年龄段" in t)
    counts = pd.to_numeric(ages["参与人次"].astype(str).str.replace(",", ""), errors="coerce").dropna()
    assert (counts >= 10).all()
    for key in cards(app):
        app.segmented_control(key=f"face_{key}").set_value("about")
    app.run()
    assert not app.exception and words("zh")["events.exchange_text"] in text_of(app)


def test_the_flow_map_draws_what_may_be_told_and_nothing_else(extracts: Path) -> None:
    app = opened("events", area="320613007")
    app.segmented_control(key="face_flow_map").set_value("table").run()
    table = app.dataframe[0].value
    told = pd.to_numeric(table["参与人次"].astype(str).str.replace(",", ""), errors="coerce")
    hidden = table[told.isna()]
    assert len(hidden) and set(hidden["参与人次"]) == {"少于 10，不显示"}
    chart = next(c for c in opened("events", area="320613007").get("plotly_chart") if "图中为最多的" in c.proto.alt)
    arcs = [trace for trace in json.loads(chart.proto.spec)["data"] if trace["mode"] == "lines+markers"]
    said = {arc["customdata"][0][1] for arc in arcs}
    assert len(arcs) == min(30, int(told.notna().sum()))
    for home, host in zip(hidden["居住地"], hidden.iloc[:, 0], strict=True):
        assert not any(words_of.startswith(f"{home} → {host}") for words_of in said)
    flows = pd.read_parquet(extracts / "attendance_flow.parquet").query("year == 2020")
    inside = flows["host"].str.startswith("320613007") & flows["home"].str.startswith("320613007")
    most = flows[inside & (flows["host"] != flows["home"])]["attendances"].max()
    assert any(f"{most:,} 人次" in one for one in said) and f"（{most:,} 人次）" in chart.proto.alt


def test_the_ends_are_the_best_and_the_least_attended_and_lead_to_the_event(extracts: Path) -> None:
    app = opened("events", area="320613007")
    counts = hosted(extracts, "320613007")["attendances"].dropna().sort_values()
    most, least = (table_called(app, words("zh")[f"events.extremes_{side}"])["参与人次"] for side in ("most", "least"))
    assert [int(n.replace(",", "")) for n in most] == counts.iloc[::-1].head(5).astype(int).tolist()
    assert [int(n.replace(",", "")) for n in least] == counts.head(5).astype(int).tolist()
    link = re.search(r'href="records\?([^"]*record=[^"&]+[^"]*)"', html_of(app))
    assert link and "table=event_total" in link[1]
    record = re.search(r"record=([^&]+)", link[1])
    area = re.search(r"area=(\d+)", link[1])
    assert record and area
    shown = text_of(opened("records", area=area[1], table="event_total", record=record[1]))
    assert record[1] in shown and str(most.iloc[0]) in shown


def test_an_empty_period_says_so() -> None:
    app = opened("events", area="320613007005", period="2031")
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert words("zh")["events.extremes_next"] in text_of(app)
