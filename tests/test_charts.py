"""Charts say what they show: titles, end labels, gaps, empty and single values, and nothing runs into anything else."""

from __future__ import annotations

import itertools
import re

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as some

from geo.palettes import PALETTES, THEMES, Theme
from pages.parts import charts
from pages.parts.charts import Line

MONTHS = pd.date_range("2018-01-01", "2020-12-01", freq="MS")


def line(values: list[float | None], name: str = "中心村社区", main: bool = True) -> Line:
    return Line(name, pd.DataFrame({"month": MONTHS[: len(values)], "value": pd.Series(values, dtype="float64")}), main)


def trend(*lines: Line, title: str = "题目", theme: Theme = "light", **more: object) -> go.Figure:
    return charts.trend(lines, title=title, text=lambda v: f"{v:,.1f}", theme=theme, empty="没有数据", **more)  # type: ignore[arg-type]


def words_on(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_each_line_is_named_at_its_end_with_its_last_value_and_there_is_no_legend() -> None:
    figure = trend(line([1, 2, 3.25]), line([4, 5, None], "崇川区", main=False))
    assert sorted(words_on(figure)) == ["中心村社区 3.2", "崇川区 5.0"]
    assert figure.layout.template.layout.showlegend is False
    ends = {note.text: pd.Timestamp(note.x) for note in figure.layout.annotations}
    assert ends["崇川区 5.0"] == MONTHS[1], "a label stands where its line really ends"


def test_the_readers_own_line_lies_on_top_in_the_accent_colour() -> None:
    figure = trend(line([1, 2, 3]), line([3, 2, 1], "全区", main=False))
    assert figure.data[-1].name == "中心村社区"
    assert figure.data[-1].line.color == PALETTES["light"].accent != figure.data[0].line.color


def test_a_gap_stays_a_gap() -> None:
    figure = trend(line([1.0, None, 3.0] * 4))
    assert figure.data[0].connectgaps is False
    assert pd.isna(figure.data[0].y[1]) and len(figure.data[0].y) == 12


def test_a_single_value_is_a_dot_and_few_are_dots_on_a_line() -> None:
    assert trend(line([5.0])).data[0].mode == "markers"
    assert trend(line([None, 5.0, None])).data[0].mode == "markers"
    assert trend(line([1.0, 2.0, 3.0])).data[0].mode == "lines+markers"
    assert trend(line([1.0] * 12)).data[0].mode == "lines"


@pytest.mark.parametrize("lines", [[], [line([None, None])], [line([])]])
def test_without_values_the_figure_says_so(lines: list[Line]) -> None:
    figure = trend(*lines)
    assert not figure.data and words_on(figure) == ["没有数据"]
    assert figure.layout.title.text == "题目"


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_has_its_type_size_and_fonts_that_hold_chinese(theme: Theme) -> None:
    layout = charts.template(theme).layout
    assert layout.font.size >= (18 if theme == "projector" else 12)
    assert all(name in layout.font.family for name in ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"))
    assert layout.font.color == PALETTES[theme].ink


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two #rrggbb colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_the_readers_line_stand_out_from_the_ground(theme: Theme) -> None:
    tone, least = charts.TONES[theme], 7.0 if theme == "projector" else 4.5
    for colour in (tone.ink, tone.muted, tone.accent):
        assert contrast(colour, tone.paper) >= least, colour
    assert contrast(tone.context, tone.paper) >= 2.9  # lines of context: WCAG asks 3 of graphics


def test_the_peak_month_is_labelled_and_missing_months_are_left_out() -> None:
    frame = pd.DataFrame({"month": MONTHS[:4], "value": [10.0, None, 40.0, 20.0]})
    figure = charts.columns(frame, title="t", text=lambda v: f"{v:.0f}", theme="light", empty="无")
    assert list(figure.data[0].text) == ["", "40", ""] and len(figure.data[0].x) == 3
    assert figure.layout.yaxis.range[0] == 0 and figure.layout.yaxis.range[1] >= 40


def test_columns_without_values_say_so() -> None:
    frame = pd.DataFrame({"month": MONTHS[:2], "value": [float("nan")] * 2})
    assert words_on(charts.columns(frame, title="t", text=str, theme="dark", empty="无")) == ["无"]


def test_zero_is_on_the_axis_unless_values_lie_far_from_it() -> None:
    assert trend(line([10.0, 20.0, 30.0])).layout.yaxis.range[0] == 0
    assert trend(line([81.0, 83.0, 85.0])).layout.yaxis.range[0] > 70
    assert trend(line([0.0, 0.0])).layout.yaxis.range[1] > 0
    assert trend(line([-3.0, 2.0])).layout.yaxis.range[0] <= -3


@given(some.lists(some.floats(-1e6, 1e6), min_size=1, max_size=8), some.floats(1e-3, 1e5))
def test_labels_keep_their_order_and_their_distance(places: list[float], gap: float) -> None:
    moved = charts.spread(places, gap)
    order = sorted(range(len(places)), key=lambda i: places[i])
    for below, above in itertools.pairwise(order):
        assert moved[above] - moved[below] >= gap * (1 - 1e-6) - 1e-6


def test_labels_that_do_not_collide_stay_where_they_are() -> None:
    assert charts.spread([1.0, 9.0, 5.0], 2.0) == [1.0, 9.0, 5.0]


@given(some.floats(-1e9, 1e9), some.floats(0.001, 1e9))
def test_ticks_are_even_and_cover_the_values(low: float, span: float) -> None:
    high = low + span
    marks = charts.ticks(low, high)
    step = marks[1] - marks[0]
    slack = 1e-6 * max(abs(low), abs(high), step)
    assert marks[0] <= low + slack and marks[-1] >= high - slack and 2 <= len(marks) <= 7
    assert all(abs(b - a - step) <= 1e-6 * max(abs(a), step) for a, b in itertools.pairwise(marks))


@given(some.text(alphabet="中心村社区活动参与人次，。（）abc 123%—", max_size=120))
def test_no_title_line_is_too_wide_and_no_character_is_lost(title: str) -> None:
    lines = charts.wrapped(title, 46).split("<br>")
    width = [sum(2 if ord(c) > 0x2E7F else 1 for c in each) for each in lines]
    longest_word = max((len(word) for word in re.split(r"[ 一-龥，。（）]", title)), default=0)
    assert max(width) <= max(46, longest_word) + 3  # a closing sign may hang over
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")


def test_an_image_is_all_that_the_mode_bar_offers_in_the_readers_language() -> None:
    zh, en = charts.config("zh", "图"), charts.config("en", "chart", "svg")
    assert zh["modeBarButtons"] == en["modeBarButtons"] == [["toImage"]] and zh["displaylogo"] is False
    assert zh["toImageButtonOptions"] == {"format": "png", "filename": "图", "scale": 3}
    assert en["toImageButtonOptions"]["format"] == "svg"
    assert zh["locales"]["zh-CN"]["dictionary"]["Download plot as a PNG"] == "保存为 PNG 图片" and "locale" not in en


def test_an_event_is_marked_and_a_short_series_is_labelled_by_month() -> None:
    figure = trend(line([1.0] * 36), marker=("2020-07-01", "两区合并"))
    assert "两区合并" in words_on(figure) and figure.layout.shapes[0].x0 == "2020-07-01"
    assert list(figure.layout.xaxis.ticktext) == ["2018", "2019", "2020"]
    assert trend(line([1.0] * 12)).layout.xaxis.ticktext[0] == "2018-01"


@given(some.lists(some.floats(0, 100), min_size=1, max_size=4), some.floats(0.1, 25))
def test_no_label_leaves_the_axis_or_touches_another(places: list[float], gap: float) -> None:
    moved = charts.within(charts.spread(places, gap), gap, 0.0, 100.0)
    assert min(moved) >= 0 and max(moved) <= 100 + 1e-9
    assert all(b - a >= gap * (1 - 1e-6) - 1e-9 for a, b in itertools.pairwise(sorted(moved)))


def test_a_line_that_ends_at_zero_still_has_its_label() -> None:
    figure = trend(line([2000.0, 0.0]), line([300.0, 70.0], "全区", main=False))
    low, high = figure.layout.yaxis.range
    assert all(low <= note.y <= high for note in figure.layout.annotations)
