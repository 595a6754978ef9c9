"""The folium side of the map: a base map that never changes, and a small feature group that carries each change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote

import folium
from folium.template import Template

from geo.map_geometry import STEP, encode_numbers
from geo.palettes import Theme

FRAME_TO_STATIC: Final = "../../app/static/"
"""From a component's frame (<base>/component/<name>/index.html) to the app's static files, under any base path."""

_GUARD: Final = (
    "(function(){function say(){if(document.getElementById('linli-failure'))return;var p=document.createElement('p');"
    "p.id='linli-failure';p.setAttribute('role','alert');p.textContent=SENTENCE;p.style.cssText='position:fixed;left:16px;"
    "right:16px;top:16px;z-index:9999;margin:0;padding:12px 16px;background:#fff;color:#1d2733;"
    "border:1px solid #8c510a;border-radius:4px;font:14px/1.6 system-ui,sans-serif';document.body.appendChild(p);"
    "var m=document.getElementById('map_div');"
    "if(window.Streamlit)Streamlit.setFrameHeight(m&&parseInt(m.style.height)||240)}"
    "addEventListener('error',say,true);addEventListener('unhandledrejection',say)})()"
)
"""Waits in the frame before anything is fetched, so that a blank map always says why."""

BLANK: Final = "."
Mark = Literal["missing", "zero", "suppressed"]
MARKS: Final[dict[Mark, str]] = {"missing": "m", "zero": "z", "suppressed": "s"}
LAYERS: Final = (
    "roads", "rivers", "names", "offices",
    "borders", "subdistrict", "community", "neighbourhood", "zone", "former_district",
    "edges", "reach_walk", "reach_straight", "grids", "groups",
)  # fmt: skip


class UnknownLevelError(ValueError):
    """Raised when a state names a level that the published geometry does not hold."""

    def __init__(self, level: str, known: Mapping[str, object]) -> None:
        self.level = level
        super().__init__(f"The map has no level “{level}”; it has {', '.join(known)}. Choose one of these.")


@dataclass(frozen=True)
class MapAssets:
    """What the browser fetches once, by name in static/; `order` is that of the area codes of each level in it."""

    version: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    order: Mapping[str, tuple[str, ...]]
    overlays: Mapping[str, str] = field(default_factory=dict)
    """Files with the geometry of the layers `edges`, `reach_walk`, `grids` and `groups`, fetched when first shown."""


@dataclass(frozen=True)
class Legend:
    """Title, unit and entries (class number or mark, text) of a map's legend, in the reader's language."""

    title: str = ""
    unit: str = ""
    entries: tuple[tuple[int | Mark, str], ...] = ()
    grid: tuple[str, str] | None = None
    """Names of the two values of a bivariate map, whose classes 0 to 8 are then shown as a square."""


@dataclass(frozen=True)
class Symbols:
    """Circles whose area is proportional to a count: area code -> value, with `title` and `steps` for the legend.

    `radius` is that of the greatest value, in pixels; `steps` are (value, text).
    """

    values: Mapping[str, float] = field(default_factory=dict)
    title: str = ""
    steps: tuple[tuple[float, str], ...] = ()
    radius: int = 18

    @property
    def most(self) -> float:
        """The value that has the full radius."""
        return max((value for value in self.values.values() if value == value), default=0.0)


@dataclass(frozen=True)
class MapState:
    """All that can change on the map; area code -> class (0 = lowest) or mark, area code -> formatted value.

    Areas without a class stay land-coloured. `focus` is brought into the frame when it differs from before, what lies
    outside it is dimmed. `layers` are names out of LAYERS (borders = of every level). `words` are those of the
    furniture (label, zoom_in, zoom_out, home, north, north_title, two_fingers, wheel), from the page's map view.
    `symbols` are circles for counts. `edges` are (barrier class, words) in the order of the legend, for the layer
    `edges`. `sites` are new places (lon, lat, text) in EPSG:4490, `patches` ground they add (map_overlays.rings_of).
    `notes` explain further marks in the legend: (reach_walk, reach_straight, patches, offices, sites, grids
    or groups and these two with _apart; words).
    """

    level: str
    lang: Literal["zh", "en"]
    theme: Theme
    footer: str
    hover_suffix: str = ""
    classes: Mapping[str, int | Mark] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    colours: tuple[str, ...] = ()
    legend: Legend = field(default_factory=Legend)
    focus: str | None = None
    highlight: tuple[str, ...] = ()
    layers: frozenset[str] = frozenset({"roads", "rivers", "names", "borders"})
    label_values: bool = True
    words: Mapping[str, str] = field(default_factory=dict)
    symbols: Symbols = field(default_factory=Symbols)
    edges: tuple[tuple[str, str], ...] = ()
    sites: tuple[tuple[float, float, str], ...] = ()
    patches: str = ""
    notes: tuple[tuple[str, str], ...] = ()


class BaseMap(folium.Map):
    """A map whose script depends only on the assets and the tile setting, so that its frame is never re-created."""

    _template = Template(
        """
        {% macro header(this, kwargs) %}{% endmacro %}
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }} ></div>{% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = window.linli.start({{ this.get_name()|tojson }}, {{ this.settings }});
        {% endmacro %}
        """
    )

    def __init__(self, assets: MapAssets, failure: str, tiles: str | None = None, credit: str = "") -> None:
        super().__init__(location=(32.0, 120.9), tiles=None)
        self.settings = _plain_json({"version": assets.version, "tiles": tiles, "credit": credit})
        self.default_js = [
            ("guard", guard_script(failure)),
            *((name, FRAME_TO_STATIC + name) for name in assets.scripts),
        ]
        self.default_css = [(name, FRAME_TO_STATIC + name) for name in assets.styles]


class StateLayer(folium.FeatureGroup):
    """An empty layer whose script hands one state to the map that stands already."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.featureGroup();
        window.linli.apply({{ this.payload }});
        {% endmacro %}
        """
    )

    def __init__(self, state: MapState, assets: MapAssets) -> None:
        super().__init__(control=False)
        self.payload = _plain_json(pack(state, assets))


def pack(state: MapState, assets: MapAssets) -> dict[str, Any]:
    """Return the state as the browser reads it: a character a class, values joined by |, in the geometry's order.

    Raises UnknownLevelError.
    """
    if state.level not in assets.order:
        raise UnknownLevelError(state.level, assets.order)
    order = assets.order[state.level]
    values = [state.values.get(code, "").replace("|", " ") for code in order]
    return {
        "level": state.level,
        "lang": state.lang,
        "theme": state.theme,
        "words": dict(state.words),
        "footer": state.footer,
        "suffix": state.hover_suffix,
        "classes": "".join(_symbol(state.classes.get(code)) for code in order),
        "values": "|".join(values) if any(values) else "",
        "colours": list(state.colours),
        "legend": {
            "title": state.legend.title,
            "unit": state.legend.unit,
            "entries": [[_symbol(key), text] for key, text in state.legend.entries],
            **({"grid": list(state.legend.grid)} if state.legend.grid else {}),
        },
        "focus": state.focus,
        "highlight": list(state.highlight),
        "layers": sorted(state.layers),
        "labelled": state.label_values,
        **_overlays(state, assets, order),
    }


def _overlays(state: MapState, assets: MapAssets, order: tuple[str, ...]) -> dict[str, Any]:
    """What overlays need, nothing for those that are not there."""
    most = state.symbols.most
    found: dict[str, Any] = {
        "files": {layer: name for layer, name in assets.overlays.items() if layer in state.layers},
        "edges": [list(entry) for entry in state.edges],
        "sites": [[round(lon / STEP), round(lat / STEP), text] for lon, lat, text in state.sites],
        "patches": state.patches,
        "notes": [list(note) for note in state.notes],
    }
    if most > 0:
        shares = (_thousandths(state.symbols.values.get(code), most) for code in order)
        steps = [[_thousandths(value, most), text] for value, text in state.symbols.steps]
        legend = {"title": state.symbols.title, "steps": steps, "radius": state.symbols.radius}
        found |= {"symbols": encode_numbers(shares), "symbolLegend": legend}
    return {key: value for key, value in found.items() if value}


def _thousandths(value: float | None, most: float) -> int:
    """Area of a circle in thousandths of the greatest; nothing for what is missing."""
    return 0 if value is None or value != value or value <= 0 else max(1, round(1000 * value / most))


def guard_script(sentence: str) -> str:
    """Return an address that holds its own script: it shows `sentence` in the frame when a later script fails."""
    script = _GUARD.replace("SENTENCE", _plain_json(sentence))
    return "data:text/javascript;charset=utf-8," + quote(script, safe="(){}=;:,.'!/ ")


def _symbol(key: int | Mark | None) -> str:
    if key is None:
        return BLANK
    return MARKS[key] if isinstance(key, str) else str(key)


def _plain_json(content: object) -> str:
    """JSON that can stand inside a script element; Chinese stays as it is, since escapes would double the bytes."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
