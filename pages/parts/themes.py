"""What one theme page is about: its indicators, its figures, and the indicator it begins with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.indicators import Indicator
from pages.parts import data, profile
from pages.parts.state import View


@dataclass(frozen=True)
class Theme:
    """What one theme page shows: page name, its indicators (map, verdicts), figures, and the one the map begins with.

    `headline` are indicators the opening sentence may be about: the first one known at the area's level.
    """

    page: str
    indicators: tuple[str, ...]
    figures: tuple[str, ...]
    headline: tuple[str, ...]


def of_theme(view: View, theme: Theme) -> View:
    """The view with an indicator of the theme: the chosen one if it belongs to it, else its first headline."""
    if view.indicator in theme.indicators:
        return view
    return replace(view, indicator=headline(view, theme).id)


def headline(view: View, theme: Theme) -> Indicator:
    """The first headline indicator that is known at the level of the area in view."""
    every = data.indicators()
    known = [every[name] for name in theme.headline if profile.reaches(every[name], view.area_level)]
    return known[0] if known else every[theme.headline[0]]
