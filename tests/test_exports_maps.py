"""Maps in files: in the very state of the screen, drawn once, their names readable on every colour."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from data.stories import Place, Scene, Story, shipped
from geo import drawing
from geo.layers import MapState
from geo.palettes import PALETTES
from pages.exports import mapping
from pages.exports.picture import Frame, Picture, Shape, labels
from pages.exports.stories import content_of_scene
from pages.parts import staging
from tests.exporting import page_document

LIGHT = PALETTES["light"]


def scene_of(page: str) -> tuple[Scene, Story]:
    story = shipped("ten-minutes", "zh")
    return next(each for each in story.scenes if each.page == page), story


@pytest.mark.parametrize("page", ["boundaries", "reach", "events"])
def test_a_scene_s_map_is_that_of_the_talk_drawn_once(
    extracts: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[MapState] = []
    draw = mapping.picture

    def counted(state: MapState, *given: float, place: Place | None = None) -> Picture:
        drawn.append(state)
        return draw(state, *given, place=place)

    monkeypatch.setattr(mapping, "picture", counted)
    scene, story = scene_of(page)
    content = content_of_scene(scene, story)
    (state,) = drawn
    assert replace(state, footer="") == staging.stage(scene, story, "light").map
    assert state.footer and content.map is not None and content.map.footer == state.footer


def test_a_scene_moved_on_the_screen_is_so_in_the_file(extracts: Path) -> None:
    scene, story = scene_of("events")
    whole, near = (
        content_of_scene(each, story).map for each in (scene, replace(scene, place=Place(120.87, 32.02, 14)))
    )
    assert whole is not None and near is not None
    (x, y) = drawing.metres(np.array([[120.87, 32.02]]))[0]
    west, south, east, north = near.extent
    assert ((west + east) / 2, (south + north) / 2) == pytest.approx((x, y))
    assert 0 < len(near.shapes) < len(whole.shapes) and east - west < whole.extent[2] - whole.extent[0]
    points = np.concatenate([ring for shape in near.shapes for ring in shape.rings])
    assert (points.min(axis=0) >= (west - 1, south - 1)).all() and (points.max(axis=0) <= (east + 1, north + 1)).all()


def test_what_lies_over_the_reach_map_lies_over_it_in_files(extracts: Path) -> None:
    over = "reach_walk,reach_straight,offices,symbols"
    picture = page_document(f"/reach?area=320613007&over={over}&layers=names").contents[0].map
    assert picture is not None and not picture.ground and not picture.borders
    assert [veil.colour for veil in picture.veils] == [LIGHT.accent, LIGHT.muted]
    assert all(shapely.box(*picture.extent).buffer(1).contains(drawing.polygon(v.rings)) for v in picture.veils)
    assert {key.words for key in picture.keys} >= {veil.name for veil in picture.veils}
    assert len([key for key in picture.keys if key.heading]) == 1, "what the circles count"


@pytest.mark.parametrize(
    ("fill", "ground"), [(LIGHT.sequential[0], True), (LIGHT.sequential[3], False), (LIGHT.sequential[4], True)]
)
def test_a_name_has_a_ground_of_its_own_where_no_ink_stands_out(fill: str, ground: bool) -> None:
    square = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0], [0.0, 0.0]])
    wide = Shape("1", "学田街道", "", fill, "", (square,), (50.0, 50.0, 50.0))
    narrow = replace(wide, code="2", rings=(square * (0.05, 1.0) + (200.0, 0.0),), inside=(202.5, 50.0, 25.0))
    picture = Picture((0.0, 0.0, 300.0, 100.0), (wide, narrow), (), (), (), (), "", "", (), "", LIGHT, "zh")
    one, other = labels(picture, Frame(picture.extent, 300.0, 100.0), 10.0)
    assert one.lines == ("学田",) and one.ground == (fill if ground else "")
    assert other.ground == "", "it reaches over its area's border"
