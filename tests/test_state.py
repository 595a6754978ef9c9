"""The View and the address say the same thing in two ways, and nothing in an address can break a page."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from pages.parts import state
from pages.parts.state import (
    COMPARISONS,
    DISTRICT,
    LANGUAGES,
    LAYERS,
    LEVELS,
    THEMES,
    Known,
    View,
    address,
    changed,
    is_period,
    level_of,
    levels_inside,
    next_level,
    parse,
    to_params,
)
from pages.parts.words import lang, words
from tests.opening import asked

CODES = ("320613", "320602", "320613007", "320613401", "320613007005", "320613007005003")
KNOWN = Known({code: level_of(code) for code in CODES}, frozenset({"attendances_per_1000", "events"}))

texts = some.text(min_size=1, max_size=12)
own_keys = some.sampled_from(["table", "kind", "from", "q", "list"])


@some.composite
def views(draw: some.DrawFn) -> View:
    area = draw(some.sampled_from(CODES))
    years = sorted(draw(some.lists(some.integers(2000, 2030), min_size=2, max_size=2)))
    month = draw(some.integers(1, 12))
    return View(
        page=draw(some.sampled_from(["overview", "area", "records"])),
        area=area,
        area_level=level_of(area),
        indicator=draw(some.sampled_from(sorted(KNOWN.indicators))),
        level=draw(some.sampled_from(levels_inside(level_of(area)))),
        period=draw(
            some.sampled_from([f"{years[0]}", f"{years[0]}-{month:02d}", f"{years[0]}..{years[1]}", "2020-01..2020-06"])
        ),
        compare=draw(some.sampled_from(COMPARISONS)),
        lang=draw(some.sampled_from(LANGUAGES)),
        theme=draw(some.sampled_from(THEMES)),
        layers=tuple(name for name in LAYERS if draw(some.booleans())),
        highlights=tuple(draw(some.lists(some.sampled_from(CODES), unique=True, max_size=3))),
        extra=tuple(draw(some.dictionaries(own_keys, texts)).items()),
    )


@given(views())
def test_an_address_gives_back_the_view_it_was_made_of(view: View) -> None:
    query = dict(parse_qsl(urlsplit(address(view)).query, keep_blank_values=True))
    read, notices = parse(query, KNOWN, view.page)
    assert read == view
    assert notices == []


@given(
    some.dictionaries(
        some.sampled_from([*to_params(View()), "lang", "theme", "layers", "table"]), some.text(max_size=20)
    )
)
def test_any_text_in_an_address_gives_a_whole_view_and_a_notice_for_each_unknown_value(params: dict[str, str]) -> None:
    view, notices = parse(params, KNOWN)
    assert view.area in CODES and view.indicator in KNOWN.indicators and is_period(view.period)
    assert view.level in levels_inside(view.area_level)
    assert view.compare in COMPARISONS and view.lang in LANGUAGES and view.theme in THEMES
    for name in ("area", "indicator", "level", "period", "compare", "lang", "theme"):
        refused = name in params and getattr(view, name) != params[name]
        assert (f"notice.unknown_{name}" in {notice.key for notice in notices}) == refused, name
    for notice in notices:
        assert words("zh")[notice.key].format(**notice.values) and words("en")[notice.key].format(**notice.values)


@given(views(), some.sampled_from(CODES))
def test_another_area_always_gets_a_level_that_lies_inside_it(view: View, code: str) -> None:
    there = changed(view, area=code)
    assert there.area_level == level_of(code) and there.level in levels_inside(there.area_level)


def test_drilling_shows_the_next_level_and_a_chosen_finer_one_is_kept() -> None:
    district = View()
    assert changed(district, area="320613007").level == "community"
    assert changed(View(level="neighbourhood"), area="320613007").level == "neighbourhood"
    community = View(area="320613007005", area_level="community", level="neighbourhood")
    assert changed(community, area=DISTRICT).level == "subdistrict"


def test_another_page_starts_without_the_old_pages_own_parameters() -> None:
    records = View(page="records", extra=(("table", "case"), ("kind", "noise")))
    assert changed(records, kind=None).extra == (("table", "case"),)
    assert changed(records, "area").extra == ()
    assert changed(records, "area", tab="party").extra == (("tab", "party"),)
    assert changed(records, area="320613007").extra == records.extra


def test_relative_addresses_stand_beside_each_other_under_any_base_path() -> None:
    assert address(View()).startswith("./?area=320613&indicator=attendances_per_1000")
    assert address(View(page="area")).startswith("area?area=320613")


def test_before_the_codes_are_known_a_code_is_taken_at_its_word() -> None:
    view, notices = parse({"area": "320613007", "indicator": "events"}, Known())
    assert (view.area, view.area_level, view.indicator, notices) == ("320613007", "subdistrict", "events", [])


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2020", True),
        ("2020-05", True),
        ("2018..2020", True),
        ("2020-01..2020-06", True),
        ("2020-13", False),
        ("2020..2018", False),
        ("20", False),
        ("", False),
        ("2020-05-01", False),
        ("last year", False),
    ],
)
def test_periods(text: str, valid: bool) -> None:
    assert is_period(text) is valid


@pytest.mark.parametrize(
    ("code", "level"),
    list(zip(CODES, ("district", "former_district", "subdistrict", "zone", "community", "neighbourhood"), strict=True)),
)
def test_levels_follow_from_codes(code: str, level: str) -> None:
    assert level_of(code) == level
    assert next_level(level) in LEVELS


def test_a_view_can_be_looked_at_without_a_session() -> None:
    view, _ = parse({"area": "320613001", "lang": "en"}, Known(), "events")
    with state.viewing(view):
        assert state.current_view() == view and state.notices() == [] and lang() == "en"
        assert state.link("records", table="case").startswith("records?area=320613001")
        state.keep("told", [1])
        assert state.recall("told", []) == []


def test_a_choice_is_followed_until_it_has_led_somewhere_and_then_no_more() -> None:
    def page() -> None:
        import streamlit as st

        from pages.parts import state

        state.enter("overview")

        def follow(code: str) -> None:
            st.session_state.followed = st.session_state.get("followed", 0) + 1
            if not st.session_state.get("cut_off"):
                st.query_params["area"] = code

        state.follow_choice("chart", st.session_state.get("choice", ""), follow)

    app = AppTest.from_function(page)
    app.session_state.choice = "320613001"
    app.session_state.cut_off = True
    assert app.run().session_state.followed == 1
    assert app.run().session_state.followed == 2
    app.session_state.cut_off = False
    assert app.run().session_state.followed == 3 and asked(app, "area") == "320613001"
    assert app.run().session_state.followed == 3
    del app.query_params["area"]
    assert app.run().session_state.followed == 3, "going back is no choice"
    app.session_state.choice = ""
    app.run()
    app.session_state.choice = "320613001"
    assert app.run().session_state.followed == 4
