"""Slides hold the same numbers as the page, native and editable; the map is shapes; nothing lies beyond the slide."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches

from data.indicators import load_indicators
from data.stories import shipped
from pages.exports.content import PAGES, NotExportable, content_of, view_of
from pages.exports.pptx import pptx_bytes
from pages.exports.pptx_base import TemplateUnreadable
from pages.exports.pptx_chart import draw_table
from pages.exports.series import Matrix, Native, native
from pages.exports.stories import content_of_scene
from pages.parts import data, staging, state
from pages.parts.scene import scene, shown
from tests.exporting import page_document, story_document

EVENTS = "/events?area=320613007&period=2020"


def opened(content: bytes) -> Any:
    return Presentation(io.BytesIO(content))


@pytest.fixture(scope="module")
def deck(extracts: Path) -> Any:
    return opened(pptx_bytes(page_document(EVENTS)))


def every(shapes: Any) -> list[Any]:
    """Shapes and those in groups."""
    found = []
    for shape in shapes:
        found.append(shape)
        if shape.shape_type == 6:
            found += every(shape.shapes)
    return found


def test_the_cover_says_its_title_and_what_the_data_are_on_the_slide(extracts: Path) -> None:
    page = page_document(EVENTS)
    deck = opened(pptx_bytes(replace(page, contents=page.contents * 2)))
    title, said = deck.slides[0].placeholders
    assert page.nature in said.text_frame.text
    assert said.height > 0 and title.top + title.height <= said.top < said.top + said.height < deck.slide_height


def text_of(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in every(slide.shapes) if shape.has_text_frame)


def test_a_chart_holds_the_numbers_of_the_page(deck: Any) -> None:
    charts = [shape.chart for shape in deck.slides[0].shapes if shape.has_chart]
    assert len(charts) == 2
    indicator = load_indicators()["attendances_per_1000"]
    values = data.indicator_values(indicator, "community", "320613007", "2020").set_index("code")["value"]
    told = dict(zip(charts[0].plots[0].categories, charts[0].plots[0].series[0].values, strict=True))
    names = {data.area(code)["name_zh"]: value for code, value in values.dropna().items()}
    assert told == pytest.approx(names)
    months = charts[1].plots[0]
    assert len(months.categories) == 12 and [s.name for s in months.series] == [
        "上年同期",
        data.area("320613007").name_zh,
    ]


@pytest.mark.parametrize("page", ["party", "services", "events", "information", "workforce"])
def test_every_native_chart_says_what_the_figure_says(extracts: Path, page: str) -> None:
    view, _ = view_of(page, {"area": "320613007"}, "zh")
    charts = content_of(view).charts
    found = {chart.key: native(chart.figure) for chart in charts}
    assert sum(isinstance(each, Native) for each in found.values()) >= 4, found.keys()
    for chart in charts:
        given = found[chart.key]
        if isinstance(given, Native) and given.kind in {"bar", "column"}:
            numbers = {round(abs(v), 3) for s in given.series for v in s.values if v}
            across = given.kind == "bar"
            drawn = {round(abs(float(v)), 3) for trace in chart.figure.data for v in (trace.x if across else trace.y)}
            assert numbers <= drawn, chart.key
        if isinstance(given, Matrix):
            assert len(given.words) == len(given.rows) and all(len(r) == len(given.columns) for r in given.words)


def test_the_map_is_shapes_of_their_names_in_the_colours_of_the_page(deck: Any) -> None:
    view, _ = view_of("events", {"area": "320613007", "period": "2020"}, "zh")
    indicator = load_indicators()["attendances_per_1000"]
    with state.viewing(view):
        drawn = scene(view, indicator, shown(view, indicator))
    shapes = {shape.name: shape for shape in every(deck.slides[0].shapes) if shape.shape_type == 5}
    for code, colour in drawn.colours.items():
        shape = shapes[data.area(code)["name_zh"]]
        assert f"#{shape.fill.fore_color.rgb}".lower() == colour.lower()
    groups = [shape.name for shape in every(deck.slides[0].shapes) if shape.shape_type == 6]
    assert {"区域", "水系", "道路", "图例"} <= set(groups)
    ids = deck.slides[0].shapes.element.xpath("//p:cNvPr/@id")
    assert len(ids) == len(set(ids)), "shapes of one number make PowerPoint repair the file"


def test_everything_lies_on_the_slide_and_says_where_it_comes_from(deck: Any) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0, shape.name
            assert shape.left + shape.width <= deck.slide_width and shape.top + shape.height <= deck.slide_height
    first, meanings = deck.slides[0], [text_of(slide) for slide in deck.slides if "口径与来源" in text_of(slide)]
    assert "演示数据" in text_of(first) and "边界版本" in text_of(first) and "载入于" in text_of(first)
    assert "每千人活动参与人次" in meanings[0] and "数据装载时间" in "".join(meanings)
    assert "演示数据" in first.notes_slide.notes_text_frame.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_story_has_a_slide_a_scene_with_its_title_and_notes(extracts: Path, language: str) -> None:
    document = story_document(language)
    deck = opened(pptx_bytes(document))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[0] == document.title
    assert titles[1:4] == [content.title for content in document.contents]
    assert document.contents[0].notes in deck.slides[1].notes_slide.notes_text_frame.text
    if language == "en":  # names of places aside, nothing Chinese is left
        assert not any("一" <= char <= "鿿" for char in "".join(map(text_of, deck.slides)).replace("演示数据", ""))


def template_of(path: Path, layouts: set[str], *, bare: bool = False, ground: str = "") -> Path:
    """A 4:3 template with only these of the usual layouts and a sample slide."""
    made = Presentation()
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "sample"
    for layout in [each for each in made.slide_layouts if each.name not in layouts and each.name != "Title Slide"]:
        made.slide_layouts.remove(layout)
    if bare:
        for layout in made.slide_layouts:
            for shape in list(layout.placeholders):
                shape._element.getparent().remove(shape._element)
    if ground:
        fill = f'<a:solidFill><a:srgbClr val="{ground}"/></a:solidFill><a:effectLst/>'
        made.slide_master.element.cSld.insert(0, parse_xml(f"<p:bg {nsdecls('p', 'a')}><p:bgPr>{fill}</p:bgPr></p:bg>"))
    made.save(str(path))
    return path


def boxes_of(slide: Any) -> dict[str, tuple[int, int, int, int]]:
    """What stands on a slide, a ground that lies below everything left out."""
    drawn = [s for s in slide.shapes if s.name != "底色"]
    return {f"{s.shape_id} {s.name}": (s.left, s.top, s.left + s.width, s.top + s.height) for s in drawn}


@pytest.mark.parametrize(
    ("layouts", "bare", "ground"),
    [
        ({"Blank"}, True, ""), ({"Title Only"}, False, ""), ({"Title and Content"}, False, ""),
        ({"Two Content"}, False, "0B2A4A"), ({"Picture with Caption"}, False, ""),
        ({"Vertical Title and Text"}, False, ""), ({"Comparison", "Content with Caption"}, False, ""),
    ],
)  # fmt: skip
def test_any_template_gives_slides_on_which_nothing_overlaps(
    extracts: Path, tmp_path: Path, layouts: set[str], bare: bool, ground: str
) -> None:
    path = template_of(tmp_path / "own.pptx", layouts, bare=bare, ground=ground)
    document = page_document(EVENTS)
    short = replace(document, contents=(replace(document.contents[0], charts=document.contents[0].charts[:2]),))
    deck = opened(pptx_bytes(short, template=path))
    assert deck.slide_width == Inches(10) and "sample" not in "".join(map(text_of, deck.slides))
    for slide in deck.slides:
        assert not [s.name for s in slide.placeholders if not s.has_text_frame or not s.text_frame.text], "click to add"
        assert (slide.shapes[0].name == "底色") == bool(ground), "light words need a ground of their own"
        for (name, one), (beside, other) in combinations(boxes_of(slide).items(), 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, f"{name} lies over {beside}"
        for name, (left, top, right, bottom) in boxes_of(slide).items():
            assert min(left, top) >= 0 and right <= deck.slide_width and bottom <= deck.slide_height, name
    assert document.title in text_of(deck.slides[0])


def test_what_is_no_presentation_is_no_template(extracts: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.pptx").write_bytes(b"no presentation")
    with pytest.raises(TemplateUnreadable):
        pptx_bytes(page_document(EVENTS), template=tmp_path / "bad.pptx")


@pytest.mark.parametrize(("rows", "words"), [(60, "short"), (12, "a long sentence of many words " * 6)])
def test_a_table_stays_in_its_box_with_both_ends(rows: int, words: str) -> None:
    given = pd.DataFrame({"Neighbourhoods": range(rows), "Name": [f"{words}{i}" for i in range(rows)]})
    slide = (deck := Presentation()).slides.add_slide(deck.slide_layouts[6])
    box = (0, 0, Inches(6), Inches(3))
    table = draw_table(slide, given, box, "t", 10, 19).table
    assert sum(row.height for row in table.rows) <= box[3]
    assert table.cell(1, 0).text == "0" and table.cell(len(table.rows) - 1, 0).text == str(rows - 1)
    sizes = {run.font.size.pt for cell in table.iter_cells() for p in cell.text_frame.paragraphs for run in p.runs}
    assert len(sizes) == 1 and sizes.pop() >= 6.5


@pytest.mark.parametrize("number", [2, 7])
def test_a_slide_finds_what_the_talk_finds(extracts: Path, number: int) -> None:
    """The map shows the scene's indicator, which need not be the one that its page begins with."""
    story = shipped("ten-minutes", "en")
    scene = story.main[number]
    found = content_of_scene(scene, story)
    assert found.finding.startswith(staging.stage(scene, story, "light").finding)


def test_pages_that_show_nothing_are_refused() -> None:
    assert "overview" in PAGES
    with pytest.raises(NotExportable):
        view_of("search", {}, "zh")


def test_the_shell_writes_the_file_and_says_what_is_wrong(extracts: Path, tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-m", "pages", "export", "--lang", "zh", "--format", "pptx"]
    out = tmp_path / "made" / "a.pptx"
    made = subprocess.run([*command, "--url", "/?area=320613007005", "--out", str(out)], cwd=root, capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert made.stderr == "" and opened(out.read_bytes()).slides
    wrong = subprocess.run([*command, "--url", "/nowhere", "--out", str(out)], cwd=root, capture_output=True, text=True)
    assert wrong.returncode == 1 and "Traceback" not in wrong.stderr and wrong.stderr.count("\n") == 3
