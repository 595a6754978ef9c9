"""The workbench in Chromium: milliseconds from a click to the repainted block, beside st_folium; previews in Python."""

from __future__ import annotations

import os
import random
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import BrowserContext, Page

from bench.bench_page import quiet_context
from pages.parts import workbench_base, workbench_map, workbench_steps
from pages.parts.words import speaking
from pages.parts.workbench_steps import Step
from tests.serving import chromium, running_app
from tests.workbench_hand import BENCH, Hand

COMMUNITY = "320613007005"
CLICKS = 40
PREVIEWS = 600

# From the release of the pointer: the first frame with the block hatched, and the first with the answer in the panel.
WATCH = f"""() => {{ {BENCH}
  window.times = [];
  w.mapBox.addEventListener("pointerup", () => {{
    const start = performance.now(), one = {{}}, before = w.sent;
    window.times.push(one);
    const look = () => {{
      if (!one.painted && w.selection.size) one.painted = performance.now() - start;
      if (w.preview && w.request && w.request.n > before) one.answered = performance.now() - start;
      else requestAnimationFrame(look);
    }};
    requestAnimationFrame(look);
  }}, true);
}}"""


def line(name: str, times: list[float], bound: str = "") -> str:
    """Median, 95th percentile and worst of one row."""
    found = f"{np.median(times):7.1f} ms median, {np.percentile(times, 95):7.1f} ms p95, {max(times):7.1f} ms worst"
    return f"{name:<54} {found}  ({len(times)} times{bound})"


def ours(context: BrowserContext, url: str) -> list[str]:
    """Click block after block that can be painted into the chosen neighbourhood; each is cancelled again."""
    page = context.new_page()
    hand = Hand(page, url)
    hand.open(COMMUNITY)
    page.evaluate(WATCH)
    beside = "[...b.near].filter((n) => w.at[n] !== w.at[b.index]).map((n) => [b.id, w.at[n]])"
    pairs = hand.read(f"w.ground.blocks.flatMap((b) => {beside})")
    random.Random(1).shuffle(pairs)
    for block, code in pairs[:CLICKS]:
        page.evaluate(f"() => {{ {BENCH} w.chosen = '{code}'; w.tool = 'paint'; w.selection.clear(); w.refresh(); }}")
        page.evaluate("() => { window.kept = window.times.length }")
        page.mouse.click(*hand.spot(block))
        page.wait_for_function("() => window.times.at(-1)?.answered && window.times.length > window.kept")
        hand.press("Escape")
    times = page.evaluate("() => window.times")
    page.close()
    return [
        line("workbench: click -> block hatched", [one["painted"] for one in times]),
        line("workbench: click -> server's answer shown", [one["answered"] for one in times], ", bound 400 ms p95"),
    ]


def peer(context: BrowserContext, url: str) -> list[str]:
    """Click blocks on the st_folium map until each is drawn in its new colour."""
    page = context.new_page()
    page.goto(url)
    frame = page.frame_locator("iframe").first
    frame.locator("path.leaflet-interactive").first.wait_for(timeout=60_000)
    page.wait_for_timeout(2_000)
    paths = frame.locator("path.leaflet-interactive")
    boxes = [box for i in range(paths.count()) if (box := paths.nth(i).bounding_box())]
    wide = [box for box in boxes if box["width"] > 16 and box["height"] > 16]
    random.Random(1).shuffle(wide)
    times = [_clicked(page, box) for box in wide[:CLICKS]]
    page.close()
    return [line("st_folium: click -> block repainted", [found for found in times if found])]


def _clicked(page: Page, box: dict[str, float]) -> float:
    """Milliseconds until the frame holds another number of chosen paths; 0 where the click met no block."""
    count = "() => document.querySelector('iframe').contentDocument.querySelectorAll('path[class*=chosen-]').length"
    before = page.evaluate(count)
    page.evaluate(
        """(before) => { window.done = 0; const frame = document.querySelector('iframe').contentDocument;
          frame.addEventListener('mouseup', () => { const start = performance.now();
            const look = () => frame.querySelectorAll('path[class*=chosen-]').length !== before
              ? (window.done = performance.now() - start) : requestAnimationFrame(look);
            requestAnimationFrame(look) }, { once: true, capture: true }) }""",
        before,
    )
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    limit = time.perf_counter() + 5
    while time.perf_counter() < limit:
        if done := page.evaluate("() => window.done"):
            page.wait_for_timeout(300)
            return float(done)
        page.wait_for_timeout(20)
    return 0.0


def server_side() -> list[str]:
    """Preview and answer, as a click makes the server do them, for blocks all over the district."""
    plan = workbench_base.base().plan
    chance = random.Random(1)
    times, soft = [], []
    with speaking("zh"):
        for _ in range(PREVIEWS):
            community = chance.choice(sorted(plan.homes))
            home = plan.homes[community]
            block = chance.choice(sorted(home))
            others = sorted({home[near] for near in plan.ground.near[block]} - {home[block]}) or [home[block]]
            workbench_base.ground_of(plan, (community,))  # sent when the community is opened, not with a preview
            start = time.perf_counter()
            outcome = workbench_steps.tried(plan, Step("paint", (block,), others[0]))
            soft.append(1000 * (time.perf_counter() - start))
            workbench_map.answer(workbench_map.Shown(plan, plan, (community,), outcome=outcome, asked=1))
            times.append(1000 * (time.perf_counter() - start))
    return [
        line("server: a preview (plan, figures, warnings, repair)", soft, ", bound 100 ms p95"),
        line("server: the same with all that the map is told", times, ", bound 100 ms p95"),
    ]


def main() -> None:
    """Print all rows, with the load of the machine."""
    rows = server_side()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        store = {"DATABASE_URL": f"sqlite:///{Path(folder) / 'atlas.sqlite'}"}
        for measure, script in ((ours, "app.py"), (peer, "bench/folium_edit_app.py")):
            with (
                running_app(Path(folder) / "log", store, script=script) as url,
                quiet_context(browser.new_context(viewport={"width": 1440, "height": 900})) as context,
            ):
                rows += measure(context, url)
    print("\n".join(rows))
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
