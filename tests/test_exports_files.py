"""PDF, offline page, pictures and workbooks: the same figures, nothing fetched or executed, nothing left unsaid."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Browser, Route

from data.indicators import load_indicators
from pages.exports.cells import words_of
from pages.exports.html import html_bytes
from pages.exports.image import NoSuchFigure, figures_of, png_bytes, svg_bytes
from pages.exports.pdf import pdf_bytes
from pages.exports.picture import Frame, bar_of
from pages.exports.svg_chart import chart_svg
from pages.exports.xlsx import xlsx_bytes
from pages.parts import data
from pages.parts.words import speaking
from tests.exporting import page_document, story_document

EVENTS = "/events?area=320613007&period=2020"
LIMIT = 5_000_000


def test_a_pdf_has_its_pages_and_embeds_its_type(extracts: Path) -> None:
    made = pdf_bytes(story_document("zh"))
    assert made.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) >= 5
    assert b"NotoSansCJK" in made and (b"/FontFile3" in made or b"/FontFile2" in made)
    assert b"/Subtype/Image" not in made.replace(b" ", b""), "maps and charts are lines, no pictures"


@pytest.fixture(scope="module")
def book(extracts: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx_bytes(page_document(EVENTS))))


def test_a_workbook_has_a_sheet_a_table_with_the_page_s_numbers(book: openpyxl.Workbook) -> None:
    document = page_document(EVENTS)
    tables = document.contents[0].all_tables
    assert book.sheetnames[0] == "目录" and book.sheetnames[-2:] == ["口径与来源", "数据说明"]
    assert len(book.sheetnames) == len(tables) + 3
    sheet = book[book.sheetnames[1]]
    told = {row[1]: row[2] for row in sheet.iter_rows(min_row=4, values_only=True)}
    indicator = load_indicators()["attendances_per_1000"]
    values = data.indicator_values(indicator, "community", "320613007", "2020").set_index("code")["value"]
    assert told == {data.area(code)["name_zh"]: round(value, indicator.decimals) for code, value in values.items()}


def test_every_sheet_can_be_printed(book: openpyxl.Workbook) -> None:
    for place, sheet in enumerate(book):
        assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert "演示数据" in sheet.oddFooter.left.text and sheet.oddFooter.right.text == "&P / &N"
        assert (sheet.print_title_rows == "$3:$3") == (0 < place < len(book.sheetnames) - 2)


def test_a_column_has_one_number_of_decimals_and_a_row_that_of_its_indicator(extracts: Path) -> None:
    assert list(words_of(pd.DataFrame({"a": [65.0, 87.25], "b": [2019, 2020]}))["a"]) == ["65.00", "87.25"]
    table = page_document("/area?area=320613007&period=2020").contents[0].tables[0]
    known = {each.words("name", "zh"): each.decimals for each in load_indicators().values()}
    for name, *told in words_of(table.frame).itertuples(index=False, name=None):
        numbers = [word for word in (told[1], told[2], told[3], told[5]) if re.fullmatch(r"[+−±]?[\d,.]+", word)]
        assert numbers and {len(n.partition(".")[2]) for n in numbers} == {known[name]}, name


def test_charts_stand_beside_their_cells_and_read_them(book: openpyxl.Workbook) -> None:
    charts = [(sheet, chart) for sheet in book for chart in sheet._charts]
    assert len(charts) >= 4
    for sheet, chart in charts:
        for series in chart.series:
            assert sheet.title in series.val.numRef.f.replace("''", "'")


def test_provenance_and_definitions_are_in_every_file(book: openpyxl.Workbook, extracts: Path) -> None:
    document = page_document(EVENTS)
    words = ("演示数据", "2020-07", data.manifest().version, "活动参与")
    about = " ".join(str(c.value) for row in book["数据说明"].iter_rows() for c in row if c.value)
    page = html_bytes(document).decode()
    assert all(word in about for word in words) and all(word in page for word in words)
    assert "每千人活动参与人次" in " ".join(str(c.value) for row in book["口径与来源"].iter_rows() for c in row)
    drawn = svg_bytes(document).decode()
    assert "演示数据" in drawn and "边界版本" in drawn and "示意图" in drawn


def test_no_cell_is_a_formula(extracts: Path) -> None:
    document = page_document("/records?table=event_total&area=320613007005&period=2020-05")
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(document)))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_map_s_picture_has_legend_scale_and_north(extracts: Path) -> None:
    document = page_document(EVENTS)
    root = ElementTree.fromstring(svg_bytes(document))
    marks = [each for each in root.iter() if each.get("data-code")]
    picture = document.contents[0].map
    assert picture is not None and {m.get("data-code") for m in marks} == {s.code for s in picture.shapes}
    scale = next(each for each in root.iter() if each.get("class") == "scale")
    assert float(scale.get("data-metres", 0)) in {1.0 * n * 10**p for n in (1, 2, 5) for p in range(1, 6)}
    assert next(root.iter("{http://www.w3.org/2000/svg}title")).text == document.title


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    frame = Frame((500_000.0, 3_500_000.0, 520_000.0, 3_510_000.0), 400.0, 400.0)
    metres, length = bar_of(frame, 70.0)
    left, right = frame.at(500_000.0, 3_505_000.0), frame.at(500_000.0 + metres, 3_505_000.0)
    assert metres == 2000 and right[0] - left[0] == pytest.approx(length)


def test_png_has_the_size_of_the_paper(extracts: Path) -> None:
    image = Image.open(io.BytesIO(png_bytes(page_document(EVENTS), width_mm=148, height_mm=105, ppi=100)))
    assert abs(image.width - 148 / 25.4 * 100) <= 2 and abs(image.height - 105 / 25.4 * 100) <= 2
    assert len(image.convert("RGB").getcolors(1_000_000) or []) > 50


def test_every_chart_of_every_theme_is_drawn_with_its_words(extracts: Path) -> None:
    for address in ("/services?area=320613007", "/information?area=320613007", "/outcomes?area=320613007"):
        document = page_document(address)
        assert figures_of(document.contents[0])[0] == "map"
        for chart in document.contents[0].charts:
            with speaking("zh"):
                root = ElementTree.fromstring(chart_svg(chart.figure, 400, chart.title))
            text = "".join(root.itertext())
            for axis in (chart.figure.layout.yaxis, chart.figure.layout.xaxis):
                if axis.visible is not False and axis.showticklabels is not False:
                    assert all(re.sub("<[^>]+>", "", str(w)) in text for w in (axis.ticktext or ())[:3]), chart.key


def test_a_figure_that_is_not_there_is_named(extracts: Path) -> None:
    with pytest.raises(NoSuchFigure, match="weeks"):
        svg_bytes(page_document(EVENTS), "nothing")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_offline_page_opens_from_a_folder_with_no_network(browser: Browser, tmp_path: Path, language: str) -> None:
    content = html_bytes(story_document(language))
    assert len(content) < LIMIT
    (tmp_path / "story.html").write_bytes(content)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    asked: list[str] = []

    def only_the_file(route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context.route("**/*", only_the_file)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto((tmp_path / "story.html").as_uri())
    titles = [content.title for content in story_document(language).contents]
    assert page.locator("section.here h1").inner_text() == titles[0]
    for width, height in ((1024, 768), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        fits = "s => s.scrollHeight <= s.clientHeight && s.parentNode.scrollHeight <= s.parentNode.clientHeight"
        assert page.locator("section.here").evaluate(fits), "a scene is one window"
    page.keyboard.press("PageDown")
    assert page.locator("section.here h1").inner_text() == titles[1]
    area = page.locator("section.here [data-code]").nth(3)
    area.hover(force=True)
    assert page.locator("#tip").inner_text() == area.get_attribute("data-tip")
    page.locator("section.here .zoom button").first.click()
    assert "scale(1.6)" in str(page.locator("section.here .moving").get_attribute("transform"))
    page.locator("section.here .charts [data-tip]").first.hover(force=True)
    assert page.locator("#tip").is_visible()
    context.close()
    assert asked == [] and wrong == []
