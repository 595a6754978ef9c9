"""四至 in words: a named road, river or landmark; else a compound boundary, a street, a stream, and where that is."""

from __future__ import annotations

from collections.abc import Mapping

from geo.four_boundaries import SIDES, Side
from pages.parts import data
from pages.parts.words import area_name, number, t

UNNAMED = {"arterial": "arterial", "road": "street", "lane": "lane", "rail": "rail", "river": "stream"}
"""What a border without a name lies on; everything else is the boundary of a compound."""

BORDERS = {"community": 12, "subdistrict": 9}
"""Levels whose change is worth a word of its own, and the digits of their codes."""


def in_words(sides: Mapping[str, Side]) -> str:
    """One sentence, east first: 东至工农路，南至濠河，西至小区边界（邻德民-02），北至人民路。"""
    return t("boundaries.four", **{way: side_in_words(way, sides[way]) for way in SIDES})


def side_in_words(way: str, side: Side) -> str:
    """What bounds the side that faces `way`, in the reader's language."""
    if side.name is not None:
        return data.line_name(side.name)
    if side.neighbour is None:
        return t("boundaries.side.district")
    kind = unnamed(side.barrier)
    notes = t("boundaries.side.and").join(where(way, side))
    return t("boundaries.side.noted", kind=kind, notes=notes) if notes else kind


def unnamed(barrier: str) -> str:
    """What a line without a name is called by what it is: 小河, 无名道路 …"""
    return t(f"boundaries.side.{UNNAMED.get(barrier, 'compound')}")


def where(way: str, side: Side) -> list[str]:
    """What tells where an unnamed side is: the community or subdistrict that begins there and the next named line, else
    the neighbour.
    """
    notes = []
    if side.level in BORDERS:
        notes.append(_of("border", str(side.neighbour)[: BORDERS[side.level]]))
    if side.beyond is not None and side.beyond_m is not None:
        line = data.line_name(side.beyond)
        notes.append(t(f"boundaries.beyond.{way}", line=line, metres=number(10 * max(1, round(side.beyond_m / 10)))))
    return [note for note in notes if note] or [note for note in [_of("beside", str(side.neighbour))] if note]


def _of(key: str, code: str) -> str:
    return t(f"boundaries.side.{key}", area=area_name(data.area(code))) if code in data.areas().index else ""


def percent(share: float) -> str:
    """A share that reads 100% or 0% only where it is all or nothing."""
    if 0 < share < 0.0005:
        return f"<{number(0.1, 1)}%"
    return f"{number(100 * share if share == 1 else min(100 * share, 99.9), 1)}%"
