"""From the state of a map on the page to the picture of it: the same areas, classes, colours, layers and legend."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from geo import drawing
from geo.drawing import Area, Box, Line
from geo.layers import MapState, Mark
from geo.palettes import PALETTES, Palette
from pages.exports.picture import Dot, Key, Picture, Shape, Stroke
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


def picture(state: MapState, aspect: float = ASPECT) -> Picture:
    """The map of `state` for a frame of about `aspect` (width ÷ height). Raises TableError without extracts."""
    folder = data.folder()
    palette = PALETTES[state.theme]
    codes = _codes(state)
    shown = drawing.areas(folder, state.level, codes)
    extent = framed(drawing.extent_of(folder, codes), aspect)
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
        keys=(*_keys(state, palette), *_edge_keys(state, palette)),
        footer=state.footer,
        palette=palette,
        lang=state.lang,
        words={"north": t("map.north"), "suffix": state.hover_suffix},
        grid=state.legend.grid,
        labelled=state.label_values,
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


def _places(ground: drawing.Ground, state: MapState, palette: Palette) -> list[Dot]:
    kinds = {"landmark": "landmarks", "service_office": "offices"}
    return [
        Dot(
            p.name_zh if state.lang == "zh" else p.name_en,
            p.at,
            1.6,
            palette.office if p.kind != "landmark" else palette.ink,
        )
        for p in ground.places
        if kinds.get(p.kind, "") in state.layers
    ]


def _circles(shown: tuple[Area, ...], state: MapState, palette: Palette) -> list[Dot]:
    most = state.symbols.most
    if most <= 0:
        return []
    values = {area: state.symbols.values.get(area.code, 0.0) for area in shown}
    return [
        Dot(_name(area), area.inside[:2], state.symbols.radius * (value / most) ** 0.5 * 0.75, palette.accent)
        for area, value in values.items()
        if value == value and value > 0
    ]


def _keys(state: MapState, palette: Palette) -> list[Key]:
    found = []
    for key, words in state.legend.entries:
        fill, mark = _fill(key, state, palette)
        found.append(Key(words, fill, mark))
    return found


def _edge_keys(state: MapState, palette: Palette) -> list[Key]:
    lines = [Key(words, line=palette.barriers[name]) for name, words in state.edges] if "edges" in state.layers else []
    dots = [Key(words, dot=palette.office) for name, words in state.notes if name == "offices"]
    return [*lines, *dots]
