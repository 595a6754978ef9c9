"""Further kinds of chart, of the same cloth as charts.py: bars, stacked columns, matrices, pyramids, spent of planned.

Pure: frames, words and a number format in, `go.Figure` out. Every point carries its key as `customdata[0]`, so that a
click can lead to what lies behind it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import PALETTES, Theme, contrast, sequential
from pages.parts.charts import TONES, Text, Tone, canvas, empty_chart, month_axis, short, spread, value_axis, width_of

HIDDEN = "hidden"  # column: True where a count is too small to be shown
HIDDEN_MARK = "•"  # in a cell too narrow for words
MONTH = 86_400_000 * 26  # width of a month's column, ms


@dataclass(frozen=True)
class Made:
    """A chart with what it says (its title) and the same figures as a table with headings in the reader's language."""

    title: str
    figure: go.Figure
    table: pd.DataFrame


def bars(
    frame: pd.DataFrame,
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    marked: Collection[str] = (),
    most: float | None = None,
    hidden: str = "",
    note: Mapping[str, str] | None = None,
) -> go.Figure:
    """Horizontal bars, first row on top: columns key, name, value (null = no data), and `hidden` where suppressed.

    `marked` keys are drawn in the accent, the rest in the context's colour (all in the accent if none is marked).
    `hidden` are the words of a suppressed value; `note` adds words to a bar's label; `most` fixes the end of the axis.
    """
    tone = TONES[theme]
    data = frame.reset_index(drop=True)
    if data.empty or (data["value"].isna().all() and HIDDEN not in data):
        return empty_chart(title, empty, theme, 160)
    labels = _bar_labels(data, text, hidden, note or {})
    names = [short(name, 26) for name in data["name"]]
    left = max(map(width_of, names)) * tone.size * 0.54 + 10
    figure = canvas(title, theme, round(len(data) * tone.size * 2 + tone.title * 4.2), left=left)
    colours = [tone.accent if not marked or key in marked else tone.context for key in data["key"]]
    figure.add_trace(
        go.Bar(
            x=data["value"].fillna(0), y=list(range(len(data))), orientation="h", marker={"color": colours},
            width=0.62, text=labels, textposition="outside", constraintext="none", cliponaxis=False,
            textfont={"color": tone.ink, "size": tone.size},
            customdata=[[key, name, label] for key, name, label in zip(data["key"], data["name"], labels, strict=True)],
            hovertemplate="%{customdata[1]}  <b>%{customdata[2]}</b><extra></extra>",
        )
    )  # fmt: skip
    high = max(most or 0.0, float(data["value"].max()) if data["value"].notna().any() else 1.0) or 1.0
    room = min(0.8, max(map(width_of, labels)) * tone.size * 0.6 / max(310 - left, 110))
    figure.update_xaxes(visible=False, range=[0, high / (1 - room)])
    _categories(figure, names, "y")
    figure.update_layout(margin_b=8, bargap=0.3)
    return figure


def _bar_labels(data: pd.DataFrame, text: Text, hidden: str, note: Mapping[str, str]) -> list[str]:
    kept = data[HIDDEN] if HIDDEN in data else pd.Series(False, index=data.index)
    shown = [
        hidden if away else "—" if pd.isna(value) else text(float(value))
        for value, away in zip(data["value"], kept, strict=True)
    ]
    return [label + note.get(key, "") for label, key in zip(shown, data["key"], strict=True)]


def _categories(figure: go.Figure, names: Sequence[str], axis: str) -> None:
    """Names at whole numbers; the first on top of a y axis."""
    count = len(names)
    limits = [count - 0.5, -0.5] if axis == "y" else [-0.5, count - 0.5]
    settings = {"tickvals": list(range(count)), "ticktext": list(names), "range": limits, "showgrid": False}
    figure.update_layout({f"{axis}axis": {**settings, "zeroline": False}})


def stacked(
    frame: pd.DataFrame,
    parts: Mapping[str, str],
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    height: int = 260,
) -> go.Figure:
    """Columns a month, stacked by part: columns month, part, value; `parts` are key → name, the lowest first.

    Each part is named at the right, beside the last column, in its own colour.
    """
    tone = TONES[theme]
    table = frame.pivot_table(index="month", columns="part", values="value", aggfunc="sum").fillna(0.0)
    shown = [key for key in parts if key in table]
    if table.empty or not shown:
        return empty_chart(title, empty, theme, height)
    right = max(width_of(parts[key]) for key in shown) * tone.size * 0.56 + 14
    figure = canvas(title, theme, height, right=right)
    colours = dict(zip(parts, tone.series, strict=False))
    for key in shown:
        figure.add_trace(_layer(table[key], key, parts[key], colours[key], tone, text))
    figure.update_layout(barmode="stack")
    low, high = value_axis(figure, [0.0, *table[shown].sum(axis=1)], text, "y")
    months = pd.Series(table.index)
    month_axis(figure, months)
    _name_layers(figure, table[shown], parts, colours, tone, gap=(high - low) * tone.size * 1.5 / max(height * 0.62, 1))
    return figure


