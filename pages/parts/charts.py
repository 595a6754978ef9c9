"""Plotly figures, one function a kind of chart; pure: frames, words and a number format in, `go.Figure` out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import PALETTES, Theme

Text = Callable[[float], str]  # writes a number for the reader, unit included where the chart needs one

FONTS = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, Helvetica Neue, Arial, sans-serif"
WHOLE = re.compile(r"\.0+(?!\d)")
TITLE_WIDTH = 42  # half-width characters a title line holds at 320 px, the narrowest chart (a card on a 390 px phone)
LARGE, WIDE_TITLE = 16, 50  # from this type size on (a projector's) a chart is at least 640 px wide


@dataclass(frozen=True)
class Tone:
    """What charts take from a theme: colours (from geo.palettes) and type sizes in px."""

    ink: str
    muted: str
    grid: str
    paper: str
    accent: str
    context: str
    series: tuple[str, ...]
    size: int
    title: int


def _tone(theme: Theme, size: int, title: int) -> Tone:
    p = PALETTES[theme]
    return Tone(p.ink, p.muted, p.line, p.surface, p.accent, p.mark, p.categories, size, title)


TONES: dict[Theme, Tone] = {
    "light": _tone("light", 12, 14),
    "dark": _tone("dark", 12, 14),
    "projector": _tone("projector", 19, 23),
}


@dataclass(frozen=True)
class Line:
    """One line of a trend: `points` has columns month (datetime), value (float, null = no data)."""

    name: str
    points: pd.DataFrame
    main: bool = False


def template(theme: Theme) -> go.layout.Template:
    """The one template of a theme: fonts, colours, quiet axes, no background of its own."""
    tone = TONES[theme]
    axis = {
        "gridcolor": tone.grid, "zerolinecolor": tone.muted, "zerolinewidth": 1, "linecolor": tone.muted, "ticks": "",
        "tickfont": {"color": tone.muted, "size": tone.size}, "fixedrange": True, "automargin": False,
        "ticklabelstandoff": 4,
    }  # fmt: skip
    return go.layout.Template(
        layout={
            "font": {"family": FONTS, "size": tone.size, "color": tone.ink},
            "title": {"font": {"size": tone.title, "color": tone.ink, "weight": 600}, "x": 0, "xref": "container"},
            "colorway": list(tone.series),
            "paper_bgcolor": "rgba(0,0,0,0)",
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": tone.muted, "activecolor": tone.accent},
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "showlegend": False,
            "hoverlabel": {
                "font": {"family": FONTS, "color": tone.ink},
                "bgcolor": tone.paper,
                "bordercolor": tone.muted,
            },
            "dragmode": False,
        }
    )


def config(lang: str, name: str, image: Literal["png", "svg"] = "png") -> dict[str, Any]:
    """Plotly configuration: one button only, which saves the chart as an image called `name`, in the reader's words."""
    words = {
        "Download plot as a PNG": "保存为 PNG 图片",
        "Download plot": "保存为 SVG 图片",
        "Preparing image - this may take a few seconds": "正在生成图片",
        "Image download succeeded": "图片已保存",
        "Sorry, there was a problem downloading your image!": "图片未能保存，请重试",
    }
    locales = {"locale": "zh-CN", "locales": {"zh-CN": {"dictionary": words}}} if lang == "zh" else {}
    return {
        "displayModeBar": "hover",
        "modeBarButtons": [["toImage"]],
        "displaylogo": False,
        "showTips": False,
        "responsive": True,
        "toImageButtonOptions": {"format": image, "filename": name, "scale": 3 if image == "png" else 1},
        **locales,
    }


def trend(
    lines: Sequence[Line],
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    height: int = 220,
    marker: tuple[str, str] | None = None,
) -> go.Figure:
    """Lines over months, named at their ends; `marker` = (month, words) draws an event.

    Without any value the figure says `empty`. A gap stays a gap. Few points are dots too, a single one is a dot only.
    """
    tone = TONES[theme]
    shown = [Line(x.name, x.points.sort_values("month"), x.main) for x in lines if x.points["value"].notna().any()]
    if not shown:
        return empty_chart(title, empty, theme, height)
    figure = canvas(
        title, theme, height, right=max(width_of(_end_label(x, text)) for x in shown) * tone.size * 0.6 + 16
    )
    for line in sorted(shown, key=lambda x: x.main):  # the reader's own line lies on top
        figure.add_trace(_line_trace(line, tone, text))
    values = [v for x in shown for v in x.points["value"].dropna()]
    low, high = value_axis(figure, values, text, "y")
    month_axis(figure, pd.concat([x.points["month"] for x in shown]))
    room = figure.layout.height - tone.size * 3 - _title_height(title, tone)
    _label_ends(figure, shown, text, tone, (low, high), gap=(high - low) * tone.size * 1.25 / max(room, 1))
    if marker:
        _mark(figure, marker, tone)
    return figure


