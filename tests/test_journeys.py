"""A reader's way in a real browser, nothing outside reachable: from the district to the records and back again."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"district": "崇川区", "records": "记录", "demonstration": "演示数据", "latin": False},
    "en": {
        "district": "Chongchuan District",
        "records": "Records",
        "demonstration": "Demonstration data",
        "latin": True,
    },
}
PATIENCE = 30_000


def area_of(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("area", ["320613"])[0]


def settled(page: Page, area: str) -> None:
    """The page of `area` is drawn: its address holds it, the breadcrumb names it and nothing is running any more."""
    page.wait_for_url(re.compile(rf"[?&]area={area}(&|$)"), timeout=PATIENCE)
    expect(page.locator(f'.ll-way a[aria-current="location"][href*="area={area}"]')).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached(timeout=PATIENCE)


def no_error(page: Page) -> None:
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.locator(".ll-failure").count() == 0


def drill_in_list(page: Page) -> str:
    """Follow the first row of the ranked list; returns the area's code."""
    row = page.locator(".ll-ranked tbody tr[data-code]").first
    expect(row).to_be_visible(timeout=PATIENCE)
    code = str(row.get_attribute("data-code"))
    row.locator("a").first.click()
    settled(page, code)
    return code


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_the_district_to_the_records_and_back(app_url: str, browser_page: Page, lang: str) -> None:
    page, words = browser_page, WORDS[lang]
    page.goto(f"{app_url}/?area=320613&lang={lang}")
    expect(page.locator(".ll-lead")).to_contain_text(str(words["district"]), timeout=60_000)
    expect(page.locator(".ll-badge")).to_contain_text(str(words["demonstration"]))
    codes = ["320613"]
    for length in (9, 12, 15):
        codes.append(drill_in_list(page))
        assert len(codes[-1]) == length
        assert codes[-1].startswith(codes[-2])
        no_error(page)
    assert urlsplit(page.url).path == "/area"

    page.locator('main a[href*="records?"], .stMain a[href*="records?"]').first.click()
    page.wait_for_url(re.compile(r"/records\?"), timeout=PATIENCE)
    expect(page.locator(".ll-sub a[aria-current=page]")).to_have_text(str(words["records"]), timeout=PATIENCE)
    assert area_of(page).startswith(codes[-2])
    no_error(page)

    for code in reversed(codes):
        page.go_back()
        settled(page, code)
        no_error(page)


def test_a_click_on_the_map_drills_and_keeps_the_map(app_url: str, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{app_url}/?area=320613")
    frame = page.frame_locator(".st-key-map_place iframe")
    expect(frame.locator(".leaflet-container")).to_be_visible(timeout=60_000)
    settled(page, "320613")
    window = page.locator(".st-key-map_place iframe").element_handle().content_frame()
    assert window is not None
    window.evaluate("() => { window.stillTheSame = true }")
    page.wait_for_timeout(2_000)  # the first fit of the map
    box = page.locator(".st-key-map_place iframe").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.wait_for_url(re.compile(r"[?&]area=320613\d{3}(&|$)"), timeout=PATIENCE)
    code = area_of(page)
    settled(page, code)
    assert (
        page.locator(".st-key-map_place iframe").element_handle().content_frame().evaluate("() => window.stillTheSame")
    )  # type: ignore[union-attr]
    no_error(page)


def test_two_readers_with_one_address_see_one_thing(app_url: str, browser_page: Page) -> None:
    address = f"{app_url}/?area=320613007&level=neighbourhood&period=2019&compare=district&lang=en"
    seen = []
    for page in (browser_page, browser_page.context.new_page()):
        page.goto(address)
        settled(page, "320613007")
        expect(page.locator(".ll-ranked")).to_be_visible(timeout=PATIENCE)
        seen.append((page.locator(".ll-lead").inner_text(), page.locator(".ll-ranked").inner_text()))
    assert seen[0] == seen[1]
    assert "2019" in seen[0][0]


def test_what_an_address_gets_wrong_is_said_in_words(app_url: str, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{app_url}/?area=999999&indicator=nothing&period=2020-13&compare=moon")
    expect(page.locator(".ll-notice")).to_have_count(4, timeout=60_000)
    expect(page.locator(".ll-lead")).to_contain_text("崇川区", timeout=PATIENCE)
    expect(page.locator(".ll-ranked")).to_be_visible(timeout=PATIENCE)
    no_error(page)


# What the server says comes later than it was sent, once a test says so.
SLOW_LINE = """(() => {
  const Line = window.WebSocket, later = (hear) => (event) => setTimeout(() => hear(event), window.lag || 0)
  window.WebSocket = class extends Line {
    addEventListener(kind, hear, ...more) {
      super.addEventListener(kind, kind === "message" ? later(hear) : hear, ...more)
    }
    set onmessage(hear) { super.onmessage = later(hear) }
  }
})()"""


def test_a_quick_hand_on_a_slow_line_leaves_no_step_behind_that_it_never_made(app_url: str, browser_page: Page) -> None:
    page = browser_page
    page.add_init_script(SLOW_LINE)
    page.goto(f"{app_url}/?area=320613007")
    expect(page.locator(".ll-ranked")).to_be_visible(timeout=60_000)
    settled(page, "320613007")
    page.evaluate("window.lag = 900")
    page.locator('.ll-nav a[href*="party?"]').click()
    page.wait_for_timeout(250)
    page.locator('.ll-nav a[href*="boundaries?"]').click()
    page.wait_for_timeout(1_500)
    expect(page.locator('.ll-sub a[aria-current=page][href^="boundaries?"]')).to_be_visible(timeout=PATIENCE)
    settled(page, "320613007")
    for path in ("/party", "/"):
        page.go_back()
        page.wait_for_url(lambda url, path=path: urlsplit(url).path == path, timeout=PATIENCE)
        page.wait_for_timeout(1_000)
    settled(page, "320613007")
    no_error(page)