def _layer(values: pd.Series[float], key: str, name: str, colour: str, tone: Tone, text: Text) -> go.Bar:
    return go.Bar(
        x=values.index, y=values, name=name, width=MONTH if len(values) > 1 else None,
        marker={"color": colour, "line": {"color": tone.paper, "width": 1}},
        customdata=[[key, f"{month:%Y-%m}", text(float(value))] for month, value in values.items()],
        hovertemplate="%{customdata[1]}  %{fullData.name} <b>%{customdata[2]}</b><extra></extra>",
    )  # fmt: skip


def _name_layers(
    figure: go.Figure, table: pd.DataFrame, parts: Mapping[str, str], colours: Mapping[str, str], tone: Tone, gap: float
) -> None:
    last = table.iloc[-1]
    middles = (last.cumsum() - last / 2).tolist()
    for key, place in zip(table.columns, spread(middles, gap), strict=True):
        figure.add_annotation(
            x=1, xref="paper", y=place, text=parts[str(key)], showarrow=False, xanchor="left", xshift=6,
            font={"color": colours[str(key)], "size": tone.size},
        )  # fmt: skip


def matrix(
    frame: pd.DataFrame,
    rows: Mapping[str, str],
    columns: Mapping[str, str],
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    hidden: str = "",
    labels: bool = True,
    across: str = "",
    log: bool = False,
    words: Mapping[str, str] | None = None,
) -> go.Figure:
    """Cells coloured by value: columns row, column, value (null = none), `hidden` where suppressed.

    `rows` and `columns` are key → name in order; `across` names the columns; `labels` writes values into the cells;
    `log` colours by the logarithm; `words` by the cell's key, `row|column`, stand in for its value.
    """
    tone, ramp = TONES[theme], sequential(theme, 5)
    if frame.empty or not rows or not columns:
        return empty_chart(title, empty, theme, 160)
    cells = {(r, c): (v, h) for r, c, v, h in _cells(frame)}
    numbers, told, keys = [], [], []
    for r in rows:
        line = [cells.get((r, c), (math.nan, False)) for c in columns]
        numbers.append([math.log10(v) if log and v > 0 else v for v, _ in line])
        own = [hidden if away else "" if pd.isna(v) else text(float(v)) for v, away in line]
        told.append([(words or {}).get(f"{r}|{c}", w) for c, w in zip(columns, own, strict=True)])
        keys.append([[f"{r}|{c}", f"{rows[r]} · {columns[c]}", w] for c, w in zip(columns, told[-1], strict=True)])
    names = [short(name, 18) for name in rows.values()]
    left = max(map(width_of, names)) * tone.size * 0.54 + 10
    tops = [short(name, 16) for name in columns.values()]
    narrow = (340 - left) / len(columns)  # px a column has on a phone
    turned = len(columns) > 6 or max(map(width_of, tops)) * tone.size * 0.56 > narrow
    tops = [short(name, 26) for name in columns.values()] if turned else tops
    top = max(map(width_of, tops)) * tone.size * 0.56 + 8 if turned else tone.size * 1.8
    figure = canvas(title, theme, 100, left=left)
    down = figure.layout.margin.t + top + (tone.size * 1.6 if across else 0)
    figure.update_layout(height=round(len(rows) * tone.size * 1.9 + down + 8), margin={"t": down, "b": 8, "r": 4})
    first = 4 + (0.85 * tone.title if "<br>" in figure.layout.title.text else 0)  # as in canvas, for the new height
    figure.update_layout(title={"y": 1 - first / figure.layout.height})
    least, most = _ends(numbers)
    figure.add_trace(
        go.Heatmap(
            z=numbers, x=list(range(len(columns))), y=list(range(len(rows))), xgap=1, ygap=1, showscale=False,
            colorscale=_scale(ramp, theme), customdata=keys, zmin=least, zmax=most,
            hoverinfo="skip",
        )
    )  # fmt: skip
    figure.add_trace(_touch(numbers, keys))
    shown = told if labels else [[HIDDEN_MARK if hidden and w == hidden else "" for w in line] for line in told]
    _write_cells(figure, numbers, shown, theme)
    _categories(figure, names, "y")
    _categories(figure, tops, "x")
    figure.update_xaxes(side="top", tickangle=-90 if turned else 0)
    if across:
        figure.add_annotation(
            text=across, x=0, xref="paper", y=1, yref="paper", yanchor="bottom", yshift=top, xanchor="left",
            showarrow=False, font={"color": tone.muted, "size": tone.size},
        )  # fmt: skip
    return figure


