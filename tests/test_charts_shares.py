"""Spans, parts of a whole, frequencies and two measures against each other: what they draw, label and carry."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from geo.palettes import THEMES, Theme
from pages.parts import charts_forms
from pages.parts.charts_shares import against, frequency, past, shares, spans

EMPTY = "nothing here"
SPANS = pd.DataFrame(
    {"key": ["a", "b", "c"], "name": ["Alpha", "Beta", "Gamma"], "low": [1.0, 4.0, None], "high": [3.0, 90.0, None]}
)
PARTS = pd.DataFrame(
    [("x", "one", 60.0), ("x", "two", 39.0), ("x", "three", 1.0), ("y", "one", 10.0), ("y", "two", 10.0)],
    columns=["row", "part", "value"],
)
ROWS, NAMES = {"y": "Ypsilon", "x": "Iks", "z": "absent"}, {"one": "First", "two": "Second", "three": "Third"}
COLOURS = {"one": "#25408f", "two": "#58b6c0", "three": "#e6f2c0"}


def text(value: float) -> str:
    return f"{value:.1f}"


def said(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


@pytest.mark.parametrize("theme", THEMES)
def test_a_span_is_a_line_with_both_ends_said(theme: Theme) -> None:
    figure = spans(SPANS, title="t", text=text, theme=theme, empty=EMPTY, ends=("half", "nine"), marked=("b",))
    assert [trace.x.tolist() for trace in figure.data] == [[3.0, 90.0], [1.0, 4.0]]  # high, then low on top of it
    assert [keys[0] for keys in figure.data[0].customdata] == ["a", "b"]
    assert {"1.0 · 3.0", "4.0 · 90.0"} <= set(said(figure)) and any("half" in words for words in said(figure))
    assert figure.layout.xaxis.range[0] == 0 and "0" in figure.layout.xaxis.ticktext
    colours = figure.data[0].marker.color
    assert colours[0] != colours[1]


@pytest.mark.parametrize("theme", THEMES)
def test_parts_of_a_whole_fill_every_bar(theme: Theme) -> None:
    figure = shares(PARTS, ROWS, NAMES, title="t", text=text, theme=theme, empty=EMPTY, colours=COLOURS)
    lengths = pd.DataFrame({trace.name: list(trace.x) for trace in figure.data})
    assert lengths.sum(axis=1).tolist() == pytest.approx([100, 100])
    assert list(figure.layout.yaxis.ticktext) == ["Ypsilon", "Iks"]
    first = figure.data[0]
    assert [keys[0] for keys in first.customdata] == ["y|one", "x|one"] and first.text[0] == "50%"
    assert figure.data[2].text[1] == ""  # one per cent has no room for its label
    assert any("Third" in words for words in said(figure))


def test_bars_of_amounts_are_as_long_as_their_values_and_ink_is_read() -> None:
    figure = shares(PARTS, ROWS, NAMES, title="t", text=text, theme="light", empty=EMPTY, colours=COLOURS, whole=False)
    assert list(figure.data[0].x) == [10.0, 60.0] and figure.layout.xaxis.range[1] == 100
    inks = [trace.textfont.color for trace in figure.data]
    assert inks == ["#ffffff", "#000000", "#000000"]


def test_named_parts_stand_in_their_bars_and_need_no_legend() -> None:
    figure = shares(
        PARTS, ROWS, NAMES, title="t", text=text, theme="light", empty=EMPTY, colours=COLOURS, named=True
    )  # fmt: skip
    assert figure.data[0].text[0] == "First<br>50%" and not said(figure)


def test_a_legend_too_wide_for_a_phone_breaks() -> None:
    long = {key: f"{name} with quite a long name" for key, name in NAMES.items()}
    short_, tall = (
        shares(PARTS, ROWS, names, title="t", text=text, theme="light", empty=EMPTY, colours=COLOURS)
        for names in (NAMES, long)
    )
    assert "<br>" not in said(short_)[0] and said(tall)[0].count("<br>") == 2
    assert tall.layout.height > short_.layout.height


def test_a_frequency_marks_what_is_reached() -> None:
    frame = pd.DataFrame({"key": ["6", "7", "8"], "name": ["6", "7", "8"], "value": [2, 0, 5]})
    figure = frequency(frame, title="t", text=text, theme="light", empty=EMPTY, across="workers", marked=("7", "8"))
    assert list(figure.data[0].text) == ["2.0", "", "5.0"]
    colours = figure.data[0].marker.color
    assert colours[0] != colours[1] == colours[2]


def test_outermost_points_are_named_and_the_whole_crossed() -> None:
    frame = pd.DataFrame(
        {"key": list("abcde"), "name": list("ABCDE"), "x": [1.0, 9.0, 5.0, 5.0, 5.0], "y": [5.0, 5.0, 1.0, 9.0, 5.0]}
    )
    figure = against(
        frame, title="t", text=(text, text), axes=("across", "up"), theme="light", empty=EMPTY, middle=(5.0, 5.0),
        middle_name="mean",
    )  # fmt: skip
    assert list(figure.data[0].text) == ["A", "B", "C", "D", ""]
    assert len(figure.layout.shapes) == 2 and "mean" in said(figure)
    for axis, column in ((figure.layout.xaxis, "x"), (figure.layout.yaxis, "y")):
        assert axis.range[0] <= frame[column].min() and axis.range[1] >= frame[column].max()


def test_labels_stand_beyond_a_mark_that_lies_farther_than_the_bar() -> None:
    frame = pd.DataFrame({"key": ["a", "b"], "name": ["A", "B"], "value": [10.0, 20.0]})
    figure = charts_forms.bars(frame, title="t", text=text, theme="light", empty=EMPTY)
    past(figure, [15.0, 5.0], "light")
    assert [note.x for note in figure.layout.annotations] == [15.0, 20.0] and figure.data[0].text is None


def test_nothing_to_draw_is_said() -> None:
    none = SPANS.head(0)
    shared: dict[str, Any] = {"title": "t", "theme": "light", "empty": EMPTY}
    drawn = [
        spans(none, text=text, ends=("a", "b"), **shared),
        shares(PARTS.head(0), ROWS, NAMES, text=text, colours=COLOURS, **shared),
        frequency(pd.DataFrame(columns=["key", "name", "value"]), text=text, across="", **shared),
        against(pd.DataFrame(columns=["key", "name", "x", "y"]), text=(text, text), axes=("", ""), **shared),
    ]
    assert all(said(figure) == [EMPTY] for figure in drawn)
