"""The ground of a presentation: our own plain one, or the user's template with the places it keeps for things."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from itertools import combinations
from math import ceil
from pathlib import Path
from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.exc import PackageNotFoundError
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches

from data.contract import DataError
from geo.palettes import PALETTES, luminance
from pages.parts.charts import width_of

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LATIN, CHINESE = "Arial", "Microsoft YaHei"
TITLE_ONLY, TITLE_SLIDE = 5, 0
POINT: Final = 12_700  # EMU
HALF, LINE = 0.55, 1.2  # width of a half-width character, height of a line, in parts of the type size
DARK: Final = 0.18
TEXT: Final = (KIND.BODY, KIND.SUBTITLE)
THINGS: Final = (KIND.OBJECT, KIND.CHART, KIND.TABLE, KIND.PICTURE)

Box = tuple[int, int, int, int]


class TemplateUnreadable(DataError):
    """Raised when a template is no presentation, or has no layout at all."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is no presentation (PPTX or POTX) with a layout; choose another.")


@dataclass(frozen=True)
class Places:
    """Where things stand on a slide, in EMU; a template's own placeholders where it has some, by name of place."""

    title: Box
    finding: Box
    map: Box
    charts: tuple[Box, Box]
    whole: Box
    source: Box
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass
class Deck:
    """The presentation with the layouts that its slides use."""

    presentation: Any
    own: bool
    scene: Any
    cover: Any

    @property
    def title_points(self) -> float:
        """The size of type that the template gives titles."""
        own = self.scene.element.xpath(".//p:sp[p:nvSpPr/p:nvPr/p:ph[@type='title']]//a:lvl1pPr/a:defRPr/@sz")
        every = self.presentation.slide_master.element.xpath(".//p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
        return int((*own, *every, "4400")[0]) / 100

    @property
    def dark(self) -> bool:
        """Whether the template's ground is a plain dark colour; of a picture nothing is known."""
        return not self.own and _is_dark(self.presentation)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a slide in EMU."""
        return int(self.presentation.slide_width), int(self.presentation.slide_height)


def deck(template: Path | None) -> Deck:
    """An empty presentation, 16:9, or the template without its sample slides. Raises TemplateUnreadable."""
    if template is None:
        return _own()
    try:
        presentation = Presentation(io.BytesIO(_as_presentation(template.read_bytes())))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise TemplateUnreadable(template.name) from error
    _without_slides(presentation)
    every = list(presentation.slide_layouts)
    layouts = [layout for layout in every if _kinds(layout) & {KIND.TITLE, KIND.CENTER_TITLE}] or every
    if not layouts:
        raise TemplateUnreadable(template.name)
    scene = max(layouts, key=_suited)
    cover = next((each for each in layouts if KIND.CENTER_TITLE in _kinds(each)), layouts[0])
    return Deck(presentation, False, scene, cover)


def _as_presentation(content: bytes) -> bytes:
    """A template (.potx) is a presentation but for one word in its list of parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        types = archive.read("[Content_Types].xml")
        if b"presentationml.template.main" not in types:
            return content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in archive.namelist():
                part = archive.read(name)
                if name == "[Content_Types].xml":
                    part = part.replace(b"presentationml.template.main", b"presentationml.presentation.main")
                copy.writestr(name, part)
        return out.getvalue()


def _own() -> Deck:
    presentation = Presentation()
    stretch = WIDTH / presentation.slide_width
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    for holder in (presentation.slide_master, *presentation.slide_layouts):
        for shape in holder.shapes:
            shape.left, shape.width = Emu(round(shape.left * stretch)), Emu(round(shape.width * stretch))
    _dress(presentation)
    layouts = presentation.slide_layouts
    return Deck(presentation, True, layouts[TITLE_ONLY], layouts[TITLE_SLIDE])


def _dress(presentation: Any) -> None:
    """Our colours and fonts in the theme, so that what a reader adds looks like the rest."""
    palette = PALETTES["light"]
    part = next(r.target_part for r in presentation.slide_master.part.rels.values() if r.reltype.endswith("/theme"))
    theme = etree.fromstring(part.blob)
    names = [qn(f"a:accent{place}") for place in range(1, 7)]
    for name, colour in zip(names, palette.categories, strict=True):
        for found in theme.iter(name):
            found.clear()
            etree.SubElement(found, qn("a:srgbClr"), val=colour[1:].upper())
    for kind in ("majorFont", "minorFont"):
        for fonts in theme.iter(qn(f"a:{kind}")):
            fonts.find(qn("a:latin")).set("typeface", LATIN)
            fonts.find(qn("a:ea")).set("typeface", CHINESE)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)
    presentation.core_properties.author = "Linli Atlas"


