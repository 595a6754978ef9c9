"""Takes the pictures of the README and the guide from the running app: `make pictures`."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from data.contract import load_contract
from data.imports.places import load_places
from data.imports.templates import example, headers, workbook
from data.manifest import data_root
from tests.serving import chromium, running_app

FOLDER = Path(__file__).resolve().parent / "pictures"
MAP = "iframe[title*='st_folium']"
GIVE = "[data-testid='stFileUploader']"
SETTLE_MS = 5_000
COLOURS = 256  # enough for a page, and a third of the bytes
PATIENCE_MS = 300_000
HOODS = ("德民-01", "德民-02", "德民-04")
Act = Callable[[Page, Path, str], None]
"""What is done on a page before its picture: the page, a folder for files, the language."""


# ── what the data clerk does ──


def filled(folder: Path, lang: str) -> Path:
    """The template of events as an office fills it in, with one date that is none; of another month a language."""
    table, places = load_contract().records["event"], load_places(data_root())
    book, heads = workbook(table, places), headers(table)
    month = {"zh": 11, "en": 12}[lang]
    for line in range(6):
        own = dict(zip(heads, example(table, places), strict=True))
        own |= {"活动编号": f"CD-{month}-{line + 1:02d}", "名称": "邻里文化周", "主办邻里": HOODS[line % len(HOODS)]}
        day = f"2020-{month}-{line + 10}" if line != 4 else f"2020-{month}-32"
        own |= {"举办日期": day, "登记日期": f"2020-{month}-20", "撤销": ""}
        book.worksheets[0].append([own[head] for head in heads])
    path = folder / f"活动-城东街道-{month}月.xlsx"
    book.save(path)
    return path


def check(page: Page, folder: Path, lang: str) -> None:
    """Give the file and have it checked."""
    page.locator("input[type=file]").set_input_files(str(filled(folder, lang)))
    button = page.get_by_test_id("stButton").get_by_role("button").first
    expect(button).to_be_enabled()
    button.click()
    page.locator(".st-key-deliveries_keep button").wait_for(timeout=PATIENCE_MS)


def keep(page: Page, folder: Path, lang: str) -> None:
    """Keep what was checked, and turn to the loads."""
    check(page, folder, lang)
    page.locator(".st-key-deliveries_keep button").click()
    page.locator("p[role=status]", has_text=re.compile(r"L\d{4}")).wait_for(timeout=PATIENCE_MS)
    page.get_by_role("tab").nth(1).click()
    page.locator(".st-key-deliveries_apply").scroll_into_view_if_needed()


def put_in_force(page: Page, folder: Path, lang: str) -> None:
    """Begin to put the load in force, and wait until the extracts are being built."""
    page.get_by_role("tab").nth(1).click()
    reason = page.locator(".st-key-deliveries_reason input")
    reason.fill({"zh": "已与街道核实", "en": "checked with the office"}[lang])
    reason.press("Enter")
    expect(page.locator(".st-key-deliveries_apply button")).to_be_enabled()
    page.locator(".st-key-deliveries_apply button").click()
    page.locator('.ll-work li:nth-child(4)[aria-current="step"]').wait_for(timeout=PATIENCE_MS)


def wait_for_force(page: Page, folder: Path, lang: str) -> None:
    """Open the page again, wait until what is under way is in force, and show the versions."""
    page.get_by_role("tab").nth(1).click()
    page.locator(".ll-work").wait_for(state="detached", timeout=PATIENCE_MS)
    page.locator(".st-key-deliveries_roll_back").scroll_into_view_if_needed(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Shot:
    """A page to take: its address, what must be there first (`map`: the map has drawn its areas), what is done then."""

    address: str
    wait: str = "map"
    act: Act | None = None


SHOTS = {
    "overview": Shot("/?lang={lang}"),
    "area": Shot("/area?area=320613007&lang={lang}"),
    "boundaries": Shot("/boundaries?area=320613007&lang={lang}"),
    "workbench": Shot("/workbench?area=320613007005&lang={lang}", ".leaflet-container"),
    "stories": Shot("/stories?lang={lang}", ".ll-table"),
    "present": Shot("/present?story=ten-minutes&scene=3&present=1&lang={lang}"),
    "quality": Shot("/delivery_quality?lang={lang}", ".ll-table"),
    "checked": Shot("/deliveries?lang={lang}", GIVE, check),
    "kept": Shot("/deliveries?lang={lang}", GIVE, keep),
    "applying": Shot("/deliveries?lang={lang}", GIVE, put_in_force),
    "versions": Shot("/deliveries?lang={lang}", GIVE, wait_for_force),
}
"""In this order: the last four are one delivery on its way."""


def take(browser: Browser, url: str, shot: Shot, lang: str, target: Path, folder: Path) -> None:
    """One picture at 1440×900 of the app at `url`."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(url + shot.address.format(lang=lang))
    if shot.wait == "map":
        page.frame_locator(MAP).locator(".leaflet-container").wait_for(timeout=60_000)
    else:
        page.locator(shot.wait).first.wait_for(timeout=60_000)
    if shot.act is not None:
        shot.act(page, folder, lang)
    page.wait_for_function('!document.querySelector(\'[data-testid="stSkeleton"], [data-stale="true"]\')')
    page.wait_for_timeout(SETTLE_MS)  # the map's fit and the charts' first animation
    page.screenshot(path=target)
    page.close()
    Image.open(target).convert("RGB").quantize(COLOURS).save(target, optimize=True)


def main(wanted: Collection[str] = ()) -> None:
    """Writes the pictures named (none named: all) anew, in both languages; what is delivered goes into a copy."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("records", "extracts", "editions"):
            shutil.copytree(data_root() / part, folder / "data" / part)
        settings = {"LINLI_DATA": str(folder / "data")}
        with running_app(folder / "server.log", settings) as url, chromium() as browser:
            for lang in ("zh", "en"):
                for shot in SHOTS:
                    if not wanted or shot in wanted:
                        take(browser, url, SHOTS[shot], lang, FOLDER / f"{shot}.{lang}.png", folder)


if __name__ == "__main__":
    main(sys.argv[1:])
