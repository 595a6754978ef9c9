"""A document as PDF: vector maps and charts, contents, page numbers, embedded Chinese type; Typst sets it offline."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import noto_cjk_sans_otc
import pandas as pd
import typst

from geo.palettes import PALETTES
from pages.exports.cells import few_rows, is_numeric, needed, widths, words_of
from pages.exports.content import nature_short
from pages.exports.model import Content, Document, Table
from pages.exports.svg_chart import chart_svg
from pages.exports.svg_map import map_svg
from pages.parts.words import number, speaking, t

Progress = Callable[[str, float], None]
ASSETS: Final = Path(__file__).resolve().parent / "assets"
FONT_FOLDER: Final = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
BETWEEN_MARGINS: Final = {"a4": 178.0, "a3": 265.0}
"""Paper -> width between its margins, mm."""

POINTS: Final = 72 / 25.4
BETWEEN: Final = re.compile(r"(?<=[?&=,])")
MAP_SHAPE: Final = 1.39
MOST_COLUMNS, MOST_ROWS = 9, 1_000
STORY_ROWS: Final = 17  # of a scene's table in a story: with its charts and twelve months on one page
LINE_OF_CELLS: Final = 110  # half-width characters of a table's type across the paper
BESIDE_CHARTS: Final = 0.8  # of the paper's width for a map, so that it and its charts stand on one page
TABLE_PT, SMALLEST = 7.5, 5.5
NARROWEST_TABLE: Final = 0.45  # of the paper: a rank stands beside its name
SMALL_CHART: Final = 380.0  # px: what half the paper's width holds


def pdf_bytes(document: Document, progress: Progress | None = None, paper: str = "a4") -> bytes:
    """The document on A4 or A3 paper, upright."""
    with speaking(document.lang), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenes = []
        for place, content in enumerate(document.contents):
            if progress:
                progress(content.title, 0.7 * place / max(len(document.contents), 1))
            most = MOST_ROWS if len(document.contents) == 1 else STORY_ROWS
            scenes.append(_scene(content, place, folder, BETWEEN_MARGINS[paper] * POINTS, most))
        if progress:
            progress(document.title, 0.75)
        return compiled(folder, "report.typ", {**_frame(document, paper), "scenes": scenes})


def compiled(
    folder: Path, template: str, content: Mapping[str, Any], form: Literal["pdf", "png"] = "pdf", ppi: float = 144
) -> bytes:
    """Set a template of assets/ with `content` and the files already in the folder."""
    (folder / "content.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    main = folder / "main.typ"
    main.write_text((ASSETS / template).read_text(encoding="utf-8"), encoding="utf-8")
    fonts = [FONT_FOLDER]
    return typst.compile(main, root=folder, font_paths=fonts, ignore_system_fonts=True, format=form, ppi=ppi)


def _frame(document: Document, paper: str) -> dict[str, Any]:
    palette = PALETTES["light"]
    return {
        "title": document.title, "lang": document.lang, "paper": paper, "cover": len(document.contents) > 1,
        "nature": document.nature, "nature_short": nature_short(),
        "made_on": document.made_on, "schematic": t("footer.schematic"), "app": t("app.name"),
        "ink": palette.ink, "muted": palette.muted, "accent": palette.accent, "line": palette.line,
        "words": {name: t(f"exports.{name}") for name in ("contents", "definitions", "about")},
        "terms": list(document.terms),
        "common": list(document.common),
        "about": [{"title": c.title, "rows": [_parted(row) for row in c.about if row not in document.common]}
                  for c in document.contents],
    }  # fmt: skip


def _parted(row: tuple[str, str]) -> tuple[str, str]:
    """A row whose address may be parted after its signs: as one word it would run over the margin."""
    label, said = row
    return label, BETWEEN.sub("\N{ZERO WIDTH SPACE}", said) if label == t("downloads.address") else said


def _scene(content: Content, place: int, folder: Path, width: float, most: int) -> dict[str, Any]:
    drawn, charts = "", []
    share = BESIDE_CHARTS if content.charts else 1.0
    if content.map is not None:
        drawn = f"map-{place}.svg"
        (folder / drawn).write_text(map_svg(content.map, share * width, share * width / MAP_SHAPE), encoding="utf-8")
    for chart in content.charts:
        file = f"chart-{place}-{chart.key}.svg"
        (folder / file).write_text(chart_svg(chart.figure, SMALL_CHART, chart.title), encoding="utf-8")
        charts.append({"title": chart.title, "file": file})
    return {
        "title": content.title, "finding": content.finding, "more": content.more, "source": content.source_line,
        "map": drawn, "share": share, "footer": content.map.footer if content.map else "", "charts": charts,
        "tables": [table_of(table, most) for table in content.all_tables if len(table.frame)],
    }  # fmt: skip


def table_of(table: Table, most: int = MOST_ROWS) -> dict[str, Any]:
    """A table as the template sets it: heads, rows of words, widths, which columns are numbers, what was left out."""
    frame: pd.DataFrame = table.frame.iloc[:, :MOST_COLUMNS]
    right: Sequence[bool] = [is_numeric(frame.iloc[:, i]) for i in range(len(frame.columns))]
    words = words_of(frame)
    wide = sum(needed(words)) / LINE_OF_CELLS
    note = t("exports.rows_left_out", shown=number(most), all=number(len(frame))) if len(frame) > most else ""
    rows = [list(row) for row in few_rows(words, most).itertuples(index=False, name=None)]
    return {
        "title": table.title, "head": [str(c) for c in frame.columns], "rows": rows, "right": list(right),
        "widths": [round(w * 1000) for w in widths(words)], "note": note,
        "share": min(1.0, max(NARROWEST_TABLE, wide)), "size": max(SMALLEST, TABLE_PT / max(wide, 1.0)),
    }  # fmt: skip
