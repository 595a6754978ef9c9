"""A theme page: how the area stands in a sentence, figures, the shared map of the theme's indicators, chart cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby

import streamlit as st

from data.indicators import Indicator
from pages.parts import (
    comparing,
    data,
    figures,
    frame,
    map_list,
    profile,
    reconciled,
    standings,
    state,
    tables,
    trends,
    undelivered,
)
from pages.parts.chart_card import Card, chart_card
from pages.parts.failures import guard
from pages.parts.scene import Shown
from pages.parts.state import View
from pages.parts.themes import Theme as Theme
from pages.parts.themes import headline as headline
from pages.parts.themes import of_theme as of_theme


def theme_page(
    theme: Theme,
    cards: Sequence[Card],
    extra: Callable[[View], None] | None = None,
    last: Callable[[View], None] | None = None,
) -> None:
    """Draw the page part by part; a part that fails says so and the others stand.

    `extra` draws below the map, `last` below the cards.

    The parts reach the reader in this order, so that sentence, figures and map stand before any chart is made.
    """
    given = frame.page(theme.page)
    known = {name: data.indicators()[name] for name in theme.indicators}
    view = of_theme(given, theme)
    with guard(f"{theme.page} controls"):
        map_list.choosers(view, known)
    with guard(f"{theme.page} sentence"):
        st.html(opening(view, theme, known))
    with guard(f"{theme.page} figures"):
        st.html(figures.headline(view, theme.figures, view.compare))
    map_list.map_and_list(view, leaf=None)
    if extra is not None:
        with guard(f"{theme.page} extra"):
            extra(view)
    draw_cards(view, [card for card in cards if card.shown(view)])
    if last is not None:
        with guard(f"{theme.page} last"):
            last(view)
    with guard(f"{theme.page} published"):
        reconciled.published_of(view)


def opening(view: View, theme: Theme, known: dict[str, Indicator]) -> str:
    """How the area stands: the headline indicator in a sentence; then how many others stand better, and which."""
    said = comparing.sentence(headline(view, theme), view.area, view.period, view.compare, view.level)
    around = profile.fellows(view.area)
    chosen = [each for each in known.values() if profile.reaches(each, around.level)]
    found = profile.entries(chosen, around, view.period)
    notable = standings.highlights(around, found)
    more = f"{standings.verdicts(view, around, found)} {notable[:1].upper()}{notable[1:]}"
    lead = f'<p class="ll-lead" role="status">{escape(said.text)}</p>{tables.paragraph(more.strip())}'
    return _undelivered(view, known) + lead


def _undelivered(view: View, known: dict[str, Indicator]) -> str:
    """Which tables behind the theme nobody has delivered for the area and period, and which only some have."""
    wanted = tuple(dict.fromkeys(table for each in known.values() for table in each.source))
    return "".join(tables.paragraph(said, "ll-note-text") for said in undelivered.lines(wanted, view.area, view.period))


def draw_cards(view: View, cards: Sequence[Card]) -> None:
    """What their images are, then cards two abreast; wide ones, one left over and all on a projector stand alone."""
    st.html(trends.image_choice(view))
    for wide, group in groupby(cards, key=lambda card: card.wide or view.theme == "projector"):
        run = list(group)
        if wide:
            for card in run:
                chart_card(card, view)
            continue
        for start in range(0, len(run), 2):
            pair = run[start : start + 2]
            places = st.columns(2, gap="medium") if len(pair) == 2 else [st.container()]
            for place, card in zip(places, pair, strict=True):
                with place:
                    chart_card(card, view)


def parts_of(view: View, finest: str = "neighbourhood") -> Shown:
    """The areas a chart tells apart: the parts of the area in view, or its siblings (`mark` is then the one in view).

    A neighbourhood has no parts; a community has none for what is known down to `finest` = community only.
    """
    path = data.area_path(view.area).set_index("level")["code"]
    if view.area_level == "neighbourhood" or (view.area_level == "community" and finest == "community"):
        mark = str(path[finest])
        return Shown(finest, str(data.area(mark)["parent"]), mark)
    return Shown(state.next_level(view.area_level), view.area)


def level_inside(view: View) -> str:
    """The level chosen if it lies inside the area in view, else the next one inside it."""
    if view.area_level == "neighbourhood":
        return "neighbourhood"
    inside = state.levels_inside(view.area_level)
    return view.level if view.level in inside else inside[0]
