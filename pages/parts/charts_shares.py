"""Further kinds of chart: from half to nine in ten, parts of a whole, a frequency, two measures against each other.

Pure, like charts_forms.py: frames, words and a number format in, `go.Figure` out; every point carries its key as
`customdata[0]`, so that a click can lead to what lies behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import PALETTES, Theme
from pages.parts.charts import LARGE, TONES, Text, Tone, canvas, empty_chart, short, ticks, width_of
from pages.parts.charts_forms import ink_on

NARROW, BROAD = 310, 640  # px of the narrowest chart: on a phone, and where the type is a projector's


def spans(
    frame: pd.DataFrame,
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    ends: tuple[str, str],
    marked: Collection[str] = (),
) -> go.Figure:
    """A line from `low` to `high` a row, first on top: columns key, name, low, high (null = no data).

    `ends` name the two ends above the rows; the low end is a full dot, the high one a ring. `marked` rows stand out.
    """
    tone = TONES[theme]
    data = frame.dropna(subset=["low", "high"]).reset_index(drop=True)
    if data.empty:
        return empty_chart(title, empty, theme, 160)
    names = [short(name, 22) for name in data["name"]]
    left = _left(names, tone)
    words = [f"{text(float(low))} · {text(float(high))}" for low, high in zip(data["low"], data["high"], strict=True)]
    right = max(map(width_of, words)) * tone.size * 0.56 + 14
    figure = canvas(title, theme, round(len(data) * tone.size * 1.9 + tone.title * 4.6), left=left, right=right)
    colours = [tone.accent if not marked or key in marked else tone.context for key in data["key"]]
    for place, (low, high, colour) in enumerate(zip(data["low"], data["high"], colours, strict=True)):
        figure.add_shape(type="line", x0=low, x1=high, y0=place, y1=place, line={"color": colour, "width": 2})
    keys = [[key, name, word] for key, name, word in zip(data["key"], data["name"], words, strict=True)]
    for column, symbol in (("high", "circle-open"), ("low", "circle")):
        figure.add_trace(
            go.Scatter(
                x=data[column], y=list(range(len(data))), mode="markers", customdata=keys, cliponaxis=False,
                marker={"color": colours, "symbol": symbol, "size": tone.size * 0.75, "line": {"width": 2}},
                hovertemplate="%{customdata[1]}  <b>%{customdata[2]}</b><extra></extra>",
            )
        )  # fmt: skip
    for place, word in enumerate(words):
        figure.add_annotation(x=1, xref="paper", y=place, text=word, showarrow=False, xanchor="left", xshift=8)
    _rows(figure, names)
    legend(figure, [f"{sign} {end}" for sign, end in zip("●○", ends, strict=True)], tone)
    marks = ticks(0.0, float(data["high"].max()), 3)
    figure.update_xaxes(range=[0, marks[-1]], tickvals=marks, ticktext=_marks(marks, text), showgrid=True)
    return figure


def past(figure: go.Figure, values: Sequence[float], theme: Theme) -> go.Figure:
    """The bars' own labels (customdata[2] of `charts_forms.bars`) moved right, beyond these `values` too."""
    tone, bars = TONES[theme], figure.data[0]
    for place, (length, value, keys) in enumerate(zip(bars.x, values, bars.customdata, strict=True)):
        figure.add_annotation(
            x=max(length, value) if pd.notna(value) else length, y=place, xanchor="left", xshift=3, text=keys[2],
            showarrow=False, font={"color": tone.ink, "size": tone.size},
        )  # fmt: skip
    bars.text = None
    return figure


def _marks(marks: Sequence[float], text: Text) -> list[str]:
    """Ticks as the reader writes numbers, whole ones without decimals."""
    return [re.sub(r"\.0+(?!\d)", "", text(mark)) for mark in marks]


