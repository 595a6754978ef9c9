"""A presentation: each scene a slide with a native map, charts and tables, notes and source; definitions at the end."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any, Final

import pandas as pd
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from geo.palettes import PALETTES
from pages.exports.model import Chart, Content, Document, Rows, Table
from pages.exports.pptx_base import Box, Deck, Places, deck, fitted, places, rgb, take_out
from pages.exports.pptx_chart import draw_chart, draw_matrix, draw_table
from pages.exports.pptx_map import MapDrawing
from pages.exports.series import Matrix, Native, native
from pages.parts.charts import width_of
from pages.parts.words import speaking, t

Progress = Callable[[str, float], None]
PALETTE: Final = PALETTES["light"]
EMU: Final = 12_700
MOST_MATRIX: Final = (20, 18)  # rows and columns of a matrix that can be read on a slide
APPENDIX_ROWS: Final = 19
MANY_BARS: Final = 12
SHORT: Final = 8  # so many ranks stand on the slide itself
PAGE_UNITS: Final = 3_000  # half-width characters that a page of definitions holds
CHART_PT: Final = 9.0


def pptx_bytes(document: Document, progress: Progress | None = None, template: Path | None = None) -> bytes:
    """The document as PPTX, in the user's template if one is given. Raises TemplateUnreadable."""
    with speaking(document.lang):
        made = deck(template)
        made.presentation.core_properties.title = document.title
        if len(document.contents) > 1:
            _cover(made, document)
        for place, content in enumerate(document.contents):
            if progress:
                progress(content.title, place / max(len(document.contents), 1))
            _scene(made, content)
            for first in range(2, len(content.charts), 2):
                _more_charts(made, content, content.charts[first : first + 2])
        for content in document.contents:
            _appendix(made, content)
        _definitions(made, document)
        _numbers(made)
        out = io.BytesIO()
        made.presentation.save(out)
        return out.getvalue()


def _cover(made: Deck, document: Document) -> None:
    """Title, nature of the data, day: in the template's own places where it has a cover, else where ours have them."""
    slide = made.presentation.slides.add_slide(made.cover)
    said = "\n".join(filter(None, (document.nature, document.made_on, t("footer.schematic"))))
    kinds = {shape.placeholder_format.type: shape for shape in slide.placeholders}
    title, under = kinds.get(KIND.CENTER_TITLE), kinds.get(KIND.SUBTITLE)
    if title is None or under is None:
        _plain_cover(made, slide, document.title, said)
        return
    title.text_frame.text, under.text_frame.text = document.title, said
    if made.own:
        _style(title, 36, PALETTE.ink, bold=True)
        _style(under, 16, PALETTE.muted)
        # all four: what is not said is zero and no longer the layout's
        under.left, under.top, under.width, under.height = title.left, under.top, title.width, under.height


