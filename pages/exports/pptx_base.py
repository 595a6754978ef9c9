"""The ground of a presentation: our own plain one, or the user's template with the places it keeps for things."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
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
from geo.palettes import PALETTES

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LATIN, CHINESE = "Arial", "Microsoft YaHei"
TITLE_ONLY, TITLE_SLIDE = 5, 0
TEXT: Final = (KIND.BODY, KIND.SUBTITLE)
THINGS: Final = (KIND.OBJECT, KIND.CHART, KIND.TABLE, KIND.PICTURE)

Box = tuple[int, int, int, int]


class TemplateUnreadable(DataError):
    """Raised when a template is no presentation, or has no layout to put a title on."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is no presentation (PPTX or POTX) with a layout that has a title; choose another.")


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
    layouts = [layout for layout in presentation.slide_layouts if _kinds(layout) & {KIND.TITLE, KIND.CENTER_TITLE}]
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
    """Where things stand on this slide: ours, or those of the template's placeholders and around them."""
    width, height = given.size
    found = {} if given.own else _kept(slide)
    margin = round(width * 0.032)
    over = (margin, round(height * 0.035), width - 2 * margin, round(height * 0.08))
    title = found.get("title")
    top = int(title.top + title.height) if title is not None else round(height * 0.115)
    top = min(top, round(height * 0.3))
    finding = _box(found["finding"]) if "finding" in found else (
        margin, top, width - 2 * margin, round(height * 0.085)
    )  # fmt: skip
    below = finding[1] + finding[3] + round(height * 0.015) if "finding" not in found or finding[1] > top - 1 else top
    bottom = round(height * 0.93)
    gap = round(width * 0.018)
    left_width = round((width - 2 * margin) * 0.6)
    right = margin + left_width + gap
    right_width = width - margin - right
    half = round((bottom - below - gap) / 2)
    default = {
        "map": (margin, below, left_width, bottom - below),
        "chart1": (right, below, right_width, half),
        "chart2": (right, below + half + gap, right_width, half),
    }
    boxes = {name: _box(found[name]) if name in found else box for name, box in default.items()}
    return Places(
        title=_box(title) if title is not None else over,
        finding=finding,
        map=boxes["map"],
        charts=(boxes["chart1"], boxes["chart2"]),
        whole=(margin, below, width - 2 * margin, bottom - below),
        source=(margin, round(height * 0.945), width - 2 * margin - round(width * 0.08), round(height * 0.04)),
        kept=found,
    )


def _kept(slide: Any) -> dict[str, Any]:
    """The template's placeholders by what goes into them: the largest thing is the map's, then come charts."""
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
    return found


def _box(shape: Any) -> Box:
    return int(shape.left), int(shape.top), int(shape.width), int(shape.height)


def take_out(shape: Any) -> None:
    """Remove a placeholder in whose place something else was drawn."""
    shape._element.getparent().remove(shape._element)


def rgb(colour: str) -> Any:
    """A colour `#rrggbb` as python-pptx wants it."""
    return RGBColor.from_string(colour[1:].upper())