def shares(
    frame: pd.DataFrame,
    rows: Mapping[str, str],
    parts: Mapping[str, str],
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    colours: Mapping[str, str],
    whole: bool = True,
    named: bool = False,
) -> go.Figure:
    """A bar a row cut into its parts: columns row, part, value; `rows` and `parts` are key → name in order.

    `whole` makes every bar a hundred per cent (labels are then shares), else bars are as long as their values.
    `named` writes the parts' names into the bars, for rows of different parts; else a legend stands above. A part's
    key is `row|part`.
    """
    tone = TONES[theme]
    table = frame.pivot_table(index="row", columns="part", values="value", aggfunc="sum")
    table = table.reindex(index=[r for r in rows if r in table.index], columns=[p for p in parts if p in table])
    table = table[table.sum(axis=1) > 0]
    if table.empty:
        return empty_chart(title, empty, theme, 160)
    names = [short(rows[key], 22) for key in table.index]
    left, high = _left(names, tone), 1.9 if named else 1.0
    figure = canvas(title, theme, round(len(table) * tone.size * 2.2 * high + tone.title * 5), left=left, right=4)
    totals = table.sum(axis=1)
    drawn = table.div(totals, axis=0) * 100 if whole else table
    longest = 100.0 if whole else float(totals.max())
    for part in drawn.columns:
        written = [
            _label(value, total, part_name=parts[part] if named else "", text=text, whole=whole)
            if pd.notna(value) else ""
            for value, total in zip(table[part], totals, strict=True)
        ]  # fmt: skip
        room = [float(v) / longest * (_narrowest(tone) - left) if pd.notna(v) else 0.0 for v in drawn[part]]
        fitting = [_fitting(word, space, tone) for word, space in zip(written, room, strict=True)]
        keys = [
            [f"{row}|{part}", f"{rows[row]} · {parts[part]}", _said(value, total, text)]
            for row, value, total in zip(table.index, table[part], totals, strict=True)
        ]
        figure.add_trace(
            go.Bar(
                x=drawn[part], y=list(range(len(table))), orientation="h", width=0.72, name=parts[part],
                marker={"color": colours[part], "line": {"color": tone.paper, "width": 1}}, customdata=keys,
                text=fitting, textposition="inside", insidetextanchor="middle", textangle=0, constraintext="none",
                textfont={"color": ink_on(colours[part]), "size": tone.size},
                hovertemplate="%{customdata[1]}  <b>%{customdata[2]}</b><extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(barmode="stack", margin_b=8)
    figure.update_xaxes(visible=False, range=[0, longest])
    _rows(figure, names)
    if not named:
        legend(figure, [f'<span style="color:{colours[p]}">■</span> {parts[p]}' for p in drawn.columns], tone)
    return figure


def frequency(
    frame: pd.DataFrame,
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    across: str,
    marked: Collection[str] = (),
    height: int = 240,
) -> go.Figure:
    """How often each amount occurs: columns key, name (the amount), value; `across` names the amounts."""
    tone = TONES[theme]
    data = frame.reset_index(drop=True)
    if data.empty or not data["value"].sum():
        return empty_chart(title, empty, theme, 160)
    figure = canvas(title, theme, round(height * tone.size / 12), left=4, right=4)
    labels = [text(float(value)) if value else "" for value in data["value"]]
    colours = [tone.accent if not marked or key in marked else PALETTES[theme].sequential[1] for key in data["key"]]
    figure.add_trace(
        go.Bar(
            x=list(range(len(data))), y=data["value"], marker={"color": colours}, width=0.8, text=labels,
            textposition="outside", cliponaxis=False, constraintext="none", textangle=0, textfont={"color": tone.ink},
            customdata=[[k, n, v] for k, n, v in zip(data["key"], data["name"], labels, strict=True)],
            hovertemplate="%{customdata[1]}  <b>%{customdata[2]}</b><extra></extra>",
        )
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[0, float(data["value"].max()) * 1.15])
    figure.update_xaxes(tickvals=list(range(len(data))), ticktext=list(data["name"]), title={"text": across})
    figure.update_layout(xaxis_title_font={"color": tone.muted, "size": tone.size}, margin_b=tone.size * 4)
    return figure


def against(
    frame: pd.DataFrame,
    *,
    title: str,
    text: tuple[Text, Text],
    axes: tuple[str, str],
    theme: Theme,
    empty: str,
    marked: Collection[str] = (),
    middle: tuple[float, float] | None = None,
    middle_name: str = "",
    height: int = 320,
) -> go.Figure:
    """Two measures against each other: columns key, name, x, y (null = left out); `axes` name them.

    `middle` draws a cross, called `middle_name`, where the whole stands. The outermost points and `marked` ones are
    named.
    """
    tone = TONES[theme]
    data = frame.dropna(subset=["x", "y"]).reset_index(drop=True)
    if data.empty:
        return empty_chart(title, empty, theme, 160)
    figure = canvas(title, theme, round(height * tone.size / 12), right=8)
    outer = {data[c].idxmax() for c in ("x", "y")} | {data[c].idxmin() for c in ("x", "y")}
    shown = {i for i, key in enumerate(data["key"]) if key in marked} | outer
    colours = [tone.accent if not marked or key in marked else tone.context for key in data["key"]]
    half = (data["x"].max() + data["x"].min()) / 2
    keys = [
        [k, n, f"{axes[0]} {text[0](float(x))} · {axes[1]} {text[1](float(y))}"]
        for k, n, x, y in zip(data["key"], data["name"], data["x"], data["y"], strict=True)
    ]
    figure.add_trace(
        go.Scatter(
            x=data["x"], y=data["y"], mode="markers+text", customdata=keys, cliponaxis=False,
            marker={"color": colours, "size": tone.size * 0.8, "opacity": 0.85},
            text=[short(n, 18) if i in shown else "" for i, n in enumerate(data["name"])],
            textposition=["middle left" if x > half else "middle right" for x in data["x"]],
            textfont={"color": tone.ink, "size": tone.size},
            hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        )
    )  # fmt: skip
    for axis, column, write in (("x", "x", text[0]), ("y", "y", text[1])):
        marks = _scale(data[column], None if middle is None else middle[0 if axis == "x" else 1])
        words = _marks(marks, write)
        figure.update_layout({f"{axis}axis": {"tickvals": marks, "ticktext": words, "range": [marks[0], marks[-1]]}})
        if axis == "y":
            figure.update_layout(margin_l=max(map(width_of, words)) * tone.size * 0.56 + 12)
    figure.update_xaxes(title={"text": axes[0], "font": {"color": tone.muted, "size": tone.size}}, showgrid=True)
    figure.update_layout(margin_b=tone.size * 4, margin_t=figure.layout.margin.t + tone.size * 1.8)
    figure.add_annotation(
        text=axes[1], x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", showarrow=False,
        yshift=4, font={"color": tone.muted, "size": tone.size},
    )  # fmt: skip
    if middle is not None:
        line = {"color": tone.muted, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=middle[0], x1=middle[0], y0=0, y1=1, yref="paper", line=line)
        figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=middle[1], y1=middle[1], line=line)
        figure.add_annotation(
            text=middle_name, x=1, xref="paper", xanchor="right", y=middle[1], yanchor="bottom", showarrow=False,
            font={"color": tone.muted, "size": tone.size - 1},
        )  # fmt: skip
    return figure


def _scale(values: pd.Series[float], middle: float | None) -> list[float]:
    every = [*values, *([middle] if middle is not None else [])]
    low, high = min(every), max(every)
    room = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    return ticks(max(0.0, low - room), high + room, 4)


def _label(value: float, total: float, *, part_name: str, text: Text, whole: bool) -> str:
    said = f"{100 * value / total:.0f}%" if whole else text(value)
    return f"{part_name}<br>{said}" if part_name else said


def _said(value: float, total: float, text: Text) -> str:
    return "" if pd.isna(value) else f"{text(value)} ({100 * value / total:.1f}%)"


def _fitting(words: str, room: float, tone: Tone) -> str:
    """The words where they fit; else, of a name and a share, the share; else nothing."""
    for choice in (words, words.rpartition("<br>")[2]):
        if max(map(width_of, choice.split("<br>"))) * tone.size * 0.56 + 4 <= room:
            return choice
    return ""


def _narrowest(tone: Tone) -> int:
    return NARROW if tone.size < LARGE else BROAD


def _left(names: Sequence[str], tone: Tone) -> float:
    return max(map(width_of, names)) * tone.size * 0.54 + 10


def _rows(figure: go.Figure, names: Sequence[str]) -> None:
    settings = {"tickvals": list(range(len(names))), "ticktext": list(names), "range": [len(names) - 0.5, -0.5]}
    figure.update_yaxes(**settings, showgrid=False, zeroline=False)


def legend(figure: go.Figure, entries: Sequence[str], tone: Tone) -> None:
    """What marks mean, above the rows, in as many lines as the narrowest chart needs."""
    lines, used = [""], 0.0
    for entry in entries:
        width = (width_of(re.sub(r"<[^>]+>", "", entry)) + 3) * tone.size * 0.56
        if lines[-1] and used + width > _narrowest(tone):
            lines, used = [*lines, ""], 0.0
        lines[-1], used = f"{lines[-1]}{entry}  ", used + width
    figure.add_annotation(
        text="<br>".join(lines), x=0, xref="paper", xshift=-figure.layout.margin.l, xanchor="left", align="left", y=1,
        yref="paper", yanchor="bottom", showarrow=False, font={"size": tone.size, "color": tone.muted},
    )  # fmt: skip
    more = tone.size * (0.4 + 1.3 * len(lines))
    down = (1 - figure.layout.title.y) * figure.layout.height  # the title stays where it is
    figure.update_layout(margin_t=figure.layout.margin.t + more, height=figure.layout.height + more)
    figure.update_layout(title_y=1 - down / figure.layout.height)
