"""Every page in Chromium: milliseconds and bytes of its first paint and of a drill, and how many questions it asks."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import streamlit as st
from playwright.sync_api import Browser, Page

from bench.bench_page import TRAVEL, Traffic
from pages.parts import registry
from queries.run import Database
from tests.opening import opened
from tests.serving import chromium, running_app

ROUNDS = 5
DRILLED = ("320613007", "320613001", "320613017", "320613009", "320613005")


def settled(page: Page, area: str) -> None:
    """The page of `area` is drawn and nothing runs any more."""
    page.locator(f'.ll-way a[aria-current="location"][href*="area={area}"]').wait_for(timeout=60_000)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(
        state="attached", timeout=60_000
    )


def measured(browser: Browser, url: str, path: str) -> tuple[list[float], list[int], list[float], list[int]]:
    """(ms, bytes) of `ROUNDS` first paints, each in a fresh context, and (ms, bytes) of a drill after each."""
    paint, paint_bytes, drill, drill_bytes = [], [], [], []
    for code in DRILLED[:ROUNDS]:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        traffic = Traffic(page)
        start = time.perf_counter()
        page.goto(f"{url}/{path}?area=320613")
        settled(page, "320613")
        paint.append(1000 * (time.perf_counter() - start))
        paint_bytes.append(traffic.all)
        page.wait_for_timeout(1500)
        traffic.forget()
        start = time.perf_counter()
        page.evaluate(TRAVEL, f"{url}/{path}?area={code}")
        settled(page, code)
        drill.append(1000 * (time.perf_counter() - start))
        drill_bytes.append(traffic.all)
        context.close()
    return paint, paint_bytes, drill, drill_bytes


def questions(name: str, *, cold: bool) -> int:
    """How many times one run of the page reaches the database: `cold` with nothing cached, else right after a visit."""
    if cold:
        st.cache_data.clear()
        st.cache_resource.clear()
    counted = [0]
    ask = Database.frame

    def counting(self: Database, query: str, **parameters: object) -> object:
        counted[0] += 1
        return ask(self, query, **parameters)

    Database.frame = counting  # type: ignore[assignment,method-assign]
    try:
        opened(name)
    finally:
        Database.frame = ask  # type: ignore[method-assign]
    return counted[0]


def main() -> None:
    """One row a page; its last two numbers are questions to the database by a run on empty and on filled caches."""
    print(f"{'page':<18}{'first paint':>14}{'sent':>12}{'drill':>12}{'sent':>12}{'cold':>8}{'again':>8}")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, running_app(Path(folder) / "app.log") as url:
        for entry in registry.PAGES:
            if entry.group not in {"overview", "linli", "outcomes", "boundaries"}:
                continue
            path = "" if entry.name == "overview" else entry.name
            middle = [statistics.median(each) for each in measured(browser, url, path)]
            row = f"{entry.name:<18}{middle[0]:>11.0f} ms{middle[1] / 1000:>9.0f} kB{middle[2]:>9.0f} ms"
            asked = [questions(entry.name, cold=cold) for cold in (True, False)]
            print(f"{row}{middle[3] / 1000:>9.0f} kB{asked[0]:>8}{asked[1]:>8}", flush=True)


if __name__ == "__main__":
    main()
