"""One map or chart as a picture for print: title, drawing, legend, scale bar, north arrow, source; SVG or PNG."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from data.contract import DataError
from geo.palettes import PALETTES
from pages.exports.model import Content, Document
from pages.exports.pdf import compiled
from pages.exports.svg import document as svg_document
from pages.exports.svg import rect, text
from pages.exports.svg_chart import chart_svg
from pages.exports.svg_map import map_svg
from pages.parts.charts import wrapped
from pages.parts.words import speaking

MAP: Final = "map"
WIDTH_MM, HEIGHT_MM, PPI = 297.0, 210.0, 300.0
POINTS: Final = 72 / 25.4
MARGIN: Final = 24.0
HALF: Final = 0.53
CHART_SHARE: Final = 0.6  # a chart is drawn at this share of the paper's points, so that its type grows with the paper


class NoSuchFigure(DataError):
    """Raised when a page has no map or chart of this name; `known` are those it has."""

    def __init__(self, figure: str, known: tuple[str, ...]) -> None:
        self.figure, self.known = figure, ", ".join(known)
        super().__init__(f"There is no figure “{figure}” to draw; there are: {self.known}.")


def figures_of(content: Content) -> tuple[str, ...]:
    """Names of the map and charts of a content."""
    return (*((MAP,) if content.map else ()), *(chart.key for chart in content.charts))


def svg_bytes(document: Document, figure: str = "", width_mm: float = WIDTH_MM, height_mm: float = HEIGHT_MM) -> bytes:
    """A picture of the document's first scene: the map (or the chart `figure`). Raises NoSuchFigure."""
    with speaking(document.lang):
        return _svg(document.contents[0], figure, width_mm * POINTS, height_mm * POINTS).encode("utf-8")


def png_bytes(
    document: Document, figure: str = "", width_mm: float = WIDTH_MM, height_mm: float = HEIGHT_MM, ppi: float = PPI
) -> bytes:
    """As svg_bytes, in dots of `ppi` to the inch."""
    drawn = svg_bytes(document, figure, width_mm, height_mm)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "picture.svg").write_bytes(drawn)
        size = {"width": width_mm * POINTS, "height": height_mm * POINTS}
        return compiled(folder, "picture.typ", size, "png", ppi)


def _svg(content: Content, figure: str, width: float, height: float) -> str:
    known = figures_of(content)
    name = figure or (known[0] if known else MAP)
    if name not in known:
        raise NoSuchFigure(name, known)
    palette = PALETTES["light"]
    if name == MAP and content.map is not None:
        title, source = content.title, f"{content.source_line} · {content.map.footer.split(' · ')[0]}"
    else:
        chart = next(each for each in content.charts if each.key == name)
        title, source = chart.title, content.source_line
    size = max(width / 52, 11.0)
    heads = _lines(title, width - 2 * MARGIN, size)
    feet = _lines(source, width - 2 * MARGIN, size * 0.55)
    top, bottom = MARGIN + len(heads) * size * 1.35, MARGIN * 0.8 + len(feet) * size * 0.75
    inner = (width - 2 * MARGIN, height - top - bottom - 8)
    parts = [rect(0, 0, width, height, palette.surface)]
    parts += [
        text(words, MARGIN, MARGIN + size * (0.5 + 1.35 * i), size, palette.ink, bold=True)
        for i, words in enumerate(heads)
    ]
    parts.append(_placed(_drawing(content, name, inner), MARGIN, top))
    first = height - bottom + size * 0.5
    parts += [text(words, MARGIN, first + size * 0.75 * i, size * 0.55, palette.muted) for i, words in enumerate(feet)]
    return svg_document(width, height, parts, title=title)


def _lines(words: str, width: float, size: float) -> list[str]:
    return wrapped(words, int(width / (size * HALF))).split("<br>")


def _drawing(content: Content, name: str, inner: tuple[float, float]) -> str:
    if name == MAP and content.map is not None:
        wide = min(inner[0], inner[1] * content.map.aspect)  # beside its extent nothing is known to draw
        return map_svg(content.map, wide, min(inner[1], wide / content.map.aspect))
    chart = next(each for each in content.charts if each.key == name)
    drawn = chart_svg(chart.figure, inner[0] * CHART_SHARE, chart.title, inner[1] * CHART_SHARE)
    start = f'width="{inner[0]:.1f}" height="{inner[1]:.1f}" viewBox="0 0 {inner[0] * CHART_SHARE:.1f} '
    return f'{drawn[: drawn.index("width=")]}{start}{inner[1] * CHART_SHARE:.1f}"{drawn[drawn.index(" font-family") :]}'


def _placed(drawn: str, left: float, top: float) -> str:
    return drawn.replace("<svg ", f'<svg x="{left:.1f}" y="{top:.1f}" ', 1)
