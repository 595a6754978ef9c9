"""A map as every writer draws it: areas with their fills, lines, labels and legend, in metres; and where labels fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

import numpy as np
import shapely

from geo.drawing import Box, Points, polygon
from geo.palettes import Palette, contrast
from pages.parts.charts import width_of
from pages.parts.charts_forms import ink_on

MARKED: Final = ("missing", "suppressed")
"""Marks drawn as a pattern instead of a colour."""

HALF_WIDTH: Final = 0.53
"""Width of a half-width character in parts of the type size."""

READABLE: Final = 7.0
"""Contrast (WCAG) of small words, for the back row of a room."""

NICE: Final = (1, 2, 5)
LEVEL: Final = ("街道", "社区")
"""Ends of a name that say no more than the level of the whole map: labels leave them out."""

SHIFTS: Final = np.array(sorted(product((0.0, 0.5, -0.5, 1.0, -1.0), repeat=2), key=lambda d: d[0] ** 2 + d[1] ** 2))
"""Where a label is tried around the middle of its area, nearest first, in parts of the area's room."""


@dataclass(frozen=True)
class Shape:
    """An area: `fill` is a colour, `mark` "" or a mark (then `fill` is the ground); `inside` a point and its room."""

    code: str
    name: str
    value: str
    fill: str
    mark: str
    rings: tuple[Points, ...]
    inside: tuple[float, float, float]
    chosen: bool = False


@dataclass(frozen=True)
class Stroke:
    """Lines of one look: `width` in points where the map is 20 cm wide; a `casing` colour lies under them."""

    kind: str
    name: str
    colour: str
    width: float
    paths: tuple[Points, ...]
    casing: str = ""


@dataclass(frozen=True)
class Dot:
    """A point or a circle: `radius` in points where the map is 20 cm wide; `share` of its colour covers the ground."""

    name: str
    at: tuple[float, float]
    radius: float
    colour: str
    text: str = ""
    share: float = 1.0


@dataclass(frozen=True)
class Veil:
    """Ground in a colour that lets the map shine through: `share` of it covers, the edge is drawn in full."""

    name: str
    colour: str
    share: float
    rings: tuple[Points, ...]


@dataclass(frozen=True)
class Key:
    """An entry of the legend: a `fill` (with `mark`), a `line` of that colour, a `dot`, or words alone as a heading.

    `share` of a fill or dot covers, `radius` is that of a dot where it means a count.
    """

    words: str
    fill: str = ""
    mark: str = ""
    line: str = ""
    dot: str = ""
    share: float = 1.0
    radius: float = 0.0

    @property
    def heading(self) -> bool:
        """Whether it stands over the entries below it, without a mark of its own."""
        return not (self.fill or self.line or self.dot)


@dataclass(frozen=True)
class Picture:
    """A map: `extent` is what is seen (metres); `grid` names the axes of a legend of two values (nine keys).

    `veils` lie between areas and lines. `labelled`: areas have their names, `valued`: their values too.
    """

    extent: Box
    shapes: tuple[Shape, ...]
    around: tuple[Shape, ...]
    ground: tuple[Stroke, ...]
    borders: tuple[Stroke, ...]
    dots: tuple[Dot, ...]
    title: str
    unit: str
    keys: tuple[Key, ...]
    footer: str
    palette: Palette
    lang: str
    words: dict[str, str] = field(default_factory=dict)
    grid: tuple[str, str] | None = None
    labelled: bool = True
    valued: bool = True
    veils: tuple[Veil, ...] = ()

    @property
    def aspect(self) -> float:
        """Width ÷ height of the extent."""
        west, south, east, north = self.extent
        return (east - west) / (north - south)


