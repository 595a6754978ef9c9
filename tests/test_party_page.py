"""The Party page at every level, in both languages: its sentence, the chain, gaps, and every chart's twin."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import charts_party, words
from pages.parts.chart_card import Question
from queries.party_charts import party_chain
from queries.run import open_database
from tests.opening import html_of, opened, seen, text_of

AREAS = {
    "district": "320613",
    "zone": "320613401",
    "subdistrict": "320613007",
    "community": "320613007005",
    "neighbourhood": "320613007005004",
}
CARDS = {"chain", "coverage", "actions", "posts", "hours", "claims", "units"}
UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|\bNaT\b|<NA>")
END = pd.Timestamp("2020-12-31").date()


def cards(app: AppTest) -> set[str]:
    keys = [str(control.key) for control in app.segmented_control]
    return {key.removeprefix("face_") for key in keys if key.startswith("face_")}


def titles(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


class Standing:
    """What stood in an area at the end of 2020, counted from the records in another way than the queries do."""

    def __init__(self, extracts: Path, area: str) -> None:
        descendant = pd.read_parquet(extracts / "descendant.parquet")
        self.inside = set(descendant.loc[descendant["ancestor"] == area, "code"])
        areas = pd.read_parquet(extracts / "area.parquet").set_index("code", drop=False)
        self.area = areas.loc[area]
        self.neighbourhoods = {c for c in self.inside if areas.at[c, "level"] == "neighbourhood"}
        self.communities = {c for c in self.inside if areas.at[c, "level"] == "community"}
        rows = pd.read_parquet(extracts / "party_organisation.parquet")
        rows = rows[pd.to_datetime(rows["established_on"]) <= pd.Timestamp("2020-12-31")]
        place = rows["neighbourhood"].fillna(rows["community"])
        self.rows = rows[place.isin(self.inside)]

    def kind(self, kind: str) -> pd.DataFrame:
        return self.rows[self.rows["kind"] == kind]

    @property
    def bare(self) -> set[str]:
        return self.neighbourhoods - set(self.kind("neighbourhood_branch")["neighbourhood"])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_and_says_how_it_stands(level: str, language: str, extracts: Path) -> None:
    app = seen("party", area=AREAS[level], lang=language)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    found = Standing(extracts, AREAS[level])
    share = f"{100 * (1 - len(found.bare) / len(found.neighbourhoods)):.1f}%"
    if level == "neighbourhood":
        share = f"1 个邻里中的 {1 - len(found.bare)} 个" if language == "zh" else f"{1 - len(found.bare)} of 1"
    name = found.area[f"name_{language}"]
    said = f"2020年，{name}建有党支部的邻里占比为 {share}"
    if language == "en":
        said = f"Neighbourhoods with a Party branch in {name}, 2020: {share}"
    shown = text_of(app)
    assert said in shown, shown[:2000]
    assert cards(app) == (CARDS - {"coverage"} if level == "neighbourhood" else CARDS)
    assert len(titles(app)) == len(cards(app))
    assert not [title for title in titles(app) if UNFILLED.search(title)]
    assert shown.count(words.words(language)["theme_page.records"]) >= len(cards(app))


def test_the_district_is_told_with_the_published_chain_and_its_gaps(extracts: Path) -> None:
    app = seen("party", area="320613", lang="zh")
    said = "\n".join(titles(app))
    assert "149 个社区党委" in said and "782 个邻里党支部" in said
    assert "1,389 个楼道党小组" in said and "2,737 户党员中心户" in said
    found = Standing(extracts, "320613")
    without = len(found.communities - set(found.kind("community_committee")["community"]))
    assert f"还有 {without} 个社区没有党委，{len(found.bare)} 个邻里没有党支部" in said
    actions = pd.read_parquet(extracts / "assist_action.parquet").query("year == 2020")
    assert f"2020年 {actions['cadres'].sum():,} 名干部参加" in said and actions["cadres"].sum() > 9_000
    posts = pd.read_parquet(extracts / "officer_post.parquet")
    shares = 100 * posts[~posts["post"].str.startswith("force_")].groupby("post")["filled"].mean()
    assert f"{shares.min():.0f}% 的邻里" in said and f"最高（{shares.max():.0f}%）" in said


def test_three_in_one_is_counted_from_the_overlay_and_registers_that_disagree_are_named(extracts: Path) -> None:
    units = pd.read_parquet(extracts / "three_in_one.parquet", columns=["kind", "neighbourhood", "coincides", "stated"])
    same = units[units["coincides"].astype(bool)]
    kinds = same.groupby("neighbourhood")["kind"].agg(set)
    both = kinds.map(len).eq(2).sum()
    app = seen("party", area="320613", lang="zh")
    grids, groups = (kinds.map(lambda found, kind=kind: kind in found).sum() for kind in ("grid", "residents_group"))
    said = f"1,074 个邻里中 {both} 个实现“三合一”（{100 * both / 1074:.1f}%）"
    assert f"{said}；与网格重合 {grids} 个，与居民小组重合 {groups} 个" in titles(app)
    only_stated = (units["stated"].notna() & ~units["coincides"].astype(bool) & (units["kind"] == "grid")).sum()
    assert only_stated > 0 and f"填报重合而边界不重合 {only_stated} 个" in text_of(app)


def test_the_gaps_are_those_of_the_area_and_lead_into_each(extracts: Path) -> None:
    bare = Standing(extracts, AREAS["community"]).bare
    html = html_of(seen("party", area=AREAS["community"], lang="zh"))
    listed = html[html.index('id="gaps"') :]
    part = listed[: listed.index("</p>", listed.index(f"没有党支部的有 {len(bare)} 个"))]
    assert set(re.findall(r"party\?area=(\d{15})", part)) == bare != set()


def test_each_chart_has_its_twin_with_files_and_its_definition_with_sql() -> None:
    app = opened("party", area=AREAS["community"])
    for key in sorted(cards(app)):
        app.segmented_control(key=f"face_{key}").set_value("table")
    app.run()
    assert not app.exception and len(app.dataframe) == len(CARDS) and not app.get("plotly_chart")
    assert all(len(table.value) for table in app.dataframe)
    assert len(app.get("download_button")) == 2 * len(CARDS)
    for key in sorted(cards(app)):
        app.segmented_control(key=f"face_{key}").set_value("about")
    app.run()
    assert len(app.code) >= len(CARDS) and all(
        "select" in block.value for block in app.code if "-- One row" in block.value
    )
    assert sum("-- One row per" in block.value for block in app.code) == len(CARDS) + 3


def test_boxes_of_the_icicle_lie_inside_the_box_they_are_part_of(extracts: Path) -> None:
    database = open_database(extracts)
    levels = ("district", "subdistrict", "community")
    rows = [(level, party_chain(database, "320613", level, END)) for level in levels]
    database.close()
    with words.speaking("en"):
        bars = charts_party.chain(rows, "light").figure.data[0]
    boxes = pd.DataFrame(
        {"code": [c[0] for c in bars.customdata], "depth": bars.base, "x": bars.x, "width": bars.width}
    )
    boxes["left"] = boxes["x"] - boxes["width"] / 2
    parents = pd.concat([frame for _, frame in rows]).set_index("code")["parent"]
    for depth in (1, 2):
        own, above = boxes[boxes["depth"] == depth], boxes[boxes["depth"] == depth - 1].set_index("code")
        assert own["width"].sum() == boxes.loc[0, "width"] == 1074
        if depth == 2:
            holder = above.loc[own["code"].map(parents)]
            assert (own["left"].to_numpy() >= holder["left"].to_numpy() - 1e-9).all()
            right = holder["left"] + holder["width"]
            assert ((own["left"] + own["width"]).to_numpy() <= right.to_numpy() + 1e-9).all()
        ordered = own.sort_values("left")
        assert (
            ordered["left"].iloc[1:].to_numpy() - (ordered["left"] + ordered["width"]).iloc[:-1].to_numpy() < 1e-9
        ).all()
    assert list(bars.marker.pattern.shape).count("/") == int((rows[2][1]["with_committee"] == 0).sum()) == 17


def test_a_target_is_held_against_a_whole_year_only() -> None:
    year, month = titles(seen("party", area="320613", lang="zh")), titles(opened("party", period="2020-05"))
    assert [title for title in year if "25 小时" in title] and not [title for title in month if "25 小时" in title]


def test_the_sql_shown_names_the_area_asked_for() -> None:
    assert "'320613007'" in Question(party_chain, ("320613007", "community", END)).sql()
