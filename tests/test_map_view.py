"""The map on the page: a click is news once; in a browser the map stays one frame and speaks when it fails."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, Route

from pages.parts import map_view
from pages.parts.map_view import MapClick, map_words, read_click
from pages.parts.words import speaking

MARK = "Number(document.documentElement.dataset.applied || 0)"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    session: dict[str, Any] = {}
    monkeypatch.setattr(map_view, "recall", session.get)
    monkeypatch.setattr(map_view, "keep", session.__setitem__)
    return session


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {"last_active_drawing": None},
        {"last_active_drawing": {"code": "1"}},
        {"last_active_drawing": {"code": 1, "at": 2}},
    ],
)
def test_what_is_no_click_is_none(sent: object) -> None:
    assert read_click(sent) is None


def test_a_click_is_read() -> None:
    assert read_click({"last_active_drawing": {"code": "320613001", "at": 17}}) == MapClick("320613001", 17)


def test_a_click_is_news_once_and_the_same_area_again_is_news_again(kept: dict[str, Any]) -> None:
    clicks = [MapClick("a", 1), MapClick("a", 1), MapClick("a", 2), None, MapClick("b", 3)]
    assert [map_view._news("map", click) for click in clicks] == ["a", None, "a", None, "b"]
    assert map_view._news("other", MapClick("b", 3)) == "b", "two maps on a page don't share their clicks"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_furniture_has_words_in_both_languages(language: str) -> None:
    with speaking(language):
        words = map_words("community")
    assert all(words.values())
    assert ("社区" in words["label"]) == (language == "zh")


# ── in a browser ──


@pytest.fixture
def map_page(browser_page: Page, app_url: str) -> Page:
    browser_page.goto(app_url)
    map_frame(browser_page)
    return browser_page


def map_frame(page: Page) -> Frame:
    page.frame_locator("iframe[title^='streamlit_folium']").locator("html[data-applied]").wait_for(timeout=90_000)
    return next(frame for frame in page.frames if "streamlit_folium" in frame.url)


@pytest.mark.browser
def test_a_click_drills_and_never_makes_the_frame_anew(map_page: Page) -> None:
    frame = map_frame(map_page)
    frame.evaluate("window.markedByTest = 1")
    received: list[int] = []
    wire = map_page.context.new_cdp_session(map_page)
    wire.send("Network.enable")
    wire.on("Network.webSocketFrameReceived", lambda e: received.append(map_bytes(e["response"]["payloadData"])))
    before = frame.evaluate(MARK)
    frame.locator("#map_div").click()
    frame.wait_for_function(f"{MARK} > {before}")
    map_page.wait_for_url("**area=320613*")
    assert frame.evaluate("window.markedByTest") == 1
    assert 0 < max(received) <= 20_000


@pytest.mark.browser
def test_the_map_is_named_and_its_buttons_speak_the_readers_language(browser_page: Page, app_url: str) -> None:
    for language, label in (("zh", "放大"), ("en", "Zoom in")):
        browser_page.goto(f"{app_url}/?lang={language}")
        frame = map_frame(browser_page)
        assert frame.locator(".leaflet-control-zoom-in").get_attribute("aria-label") == label
        assert frame.locator("#map_div").get_attribute("role") == "region"
        assert frame.locator("html").get_attribute("lang", timeout=1000).startswith(language)


@pytest.mark.browser
def test_a_map_whose_files_fail_says_so(browser_page: Page, app_url: str) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    browser_page.route("**/app/static/geometry-*", refuse)
    browser_page.goto(f"{app_url}/?lang=en")
    sentence = browser_page.frame_locator("iframe[title^='streamlit_folium']").get_by_role("alert")
    sentence.wait_for(timeout=90_000)
    assert "make data" in sentence.inner_text()


def map_bytes(payload: str) -> int:
    """Bytes of a websocket message (base64) if the map's component is in it, else 0."""
    content = base64.b64decode(payload)
    return len(content) if b"st_folium" in content else 0


def test_static_stands_beside_the_app() -> None:
    assert Path(__file__).resolve().parent.parent / "static" == map_view.STATIC
