"""Signs of what the reader can't see: that the server draws, and that it is gone."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute, expect

SIGN = "() => getComputedStyle(document.querySelector('.stApp'), '::after').animationName"


def test_a_line_says_that_the_server_draws_and_words_say_that_it_is_gone(app_url: str, browser_page: Page) -> None:
    streams: list[WebSocketRoute] = []

    def connect(stream: WebSocketRoute) -> None:
        streams.append(stream)
        stream.connect_to_server()

    browser_page.route_web_socket("**/_stcore/stream", connect)
    browser_page.goto(f"{app_url}/dictionary")
    browser_page.locator(".stApp[data-test-script-state=notRunning] .ll-footer").wait_for()
    assert browser_page.evaluate(SIGN) == "none"
    browser_page.evaluate("() => { document.querySelector('.stApp').dataset.testScriptState = 'running' }")
    assert browser_page.evaluate(SIGN) == "ll-waits"
    browser_page.route("**/_stcore/**", lambda route: route.abort())
    for stream in streams:
        stream.close()
    gone = browser_page.get_by_role("dialog")
    expect(gone).to_contain_text("与服务的连接已断开", timeout=30_000)
    expect(gone).to_contain_text("再刷新页面")
    expect(gone).not_to_contain_text("Streamlit")
