"""From the state of a map on the page to the picture of it: the same areas, classes, colours, layers and legend."""

from __future__ import annotations

from math import cos, radians
from pathlib import Path
from typing import Any, Final

import numpy as np

from data.stories import Place
from geo import drawing
from geo.drawing import Area, Box, Line
from geo.layers import MapState, Mark
from geo.palettes import PALETTES, Palette
from pages.exports.picture import Dot, Key, Picture, Shape, Stroke, Veil
from pages.parts import data, edition
from pages.parts.words import short_name, t

ASPECT: Final = 1.39  # the map's place on a slide
MARGIN: Final = 0.035
AREA_SHARE: Final = 0.72  # the areas take no more of the width: the legend wants its place
LEFT_SHARE: Final = 0.8  # of the room beside the areas: the legend stands at the left
ABOVE: Final = {"neighbourhood": ("community", "subdistrict"), "community": ("subdistrict",)}
DIGITS: Final = {"subdistrict": 9, "community": 12}
ROAD_WIDTH: Final = {"arterial": 1.0, "secondary": 0.8, "minor": 0.6, "lane": 0.4}
FAR_M: Final = 15_000.0  # from this width on roads are a texture only
WATER_WIDTH: Final = {"river": 1.4, "canal": 1.1, "moat": 1.1, "stream": 0.5}
PIXEL_M: Final = 156_543.03
"""Metres of a screen's dot on the equator where the whole earth is one tile."""
SCREEN: Final = 900.0  # dots: the width of the map that a reader moves
CIRCLES: Final = 0.55
WALKED, STRAIGHT, ADDED = 0.16, 0.1, 0.3


def picture(state: MapState, aspect: float = ASPECT, place: Place | None = None) -> Picture:
    """The map of `state` for a frame of about `aspect` (width ÷ height), or the part of it around `place`.

    Raises TableError without extracts.
    """
    folder = data.folder()
    palette = PALETTES[state.theme]
    codes = _codes(state)
    shown = drawing.areas(folder, state.level, codes)
    extent = _around(place, aspect) if place else framed(drawing.extent_of(folder, codes), aspect)
    if place:
        shown = tuple(area for area in (drawing.clipped(each, extent) for each in shown) if area.rings)
    ground = drawing.ground(folder, extent, level=state.level, without=codes, lines=state.layers)
    return Picture(
        extent=extent,
        shapes=tuple(_shape(area, state, palette) for area in shown),
        around=tuple(_beside(area, state, palette) for area in ground.around),
        ground=tuple(_stroke(line, palette, far=extent[2] - extent[0] > FAR_M) for line in ground.lines),
        borders=(*_edges(state, extent, palette), *_outlines(folder, state, codes, extent, palette)),
        dots=(*_places(ground, state, palette), *_circles(shown, state, palette)),
        title=state.legend.title,
        unit=state.legend.unit,
        keys=(*_keys(state, palette), *_more_keys(state, palette)),
        footer=state.footer,
        palette=palette,
        lang=state.lang,
        words={"north": t("map.north"), "suffix": state.hover_suffix},
        grid=state.legend.grid,
        labelled="names" in state.layers,
        valued=state.label_values,
        veils=tuple(each for each in _veils(folder, state, extent, palette) if each.rings),
    )


def framed(box: Box, aspect: float) -> Box:
    """The box with a margin, widened or heightened to `aspect`; what is added in width lies mostly at the left."""
    west, south, east, north = box
    width, height = (east - west) * (1 + 2 * MARGIN), (north - south) * (1 + 2 * MARGIN)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    wide = max(height * aspect, width / AREA_SHARE)
    more, tall = wide - width, wide / aspect
    return (
        middle_x - width / 2 - more * LEFT_SHARE,
        middle_y - tall / 2,
        middle_x + width / 2 + more * (1 - LEFT_SHARE),
        middle_y + tall / 2,
    )


def _around(place: Place, aspect: float) -> Box:
    """What a screen shows around a place at its zoom."""
    x, y = drawing.metres(np.array([[place.lon, place.lat]]))[0].tolist()
    half = SCREEN * PIXEL_M * cos(radians(place.lat)) / 2**place.zoom / 2
    return x - half, y - half / aspect, x + half, y + half / aspect


def _codes(state: MapState) -> tuple[str, ...]:
    """The areas drawn: those with a class, else those with a value, else those inside the focus or all."""
    if state.classes or state.values:
        return tuple(state.classes or state.values)
    focus = state.focus or "320613"
    level = state.level
    if len(state.highlight) == 1 and data.areas().at[state.highlight[0], "level"] == level:
        focus = str(data.areas().at[state.highlight[0], "parent"])
    inside = data.children(focus, level)["code"]
    return tuple(map(str, inside)) if len(inside) else (focus,)


def _name(area: Area) -> str:
    return short_name({"name_zh": area.name_zh, "name_en": area.name_en}, area.level)


def _shape(area: Area, state: MapState, palette: Palette) -> Shape:
    fill, mark = _fill(state.classes.get(area.code), state, palette)
    chosen = area.code in state.highlight
    return Shape(area.code, _name(area), state.values.get(area.code, ""), fill, mark, area.rings, area.inside, chosen)


def _fill(key: int | Mark | None, state: MapState, palette: Palette) -> tuple[str, str]:
    if isinstance(key, int):
        return state.colours[key], ""
    return (palette.zero, "zero") if key == "zero" else (palette.land, key or "")