def _cells(frame: pd.DataFrame) -> list[tuple[str, str, float, bool]]:
    kept = frame[HIDDEN] if HIDDEN in frame else pd.Series(False, index=frame.index)
    values = pd.to_numeric(frame["value"]).astype("float64")
    return list(zip(frame["row"].astype(str), frame["column"].astype(str), values, kept.astype(bool), strict=True))


def _ends(numbers: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Where the colours begin and end: at zero, unless all values lie far from it, as on a value axis."""
    known = [n for line in numbers for n in line if not math.isnan(n)] or [0.0, 1.0]
    low, high = min(known), max(known)
    low = low if low < 0 or low >= 0.6 * high else 0.0
    return low, high if high > low else low + 1.0


def _touch(numbers: Sequence[Sequence[float]], keys: Sequence[Sequence[Sequence[str]]]) -> go.Bar:
    """Clear boxes over the cells with a value: a heatmap tells nobody what was clicked, bars do."""
    known = [(x, y) for y, line in enumerate(numbers) for x, n in enumerate(line) if not math.isnan(n)]
    return go.Bar(
        x=[x for x, _ in known], base=[y - 0.5 for _, y in known], y=[1] * len(known), width=1,
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, customdata=[keys[y][x] for x, y in known],
        hovertemplate="%{customdata[1]}  <b>%{customdata[2]}</b><extra></extra>",
    )  # fmt: skip


def _write_cells(
    figure: go.Figure,
    numbers: Sequence[Sequence[float]],
    words: Sequence[Sequence[str]],
    theme: Theme,
) -> None:
    """Words into the cells, dark or light, whichever stands out from the cell's own colour."""
    tone, ramp = TONES[theme], sequential(theme, 5)
    low, high = _ends(numbers)
    for y, line in enumerate(words):
        for x, word in enumerate(line):
            if not word:
                continue
            number = numbers[y][x]
            colour = tone.muted if math.isnan(number) else ink_on(_ground(ramp, (number - low) / (high - low), theme))
            figure.add_annotation(
                x=x, y=y, text=word, showarrow=False, font={"color": colour, "size": tone.size - 1}
            )  # fmt: skip


def _scale(ramp: Sequence[str], theme: Theme) -> list[list[float | str]]:
    """Colours from low to high, mixed between the steps; a projector's in plain steps: a mixed one may have a lightness
    on which neither black nor white reaches 7:1.
    """
    if theme != "projector":
        return [[i / (len(ramp) - 1), colour] for i, colour in enumerate(ramp)]
    return [[(i + end) / len(ramp), colour] for i, colour in enumerate(ramp) for end in (0, 1)]


def _ground(ramp: Sequence[str], place: float, theme: Theme) -> str:
    """The colour of a cell at `place` (0 to 1) in that scale."""
    return ramp[min(int(place * len(ramp)), len(ramp) - 1)] if theme == "projector" else blend(ramp, place)


def blend(ramp: Sequence[str], place: float) -> str:
    """The colour at `place` (0 to 1) of the ramp, as plotly mixes it."""
    step = min(max(place, 0.0), 1.0) * (len(ramp) - 1)
    first = min(int(step), len(ramp) - 2)
    pairs = zip(_channels(ramp[first]), _channels(ramp[first + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * (step - first)):02x}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def ink_on(colour: str) -> str:
    """Black or white, whichever has the greater contrast (WCAG) on `colour`, a #rrggbb."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, colour))


def pyramid(
    frame: pd.DataFrame,
    bands: Mapping[str, str],
    sides: tuple[tuple[str, str], tuple[str, str]],
    *,
    title: str,
    text: Text,
    theme: Theme,
    empty: str,
    inner: str = "",
    hidden: str = "",
) -> go.Figure:
    """Two sides of bars by band: columns band, side, value, inner (a part of the value, drawn dark), `hidden`.

    `bands` key → name from the bottom up; `sides` (key, name) left and right; `inner` names the dark part.
    """
    tone, palette = TONES[theme], PALETTES[theme]
    values = pd.to_numeric(frame["value"]) if len(frame) else pd.Series(dtype="float64")
    if frame.empty or values.isna().all():
        return empty_chart(title, empty, theme, 220)
    order = list(bands)[::-1]
    names = [bands[band] for band in order]
    high = float(values.max()) * 1.45
    left = max(map(width_of, names)) * tone.size * 0.54 + 10
    figure = canvas(title, theme, round(len(order) * tone.size * 2.3 + tone.title * 4 + tone.size * 2), left=left)
    for sign, (side, name), colour in zip((-1, 1), sides, (tone.series[1], tone.accent), strict=True):
        rows = frame[frame["side"] == side].set_index("band").reindex(order)
        _pyramid_side(figure, rows, sign, colour, text, hidden, tone, name)
        figure.add_annotation(
            x=sign * high / 2, y=1, yref="paper", yanchor="bottom", text=name, showarrow=False,
            font={"color": colour, "weight": 600},
        )  # fmt: skip
    figure.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": palette.muted, "width": 1})
    figure.update_layout(barmode="overlay", margin_t=figure.layout.margin.t + tone.size * 1.6)
    figure.update_xaxes(visible=False, range=[-high, high])
    _categories(figure, names, "y")
    if inner:
        figure.update_layout(margin_b=tone.size * 2)
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=0, yref="paper", yanchor="top", yshift=-4, text=inner, showarrow=False,
            font={"color": tone.muted, "size": tone.size - 1},
        )  # fmt: skip
    else:
        figure.update_layout(margin_b=8)
    return figure


def _pyramid_side(
    figure: go.Figure, rows: pd.DataFrame, sign: int, colour: str, text: Text, hidden: str, tone: Tone, name: str
) -> None:
    kept = rows[HIDDEN].fillna(False).astype(bool) if HIDDEN in rows else pd.Series(False, index=rows.index)
    values = pd.to_numeric(rows["value"]).astype("float64")
    words = [hidden if away else "" if pd.isna(v) else text(float(v)) for v, away in zip(values, kept, strict=True)]
    shared = {"y": list(range(len(rows))), "orientation": "h", "width": 0.66, "hoverinfo": "skip", "cliponaxis": False}
    figure.add_trace(
        go.Bar(
            x=sign * values.fillna(0), marker={"color": colour, "opacity": 0.5}, text=words, textposition="outside",
            constraintext="none", textfont={"color": tone.ink}, **shared | {"hoverinfo": None},
            customdata=[[band, name, word] for band, word in zip(rows.index, words, strict=True)],
            hovertemplate="%{customdata[1]}  <b>%{customdata[2]}</b><extra></extra>",
        )
    )  # fmt: skip
    if "inner" in rows:
        inner = pd.to_numeric(rows["inner"]).astype("float64").fillna(0)
        figure.add_trace(go.Bar(x=sign * inner, marker={"color": colour}, **shared))


def spent(frame: pd.DataFrame, *, title: str, text: Text, theme: Theme, empty: str, of: str) -> go.Figure:
    """What was spent inside what was planned: columns key, name, planned, spent; each bar is its own plan = 100 %.

    `of` are words with {spent}, {planned} and {share} written under the name.
    """
    tone = TONES[theme]
    data = frame[frame["planned"] > 0].reset_index(drop=True)
    if data.empty:
        return empty_chart(title, empty, theme, 160)
    shares = data["spent"] / data["planned"] * 100
    words = [
        of.format(spent=text(float(s)), planned=text(float(p)), share=f"{q:.0f}%")
        for s, p, q in zip(data["spent"], data["planned"], shares, strict=True)
    ]
    figure = canvas(title, theme, round(len(data) * tone.size * 3.6 + tone.title * 3.6), left=2, right=2)
    keys = [[key, name, word] for key, name, word in zip(data["key"], data["name"], words, strict=True)]
    hover = "%{customdata[1]}<br>%{customdata[2]}<extra></extra>"
    places = list(range(len(data)))
    outline = {"color": "rgba(0,0,0,0)", "line": {"color": tone.muted, "width": 1}}
    for values, marker in ((shares.clip(upper=100), {"color": tone.accent}), ([100.0] * len(data), outline)):
        figure.add_trace(
            go.Bar(
                x=values, y=places, orientation="h", width=0.3, marker=marker, customdata=keys, hovertemplate=hover
            )
        )  # fmt: skip
    for place, name, word in zip(places, data["name"], words, strict=True):
        figure.add_annotation(
            x=0, y=place, yshift=tone.size * 1.25, xanchor="left", text=f"<b>{short(name, 30)}</b>  {word}",
            showarrow=False, font={"size": tone.size},
        )  # fmt: skip
    figure.update_xaxes(visible=False, range=[0, 100.5])
    figure.update_yaxes(visible=False, range=[len(data) - 0.55, -0.75])
    figure.update_layout(barmode="overlay", margin_b=8)
    return figure
