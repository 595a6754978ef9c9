"""Overlays of the map: what they encode, what travels with a state, and that a browser draws them on one frame."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from playwright.sync_api import Frame, Page

from data.static_assets import build_static, read_static
from geo.layers import BaseMap, Legend, MapAssets, MapState, StateLayer, Symbols, pack
from geo.map_geometry import STEP, decode_numbers
from geo.map_overlays import BARRIERS, encode_borders, encode_ground, encode_units, rings_of
from geo.palettes import PALETTES, THEMES, bivariate
from tests.map_place import write_extracts
from tests.test_geo_layers import contrast, layer_script, script_of

ORDER = tuple(f"320613{i:09d}" for i in range(1074))
ASSETS = MapAssets("v", (), (), {"neighbourhood": ORDER}, {"edges": "e-1.js", "reach_walk": "r-2.js"})
STATE = MapState("neighbourhood", "zh", "light", "示意图")


def paths(text: str) -> list[list[tuple[float, float]]]:
    """What `paths_of` wrote, in degrees."""
    found, numbers, i, x, y = [], decode_numbers(text), 0, 0, 0
    while i < len(numbers):
        path = []
        for k in range(numbers[i]):
            x, y = x + numbers[i + 1 + 2 * k], y + numbers[i + 2 + 2 * k]
            path.append((x * STEP, y * STEP))
        i += 1 + 2 * numbers[i]
        found.append(path)
    return found


def three_blocks() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series]:
    """Blocks 0 and 1 of one neighbourhood, 2 of another; a road between 1 and 2, a lane between 0 and 1."""
    boxes = [shapely.box(500_000 + 100 * i, 3_540_000, 500_100 + 100 * i, 3_540_100) for i in range(3)]
    blocks = gpd.GeoDataFrame({"block_id": [0, 1, 2]}, geometry=boxes, crs=4549)
    lines = [shapely.LineString([(500_000 + 100 * i, 3_540_000), (500_000 + 100 * i, 3_540_100)]) for i in (1, 2)]
    edges = gpd.GeoDataFrame(
        {"left": [0, 1], "right": [1, 2], "barrier": ["lane", "arterial"], "name": [None, "人民路"]},
        geometry=lines,
        crs=4549,
    )
    return blocks, edges, pd.Series(["a", "a", "b"], index=[0, 1, 2])


def test_borders_carry_their_class_and_names_and_nothing_inside_a_neighbourhood() -> None:
    _, edges, code = three_blocks()
    found = json.loads(encode_borders(edges, code, pd.Series({"人民路": "Renmin Road"})))
    [[barrier, zh, en, text]] = found["lines"]
    assert (barrier, zh, en) == ("arterial", "人民路", "Renmin Road")
    [line] = paths(text)
    stored = edges.to_crs(4490).geometry.iloc[1]
    assert shapely.LineString(line).hausdorff_distance(stored) < 2e-6


def test_ground_is_one_shape_with_its_holes() -> None:
    blocks, _, _ = three_blocks()
    ring = shapely.box(499_900, 3_539_900, 500_400, 3_540_200).difference(blocks.geometry.iloc[1])
    apart = gpd.GeoDataFrame(geometry=[ring], crs=4549)
    assert len(paths(rings_of(blocks))) == 1, "neighbours melt together"
    assert len(paths(rings_of(apart))) == 2, "an outline and a hole"
    assert len(paths(json.loads(encode_ground(apart))["rings"])) == 2
    assert rings_of(blocks.iloc[:0]) == ""


def test_a_state_without_overlays_is_as_small_as_before() -> None:
    plain = pack(STATE, ASSETS)
    assert not {"files", "edges", "symbols", "sites", "patches", "notes"} & plain.keys()


def test_only_files_of_layers_that_are_shown_are_named() -> None:
    assert pack(replace(STATE, layers=frozenset({"edges"})), ASSETS)["files"] == {"edges": "e-1.js"}
    assert "files" not in pack(replace(STATE, layers=frozenset({"edges"})), replace(ASSETS, overlays={}))


def test_circles_have_an_area_in_proportion_to_the_count() -> None:
    counts = {ORDER[0]: 400.0, ORDER[1]: 100.0, ORDER[2]: 0.0, ORDER[3]: float("nan"), ORDER[4]: 0.01}
    state = replace(STATE, symbols=Symbols(counts, "户", ((100.0, "100"),), 12))
    packed = pack(state, ASSETS)
    assert decode_numbers(packed["symbols"])[:6] == [1000, 250, 0, 0, 1, 0]
    assert packed["symbolLegend"] == {"title": "户", "steps": [[250, "100"]], "radius": 12}


def test_two_values_at_once_are_nine_classes_of_one_character() -> None:
    classes = {code: i % 9 for i, code in enumerate(ORDER)}
    state = replace(STATE, classes=classes, colours=bivariate("light"), legend=Legend("t", "", (), ("x", "y")))
    packed = pack(state, ASSETS)
    assert packed["classes"][:10] == "0123456780" and len(packed["classes"]) == 1074
    assert packed["legend"]["grid"] == ["x", "y"]


def test_borders_of_units_are_kept_apart_by_whether_they_coincide_and_each_stands_once() -> None:
    squares = [shapely.box(540_000 + 400 * i, 3_540_000, 540_400 + 400 * i, 3_540_400) for i in range(3)]
    units = gpd.GeoDataFrame(
        {"community": "c", "coincides": pd.array([True, True, False], "boolean")}, geometry=squares, crs=4549
    )
    found = json.loads(encode_units(units, 0.0))
    assert lengths(found["same"]) == pytest.approx(7 * 400, rel=1e-3)  # the side between the two is one line
    assert lengths(found["apart"]) == pytest.approx(4 * 400, rel=1e-3)
    assert json.loads(encode_units(units.iloc[:2]))["apart"] == ""


def lengths(text: str) -> float:
    """Metres of the paths that `encode_units` wrote."""
    lines = gpd.GeoSeries([shapely.LineString(path) for path in paths(text)], crs=4490)
    return float(lines.to_crs(4549).length.sum())


def test_everything_at_once_stays_below_twenty_kilobytes() -> None:
    state = replace(
        STATE,
        classes=dict.fromkeys(ORDER, 8), values=dict.fromkeys(ORDER, "12.3%"), colours=bivariate("dark"),
        symbols=Symbols({code: float(i) for i, code in enumerate(ORDER)}, "户"),
        layers=frozenset({"edges", "reach_walk"}),
        sites=tuple((120.9 + i / 100, 32.0, str(i)) for i in range(10)), patches="A" * 4000,
        edges=tuple((name, name) for name in BARRIERS),
    )  # fmt: skip
    assert len(layer_script(state, ASSETS).encode()) < 20_000


def test_the_map_itself_does_not_depend_on_overlays() -> None:
    assert script_of(BaseMap(ASSETS, "x")) == script_of(BaseMap(replace(ASSETS, overlays={}), "x"))
    assert StateLayer(STATE, ASSETS).payload != StateLayer(replace(STATE, patches="B"), ASSETS).payload


@pytest.mark.parametrize("theme", THEMES)
def test_border_colours_can_be_told_from_the_ground_and_from_each_other(theme: str) -> None:
    palette = PALETTES[theme]  # type: ignore[index]
    assert tuple(palette.barriers) == BARRIERS
    assert all(contrast(colour, palette.land) >= 2.8 for colour in (*palette.barriers.values(), *palette.units))
    colours = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in palette.barriers.values()])
    apart = np.linalg.norm(colours[:, None] - colours[None], axis=2)
    assert apart[~np.eye(len(colours), dtype=bool)].min() > 40
    assert len(set(palette.bivariate)) == 9


def test_a_place_without_blocks_has_a_map_without_overlays(tmp_path: Path) -> None:
    assets = build_static(write_extracts(tmp_path / "extracts"), tmp_path / "static")
    assert assets.overlays == {}


def test_overlays_are_hashed_files_that_are_fetched_apart(extracts: Path, root: Path) -> None:
    assets = read_static(root / "static")
    assert set(assets.overlays) == {"edges", "reach_walk", "grids", "groups"}
    assert not set(assets.overlays.values()) & set(assets.scripts)
    for layer, name in assets.overlays.items():
        text = (root / "static" / name).read_text(encoding="utf-8")
        assert re.fullmatch(r"overlay-[a-z]+-[0-9a-f]{12}\.js", name) and f".{layer}=" in text
        assert len(text) < 120_000


# ── in a browser ──


def map_frame(page: Page) -> Frame:
    page.frame_locator("iframe[title^='streamlit_folium']").locator("html[data-applied]").wait_for(timeout=40_000)
    return next(frame for frame in page.frames if "streamlit_folium" in frame.url)


def pixels(frame: Frame, colour: str) -> int:
    """How many pixels of the map's canvas have about this colour."""
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int(
        frame.evaluate(
            """([r, g, b]) => { const c = document.querySelector('canvas'), d = c.getContext('2d')
              .getImageData(0, 0, c.width, c.height).data; let n = 0;
              for (let i = 0; i < d.length; i += 4)
                n += Math.abs(d[i] - r) + Math.abs(d[i + 1] - g) + Math.abs(d[i + 2] - b) < 12 ? 1 : 0;
              return n; }""",
            rgb,
        )
    )


