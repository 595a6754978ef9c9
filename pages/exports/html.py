"""A document as one HTML file that opens by double click, without a server: maps to hover and zoom, charts to hover."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Final

from pages.exports.cells import few_rows, is_numeric, words_of
from pages.exports.content import nature_short
from pages.exports.model import Chart, Content, Document, Table
from pages.exports.svg_chart import chart_svg
from pages.exports.svg_map import map_svg
from pages.parts.words import number, speaking, t

Progress = Callable[[str, float], None]
ASSETS: Final = Path(__file__).resolve().parent / "assets"
MAP_SIZE: Final = (760.0, 547.0)
CHART_WIDTH: Final = 470.0
MOST_ROWS: Final = 400
MOST_BESIDE: Final = 2  # charts beside a map in one window
HEIGHT: Final = re.compile(r'viewBox="0 0 \S+ (\S+)"')
NOTHING_OUTSIDE: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def html_bytes(document: Document, progress: Progress | None = None) -> bytes:
    """The whole file: style, script, drawings and tables are in it, and its own policy forbids any address."""
    with speaking(document.lang):
        sections = []
        for place, content in enumerate(document.contents):
            if progress:
                progress(content.title, place / max(len(document.contents), 1))
            sections.append(_section(content))
        sections.append(_definitions(document))
        titles = [*(content.title for content in document.contents), t("exports.definitions")]
        links = "".join(
            f'<a href="#{place}" title="{escape(title)}">{place}</a>' for place, title in enumerate(titles, start=1)
        )
        body = (
            f"<header><strong>{escape(document.title)}</strong>"
            f'<nav aria-label="{escape(t("exports.contents"))}">{links}</nav>'
            f'<span class="nature">{escape(nature_short())}</span></header>'
            f'<main tabindex="-1">{"".join(sections)}</main><div id="tip" role="status" hidden></div>'
        )
        return _page(document, body).encode("utf-8")


def _page(document: Document, body: str) -> str:
    style, script = ((ASSETS / name).read_text(encoding="utf-8") for name in ("story.css", "story.js"))
    language = "zh-CN" if document.lang == "zh" else "en"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{NOTHING_OUTSIDE}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(document.title)}</title><style>{style}</style></head>"
        f"<body>{body}<script>{script}</script></body></html>"
    )


def _section(content: Content) -> str:
    """A scene in one window: what is looked at fills it, what is looked up opens from a line at its foot."""
    more = _drawer(t("exports.more"), f"<p>{escape(content.more)}</p>") if content.more else ""
    tables = "".join(_table(table) for table in content.all_tables if len(table.frame))
    notes = content.notes and _drawer(t("exports.notes"), f'<div class="notes">{escape(content.notes)}</div>')
    whole = len(content.charts) <= MOST_BESIDE and (content.charts or content.map is not None)
    return (
        f'<section class="{"fit" if whole else "long"}"><h1>{escape(content.title)}</h1>'
        f'<p class="finding">{escape(content.finding)}</p>'
        f'{_board(content)}<p class="source">{escape(content.source_line)}</p>'
        f'<div class="drawers">{more}{notes}{tables}{_about(content)}</div></section>'
    )


def _drawer(title: str, content: str, kind: str = "") -> str:
    return (
        f'<details name="drawer" class="{kind}"><summary title="{escape(title)}">{escape(title)}</summary>'
        f'<div class="panel">{content}</div></details>'
    )


def _board(content: Content) -> str:
    charts = "".join(map(_chart, content.charts))
    drawn = ""
    if content.map is not None:
        buttons = "".join(
            f'<button type="button" title="{escape(t(key))}" aria-label="{escape(t(key))}">{sign}</button>'
            for key, sign in (("map.zoom_in", "+"), ("map.zoom_out", "−"), ("map.home", "⌂"))
        )
        drawn = (
            f'<figure><div class="mapbox">{map_svg(content.map, *MAP_SIZE)}<div class="zoom">{buttons}</div></div>'
            f'<p class="source">{escape(content.map.footer)}</p></figure>'
        )
    single = "" if drawn and charts and len(content.charts) <= MOST_BESIDE else " single"
    beside = f'<div class="charts">{charts}</div>' if charts else ""
    return f'<div class="board{single}">{drawn}{beside}</div>'


def _chart(chart: Chart) -> str:
    """A chart that takes its share of the height: as much as it has of its own."""
    drawn = chart_svg(chart.figure, CHART_WIDTH, chart.title)
    size = HEIGHT.search(drawn)
    grow = f' style="--high:{size[1]}"' if size else ""
    drawn = drawn.replace("<svg ", '<svg preserveAspectRatio="xMinYMin meet" ', 1)
    return f"<figure{grow}><figcaption>{escape(chart.title)}</figcaption>{drawn}</figure>"


def _table(table: Table) -> str:
    frame = table.frame
    right = ['class="r"' if is_numeric(frame.iloc[:, i]) else "" for i in range(len(frame.columns))]
    heads = "".join(f"<th {side}>{escape(str(head))}</th>" for head, side in zip(frame.columns, right, strict=True))
    rows = "".join(
        "<tr>" + "".join(f"<td {s}>{escape(v)}</td>" for v, s in zip(row, right, strict=True)) + "</tr>"
        for row in few_rows(words_of(frame), MOST_ROWS).itertuples(index=False, name=None)
    )
    left_out = (
        f'<p class="source">{escape(t("exports.rows_left_out", shown=number(MOST_ROWS), all=number(len(frame))))}</p>'
        if len(frame) > MOST_ROWS
        else ""
    )
    return _drawer(
        t("exports.table", title=table.title),
        f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{left_out}'
        f'<p class="source">{escape(table.definition)}</p>',
        "table",
    )


def _about(content: Content) -> str:
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(words)}</dd>" for label, words in content.about)
    return _drawer(t("exports.about"), f"<dl>{rows}</dl>")


def _definitions(document: Document) -> str:
    rows = "".join(f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in document.terms)
    first = document.contents[0].about if document.contents else ()
    own = {t("downloads.edition"), t("downloads.version"), t("downloads.loaded"), t("downloads.nature")}
    common = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in first if k in own)
    head = f'<h1>{escape(t("exports.definitions"))}</h1><p class="finding">{escape(t("exports.definitions_text"))}</p>'
    return f"<section>{head}<dl>{rows}{common}</dl></section>"