def _is_dark(presentation: Any) -> bool:
    master = presentation.slide_master
    ground = master.element.xpath("./p:cSld/p:bg//a:srgbClr/@val")
    named = master.element.xpath("./p:cSld/p:bg//a:schemeClr/@val")
    if not ground and named:
        mapped = master.element.xpath("./p:clrMap/@" + named[0]) if named[0] in {"bg1", "bg2", "tx1", "tx2"} else named
        part = next(r.target_part for r in master.part.rels.values() if r.reltype.endswith("/theme"))
        entry = etree.fromstring(part.blob).find(f".//{qn('a:clrScheme')}/{qn(f'a:{mapped[0]}')}") if mapped else None
        ground = [entry[0].get("lastClr") or entry[0].get("val")] if entry is not None and len(entry) else []
    return bool(ground) and luminance(f"#{ground[0]}") < DARK


def fitted(words: str, box: Box, most: float, least: float = 12.0) -> float:
    """The largest size of type, in points, in which words stay in a box."""
    width, height = box[2] / POINT, box[3] / POINT
    size = most
    while size > least and ceil(width_of(words) * size * HALF / width) * size * LINE > height:
        size -= 1
    return size


def _without_slides(presentation: Any) -> None:
    listed = presentation.slides._sldIdLst
    for slide in list(listed):
        presentation.part.drop_rel(slide.rId)
        listed.remove(slide)


def _kinds(layout: Any) -> set[Any]:
    return {shape.placeholder_format.type for shape in layout.placeholders}


def _suited(layout: Any) -> tuple[int, int]:
    """How well a layout suits a scene: one of our name first, then many places for things, few for text."""
    ours = bool(re.search(r"邻里图|linli", layout.name, re.IGNORECASE))
    kinds = [shape.placeholder_format.type for shape in layout.placeholders]
    things = sum(kind in THINGS for kind in kinds)
    return (10 if ours else min(things, 3), -sum(kind in TEXT for kind in kinds))


def places(given: Deck, slide: Any) -> Places:
    """Where things stand on this slide: ours, or those of the template's placeholders and around them.

    A template's place is kept where it can hold what goes there and covers nothing else; else ours is taken.
    """
    width, height = given.size
    found = {} if given.own else _kept(slide)
    margin = round(width * 0.032)
    over = (margin, round(height * 0.035), width - 2 * margin, round(height * 0.08))
    title = _box(found["title"]) if "title" in found and _heads(_box(found["title"]), given.size) else over
    top = round(height * 0.115) if title == over else title[1] + title[3]
    finding = (margin, top, width - 2 * margin, round(height * 0.085))
    if "finding" in found and _follows(_box(found["finding"]), title, given.size):
        finding = _box(found["finding"])
    elif "finding" in found:
        take_out(found.pop("finding"))
    below, bottom = finding[1] + finding[3] + round(height * 0.015), round(height * 0.93)
    whole = (margin, below, width - 2 * margin, bottom - below)
    drawn = _three(_body(found, whole), whole, given.size)
    return Places(
        title=title,
        finding=finding,
        map=drawn[0],
        charts=(drawn[1], drawn[2]),
        whole=whole,
        source=(margin, round(height * 0.945), width - 2 * margin - round(width * 0.08), round(height * 0.04)),
        kept=found,
    )


