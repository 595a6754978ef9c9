"""Overview: how an area stands in one sentence, on the map, in a ranked list and over twelve months."""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.parts import alerts, comparing, data, frame, map_list
from pages.parts.failures import guard
from pages.parts.figures import headline
from pages.parts.trend import trend

ALERTS_HEIGHT = 32


def main() -> None:
    """Draw the page part by part; a part that fails says so and the others stand."""
    view = frame.page("overview")
    with guard("overview controls"):
        map_list.choosers(view, data.indicators())
    with guard("overview sentence"):
        said = comparing.sentence(data.indicators()[view.indicator], view.area, view.period, view.compare, view.level)
        st.html(f'<p class="ll-lead" role="status">{escape(said.text)}</p>')
    with guard("overview figures"):
        st.html(headline(view))
    # its place is kept from the start, and it is filled last, so that it neither moves nor delays the map
    alerts_place = st.container(key="alerts_place", height=ALERTS_HEIGHT, border=False)

    def over_time() -> None:
        with guard("overview trend"):
            trend(view, data.indicators()[view.indicator])

    map_list.map_and_list(view, leaf="area", beside=over_time)
    with alerts_place:
        alerts.show(view)


if __name__ == "__main__":
    main()
