"""Takes the pictures of the README and the guide from the running app: `make pictures`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.serving import chromium, running_app

FOLDER = Path(__file__).resolve().parent / "pictures"
MAP = "iframe[title*='st_folium']"
SETTLE_MS = 5_000
COLOURS = 256  # enough for a page, and a third of the bytes


@dataclass(frozen=True)
class Shot:
    """A page to take: its address, and what must be there first (`map`: the map has drawn its areas)."""

    address: str
    wait: str = "map"


SHOTS = {
    "overview": Shot("/?lang={lang}"),
    "area": Shot("/area?area=320613007&lang={lang}"),
    "boundaries": Shot("/boundaries?area=320613007&lang={lang}"),
    "workbench": Shot("/workbench?area=320613007005&lang={lang}", ".leaflet-container"),
    "stories": Shot("/stories?lang={lang}", ".ll-table"),
    "present": Shot("/present?story=ten-minutes&scene=3&present=1&lang={lang}"),
}


def take(browser: Browser, url: str, wait: str, target: Path) -> None:
    """One picture at 1440×900 of the page at `url`."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(url)
    if wait == "map":
        page.frame_locator(MAP).locator(".leaflet-container").wait_for(timeout=60_000)
    else:
        page.locator(wait).first.wait_for(timeout=60_000)
    page.wait_for_function('!document.querySelector(\'[data-testid="stSkeleton"], [data-stale="true"]\')')
    page.wait_for_timeout(SETTLE_MS)  # the map's fit and the charts' first animation
    page.screenshot(path=target)
    page.close()
    Image.open(target).convert("RGB").quantize(COLOURS).save(target, optimize=True)


def main(wanted: Collection[str] = ()) -> None:
    """Writes the pictures named (none named: all) anew, in both languages."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "server.log") as url,
        chromium() as browser,
    ):
        for name, shot in SHOTS.items():
            for lang in ("zh", "en"):
                if not wanted or name in wanted:
                    take(browser, url + shot.address.format(lang=lang), shot.wait, FOLDER / f"{name}.{lang}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
