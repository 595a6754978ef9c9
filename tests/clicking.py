"""Clicking what a chart draws, as a hand does that waits until the page stands still and the chart has answered."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

LOOKS = 240
"""How often a place is looked at before it is said that it never rests: a minute, four times a second."""


def click_through(page: Page, point: Locator, address: re.Pattern[str]) -> None:
    """Click a point that leads to another address, once more if nothing came of it, as anybody would."""
    for _ in range(4):
        click_point(page, point)
        try:
            expect(page).to_have_url(address, timeout=30_000)
        except AssertionError:
            continue
        return
    raise AssertionError(f"clicked four times, and still at {page.url}")


def click_point(page: Page, point: Locator) -> None:
    """Click a point of a chart. Plotly's own layer lies above it, and takes a click only where it told of a point.

    So the pointer rests on the point until the words for it are there; a page that moved meanwhile moves the pointer.
    """
    chart = point.locator("xpath=ancestor::*[contains(@class, 'js-plotly-plot')]")
    told = chart.locator(".hoverlayer > *").first
    for attempt in range(5):
        x, y = resting(page, point)
        page.mouse.move(x, y - 1 - attempt)
        page.mouse.move(x, y)
        try:
            expect(told).to_be_visible(timeout=5_000)
        except AssertionError:
            continue
        if _middle(point) == (x, y):
            page.mouse.click(x, y)
            return
    raise AssertionError("the chart told of no point under the pointer")


def resting(page: Page, thing: Locator) -> tuple[float, float]:
    """The middle of a thing in view, in pixels of the page, once it has not moved for half a second."""
    thing.scroll_into_view_if_needed()
    seen: list[tuple[float, float]] = []
    for _ in range(LOOKS):
        seen.append(_middle(thing))
        if len(seen) > 2 and len(set(seen[-3:])) == 1:
            return seen[-1]
        page.wait_for_timeout(250)
    raise AssertionError("the page never came to rest")


def _middle(thing: Locator) -> tuple[float, float]:
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
