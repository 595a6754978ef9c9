"""Deliveries: templates to fill in, files to check, loads to put in force or take back, the step to real records."""

from __future__ import annotations

import streamlit as st

from pages.parts import deliveries_check, deliveries_loads, frame, state, tables
from pages.parts.failures import guard
from pages.parts.words import t


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    frame.page("deliveries")
    lead = st.container(key="deliveries_lead").empty()
    with guard("deliveries sentence"):  # at first, so that nothing below it moves
        lead.html(tables.paragraph(deliveries_loads.sentence(), "ll-lead"))
    names = {name: t(f"deliveries.tab.{name}") for name in ("give", "loads", "templates")}
    first = names["loads" if state.current_view().get("load") else "give"]
    give, in_force, templates = st.tabs(list(names.values()), default=first)
    with give, guard("deliveries check"):
        deliveries_check.give()
    with in_force, guard("deliveries loads"):
        deliveries_loads.loads_and_versions()
    with templates, guard("deliveries templates"):
        deliveries_check.templates()
    with guard("deliveries sentence"):  # and again, since keeping a load changes what it says
        lead.html(tables.paragraph(deliveries_loads.sentence(), "ll-lead"))


main()
