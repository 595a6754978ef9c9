"""Shared fixtures: the built extracts, the running app, and a browser that reaches nothing outside this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.databases import database, postgres  # noqa: F401 (fixtures for all)
from tests.planning import own_store, plan  # noqa: F401 (fixtures for the workbench)
from tests.serving import ROOT, assert_no_fault, chromium, running_app

# A busy machine is no failure: what takes too long is measured in bench/, not judged by a deadline.
# On the integration machine the same examples are tried each time; elsewhere new ones, so that new faults are found.
settings.register_profile("linli", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("linli")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that drive a browser come first: few tests, but long, so that no worker sits idle beside one at the end."""
    long = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The data folder that holds records and extracts (LINLI_DATA overrides it)."""
    return Path(os.environ.get("LINLI_DATA", ROOT / "data"))


@pytest.fixture(scope="session")
def extracts(data_root: Path) -> Path:
    """The folder of the current version of the built demonstration extracts; `make test` builds it beforehand."""
    from data.manifest import read_manifest

    return data_root / "extracts" / read_manifest(data_root).version


@pytest.fixture(scope="session")
def app_url(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app, started as `make run` starts it; at the end its log must hold no traceback."""
    log = tmp_path_factory.mktemp("app") / "server.log"
    with running_app(log) as url:
        yield url
    assert_no_fault(log)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the session."""
    with chromium() as started:
        yield started


@pytest.fixture
def outside_requests() -> list[str]:
    """Addresses outside this machine that a page asked for; `browser_context` blocks them and fails the test if any."""
    return []


@pytest.fixture
def browser_context(browser: Browser, outside_requests: list[str]) -> Iterator[BrowserContext]:
    """A fresh context (1440×900, Chinese locale) in which every address outside 127.0.0.1 is blocked and noted."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")

    def only_here(route: Route) -> None:
        if urlsplit(route.request.url).hostname in {"127.0.0.1", None}:
            route.continue_()
        else:
            outside_requests.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    yield context
    context.close()
    assert outside_requests == [], f"the page asked for addresses outside this machine: {outside_requests}"


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Page:
    """A page of `browser_context`; go to `app_url` yourself."""
    return browser_context.new_page()
