"""An address that no page has is answered by a page of ours in the reader's language, without Streamlit's dialog."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from pages.parts import registry, state
from pages.parts.words import words
from tests.opening import html_of, opened, text_of


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_names_the_address_and_every_listed_page(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "asked_page", lambda: "missing")
    app = opened("missing", lang=language, area="320613007")
    assert not app.exception
    said = words(language)["missing.sentence"].format(asked="missing")
    assert said in text_of(app)
    for entry in registry.PAGES:
        way = "./" if entry.name == "overview" else entry.name
        assert not entry.group or f'href="{way}?area=320613007&amp;' in html_of(app)


def test_only_addresses_without_a_page_are_taken() -> None:
    missing = registry.Entry("missing", "")
    assert registry.address(missing, "nosuch") == "nosuch"
    assert {registry.address(missing, asked) for asked in ("", "party", "missing")} == {"missing"}
    assert registry.address(registry.Entry("party", "linli"), "nosuch") == "party"


@pytest.mark.browser
def test_no_dialog_of_streamlit_stands_before_it(app_url: str, browser_page: Page) -> None:
    browser_page.goto(f"{app_url}/nosuch?lang=en")
    expect(browser_page.locator(".ll-empty")).to_contain_text("“nosuch”", timeout=60_000)
    expect(browser_page.locator('[role="dialog"]')).to_have_count(0)
    browser_page.locator('.ll-facts a[href^="party?"]').click()
    expect(browser_page.locator("h1")).to_contain_text("Party", timeout=60_000)
