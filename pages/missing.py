"""What stands at an address that no page has: which address it was, and the ways on from here."""

from __future__ import annotations

import streamlit as st

from pages.parts import frame, registry, state, tables
from pages.parts.failures import nothing
from pages.parts.words import t


def main() -> None:
    """Say that there is no such page, and list those there are by group."""
    frame.page("missing")
    nothing(t("missing.sentence", asked=state.asked_page()[:60]), t("missing.next"))
    st.html(tables.heading(t("missing.pages"), level=3) + tables.facts(ways()))


def ways() -> list[tuple[str, str]]:
    """Each group of pages with links to them, the area and period in view kept."""
    return [
        (
            t(f"nav_group.{group}"),
            "&nbsp;· ".join(tables.anchor(state.link(entry.name), t(f"nav.{entry.name}")) for entry in entries),
        )
        for group, entries in registry.groups().items()
    ]


if __name__ == "__main__":
    main()
