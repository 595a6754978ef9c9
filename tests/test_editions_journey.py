"""A draft becomes an edition in a real browser: submitted, approved, published, and on the overview at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages.parts import map_view
from tests.edition_place import opened as store_of
from tests.edition_place import write_place
from tests.serving import running_app
from tests.test_editions_page import draft_in

pytestmark = pytest.mark.browser
LONG = 60_000


@pytest.fixture
def kept_static() -> Iterator[None]:
    """Publishing a place of its own puts its map beside the demonstration's; what was there is put back."""
    before = {path: path.read_bytes() for path in map_view.STATIC.glob("manifest*.json")}
    yield
    for path in map_view.STATIC.glob("manifest*.json"):
        if path not in before:
            path.unlink()
    for path, content in before.items():
        path.write_bytes(content)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_from_draft_to_the_edition_all_pages_show(
    kept_static: None, extracts: Path, tmp_path: Path, browser_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    place = write_place(tmp_path / "data")
    draft = draft_in(store_of(place))
    log = tmp_path / "server.log"
    with running_app(log, {"LINLI_DATA": str(place), "DATABASE_URL": ""}) as url:
        page = browser_page
        page.goto(f"{url}/editions?item={draft}")
        press(page, "提交")
        expect(page.get_by_text("已提交，等待审批")).to_be_visible(timeout=LONG)
        page.get_by_role("button", name=re.compile("身份")).click()
        page.get_by_role("button", name="审批员").or_(page.get_by_role("radio", name="审批员")).first.click()
        page.keyboard.press("Escape")
        press(page, "批准")
        expect(page.get_by_text("已批准，可以发布")).to_be_visible(timeout=LONG)
        found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert not found, [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found]
        press(page, "发布为新版本")
        expect(page.get_by_text(re.compile("已发布边界版本"))).to_be_visible(timeout=LONG)
        edition = store_of(place).editions()[-1].id
        page.goto(f"{url}/?area=320613")
        expect(page.locator(".ll-footer")).to_contain_text(f"边界版本 {edition}", timeout=LONG)
        assert edition != "2020-07"
        page.goto(f"{url}/editions?item={edition}&part=compare")
        expect(page.locator(".ed[data-ready] .ed-after path").first).to_be_attached(timeout=LONG)
    printed = log.read_text(errors="replace")
    assert "Traceback (most recent call last)" not in printed, printed[-4000:]
