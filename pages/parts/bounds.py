"""四至 in words: a named road, river or landmark; else a compound boundary, a street or a stream, and who is beyond."""

from __future__ import annotations

from collections.abc import Mapping

from geo.four_boundaries import SIDES, Side
from pages.parts import data
from pages.parts.words import area_name, number, t

UNNAMED = {"arterial": "street", "road": "street", "lane": "street", "rail": "rail", "river": "stream"}
"""What a border without a name lies on; everything else is the boundary of a compound."""


def in_words(sides: Mapping[str, Side]) -> str:
    """One sentence, east first: 东至工农路，南至濠河，西至小区边界（邻德民-02），北至人民路。"""
    return t("boundaries.four", **{side: side_in_words(sides[side]) for side in SIDES})


def side_in_words(side: Side) -> str:
    """What bounds one side, in the reader's language."""
    if side.name is not None:
        return data.line_name(side.name)
    if side.neighbour is None:
        return t("boundaries.side.district")
    kind = t(f"boundaries.side.{UNNAMED.get(side.barrier, 'compound')}")
    areas = data.areas()
    if side.neighbour not in areas.index:
        return kind
    return t("boundaries.side.beside", kind=kind, area=area_name(data.area(side.neighbour)))


def percent(share: float) -> str:
    """A share that reads 100% or 0% only where it is all or nothing."""
    if 0 < share < 0.0005:
        return f"<{number(0.1, 1)}%"
    return f"{number(100 * share if share == 1 else min(100 * share, 99.9), 1)}%"
