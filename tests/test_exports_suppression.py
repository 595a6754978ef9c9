"""What is withheld on a page is withheld in every file: a curious reader opens them all and finds no small count."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from pptx import Presentation

from pages.exports.briefing import briefing_of
from pages.exports.html import html_bytes
from pages.exports.image import svg_bytes
from pages.exports.model import Document
from pages.exports.pptx import pptx_bytes
from pages.exports.series import Matrix, Native, native
from pages.exports.xlsx import xlsx_bytes
from pages.parts import data
from pages.parts.words import words
from queries.suppression import SMALL
from tests.exporting import page_document

SURVEY = "/?area=320613&indicator=satisfaction&level=community&period=2020"
EXCHANGE = "/events?area=320613007&period=2020"
WORD = words("zh")["meaning.withheld"]


@pytest.fixture(scope="module")
def document(extracts: Path) -> Document:
    return page_document(SURVEY)


@pytest.fixture(scope="module")
def kept(extracts: Path) -> dict[str, str]:
    """Names of the communities whose share is withheld, by code."""
    values = data.indicator_values(data.indicators()["satisfaction"], "community", "320613", "2020")
    found = values.loc[values["withheld"], "code"]
    assert len(found) > 10
    return {str(code): str(data.area(str(code))["name_zh"]) for code in found}


def test_the_map_says_a_word_where_the_page_does(document: Document, kept: dict[str, str]) -> None:
    root = ElementTree.fromstring(svg_bytes(document))
    marks = {each.get("data-code"): each for each in root.iter() if each.get("data-code")}
    for code, name in kept.items():
        assert marks[code].get("data-tip") == f"{name} {WORD}"
        assert str(marks[code].get("fill")).startswith("url(#suppressed")
    page = html_bytes(document).decode()
    assert all(f'data-tip="{name} {WORD}"' in page for name in kept.values())


def test_slides_tell_no_withheld_share(document: Document, kept: dict[str, str]) -> None:
    deck = Presentation(io.BytesIO(pptx_bytes(document)))
    shapes = deck.slides[0].shapes.element.xpath(".//p:sp")
    told = {each.xpath("./p:nvSpPr/p:cNvPr/@name")[0]: each for each in shapes}
    for name in kept.values():
        assert told[name].xpath("./p:nvSpPr/p:cNvPr/@descr")[0] == f"{name} {WORD}"
        assert told[name].xpath("./p:spPr/a:pattFill/@prst") == ["pct20"]
    short = {name.removesuffix("社区") for name in kept.values()}
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart and shape.chart.plots[0].categories:
                assert not short & {str(c).removesuffix("社区") for c in shape.chart.plots[0].categories}


def test_workbooks_leave_the_cell_empty_and_say_why(document: Document, kept: dict[str, str]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(document)))
    rows = list(book[book.sheetnames[1]].iter_rows(min_row=4, values_only=True))
    found = {row[1]: row for row in rows}
    assert all(found[name][2] is None and found[name][3] == WORD for name in kept.values())


def counts_of(frame: Any) -> list[float]:
    """Whole numbers in the columns of attendances."""
    columns = [c for c in frame.columns if re.search("人次|首次", str(c))]
    return [float(v) for c in columns for v in frame[c] if isinstance(v, int | float) and v == v]


def test_parts_of_attendances_keep_their_threshold_in_tables_and_charts(extracts: Path) -> None:
    charts = {chart.key: chart for chart in page_document(EXCHANGE).contents[0].charts}
    for key in ("exchange", "pyramid"):
        table = charts[key].table
        assert not [v for v in counts_of(table) if 0 < v < SMALL], key
        drawn = native(charts[key].figure)
        if isinstance(drawn, Matrix):
            numbers = [int(w.replace(",", "")) for row in drawn.words for w in row if re.fullmatch(r"[\d,]+", w)]
            assert numbers and not [v for v in numbers if 0 < v < SMALL]
        if isinstance(drawn, Native):
            assert not [v for s in drawn.series for v in s.values if v and 0 < abs(v) < SMALL]


@pytest.mark.parametrize("area", ["320613007", "320613007005"])
def test_records_in_files_are_those_the_page_tells(extracts: Path, area: str) -> None:
    document = page_document(f"/records?table=survey&area={area}&period=2020")
    frame = document.contents[0].tables[0].frame
    counts = list(frame.iloc[:, -1])
    assert WORD in counts and all(v == WORD or v == 0 or v >= SMALL for v in counts)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(document)))
    column = [row[len(frame.columns) - 1] for row in book[book.sheetnames[1]].iter_rows(min_row=4, values_only=True)]
    assert column == counts
    page = html_bytes(document).decode()
    assert page.count(f">{WORD}</td>") == counts.count(WORD)


def test_a_briefing_withholds_in_words(kept: dict[str, str], extracts: Path) -> None:
    code = sorted(kept)[0]
    table = briefing_of({"area": code}, "zh").table.frame
    name = data.indicators()["satisfaction"].words("name", "zh")
    row = next(row for row in table.itertuples(index=False) if str(row[0]).startswith(name))
    assert row[1] == WORD
