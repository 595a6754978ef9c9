"""On every page of a theme in a real browser: from the district to a community, to the records, and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from pages.parts import registry
from tests.clicking import click_through

pytestmark = pytest.mark.browser

PATIENCE = 90_000
LISTED = [entry.name for entry in registry.PAGES if entry.group == "linli"] + ["outcomes"]
FAILURES = '[data-testid="stException"], .ll-failure'


def settled(page: Page) -> None:
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached(timeout=PATIENCE)
    expect(page.locator(FAILURES)).to_have_count(0)


@pytest.mark.parametrize(("turn", "name"), list(enumerate(LISTED)), ids=LISTED)
def test_from_the_district_to_the_records_and_back(app_url: str, browser_page: Page, turn: int, name: str) -> None:
    page, language = browser_page, ("zh", "en")[turn % 2]
    path = name
    page.goto(f"{app_url}/{path}?area=320613&lang={language}")
    expect(page.locator(".ll-sub a[aria-current=page]")).to_be_visible(timeout=60_000)
    visited = ["320613"]
    for digits in (3, 6):
        row = page.locator(".ll-ranked tbody tr[data-code]").first
        expect(row).to_have_attribute("data-code", re.compile(rf"^320613\d{{{digits}}}$"), timeout=PATIENCE)
        visited.append(str(row.get_attribute("data-code")))
        row.locator("a").first.click()
        page.wait_for_url(re.compile(rf"/{path}\?.*area={visited[-1]}(&|$)"), timeout=PATIENCE)
        settled(page)
    records = page.locator('.stMain a[href*="records?"]').first
    expect(records).to_be_visible(timeout=PATIENCE)
    records.click()
    page.wait_for_url(re.compile(r"/records\?"), timeout=PATIENCE)
    settled(page)
    for code in reversed(visited):
        page.go_back()
        page.wait_for_url(re.compile(rf"/{path}\?.*area={code}(&|$)"), timeout=PATIENCE)
        settled(page)


def test_comparing_drills_by_its_charts_to_the_records_and_back(app_url: str, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{app_url}/compare?area=320613&lang=zh")
    visited = ["320613"]
    for digits in (3, 6):
        dots = page.locator(f".st-key-chart_changes_{visited[-1]}_2020 .scatterlayer .points path")
        expect(dots.first).to_be_visible(timeout=PATIENCE)
        settled(page)
        click_through(page, dots.first, re.compile(rf"/compare\?area=320613\d{{{digits}}}&"))
        visited.append(re.findall(r"area=(\d+)", page.url)[0])
        settled(page)
    records = page.locator('.st-key-card_multiples a[href*="records?"]')
    expect(records).to_be_visible(timeout=PATIENCE)
    records.click()
    page.wait_for_url(re.compile(r"/records\?"), timeout=PATIENCE)
    settled(page)
    for code in reversed(visited):
        page.go_back()
        page.wait_for_url(re.compile(rf"/compare\?.*area={code}(&|$)"), timeout=PATIENCE)
        settled(page)


@pytest.mark.parametrize("name", ["outcomes", "workforce", "records"])
def test_on_a_phone_the_page_in_view_stands_inside_the_scrolled_header(
    app_url: str, browser_page: Page, name: str
) -> None:
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(f"{app_url}/{name}?lang=en")
    for here in (".ll-nav [aria-current]", ".ll-sub [aria-current]"):
        expect(browser_page.locator(here)).to_be_visible(timeout=PATIENCE)
        browser_page.wait_for_timeout(300)
        box = browser_page.locator(here).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
