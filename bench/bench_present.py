"""A talk in Chromium: milliseconds from the key to the next scene on the glass, and until its map has come to rest."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.serving import chromium, running_app

CHANGES = 60
LIMIT_MS = 400
SIZES = ((1920, 1080), (1024, 768))

# From the key until two frames after the scene is drawn, and until the map moves no more; asked in the browser's clock.
CHANGE = """key => new Promise(done => {
  const from = performance.now(), root = document.documentElement;
  const map = document.querySelector('.st-key-stage_map iframe').contentWindow;
  let moved = from, shown = 0;
  const still = () => { moved = performance.now() };
  map.addEventListener('linli:moved', still);
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  const look = () => {
    const now = performance.now();
    if (!shown && root.dataset.sceneShown === key) shown = now;
    if (!shown || now - Math.max(moved, shown) < 350) return requestAnimationFrame(look);
    map.removeEventListener('linli:moved', still);
    done([shown - from, Math.max(moved, shown) - from]);
  };
  look();
})"""


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def measure(page: Page, url: str) -> tuple[list[float], list[float], float]:
    """Milliseconds of CHANGES changes forward (then from the first again), and of the first scene after loading."""
    page.goto(f"{url}/present?story=ten-minutes&present=1&scene=1")
    page.wait_for_function("document.documentElement.dataset.sceneShown === '1'", timeout=120_000)
    first = float(page.evaluate("performance.now()"))
    page.wait_for_function("linliTalk.scenes.size === linliTalk.keys.length", timeout=120_000)
    page.wait_for_timeout(2000)
    shown, still, at = [], [], 1
    while len(shown) < CHANGES:
        if at == 10:
            page.keyboard.press("Home")
            page.wait_for_function("document.documentElement.dataset.sceneShown === '1'", timeout=20_000)
            page.wait_for_timeout(600)
            at = 1
        at += 1
        one, other = page.evaluate(CHANGE, str(at))
        shown.append(float(one))
        still.append(float(other))
    return shown, still, first


def main() -> None:
    """Print median, p95 and worst for each size of the glass."""
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder) / "log") as url, chromium() as browser:
        print(f"Present: {CHANGES} changes of scene a size; limit {LIMIT_MS} ms at p95")
        for width, height in SIZES:
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            shown, still, first = measure(context.new_page(), url)
            context.close()
            for name, values in (("scene on the glass", shown), ("map at rest", still)):
                print(
                    f"  {width}×{height} {name:<18} median {statistics.median(values):4.0f} ms, "
                    f"p95 {percentile(values, 0.95):4.0f} ms, worst {max(values):4.0f} ms, n {len(values)}"
                )
            print(f"  {width}×{height} first scene after loading the page: {first:.0f} ms")


if __name__ == "__main__":
    main()
