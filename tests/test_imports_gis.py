"""GIS files as deliveries: read in any system, placed in their neighbourhood, shown on a map, or told where to go."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from data import manifest
from data.build import build
from data.imports import applying, loads
from data.imports.examine import Block, Examined, Options, examine
from data.imports.mappings import Mappings
from pages.parts import deliveries_map
from pages.parts.words import speaking
from tests import office_files as office
from tests import tiny_district as tiny
from tests.office_files import EVENT, EVENT_HEADERS

WEST = 120 + 6 / 100  # the tiny edition draws areas as squares in a row; its seventh is the first neighbourhood
SPOT = (WEST + 0.005, 32.005)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tiny.write_district(tmp_path_factory.mktemp("gis") / "data")
    build(made)
    return made


def offices(*spots: tuple[float, float], **more: Any) -> gpd.GeoDataFrame:
    rows = [
        {
            "服务处编号": f"O{9 + n}",
            "名称": f"服务处{n}",
            "启用日期": "2020-01-01",
            "每周开放天数": 5,
            "办公电话": "0513-00000000",
        }
        for n in range(len(spots))
    ]
    return gpd.GeoDataFrame(rows, geometry=[shapely.Point(spot) for spot in spots], crs="EPSG:4490").assign(**more)


def looked_at(root: Path, path: Path, block: Block = "rows") -> Examined:
    return examine([str(path)], root, Options(block=block), Mappings())


def zipped(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    layer.to_file(folder / "points.shp", encoding="gb18030")
    with zipfile.ZipFile(folder / "points.zip", "w") as archive:
        for each in folder.glob("points.*"):
            if each.suffix != ".zip":
                archive.write(each, each.name)
    return folder / "points.zip"


@pytest.mark.parametrize("kind", ["offices.gpkg", "offices.geojson", "offices.parquet"])
@pytest.mark.parametrize("system", ["EPSG:4490", "EPSG:4549"])
def test_points_become_rows_with_place_and_neighbourhood(root: Path, tmp_path: Path, kind: str, system: str) -> None:
    layer, path = offices(SPOT).to_crs(system), tmp_path / kind
    if path.suffix == ".parquet":
        layer.to_parquet(path)
    elif path.suffix == ".gpkg" or system == "EPSG:4490":
        layer.to_file(path)
    else:
        layer.to_crs("EPSG:4326").to_file(path)
    found = looked_at(root, path)
    assert found.unread == [] and [each.kind for each in found.layers] == ["points"]
    (row,) = found.taken()[0].good.to_pylist()
    assert (row["office_id"], row["neighbourhood"]) == ("O9", tiny.A1)
    assert (row["lon"], row["lat"]) == pytest.approx(SPOT, abs=1e-6)


def test_points_of_a_shapefile_are_put_in_force_and_taken_back(root: Path, tmp_path: Path) -> None:
    path = zipped(tmp_path, offices(SPOT).rename(columns={"每周开放天数": "周开放天数"}))  # ten bytes a name
    found = looked_at(root, path)
    assert found.unread == [], [each.sentence("zh") for each in found.unread]
    before = manifest.read_manifest(root).version
    load = loads.stage(root, found, "clerk")
    done = applying.apply(root, load.id, "clerk", "checked")
    assert done.counts == {"service_office": (1, 0, 0)}
    (told,) = applying.origins(root, "service_office", {"office_id": ["O9"]}).to_pylist()
    assert (told["from_file"], told["from_sheet"], told["from_row"]) == ("points.zip", "points", 2)
    applying.roll_back(root, "R0000", "chief", "tried")
    assert manifest.read_manifest(root).version == before


def test_a_point_outside_is_an_error_of_its_row_only_and_seen_on_the_map(root: Path, tmp_path: Path) -> None:
    offices(SPOT, (WEST + 0.005, 32.05)).to_file(tmp_path / "a.gpkg")
    found = looked_at(root, tmp_path / "a.gpkg")
    assert found.taken()[0].good.num_rows == 1
    (wrong,) = [finding for finding in found.findings if finding.severity == "error"]
    assert (wrong.kind, wrong.rows) == ("location_nowhere", (3,)) and wrong.shown[0].endswith(" 4.4 km")
    assert deliveries_map.conditions(found, found.layers[0]).tolist() == ["good", "bad"]
    with speaking("zh"):
        assert "点位 2 个，坐标系 EPSG:4490" in deliveries_map.sentence(found.layers[0])
        assert "1 个不在任何邻里之内" in deliveries_map.sentence(found.layers[0])


def test_buildings_are_added_up_by_neighbourhood(root: Path, tmp_path: Path) -> None:
    box = shapely.box(*SPOT, SPOT[0] + 0.0001, SPOT[1] + 0.0001)
    rows = [{"户数": 30, "人口": 80, "集体户人口": 0}, {"户数": 12, "人口": 31, "集体户人口": 4}]
    gpd.GeoDataFrame(rows, geometry=[box, box], crs="EPSG:4490").to_file(tmp_path / "楼2021.gpkg")
    found = looked_at(root, tmp_path / "楼2021.gpkg")
    assert found.unread == [] and found.layers[0].kind == "buildings"
    (row,) = found.taken()[0].good.to_pylist()
    assert row == {
        "neighbourhood": tiny.A1, "year": 2021, "households": 42, "household_population": 111,
        "collective_population": 4,
    }  # fmt: skip


def boundaries() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": [tiny.A1]}, geometry=[shapely.box(WEST, 32, WEST + 0.01, 32.01)], crs="EPSG:4490")


def lines(**more: Any) -> gpd.GeoDataFrame:
    shape = shapely.LineString([SPOT, (WEST + 0.006, 32.006)])
    return gpd.GeoDataFrame({"class": ["primary"]}, geometry=[shape], crs="EPSG:4490").assign(**more)


REFUSED: dict[str, tuple[gpd.GeoDataFrame, str]] = {
    "gis_boundaries": (boundaries(), "划界工作台"),
    "gis_network": (lines(), "geo blocks"),
    "gis_far": (offices((100.0, 30.0)), "本区"),
    "gis_swapped": (offices((SPOT[1], SPOT[0])), "对调"),
    "gis_strays": (offices(SPOT, SPOT, (SPOT[1], SPOT[0]), 户数=3, 年份=2020), "改正或删去这些要素"),
    "gis_no_crs": (offices(SPOT).set_crs(None, allow_override=True), "EPSG:4490"),
    "gis_wrong_crs": (offices((500_000.0, 3_500_000.0)), "坐标系"),
    "gis_no_year": (offices(SPOT, 户数=3), "年份"),
}


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_a_record_is_told_where_to_go(root: Path, tmp_path: Path, kind: str) -> None:
    layer, next_step = REFUSED[kind]
    layer.to_file(tmp_path / "a.gpkg")
    before = loads.all_loads(root)
    found = looked_at(root, tmp_path / "a.gpkg")
    assert [each.kind for each in found.unread] == [kind]
    assert next_step in found.unread[0].next_step("zh") and found.unread[0].next_step("en")
    assert found.taken() == [] and loads.all_loads(root) == before
    assert bool(found.layers) is (kind in {"gis_boundaries", "gis_network"})


def test_a_broken_layer_is_said_and_a_table_beside_it_is_read(root: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.geojson").write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    values = dict(zip(EVENT_HEADERS, EVENT, strict=True)) | {"主办邻里": tiny.A1, "活动编号": "E9"}
    office.text_file(tmp_path / "in" / "b.csv", [EVENT_HEADERS, [values[header] for header in EVENT_HEADERS]])
    found = looked_at(root, tmp_path / "in")
    assert [each.kind for each in found.unread] == ["gis_unreadable"]
    assert [typed.table.name for typed in found.taken()] == ["event"]


def test_the_map_shows_each_condition_over_the_present_boundaries(extracts: Path, tmp_path: Path, root: Path) -> None:
    offices(SPOT, (WEST + 0.005, 32.05)).to_file(tmp_path / "a.gpkg")
    found = looked_at(root, tmp_path / "a.gpkg")
    with speaking("zh"):
        figure = deliveries_map.drawn(found.layers[0], deliveries_map.conditions(found, found.layers[0]), "light")
    named = [trace.name for trace in figure.data if trace.name]
    assert named == ["在邻里之内 1", "有错误 1"]
    assert len(figure.data[0].x) > 1000, "the outlines of the neighbourhoods"


@pytest.mark.parametrize("system", ["EPSG:4490", "EPSG:4549"])
@pytest.mark.parametrize("block", ["rows", "file"])
def test_single_shapes_that_are_astray_are_errors_of_their_rows(
    root: Path, tmp_path: Path, block: Block, system: str
) -> None:
    sound = offices(*[SPOT] * 9).to_crs(system)
    x, y = shapely.get_coordinates(sound.geometry.iloc[0])[0]
    astray = [shapely.Point(y, x), None, shapely.Point(float("nan"), 1.0), shapely.Point(0, 0)]
    layer = sound.set_geometry(
        [*sound.geometry[:2], astray[0], sound.geometry.iloc[3], *astray[1:], *sound.geometry[7:]], crs=system
    )
    layer.to_parquet(tmp_path / "a.parquet")
    found = looked_at(root, tmp_path / "a.parquet", block)
    assert found.unread == [] and found.layers[0].kind == "points"
    wrong = {each.kind: each.rows for each in found.findings if each.severity == "error"}
    assert wrong == {"shape_swapped": (4,), "shape_empty": (6,), "shape_lost": (7, 8)}
    (swapped,) = [each for each in found.findings if each.kind == "shape_swapped"]
    assert "#3 服务处2" in swapped.what("zh") and f"{y:.5f}" in swapped.what("en")
    assert [typed.good.num_rows for typed in found.taken()] == ([5] if block == "rows" else [])
    told = deliveries_map.conditions(found, found.layers[0]).tolist()
    assert told == ["good", "good", "bad", "good", "bad", "bad", "bad", "good", "good"]


def test_a_point_far_away_does_not_shrink_the_map(root: Path, tmp_path: Path) -> None:
    layer = offices(SPOT, SPOT, (0.0, 0.0))
    layer.to_file(tmp_path / "a.gpkg")
    found = looked_at(root, tmp_path / "a.gpkg")
    assert found.layers[0].shapes[2] is None and not found.layers[0].inside[2]
    with speaking("zh"):
        figure = deliveries_map.drawn(found.layers[0], deliveries_map.conditions(found, found.layers[0]), "light")
    west, east = figure.layout.xaxis.range
    assert WEST - 1 < west < east < WEST + 1, "what is astray does not shrink the map"


def test_a_load_that_keeps_a_reason_by_its_old_name_is_read() -> None:
    values = {"file": "a.gpkg", "count": "1", "names": "3"}
    kept = loads.LoadedFile("a.gpkg", 1, "", refused={"kind": "gis_swapped_some", "values": values})
    assert kept.refusal is not None and "a.gpkg" in kept.refusal.sentence("zh")
