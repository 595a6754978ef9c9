"""Charts of outcomes and comparison: values with their intervals, two measures over areas, multiples of one scale.

Pure, like charts_forms.py: frames, words and a number format in, `go.Figure` out; every point carries its key as
`customdata[0]`, so that a click can lead to what lies behind it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import PALETTES, Theme
from pages.parts.charts import TONES, Text, Tone, canvas, empty_chart, short, ticks, width_of


def intervals(
    frame: pd.DataFrame,
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    marked: Collection[str] = (),
    rule: tuple[float, str] | None = None,
) -> go.Figure:
    """A dot on a line from `low` to `high` a row, first on top: columns key, name, value, low, high, note.

    `note` stands at the right, `marked` rows in the accent (all where none is); `rule` = (value, words) draws what all
    are compared with.
    """
    tone = TONES[theme]
    data = frame.dropna(subset=["value"]).reset_index(drop=True)
    if data.empty:
        return empty_chart(title, empty, theme, 160)
    names = [short(name, 20) for name in data["name"]]
    left = max(map(width_of, names)) * tone.size * 0.54 + 10
    right = max(map(width_of, data["note"])) * tone.size * 0.56 + 14
    height = round((len(data) + 2) * tone.size * 1.85 + tone.title * 4.2)
    figure = canvas(title, theme, height, left=left, right=right)
    colours = [tone.accent if not marked or key in marked else tone.context for key in data["key"]]
    for place, (low, high, colour) in enumerate(zip(data["low"], data["high"], colours, strict=True)):
        if low == low:
            line = {"color": colour, "width": 2}
            figure.add_shape(type="line", x0=low, x1=high, y0=place, y1=place, line=line)
    figure.add_trace(
        go.Scatter(
            x=data["value"], y=list(range(len(data))), mode="markers", cliponaxis=False,
            marker={"color": colours, "size": tone.size * 0.75},
            customdata=[list(row) for row in data[["key", "name", "note"]].itertuples(index=False)],
            hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        )
    )  # fmt: skip
    for place, note in enumerate(data["note"]):
        figure.add_annotation(
            x=1, xref="paper", y=place, text=note, showarrow=False, xanchor="left", xshift=8,
            font={"color": tone.ink, "size": tone.size},
        )  # fmt: skip
    ends = [*data["low"].dropna(), *data["high"].dropna(), *data["value"], *([rule[0]] if rule else [])]
    marks = ticks(min(ends), max(ends), 3)
    figure.update_xaxes(range=[marks[0], marks[-1]], tickvals=marks, ticktext=[text(m) for m in marks], showgrid=True)
    limits = [len(data) - 0.4, -1.4 if rule else -0.6]
    figure.update_yaxes(tickvals=list(range(len(data))), ticktext=names, range=limits, showgrid=False, zeroline=False)
    if rule:
        _rule(figure, rule, marks, tone)
    return figure


def _rule(figure: go.Figure, rule: tuple[float, str], marks: Sequence[float], tone: Tone) -> None:
    where = (rule[0] - marks[0]) / (marks[-1] - marks[0])
    figure.add_shape(
        type="line", x0=rule[0], x1=rule[0], y0=0, y1=1, yref="paper",
        line={"color": tone.muted, "width": 1, "dash": "dot"},
    )  # fmt: skip
    figure.add_annotation(
        x=rule[0], y=1, yref="paper", yanchor="top", showarrow=False, text=rule[1], xshift=4 if where < 0.5 else -4,
        xanchor="left" if where < 0.5 else "right", font={"color": tone.muted, "size": tone.size - 1},
    )  # fmt: skip


KINDS = ("other", "alike", "own")  # drawn in this order: the reader's own area lies on top


def pairs(
    frame: pd.DataFrame,
    *,
    title: str,
    text: tuple[Text, Text],
    axes: tuple[str, str],
    kinds: Mapping[str, str],
    theme: Theme,
    empty: str,
    height: int = 360,
    most: tuple[float, float] = (math.inf, math.inf),
) -> go.Figure:
    """A dot an area: columns key, name, x, y (null = left out), kind (other, alike, own); `axes` name x and y.

    `most` are the greatest possible x and y, where the axes end.
    `kinds` are the words of the legend for the kinds that occur. The own area is named, and others far out.
    """
    tone = TONES[theme]
    data = frame.dropna(subset=["x", "y"]).reset_index(drop=True)
    if data.empty:
        return empty_chart(title, empty, theme, 200)
    figure = canvas(title, theme, height, right=8)
    colours = {"other": PALETTES[theme].mark, "alike": tone.series[1], "own": tone.accent}
    named = _outermost(data) | set(data.index[data["kind"] == "own"][:3])
    for kind in KINDS:
        rows = data[data["kind"] == kind]
        if len(rows):
            figure.add_trace(_dots(rows, colours[kind], tone, text, axes, kind))
    half = (data["x"].max() + data["x"].min()) / 2
    for index in sorted(named):
        row = data.loc[index]
        figure.add_annotation(
            x=row["x"], y=row["y"], text=short(str(row["name"]), 18), showarrow=False, yshift=-tone.size * 0.95,
            xanchor="right" if row["x"] > half else "left", font={"color": tone.ink, "size": tone.size - 1},
        )  # fmt: skip
    _two_axes(figure, data, text, axes, most, tone)
    entries = [
        f'<span style="color:{colours[kind]}">●</span> {kinds[kind]}'
        for kind in reversed(KINDS)
        if kind in kinds and (data["kind"] == kind).any()
    ]
    if entries:
        figure.add_annotation(
            text="  ".join(entries), x=1, xref="paper", xanchor="right", y=1, yref="paper", yanchor="bottom", yshift=4,
            showarrow=False, font={"color": tone.muted, "size": tone.size},
        )  # fmt: skip
    return figure


def _outermost(data: pd.DataFrame) -> set[int]:
    ends = [place for c in ("x", "y") for place in (data[c].argmax(), data[c].argmin())]
    return {int(place) for place in ends}


def _dots(
    rows: pd.DataFrame, colour: str, tone: Tone, text: tuple[Text, Text], axes: tuple[str, str], kind: str
) -> go.Scatter:
    keys = [
        [key, name, f"{axes[0]} {text[0](float(x))}<br>{axes[1]} {text[1](float(y))}"]
        for key, name, x, y in zip(rows["key"], rows["name"], rows["x"], rows["y"], strict=True)
    ]
    return go.Scatter(
        x=rows["x"], y=rows["y"], mode="markers", customdata=keys, cliponaxis=False,
        marker={
            "color": colour, "size": tone.size * (0.95 if kind == "own" else 0.7),
            "opacity": 0.5 if kind == "other" else 1, "line": {"color": tone.paper, "width": 1},
        },
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _two_axes(
    figure: go.Figure,
    data: pd.DataFrame,
    text: tuple[Text, Text],
    axes: tuple[str, str],
    most: tuple[float, float],
    tone: Tone,
) -> None:
    for axis, write, end in zip("xy", text, most, strict=True):
        marks = [mark for mark in _scale(data[axis]) if mark <= max(end, float(data[axis].max()))]
        words = [write(mark) for mark in marks]
        figure.update_layout({f"{axis}axis": {"tickvals": marks, "ticktext": words, "range": [marks[0], marks[-1]]}})
        if axis == "y":
            figure.update_layout(margin_l=max(map(width_of, words)) * tone.size * 0.56 + 12)
    figure.update_xaxes(title={"text": f"{axes[0]} →", "font": {"color": tone.muted, "size": tone.size}}, showgrid=True)
    figure.update_layout(margin_b=tone.size * 4, margin_t=figure.layout.margin.t + tone.size * 1.8)
    figure.add_annotation(
        text=f"↑ {axes[1]}", x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", showarrow=False,
        yshift=4, font={"color": tone.muted, "size": tone.size},
    )  # fmt: skip


def _scale(values: pd.Series[float]) -> list[float]:
    """Round marks around all values; below zero only where values are."""
    low, high = float(values.min()), float(values.max())
    room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return ticks(low - room if low < 0 else max(0.0, low - room), high + room, 4)


def multiples(
    frame: pd.DataFrame,
    names: Mapping[str, str],
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    marked: str = "",
    across: int = 2,
) -> go.Figure:
    """One small panel an area, all with one scale: columns key, month, value; `names` key → name in order.

    Each panel names its area and its last value; the line of `marked` stands behind in the others as what they are
    compared with.
    """
    tone = TONES[theme]
    shown = [key for key in names if frame.loc[frame["key"] == key, "value"].notna().any()]
    if not shown:
        return empty_chart(title, empty, theme, 160)
    rows = math.ceil(len(shown) / across)
    panel = round(tone.size * 8.5)
    figure = canvas(title, theme, 100)
    top = figure.layout.margin.t
    figure.update_layout(height=rows * panel + top + 8, margin={"b": 8, "l": 0, "r": 4})
    figure.update_layout(title={"y": 1 - 6 / figure.layout.height, "yref": "container"})
    low, high = min(0.0, float(frame["value"].min())), float(frame["value"].max())
    top_mark = max(mark for mark in ticks(low, high, 3) if mark <= high or high <= low)
    limits = (low, max(high * 1.04, top_mark))
    background = frame[frame["key"] == marked].sort_values("month") if marked in shown else frame.iloc[0:0]
    for place, key in enumerate(shown):
        _panel(
            figure, frame, key, names[key], place, across, rows, (*limits, top_mark), text, tone,
            background if key != marked else None,
        )  # fmt: skip
    return figure


def _panel(
    figure: go.Figure, frame: pd.DataFrame, key: str, name: str, place: int, across: int, rows: int,
    scale: tuple[float, float, float], text: Text, tone: Tone, background: pd.DataFrame | None,
) -> None:  # fmt: skip
    line, column = divmod(place, across)
    number = "" if place == 0 else str(place + 1)
    x, y = f"x{number}", f"y{number}"
    wide, high = 1 / across, 1 / rows
    left, bottom = column * wide, 1 - (line + 1) * high
    figure.update_layout(
        {
            f"xaxis{number}": {
                "domain": [left + 0.02, left + wide - 0.03], "anchor": y, "visible": False, "fixedrange": True,
            },
            f"yaxis{number}": {
                "domain": [bottom + high * 0.08, bottom + high * 0.68], "anchor": x, "fixedrange": True,
                "range": [scale[0], scale[1]], "tickvals": [0, scale[2]], "showticklabels": False,
            },
        }
    )  # fmt: skip
    own = frame[frame["key"] == key].sort_values("month")
    if background is not None and len(background):
        figure.add_trace(
            go.Scatter(
                x=background["month"], y=background["value"], mode="lines", hoverinfo="skip", xaxis=x, yaxis=y,
                line={"color": tone.grid, "width": 2},
            )
        )  # fmt: skip
    last = own["value"].dropna().iloc[-1]
    figure.add_trace(
        go.Scatter(
            x=own["month"], y=own["value"], mode="lines+markers" if own["value"].count() <= 12 else "lines", name=name,
            xaxis=x, yaxis=y, line={"color": tone.accent, "width": 2}, marker={"size": 4, "color": tone.accent},
            customdata=[[key, text(v) if v == v else ""] for v in own["value"]],
            hovertemplate=name + "  %{x|%Y-%m}  <b>%{customdata[1]}</b><extra></extra>",
        )
    )  # fmt: skip
    figure.add_annotation(
        x=left + 0.02, xref="paper", y=bottom + high * 0.72, yref="paper", xanchor="left", yanchor="bottom",
        text=f"<b>{short(name, 16)}</b>  {text(float(last))}", showarrow=False,
        font={"size": tone.size, "color": tone.ink},
    )  # fmt: skip
    if place < across:
        figure.add_annotation(
            x=left + wide - 0.03, xref="paper", y=scale[2], yref=y, xanchor="right", yanchor="bottom",
            text=text(scale[2]), showarrow=False, font={"size": tone.size - 2, "color": tone.muted},
        )  # fmt: skip
