"""The reference tables: every place the report names is found, names and codes agree, figures have a meaning."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pypinyin
import pytest

REFERENCE = Path(__file__).parents[1] / "data" / "reference"
NAMED_BY_THE_REPORT = {
    "新城桥街道": "320613004",
    "和平桥街道": "320613002",
    "北濠桥社区": "320613002004",
    "观音山街道": "320613009",
    "青龙桥社区": "320613009016",
    "唐家闸街道": "320613017",
    "高店社区": "320613017008",
    "永兴街道": "320613016",
    "永兴社区": "320613016013",
    "钟秀街道": "320613007",
    "中心村社区": "320613007005",
    "中心村": "320613007005",
    "虹桥街道": "320613005",
    "跃龙社区": "320613005018",
    "桃坞路社区": "320613005009",
    "港闸区": "320611",
    "原港闸区": "320611",
    "崇川区": "320613",
}
SAID = {  # readings that a dictionary of single characters gets wrong, and characters that few input methods offer
    "濠阳社区": "haoyangshequ",
    "朝东埭社区": "chaodongdaishequ",
    "朝晖社区": "zhaohuishequ",
    "埭伍桥社区": "daiwuqiaoshequ",
    "和沣社区": "hefengshequ",
    "长岸社区": "changanshequ",
    "八厂社区": "bachangshequ",
    "节制闸社区": "jiezhizhashequ",
    "丽都社区": "lidushequ",
    "三里墩社区": "sanlidunshequ",
    "转水社区": "zhuanshuishequ",
}


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    return pd.concat([table("districts"), table("subdistricts"), table("communities")], ignore_index=True)


def answers(places: pd.DataFrame, name: str) -> list[str]:
    named = (places["name_zh"] == name) | places["aliases"].str.split("|").map(lambda aliases: name in aliases)
    return list(places.loc[named, "code"])


@pytest.mark.parametrize(("name", "code"), NAMED_BY_THE_REPORT.items())
def test_every_place_the_report_names_is_found(places: pd.DataFrame, name: str, code: str) -> None:
    assert answers(places, name) == [code]


def test_there_are_as_many_areas_as_the_report_counts() -> None:
    kinds = table("subdistricts")["kind"].value_counts()
    communities = table("communities")
    assert (kinds["subdistrict"], kinds["development_zone"]) == (16, 2)
    assert len(communities) == 179
    assert (communities["in_2020_edition"] == "1").sum() == 166
    assert (communities["rural"] == "1").sum() == communities["name_zh"].str.endswith("村").sum() == 15


def test_codes_nest(places: pd.DataFrame) -> None:
    communities, subdistricts = table("communities"), table("subdistricts").set_index("code")
    assert places["code"].is_unique
    assert (communities["code"].str[:9] == communities["subdistrict_code"]).all()
    parents = subdistricts.loc[communities["subdistrict_code"], "former_district"].to_numpy()
    assert (communities["former_district"].to_numpy() == parents).all()
    assert set(communities["zone_code"]) - {""} == set(subdistricts.index[subdistricts["kind"] == "development_zone"])
    assert set(parents) <= set(table("districts")["code"])


def test_pinyin_is_the_names_own(places: pd.DataFrame) -> None:
    """Each syllable must be one that its character can have, and the initials their first letters."""
    for name, spelt, initials in zip(places["name_zh"], places["pinyin"], places["initials"], strict=True):
        readings = [set(each) for each in pypinyin.pinyin(name, style=pypinyin.Style.NORMAL, heteronym=True)]
        spellings = {""}
        for options in readings:
            spellings = {start + option for start in spellings for option in options}
        assert spelt in spellings, name
        assert len(initials) == len(name)
        assert all(
            letter in {option[0] for option in options} for letter, options in zip(initials, readings, strict=True)
        )


@pytest.mark.parametrize(("name", "pinyin"), SAID.items())
def test_rare_readings(places: pd.DataFrame, name: str, pinyin: str) -> None:
    assert list(places.loc[places["name_zh"] == name, "pinyin"]) == [pinyin]


def test_english_names(places: pd.DataFrame) -> None:
    english = places.set_index("code")["name_en"]
    assert english["320613007"] == "Zhongxiu Subdistrict"
    assert english["320613007005"] == "Zhongxincun Community"
    assert english["320613018200"] == "Wuxing Village"
    assert english["320613017006"] == "Chang'an Community"
    assert english.str.fullmatch(r"[A-Z][A-Za-z' ]+").all()
    assert english.is_unique


def test_published_figures_are_complete_and_in_our_words() -> None:
    figures = table("published_figures")
    assert list(figures.columns) == [
        "id", "theme", "name_zh", "name_en", "value", "bound", "unit", "period", "period_zh", "check", "section",
        "meaning_zh", "meaning_en",
    ]  # fmt: skip
    assert len(figures) == 69
    assert figures["id"].is_unique
    assert (figures["check"] == "total").sum() == 45
    assert set(figures["check"]) == {"total", "constant"}
    assert set(figures["bound"]) <= {"exact", "at_least", "about", "min", "max", "target"}
    assert (figures != "").all(axis=None)
    assert figures["meaning_zh"].is_unique
    assert figures["meaning_en"].is_unique
    assert pd.to_numeric(figures["value"]).notna().all()
