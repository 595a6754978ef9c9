"""The flow map's arcs, frame and names on a place of three squares."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pages.parts import charts_flow_map as drawn
from pages.parts.words import speaking

PLACES = pd.DataFrame(
    {"code": ["a", "b", "c"], "name": ["甲", "乙", "丙"], "lon": [120.85, 120.86, 120.87], "lat": [32.0, 32.0, 32.0]}
)
GROUND = gpd.GeoDataFrame(
    geometry=[shapely.box(x, 31.99, x + 0.01, 32.01) for x in (120.845, 120.855, 120.865)], index=["a", "b", "c"],
    crs="EPSG:4490",
)  # fmt: skip
FLOWS = pd.DataFrame(
    {"host": ["b", "a", "c", "a"], "home": ["a", "b", "a", "a"], "attendances": pd.array([90, 30, None, 500], "Int64")}
)


def made(own: str | None = None) -> drawn.Made:
    with speaking("zh"):
        return drawn.flow_map(FLOWS, PLACES, GROUND, "社区", own, 10, "light", "无")


def test_arcs_are_as_wide_as_their_attendances_and_lead_to_the_host() -> None:
    arcs = [trace for trace in made().figure.data if trace.mode == "lines+markers"]
    assert [(arc.customdata[0][0], arc.line.width) for arc in arcs] == [
        ("a", pytest.approx(1 + 8 * 30 / 90)), ("b", pytest.approx(9)),
    ]  # fmt: skip  # the strongest on top; who stays at home is no arc
    strongest = arcs[-1]
    assert (strongest.x[0], strongest.x[-1]) == pytest.approx((120.85, 120.86))
    assert strongest.customdata[0][1] == "甲 → 乙：90 人次"


def test_withheld_counts_are_in_the_table_in_words_and_not_on_the_map() -> None:
    found = made()
    assert list(found.table.iloc[:, 2]) == ["90", "30", "少于 10，不显示"]
    assert "丙" not in str([trace.customdata for trace in found.figure.data if trace.mode == "lines+markers"])
    assert found.title.startswith("跨社区参与最多的是甲居民到乙（90 人次）")


def test_of_one_community_guests_and_leavers_have_two_colours_that_are_named() -> None:
    found = made("a").figure
    assert len({trace.line.color for trace in found.data if trace.mode == "lines+markers"}) == 2
    assert len(found.layout.annotations) == 2


def test_nothing_to_tell_says_so() -> None:
    with speaking("zh"):
        empty = drawn.flow_map(FLOWS.iloc[2:], PLACES, GROUND, "社区", None, 10, "light", "没有")
    assert empty.title == "没有可显示的跨社区参与" and not empty.figure.data


@given(st.floats(0, 6.28), st.floats(0.001, 0.2))
def test_an_arc_begins_at_home_ends_at_the_host_and_bends_to_the_right(angle: float, length: float) -> None:
    start = (120.9, 32.0)
    end = (start[0] + length * np.cos(angle), start[1] + length * np.sin(angle))
    curve = drawn.arc(start, end, 1.18)
    assert tuple(curve[0]) == pytest.approx(start) and tuple(curve[-1]) == pytest.approx(end)
    way, aside = np.array(end) - start, curve[len(curve) // 2] - start
    assert way[0] * aside[1] - way[1] * aside[0] < 0


def test_names_that_would_overlap_give_way_to_the_first() -> None:
    at = PLACES.set_index("code")
    assert drawn.readable(at, pixel=0.0001, scale=1.18, size=11) == {"a", "b", "c"}
    assert drawn.readable(at, pixel=0.01, scale=1.18, size=11) == {"a"}
