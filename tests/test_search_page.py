"""The search page finds an area however it is called, in both languages, and says what to do when it finds none."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.words import words

ROOT = Path(__file__).resolve().parents[1]


def markup(asked: str, language: str = "zh") -> str:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.switch_page("pages/search.py")
    page.query_params["q"] = asked
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    return "".join(element.proto.body for element in page.get("html"))


def shown(asked: str, language: str = "zh") -> str:
    return unescape(markup(asked, language))


@pytest.mark.usefixtures("extracts")
@pytest.mark.parametrize("asked", ["中心村社区", "中心村", "zhongxincun", "zxc", "320613007005", "钟秀 中心村"])
def test_the_first_result_is_the_area_meant(asked: str) -> None:
    first = re.search(r'class="ll-result" href="([^"]*)">([^<]*)<', shown(asked))
    assert first and first[2] == "中心村社区" and "area=320613007005&" in first[1]


@pytest.mark.usefixtures("extracts")
def test_a_neighbourhood_leads_to_its_profile_and_its_name_is_english_in_english() -> None:
    found = shown("Tianqin", "en")
    assert re.search(r'class="ll-result" href="area\?area=320613007005\d{3}&[^"]*">Tianqin<', found)
    assert "neighbourhood · Chongchuan District" in found


@pytest.mark.usefixtures("extracts")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("asked", "key"), [("", "search.empty"), ("@@@@", "search.none")])
def test_nothing_found_says_so_and_how_to_search(asked: str, key: str, language: str) -> None:
    found = shown(asked, language)
    assert words(language)[key].format(asked=asked) in found and words(language)["search.how"] in found


@pytest.mark.usefixtures("extracts")
def test_what_is_typed_is_never_markup() -> None:
    found = markup("<script>alert(1)</script>")
    assert "<script" not in found and "&lt;script&gt;" in found
