"""A neck is a strip that holds two parts of a neighbourhood together; a corner or a slim whole is none."""

from __future__ import annotations

import shapely

from geo.necks import NECK_M, has_neck

LEFT, RIGHT = shapely.box(0, 0, 200, 200), shapely.box(300, 0, 500, 200)


def test_a_strip_narrower_than_the_measure_is_a_neck() -> None:
    narrow, wide = shapely.box(200, 90, 300, 96), shapely.box(200, 90, 300, 90 + NECK_M + 2)
    assert has_neck([LEFT, narrow, RIGHT])
    assert not has_neck([LEFT, wide, RIGHT])
    assert has_neck([LEFT, wide, RIGHT], NECK_M + 4)


def test_neither_a_corner_nor_a_slim_whole_has_one() -> None:
    corner = shapely.box(310, 0, 330, 20)
    assert not has_neck([LEFT, shapely.box(200, 0, 310, 8), corner]), "a corner of less than a twentieth"
    assert not has_neck([shapely.box(0, 0, 500, NECK_M - 2)]), "slim all along: nothing is held together"
