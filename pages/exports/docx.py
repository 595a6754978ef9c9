"""A briefing as DOCX (to edit in Word or WPS) and as PDF: two pages each, the same sentences, map and figures."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path
from typing import Any, Final

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from geo.palettes import PALETTES
from pages.exports.briefing import MAP_SHAPE, Briefing
from pages.exports.cells import widths
from pages.exports.pdf import compiled, table_of
from pages.exports.svg_map import map_svg
from pages.parts.words import speaking, t

WIDTH_MM: Final = 174.0
POINTS: Final = 72 / 25.4
FACES: Final = {"zh": ("Times New Roman", "仿宋", "黑体"), "en": ("Calibri", "仿宋", "黑体")}
"""Language -> fonts of Latin letters, of Chinese text, of Chinese headings: those official papers are set in."""

PALETTE: Final = PALETTES["light"]
JOINED: Final = "\N{ZERO WIDTH JOINER}"
"""What Word calls a break of no width that may not be: no mark begins a line."""

MARK: Final = re.compile(r"(\[[\d–,]+\])")


def docx_bytes(given: Briefing) -> bytes:
    """The briefing as a Word document."""
    with speaking(given.lang):
        paper = docx.Document()
        _page(paper, given)
        _title(paper, given)
        _section(paper, given.sections[0].heading, given.sections[0].sentences, given.lang)
        _map(paper, given)
        for section in given.sections[1:]:
            _section(paper, section.heading, section.sentences, given.lang)
        _table(paper, given)
        _sources(paper, given)
        out = io.BytesIO()
        paper.save(out)
        return out.getvalue()


def briefing_pdf_bytes(given: Briefing) -> bytes:
    """The briefing as PDF."""
    with speaking(given.lang), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "map.svg").write_text(_drawn(given), encoding="utf-8")
        content = {
            "lang": given.lang, "title": given.title, "under": given.under, "foot": given.foot,
            "sections": [{"heading": s.heading, "sentences": list(s.sentences)} for s in given.sections],
            "map_title": given.map_title, "table": table_of(given.table), "sources": list(given.sources),
            "sources_title": t("briefing.sources"), "ink": PALETTE.ink, "accent": PALETTE.accent,
            "muted": PALETTE.muted, "line": PALETTE.line,
        }  # fmt: skip
        return compiled(folder, "briefing.typ", content)


def _drawn(given: Briefing) -> str:
    width = WIDTH_MM * POINTS
    return map_svg(given.map, width, width / MAP_SHAPE)


def _page(paper: Any, given: Briefing) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - WIDTH_MM) / 2)
    section.top_margin, section.bottom_margin = Mm(14), Mm(14)
    section.header_distance = section.footer_distance = Mm(7)
    paper.core_properties.title, paper.core_properties.author = given.title, "Linli Atlas"
    style = paper.styles["Normal"]
    style.font.size = Pt(10.5 if given.lang == "zh" else 9.5)
    _faces(style, given.lang)
    style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(2), 1.0
    foot = section.footer.paragraphs[0]
    _run(foot, f"{given.foot}    ", 7.5, given.lang, colour=PALETTE.muted)
    foot._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))


def _faces(style: Any, language: str, *, head: bool = False) -> None:
    latin, body, heading = FACES[language]
    style.font.name = latin
    properties = style.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), heading if head else body)


def _run(
    paragraph: Any, words: str, size: float, language: str, *, bold: bool = False, colour: str = "", head: bool = False,
    raised: bool = False,
) -> None:  # fmt: skip
    run = paragraph.add_run(words)
    run.font.size, run.bold, run.font.superscript = Pt(size), bold, raised or None
    latin, body, heading = FACES[language]
    run.font.name = latin
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), heading if head else body)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour[1:].upper())


def _marked(paragraph: Any, words: str, size: float, language: str) -> None:
    """Words whose source numbers stand raised."""
    for part in MARK.split(words):
        if part:
            mark = bool(MARK.fullmatch(part))
            words = f"{JOINED}{part}" if mark and paragraph.runs else part
            _run(paragraph, words, size, language, raised=mark, colour=PALETTE.muted if mark else "")


def _title(paper: Any, given: Briefing) -> None:
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, given.title, 20, given.lang, bold=True, colour=PALETTE.accent, head=True)
    under = paper.add_paragraph()
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(under, given.under, 9, given.lang, colour=PALETTE.muted)
    line = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="3" w:color="{PALETTE.accent[1:]}"/>'
        "</w:pBdr>"
    )
    under._p.get_or_add_pPr().append(line)


def _section(paper: Any, heading: str, sentences: tuple[str, ...], language: str) -> None:
    head = paper.add_paragraph(style="Heading 2")
    head.paragraph_format.space_before, head.paragraph_format.space_after = Pt(4), Pt(1)
    _run(head, heading, 11.5, language, bold=True, colour=PALETTE.ink, head=True)
    body = paper.add_paragraph()
    size = 10.5 if language == "zh" else 9.5
    if language == "zh":
        body.paragraph_format.first_line_indent = Pt(2 * size)
    _marked(body, "".join(sentences) if language == "zh" else " ".join(sentences), size, language)


def _map(paper: Any, given: Briefing) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "picture.svg").write_text(_drawn(given), encoding="utf-8")
        size = {"width": WIDTH_MM * POINTS, "height": WIDTH_MM * POINTS / MAP_SHAPE}
        picture = compiled(folder, "picture.typ", size, "png", 220)
    place = paper.add_paragraph()
    place.alignment = WD_ALIGN_PARAGRAPH.CENTER
    place.add_run().add_picture(io.BytesIO(picture), width=Mm(WIDTH_MM))
    drawing = place._p.xpath(".//wp:docPr")[0]
    drawing.set("descr", given.map_title)
    caption = paper.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _marked(caption, given.map_title, 9, given.lang)


def _table(paper: Any, given: Briefing) -> None:
    frame = given.table.frame
    head = paper.add_paragraph(style="Heading 2")
    head.paragraph_format.space_before, head.paragraph_format.space_after = Pt(4), Pt(2)
    _run(head, given.table.title, 11.5, given.lang, bold=True, colour=PALETTE.ink, head=True)
    table = paper.add_table(rows=len(frame) + 1, cols=len(frame.columns), style="Light Shading Accent 1")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, share in zip(table.columns, widths(frame), strict=True):
        column.width = Mm(WIDTH_MM * share)
    rows = [list(map(str, frame.columns)), *(list(map(str, row)) for row in frame.itertuples(index=False, name=None))]
    for row, words in zip(table.rows, rows, strict=True):
        for place, (cell, each, share) in enumerate(zip(row.cells, words, widths(frame), strict=True)):
            cell.width = Mm(WIDTH_MM * share)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if place == 0 else WD_ALIGN_PARAGRAPH.RIGHT
            _marked(paragraph, each, 8, given.lang)


def _sources(paper: Any, given: Briefing) -> None:
    said = "  ".join(f"[{place}] {words}" for place, words in enumerate(given.sources, start=1))
    end = paper.add_paragraph()
    end.paragraph_format.space_before = Pt(4)
    _run(end, f"{t('briefing.sources')}  {said}", 7.5, given.lang, colour=PALETTE.muted)
