"""The frame of the app: page settings, language and navigation; no data, no drawing of its own."""

from __future__ import annotations

import streamlit as st

from pages.parts import frame, registry, state
from pages.parts.words import t


def main() -> None:
    """Run the page the address names."""
    pages = [
        st.Page(
            entry.path,
            title=t(f"nav.{entry.name}"),
            url_path=None if entry.name == "overview" else registry.address(entry, state.asked_page()),
            default=entry.name == "overview",
        )
        for entry in registry.PAGES
    ]
    st.set_page_config(page_title=t("app.title"), page_icon=frame.ICON, layout="wide")
    page = st.navigation(pages, position="hidden")
    frame.begin(page.url_path or "overview")
    page.run()
    frame.footer()


main()
