"""From nothing to a story in a real browser: kept on pages, put in order, rehearsed and presented."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from pages.parts.words import words
from tests.serving import assert_no_fault, running_app

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("extracts")]
PATIENCE = 90_000
EN = words("en")


@pytest.fixture(scope="module")
def own_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a database of its own."""
    folder = tmp_path_factory.mktemp("own")
    with running_app(folder / "log", {"DATABASE_URL": f"sqlite:///{folder}/stories.sqlite"}) as url:
        yield url
    assert_no_fault(folder / "log")


def settled(page: Page) -> None:
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached(timeout=PATIENCE)


def keep(page: Page, address: str, title: str) -> None:
    """By the button on the page, as a presenter does."""
    page.goto(address)
    page.get_by_role("button", name=EN["keep.button"], exact=True).click(timeout=PATIENCE)
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label(EN["keep.scene_title"])
    expect(field).not_to_have_value("", timeout=PATIENCE)  # filled with what the page finds
    field.fill(title)
    dialog.get_by_role("button", name=EN["keep.save"], exact=True).click()
    expect(page.locator(".ll-kept").first).to_be_visible(timeout=PATIENCE)


def titles(page: Page) -> list[str]:
    return page.locator(".ll-scene-title").all_inner_texts()


@pytest.mark.slow  # its parts are each tried in tests/test_stories_page.py and tests/test_talk_journey.py
def test_from_nothing_to_a_story_that_is_rehearsed_and_presented(own_url: str, browser_page: Page) -> None:
    page = browser_page
    for title, path in (("One", "?area=320613"), ("Two", "events?area=320613007"), ("Three", "party?area=320613")):
        keep(page, f"{own_url}/{path}&lang=en", title)
    page.locator(".ll-kept a", has_text=EN["keep.open"]).first.click()
    expect(page.locator(".ll-scenes li")).to_have_count(3, timeout=PATIENCE)
    assert titles(page) == ["One", "Two", "Three"]
    page.locator(".ll-handle").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".ll-scene-title").first).to_have_text("Two", timeout=PATIENCE)
    expect(page.get_by_role("button", name=EN["stories.undo"].format(count=3), exact=True)).to_be_enabled(
        timeout=PATIENCE
    )
    settled(page)
    page.locator(".ll-handle").nth(2).drag_to(page.locator(".ll-scenes li").first, target_position={"x": 200, "y": 4})
    expect(page.get_by_role("button", name=EN["stories.undo"].format(count=4), exact=True)).to_be_enabled(
        timeout=PATIENCE
    )
    settled(page)
    assert titles(page) == ["Three", "Two", "One"]
    page.reload()
    expect(page.locator(".ll-scenes li")).to_have_count(3, timeout=PATIENCE)
    assert titles(page) == ["Three", "Two", "One"]
    page.get_by_role("link", name=EN["stories.rehearse"], exact=True).click()
    for key in ("1", "2", "3"):
        page.wait_for_function(f"document.documentElement.dataset.sceneShown === '{key}'", timeout=PATIENCE)
        page.wait_for_timeout(1100)
        page.keyboard.press("PageDown")
    expect(page.locator(".ll-stage-panel table")).to_be_visible()
    page.get_by_role("button", name=EN["talk.keep"], exact=True).click()
    expect(page.locator(".ll-table tfoot")).to_be_visible(timeout=PATIENCE)
    assert "Three" in page.locator(".ll-table tbody").first.inner_text()


def test_a_kiosk_goes_on_by_itself_and_asks_what_is_new(own_url: str, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{own_url}/present?story=ten-minutes&present=1&scene=10&kiosk=1&lang=en&theme=dark")
    page.wait_for_function("document.documentElement.dataset.sceneShown === '10'", timeout=PATIENCE)
    page.wait_for_function("linliTalk.scenes.size === linliTalk.keys.length", timeout=PATIENCE)
    page.evaluate("linliTalk.entered -= 3600e3")
    page.wait_for_function("document.documentElement.dataset.sceneShown === '1'", timeout=PATIENCE)
    settled(page)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
