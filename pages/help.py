"""Help: the guide for whoever asks, as it stands in docs/guide, with its pictures; nothing is fetched from outside."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import streamlit as st

from pages.parts import frame, state, tables
from pages.parts.failures import guard, nothing
from pages.parts.state import View
from pages.parts.words import t

GUIDES = ("leader", "planner", "presenter", "clerk")
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "guide"
PICTURE = re.compile(r"^!\[([^\]]*)\]\(([^)]+)\)$", re.MULTILINE)
LOWER = re.compile(r"^#(?=#* )", re.MULTILINE)
"""The page has a heading of its own: the guide's stand one level below it."""


def chosen(view: View) -> str:
    """The guide the address names."""
    asked = view.get("guide")
    return asked if asked in GUIDES else GUIDES[0]


def parts(text: str) -> Iterator[tuple[str, str]]:
    """The guide in order: ("", words in Markdown) or (what a picture shows, its path from the guide's folder)."""
    last = 0
    for found in PICTURE.finditer(text):
        yield "", text[last : found.start()]
        yield found[1], found[2]
        last = found.end()
    yield "", text[last:]


def picture(said: str, path: Path) -> str:
    """A picture with the page itself, so that it needs no address."""
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<img class="ll-guide" alt="{escape(said)}" src="data:image/png;base64,{data}">'


def chooser(view: View) -> str:
    """Links to the guides."""
    here = chosen(view)
    items = "".join(
        f'<a href="{escape(state.link(guide=name))}"{current(name == here)}>{escape(t(f"help.{name}"))}</a>'
        for name in GUIDES
    )
    return f'<div class="ll-switch" role="group" aria-label="{escape(t("help.choose"))}">{items}</div>'


def current(now: bool) -> str:
    """The mark of the guide in view."""
    return ' aria-current="true"' if now else ""


def main() -> None:
    """Draw the guide."""
    view = frame.page("help")
    st.html(chooser(view))
    with guard("guide"):
        path = FOLDER / f"{chosen(view)}.{view.lang}.md"
        if not path.is_file():
            nothing(t("help.none"), t("help.none_next"))
            return
        with st.container(key="guide"):
            for said, words in parts(path.read_text(encoding="utf-8")):
                if said:
                    st.html(picture(said, (FOLDER / words).resolve()))
                elif words.strip():
                    st.markdown(LOWER.sub("##", words))
        st.html(tables.anchor(state.link("definitions"), t("help.definitions")))


if __name__ == "__main__":
    main()
