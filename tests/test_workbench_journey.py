"""The workbench in a real browser: refusals, the keyboard alone, two planners at once, words to hear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from geo.plans import Plan
from pages.parts import workbench_base
from pages.parts.workbench_steps import Step, tried
from tests.serving import assert_no_fault, running_app
from tests.workbench_hand import BENCH, PATIENCE, Hand

pytestmark = pytest.mark.browser
HERE = "320613007005"


@pytest.fixture(scope="module")
def workbench_url(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with an edition store of its own; at the end its log must hold no traceback."""
    folder = tmp_path_factory.mktemp("workbench")
    log = folder / "server.log"
    with running_app(log, {"DATABASE_URL": f"sqlite:///{folder / 'atlas.sqlite'}"}) as url:
        yield url
    assert_no_fault(log)


@pytest.fixture(scope="module")
def plan(extracts: Path) -> Plan:
    return workbench_base.base().plan


def movable(plan: Plan, apart_from: frozenset[str] = frozenset()) -> tuple[int, str, str]:
    """A block with households that can go to a neighbour without anything asking for a reason: block, from, to."""
    home = plan.homes[HERE]
    for block, code in sorted(home.items()):
        for other in sorted({home[near] for near in plan.ground.near[block]} - {code}):
            if {code, other} & apart_from:
                continue
            found = tried(plan, Step("paint", (block,), other)).preview
            if found is not None and not found.warnings:
                return block, code, other
    raise AssertionError("no block can move")


def inside(plan: Plan, code: str, block: int) -> int:
    """Another block of a neighbourhood, to click on."""
    return next(b for b in sorted(plan.members(code)) if b != block)


def test_escape_leaves_the_draft_as_it_was_and_a_refusal_offers_a_repair(
    workbench_url: str, browser_page: Page, plan: Plan
) -> None:
    block, code, other = movable(plan)
    hand = Hand(browser_page, workbench_url)
    hand.open(HERE, lang="en")
    hand.click(inside(plan, other, block))
    hand.press("b")
    hand.click(block)
    hand.press("Escape")
    assert hand.read("w.request") is None and hand.code_of(block) == code
    hand.press("l")
    x, y = hand.spot(block)
    hand.circle([(x - 40, y), (x, y - 40), (x + 40, y), (x, y + 40)])
    assert hand.read(f"w.selection.has(w.ground.byId.get({block}))"), "a lasso that ends where it began is closed"
    hand.press("Escape")
    hand.press("b")
    home = plan.homes[HERE]
    far, repaired = next(
        (b, outcome.refused.repair)
        for b, c in sorted(home.items())
        if c != other and (outcome := tried(plan, Step("paint", (b,), other))).refused and outcome.refused.repair
    )
    assert repaired
    hand.click(far)
    assert hand.bar().startswith("Not possible")
    browser_page.locator(".wb-decide .wb-main").click()
    hand.settled()
    if hand.operations() == []:  # what would do instead asks for a reason first
        hand.commit("along the road")
    assert hand.code_of(far) == other and len(hand.operations()) == 1
    hand.still()
    browser_page.get_by_role("button", name="Open neighbouring communities too").click()
    browser_page.locator(".st-key-workbench_with button").first.click()
    hand.settled()
    browser_page.wait_for_function(f"() => {{ {BENCH} return w.ground.communities.length === 2 }}", timeout=PATIENCE)
    assert hand.code_of(far) == other, "a community opened beside the first leaves the draft as it is"


def test_everything_by_keyboard(workbench_url: str, browser_page: Page, plan: Plan) -> None:
    block, _, other = movable(plan)
    hand = Hand(browser_page, workbench_url)
    hand.open(HERE)
    browser_page.locator(".wb .leaflet-container").focus()
    while hand.read("w.chosen") != other:
        hand.press("]")
    hand.press("b")
    hand.press("ArrowRight")
    goal = hand.read(f"(() => {{ const b = w.ground.blocks[w.ground.byId.get({block})]; return [b.x, b.y] }})()")
    for axis, keys in ((0, ("ArrowLeft", "ArrowRight")), (1, ("ArrowUp", "ArrowDown"))):
        while abs(far := goal[axis] - hand.read(f"w.cursor[{axis}]")) > 8 / hand.read("w.scale()"):
            hand.press(keys[far > 0])
    assert "户" in browser_page.locator(".wb [role=status]").inner_text()
    hand.press(" ")
    hand.press("Enter")
    assert hand.code_of(block) == other


