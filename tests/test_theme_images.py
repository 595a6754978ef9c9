"""The charts of a theme are saved as PNG or SVG, as the reader chose, without any address outside the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.opening import html_of, opened


@pytest.mark.parametrize(("image", "kind"), [("", "png"), ("svg", "svg"), ("gif", "png")])
def test_every_card_saves_the_kind_of_image_chosen(image: str, kind: str) -> None:
    app = opened("information", area="320613007005", **({"image": image} if image else {}))
    charts = app.get("plotly_chart")
    assert charts and {json.loads(c.proto.config)["toImageButtonOptions"]["format"] for c in charts} == {kind}
    assert "image=svg" in html_of(app) and "image=png" in html_of(app)


@pytest.mark.browser
@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_the_button_saves_an_image(app_url: str, browser_page: Page, tmp_path: Path, kind: str, begins: bytes) -> None:
    browser_page.goto(f"{app_url}/information?area=320613007&image={kind}")
    plot = browser_page.locator(".st-key-plot_channels")
    expect(plot.locator(".bars .point path").first).to_be_visible(timeout=90_000)
    plot.hover()
    with browser_page.expect_download(timeout=60_000) as saved:
        plot.locator(".modebar-btn").first.click()
    saved.value.save_as(tmp_path / "chart")
    assert saved.value.suggested_filename.endswith(f".{kind}")
    content = (tmp_path / "chart").read_bytes()
    assert content.startswith(begins) and len(content) > 2_000
