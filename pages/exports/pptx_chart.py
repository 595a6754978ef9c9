"""Charts and tables on a slide that stay editable: native charts with their workbook inside, native tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from geo.palettes import PALETTES
from pages.exports.cells import few_rows, is_numeric, needed, widths, words_of
from pages.exports.pptx_base import rgb
from pages.exports.series import Matrix, Native, Series
from pages.parts.charts import width_of
from pages.parts.charts_forms import ink_on

PALETTE = PALETTES["light"]
SMALLEST, CHARACTER = 6.5, 0.56  # points of a table's type; width of a half-width character for its size
TYPES = {
    ("bar", False): XL_CHART_TYPE.BAR_CLUSTERED,
    ("bar", True): XL_CHART_TYPE.BAR_STACKED,
    ("column", False): XL_CHART_TYPE.COLUMN_CLUSTERED,
    ("column", True): XL_CHART_TYPE.COLUMN_STACKED,
    ("line", False): XL_CHART_TYPE.LINE,
    ("scatter", False): XL_CHART_TYPE.XY_SCATTER,
}
LABELLED = 24  # up to so many values stand beside their bars
POINT = 12_700  # EMU
CELL_PT, FEWEST = 4.0, 5
LINE_OF = {True: 1.5, False: 1.3}  # height of a bar's name for its size, with Chinese in it and without
Box = tuple[int, int, int, int]


def data_of(given: Native) -> CategoryChartData | XyChartData:
    """The chart's own workbook: categories and series as on the page."""
    if given.kind == "scatter":
        points = XyChartData(number_format=given.number_format)
        for series in given.series:
            added = points.add_series(series.name or "·")
            for x, y in zip(series.x, series.values, strict=True):
                added.add_data_point(x, y)
        return points
    table = CategoryChartData(number_format=given.number_format)
    table.categories = given.categories
    for series in given.series:
        table.add_series(series.name or " ", series.values)
    return table


def draw_chart(slide: Any, given: Native, box: Box, name: str, size: float, placeholder: Any = None) -> Any:
    """Draw a native chart into the box, or into the user's chart placeholder; returns the graphic frame."""
    kind = TYPES[given.kind, given.stacked]
    if placeholder is not None:
        frame = placeholder.insert_chart(kind, data_of(given))
    else:
        frame = slide.shapes.add_chart(kind, *map(Emu, box), data_of(given))
    frame.name = name[:120]
    chart = frame.chart
    chart.font.size, chart.font.color.rgb = Pt(size), rgb(PALETTE.ink)
    chart.has_title = False
    named = [series for series in given.series if series.name]
    chart.has_legend = len(named) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(size)
    _axes(chart, given, size, (box[3] if placeholder is None else frame.height) / POINT)
    _plot(chart, given, size)
    return frame


