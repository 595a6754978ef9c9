"""The page in Chromium: bytes and milliseconds of a change of indicator and of a drill, beside a plain folium map."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route

from data.indicators import load_indicators
from data.static_assets import read_static
from tests.serving import ROOT, chromium, running_app

ROUNDS = 12
# Never the same one twice: Streamlit keeps large messages, and would send a repeated one as a reference.
INDICATORS = [item.id for item in load_indicators().values() if item.map_default and item.finest == "neighbourhood"]
TRAVEL = "url => { history.pushState({}, '', url); dispatchEvent(new PopStateEvent('popstate')) }"


class Traffic:
    """What the server sent over the page's WebSocket since the last `forget`: all of it, and what redraws the map."""

    def __init__(self, page: Page) -> None:
        self.all = self.map = 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, payload: str | bytes) -> None:
        content = payload.encode() if isinstance(payload, str) else payload
        self.all += len(content)
        if b"linli.apply" in content or b"geo_json" in content:
            self.map += len(content)

    def forget(self) -> None:
        """Count from here."""
        self.all = self.map = 0


@contextmanager
def quiet_context(context: BrowserContext) -> Iterator[BrowserContext]:
    """Nothing outside the machine is reachable; the peer's Leaflet is given from our own files."""
    leaflet = next((ROOT / "static").glob("leaflet-*.js"))

    def route(request: Route) -> None:
        address = urlsplit(request.request.url)
        if address.hostname in {"127.0.0.1", None}:
            request.continue_()
        elif address.path.endswith("leaflet.js"):
            request.fulfill(path=leaflet)
        else:
            request.abort()

    context.route("**/*", route)
    yield context
    context.close()


def measured(
    page: Page, traffic: Traffic, act: Callable[[int], None], done: Callable[[int], None]
) -> list[tuple[float, int, int]]:
    """(milliseconds, bytes of the map, all bytes) of `ROUNDS` actions, each until `done`."""
    found = []
    for turn in range(ROUNDS):
        page.wait_for_timeout(700)
        traffic.forget()
        start = time.perf_counter()
        act(turn)
        done(turn)
        elapsed = 1000 * (time.perf_counter() - start)
        page.wait_for_timeout(300)
        found.append((elapsed, traffic.map, traffic.all))
    return found


def line(name: str, found: list[tuple[float, int, int]]) -> str:
    """One row of the result: medians and the worst."""
    times, of_map, of_all = zip(*found, strict=True)
    return (
        f"{name:<44} {statistics.median(times):7.0f} ms (max {max(times):5.0f})"
        f"  map {statistics.median(of_map) / 1000:8.1f} kB (max {max(of_map) / 1000:.1f})"
        f"  all {statistics.median(of_all) / 1000:8.1f} kB"
    )


def applied(page: Page) -> int:
    """How many states the map has drawn."""
    frame = page.locator(".st-key-map_place iframe").element_handle().content_frame()
    assert frame is not None
    return int(frame.evaluate("() => Number(document.documentElement.dataset.applied || 0)"))


def ours(context: BrowserContext, url: str) -> list[str]:
    """Change of indicator at neighbourhood level, and drill by the ranked list."""
    page = context.new_page()
    traffic = Traffic(page)
    page.goto(f"{url}/?area=320613&level=neighbourhood&indicator={INDICATORS[-1]}")
    page.frame_locator(".st-key-map_place iframe").locator(".leaflet-container").wait_for(timeout=60_000)
    page.wait_for_timeout(4_000)
    mark = page.locator(".st-key-map_place iframe").element_handle().content_frame()
    assert mark is not None
    mark.evaluate("() => { window.stillTheSame = true }")
    before = [0]

    def travel(address: str) -> None:
        before[0] = applied(page)
        page.evaluate(TRAVEL, f"{url}/?{address}")

    def drawn(_: int) -> None:
        while applied(page) == before[0]:
            page.wait_for_timeout(5)

    def change(turn: int) -> None:
        travel(f"area=320613&level=neighbourhood&indicator={INDICATORS[turn]}")

    changes = measured(page, traffic, change, drawn)
    drills = measured(page, traffic, lambda turn: travel(f"area=320613{turn % 8 + 1:03d}&level=neighbourhood"), drawn)
    assert (
        page.locator(".st-key-map_place iframe").element_handle().content_frame().evaluate("() => window.stillTheSame")
    )  # type: ignore[union-attr]
    page.close()
    return [line("ours: change of indicator, 1,074 areas", changes), line("ours: drill into a subdistrict", drills)]


def plain(context: BrowserContext, url: str) -> list[str]:
    """The same change of indicator with folium.GeoJson made again."""
    page = context.new_page()
    traffic = Traffic(page)
    page.goto(f"{url}/?indicator={INDICATORS[-1]}")
    frame = page.frame_locator("iframe[title*='st_folium']")
    frame.locator("path.leaflet-interactive").first.wait_for(timeout=90_000)

    def change(turn: int) -> None:
        frame.locator("body").evaluate("body => body.dataset.old = 'yes'")
        page.evaluate(TRAVEL, f"{url}/?indicator={INDICATORS[turn]}")

    def done(_: int) -> None:
        newest = page.locator("iframe[title*='st_folium']").last.content_frame
        newest.locator("body:not([data-old]) path.leaflet-interactive").first.wait_for(timeout=90_000)

    found = measured(page, traffic, change, done)
    page.close()
    return [line("plain folium.GeoJson: change of indicator", found)]


def main() -> None:
    """Both in one run, one after the other, on the same extracts."""
    read_static(ROOT / "static")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        rows: list[str] = []
        for script, measure in (("app.py", ours), ("bench/plain_map_app.py", plain)):
            log = Path(folder) / f"{Path(script).stem}.log"
            with (
                running_app(log, script=script) as url,
                quiet_context(browser.new_context(viewport={"width": 1440, "height": 900})) as context,
            ):
                rows += measure(context, url)
    print("\n".join(rows))


if __name__ == "__main__":
    main()