def _plain_cover(made: Deck, slide: Any, title: str, said: str) -> None:
    width, height = made.size
    left, wide = round(width * 0.08), round(width * 0.84)
    box, below = (left, round(height * 0.3), wide, round(height * 0.2)), (left, round(height * 0.52), wide, height // 5)
    _panel(slide, made, (left // 2, box[1], width - left, round(height * 0.45)))
    for shape in list(slide.placeholders):
        take_out(shape)
    words(slide, title, box, fitted(title, box, 36), PALETTE.ink, bold=True)
    words(slide, said, below, 16, PALETTE.muted, name=t("downloads.nature"))


def _scene(made: Deck, content: Content) -> None:
    """One scene: title, finding, map at the left, up to two charts at the right, the source below, notes."""
    slide = made.presentation.slides.add_slide(made.scene)
    where = places(made, slide)
    _head(made, slide, where, content.title, content.finding)
    right = list(zip(where.charts, ("chart1", "chart2"), strict=True))
    if content.map is not None:
        MapDrawing(slide, content.map, where.map).draw()
        slide.shapes.turbo_add_enabled = True  # else each shape looks through the map's thousand for a free number
        _use(where, "map")
        _right(slide, content, where, right)
    else:
        _wide(slide, content, where)
    _unused(where)
    _source(slide, where, content.source_line)
    said = [content.notes, content.more, *(f"{label}: {words}" for label, words in content.about)]
    slide.notes_slide.notes_text_frame.text = "\n".join(filter(None, said))


def _more_charts(made: Deck, content: Content, charts: Sequence[Chart]) -> None:
    """What a whole page shows beyond its first two charts: two a slide."""
    slide = made.presentation.slides.add_slide(made.scene)
    where = places(made, slide)
    _head(made, slide, where, content.title, "")
    _wide(slide, replace(content, charts=tuple(charts)), where)
    _unused(where)
    _source(slide, where, content.source_line)


def _right(slide: Any, content: Content, where: Places, right: Sequence[tuple[Box, str]]) -> None:
    """Two charts; or one with the ranks as a table below it; or the table alone, over the whole height."""
    things: list[Chart | Table] = list(content.charts[:2])
    if len(things) < 2 and content.ranked is not None:
        things.append(content.ranked)
    if len(things) == 1 and right[0][0][0] == right[1][0][0]:
        left, top, width, _ = right[0][0]
        bottom = right[1][0][1] + right[1][0][3]
        right = [((left, top, width, bottom - top), right[0][1])]
    elif len(things) == 2 and not where.kept and _has_many_bars(things[0]):
        right = _uneven(right)
    for thing, (box, name) in zip(things, right, strict=False):
        _thing(slide, thing, box, where.kept.get(name))
        _use(where, name)


def _has_many_bars(thing: Chart | Table) -> bool:
    given = native(thing.figure) if isinstance(thing, Chart) else None
    return isinstance(given, Native) and given.kind == "bar" and len(given.categories) > MANY_BARS


def _uneven(right: Sequence[tuple[Box, str]]) -> list[tuple[Box, str]]:
    """The same two places, the upper one higher."""
    ((left, top, width, high), one), ((_, below, _, low), other) = right
    more = round((high + low) * 0.58) - high
    return [((left, top, width, high + more), one), ((left, below + more, width, low - more), other)]


def _wide(slide: Any, content: Content, where: Places) -> None:
    """No map: charts side by side, or the first table."""
    left, top, width, height = where.whole
    gap = round(width * 0.02)
    things: list[Chart | Table] = list(content.charts[:2] or content.tables[:1])
    each = round((width - gap * (len(things) - 1)) / max(len(things), 1))
    for place, thing in enumerate(things):
        _thing(slide, thing, (left + place * (each + gap), top, each, height))


def _thing(slide: Any, thing: Chart | Table, box: Box, placeholder: Any = None) -> None:
    """What it says, and below it the chart or table itself."""
    lines = 1 + min(int(width_of(thing.title) * 11 * 0.55 * EMU / box[2]), 2)
    head = round(lines * 11 * 1.35 * EMU) + 4 * EMU
    words(slide, thing.title, (box[0], box[1], box[2], head), 11, PALETTE.ink, bold=True)
    below = (box[0], box[1] + head, box[2], box[3] - head)
    given = native(thing.figure) if isinstance(thing, Chart) else None
    fits = isinstance(given, Matrix) and len(given.rows) <= MOST_MATRIX[0] and len(given.columns) <= MOST_MATRIX[1]
    own = placeholder if placeholder is not None and hasattr(placeholder, "insert_chart") else None
    if isinstance(given, Matrix) and fits:
        draw_matrix(slide, given, below, thing.title, 8 if len(given.columns) > 8 else 9)
    elif given is not None and not isinstance(given, Matrix):
        frame = draw_chart(slide, given, below, thing.title, CHART_PT, own)
        if own is not None:
            frame.left, frame.top, frame.width, frame.height = (Emu(v) for v in below)
    else:
        frame = thing.table if isinstance(thing, Chart) else thing.frame
        size = 9.0
        room = int(below[3] / (size * 1.75 * EMU)) - 1
        draw_table(slide, _short(frame), below, thing.title, size, max(room, 3))


def _short(frame: pd.DataFrame) -> pd.DataFrame:
    """What has room on the slide itself: five columns, without codes; the whole stands at the end."""
    kept = [name for name in frame.columns if str(name).casefold() != t("records.code").casefold()]
    return frame[kept].iloc[:, :5]


def _use(where: Places, name: str) -> None:
    """The template's placeholder is not needed beside what was drawn in its place (an inserted chart has taken it)."""
    shape = where.kept.pop(name, None)
    if shape is not None and shape._element.getparent() is not None:
        take_out(shape)


def _unused(where: Places) -> None:
    for name in ("map", "chart1", "chart2"):
        _use(where, name)


def _head(made: Deck, slide: Any, where: Places, title: str, finding: str) -> None:
    _panel(slide, made, _ground(where, titled=slide.shapes.title is None))
    _title(made, slide, where, title)
    if "finding" in where.kept:
        _in_place(where.kept["finding"], finding, fitted(finding, where.finding, 20.0))
        return
    size = 15.0 if width_of(finding) * 15 * 0.53 * EMU <= 1.9 * where.finding[2] else 12.0
    words(slide, finding, where.finding, size, PALETTE.ink, name=t("exports.finding"))


def _title(made: Deck, slide: Any, where: Places, title: str) -> None:
    """The title in its placeholder, smaller where it is long; a template that has none gets a plain text."""
    shape = slide.shapes.title
    if shape is None:
        words(slide, title, where.title, fitted(title, where.title, 26.0), PALETTE.ink, bold=True)
        return
    shape.text_frame.text = title
    if made.own or (shape.left, shape.top, shape.width, shape.height) != where.title:
        shape.left, shape.top, shape.width, shape.height = (Emu(v) for v in where.title)
        shape.text_frame._txBody.bodyPr.set("vert", "horz")
    if made.own:
        size = 26.0 if width_of(title) <= 64 else 20 if width_of(title) <= 84 else 16
        _style(shape, size, PALETTE.ink, bold=True)
    elif (size := fitted(title, where.title, made.title_points)) < made.title_points:
        for run in shape.text_frame.paragraphs[0].runs:
            run.font.size = Pt(size)


def _in_place(shape: Any, text: str, size: float) -> None:
    """A sentence in a template's place for text: without the bullet of its lists, in type that fits."""
    shape.text_frame.text = text
    paragraph = shape.text_frame.paragraphs[0]
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", "0")
    properties.set("indent", "0")
    properties.insert(0, properties.makeelement(qn("a:buNone"), {}))
    for run in paragraph.runs:
        run.font.size = Pt(size)


def _ground(where: Places, *, titled: bool) -> Box:
    """All that is drawn in our own colours, with some room around."""
    left, _, width, _ = where.whole
    first = where.title if titled else where.whole if "finding" in where.kept else where.finding
    room = left // 3
    return left - room, first[1], width + 2 * room, where.source[1] + where.source[3] - first[1]


def _panel(slide: Any, made: Deck, box: Box) -> bool:
    """A light ground below everything on a dark template; whether one was needed."""
    if made.dark:
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Emu, box))
        shape.name = t("exports.ground")
        shape.fill.solid()
        shape.fill.fore_color.rgb = rgb(PALETTE.surface)
        shape.line.fill.background()
        shape.shadow.inherit = False
        slide.shapes._spTree.insert(2, shape._element)
    return made.dark


def _style(shape: Any, size: float, colour: str, *, bold: bool = False) -> None:
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = 0
    for paragraph in frame.paragraphs:
        paragraph.alignment = 1
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, rgb(colour)


def _source(slide: Any, where: Places, line: str) -> None:
    if "source" in where.kept:
        where.kept["source"].text_frame.text = line
        return
    words(slide, line, where.source, 9, PALETTE.muted, name=t("downloads.source"))


def words(
    slide: Any, text: str, box: Box, size: float, colour: str, *, bold: bool = False, name: str = ""
) -> Any:  # fmt: skip
    """A text box of one paragraph that wraps in its box."""
    shape = slide.shapes.add_textbox(*map(Emu, box))
    shape.name = name or text[:60]
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    run = frame.paragraphs[0].add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, rgb(colour)
    return shape


# ── what stands at the end ──


def _appendix(made: Deck, content: Content) -> None:
    """The tables behind a scene's map and charts that the slide itself has no room for, one slide each."""
    for table in _beyond(content):
        shown = table.frame.iloc[:, :10]
        slide = made.presentation.slides.add_slide(made.scene)
        where = places(made, slide)
        _head(made, slide, where, t("exports.table_of", title=content.title), table.title)
        size = 10 if len(shown.columns) <= 7 else 9
        draw_table(slide, shown, where.whole, table.title, size, APPENDIX_ROWS)
        _unused(where)
        _source(slide, where, content.source_line)


def _beyond(content: Content) -> list[Table]:
    """The ranks unless they stand on the slide, and what no native chart holds: those carry their own workbook."""
    drawn = {chart.key for chart in content.charts if not isinstance(native(chart.figure), Matrix | None)}
    on_slide = len(content.charts) < 2 and content.ranked is not None and len(content.ranked.frame) <= SHORT
    left_out = drawn - {"ranked"} | ({"ranked"} if on_slide else set())
    return [table for table in content.all_tables if table.key not in left_out]


def _definitions(made: Deck, document: Document) -> None:
    """What every figure means, and where the data come from; on as many slides as they need."""
    provenance = tuple(dict(pair for content in document.contents for pair in content.about[:1]).items())
    for place, page in enumerate(_pages((*document.terms, *_common(document), *provenance)), start=1):
        slide = made.presentation.slides.add_slide(made.scene)
        where = places(made, slide)
        title = t("exports.definitions") + (f" ({place})" if place > 1 else "")
        _head(made, slide, where, title, t("exports.definitions_text"))
        _unused(where)
        shape = words(slide, "", where.whole, 11, PALETTE.ink, name=title)
        frame = shape.text_frame
        for line, (label, said) in enumerate(page):
            paragraph = frame.paragraphs[0] if line == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(4)
            for text, bold in ((f"{label}　" if document.lang == "zh" else f"{label}: ", True), (said, False)):
                run = paragraph.add_run()
                run.text, run.font.bold, run.font.size = text, bold, Pt(11)
                run.font.color.rgb = rgb(PALETTE.ink)


def _common(document: Document) -> Rows:
    """Edition, version and loading time, the same for all scenes."""
    wanted = {t("downloads.edition"), t("downloads.version"), t("downloads.loaded")}
    return tuple(dict(row for content in document.contents for row in content.about if row[0] in wanted).items())


def _pages(rows: Rows) -> list[Rows]:
    """On as few slides as they need, about as many on each: a single row alone would look forgotten."""
    costs = [(width_of(label + said) // 150 + 1) * 150 for label, said in rows]
    limit = min(PAGE_UNITS, sum(costs) / ceil(sum(costs) / PAGE_UNITS) + 300) if costs else PAGE_UNITS
    pages: list[list[tuple[str, str]]] = [[]]
    used = 0
    for row, cost in zip(rows, costs, strict=True):
        if pages[-1] and used + cost > limit:
            pages.append([])
            used = 0
        pages[-1].append(row)
        used += cost
    return [tuple(page) for page in pages if page]


def _numbers(made: Deck) -> None:
    """A number on every slide of our own ground; a template numbers its slides as it likes."""
    if not made.own:
        return
    width, height = made.size
    slides = list(made.presentation.slides)
    for place, slide in enumerate(slides, start=1):
        box = (round(width * 0.9), round(height * 0.945), round(width * 0.068), round(height * 0.04))
        shape = words(slide, f"{place} / {len(slides)}", box, 9, PALETTE.muted, name=t("exports.page"))
        shape.text_frame.paragraphs[0].alignment = 3
