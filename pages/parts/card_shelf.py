"""The chart cards of a page, for whoever shows them elsewhere: on the glass of a talk, on a slide."""

from __future__ import annotations

from importlib import import_module

from pages.parts import registry
from pages.parts.chart_card import Card


def cards_of(page: str) -> dict[str, Card]:
    """The page's cards by key, in their order; {} for a page without any or an unknown one."""
    if page not in {entry.name for entry in registry.PAGES}:
        return {}
    return {card.key: card for card in getattr(import_module(f"pages.{page}"), "CARDS", ())}
