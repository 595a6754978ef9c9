"""The base map never changes between runs; what changes travels in a small layer, whole and in the geometry's order."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from streamlit_folium import _get_feature_group_string, _get_map_string, generate_js_hash

import geo.layers
from geo.layers import BLANK, BaseMap, Legend, MapAssets, MapState, StateLayer, UnknownLevelError, guard_script, pack
from geo.palettes import PALETTES, THEMES, ClassCountError, diverging, sequential

ASSETS = MapAssets("abc123", ("leaflet-1.js", "ours-2.js"), ("leaflet-3.css",), {"community": ("c1", "c2", "c3", "c4")})
STATE = MapState(
    level="community",
    lang="zh",
    theme="light",
    footer="示意图·非法定界线",
    classes={"c1": 0, "c2": "missing", "c4": 4},
    values={"c1": "1.5", "c4": "9|1"},
    colours=sequential("light"),
    legend=Legend("参与", "人次", ((0, "0 – 2"), ("missing", "无数据"))),
)


def script_of(folium_map: BaseMap) -> str:
    folium_map.get_root().render()
    folium_map.render()
    return _get_map_string(folium_map)


def layer_script(state: MapState, assets: MapAssets = ASSETS) -> str:
    base = BaseMap(assets, "failed")
    base.get_root().render()
    script_of(base)
    return _get_feature_group_string(StateLayer(state, assets), base)


def test_classes_and_values_stand_in_the_geometry_order() -> None:
    packed = pack(STATE, ASSETS)
    assert packed["classes"] == f"0m{BLANK}4"
    assert packed["values"].split("|") == ["1.5", "", "", "9 1"]
    assert packed["legend"]["entries"] == [["0", "0 – 2"], ["m", "无数据"]]


def test_marks_differ() -> None:
    state = MapState("community", "zh", "light", "", classes={"c1": "missing", "c2": "zero", "c3": "suppressed"})
    assert len(set(pack(state, ASSETS)["classes"])) == 4


def test_an_unknown_level_is_a_sentence() -> None:
    with pytest.raises(UnknownLevelError, match=r"no level “street”; it has community"):
        pack(MapState("street", "zh", "light", ""), ASSETS)


def test_base_map_is_one_hash_on_every_run_and_another_for_other_assets() -> None:
    first, second = (generate_js_hash(script_of(BaseMap(ASSETS, "x")), "map") for _ in range(2))
    assert first == second
    other = MapAssets("def456", ASSETS.scripts, ASSETS.styles, ASSETS.order)
    assert generate_js_hash(script_of(BaseMap(other, "x")), "map") != first
    assert generate_js_hash(script_of(BaseMap(ASSETS, "x", tiles="/tiles/{z}/{x}/{y}.png")), "map") != first


def test_base_map_names_no_address_outside() -> None:
    base = BaseMap(ASSETS, "失败")
    script = script_of(base)
    addresses = [address for _, address in (*base.default_js, *base.default_css)]
    assert addresses[0].startswith("data:text/javascript")
    assert addresses[1:] == [f"../../app/static/{name}" for name in ("leaflet-1.js", "ours-2.js", "leaflet-3.css")]
    assert not re.search(r"https?://", script)
    assert BaseMap.default_js != base.default_js, "folium's own list stays as it is for others"


def test_the_layer_hands_the_whole_state_over_as_it_is() -> None:
    script = layer_script(STATE)
    sent = re.search(r"window\.linli\.apply\((.*)\);", script)
    assert sent is not None
    assert json.loads(sent.group(1)) == pack(STATE, ASSETS)
    assert "示意图" in script, "escapes would double the bytes"


def test_a_name_cannot_end_the_script() -> None:
    assert "</script" not in layer_script(MapState("community", "zh", "light", "</script><b>"))


def test_a_change_of_a_thousand_areas_stays_small() -> None:
    codes = tuple(f"320613{i:09d}" for i in range(1074))
    assets = MapAssets("v", (), (), {"neighbourhood": codes})
    values = {code: f"{i * 3.7:,.1f}" for i, code in enumerate(codes)}
    state = MapState("neighbourhood", "zh", "light", "示意图", classes=dict.fromkeys(codes, 3), values=values)
    assert len(json.dumps(layer_script(state, assets)).encode()) < 12_000


def test_the_guard_speaks_in_the_frame() -> None:
    script = unquote(guard_script("地图文件“未能”加载").split(",", 1)[1])
    assert "地图文件“未能”加载" in script
    assert "addEventListener('error',say,true)" in script


def test_palettes_have_the_same_roles_and_readable_ink() -> None:
    for theme in THEMES:
        palette = PALETTES[theme]
        for ground in (palette.paper, palette.surface):
            assert contrast(palette.ink, ground) >= 7
            assert contrast(palette.muted, ground) >= 4.5
            assert contrast(palette.accent, ground) >= 4.5


def test_all_ink_of_the_projector_is_read_at_seven_to_one() -> None:
    palette = PALETTES["projector"]
    for ink in (palette.ink, palette.muted, palette.accent, palette.better, palette.worse, palette.office):
        assert contrast(ink, palette.paper) >= 7 and contrast(ink, palette.land) >= 7, ink
    assert contrast(palette.river_ink, palette.water) >= 7
    assert all(contrast(colour, palette.surface) >= 7 for colour in palette.categories)
    for ground in (*palette.sequential, *palette.diverging):  # words on a class are black or white
        assert max(contrast("#000000", ground), contrast("#ffffff", ground)) >= 7, ground


@pytest.mark.parametrize("theme", THEMES)
def test_sequential_ramps_climb_evenly_in_lightness(theme: str) -> None:
    steps = [luminance(colour) for colour in sequential(theme)]  # type: ignore[arg-type]
    assert steps == sorted(steps, reverse=theme != "dark")


def test_class_counts_outside_one_to_five_are_refused() -> None:
    assert [len(sequential("light", n)) for n in range(1, 6)] == [1, 2, 3, 4, 5]
    assert diverging("light", 3)[1] == PALETTES["light"].diverging[2]
    with pytest.raises(ClassCountError, match="1 to 5"):
        sequential("light", 6)


def test_geo_layers_knows_nothing_of_streamlit() -> None:
    tree = ast.parse(Path(geo.layers.__file__).read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(name and name.startswith("streamlit") for name in names)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, ground: str) -> float:
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