def test_two_planners_edit_one_community_and_both_outcomes_are_right(
    workbench_url: str, browser: Browser, plan: Plan
) -> None:
    block, code, other = movable(plan)
    second, _, to = movable(plan, frozenset({code, other}))
    one, two = (Hand(browser.new_context(locale="zh-CN").new_page(), workbench_url) for _ in range(2))
    one.open(HERE, **{"as": "甲"})
    one.click(inside(plan, other, block))
    one.press("b")
    one.click(block)
    one.press("Enter")
    draft = parse_qs(urlsplit(one.page.url).query)["draft"][0]
    two.open(HERE, draft=draft, **{"as": "乙"})
    assert two.code_of(block) == other, "the second sees what the first did"
    two.click(inside(plan, to, second))
    two.press("b")
    two.click(second)
    one.press("Control+z")
    two.press("Enter")
    assert two.code_of(second) == to and two.code_of(block) == code
    expect(one.page.locator(".wb-operations li")).to_have_count(1, timeout=30_000)
    one.settled()
    assert one.code_of(second) == to and one.code_of(block) == code
    expect(one.page.get_by_text("乙（")).to_be_visible(timeout=30_000)
    for hand in (one, two):
        hand.page.context.close()


def test_the_same_block_conflicts_with_both_versions_to_choose_from(
    workbench_url: str, browser: Browser, plan: Plan
) -> None:
    block, _, mine, theirs = contested(plan)
    one, two = (Hand(browser.new_context(locale="en-GB").new_page(), workbench_url) for _ in range(2))
    one.open(HERE, lang="en", **{"as": "Jia"})
    paint(one, plan, block, theirs)
    one.press("Enter")
    draft = parse_qs(urlsplit(one.page.url).query)["draft"][0]
    one.press("Control+z")
    two.open(HERE, lang="en", draft=draft, **{"as": "Yi"})
    paint(two, plan, block, mine)
    one.press("Control+y")
    assert one.code_of(block) == theirs
    two.press("Enter")
    assert "Jia" in two.bar() and two.code_of(block) == theirs, "nothing of the second is done before he has chosen"
    two.page.locator(".wb-decide .wb-quiet").click()
    two.settled()
    assert two.code_of(block) == mine and len(two.operations()) == 2
    for hand in (one, two):
        hand.page.context.close()


def contested(plan: Plan) -> tuple[int, str, str, str]:
    """A block that can go to either of two neighbours without a reason: block, where it is, and the two."""
    home = plan.homes[HERE]
    for block, code in sorted(home.items()):
        others = sorted({home[near] for near in plan.ground.near[block]} - {code})
        fit = [o for o in others if (p := tried(plan, Step("paint", (block,), o)).preview) and not p.warnings]
        for other in fit:
            for second in set(fit) - {other}:
                first = tried(plan, Step("paint", (block,), other)).preview
                assert first is not None
                if tried(first.plan, Step("paint", (block,), second)).preview is not None:
                    return block, code, second, other
    raise AssertionError("no block lies between three neighbourhoods")


def paint(hand: Hand, plan: Plan, block: int, to: str) -> None:
    """Preview a block painted into a neighbourhood."""
    hand.click(inside(plan, to, block))
    hand.press("b")
    hand.click(block)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_for_those_who_cannot_see_or_point(
    workbench_url: str, browser_page: Page, theme: str, plan: Plan
) -> None:
    block, _, other = movable(plan)
    hand = Hand(browser_page, workbench_url)
    hand.open(HERE, theme=theme)
    hand.click(inside(plan, other, block))
    hand.press("b")
    hand.click(block)
    hand.still()
    found = Axe().run(browser_page).response["violations"]
    serious = [v for v in found if v["impact"] in {"serious", "critical"}]
    assert not serious, [(v["id"], v["help"], [n["html"][:160] for n in v["nodes"][:3]]) for v in serious]