def _heads(box: Box, size: tuple[int, int]) -> bool:
    """Whether a title stands where one is sought: above, and wide."""
    return box[1] >= 0 and box[1] + box[3] <= size[1] * 0.3 and box[2] >= size[0] * 0.4


def _follows(box: Box, title: Box, size: tuple[int, int]) -> bool:
    """Whether a text stands below the title, wide and not so high that nothing else has room."""
    return box[1] >= title[1] + title[3] - 1 and box[1] + box[3] <= size[1] * 0.42 and box[2] >= size[0] * 0.4


def _body(found: dict[str, Any], whole: Box) -> list[Box]:
    """The template's places for things, the largest first, as far as they lie below title and finding."""
    boxes = []
    for name in ("map", "chart1", "chart2"):
        if name in found:
            left, top, width, height = _box(found[name])
            start, end = max(top, whole[1]), min(top + height, whole[1] + whole[3])
            boxes.append((left, start, width, end - start))
    return boxes


def _three(boxes: list[Box], whole: Box, size: tuple[int, int]) -> tuple[Box, Box, Box]:
    """Places of map and two charts: in as many places as the template has, or all over where those are too small."""
    if len(boxes) >= 3:
        made = (boxes[0], boxes[1], boxes[2])
    elif len(boxes) == 2:
        made = (boxes[0], *_halves(boxes[1], size))
    else:
        left, top, width, height = boxes[0] if boxes else whole
        beside = round(width * 0.6) + round(size[0] * 0.018)
        made = (
            (left, top, round(width * 0.6), height),
            *_halves((left + beside, top, width - beside, height), size),
        )
    roomy = all(box[2] >= size[0] * 0.2 and box[3] >= size[1] * 0.15 and _within(box, size) for box in made)
    if not boxes or (roomy and not any(_cover(a, b) for a, b in combinations(made, 2))):
        return made
    return _three([], whole, size)


def _halves(box: Box, size: tuple[int, int]) -> tuple[Box, Box]:
    left, top, width, height = box
    gap = round(size[0] * 0.018)
    half = round((height - gap) / 2)
    return (left, top, width, half), (left, top + half + gap, width, half)


def _within(box: Box, size: tuple[int, int]) -> bool:
    return min(box[:2]) >= 0 and box[0] + box[2] <= size[0] and box[1] + box[3] <= size[1]


def _cover(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
    )  # fmt: skip


def _kept(slide: Any) -> dict[str, Any]:
    """The template's placeholders by what goes into them: the largest thing is the map's, then come charts.

    What is neither has nothing to hold and is taken out: it would say “click to add text”.
    """
    every = list(slide.placeholders)
    found: dict[str, Any] = {}
    for shape in every:
        kind = shape.placeholder_format.type
        if kind in {KIND.TITLE, KIND.CENTER_TITLE}:
            found["title"] = shape
        elif kind == KIND.FOOTER:
            found["source"] = shape
    texts = [shape for shape in every if shape.placeholder_format.type in TEXT]
    if texts:
        found["finding"] = texts[0]
    things = [shape for shape in every if shape.placeholder_format.type in THINGS]
    things.sort(key=lambda shape: -(shape.width * shape.height))
    found |= dict(zip(("map", "chart1", "chart2"), things, strict=False))
    kept = [shape.shape_id for shape in found.values()]
    for shape in every:
        if shape.shape_id not in kept:
            take_out(shape)
    return found


def _box(shape: Any) -> Box:
    return int(shape.left), int(shape.top), int(shape.width), int(shape.height)


def take_out(shape: Any) -> None:
    """Remove a placeholder in whose place something else was drawn."""
    shape._element.getparent().remove(shape._element)


def rgb(colour: str) -> Any:
    """A colour `#rrggbb` as python-pptx wants it."""
    return RGBColor.from_string(colour[1:].upper())
