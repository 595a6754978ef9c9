"""The page's figures as SVG of our own: bars, lines, points, intervals, matrices, notes; no browser is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pages.exports.svg import Anchor, circle, document, line, lines_of, n, path, plain, rect, text
from pages.exports.svg_axis import Axis, axes_of, number_of
from pages.parts.charts import width_of
from pages.parts.charts_forms import blend

CLEAR: Final = "rgba(0,0,0,0)"
DASHES: Final = {"dot": "2 3", "dash": "6 4", "dashdot": "6 3 2 3"}
ANCHORS: Final[dict[str, Anchor]] = {"left": "start", "right": "end"}


def chart_svg(figure: go.Figure, width: float, title: str, height: float | None = None) -> str:
    """The figure in `width` px (and its own height), without its title: that stands beside it in words."""
    drawing = _Drawing(figure, width, height)
    return document(width, drawing.height, drawing.parts(), title=title, attributes=' class="chart"')


class _Drawing:
    """One figure's parts in SVG."""

    def __init__(self, figure: go.Figure, width: float, height: float | None) -> None:
        self.figure, self.layout = figure, figure.layout
        base = figure.layout.template.layout
        self.ink, self.size = base.font.color, float(base.font.size)
        self.grid, self.muted = base.yaxis.gridcolor, base.yaxis.zerolinecolor
        self.colorway = list(base.colorway)
        margin = figure.layout.margin
        self.room = _title_room(figure)
        self.width = width
        own = float(figure.layout.height) - self.room
        self.height = height or own
        self.left, self.top = self._left(float(margin.l or 0)), float(margin.t or 0) - self.room + 6
        self.right, self.bottom = float(margin.r or 0) + 4, float(margin.b or 0)
        self.inner = (max(width - self.left - self.right, 40), max(self.height - self.top - self.bottom, 30))
        self.axes = axes_of(figure, (self.left, self.top, *self.inner))
        self.heaps: dict[tuple[str, float, bool], float] = {}

    def parts(self) -> list[str]:
        """From the ground up: shapes below, grids, traces, shapes above, notes."""
        shapes = list(self.layout.shapes or ())
        found = [self._shape(s) for s in shapes if s.layer == "below"]
        found += [part for axis in self.axes.values() for part in self._axis(axis)]
        for place, trace in enumerate(self.figure.data):
            found += self._trace(trace, self.colorway[place % len(self.colorway)])
        found += [self._shape(s) for s in shapes if s.layer != "below"]
        found += [part for note in self.layout.annotations or () for part in self._note(note)]
        return found

    def _left(self, given: float) -> float:
        """Room at the left: as on the page, or more where the names want it."""
        axis = self.layout.yaxis
        if axis.visible is False or axis.ticktext is None or axis.showticklabels is False or "xaxis2" in self.layout:
            return given + 4
        widest = max((width_of(plain(str(words))) for words in axis.ticktext), default=0)
        return max(given + 4, widest * self.size * 0.57 + 10)

    def _of(self, trace: Any) -> tuple[Axis, Axis]:
        return self.axes[f"x{(trace.xaxis or 'x')[1:]}"], self.axes[f"y{(trace.yaxis or 'y')[1:]}"]

    # ── axes ──

    def _axis(self, axis: Axis) -> list[str]:
        if not axis.visible:
            return []
        found = []
        for value, words in axis.ticks:
            place = axis.place(value)
            if not axis.covers(place):
                continue
            if axis.grid:
                found.append(line(*axis.across(place, self.axes), self.grid, 1))
            if axis.labelled:
                found.append(self._tick(axis, place, words))
        if axis.title:
            found.append(self._axis_title(axis))
        return found

    def _tick(self, axis: Axis, place: float, words: str) -> str:
        shown = plain(words)
        other = axis.beside(self.axes)
        if axis.letter == "y":
            return text(shown, other.low - 6, place, self.size, self.muted, anchor="end")
        above = axis.side == "top"
        y = other.high - self.size * 0.9 if above else other.low + self.size * 1.1
        if axis.angle:
            return text(shown, place, y, self.size, self.muted, anchor="start" if above else "end", turned=axis.angle)
        return text(shown, place, y, self.size, self.muted, anchor="middle")

    def _axis_title(self, axis: Axis) -> str:
        middle = (axis.low + axis.high) / 2
        if axis.letter == "x":
            return text(axis.title, middle, self.height - self.size * 0.7, self.size, self.muted, anchor="middle")
        return text(axis.title, self.size * 0.8, middle, self.size, self.muted, anchor="middle", turned=-90)

    # ── traces ──

    def _trace(self, trace: Any, colour: str) -> list[str]:
        if trace.type == "bar":
            return self._bars(trace, colour)
        if trace.type == "heatmap":
            return self._cells(trace)
        return self._points(trace, colour)

    def _bars(self, trace: Any, colour: str) -> list[str]:
        across = trace.orientation == "h"
        x, y = self._of(trace)
        place_axis, value_axis = (y, x) if across else (x, y)
        places = _numbers(trace.y if across else trace.x, place_axis)
        values = _numbers(trace.x if across else trace.y, value_axis)
        if places is None:
            places = list(range(len(values or [])))
        widths = _each(trace.width, len(places), place_axis.step(places) * 0.8)
        found = []
        for i, (at, value) in enumerate(zip(places, values or [], strict=False)):
            if value != value:
                continue
            start = self._start(trace, value_axis, i, at, value)
            low, high = place_axis.place(at - widths[i] / 2), place_axis.place(at + widths[i] / 2)
            a, b = value_axis.place(start), value_axis.place(start + value)
            box = (a, low, b - a, high - low) if across else (low, a, high - low, b - a)
            found.append(self._bar(trace, box, i, colour))
            found.append(self._bar_words(trace, box, i, across))
        return [part for part in found if part]

    def _start(self, trace: Any, axis: Axis, i: int, at: float, value: float) -> float:
        if trace.base is not None:
            base = trace.base if isinstance(trace.base, int | float) else trace.base[i]
            return number_of(base, axis)
        if self.layout.barmode not in {"stack", "relative"}:
            return 0.0
        key = (trace.xaxis or "x", at, value < 0)
        start = self.heaps.get(key, 0.0)
        self.heaps[key] = start + value
        return start

    def _bar(self, trace: Any, box: tuple[float, float, float, float], i: int, colour: str) -> str:
        marker = trace.marker
        fill = _one(marker.color, i, colour)
        edge = _one(marker.line.color, i, "") or ""
        tip = tip_of(trace, i)
        if fill == CLEAR and not edge:
            return rect(*box, "#ffffff", opacity=0.01, tip=tip) if tip else ""
        wide = float(_one(marker.line.width, i, 1) or 0)
        clear = fill == CLEAR
        return rect(*box, "none" if clear else fill, edge=edge if wide else "", edge_width=wide,
                    opacity=float(marker.opacity or 1), tip=tip)  # fmt: skip

    def _bar_words(self, trace: Any, box: tuple[float, float, float, float], i: int, across: bool) -> str:
        words = plain(str(_one(trace.text, i, "") or ""))
        if not words:
            return ""
        size = float(trace.textfont.size or self.size)
        colour = _one(trace.textfont.color, i, self.ink) or self.ink
        x, y, width, height = box
        if trace.textposition == "inside":
            size = min(size, abs(width) / (width_of(words) * 0.54))
            if size < float(self.layout.uniformtext.minsize or trace.textfont.size or self.size):
                return ""
            return text(words, x + width / 2, y + height / 2, size, colour, anchor="middle")
        if across:
            back = width < 0
            return text(words, x + width + (-5 if back else 5), y + height / 2, size, colour,
                        anchor="end" if back else "start")  # fmt: skip
        return text(words, x + width / 2, min(y, y + height) - size * 0.75, size, colour, anchor="middle")

    def _cells(self, trace: Any) -> list[str]:
        x, y = self._of(trace)
        ramp = [colour for _, colour in trace.colorscale]
        found = []
        for row, values in enumerate(trace.z):
            for column, value in enumerate(values):
                if value is None or value != value:
                    continue
                share = (float(value) - trace.zmin) / ((trace.zmax - trace.zmin) or 1)
                left, right = x.place(column - 0.5), x.place(column + 0.5)
                up, down = y.place(row - 0.5), y.place(row + 0.5)
                found.append(rect(left + 0.5, up + 0.5, right - left - 1, down - up - 1, blend(ramp, share)))
        return found

    def _points(self, trace: Any, colour: str) -> list[str]:
        x, y = self._of(trace)
        xs, ys = _numbers(trace.x, x) or [], _numbers(trace.y, y) or []
        mode = trace.mode or "lines"
        found = []
        if "lines" in mode:
            found += self._way(trace, [x.place(v) for v in xs], [y.place(v) for v in ys], colour)
        for i, (across, up) in enumerate(zip(xs, ys, strict=True)):
            if across != across or up != up:
                continue
            at = (x.place(across), y.place(up))
            found += self._interval(trace, i, across, at, x)
            found.append(self._point(trace, i, at, colour, hidden="markers" not in mode))
            if "text" in mode:
                found.append(self._beside(trace, i, at))
        return [part for part in found if part]

    def _way(self, trace: Any, xs: Sequence[float], ys: Sequence[float], colour: str) -> list[str]:
        points = np.column_stack([xs, ys])
        known = ~np.isnan(points).any(axis=1)
        runs = np.split(np.arange(len(points)), np.flatnonzero(np.diff(known.astype(int))) + 1)
        stroke, width = trace.line.color or colour, n(float(trace.line.width or 2))
        dash = DASHES.get(trace.line.dash or "", "")
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        return [
            f'<path d="{path(points[run])}" fill="none" stroke="{stroke}" stroke-width="{width}"'
            f' stroke-linejoin="round"{dashed}/>'
            for run in runs
            if len(run) > 1 and known[run[0]]
        ]

    def _point(self, trace: Any, i: int, at: tuple[float, float], colour: str, *, hidden: bool) -> str:
        tip = tip_of(trace, i)
        if hidden:
            return circle(*at, 7, "#ffffff", tip=tip).replace("<circle", '<circle fill-opacity="0"') if tip else ""
        marker = trace.marker
        radius = float(_one(marker.size, i, 6)) / 2
        fill = _one(marker.color, i, None) or trace.line.color or colour
        if str(_one(marker.symbol, i, "circle")).endswith("open"):
            return circle(*at, radius, "none", edge=fill, edge_width=1.6, tip=tip)
        edge = _one(marker.line.color, i, "") or ""
        return circle(*at, radius, fill, edge=edge, edge_width=float(_one(marker.line.width, i, 0) or 0), tip=tip)

    def _beside(self, trace: Any, i: int, at: tuple[float, float]) -> str:
        words = plain(str(_one(trace.text, i, "") or ""))
        where = str(_one(trace.textposition, i, "top center"))
        size = float(trace.textfont.size or self.size)
        up = -size if where.startswith("top") else size if where.startswith("bottom") else 0
        anchor: Anchor = "end" if where.endswith("left") else "start" if where.endswith("right") else "middle"
        shift = {"end": -7.0, "start": 7.0, "middle": 0.0}[anchor]
        return text(words, at[0] + shift, at[1] + up, size, trace.textfont.color or self.ink, anchor=anchor)

    def _interval(self, trace: Any, i: int, value: float, at: tuple[float, float], axis: Axis) -> list[str]:
        bars = trace.error_x
        if bars.array is None:
            return []
        more = float(bars.array[i])
        less = float(bars.arrayminus[i]) if bars.arrayminus is not None else more
        colour = bars.color or self.muted
        return [line(axis.place(value - less), at[1], axis.place(value + more), at[1], colour,
                     float(bars.thickness or 2))]  # fmt: skip

    # ── shapes and notes ──

    def _where(self, value: Any, ref: str, letter: str) -> float:
        if ref == "paper":
            share = float(value)
            return self.left + share * self.inner[0] if letter == "x" else self.top + (1 - share) * self.inner[1]
        axis = self.axes[f"{letter}{(ref or letter).split(' ')[0][1:]}"]
        if (ref or "").endswith("domain"):
            return axis.low + float(value) * (axis.high - axis.low)
        return axis.place(number_of(value, axis))

    def _shape(self, shape: Any) -> str:
        x0, x1 = (self._where(v, shape.xref or "x", "x") for v in (shape.x0, shape.x1))
        y0, y1 = (self._where(v, shape.yref or "y", "y") for v in (shape.y0, shape.y1))
        width = float(shape.line.width if shape.line.width is not None else 1)
        if shape.type == "line":
            return line(x0, y0, x1, y1, shape.line.color or self.muted, width, DASHES.get(shape.line.dash or "", ""))
        fill = "none" if shape.fillcolor in {None, CLEAR} else shape.fillcolor
        edge = shape.line.color or ""
        return rect(x0, y0, x1 - x0, y1 - y0, fill, edge=edge if width else "", edge_width=width,
                    opacity=float(shape.opacity or 1))  # fmt: skip

    def _note(self, note: Any) -> list[str]:
        size = float(note.font.size or self.size)
        lines = lines_of(str(note.text or ""))
        x = self._where(note.x, note.xref or "x", "x") + float(note.xshift or 0)
        y = self._where(note.y, note.yref or "y", "y") - float(note.yshift or 0)
        tall = len(lines) * size * 1.25
        first = {"top": y + tall / 2, "bottom": y - tall / 2}.get(note.yanchor or "", y) - tall / 2 + size * 0.62
        anchor: Anchor = ANCHORS.get(note.xanchor or "", "middle")
        heavy = (note.font.weight or 400) >= 600
        colour = note.font.color or self.ink
        turned = float(note.textangle or 0)
        return [
            text(words, x, first + place * size * 1.25, size, colour, anchor=anchor, bold=bold or heavy, turned=turned)
            for place, (words, bold) in enumerate(lines)
        ]