def _axes(chart: Any, given: Native, size: float, height: float) -> None:
    value, category = chart.value_axis, chart.category_axis
    for axis in (value, category):
        axis.tick_labels.font.size = Pt(size)
        axis.format.line.color.rgb = rgb(PALETTE.line)
        axis.major_tick_mark = XL_TICK_MARK.NONE
        axis.has_major_gridlines = False
    many = len(given.categories)
    if given.kind == "bar" and many > 12:
        chinese = any(len(name) != width_of(name) for name in given.categories)
        room = 0.93 * height / many / LINE_OF[chinese]
        category.tick_labels.font.size = Pt(round(max(SMALLEST - 0.5, min(size - 1, room)), 1))
    if given.kind != "scatter":
        _skip(category, 1 if given.kind == "bar" else -(-many // 6))
    value.tick_labels.number_format, value.tick_labels.number_format_is_linked = given.number_format, False
    if given.kind == "bar":
        category.reverse_order = True
        category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        value.visible = False
    elif given.kind == "scatter":
        _axis_titles(chart, given, size)
    if given.kind != "bar":
        value.has_major_gridlines = True
        value.major_gridlines.format.line.color.rgb = rgb(PALETTE.line)
    if given.kind in {"bar", "column"} and not given.mirrored:
        value.minimum_scale = 0


def _skip(axis: Any, every: int) -> None:
    """Write every n-th name; python-pptx has no word for it."""
    for tag in ("c:tickLblSkip", "c:tickMarkSkip"):
        element = axis._element.makeelement(qn(tag), {"val": str(every)})
        axis._element.find(qn("c:noMultiLvlLbl")).addprevious(element)


def _axis_titles(chart: Any, given: Native, size: float) -> None:
    for axis, title in zip((chart.category_axis, chart.value_axis), given.axis_titles, strict=True):
        if title:
            axis.has_title = True
            axis.axis_title.text_frame.text = title
            axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
            axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False


def _plot(chart: Any, given: Native, size: float) -> None:
    plot = chart.plots[0]
    if given.kind in {"bar", "column"}:
        plot.gap_width = 40 if len(given.categories) * len(given.series) > 6 else 70
        plot.overlap = 100 if given.stacked or given.overlaid else -5
        plot.vary_by_categories = False
        few = len(given.categories) * len(given.series) <= LABELLED
        if few and not given.stacked and not given.overlaid:
            plot.has_data_labels = True
            plot.data_labels.font.size = Pt(size)
            plot.data_labels.number_format, plot.data_labels.number_format_is_linked = given.number_format, False
    for drawn, series in zip(plot.series, given.series, strict=True):
        _series(drawn, series, given)


def _series(drawn: Any, series: Series, given: Native) -> None:
    if given.kind == "line":
        drawn.format.line.color.rgb, drawn.format.line.width = rgb(series.colour), Pt(2.25)
        drawn.smooth = False
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = rgb(series.colour)
        drawn.marker.format.line.color.rgb = rgb(series.colour)
        drawn.marker.size = 5
        return
    if given.kind == "scatter":
        drawn.format.line.fill.background()
        drawn.marker.size = 6
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = rgb(series.colour)
        drawn.marker.format.line.color.rgb = rgb(PALETTE.surface)
        return
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = rgb(series.colour)
    drawn.invert_if_negative = False
    for place, colour in enumerate(series.colours):
        if colour != series.colour:
            point = drawn.points[place]
            point.format.fill.solid()
            point.format.fill.fore_color.rgb = rgb(colour)
    if series.low and series.high:
        _intervals(drawn, series)


def _intervals(drawn: Any, series: Series) -> None:
    """Error bars of their own lengths; python-pptx has no word for them."""
    xml = (
        '<c:errBars xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus>{_numbers(series.high)}</c:plus><c:minus>{_numbers(series.low)}</c:minus>"
        f'<c:spPr><a:ln w="12700"><a:solidFill><a:srgbClr val="{PALETTE.ink[1:]}"/></a:solidFill></a:ln></c:spPr>'
        "</c:errBars>"
    )
    element = drawn._element
    following = next(child for child in element if child.tag in {qn("c:cat"), qn("c:val")})
    following.addprevious(parse_xml(xml))


def _numbers(values: Sequence[float]) -> str:
    points = "".join(f'<c:pt idx="{i}"><c:v>{value:g}</c:v></c:pt>' for i, value in enumerate(values))
    return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'


# ── tables ──


def draw_table(slide: Any, given: pd.DataFrame, box: Box, name: str, size: float, most: int) -> Any:
    """Draw a native table of at most so many rows (of more, both ends); numbers stand right-aligned."""
    right = [is_numeric(given.iloc[:, place]) for place in range(len(given.columns))]
    lines, shares, size, heights = _fitted(words_of(given), box[2] / POINT, box[3] / POINT, size, most)
    height = Emu(round(sum(heights) * POINT))
    graphic = slide.shapes.add_table(len(lines), len(right), Emu(box[0]), Emu(box[1]), Emu(box[2]), height)
    graphic.name = name[:120]
    table = graphic.table
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Emu(round(box[2] * share))
    for line, row in enumerate(lines):
        for place, words in enumerate(row):
            _write(table.cell(line, place), words, size, bold=line == 0, right=right[place])
    for row, points in zip(table.rows, heights, strict=True):
        row.height = Emu(round(points * POINT))
    return graphic


Fitted = tuple[list[list[str]], list[float], float, list[float]]


def _fitted(given: pd.DataFrame, width: float, height: float, size: float, most: int) -> Fitted:
    """Rows of words (heads first), shares of columns, type size and heights of rows, so that all stays in the box.

    Cells stay on one line where they can; where long words break, the type gets smaller, then rows of the middle go.
    """
    while True:
        frame = few_rows(given, most)
        lines = [[str(head) for head in frame.columns]]
        lines += [list(row) for row in frame.itertuples(index=False, name=None)]
        shares = widths(frame)
        one_line = width / (sum(needed(frame)) * CHARACTER)
        fits = max(SMALLEST, min(size, one_line))
        heights = _heights(lines, shares, width, fits)
        while sum(heights) > height and max(heights[1:], default=0) > 2 * fits and fits > SMALLEST:
            fits = max(SMALLEST, fits - 0.5)
            heights = _heights(lines, shares, width, fits)
        if sum(heights) <= height or most <= FEWEST:
            return lines, shares, fits, heights
        most = min(most, len(frame)) - 2


def _heights(lines: list[list[str]], shares: list[float], width: float, size: float) -> list[float]:
    room = [(width * share - 2 * CELL_PT) / (size * CHARACTER) for share in shares]
    deep = [max(math.ceil(width_of(words) / at) for words, at in zip(row, room, strict=True)) for row in lines]
    return [size * (0.55 + 1.2 * max(each, 1)) for each in deep]


def draw_matrix(slide: Any, given: Matrix, box: Box, name: str, size: float) -> Any:
    """Draw a matrix as a table whose cells have the colours of the page."""
    graphic = slide.shapes.add_table(len(given.rows) + 1, len(given.columns) + 1, *map(Emu, box))
    graphic.name = name[:120]
    table = graphic.table
    table.first_row = table.horz_banding = False
    for place, head in enumerate(("", *given.columns)):
        _write(table.cell(0, place), head, size, bold=True, right=place > 0, fill="")
    for line, row in enumerate(given.rows, start=1):
        _write(table.cell(line, 0), row, size, fill="")
        for place in range(len(given.columns)):
            fill = given.colours[line - 1][place]
            _write(table.cell(line, place + 1), given.words[line - 1][place], size, right=True, fill=fill)
    first = round(box[2] * 0.22)
    table.columns[0].width = Emu(first)
    for column in list(table.columns)[1:]:
        column.width = Emu(round((box[2] - first) / len(given.columns)))
    for each in table.rows:
        each.height = Emu(round(min(box[3] / (len(given.rows) + 1), size * 2 * 12_700)))
    return graphic


def _write(
    cell: Any, words: str, size: float, *, bold: bool = False, right: bool = False, fill: str | None = None
) -> None:
    frame = cell.text_frame
    cell.margin_left = cell.margin_right = Pt(CELL_PT)
    cell.margin_top = cell.margin_bottom = Pt(1)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = words, Pt(size), bold
    if fill:
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb(fill)
        run.font.color.rgb = rgb(ink_on(fill))
    elif fill == "":
        cell.fill.background()
