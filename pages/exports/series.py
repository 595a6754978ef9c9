"""From a figure on the page to what an office program can draw itself: categories, series, colours, intervals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import PALETTES
from pages.parts.charts_forms import blend

Kind = Literal["bar", "column", "line", "scatter"]
CLEAR = "rgba(0,0,0,0)"
GREY = "#8b949a"
FEW_MONTHS = 14


@dataclass(frozen=True)
class Series:
    """One series: a value (None: none or withheld) for each category, of a scatter x values too."""

    name: str
    values: tuple[float | None, ...]
    colour: str
    colours: tuple[str, ...] = ()
    x: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Native:
    """A chart that an office program draws and a person edits: `reading` bars go from the top down."""

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    stacked: bool = False
    overlaid: bool = False
    number_format: str = "#,##0"
    mirrored: bool = False
    axis_titles: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Matrix:
    """A matrix of cells: rows down, columns across, each cell's words and colour."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    colours: tuple[tuple[str, ...], ...] = field(default_factory=tuple)


def native(figure: go.Figure) -> Native | Matrix | None:
    """The figure as native chart or matrix; None for one that office programs don't draw (its table stands for it)."""
    traces = [trace for trace in figure.data if not _clear(trace)]
    if any(trace.type == "heatmap" for trace in traces):
        return _matrix(figure)
    if not traces or any(trace.x is None or not len(trace.x) for trace in traces):
        return None
    if _panelled(figure):
        return _panels(traces)
    if all(trace.type == "bar" for trace in traces):
        return _bars(figure, traces)
    if all(trace.type == "scatter" for trace in traces):
        return _scatters(figure, traces)
    return None


def _clear(trace: Any) -> bool:
    """Whether it is drawn only to be touched."""
    if trace.type != "bar":
        return False
    marker = trace.marker
    if not isinstance(marker.color, str) or marker.color != CLEAR:
        return False
    return not isinstance(marker.line.color, str)


def _panelled(figure: go.Figure) -> bool:
    """Whether it has several panels, or bars laid on bars of another base."""
    return "xaxis2" in figure.layout or any(getattr(t, "base", None) is not None for t in figure.data)


# ── bars ──


def _bars(figure: go.Figure, traces: Sequence[Any]) -> Native | None:
    across = traces[0].orientation == "h"
    places = list(traces[0].y if across else traces[0].x)
    axis = figure.layout.yaxis if across else figure.layout.xaxis
    names = _categories(axis, places) or _customed(traces[0])
    if names is None:
        return None
    values = [_values(trace, list(trace.x if across else trace.y)) for trace in traces]
    if any(len(each) != len(names) for each in values):
        return None
    series = tuple(
        Series(trace.name or "", each, _colour(trace), _colours(trace, len(names)))
        for trace, each in zip(traces, values, strict=True)
    )
    hidden = [_hidden(traces, place) for place in range(len(names))]
    marked = tuple(f"{name}（{word}）" if word else name for name, word in zip(names, hidden, strict=True))
    return Native(
        "bar" if across else "column",
        marked,
        series,
        stacked=figure.layout.barmode == "stack",
        overlaid=figure.layout.barmode == "overlay",
        number_format=_format(values, traces),
        mirrored=any(v is not None and v < 0 for each in values for v in each),
    )


def _customed(trace: Any) -> list[str] | None:
    """Names out of what a point says when it is touched."""
    given = trace.customdata
    if given is None or any(len(each) < 2 for each in given):
        return None
    return [str(each[1]) for each in given]


def _categories(axis: Any, places: Sequence[Any]) -> list[str] | None:
    if places and isinstance(pd.Timestamp, type) and _is_time(places[0]):
        days = [pd.Timestamp(place) for place in places]
        return list(_months(days))
    if axis.ticktext is None or len(axis.ticktext) < len(places):
        return None
    by_place = dict(zip(map(float, axis.tickvals), axis.ticktext, strict=True))
    found = [by_place.get(float(place)) for place in places]
    return None if None in found else [_plain(str(name)) for name in found]


def _months(days: Sequence[pd.Timestamp]) -> tuple[str, ...]:
    """Names of months (or days): of few months the year stands with the first one only, as on the page."""
    if any(day.day != 1 for day in days):
        return tuple(f"{day:%Y-%m-%d}" for day in days)
    few = len(days) <= FEW_MONTHS
    return tuple(f"{d:%m}" if few and place and d.month != 1 else f"{d:%Y-%m}" for place, d in enumerate(days))


def _is_time(value: Any) -> bool:
    return not isinstance(value, int | float | str) and pd.api.types.is_datetime64_any_dtype(pd.Series([value]))


def _plain(text: str) -> str:
    return re.sub(r"<[^>]+>", " ", text).strip()


def _values(trace: Any, numbers: Sequence[Any]) -> tuple[float | None, ...]:
    """The values; where the page writes a dash or a word instead of a number there is none."""
    words = list(trace.text) if isinstance(trace.text, list | tuple) or hasattr(trace.text, "tolist") else []
    told = [not words or not words[i] or bool(re.search(r"\d", str(words[i]))) for i in range(len(numbers))]
    return tuple(
        float(value) if known and value is not None and not pd.isna(value) else None
        for value, known in zip(numbers, told, strict=True)
    )


def _hidden(traces: Sequence[Any], place: int) -> str:
    for trace in traces:
        words = trace.text
        if words is not None and not isinstance(words, str) and place < len(words):
            word = str(words[place])
            if word and word != "—" and not re.search(r"\d", word):
                return word
    return ""