@dataclass(frozen=True)
class Label:
    """Words at a place of the drawing, their middle at (x, y), in the drawing's own units.

    `ground` is the colour they stand on where they lie wholly in their area and ink stands out from it; "" where they
    need a ground of their own.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    width: float
    height: float
    ground: str = ""


class Frame:
    """Where metres fall in a drawing of `width` × `height` (any unit), the extent in its middle, y downwards."""

    def __init__(self, extent: Box, width: float, height: float) -> None:
        west, south, east, north = extent
        self.scale = min(width / (east - west), height / (north - south))
        self.left = (width - (east - west) * self.scale) / 2 - west * self.scale
        self.top = (height - (north - south) * self.scale) / 2 + north * self.scale
        self.width, self.height = width, height

    def place(self, points: Points) -> Points:
        """The points in the drawing's units."""
        placed: Points = points * (self.scale, -self.scale) + (self.left, self.top)
        return placed

    def at(self, x: float, y: float) -> tuple[float, float]:
        """One place in the drawing's units."""
        return x * self.scale + self.left, self.top - y * self.scale


def bar_of(frame: Frame, most: float) -> tuple[float, float]:
    """The scale bar: the greatest round number of metres (1, 2 or 5 × a power of ten) no longer than `most` units."""
    metres = most / frame.scale
    power = 10.0 ** (len(str(int(metres))) - 1)
    length = max((n * power for n in NICE if n * power <= metres), default=power)
    return length, length * frame.scale


def bar_words(metres: float) -> str:
    """Metres as a scale bar says them."""
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"


def labels(
    picture: Picture, frame: Frame, size: float, taken: Sequence[tuple[float, float, float, float]] = ()
) -> list[Label]:
    """The areas' names (with values where there is room), roomiest first, each only where it covers no other.

    `size` is the type size in the drawing's units; `taken` are boxes (left, top, right, bottom) that stay free.
    """
    if not picture.labelled:
        return []
    used = list(taken)
    found: list[Label] = []
    for shape in sorted(picture.shapes, key=lambda s: (-s.chosen, -s.inside[2])):
        label = _label(shape, picture, frame, size)
        if label is None:
            continue
        box = (label.x - label.width / 2, label.y - label.height / 2, label.x + label.width / 2,
               label.y + label.height / 2)  # fmt: skip
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= frame.width and box[3] <= frame.height
        if inside and not any(_overlap(box, other) for other in used):
            used.append(box)
            found.append(label)
    return found


def _label(shape: Shape, picture: Picture, frame: Frame, size: float) -> Label | None:
    room, few = shape.inside[2] * frame.scale, len(picture.shapes) <= 24
    lines = tuple(filter(None, (_plain(shape.name), shape.value if picture.valued else "")))
    width = max(map(width_of, lines), default=0) * size * HALF_WIDTH
    if len(lines) == 2 and room < size * 1.3:
        lines = lines[:1]
        width = width_of(lines[0]) * size * HALF_WIDTH
    if not lines or width > room * (7.0 if few else 2.6) or room < size * (0.45 if few else 0.8):
        return None
    height = len(lines) * size * 1.2
    x, y, own = _settled(shape, width / frame.scale, height / frame.scale)
    plain = own and shape.mark not in MARKED and contrast(ink_on(shape.fill), shape.fill) >= READABLE
    return Label(*frame.at(x, y), lines, width, height, shape.fill if plain else "")


def _plain(name: str) -> str:
    ending = next((each for each in LEVEL if name.endswith(each) and len(name) > len(each)), "")
    return name.removesuffix(ending)


def _settled(shape: Shape, width: float, height: float) -> tuple[float, float, bool]:
    """Where words of this size (metres) lie wholly in their area, nearest to its middle; else there, and False."""
    x, y, room = shape.inside
    if not shape.rings:
        return x, y, False
    centres = SHIFTS * room + np.array([x, y])
    across, up = centres.T
    boxes = shapely.box(across - width / 2, up - height / 2, across + width / 2, up + height / 2)
    ground = polygon(shape.rings)
    shapely.prepare(ground)
    fits = shapely.contains_properly(ground, boxes)
    first = int(np.argmax(fits))
    return (float(centres[first][0]), float(centres[first][1]), True) if fits[first] else (x, y, False)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
