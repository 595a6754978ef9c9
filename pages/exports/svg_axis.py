"""The axes of a figure as lengths on paper: values, months and categories become places."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

DAY_MS = 86_400_000.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Axis:
    """One axis: `low` and `high` are the places (px) of the ends `ends` of its range; months count in ms."""

    letter: str
    name: str
    kind: str
    low: float
    high: float
    ends: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]
    visible: bool
    grid: bool
    labelled: bool
    side: str
    angle: float
    title: str
    partner: str

    def place(self, value: float) -> float:
        """The place of a value."""
        if self.kind == "log":
            value = math.log10(value) if value > 0 else self.ends[0]
        first, last = self.ends
        return self.low + (value - first) / ((last - first) or 1.0) * (self.high - self.low)

    def covers(self, place: float) -> bool:
        """Whether a place lies on the axis."""
        return min(self.low, self.high) - 0.5 <= place <= max(self.low, self.high) + 0.5

    def beside(self, axes: Mapping[str, Axis]) -> Axis:
        """The axis at a right angle in the same panel."""
        return axes[self.partner]

    def across(self, place: float, axes: Mapping[str, Axis]) -> Box:
        """The grid line at a place."""
        other = self.beside(axes)
        return (place, other.low, place, other.high) if self.letter == "x" else (other.low, place, other.high, place)

    def step(self, places: Sequence[float]) -> float:
        """The least distance between neighbours, 1 where there are none."""
        order = sorted(set(places))
        return min((b - a for a, b in pairwise(order)), default=1.0)


def axes_of(figure: go.Figure, box: Box) -> dict[str, Axis]:
    """All axes of the figure by name (x, y, x2, y2 …), its panels inside `box` (left, top, width, height)."""
    names = [key for key in figure.layout if key.startswith(("xaxis", "yaxis"))]
    found = {}
    for key in names:
        letter, number = key[0], key[5:]
        found[f"{letter}{number}"] = _axis(figure, key, letter, number, box)
    return found


def _axis(figure: go.Figure, key: str, letter: str, number: str, box: Box) -> Axis:
    given = figure.layout[key]
    base = figure.layout.template.layout[f"{letter}axis"]
    left, top, width, height = box
    start, end = given.domain or (0.0, 1.0)
    low, high = (
        (left + start * width, left + end * width)
        if letter == "x"
        else (top + (1 - start) * height, top + (1 - end) * height)
    )
    kind = given.type or ("date" if _is_date(_values(figure, letter, number)) else "linear")
    ends = _ends(figure, given, letter, number, kind)
    grid = given.showgrid if given.showgrid is not None else base.showgrid
    return Axis(
        letter, f"{letter}{number}", kind, low, high, ends, _ticks(given, kind),
        visible=given.visible is not False, grid=grid is not False, labelled=given.showticklabels is not False,
        side=given.side or "", angle=float(given.tickangle or 0), title=str(given.title.text or ""),
        partner=f"{'y' if letter == 'x' else 'x'}{number}",
    )  # fmt: skip


def _values(figure: go.Figure, letter: str, number: str) -> list[Any]:
    own = f"{letter}{number}"
    traces = [t for t in figure.data if (getattr(t, f"{letter}axis", None) or letter) == own]
    return [v for t in traces if t[letter] is not None for v in t[letter]]


def _is_date(values: Sequence[Any]) -> bool:
    return bool(values) and not isinstance(values[0], int | float) and not _is_number(values[0])


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not pd.api.types.is_datetime64_any_dtype(pd.Series([value]))


def _ends(figure: go.Figure, given: Any, letter: str, number: str, kind: str) -> tuple[float, float]:
    if given.range is not None:
        first, last = (_number(v, kind) if kind == "date" else float(v) for v in given.range)
        return first, last
    values = [_number(v, kind) for v in _values(figure, letter, number)] or [0.0, 1.0]
    low, high = min(values), max(values)
    pad = (high - low) * 0.04 or 1.0
    return low - pad, high + pad


def _ticks(given: Any, kind: str) -> tuple[tuple[float, str], ...]:
    if given.tickvals is None:
        return ()
    words = given.ticktext if given.ticktext is not None else [f"{v:g}" for v in given.tickvals]
    return tuple((_number(v, kind), str(w)) for v, w in zip(given.tickvals, words, strict=False))


def number_of(value: Any, axis: Axis) -> float:
    """A value of this axis as a number; NaN for none."""
    return _number(value, axis.kind)


def _number(value: Any, kind: str) -> float:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return float("nan")
    if kind == "date":
        return pd.Timestamp(value).timestamp() * 1000.0
    return float(value)
