"""Opens one page of the app without a browser, at an address, and reads what it says."""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape
from html.parser import HTMLParser

import pandas as pd
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from tests.serving import ROOT


def opened(page: str, **query: str) -> AppTest:
    """The page `page` after one run at the address of these query parameters."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if page != "overview":
        app.switch_page(f"pages/{page}.py")
        app._page_hash = calc_hash(page)  # before its first run AppTest takes a page's file name for its address
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@cache
def seen(page: str, **query: str) -> AppTest:
    """As `opened`, but run once a session: for tests that only read."""
    return opened(page, **query)


def html_of(app: AppTest) -> str:
    """All HTML on the page."""
    return "\n".join(element.proto.body for element in app.get("html"))


def text_of(app: AppTest) -> str:
    """What the page says, without its tags; one line an element."""
    return unescape(re.sub(r"[ \t]+", " ", re.sub(r"<[^>]+>", " ", html_of(app))))


def asked(app: AppTest, name: str) -> str:
    """A query parameter of the address after the run, "" where there is none."""
    value = app.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]


class _Cells(HTMLParser):
    """Collects the cells of a table, row by row; a heading that spans the table is no row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._reading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        self._reading = self._reading or tag in {"td", "th"}
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._reading = self._reading and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._reading:
            self.rows[-1][-1] += data


def table_called(app: AppTest, caption: str) -> pd.DataFrame:
    """The one table of the page with this caption: cells as text under its header, units and sources apart."""
    found = [b for b in (element.proto.body for element in app.get("html")) if f">{escape(caption)}</caption>" in b]
    assert len(found) == 1, caption
    reader = _Cells()
    aside = r'<span class="ll-unit">.*?</span>|<details class="ll-source".*?</details>'
    reader.feed(re.sub(aside, "", found[0], flags=re.DOTALL))
    head, *rows = reader.rows
    return pd.DataFrame([[cell.strip() for cell in row] for row in rows if len(row) == len(head)], columns=head)
