"""What the reader of the overview reads: the sentence itself, recomputed here from the extracts, in both languages."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.state import LEVELS
from pages.parts.words import number, speaking, words

APP = str(Path(__file__).resolve().parents[1] / "app.py")
DISTRICT, SUBDISTRICT, COMMUNITY = "320613", "320613007", "320613007005"


def opened(**query: str) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def html_of(page: AppTest) -> list[str]:
    return [element.proto.body for element in page.get("html")]


def text_of(page: AppTest) -> str:
    return unescape(re.sub(r"<[^>]+>", "", "\n".join(html_of(page))))


def lead(page: AppTest) -> str:
    found = [body for body in html_of(page) if 'class="ll-lead"' in body]
    assert len(found) == 1 and not page.exception
    return unescape(re.sub(r"<[^>]+>", "", found[0]))


@pytest.fixture(scope="module")
def areas(extracts: Path) -> pd.DataFrame:
    return pd.read_parquet(extracts / "area.parquet").set_index("code", drop=False)


@pytest.fixture(scope="module")
def rates(extracts: Path) -> pd.DataFrame:
    """Attendances per 1,000 residents by area (rows) and year (columns), straight from the measures."""
    wanted = pd.read_parquet(extracts / "measure.parquet", filters=[("measure", "in", ["attendances", "population"])])
    wanted["year"] = pd.to_datetime(wanted["month"]).dt.year
    flow = wanted[wanted["measure"] == "attendances"].groupby(["code", "year"])["value"].sum()
    stock = wanted[wanted["measure"] == "population"].sort_values("month").groupby(["code", "year"])["value"].last()
    return (1000 * flow / stock).unstack()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_district_is_told_against_last_year_with_its_extremes(
    language: str, areas: pd.DataFrame, rates: pd.DataFrame
) -> None:
    now, before = rates.at[DISTRICT, 2020], rates.at[DISTRICT, 2019]
    inside = rates.loc[areas.index[areas["level"] == "subdistrict"], 2020]
    high, low = (areas.loc[code, f"name_{language}"] for code in (inside.idxmax(), inside.idxmin()))
    by = f"{number(abs(now / before - 1) * 100, 0 if abs(now / before - 1) >= 0.095 else 1)}%"
    said = lead(opened(lang=language))
    if language == "zh":
        word = "高于" if now > before else "低于"
        assert said == (
            f"2020年，崇川区每千人活动参与人次为 {number(now)}，{word}上年同期（{number(before)}）{by}。"
            f"16 个街道中，最高的是{high}（{number(inside.max())}），最低的是{low}（{number(inside.min())}）。"
        )
    else:
        word = "above" if now > before else "below"
        assert f"{number(now)}, {by} {word} the same period of last year ({number(before)})" in said
        assert f"{high} has the highest value ({number(inside.max())})" in said and said.endswith(".")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", ["subdistrict", "community", "neighbourhood"])
def test_an_area_is_told_with_its_rank_among_its_siblings(
    level: str, language: str, areas: pd.DataFrame, rates: pd.DataFrame
) -> None:
    code = {"subdistrict": SUBDISTRICT, "community": COMMUNITY}.get(level) or str(
        areas.index[areas["parent"] == COMMUNITY][0]
    )
    row = areas.loc[code]
    beside = rates.loc[areas.index[(areas["parent"] == row["parent"]) & (areas["level"] == level)], 2020].dropna()
    rank = int((beside > beside[code]).sum()) + 1
    tied = int((beside == beside[code]).sum()) > 1
    place = {"zh": ("居第", "并列第"), "en": ("rank", "joint rank")}[language][tied]
    said = lead(opened(area=code, lang=language, compare="district"))
    parent = areas.loc[row["parent"], f"name_{language}"]
    district, mad = rates.at[DISTRICT, 2020], (beside - beside.median()).abs().median()
    verdict = "similar" if abs(beside[code] - district) <= mad else "higher" if beside[code] > district else "lower"
    with speaking(language):
        assert number(beside[code]) in said and number(district) in said
    verdict_words = {
        "zh": {"higher": "高于全区水平", "similar": "与全区水平", "lower": "低于全区水平"},
        "en": {"higher": " above the district", "similar": "similar to the district", "lower": " below the district"},
    }
    assert verdict_words[language][verdict] in said
    if language == "zh":
        assert f"在{parent} {len(beside)} 个{words('zh')[f'level.{level}']}中{place} {rank}。" in said
    else:
        assert f"{place} {rank} of {len(beside)} {words('en')[f'levels.{level}']} in {parent}." in said


def test_the_list_ranks_the_areas_and_each_row_leads_into_one(areas: pd.DataFrame, rates: pd.DataFrame) -> None:
    inside = rates.loc[areas.index[areas["level"] == "subdistrict"], 2020].sort_values(ascending=False)
    listed = next(body for body in html_of(opened()) if "ll-ranked" in body)
    assert re.findall(r'data-code="(\d+)"', listed) == list(inside.index)
    for code in inside.index:
        assert re.search(rf'href="\./\?area={code}&amp;[^"]*level=community', listed)


def test_a_long_list_shows_its_two_ends_and_the_rest_on_demand(areas: pd.DataFrame) -> None:
    listed = next(body for body in html_of(opened(level="neighbourhood")) if "ll-ranked" in body)
    assert len(re.findall(r"data-code=", listed)) == 16
    assert "显示其余 1,058 个邻里" in listed
    assert 'href="area?area=' in listed  # a neighbourhood opens its profile
    whole = opened(level="neighbourhood", list="all")
    assert len(whole.dataframe[0].value) == 1074


def test_figures_are_the_published_ones(extracts: Path) -> None:
    shown = text_of(opened())
    for figure in ("108万", "1,074", "493", "782"):
        assert figure in shown, figure


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"area": "999999"}, "notice.unknown_area"),
        ({"indicator": "happiness"}, "notice.unknown_indicator"),
        ({"period": "2020-99"}, "notice.unknown_period"),
        ({"level": "planet"}, "notice.unknown_level"),
        ({"compare": "mars"}, "notice.unknown_compare"),
        ({"theme": "pink"}, "notice.unknown_theme"),
        ({"layers": "roads,ufos"}, "notice.unknown_layers"),
    ],
)
def test_an_unknown_value_is_named_and_the_page_stands(query: dict[str, str], key: str, language: str) -> None:
    page = opened(lang=language, **query)
    shown = text_of(page)
    start = words(language)[key].split("{value}")
    assert start[-1] in shown and lead(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_period_without_data_says_so_and_the_rest_works(language: str) -> None:
    page = opened(period="2031", lang=language)
    shown = text_of(page)
    assert ("2031年，崇川区没有“每千人活动参与人次”的数据" if language == "zh" else "has no data on") in lead(page)
    assert words(language)["ranked.nothing_next"] in shown
    assert words(language)["badge.demonstration"] in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_extracts_each_part_says_what_to_do(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    page = opened(lang=language)
    assert not page.exception
    shown = text_of(page)
    assert words(language)["failure.ExtractsMissing.sentence"] in shown and "make data" in shown
    assert words(language)["nav.overview"] in shown


def asked(page: AppTest, name: str) -> str:
    value = page.query_params[name]
    return value if isinstance(value, str) else value[0]


def test_choosing_writes_the_view_into_the_address() -> None:
    page = opened(area=SUBDISTRICT)
    page.selectbox(key="compare").set_value("district").run()
    assert asked(page, "compare") == "district" and asked(page, "area") == SUBDISTRICT
    page.selectbox(key="indicator").set_value("events_per_neighbourhood").run()
    assert asked(page, "indicator") == "events_per_neighbourhood" and "每个邻里活动场次" in lead(page)
    page.selectbox(key="period").set_value("2020-05").run()
    assert asked(page, "period") == "2020-05" and "2020年5月" in lead(page)


@pytest.mark.parametrize("level", LEVELS)
def test_an_indicator_that_is_not_known_so_finely_is_shown_where_it_is(level: str) -> None:
    page = opened(area=COMMUNITY, indicator="satisfaction")
    assert f'data-code="{COMMUNITY}" class="ll-here"' in "".join(html_of(page))
    assert "居民" in lead(page)
    assert lead(opened(indicator="district_micro_budget", level=level)).startswith("2020年，崇川区")


def test_every_page_says_that_the_data_are_a_demonstration() -> None:
    shown = html_of(opened())
    marks = [part for part in ('<span class="ll-badge">', '<footer class="ll-footer"') if part in "".join(shown)]
    assert len(marks) == 2
    assert all("演示数据 · Demonstration data" in "".join(shown).split(part, 1)[1][:300] for part in marks)


def test_a_map_of_totals_says_that_they_are_totals() -> None:
    from pages.parts import data
    from pages.parts.scene import scene, shown
    from pages.parts.state import View

    known = data.indicators()
    for name, total in (("events", True), ("attendances_per_1000", False)):
        view = View(indicator=name)
        drawn = scene(view, known[name], shown(view, known[name]))
        assert ("总数，未按人口折算" in drawn.state.footer) == total
        assert "示意图·非法定界线 · 边界版本 2020-07" in drawn.state.footer
        assert drawn.state.hover_suffix == "演示边界"
        assert set(drawn.state.classes) == set(drawn.values["code"]) and len(drawn.state.classes) == 16


def test_the_approval_number_of_the_map_is_configurable(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.parts.scene import footer

    monkeypatch.setenv("LINLI_MAP_APPROVAL", "苏S(2020)001号")
    assert footer().endswith("审图号：苏S(2020)001号")