@pytest.mark.browser
def test_borders_are_coloured_by_what_they_lie_on_and_say_it(browser_page: Page, app_url: str) -> None:
    browser_page.goto(f"{app_url}/boundaries?area=320613001")
    frame = map_frame(browser_page)
    frame.wait_for_selector("html[data-overlays]")
    barriers = PALETTES["light"].barriers
    assert pixels(frame, barriers["arterial"]) > 500 and pixels(frame, barriers["road"]) > 500
    assert "主干路" in frame.locator(".linli-legend").inner_text()
    box = browser_page.locator("iframe[title^='streamlit_folium']").bounding_box()
    assert box is not None
    for x in range(120, 700, 6):  # along a line across the map, borders are met and named
        browser_page.mouse.move(box["x"] + x, box["y"] + 300)
        tip = frame.locator(".linli-tip-place")
        if tip.count() and re.search("道路|干路|支路|里弄|围墙|河流", tip.first.inner_text()):
            return
    pytest.fail("no border on the way said what it lies on")


@pytest.mark.browser
def test_an_overlay_is_fetched_once_when_first_shown_on_the_same_frame(browser_page: Page, app_url: str) -> None:
    fetched: list[str] = []
    browser_page.on("request", lambda request: fetched.append(request.url))
    browser_page.goto(f"{app_url}/reach?area=320613001&over=none")
    frame = map_frame(browser_page)
    frame.evaluate("window.markedByTest = 1")
    assert not [url for url in fetched if "overlay-" in url]
    for _ in range(3):
        browser_page.get_by_role("button", name="步行范围").click()
        browser_page.wait_for_timeout(1200)
    assert frame.locator("html[data-overlays='reach_walk']").count() == 1
    assert len([url for url in fetched if "overlay-reach" in url]) == 1
    assert frame.evaluate("window.markedByTest") == 1, "the map was made anew"
    assert "步行500米内的地块" in frame.locator(".linli-legend").inner_text()


@pytest.mark.browser
def test_grids_and_groups_are_layers_of_every_map_and_explained_in_its_legend(browser_page: Page, app_url: str) -> None:
    browser_page.goto(f"{app_url}/party?area=320613007&layers=grids,groups")
    frame = map_frame(browser_page)
    frame.wait_for_selector("html[data-overlays='grids groups']")
    legend = frame.locator(".linli-legend").inner_text()
    assert "网格界：与邻里重合" in legend and "居民小组界：不与邻里重合" in legend
    assert all(pixels(frame, colour) > 200 for colour in PALETTES["light"].units)
