"""Narrow necks: a neighbourhood that is in one piece only by a strip a few metres wide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shapely

NECK_M: Final = 20.0
"""A strip narrower than this, in metres, is a neck: about a street with its pavements."""

LEAST_SHARE: Final = 0.05
"""A part with less of the area than this is a corner, not one side of a neck."""


def has_neck(blocks: Sequence[shapely.Geometry], metres: float = NECK_M) -> bool:
    """Whether the union of blocks (metres) falls apart once half of `metres` is taken off all around (≈ 1 ms).

    Parts with less than 5 % of its area do not count: they are corners that a strip was cut from.
    """
    whole = shapely.union_all(list(blocks))
    parts = shapely.get_parts(shapely.buffer(whole, -metres / 2, join_style="mitre"))
    return int((shapely.area(parts) > LEAST_SHARE * shapely.area(whole)).sum()) > 1
