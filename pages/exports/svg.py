"""Pieces of SVG that maps and charts share: numbers, text, lines, and what is said when a mark is touched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal
from xml.sax.saxutils import escape, quoteattr

from geo.drawing import Points

FONTS: Final = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei','Noto Sans SC',sans-serif"
COLOURED: Final = re.compile("\x02(#[0-9a-fA-F]{6})\x03(.*?)\x04")
"""How a coloured part stands in plain words between the two steps."""

Anchor = Literal["start", "middle", "end"]


def n(value: float) -> str:
    """A number with one decimal at most."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def text(
    words: str, x: float, y: float, size: float, colour: str, *, anchor: Anchor = "start", bold: bool = False,
    halo: str = "", turned: float = 0, opacity: float = 1,
) -> str:  # fmt: skip
    """One line of words, the middle of its height at `y`."""
    edge = (
        f' stroke="{halo}" stroke-width="{n(size * 0.28)}" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    )
    turn = f' transform="rotate({n(turned)} {n(x)} {n(y)})"' if turned else ""
    weight = ' font-weight="600"' if bold else ""
    faint = f' fill-opacity="{opacity}"' if opacity != 1 else ""
    return (
        f'<text x="{n(x)}" y="{n(y + size * 0.35)}" font-size="{n(size)}" fill="{colour}" text-anchor="{anchor}"'
        f"{weight}{edge}{turn}{faint}>{_coloured(words)}</text>"
    )


def _coloured(words: str) -> str:
    """The words safe in SVG; parts between `coloured` marks in their own colour."""
    parts = COLOURED.split(words)
    found = [escape(parts[0])]
    for colour, inner, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        found.append(f'<tspan fill="{colour}">{escape(inner)}</tspan>{escape(after)}')
    return "".join(found)


def path(points: Points, *, closed: bool = False) -> str:
    """The `d` of a line or ring."""
    steps = "L".join(f"{n(x)} {n(y)}" for x, y in (points[:-1] if closed else points).tolist())
    return f"M{steps}{'Z' if closed else ''}"


def rect(
    x: float, y: float, width: float, height: float, fill: str, *, edge: str = "", edge_width: float = 1,
    opacity: float = 1, tip: str = "",
) -> str:  # fmt: skip
    """A rectangle; negative sizes reach to the left or upwards."""
    x, width = (x + width, -width) if width < 0 else (x, width)
    y, height = (y + height, -height) if height < 0 else (y, height)
    line = f' stroke="{edge}" stroke-width="{n(edge_width)}"' if edge else ""
    faint = f' fill-opacity="{opacity}"' if opacity != 1 else ""
    return (
        f'<rect x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" fill="{fill}"{line}{faint}{said(tip)}/>'
    )


def line(x0: float, y0: float, x1: float, y1: float, colour: str, width: float, dash: str = "") -> str:
    """A straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{n(x0)}" y1="{n(y0)}" x2="{n(x1)}" y2="{n(y1)}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{n(width)}"{dashed}/>'


def circle(
    x: float, y: float, radius: float, fill: str, *, edge: str = "", edge_width: float = 1, opacity: float = 1,
    tip: str = "",
) -> str:  # fmt: skip
    """A dot."""
    around = f' stroke="{edge}" stroke-width="{n(edge_width)}"' if edge else ""
    faint = f' fill-opacity="{opacity}"' if opacity != 1 else ""
    return f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}" fill="{fill}"{faint}{around}{said(tip)}/>'


def said(tip: str) -> str:
    """What the offline page shows when the mark is touched or reached by keyboard."""
    return f" data-tip={quoteattr(tip)}" if tip else ""


def document(width: float, height: float, parts: Sequence[str], *, title: str, attributes: str = "") -> str:
    """A whole SVG of so many units, which says its title to those who hear it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{n(width)}" height="{n(height)}" '
        f'viewBox="0 0 {n(width)} {n(height)}" font-family="{FONTS}" role="img"{attributes}>'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def plain(html: str) -> str:
    """Words without their tags; a span's colour is kept for `text`."""
    html = re.sub(r'<span style="color: ?(#[0-9a-fA-F]{6})">(.*?)</span>', "\x02\\1\x03\\2\x04", html)
    return re.sub(r"<[^>]+>", "", html.replace("<br>", " ")).replace("&nbsp;", " ").strip()


def lines_of(html: str) -> list[tuple[str, bool]]:
    """Lines of a plotly text, each with whether it is bold."""
    return [(plain(part), "<b>" in part) for part in html.split("<br>")]
