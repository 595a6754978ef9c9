"""The shipped talk presented by keyboard in a real browser, whole, with every outside address blocked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.stories import shipped
from tests.readable import texts
from tests.serving import ROOT, free_port, wait_until_healthy

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("extracts")]
PATIENCE = 90_000
TITLE, FINDING = ".ll-stage h1", ".ll-stage-head p"


def on_the_glass(page: Page, key: str) -> None:
    page.wait_for_function(f"document.documentElement.dataset.sceneShown === '{key}'", timeout=PATIENCE)


def all_there(page: Page) -> None:
    page.wait_for_function("window.linliTalk && linliTalk.scenes.size === linliTalk.keys.length", timeout=PATIENCE)


def map_code(page: Page) -> str:
    """A word of our own left in the map's frame: it stays as long as the frame is not made again."""
    return str(page.evaluate("document.querySelector('.st-key-stage_map iframe').contentWindow.linliTest ??= 'here'"))


SEEN = """() => {
  const { linli, innerWidth, innerHeight } = document.querySelector('.st-key-stage_map iframe').contentWindow
  const corner = linli.toGround(0, 0), middle = linli.toGround(innerWidth / 2, innerHeight / 2)
  return [innerWidth, corner.lat, corner.lng, middle.lat, middle.lng]
}"""
RESTING = f"() => {{ const was = window.linliSeen; return (window.linliSeen = ({SEEN})().join()) === was }}"


def seen(page: Page) -> list[float]:
    """What the map shows once it rests: its frame's width, latitude and longitude of its corner and of its middle."""
    page.wait_for_function(RESTING, polling=150)
    return list(page.evaluate(SEEN))


def resized(page: Page, width: int, height: int) -> list[float]:
    """Another projector: the map's frame has taken its new size, and the source line is one line."""
    before = page.evaluate(SEEN)[0]
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(f"({SEEN})()[0] !== {before}")
    foot = page.locator(".ll-stage-foot").bounding_box()
    assert foot is not None and foot["height"] < 1.5 * height / 30
    return seen(page)


def test_another_glass_frames_the_map_anew_unless_the_reader_has_moved_it(app_url: str, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{app_url}/present?story=ten-minutes&present=1&scene=3&lang=en")
    on_the_glass(page, "3")
    all_there(page)
    map_code(page)
    first = seen(page)
    small = resized(page, 1024, 768)
    page.keyboard.press("m")  # framed as it would be by itself
    assert seen(page) == pytest.approx(small, abs=0.001) and small[1:3] != pytest.approx(first[1:3], abs=0.001)
    assert resized(page, 1440, 900) == pytest.approx(first, abs=0.001)
    page.mouse.move(300, 400)
    page.mouse.down()
    page.mouse.move(380, 460, steps=4)
    page.mouse.up()
    moved = seen(page)
    assert moved[3:] != pytest.approx(first[3:], abs=0.002)
    assert resized(page, 1920, 1080)[3:] == pytest.approx(moved[3:], abs=0.001)
    assert map_code(page) == "here"


def test_the_talk_goes_by_keyboard_from_beginning_to_end(app_url: str, browser_page: Page) -> None:
    page, story, errors = browser_page, shipped("ten-minutes", "zh"), []
    page.on("pageerror", lambda error: errors.append(error.stack))
    page.goto(f"{app_url}/present?story=ten-minutes&present=1&scene=1")
    on_the_glass(page, "1")
    all_there(page)
    map_code(page)
    for number, scene in enumerate(story.main, start=1):
        on_the_glass(page, str(number))
        expect(page.locator(TITLE)).to_have_text(scene.title)
        assert page.locator(FINDING).inner_text() and f"scene={number}" in page.url
        applied = page.evaluate("linliTalk.drawn === linliTalk.scenes.get(linliTalk.at).map")
        assert applied
        shown = texts(page, ".ll-stage")
        assert min(text.contrast for text in shown) >= 7
        assert min(text.size for text in shown) >= page.viewport_size["height"] / 30 - 0.1  # 18 pt of 540
        page.keyboard.press("PageDown" if number % 2 else "ArrowRight")
    on_the_glass(page, "10")  # the last stays
    page.keyboard.press("7")
    on_the_glass(page, "7")
    page.keyboard.press("q")
    on_the_glass(page, "7.1")
    page.keyboard.press("ArrowLeft")
    on_the_glass(page, "7")
    page.keyboard.press("b")
    expect(page.locator(".ll-stage-blank")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".ll-stage-blank")).to_be_hidden()
    expect(page.locator(".ll-chart-trend .js-plotly-plot:visible")).to_have_count(1, timeout=PATIENCE)
    assert page.evaluate("document.querySelector('.st-key-stage_map iframe').contentWindow.linliTest") == "here"
    expect(page.locator('[role="dialog"]:visible, [data-testid="stMainMenu"]:visible')).to_have_count(0)
    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    assert (
        min(texts(frame, ".linli-legend"), key=lambda text: text.size).size >= page.viewport_size["height"] / 30 - 0.1
    )
    assert frame.locator("#linli-failure").count() == 0
    assert not errors


