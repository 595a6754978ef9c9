"""A page on paper: light whatever the theme, the map whole and painted once more for the sheet, buttons left out."""

from __future__ import annotations

import re

from playwright.sync_api import FrameLocator, Page, expect

from pages.parts.trends import SHOWN

MEASURE = """() => {
  const box = document.getElementById("map_div"), canvas = document.querySelector("canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4000) seen.add(data[i] + "," + data[i + 1] + "," + data[i + 2]);
  return {
    theme: document.documentElement.dataset.theme, width: box.clientWidth, colours: seen.size,
    sharp: canvas.width / parseFloat(canvas.style.width), scale: box.getBoundingClientRect().width / box.offsetWidth,
    buttons: getComputedStyle(document.querySelector(".leaflet-control-zoom")).display,
  };
}"""


def measured(frame: FrameLocator) -> dict[str, float | str]:
    found: dict[str, float | str] = frame.locator("body").evaluate(MEASURE)
    return found


def test_a_dark_page_prints_light_with_its_map_whole(app_url: str, browser_page: Page) -> None:
    page = browser_page
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{app_url}/boundaries?area=320613007&theme=dark")
    frame = page.frame_locator("iframe[title*=st_folium]")
    frame.locator("html[data-applied]").wait_for(timeout=60_000)
    before = measured(frame)
    page.emulate_media(media="print")
    frame.locator("body").evaluate("() => dispatchEvent(new Event('beforeprint'))")
    paper = measured(frame)
    assert (before["theme"], paper["theme"]) == ("dark", "light")
    assert (paper["width"], paper["buttons"]) == (900, "none")
    assert paper["sharp"] == 3 and float(paper["colours"]) > 8
    box = page.locator("iframe[title*=st_folium]").bounding_box()
    assert box is not None and abs(float(paper["scale"]) - box["width"] / 900) < 0.01
    background = page.locator(".stApp").evaluate("node => getComputedStyle(node).backgroundColor")
    assert background == "rgb(255, 255, 255)"
    assert not page.locator("[data-testid=stDownloadButton]").first.is_visible()
    page.emulate_media(media="screen")
    frame.locator("body").evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(frame.locator("#map_div")).to_have_css("width", f"{before['width']}px", timeout=30_000)
    after = measured(frame)
    assert (after["theme"], after["width"], after["sharp"]) == (before["theme"], before["width"], before["sharp"])


def test_the_profile_of_an_area_is_two_sheets(app_url: str, browser_page: Page) -> None:
    browser_page.goto(f"{app_url}/area?area=320613007005&period=2020&lang=en")
    browser_page.locator("#within").wait_for(state="attached", timeout=60_000)
    expect(browser_page.locator("[data-testid=stColumn]:has(#trends) .js-plotly-plot")).to_have_count(
        len(SHOWN), timeout=60_000
    )
    sheets = browser_page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheets)) == 2
