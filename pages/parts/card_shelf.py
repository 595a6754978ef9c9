"""The chart cards of a page, for whoever shows them elsewhere: on the glass of a talk, on a slide."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from pages.parts import registry
from pages.parts.chart_card import Card


def module_of(page: str) -> ModuleType | None:
    """The page's module; None for an unknown page."""
    known = {entry.name for entry in registry.PAGES}
    return import_module(f"pages.{page}") if page in known else None


def cards_of(page: str) -> dict[str, Card]:
    """The page's cards by key, in their order; {} for a page without any or an unknown one."""
    return {card.key: card for card in getattr(module_of(page), "CARDS", ())}
