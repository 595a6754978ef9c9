"""Real records begin with one table of one office: every page stands on them and tells no 0 of what is not there."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.contract import load_contract
from data.imports import applying, loads
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from data.manifest import EDITION
from data.publish import make_edition, write_edition
from pages.exports.briefing import briefing_of
from pages.exports.content import content_of, view_of
from pages.exports.offered import PAGES as EXPORTED
from pages.parts import registry, staging
from pages.parts.card_shelf import cards_of
from tests import office_files as office
from tests import tiny_district as tiny
from tests.edition_place import first_assignment
from tests.opening import html_of, opened, table_called, text_of
from tests.test_publish import make_geography, quiet

PAGES = [entry.name for entry in registry.PAGES]
TOLD = ("overview", "area", "compare", "reach", "records", *(page for page in EXPORTED if cards_of(page)))
"""Pages made of records: their figures, charts and sentences."""
WORD = {"zh": "尚未报送", "en": "ot delivered"}
ZERO = re.compile(r"(?<![\w.,:–\-/#%])0(\.0+)?%?(?![\w.,:–\-/]*\d)")
TRUE_ZEROS = (
    r"省级开发区 2 0 ", r"zones 2 0 ", r"本库相符 0 项", r"\b0 met by ours",
    r"0 项(不及|相近|好于)", r"(worse|the same) in 0\b", r"better than [^.]* in 0\b",
)  # fmt: skip
"""Counted from what is there: boundaries, comparisons with the report, indicators of the delivered table."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose only records are two events, which somebody has just put in force."""
    root = tmp_path_factory.mktemp("begun") / "data"
    write_edition(make_edition(make_geography(), first_assignment(), quiet), root, EDITION)
    row = dict(zip(office.EVENT_HEADERS, office.EVENT, strict=True)) | {"主办邻里": tiny.A1}
    told = [list((row | {"活动编号": identity}).values()) for identity in ("E8", "E9")]
    file = office.text_file(root.parent / "events.csv", [office.EVENT_HEADERS, *told])
    load = loads.stage(root, examine([str(file)], root, Options(), Mappings()), "clerk")
    applying.apply(root, load.id, "clerk", "checked")
    return root


@pytest.fixture(autouse=True)
def _begun(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_DATA", str(begun))
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.mark.parametrize(("turn", "name"), list(enumerate(PAGES)), ids=PAGES)
def test_a_page_stands_on_the_first_delivery_and_tells_no_0(turn: int, name: str) -> None:
    for place, area in enumerate((tiny.DISTRICT, tiny.FIRST, tiny.A1)):
        lang = ("zh", "en")[(turn + place) % 2]
        app = opened(name, lang=lang, area=area)
        assert not app.exception and 'class="ll-failure' not in html_of(app), area
        assert "Traceback" not in text_of(app)
        if name in TOLD:
            assert not zeros(said(app)), (area, zeros(said(app)))
            assert not drawn(app), (area, drawn(app))
            assert name == "records" or WORD[lang] in said(app)


def said(app: AppTest) -> str:
    """What the page says, without where its figures come from and what will stand in a place that is empty."""
    aside = r'<style.*?</style>|<details class="ll-source".*?</details>|<p class="ll-about">.*?</p>'
    words = re.sub(r"<[^>]+>", " ", re.sub(aside, "", html_of(app), flags=re.DOTALL))
    labels = [each.label for each in app.expander]
    return unescape(re.sub(r"\s+", " ", " ".join([words, *labels])))


def zeros(text: str) -> list[str]:
    """Every 0 of a text that is not one of those counted from what is there, with what stands around it."""
    for true in TRUE_ZEROS:
        text = re.sub(true, " ", text)
    return [text[max(0, found.start() - 40) : found.end() + 20] for found in ZERO.finditer(text)]


def drawn(app: AppTest) -> list[str]:
    """Titles of the charts that draw anything but how alike areas are, which boundaries tell."""
    specs: list[dict[str, Any]] = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    titles = [str(spec["layout"].get("title", {}).get("text", "")) for spec in specs if spec["data"]]
    return [title for title in titles if "最相<br>似" not in title and not title.startswith("Most like")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_not_delivered_is_named_with_who_delivers_it_and_where(lang: str) -> None:
    told = html_of(opened("self_governance", lang=lang, area=tiny.DISTRICT))
    empty = [part for part in re.findall(r'<div class="ll-empty".*?</div>', told) if "ll-about" in part]
    assert len(empty) == len(cards_of("self_governance"))
    words = {
        "zh": ("“议事协商”尚未报送", "由街道办事处报送"),
        "en": ("Not delivered yet: Deliberations", "subdistrict office"),
    }
    assert sum(words[lang][0] in part for part in empty) == 3
    assert all(words[lang][1] in part and "deliveries" in part for part in empty)
    assert "未报送" in said(opened("records", lang="zh", table="deliberation", area=tiny.FIRST))
    title = {"zh": "各类记录的报送情况", "en": "Deliveries of all kinds of records"}[lang]
    coverage = table_called(opened("delivery_quality", lang=lang), title).iloc[:, 2]
    missing = {"zh": "未报送", "en": "not delivered"}[lang]
    assert list(coverage[coverage != missing]) == ["1 / 1"] and len(coverage) == len(load_contract().records)
    rows = said(opened("dictionary", lang=lang))
    assert {"zh": "街道办事处 未报送", "en": "subdistrict office not delivered"}[lang] in rows


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_files_and_scenes_leave_out_what_is_not_delivered_and_say_so(lang: str) -> None:
    for page in (each for each in EXPORTED if each != "boundaries"):
        view, _ = view_of(page, {"area": tiny.DISTRICT}, lang)
        content = content_of(view)
        told = f"{content.finding} {content.more}"
        assert not zeros(told), (page, told)
        assert WORD[lang] in told or not cards_of(page), page
        for key in (each for each in cards_of(page) if each != "alike"):
            assert staging.card_chart(page, key, view) is None, (page, key)
        charted = [chart.key for chart in content.charts if chart.key not in ("ranked", "trend", "alike")]
        assert not charted, (page, charted)
    briefing = briefing_of({"area": tiny.DISTRICT}, lang)
    sentences = " ".join(sentence for section in briefing.sections for sentence in section.sentences)
    assert WORD[lang] in sentences and not zeros(sentences)
