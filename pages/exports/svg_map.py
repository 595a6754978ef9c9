"""A map as SVG: areas with their patterns, waters, roads, borders, labels, legend, scale bar and north arrow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Final
from xml.sax.saxutils import quoteattr

from pages.exports.picture import MARKED, Frame, Key, Picture, Shape, Stroke, Veil, bar_of, bar_words, labels
from pages.exports.svg import circle, document, line, n, path, rect, text
from pages.parts.charts import width_of
from pages.parts.charts_forms import ink_on

NOMINAL: Final = 567.0
KEY, LABEL = 9.0, 8.5
STEP: Final = KEY * 1.6
_numbers = count(1)
Taken = list[tuple[float, float, float, float]]


def map_svg(picture: Picture, width: float, height: float, attributes: str = "") -> str:
    """The map in `width` × `height` points. Marks carry `data-tip`, so that a page can show what is touched."""
    drawing = _Map(picture, width, height)
    return document(width, height, drawing.parts(), title=picture.title, attributes=f' class="map"{attributes}')


class _Map:
    """One map's parts; `thick` grows lines with the paper."""

    def __init__(self, picture: Picture, width: float, height: float) -> None:
        self.picture, self.width, self.height = picture, width, height
        self.frame = Frame(picture.extent, width, height)
        self.thick = max(width, 200.0) / NOMINAL
        self.type = min(max(self.thick, 0.85), 2.6)
        self.own = next(_numbers)  # patterns of several maps in one page need names of their own

    def parts(self) -> list[str]:
        """From the ground up; what moves with the map stands in one group, legend, scale and north do not."""
        p = self.picture
        moving = [
            *(self._area(shape, p.palette.line, touched=False) for shape in p.around),
            *(self._area(shape, p.palette.surface, touched=True) for shape in p.shapes),
            *map(self._veil, p.veils),
            *self._strokes([s for s in p.ground if s.kind == "water"]),
            *self._strokes([s for s in p.ground if s.kind == "road"]),
            *self._strokes(p.borders),
            *self._dots(),
        ]
        legend, taken = self._legend()
        moving += self._labels(taken)
        ground = rect(0, 0, self.width, self.height, p.palette.paper)
        clip = f'<clipPath id="c{self.own}"><rect width="{n(self.width)}" height="{n(self.height)}"/></clipPath>'
        body = f'<g clip-path="url(#c{self.own})"><g class="moving">{"".join(moving)}</g></g>'
        return [f"<defs>{clip}{self._patterns()}</defs>", ground, body, *legend, *self._scale()]

    def _patterns(self) -> str:
        front, back = self.picture.palette.mark, self.picture.palette.land
        start = f'patternUnits="userSpaceOnUse" width="6" height="6"><rect width="6" height="6" fill="{back}"/>'
        return (
            f'<pattern id="missing{self.own}" {start}<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" stroke="{front}" '
            f'stroke-width=".9"/></pattern><pattern id="suppressed{self.own}" {start}'
            f'<g fill="{front}"><circle cx="1.5" cy="1.5" r=".8"/><circle cx="4.5" cy="4.5" r=".8"/></g></pattern>'
        )

    def _fill(self, fill: str, mark: str) -> str:
        return f"url(#{mark}{self.own})" if mark in MARKED else fill

    def _area(self, shape: Shape, edge: str, *, touched: bool) -> str:
        d = "".join(path(self.frame.place(ring), closed=True) for ring in shape.rings)
        many = len(self.picture.shapes) > 300
        tip = " ".join(filter(None, (shape.name, shape.value))) if touched else ""
        named = f' data-code="{shape.code}" data-tip={quoteattr(tip)}' if tip else ""
        return (
            f'<path d="{d}" fill="{self._fill(shape.fill, shape.mark)}" fill-rule="evenodd" stroke="{edge}" '
            f'stroke-width="{n(max(0.2, (0.3 if many else 0.6) * self.thick))}" stroke-linejoin="round"{named}/>'
        )

    def _veil(self, veil: Veil) -> str:
        d = "".join(path(self.frame.place(ring), closed=True) for ring in veil.rings)
        return (
            f'<path d="{d}" fill="{veil.colour}" fill-opacity="{veil.share}" fill-rule="evenodd" '
            f'stroke="{veil.colour}" stroke-width="{n(0.8 * self.thick)}" pointer-events="none"/>'
        )

    def _strokes(self, strokes: Sequence[Stroke]) -> list[str]:
        cased = [(s, s.casing, 0.8) for s in strokes if s.casing]
        found = []
        for stroke, colour, more in [*cased, *((s, s.colour, 0.0) for s in strokes)]:
            d = "".join(path(self.frame.place(each)) for each in stroke.paths)
            width = f"{max(0.25, (stroke.width + more) * self.thick):.2f}"
            found.append(
                f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" '
                'stroke-linecap="round" stroke-linejoin="round" pointer-events="none"/>'
            )
        return found

    def _dots(self) -> list[str]:
        edge, found = self.picture.palette.surface, []
        for dot in self.picture.dots:
            x, y = self.frame.at(*dot.at)
            radius = dot.radius * self.thick
            found.append(circle(x, y, radius, dot.colour, edge=edge, edge_width=0.5, opacity=dot.share, tip=dot.name))
            if dot.text:
                found.append(text(dot.text, x, y, radius * 1.3, edge, anchor="middle", bold=True))
        return found

    def _labels(self, taken: Taken) -> list[str]:
        size = LABEL * self.type
        found = []
        for label in labels(self.picture, self.frame, size, taken):
            ink = ink_on(label.ground or self.picture.palette.land)
            halo = "#10202b" if ink == "#ffffff" else "#ffffff"
            first = label.y - (len(label.lines) - 1) * size * 0.6
            for place, words in enumerate(label.lines):
                found.append(text(words, label.x, first + place * size * 1.2, size, ink, anchor="middle", halo=halo))
        return [f'<g class="labels" pointer-events="none">{"".join(found)}</g>']

    # ── furniture ──

    def _legend(self) -> tuple[list[str], Taken]:
        """Keys at the lower left, and the box they take."""
        p, step, size = self.picture, STEP * self.type, KEY * self.type
        grid = p.grid is not None and len(p.keys) >= 9
        rows = p.keys[9:] if grid else p.keys
        if not rows and not p.title and not grid:
            return [], []
        height = (1 + (4.5 if grid else 0)) * step + sum(map(self._high, rows))
        title = p.title + (f"  {p.unit}" if p.unit else "")
        widest = max([*(width_of(k.words) * size * 0.55 + 28 * self.type for k in rows), width_of(title) * size * 0.56])
        left, top = 8 * self.type, self.height - height - 8 * self.type
        found = [rect(left - 5, top - 4, widest + 12, height + 8, p.palette.paper, opacity=0.86)]
        found.append(text(title, left, top + step / 2, size, p.palette.ink, bold=True))
        top += step
        if grid:
            found += self._grid(left, top, step, size)
            top += 4.5 * step
        for key in rows:
            middle, start = top + self._high(key) / 2, left if key.heading else left + 26 * self.type
            found.append(self._mark(key, left, middle - step * 0.32, 20 * self.type, step * 0.64))
            found.append(text(key.words, start, middle, size, p.palette.ink))
            top += self._high(key)
        box = (0.0, self.height - height - 14 * self.type, left + widest + 8, self.height)
        return [f'<g class="legend">{"".join(found)}</g>'], [box]

    def _high(self, key: Key) -> float:
        """The height of an entry: a circle that means a count has its true size."""
        return max(STEP * self.type, 2 * key.radius * self.thick + 2)

    def _grid(self, left: float, top: float, step: float, size: float) -> list[str]:
        p, names = self.picture, self.picture.grid or ("", "")
        found = [
            self._mark(key, left + (i % 3) * step, top + (2 - i // 3) * step, step, step)
            for i, key in enumerate(p.keys[:9])
        ]
        found.append(text(f"↑ {names[1]}", left + 3.3 * step, top + step / 2, size, p.palette.muted))
        return [*found, text(f"→ {names[0]}", left, top + 3.6 * step, size, p.palette.muted)]

    def _mark(self, key: Key, left: float, top: float, width: float, height: float) -> str:
        if key.line:
            return line(left, top + height / 2, left + width, top + height / 2, key.line, 2.4 * self.type)
        if key.dot:
            radius = key.radius * self.thick or height * 0.32
            return circle(left + width / 2, top + height / 2, radius, key.dot, opacity=key.share)
        if key.heading:
            return ""
        edge, fill = self.picture.palette.muted, self._fill(key.fill, key.mark)
        return rect(left, top, width, height, fill, edge=edge, edge_width=0.3, opacity=key.share)

    def _scale(self) -> list[str]:
        """Scale bar at the lower right, north arrow at the upper right."""
        ink, size = self.picture.palette.ink, KEY * self.type
        metres, length = bar_of(self.frame, self.width * 0.16)
        right, bottom = self.width - 10 * self.type, self.height - 10 * self.type
        bar = f"M{n(right - length)} {n(bottom - 4)}V{n(bottom)}H{n(right)}V{n(bottom - 4)}"
        x, y, k = right - 8 * self.type, 20 * self.type, self.type
        arrow = f"M{n(x)} {n(y)}L{n(x + 5 * k)} {n(y + 15 * k)}L{n(x)} {n(y + 11 * k)}L{n(x - 5 * k)} {n(y + 15 * k)}Z"
        return [
            f'<g class="scale" data-length="{n(length)}" data-metres="{n(metres)}">'
            f'<path d="{bar}" fill="none" stroke="{ink}" stroke-width="1.2"/>'
            f"{text(bar_words(metres), right - length / 2, bottom - 9 * k, size, ink, anchor='middle')}</g>",
            f'<path d="{arrow}" fill="{ink}"/>',
            text(self.picture.words.get("north", "N"), x, y - 7 * k, size, ink, anchor="middle"),
        ]
