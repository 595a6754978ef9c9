"""The profile of an area of every level, in both languages: its sentences and numbers, recomputed from the extracts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from data.indicators import load_indicators
from pages.parts.words import number, speaking, t, words
from tests.opening import asked, html_of, opened, seen, table_called, text_of

AREAS = {
    "district": "320613",
    "former_district": "320611",
    "zone": "320613401",
    "subdistrict": "320613007",
    "community": "320613007005",
    "neighbourhood": "320613007005001",
}
UNCOVERED = re.compile(r"\{\w+\}|nan|None|NaT|<NA>")


@pytest.fixture(scope="module")
def areas(extracts: Path) -> pd.DataFrame:
    return pd.read_parquet(extracts / "area.parquet").set_index("code", drop=False)


@pytest.fixture(scope="module")
def measures(extracts: Path) -> pd.DataFrame:
    frame = pd.read_parquet(extracts / "measure.parquet", filters=[("code", "in", list(AREAS.values()))])
    return frame.assign(year=pd.to_datetime(frame["month"]).dt.year)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", AREAS)
def test_every_level_opens_whole_in_both_languages(level: str, language: str, areas: pd.DataFrame) -> None:
    app = seen("area", area=AREAS[level], **({"lang": "en"} if language == "en" else {}))
    shown = text_of(app)
    assert not app.exception and "ll-failure" not in html_of(app).replace(".ll-failure", "")
    assert areas.at[AREAS[level], f"name_{language}"] in shown
    assert not UNCOVERED.search(re.sub(r"Zhongnan|Nan\w*|\w+nan\w*", "", shown)), UNCOVERED.search(shown)
    for part in ("facts", "indicators", "trends", "party", "teams", "events"):
        assert words(language)[f"area.{part}"] in shown, part


@pytest.mark.parametrize("level", AREAS)
def test_the_first_sentence_gives_its_size(level: str, areas: pd.DataFrame) -> None:
    row = areas.loc[AREAS[level]]
    shown = text_of(seen("area", area=AREAS[level]))
    size = f"{row['name_zh']}有 {row['people']:,} 人、{row['households']:,} 户"
    assert size in shown
    if row["neighbourhoods"] > 1:
        assert f"{row['neighbourhoods']:,} 个邻里" in shown


def test_verdicts_add_up_to_the_indicators_compared() -> None:
    shown = text_of(seen("area", area=AREAS["community"]))
    total, better, similar, worse = map(
        int,
        re.search(r"可比的 (\d+) 项指标中，(\d+) 项好于同类社区，(\d+) 项相近，(\d+) 项不及", shown).groups(),  # type: ignore[union-attr]
    )
    assert total == better + similar + worse > 15


def test_an_indicator_row_is_what_the_measures_say(areas: pd.DataFrame, measures: pd.DataFrame) -> None:
    code, parent = AREAS["community"], AREAS["subdistrict"]
    table = table_called(seen("area", area=code), "主要指标").set_index("指标")
    flow = measures[measures["measure"] == "attendances"].groupby(["code", "year"])["value"].sum()
    people = (
        measures[measures["measure"] == "population"].sort_values("month").groupby(["code", "year"])["value"].last()
    )
    rate = 1000 * flow / people
    row = table.loc["每千人活动参与人次"]
    assert row["2020年"].replace(",", "") == f"{rate[code, 2020]:.0f}"
    assert row[areas.at[parent, "name_zh"]].replace(",", "") == f"{rate[parent, 2020]:.0f}"
    gap = rate[code, 2020] - rate[code, 2019]
    assert row["比上年"].replace(",", "") == f"{'+' if gap > 0 else '−'}{abs(gap):.0f}"
    assert re.fullmatch(r"(高于|相近|低于) [+−±][\d,.]+", row["与比较对象相比"])


def test_the_rank_is_among_the_areas_beside_it(extracts: Path, areas: pd.DataFrame) -> None:
    code, parent = AREAS["community"], AREAS["subdistrict"]
    beside = areas.index[(areas["parent"] == parent) & (areas["level"] == "community")]
    indicator = load_indicators()["workers_certified_share"]
    frame = pd.read_parquet(
        extracts / "measure.parquet",
        filters=[("measure", "in", list(indicator.measures)), ("code", "in", list(beside))],
    )
    frame = frame[pd.to_datetime(frame["month"]).dt.year == 2020].pivot_table(
        index="code", columns="measure", values="value"
    )
    rate = frame[indicator.numerator] / frame[str(indicator.denominator)]
    rank = int((rate > rate[code]).sum()) + 1
    table = table_called(seen("area", area=code), "主要指标").set_index("指标")
    row = table.loc[next(name for name in table.index if str(name).startswith(indicator.name_zh))]
    assert row["位次"] == f"{rank}/{len(rate)}"


@pytest.mark.parametrize("level", AREAS)
def test_every_number_of_an_indicator_leads_to_records_of_that_area_and_period(level: str) -> None:
    body = html_of(seen("area", area=AREAS[level], period="2019", all="1"))
    links = re.findall(r'href="(records\?[^"]+)"', body)
    behind = [link for link in links if "table=" in link]
    assert len(behind) > 40
    assert all(f"area={AREAS[level]}" in link and "period=2019" in link for link in behind)


def test_facts_name_a_unit_a_post_and_a_telephone_and_no_person(areas: pd.DataFrame) -> None:
    row = areas.loc[AREAS["neighbourhood"]]
    body = html_of(seen("area", area=AREAS["neighbourhood"]))
    assert row["unit_zh"] in body and f'href="tel:{row["telephone"]}"' in body


@pytest.mark.parametrize("language", ["zh", "en"])
def test_four_boundaries_are_words_with_neighbours_as_links(language: str, areas: pd.DataFrame) -> None:
    row = areas.loc[AREAS["neighbourhood"]]
    app = seen("area", area=AREAS["neighbourhood"], lang=language)
    shown = re.sub(r"\s+", " ", text_of(app))
    assert ("东至" in shown) if language == "zh" else ("East:" in shown)
    for side in ("east", "south", "west", "north"):
        value = row[f"bound_{side}"]
        if isinstance(value, str) and value.isdigit():
            assert f"area={value}" in html_of(app) and areas.at[value, f"name_{language}"] in shown
            assert f"至{value}" not in shown
    if language == "en":
        assert not re.search(r"[一-龥]", shown.split("Four boundaries")[1].split("Area code")[0])


def test_children_are_sorted_as_the_address_says(areas: pd.DataFrame) -> None:
    inside = areas[areas["parent"] == AREAS["subdistrict"]]
    title = f"钟秀街道的 {len(inside)} 个社区"
    by_code = table_called(seen("area", area=AREAS["subdistrict"]), title)
    assert by_code["名称"].tolist() == inside.sort_index()["name_zh"].tolist()
    by_people = table_called(seen("area", area=AREAS["subdistrict"], sort="people", order="desc"), title)
    people = [int(cell.replace(",", "")) for cell in by_people["人口"]]
    assert people == sorted(inside["people"], reverse=True) and sum(people) == areas.at[AREAS["subdistrict"], "people"]


def test_an_unknown_sort_or_child_level_falls_back() -> None:
    app = seen("area", area=AREAS["subdistrict"], sort="colour", children="planet")
    assert not app.exception and "个社区" in text_of(app)


def test_all_indicators_on_request() -> None:
    few = table_called(seen("area", area=AREAS["district"]), "主要指标")
    many = table_called(seen("area", area=AREAS["district"], all="1"), "主要指标")
    assert len(many) > len(few) + 20 and len(many) >= len(load_indicators())


def test_choosing_a_period_goes_into_the_address_and_the_table() -> None:
    app = opened("area", area=AREAS["community"])
    app.selectbox(key="period").set_value("2019").run()
    assert asked(app, "period") == "2019" and "2019年可比的" in text_of(app)


def test_an_empty_period_says_so_and_the_rest_stands(areas: pd.DataFrame) -> None:
    app = seen("area", area=AREAS["community"], period="2031")
    shown = text_of(app)
    assert not app.exception and "2031年没有活动记录" in shown and "请换一个时段" in shown
    assert f"{areas.at[AREAS['community'], 'people']:,} 人" in shown


def test_an_unknown_area_is_said_and_the_district_shown() -> None:
    shown = text_of(seen("area", area="999999"))
    assert "没有代码为“999999”的区域" in shown and "崇川区有" in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_extracts_the_page_says_what_to_do(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    app = opened("area", lang=language)
    assert not app.exception and words(language)["failure.ExtractsMissing.sentence"] in text_of(app)


def test_a_chart_says_in_words_what_it_shows(measures: pd.DataFrame) -> None:
    app = seen("area", area=AREAS["district"])
    titles = [chart.proto.alt for chart in app.get("plotly_chart")]
    flow = measures[(measures["code"] == AREAS["district"]) & (measures["measure"] == "attendances")]
    monthly = flow[flow["year"] == 2020].set_index("month")["value"]
    with speaking("zh"):
        peak = t("date.month", year=2020, month=pd.Timestamp(monthly.idxmax()).month, month_name="", day=1)
    assert f"崇川区每月活动参与：最多的是{peak}，{number(monthly.max())} 人次" in titles
    assert any(re.match(r"每千人参与人次：2020年 [\d,]+(?: 人次/千人)?，比上年(升|降) \d+%", title) for title in titles)


def test_charts_are_saved_in_the_format_of_the_address() -> None:
    formats = {
        image: {
            json.loads(chart.proto.config)["toImageButtonOptions"]["format"]
            for chart in seen("area", area=AREAS["community"], **query).get("plotly_chart")
        }
        for image, query in (("png", {}), ("svg", {"image": "svg"}))
    }
    assert formats == {"png": {"png"}, "svg": {"svg"}}
