"""Shapes of a slide as XML: python-pptx measures a whole group anew for each shape, so a thousand take minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from pptx.oxml import parse_xml

from geo.drawing import Points
from geo.palettes import Palette

EMU: Final = 12_700
"""To a point."""

Box = tuple[int, int, int, int]
"""Left, top, width, height in EMU."""

SPACES: Final = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
PATTERNS: Final = {"missing": "wdUpDiag", "suppressed": "pct20"}
NO_FILL: Final = "<a:noFill/>"
NO_LINE: Final = "<a:ln><a:noFill/></a:ln>"
Align = Literal["l", "ctr", "r"]


class Shapes:
    """Makes shapes with numbers of their own, from `first` on."""

    def __init__(self, first: int) -> None:
        self.last = first

    def group(self, name: str, box: Box, said: str = "") -> Any:
        """An empty group whose children have the slide's own measure."""
        left, top, width, height = box
        return parse_xml(
            f'<p:grpSp {SPACES}><p:nvGrpSpPr><p:cNvPr id="{self._number()}" name={quoteattr(name)} '
            f"descr={quoteattr(said)}/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>"
            f'<a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/>'
            f'<a:chOff x="{left}" y="{top}"/><a:chExt cx="{width}" cy="{height}"/></a:xfrm></p:grpSpPr></p:grpSp>'
        )

    def freeform(self, name: str, said: str, paths: Sequence[Points], fill: str, line: str, *, closed: bool) -> Any:
        """One shape of one or more rings or lines, in EMU on the slide; rings inside rings are holes."""
        placed = [np.rint(path).astype(np.int64) for path in paths]
        every = np.concatenate(placed)
        low = every.min(axis=0)
        width, height = (int(v) for v in np.maximum(every.max(axis=0) - low, 1))
        way = "".join(_way(path - low, closed) for path in placed)
        geometry = (
            "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
            '<a:rect l="0" t="0" r="r" b="b"/>'
            f'<a:pathLst><a:path w="{width}" h="{height}">{way}</a:path></a:pathLst></a:custGeom>'
        )
        return self._shape(name, said, (int(low[0]), int(low[1]), width, height), geometry, fill, line)

    def preset(self, name: str, kind: str, box: Sequence[float], fill: str, line: str = NO_LINE) -> Any:
        """A rectangle, ellipse or arrow (names of the file format: rect, ellipse, upArrow)."""
        return self._shape(name, "", _whole(box), f'<a:prstGeom prst="{kind}"><a:avLst/></a:prstGeom>', fill, line)

    def words(
        self, lines: Sequence[str], box: Sequence[float], size: float, colour: str, *, bold: bool = False,
        align: Align = "l", halo: str = "", ground: str = NO_FILL,
    ) -> Any:  # fmt: skip
        """A text box without margins; `halo` is the colour of a soft edge around the letters, `ground` a fill."""
        size_of = f'sz="{round(size * 100)}" b="{int(bold)}"'
        look = f'<a:rPr lang="zh-CN" altLang="en-US" {size_of}>{solid(colour)}{_glow(halo)}</a:rPr>'
        text = "".join(
            f'<a:p><a:pPr algn="{align}"/><a:r>{look}<a:t>{escape(line)}</a:t></a:r></a:p>' for line in lines
        )
        wrap = "square" if align == "l" else "none"
        body = (
            f'<p:txBody><a:bodyPr wrap="{wrap}" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/>'
            f"</a:bodyPr><a:lstStyle/>{text}</p:txBody>"
        )
        geometry = f'<a:prstGeom prst="{"rect" if ground == NO_FILL else "roundRect"}"><a:avLst/></a:prstGeom>'
        return self._shape(" ".join(lines)[:80], "", _whole(box), geometry, ground, "", body)

    def _shape(self, name: str, said: str, box: Box, geometry: str, fill: str, line: str, body: str = "") -> Any:
        left, top, width, height = box
        return parse_xml(
            f'<p:sp {SPACES}><p:nvSpPr><p:cNvPr id="{self._number()}" name={quoteattr(name)} descr={quoteattr(said)}/>'
            f"<p:cNvSpPr{' txBox=' + chr(34) + '1' + chr(34) if body else ''}/><p:nvPr/></p:nvSpPr><p:spPr>"
            f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            f"{geometry}{fill}{line}</p:spPr>{body}</p:sp>"
        )

    def _number(self) -> int:
        self.last += 1
        return self.last


def solid(colour: str, share: float = 1.0) -> str:
    """A plain fill, of which `share` covers what lies below."""
    alpha = f'<a:alpha val="{round(share * 100_000)}"/>' if share < 1 else ""
    return f'<a:solidFill><a:srgbClr val="{colour[1:]}">{alpha}</a:srgbClr></a:solidFill>'


def stroke(colour: str, width: float) -> str:
    """A line of `width` points."""
    return f'<a:ln w="{round(width * EMU)}" cap="rnd">{solid(colour)}<a:round/></a:ln>'


def pattern(mark: str, palette: Palette) -> str:
    """The fill of a mark: hatched where there is no data, dotted where a count is withheld."""
    front, back = palette.mark[1:], palette.land[1:]
    return (
        f'<a:pattFill prst="{PATTERNS[mark]}"><a:fgClr><a:srgbClr val="{front}"/></a:fgClr>'
        f'<a:bgClr><a:srgbClr val="{back}"/></a:bgClr></a:pattFill>'
    )


def _glow(colour: str) -> str:
    if not colour:
        return ""
    return (
        f'<a:effectLst><a:glow rad="25400"><a:srgbClr val="{colour[1:]}"><a:alpha val="75000"/></a:srgbClr></a:glow>'
        "</a:effectLst>"
    )


def _way(path: Points, closed: bool) -> str:
    first, rest = path[0], path[1:-1] if closed else path[1:]
    points = "".join(f'<a:lnTo><a:pt x="{x}" y="{y}"/></a:lnTo>' for x, y in rest.tolist())
    return f'<a:moveTo><a:pt x="{first[0]}" y="{first[1]}"/></a:moveTo>{points}{"<a:close/>" if closed else ""}'


def _whole(box: Sequence[float]) -> Box:
    left, top, width, height = (round(v) for v in box)
    return left, top, max(width, 1), max(height, 1)
