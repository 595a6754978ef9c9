"""A hand at the workbench in a real browser: clicks blocks, pulls borders and presses keys, and reads what is shown."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

PATIENCE = 60_000
BENCH = "const w = document.querySelector('.wb')?.parentElement.linliWorkbench;"


class Hand:
    """One browser page at the workbench."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, area: str, **query: str) -> None:
        """Open a community and wait until the map stands; the guide for newcomers is put aside."""
        self.page.add_init_script("try { localStorage.setItem('linli-workbench-guide', '1') } catch {}")
        more = "".join(f"&{name}={value}" for name, value in query.items())
        self.page.goto(f"{self.url}/workbench?area={area}{more}")
        self.ready()

    def ready(self) -> None:
        """Wait until the map stands and nothing is on its way."""
        expect(self.page.locator(".wb[data-answered]")).to_be_attached(timeout=PATIENCE)
        self.settled()

    def settled(self) -> None:
        """Wait until every request was answered and shown; AssertionError tells what was still on its way."""
        try:
            self.page.wait_for_function(
                f"() => {{ {BENCH} return w && w.data && !w.flying && !w.queue.length && !w.outstanding.length }}",
                timeout=PATIENCE,
                polling=50,  # a page in the background draws no frames, which is what Playwright waits for otherwise
            )
        except PlaywrightTimeout:
            raise AssertionError(f"the workbench waits for an answer: {self.state()}") from None

    def still(self) -> None:
        """Wait until the server has drawn the page: nothing moves under the pointer, and nothing is faded any more."""
        drawn = self.page.locator('[data-testid=stApp][data-test-script-state="notRunning"]')
        expect(drawn).to_be_attached(timeout=PATIENCE)
        expect(self.page.locator('[data-stale="true"]')).to_have_count(0, timeout=PATIENCE)

    def state(self) -> Any:
        """What the workbench has and what it waits for, to be read where a test fails."""
        return self.page.evaluate(
            f"() => {{ {BENCH} return {{ built: !!w, answered: w?.data?.n, head: w?.data?.head, flying: w?.flying,"
            " queue: w?.queue, outstanding: w?.outstanding, ground: w?.data?.ground, seen: document.visibilityState,"
            " given: window.linliWorkbenchGround?.ground?.id, now: Date.now(), connected: w?.root.isConnected,"
            " script: document.querySelector('[data-testid=stApp]')?.dataset.testScriptState,"
            " connection: document.querySelector('[data-testid=stApp]')?.dataset.testConnectionState,"
            " page: document.body.innerText.slice(0, 400) } }"
        )

    def read(self, expression: str) -> Any:
        """The value of an expression over the workbench `w`."""
        return self.page.evaluate(f"() => {{ {BENCH} return {expression} }}")

    def code_of(self, block: int) -> str:
        """The neighbourhood the map shows a block in."""
        return str(self.read(f"w.at[w.ground.byId.get({block})]"))

    def spot(self, block: int) -> tuple[float, float]:
        """Where a block's middle is on the screen."""
        return self.place_of(
            f"(() => {{ const b = w.ground.blocks[w.ground.byId.get({block})]; return [b.x, b.y] }})()"
        )

    def place_of(self, point: str) -> tuple[float, float]:
        """Where a point of the map (an expression giving x, y in the map's metres) is on the screen."""
        x, y = self.read(
            f"(() => {{ const [x, y] = {point}, p = w.map.latLngToContainerPoint([-y, x]),"
            " r = w.map.getContainer().getBoundingClientRect(); return [r.x + p.x, r.y + p.y] })()"
        )
        return float(x), float(y)

    def click(self, block: int) -> None:
        """Click a block and wait for the answer."""
        self.page.mouse.click(*self.spot(block))
        self.settled()

    def press(self, keys: str) -> None:
        """Press a key on the map and wait for the answer."""
        self.page.locator(".wb .leaflet-container").focus()
        self.page.keyboard.press(keys)
        self.settled()

    def pull(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag on the map from one point of the screen to another."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
        mouse.move(*end, steps=4)
        mouse.up()
        self.settled()

    def circle(self, corners: list[tuple[float, float]]) -> None:
        """Draw by hand around an area of the screen, back to where the hand began."""
        mouse = self.page.mouse
        mouse.move(*corners[0])
        mouse.down()
        for corner in (*corners[1:], corners[0]):
            mouse.move(*corner, steps=3)
        mouse.up()
        self.settled()

    def commit(self, why: str) -> None:
        """Commit the step in hand, with a reason where one is asked for."""
        if self.page.locator(".wb-why").count():
            self.page.locator(".wb-why").fill(why)
            self.page.keyboard.press("Enter")
            self.settled()
        else:
            self.press("Enter")

    def operations(self) -> list[str]:
        """The list of operations, the latest first."""
        return self.page.locator(".wb-operations li > span").all_inner_texts()

    def bar(self) -> str:
        """What the line under the map says."""
        return self.page.locator(".wb-hint").inner_text()