def tip_of(trace: Any, i: int) -> str:
    """What the page says when this point is touched."""
    template = trace.hovertemplate
    if not template or trace.hoverinfo == "skip":
        return ""
    data: Any = None if trace.customdata is None else trace.customdata[i]

    def value(found: re.Match[str]) -> str:
        name, _, pattern = found[1].partition("|")
        if name.startswith("customdata"):
            place = re.search(r"\[(\d+)\]", name)
            return str(data if place is None or isinstance(data, str) else data[int(place[1])])
        if name == "fullData.name":
            return trace.name or ""
        given = trace.x[i] if name.startswith("x") else trace.y[i]
        return f"{pd.Timestamp(given):{pattern}}" if pattern else str(given)

    filled = re.sub(r"%\{([^}]+)\}", value, template.replace("<extra></extra>", ""))
    return re.sub(r"\s+", " ", plain(filled))


def _title_room(figure: go.Figure) -> float:
    words = figure.layout.title.text or ""
    size = float(figure.layout.template.layout.title.font.size)
    return (words.count("<br>") + 1) * size * 1.35 + 8 if words else 0.0


def _numbers(values: Any, axis: Axis) -> list[float] | None:
    return None if values is None else [number_of(v, axis) for v in values]


def _one(value: Any, i: int, default: Any) -> Any:
    if value is None:
        return default
    if isinstance(value, str | int | float):
        return value
    return value[i] if i < len(value) else default


def _each(value: Any, count: int, default: float) -> list[float]:
    if value is None:
        return [default] * count
    return [float(value)] * count if isinstance(value, int | float) else [float(v) for v in value]
