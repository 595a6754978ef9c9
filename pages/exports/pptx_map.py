"""The map on a slide: every area a freeform of its name, in groups, so that it can be recoloured by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from pages.exports.picture import MARKED, Frame, Key, Picture, Shape, Stroke, Veil, bar_of, bar_words, labels
from pages.exports.pptx_xml import EMU, NO_FILL, NO_LINE, Box, Shapes, pattern, solid, stroke
from pages.parts.charts import width_of
from pages.parts.charts_forms import ink_on
from pages.parts.words import t

NOMINAL_PT: Final = 567.0  # 20 cm, the width at which strokes have their own width
KEY_PT, LABEL_PT = 9.0, 8.0
STEP: Final = KEY_PT * 1.55 * EMU
VEIL: Final = 0.78  # of the ground under words that reach over their area's border
Taken = list[tuple[float, float, float, float]]


def within(box: Box, aspect: float) -> Box:
    """The largest box of this aspect in the middle of a box: beside a map's extent nothing is known to draw."""
    left, top, width, height = box
    wide = min(width, round(height * aspect))
    high = min(height, round(width / aspect))
    return left + (width - wide) // 2, top + (height - high) // 2, wide, high


class MapDrawing:
    """Draws one picture into a box of a slide."""

    def __init__(self, slide: Any, picture: Picture, box: Box) -> None:
        box = within(box, picture.aspect)
        self.picture, self.box = picture, box
        self.frame = Frame(picture.extent, box[2], box[3])
        self.thick = box[2] / EMU / NOMINAL_PT
        tree = slide.shapes.element
        self.shapes = Shapes(1 + max(int(x) for x in tree.xpath("//@id") if x.isdigit()))
        self.group = self.shapes.group(picture.title or t("exports.map"), box, picture.footer)
        tree.insert_element_before(self.group, "p:extLst")

    def draw(self) -> None:
        """Ground, areas, lines, borders, labels, legend, scale and north, from the bottom up."""
        p = self.picture
        self.group.append(self.shapes.preset(t("exports.ground"), "rect", self.box, solid(p.palette.paper)))
        self._areas(t("exports.around"), p.around, p.palette.line)
        self._areas(t("exports.areas"), p.shapes, p.palette.surface)
        self._veils(p.veils)
        self._strokes(t("exports.water"), [s for s in p.ground if s.kind == "water"])
        self._strokes(t("exports.roads"), [s for s in p.ground if s.kind == "road"])
        self._strokes(t("exports.borders"), p.borders)
        self._dots()
        self._labels(self._legend())
        self._scale()

    def _areas(self, name: str, shapes: Sequence[Shape], line: str) -> None:
        if not shapes:
            return
        group = self._subgroup(name)
        edge = stroke(line, max(0.2, (0.6 if len(shapes) < 300 else 0.3) * self.thick))
        for shape in shapes:
            fill = pattern(shape.mark, self.picture.palette) if shape.mark in MARKED else solid(shape.fill)
            said = f"{shape.name} {shape.value}".strip()
            group.append(self._freeform(shape.name or shape.code, said, shape.rings, fill, edge, closed=True))

    def _veils(self, veils: Sequence[Veil]) -> None:
        for veil in veils:
            fill, edge = solid(veil.colour, veil.share), stroke(veil.colour, 0.8 * self.thick)
            self.group.append(self._freeform(veil.name or t("exports.ground"), "", veil.rings, fill, edge, closed=True))

    def _strokes(self, name: str, strokes: Iterable[Stroke]) -> None:
        drawn = list(strokes)
        if not drawn:
            return
        group = self._subgroup(name)
        cased = [s for s in drawn if s.casing]
        for each, colour, more in [*((s, s.casing, 0.8) for s in cased), *((s, s.colour, 0.0) for s in drawn)]:
            line = stroke(colour, max(0.25, (each.width + more) * self.thick))
            group.append(self._freeform(each.name or name, "", each.paths, NO_FILL, line, closed=False))

    def _subgroup(self, name: str) -> Any:
        group = self.shapes.group(name, self.box)
        self.group.append(group)
        return group

    def _freeform(self, name: str, said: str, paths: Any, fill: str, line: str, *, closed: bool) -> Any:
        placed = [self.frame.place(path) + self.box[:2] for path in paths]
        return self.shapes.freeform(name, said, placed, fill, line, closed=closed)

    # ── words and furniture, whose boxes are relative to the map's ──

    def _at(self, left: float, top: float, width: float, height: float) -> tuple[float, float, float, float]:
        return self.box[0] + left, self.box[1] + top, width, height

    def _dots(self) -> None:
        edge = stroke(self.picture.palette.surface, 0.4)
        for dot in self.picture.dots:
            x, y = self.frame.at(*dot.at)
            radius = dot.radius * self.thick * EMU
            if 0 <= x <= self.box[2] and 0 <= y <= self.box[3]:
                box = self._at(x - radius, y - radius, 2 * radius, 2 * radius)
                fill = solid(dot.colour, dot.share)
                self.group.append(self.shapes.preset(dot.name or t("exports.dot"), "ellipse", box, fill, edge))
                if dot.text:
                    surface = self.picture.palette.surface
                    self.group.append(self.shapes.words([dot.text], box, KEY_PT, surface, bold=True, align="ctr"))

    def _labels(self, taken: Taken) -> None:
        """Names in ink that stands out; those that reach over their border on a ground of their own: not every
        program draws a glow.
        """
        group, palette = None, self.picture.palette
        for label in labels(self.picture, self.frame, LABEL_PT * EMU, taken):
            group = self._subgroup(t("exports.labels")) if group is None else group
            box = self._at(label.x - label.width * 0.55, label.y - label.height / 2, label.width * 1.1, label.height)
            ink = ink_on(label.ground or palette.surface)
            halo = "#10202b" if ink == "#ffffff" else "#ffffff"
            ground = NO_FILL if label.ground else solid(palette.surface, VEIL)
            group.append(self.shapes.words(label.lines, box, LABEL_PT, ink, align="ctr", halo=halo, ground=ground))

    def _legend(self) -> Taken:
        """Keys at the lower left; returns the box they take."""
        p = self.picture
        grid = p.grid is not None and len(p.keys) >= 9
        rows = p.keys[9:] if grid else p.keys
        height = (1 + (4.5 if grid else 0)) * STEP + sum(map(self._high, rows))
        widest = max([*(width_of(k.words) for k in rows), width_of(p.title) + width_of(p.unit), 12])
        width = widest * KEY_PT * 0.58 * EMU + 32 * EMU
        left, top = 8.0 * EMU, self.box[3] - height - 10 * EMU
        veil = f'<a:solidFill><a:srgbClr val="{p.palette.paper[1:]}"><a:alpha val="82000"/></a:srgbClr></a:solidFill>'
        back = self._at(2 * EMU, top - 4 * EMU, width + 8 * EMU, height + 10 * EMU)
        group = self._subgroup(t("exports.legend"))
        group.append(self.shapes.preset(t("exports.ground"), "rect", back, veil))
        title = p.title + (f"  {p.unit}" if p.unit else "")
        group.append(self.shapes.words([title], self._at(left, top, width, STEP), KEY_PT, p.palette.ink, bold=True))
        top += STEP
        if grid:
            top = self._grid(group, left, top)
        for key in rows:
            high = self._high(key)
            self._mark(group, key, (left, top + high / 2 - STEP * 0.32, 20.0 * EMU, STEP * 0.64))
            box = self._at(left + (0 if key.heading else 26 * EMU), top, width, high)
            group.append(self.shapes.words([key.words], box, KEY_PT, p.palette.ink))
            top += high
        return [(0.0, self.box[3] - height - 16 * EMU, left + width, float(self.box[3]))]

    def _high(self, key: Key) -> float:
        """The height of an entry: a circle that means a count has its true size."""
        return max(STEP, (2 * key.radius * self.thick + 2) * EMU)

    def _grid(self, group: Any, left: float, top: float) -> float:
        p = self.picture
        for place, key in enumerate(p.keys[:9]):
            x, y = place % 3, 2 - place // 3
            self._mark(group, key, (left + x * STEP, top + y * STEP, STEP, STEP))
        names = p.grid or ("", "")
        across, up = (
            self._at(left, top + 3.1 * STEP, 150 * EMU, STEP),
            self._at(left + 3.3 * STEP, top, 120 * EMU, STEP),
        )
        group.append(self.shapes.words([f"↑ {names[1]}"], up, KEY_PT, p.palette.muted))
        group.append(self.shapes.words([f"→ {names[0]}"], across, KEY_PT, p.palette.muted))
        return top + 4.5 * STEP

    def _mark(self, group: Any, key: Key, box: tuple[float, float, float, float]) -> None:
        left, top, width, height = box
        if key.heading:
            return
        if key.line:
            top, height = top + height / 2 - 1.2 * EMU, 2.4 * EMU
        elif key.dot:
            side = 2 * key.radius * self.thick * EMU or height
            left, top, width, height = left + (width - side) / 2, top + (height - side) / 2, side, side
        palette = self.picture.palette
        colour = key.fill or key.line or key.dot
        fill = pattern(key.mark, palette) if key.mark in MARKED else solid(colour, key.share)
        edge = NO_LINE if key.line else stroke(palette.muted, 0.25)
        kind = "ellipse" if key.dot else "rect"
        group.append(self.shapes.preset(key.words, kind, self._at(left, top, width, height), fill, edge))

    def _scale(self) -> None:
        """Scale bar at the lower right, north arrow at the upper right."""
        p = self.picture
        metres, length = bar_of(self.frame, self.box[2] * 0.16)
        right, bottom = self.box[2] - 10.0 * EMU, self.box[3] - 10.0 * EMU
        ink, north = solid(p.palette.ink), p.words.get("north", "N")
        bar = self._at(right - length, bottom, length, 2.2 * EMU)
        said = self._at(right - length, bottom - 13 * EMU, length, 12 * EMU)
        arrow = self._at(right - 14 * EMU, 20 * EMU, 9.0 * EMU, 18.0 * EMU)
        letter = self._at(right - 24.5 * EMU, 7 * EMU, 30 * EMU, 12 * EMU)
        self.group.append(self.shapes.preset(t("exports.scale"), "rect", bar, ink))
        self.group.append(self.shapes.words([bar_words(metres)], said, KEY_PT, p.palette.ink, align="ctr"))
        self.group.append(self.shapes.preset(north, "upArrow", arrow, ink))
        self.group.append(self.shapes.words([north], letter, KEY_PT, p.palette.ink, align="ctr"))
