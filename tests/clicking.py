"""Clicks points of a chart in a real browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def click_point(page: Page, point: Locator) -> None:
    """Click a point of a chart: plotly's own layer lies above it and answers where the pointer rests."""
    point.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = point.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.wait_for_timeout(200)
    page.mouse.click(x, y)