def _colour(trace: Any) -> str:
    colour = getattr(trace.marker, "color", None)
    if trace.type == "scatter" and trace.mode and "lines" in trace.mode:
        colour = trace.line.color or colour
    if isinstance(colour, str) and colour.startswith("#"):
        return colour
    return GREY


def _colours(trace: Any, count: int) -> tuple[str, ...]:
    colour = getattr(trace.marker, "color", None)
    if colour is None or isinstance(colour, str) or len(colour) != count:
        return ()
    return tuple(c if isinstance(c, str) and c.startswith("#") else GREY for c in colour)


def _format(values: Sequence[Sequence[float | None]], traces: Sequence[Any]) -> str:
    """As many decimals as the page writes; where it writes no numbers, as many as the values need."""
    known = [abs(v) for each in values for v in each if v is not None]
    written = [word for trace in traces for word in _words(trace)]
    if written:
        count = max(len(found[1]) if (found := re.search(r"\.(\d+)", word)) else 0 for word in written)
    else:
        count = 0 if all(float(v).is_integer() for v in known) else 2 if max(known, default=0.0) < 1 else 1
    number = "#,##0" + ("." + "0" * count if count else "")
    both = any(v is not None and v < 0 for each in values for v in each)
    return f"{number};{number}" if both else number


def _words(trace: Any) -> list[str]:
    """The numbers that the page writes at a trace's points, or says when they are touched."""
    given = trace.text if trace.text is not None and not isinstance(trace.text, str) else trace.customdata
    if given is None:
        return []
    words = [str(each if isinstance(each, str) else each[-1] if len(each) else "") for each in given]
    return [word for word in words if re.search(r"\d", word)]


# ── lines and points ──


def _scatters(figure: go.Figure, traces: Sequence[Any]) -> Native | None:
    if all(_is_time(trace.x[0]) for trace in traces):
        return _lines(traces)
    categories = figure.layout.yaxis.ticktext
    whole = all(float(y).is_integer() for trace in traces for y in trace.y)
    if categories is not None and whole and len(categories) == len(traces[0].y):
        return _points(figure, traces)
    if any(trace.mode and "lines" in trace.mode for trace in traces):
        return None
    series = tuple(
        Series(trace.name or "", tuple(map(float, trace.y)), _colour(trace), x=tuple(map(float, trace.x)))
        for trace in traces
    )
    titles = tuple(_plain(str(axis.title.text or "")) for axis in (figure.layout.xaxis, figure.layout.yaxis))
    return Native(
        "scatter",
        (),
        series,
        number_format=_format([s.values for s in series], traces),
        axis_titles=(titles[0], titles[1]),
    )


def _lines(traces: Sequence[Any]) -> Native:
    months = sorted({pd.Timestamp(x) for trace in traces for x in trace.x})
    names = _months(months)
    series = []
    for trace in traces:
        by_month = {pd.Timestamp(x): y for x, y in zip(trace.x, trace.y, strict=True)}
        values = tuple(None if pd.isna(by_month.get(m)) else float(by_month[m]) for m in months)
        series.append(Series(trace.name or "", values, _colour(trace)))
    return Native(
        "line",
        names,
        tuple(series),
        number_format=_format([s.values for s in series], traces),
    )


def _points(figure: go.Figure, traces: Sequence[Any]) -> Native | None:
    """Values on named rows, with their intervals where they have some: as bars, which every program can draw."""
    names = _categories(figure.layout.yaxis, list(traces[0].y))
    if names is None or any(list(trace.y) != list(traces[0].y) for trace in traces):
        return None
    series = tuple(
        Series(
            trace.name or "",
            _values(trace, list(trace.x)),
            _colour(trace),
            _colours(trace, len(names)),
            low=_error(trace, "arrayminus"),
            high=_error(trace, "array"),
        )
        for trace in traces
    )
    return Native("bar", tuple(names), series, number_format=_format([s.values for s in series], traces))


def _error(trace: Any, part: str) -> tuple[float, ...]:
    found = getattr(trace.error_x, part, None)
    return () if found is None else tuple(map(float, found))


def _panels(traces: Sequence[Any]) -> Native | None:
    """Small panels of one scale, a named line each, as the lines of one chart; None for panels of another kind."""
    named = [trace for trace in traces if trace.type == "scatter" and trace.name and _is_time(trace.x[0])]
    if not named or any(trace.type != "scatter" or not _is_time(trace.x[0]) for trace in traces):
        return None
    lines = _lines(named)
    colours = PALETTES["light"].categories
    series = (replace(each, colour=colours[place % len(colours)]) for place, each in enumerate(lines.series))
    return replace(lines, series=tuple(series))


# ── matrices ──


def _matrix(figure: go.Figure) -> Matrix | None:
    heat = next(trace for trace in figure.data if trace.type == "heatmap")
    rows, columns = figure.layout.yaxis.ticktext, figure.layout.xaxis.ticktext
    if rows is None or columns is None:
        return None
    words = tuple(tuple(str(cell[2]) for cell in line) for line in heat.customdata)
    ramp = [colour for _, colour in heat.colorscale]
    colours = tuple(tuple(_cell_colour(v, heat.zmin, heat.zmax, ramp) for v in line) for line in heat.z)
    return Matrix(tuple(map(_plain, rows)), tuple(map(_plain, columns)), words, colours)


def _cell_colour(value: Any, low: float, high: float, ramp: Sequence[str]) -> str:
    if value is None or value != value:
        return ""
    return blend(ramp, (value - low) / (high - low) if high > low else 0.5)