def columns(frame: pd.DataFrame, *, title: str, text: Text, theme: Theme, empty: str, height: int = 220) -> go.Figure:
    """One column a month (columns month, value), the highest one labelled; null months stay empty."""
    tone = TONES[theme]
    data = frame.dropna(subset=["value"]).sort_values("month")
    if data.empty:
        return empty_chart(title, empty, theme, height)
    figure = canvas(title, theme, height, right=10)
    peak = data["value"].idxmax()
    figure.add_trace(
        go.Bar(
            x=data["month"], y=data["value"], marker={"color": tone.accent}, width=86_400_000 * 21, cliponaxis=False,
            text=[text(v) if i == peak and v > 0 else "" for i, v in data["value"].items()], textposition="outside",
            textangle=0, constraintext="none", textfont={"color": tone.ink},
            customdata=[text(v) for v in data["value"]],
            hovertemplate="%{x|%Y-%m}  <b>%{customdata}</b><extra></extra>",
        )
    )  # fmt: skip
    value_axis(figure, [0.0, *data["value"], float(data["value"].max()) * 1.12], text, "y")
    month_axis(figure, data["month"])
    return figure


def wrapped(title: str, width: int = TITLE_WIDTH) -> str:
    """The title in lines of at most `width` half-width characters, broken between words or Chinese characters."""
    lines, line, used = [], "", 0
    for piece in _pieces(title):
        if line and used + width_of(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0
        line, used = line + piece, used + width_of(piece)
    return "<br>".join([*lines, line.rstrip()])


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round values (1, 2, 2.5 or 5 × a power of ten apart) that cover [low, high] in about `count` steps."""
    span = high - low if high > low else abs(high) or 1.0
    raw = span / count
    power = 10 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, max(last, first + 1) + 1)]


def canvas(title: str, theme: Theme, height: int, *, left: float = 0, right: float = 10) -> go.Figure:
    """An empty figure of the common template: title in lines that fit, margins in px.

    `height` has room for a title of two lines; a longer one makes the figure taller, so that the plot keeps its size.
    """
    tone = TONES[theme]
    words = wrapped(title, _title_width(tone))
    down = 4 + (
        0.85 * tone.title if "<br>" in words else 0
    )  # plotly anchors a title of several lines at its first baseline
    top = _title_height(title, tone)
    height += max(0, words.count("<br>") - 1) * round(tone.title * 1.35)
    return go.Figure(
        layout={
            "template": template(theme),
            "height": height,
            "margin": {"l": left, "r": right, "t": top, "b": round(tone.size * 2.3)},
            "title": {"text": words, "y": 1 - down / height, "yref": "container", "yanchor": "top"},
        }
    )


def _title_width(tone: Tone) -> int:
    """Half-width characters of a title line: what a phone holds; larger type stands on a wide screen."""
    return TITLE_WIDTH if tone.size < LARGE else WIDE_TITLE


def title_height(written: str, theme: Theme) -> int:
    """Room in px of a figure's title as it is `written` in it, its lines broken by <br>."""
    return round((written.count("<br>") + 1) * TONES[theme].title * 1.35) + 14 if written else 10


def _title_height(title: str, tone: Tone) -> int:
    if not title:
        return 10
    lines = wrapped(title, _title_width(tone)).count("<br>") + 1
    return round(lines * tone.title * 1.35) + 14


def empty_chart(title: str, words: str, theme: Theme, height: int) -> go.Figure:
    """A figure that says why there is nothing to draw."""
    figure = canvas(title, theme, height)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(
        text=wrapped(words, 40), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False,
        font={"color": TONES[theme].muted},
    )  # fmt: skip
    return figure


def _line_trace(line: Line, tone: Tone, text: Text) -> go.Scatter:
    known = int(line.points["value"].notna().sum())
    color = tone.accent if line.main else tone.context
    return go.Scatter(
        x=line.points["month"], y=line.points["value"], name=line.name, connectgaps=False,
        mode="markers" if known == 1 else "lines+markers" if known <= 6 else "lines",
        line={"color": color, "width": 2.5 if line.main else 1.5, "dash": "solid"},
        marker={"color": color, "size": 7 if line.main else 5},
        customdata=[text(v) if pd.notna(v) else "" for v in line.points["value"]],
        hovertemplate="%{x|%Y-%m}  %{fullData.name} <b>%{customdata}</b><extra></extra>",
    )  # fmt: skip


def _end_label(line: Line, text: Text) -> str:
    last = line.points["value"].dropna().iloc[-1]
    return f"{short(line.name, 16)} {text(float(last))}"


def _label_ends(
    figure: go.Figure, lines: Sequence[Line], text: Text, tone: Tone, axis: tuple[float, float], gap: float
) -> None:
    ends = [(x, x.points.dropna(subset=["value"]).iloc[-1]) for x in lines]
    places = within(spread([float(end["value"]) for _, end in ends], gap), gap, *axis)
    for (line, end), place in zip(ends, places, strict=True):
        figure.add_annotation(
            x=end["month"], y=place, text=_end_label(line, text), showarrow=False, xanchor="left", xshift=7,
            font={"color": tone.accent if line.main else tone.muted, "weight": 600 if line.main else 400},
        )  # fmt: skip


def spread(places: Sequence[float], gap: float) -> list[float]:
    """The places moved as little as their order allows so that neighbours are at least `gap` apart."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[list[int]] = []
    for index in order:
        groups.append([index])
        while len(groups) > 1 and _low(groups[-1], places, gap) - _high(groups[-2], places, gap) < gap - 1e-12:
            groups[-2:] = [groups[-2] + groups[-1]]
    moved = list(places)
    for group in groups:
        for rank, index in enumerate(group):
            moved[index] = _low(group, places, gap) + rank * gap
    return moved


def within(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The places pushed into [low, high], as far as all fit: plotly draws no label whose place lies beyond its axis."""
    moved = list(places)
    order = sorted(range(len(moved)), key=lambda i: moved[i])
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    floor = low
    for index in order:
        moved[index] = max(moved[index], floor)
        floor = moved[index] + gap
    return moved


def _low(group: list[int], places: Sequence[float], gap: float) -> float:
    return sum(places[i] for i in group) / len(group) - gap * (len(group) - 1) / 2


def _high(group: list[int], places: Sequence[float], gap: float) -> float:
    return _low(group, places, gap) + gap * (len(group) - 1)


def value_axis(figure: go.Figure, values: Sequence[float], text: Text, axis: str) -> tuple[float, float]:
    """Round ticks in the reader's number format; zero is shown unless all values lie far from it."""
    low, high = min(values), max(values)
    start = 0.0 if (low >= 0 and low < 0.6 * high) or low == high >= 0 else low
    marks = ticks(start, high if high > start else start + (abs(start) or 1.0), 3)
    labels = [text(v) for v in marks]
    if all(WHOLE.search(label) for label in labels):  # 50.0% on every tick says no more than 50%
        labels = [WHOLE.sub("", label) for label in labels]
    settings = {"tickvals": marks, "ticktext": labels, "range": [marks[0], marks[-1]]}
    figure.update_layout({f"{axis}axis": settings})
    left = max(map(width_of, labels)) * cast("int", figure.layout.template.layout.font.size) * 0.56 + 12
    figure.update_layout(margin_l=left)
    return marks[0], marks[-1]


def month_axis(figure: go.Figure, months: pd.Series[Any]) -> None:
    """Years or months as ticks, no more than fit, with room for the first and the last column."""
    first, last = pd.Timestamp(months.min()), pd.Timestamp(months.max())
    if (last - first).days > 420:
        marks = [pd.Timestamp(y, 1, 1) for y in range(first.year, last.year + 1)]
        if months.dt.month.nunique() == 1:  # yearly values stand on their own month
            marks = [pd.Timestamp(y, first.month, 1) for y in range(first.year, last.year + 1)]
        marks = marks[:: math.ceil(len(marks) / 6)]
        labels = [str(m.year) for m in marks]
    else:
        every = pd.date_range(first, last, freq="MS")
        marks = list(every[:: max(1, math.ceil(len(every) / 5))])
        labels = [f"{m:%Y-%m}" if i == 0 else f"{m:%m}" for i, m in enumerate(marks)]
    pad = max((last - first) * 0.02, pd.Timedelta(days=12))
    figure.update_xaxes(type="date", tickangle=0, tickvals=marks, ticktext=labels, range=[first - pad, last + pad])


def _mark(figure: go.Figure, marker: tuple[str, str], tone: Tone) -> None:
    month, words = marker
    figure.add_shape(
        type="line", x0=month, x1=month, y0=0, y1=1, yref="paper", line={"color": tone.muted, "width": 1, "dash": "dot"}
    )
    figure.add_annotation(
        x=month, y=1, yref="paper", yanchor="top", xanchor="right", xshift=-3, text=words, showarrow=False,
        font={"color": tone.muted, "size": tone.size - 1},
    )  # fmt: skip


def width_of(text: str) -> int:
    """Width in half-width characters: a Chinese character, full-width sign or quotation mark counts two."""
    return sum(2 if ord(c) > 0x2E7F or c in "“”‘’…—" else 1 for c in text)


def short(text: str, width: int) -> str:
    """The text cut to `width` half-width characters."""
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _pieces(text: str) -> list[str]:
    """Where a line may break: after a space or a Chinese character, not after （ nor before a closing sign."""
    pieces: list[str] = []
    word = ""
    for place, char in enumerate(text):
        word += char
        follower = text[place + 1] if place + 1 < len(text) else ""
        if char == " " or (ord(char) > 0x2E7F and char not in "（《" and follower not in "，。；：、）》”％%"):
            pieces.append(word)
            word = ""
    return [*pieces, word] if word else pieces