def _beside(area: Area, state: MapState, palette: Palette) -> Shape:
    return Shape(area.code, _name(area), "", palette.paper, "", area.rings, area.inside)


def _stroke(line: Line, palette: Palette, *, far: bool) -> Stroke:
    name = line.name_zh
    if line.kind == "road":
        colour = palette.arterial if line.rank == "arterial" else palette.road
        if far:
            return Stroke("road", name, colour, 0.35, line.paths)
        return Stroke("road", name, colour, ROAD_WIDTH[line.rank], line.paths, palette.casing)
    return Stroke("water", name, palette.river, WATER_WIDTH[line.rank], line.paths)


def _outlines(folder: Path, state: MapState, codes: tuple[str, ...], extent: Box, palette: Palette) -> list[Stroke]:
    """Borders of the levels above, wider the coarser, and of the areas that stand out."""
    found = []
    for level, width in zip(ABOVE.get(state.level, ()), (0.7, 1.3), strict=False):
        if not {level, "borders"} & state.layers:
            continue
        above = {code[: DIGITS[level]] for code in codes}
        for area in drawing.areas(folder, level, above):
            found.append(Stroke("border", _name(area), palette.boundary, width, drawing.outline(area, extent)))
    for code in state.highlight:
        level = str(data.areas().at[code, "level"])
        for area in drawing.areas(folder, level, [code]):
            found.append(Stroke("chosen", _name(area), palette.accent, 2.4, drawing.outline(area, extent)))
    return [each for each in found if each.paths]


def _edges(state: MapState, extent: Box, palette: Palette) -> list[Stroke]:
    if "edges" not in state.layers:
        return []
    shown = {name for name, _ in state.edges}
    published = edition.edition()
    lines = [x for x in drawing.edges(published.edges, published.assignment, extent) if x.rank in shown]
    return [Stroke("edge", t(f"boundaries.barrier.{x.rank}"), palette.barriers[x.rank], 1.1, x.paths) for x in lines]


def _veils(folder: Path, state: MapState, extent: Box, palette: Palette) -> list[Veil]:
    """Ground within a walk of an office, within the same distance as the crow flies, and what new offices would add."""
    names = dict(state.notes)
    found = []
    if "reach_walk" in state.layers:
        found.append(Veil(names.get("reach_walk", ""), palette.accent, WALKED, drawing.walk(folder, extent)))
    if state.patches:
        found.append(Veil(names.get("patches", ""), palette.office, ADDED, drawing.rings_of_text(state.patches)))
    if "reach_straight" in state.layers:
        found.append(Veil(names.get("reach_straight", ""), palette.muted, STRAIGHT, drawing.straight(folder, extent)))
    return found


def _places(ground: drawing.Ground, state: MapState, palette: Palette) -> list[Dot]:
    offices = [p for p in ground.places if p.kind == "service_office"] if "offices" in state.layers else []
    found = [Dot(p.name_zh if state.lang == "zh" else p.name_en, p.at, 1.6, palette.office) for p in offices]
    for lon, lat, number in state.sites:
        x, y = drawing.metres(np.array([[lon, lat]]))[0].tolist()
        found.append(Dot(number, (x, y), 5.0, palette.accent, number))
    return found


def _circles(shown: tuple[Area, ...], state: MapState, palette: Palette) -> list[Dot]:
    most = state.symbols.most
    if most <= 0:
        return []
    values = [(float(state.symbols.values.get(area.code, 0.0)), area) for area in shown]
    known = sorted(((value, area) for value, area in values if value > 0), key=lambda pair: -pair[0])
    return [  # small ones lie on large ones
        Dot(_name(area), area.inside[:2], _radius(state, value), palette.office, share=CIRCLES) for value, area in known
    ]


def _radius(state: MapState, value: float) -> float:
    """Points that the circle of a value has: its area is the number."""
    return float(state.symbols.radius * (value / state.symbols.most) ** 0.5 * 0.75)


def _keys(state: MapState, palette: Palette) -> list[Key]:
    found = []
    for key, words in state.legend.entries:
        fill, mark = _fill(key, state, palette)
        found.append(Key(words, fill, mark))
    return found


def _more_keys(state: MapState, palette: Palette) -> list[Key]:
    """What lines, circles and veils mean, in the order of the screen."""
    lines = [Key(words, line=palette.barriers[name]) for name, words in state.edges] if "edges" in state.layers else []
    looks: dict[str, dict[str, Any]] = {
        "offices": {"dot": palette.office}, "sites": {"dot": palette.accent},
        "reach_walk": {"fill": palette.accent, "share": WALKED}, "patches": {"fill": palette.office, "share": ADDED},
        "reach_straight": {"fill": palette.muted, "share": STRAIGHT},
    }  # fmt: skip
    notes = [Key(words, **looks[name]) for name, words in state.notes if name in looks]
    return [*lines, *_circle_keys(state, palette), *notes]


def _circle_keys(state: MapState, palette: Palette) -> list[Key]:
    if state.symbols.most <= 0:
        return []
    steps = [
        Key(words, dot=palette.office, share=CIRCLES, radius=_radius(state, value))
        for value, words in state.symbols.steps
    ]
    return [Key(state.symbols.title), *steps]