def test_marks_stay_on_their_scene_and_notes_follow(app_url: str, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{app_url}/present?story=ten-minutes&present=1&scene=2&lang=en")
    on_the_glass(page, "2")
    all_there(page)
    page.keyboard.press("d")
    box = page.locator(".ll-stage-ink").bounding_box()
    assert box is not None and page.viewport_size is not None
    assert (box["width"], box["height"]) == (page.viewport_size["width"], page.viewport_size["height"])
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 160, steps=5)
    page.mouse.up()
    assert page.evaluate("linliTalk.marks.get('2').length") == 1
    page.keyboard.press("z")
    assert page.evaluate("linliTalk.marks.get('2').length") == 0
    page.keyboard.press("Escape")
    with page.expect_popup() as opened:
        page.keyboard.press("n")
    notes = opened.value
    expect(notes.locator(".ll-notes h1")).to_contain_text(shipped("ten-minutes", "en").main[1].title, timeout=PATIENCE)
    assert min(text.size for text in texts(notes, ".ll-notes-text")) >= 24
    page.keyboard.press("ArrowRight")
    expect(notes.locator(".ll-notes h1")).to_contain_text(shipped("ten-minutes", "en").main[2].title)
    notes.keyboard.press("ArrowRight")
    on_the_glass(page, "4")


def test_one_key_leads_out_to_look_around_and_one_back(app_url: str, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{app_url}/present?story=ten-minutes&present=1&scene=5")
    on_the_glass(page, "5")
    page.keyboard.press("e")
    page.wait_for_url("**/events?**", timeout=PATIENCE)
    expect(page.locator(".ll-lead").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".ll-way-back")).to_be_visible()
    page.keyboard.press("e")
    on_the_glass(page, "5")
    expect(page.locator(".ll-way-back")).to_have_count(0)


@contextmanager
def served(port: int, log: Path) -> Iterator[None]:
    """The app on a port of our choice, so that it can come back where it was."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address=127.0.0.1"]
    command += [f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
    with (
        log.open("ab") as out,
        subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, "PYTHONPATH": str(ROOT)}) as app,
    ):
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", app)
            yield
        finally:
            app.kill()
            app.wait(timeout=15)


def test_a_server_that_dies_in_the_middle_is_not_noticed(tmp_path: Path, browser_page: Page) -> None:
    page, port = browser_page, free_port()
    address = f"http://127.0.0.1:{port}/present?story=ten-minutes&present=1&scene=1"
    with served(port, tmp_path / "log"):
        page.goto(address)
        on_the_glass(page, "1")
        all_there(page)
        page.keyboard.press("ArrowRight")
        on_the_glass(page, "2")
    for key in ("3", "4"):  # nobody answers now
        page.keyboard.press("ArrowRight")
        on_the_glass(page, key)
    expect(page.locator('[role="dialog"]:visible')).to_have_count(0)
    with served(port, tmp_path / "log"):
        page.wait_for_function("linliTalk.connected === true", timeout=PATIENCE)
        on_the_glass(page, "4")
        page.keyboard.press("ArrowRight")
        on_the_glass(page, "5")
        page.reload()
        on_the_glass(page, "5")
        expect(page.locator(TITLE)).to_have_text(shipped("ten-minutes", "zh").main[4].title)
