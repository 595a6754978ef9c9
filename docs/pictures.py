"""Takes the pictures of the README and the guide from the running app: `make pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.serving import chromium, running_app

FOLDER = Path(__file__).resolve().parent / "pictures"
PICTURES = {
    "overview.zh": "/?lang=zh",
    "overview.en": "/?lang=en",
}


def take(browser: Browser, url: str, target: Path) -> None:
    """One picture at 1440×900 of the page at `url`, when its map has drawn its areas."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(url)
    page.frame_locator("iframe[title*='st_folium']").locator(".leaflet-container").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(2_500)  # the map's fit and the charts' first animation
    page.screenshot(path=target)
    page.close()


def main() -> None:
    """Writes every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "server.log") as url,
        chromium() as browser,
    ):
        for name, address in PICTURES.items():
            take(browser, url + address, FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
