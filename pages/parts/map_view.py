"""Shows the map: the only place that calls st_folium."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from data.static_assets import static_of
from geo.layers import BaseMap, MapAssets, MapState, StateLayer
from pages.parts import data
from pages.parts.state import chosen, keep, mark, recall
from pages.parts.words import t

STATIC: Final = Path(__file__).resolve().parents[2] / "static"
_RETURNED: Final = "last_active_drawing"


@dataclass(frozen=True)
class MapClick:
    """An area clicked on the map, and when (browser clock, ms): two clicks on one area are two different values.

    `mark`: with Shift, so that it shall stand out, or no longer.
    """

    code: str
    at: int
    mark: bool = False


def show_map(state: MapState, *, key: str, height: int, on_click: Callable[[str], None] | None = None) -> str | None:
    """Show `state` and return the area code clicked since the last run, else None.

    `on_click` is called with that code before the run, so that the page needs no second one; a click with Shift marks
    the area instead. Raises EditionMapMissing.
    """
    assets = published_assets()
    from streamlit_folium import st_folium  # exports share this file and show no map in a page

    value = st_folium(
        base_map(assets),
        key=key,
        height=height,
        width=None,
        use_container_width=True,
        returned_objects=[_RETURNED],
        feature_group_to_add=StateLayer(
            replace(state, words=map_words(state.level), notes=(*state.notes, *unit_notes(state, assets))), assets
        ),
        on_change=_caller(key, on_click),
    )
    return _news(key, read_click(value))


def published_assets() -> MapAssets:
    """The browser's files of the edition shown, made again where they are missing. Raises EditionMapMissing."""
    return static_of(STATIC, data.edition_shown(), data.folder())


def base_map(assets: MapAssets) -> BaseMap:
    """Return a new base map; tiles (LINLI_TILES, a Leaflet address template) are off until configured."""
    return BaseMap(assets, t("map.failure"), os.environ.get("LINLI_TILES"), os.environ.get("LINLI_TILES_CREDIT", ""))


def unit_notes(state: MapState, assets: MapAssets) -> list[tuple[str, str]]:
    """What the lines of grids and residents' groups mean, where they are shown; that they are missing, where so."""
    found: list[tuple[str, str]] = []
    for layer in ("grids", "groups"):
        if layer in state.layers and layer in assets.overlays:
            found += [(layer, t(f"map.{layer}")), (f"{layer}_apart", t(f"map.{layer}_apart"))]
        elif layer in state.layers:
            found.append((layer, t(f"map.{layer}_missing")))
    return found


def map_words(level: str) -> dict[str, str]:
    """Return the words of the map's own furniture, by the name geo.layers gives them."""
    return {
        "label": t("map.label", level=t(f"level.{level}")),
        "zoom_in": t("map.zoom_in"),
        "zoom_out": t("map.zoom_out"),
        "home": t("map.home"),
        "north": t("map.north"),
        "north_title": t("map.north_title"),
        "two_fingers": t("map.two_fingers"),
        "wheel": t("map.wheel"),
    }


def read_click(value: object) -> MapClick | None:
    """Return the click in what the map's frame sent, or None where it sent none."""
    sent = value.get(_RETURNED) if isinstance(value, dict) else None
    if not isinstance(sent, dict) or not isinstance(sent.get("code"), str) or not isinstance(sent.get("at"), int):
        return None
    return MapClick(sent["code"], sent["at"], sent.get("mark") is True)


def _caller(key: str, on_click: Callable[[str], None] | None) -> Callable[[], None] | None:
    def call() -> None:
        # st_folium has put what the frame sent under our key just before
        click = read_click(chosen(key))
        code = _news(key, click)
        if click is not None and code is not None and click.mark:
            mark(code)
        elif on_click is not None and code is not None:
            on_click(code)

    return call if on_click is not None else None


def _news(key: str, click: MapClick | None) -> str | None:
    """Return the click's code the first time it is seen."""
    if click is None or recall(f"{key}:clicked_at", 0) == click.at:
        return None
    keep(f"{key}:clicked_at", click.at)
    return click.code
