"""Search: areas by name, alias, pinyin, initials or code, best first; each result leads to its map or its profile."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import streamlit as st

import queries.search
from pages.parts import data, frame, state
from pages.parts.failures import guard, nothing
from pages.parts.words import area_name, lang, level_name, t

MOST = 40


def main() -> None:
    """Draw what the words in the address find."""
    view = frame.page("search")
    with guard("search"):
        asked = view.get("q").strip()
        if not asked:
            nothing(t("search.empty"), t("search.how"))
            return
        found = data.ask(queries.search.search_areas, asked, MOST)
        if found.empty:
            nothing(t("search.none", asked=asked), t("search.how"))
            return
        key = "search.one" if len(found) == 1 else "search.some" if len(found) < MOST else "search.first"
        rows = "".join(result(row) for row in found.to_dict("records"))
        st.html(
            f'<h2 class="ll-title">{escape(t(key, asked=asked, count=len(found)))}</h2>'
            f'<ol class="ll-results" aria-label="{escape(t("search.results"))}">{rows}</ol>'
        )


def result(row: Mapping[Hashable, Any]) -> str:
    """One result: its name leads to the map (a neighbourhood's to its profile), beside it level, way and profile."""
    code, name = str(row["code"]), area_name(row)
    page = "area" if row["level"] == "neighbourhood" else "overview"
    around = escape(str(row[f"path_{lang()}"] or ""))
    profile = (
        f'<a href="{escape(state.link("area", area=code))}" aria-label="{escape(t("search.profile_of", name=name))}">'
    )
    return (
        f'<li><a class="ll-result" href="{escape(state.link(page, area=code))}">{escape(name)}</a>'
        f'<span class="ll-unit">{escape(level_name(str(row["level"])))} · {around} · {code}</span>'
        f"{profile}{escape(t('search.profile'))}</a></li>"
    )


if __name__ == "__main__":
    main()
