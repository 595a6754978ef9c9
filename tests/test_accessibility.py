"""axe-core's rules in the real pages: nothing serious that is ours, in any theme."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages.parts import registry

pytestmark = pytest.mark.browser

# What Streamlit draws itself and offers no setting for; each with its reason.
NOT_OURS = {
    "scrollable-region-focusable",  # the data grid scrolls by its own keys
}
TABLES = {"records": "&table=event_total"}


NAMES = [entry.name for entry in registry.PAGES]
LOOKS = [(name, "light") for name in NAMES]  # structure is the same in every theme; colours are tried on two pages
LOOKS += [(name, "dark") for name in ("overview", "area")]
LOOKS += [(name, "projector") for name in ("overview", "stories")]
SEVEN_TO_ONE = {"rules": {"color-contrast-enhanced": {"enabled": True}}}


@pytest.mark.parametrize(("name", "theme"), LOOKS)
def test_nothing_serious(app_url: str, browser_page: Page, name: str, theme: str) -> None:
    page = browser_page
    path = "" if name == "overview" else name
    page.goto(f"{app_url}/{path}?area=320613007&theme={theme}{TABLES.get(name, '')}")
    expect(page.locator(".ll-footer")).to_be_visible(timeout=60_000)
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached(timeout=30_000)
    found = Axe().run(page, options=SEVEN_TO_ONE if theme == "projector" else None).response["violations"]
    serious = [v for v in found if v["impact"] in {"serious", "critical"} and v["id"] not in NOT_OURS]
    assert not serious, [(v["id"], v["help"], [n["html"][:160] for n in v["nodes"][:3]]) for v in serious]
