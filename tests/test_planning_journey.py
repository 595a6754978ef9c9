"""The whole way in one browser: a community is opened and divided anew, handed in, approved, published, and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages.parts import map_view
from tests import tiny_district as tiny
from tests.edition_place import opened as store_of
from tests.edition_place import write_place
from tests.serving import assert_no_fault, running_app
from tests.workbench_hand import BENCH, Hand

pytestmark = pytest.mark.browser
LONG = 60_000
PUBLISHED = 300_000  # all extracts are made again, beside whatever else the machine does


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


def test_from_the_first_stroke_to_the_edition_all_pages_show(
    kept_static: None, extracts: Path, tmp_path: Path, browser_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    place = write_place(tmp_path / "data")
    log = tmp_path / "server.log"
    with running_app(log, {"LINLI_DATA": str(place), "DATABASE_URL": ""}) as url:
        hand = Hand(browser_page, url)
        hand.open(tiny.FIRST)
        paint_push_and_cut(hand)
        undo_and_come_back(hand)
        accept_a_proposal(hand)
        draft = submit(hand)
        approve(hand, f"{url}/editions?item={draft}")
        press(browser_page, "发布为新版本")
        expect(browser_page.get_by_text(re.compile("已发布边界版本"))).to_be_visible(timeout=PUBLISHED)
        edition = store_of(place).editions()[-1].id
        assert edition != "2020-07"
        browser_page.goto(f"{url}/?area=320613")
        expect(browser_page.locator(".ll-footer")).to_contain_text(f"边界版本 {edition}", timeout=LONG)
        browser_page.goto(f"{url}/editions?item={edition}&part=compare")
        expect(browser_page.locator(".ed[data-ready] .ed-after path").first).to_be_attached(timeout=LONG)
    assert_no_fault(log)


def paint_push_and_cut(hand: Hand) -> None:
    """A2 gains block 1 by paint and block 9 by its border; then its upper half is cut off along the row of blocks."""
    hand.read("window.stillTheSame = w.map")
    hand.click(10)
    assert hand.read("w.chosen") == tiny.A2
    hand.press("b")
    hand.click(1)
    assert hand.code_of(1) == tiny.A1, "a preview changes nothing"
    expect(hand.page.locator(".wb-homes").first).to_contain_text("→")
    hand.commit("沿路")
    assert hand.code_of(1) == tiny.A2
    hand.press("p")
    west, east = hand.spot(9), hand.spot(10)
    hand.pull(((west[0] + east[0]) / 2, west[1]), west)
    hand.commit("沿路")
    assert hand.code_of(9) == tiny.A2 and hand.operations()[0].startswith("推移边界")
    hand.press("c")
    for block, side in ((1, 0), (2, 2)):
        at = f"(({{ box }}) => [box[{side}] + {3 - 3 * side}, box[3]])(w.ground.blocks[w.ground.byId.get({block})])"
        hand.page.mouse.click(*hand.place_of(at))
    hand.settled()
    assert hand.bar().startswith("沿线切分")
    assert hand.read("w.bar.offsetHeight / w.mapBox.offsetHeight") < 0.25, "the map stays in sight"
    hand.commit("沿路")
    assert len({hand.code_of(block) for block in (1, 2, 9, 10)}) == 2 and len(hand.operations()) == 3
    assert hand.read("window.stillTheSame === w.map"), "the map is never made again"


def undo_and_come_back(hand: Hand) -> None:
    """The cut is undone; after a reload the draft is there, and so is what can be undone and redone."""
    hand.press("Control+z")
    assert len(hand.operations()) == 2 and hand.code_of(1) == hand.code_of(10) == tiny.A2
    hand.page.reload()
    hand.ready()
    assert len(hand.operations()) == 2
    hand.press("Control+z")
    assert hand.code_of(9) == tiny.A1, "undo goes on after a reload"
    hand.press("Control+y")
    assert hand.code_of(9) == tiny.A2
    expect(hand.page.locator(".ll-lead")).to_contain_text("2 个地块")


def accept_a_proposal(hand: Hand) -> None:
    """Three alternatives are asked for; the first step of the first goes into the draft as an operation of its own."""
    hand.page.get_by_role("radio", name="方案", exact=True).click()
    hand.page.get_by_text(
        "保留本草案已做的改动"
    ).click()  # both neighbourhoods would be held, and nothing is left to find
    expect(hand.page.get_by_role("checkbox", name="保留本草案已做的改动")).not_to_be_checked(timeout=LONG)
    hand.still()
    press(hand.page, "求三个方案")
    accept = hand.page.get_by_role("button", name="采纳", exact=True).first
    expect(accept).to_be_enabled(timeout=LONG)
    hand.still()
    accept.click()
    done = "w && (w.data.operations.length > 2 || (w.preview?.verb === 'propose' && w.preview.cautions.length))"
    hand.page.wait_for_function(f"() => {{ {BENCH} return {done} }}", timeout=LONG, polling=50)
    if hand.read("w.data.operations.length") < 3:
        hand.commit("户数更均衡")  # it breaks a rule, so the map asks why
    expect(hand.page.locator(".wb-operations li")).to_have_count(3, timeout=LONG)
    assert hand.operations()[0].startswith("采纳方案")


def submit(hand: Hand) -> str:
    """The draft is handed in from the workbench and closed there; returns its id."""
    hand.still()
    press(hand.page, "提交")
    hand.page.get_by_label("提交说明").fill("沿路调整")
    press(hand.page, "提交审核")
    expect(hand.page.get_by_text("草案已提交").first).to_be_visible(timeout=LONG)
    hand.settled()
    assert hand.read("w.data.closed") and hand.page.locator(".wb-verb[aria-pressed]:not([disabled])").count() == 1
    return parse_qs(urlsplit(hand.page.url).query)["draft"][0]


def approve(hand: Hand, address: str) -> None:
    """Another role approves it, on a page that nobody is shut out from."""
    page = hand.page
    page.goto(address)
    page.get_by_role("button", name=re.compile("身份")).click()
    page.get_by_role("button", name="审批员").or_(page.get_by_role("radio", name="审批员")).first.click()
    page.keyboard.press("Escape")
    press(page, "批准")
    expect(page.get_by_text("已批准，可以发布")).to_be_visible(timeout=LONG)
    hand.still()
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert not found, [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found]
