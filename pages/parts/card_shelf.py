"""What a page shows, for whoever shows it elsewhere (on the glass of a talk, on a slide): cards, headline, map."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import cast

from geo.layers import MapState
from pages.parts import registry
from pages.parts.chart_card import Card
from pages.parts.state import View


def module_of(page: str) -> ModuleType | None:
    """The page's module; None for an unknown page."""
    known = {entry.name for entry in registry.PAGES}
    return import_module(f"pages.{page}") if page in known else None


def cards_of(page: str) -> dict[str, Card]:
    """The page's cards by key, in their order; {} for a page without any or an unknown one.

    A page whose figures stand in other forms too (a table, a chart beside its map) says so in SCENE_CARDS.
    """
    module = module_of(page)
    return {card.key: card for card in getattr(module, "SCENE_CARDS", getattr(module, "CARDS", ()))}


def headline_of(view: View) -> str:
    """What the view's page says at its top; "" where that is the sentence on its indicator."""
    said = getattr(module_of(view.page), "scene_headline", None)
    return str(said(view)) if said else ""


def map_of(view: View, drawn: MapState) -> MapState:
    """The page's own map where it has one; else `drawn`, that of its indicator, with what the page lays over it."""
    module = module_of(view.page)
    if own := getattr(module, "own_map", None):
        return cast("MapState", own(view))
    over = getattr(module, "over_map", None)
    return cast("MapState", over(view, drawn)) if over else drawn
