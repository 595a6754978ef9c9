"""What a user brings to the command: local schemes, shifted maps, households by storeys, and hostile files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from geo import datums, tables
from geo.__main__ import main
from geo.formats import TableError
from geo.network_classes import read_mapping

WEST, SOUTH = 581_000.0, 3_542_000.0


def streets() -> gpd.GeoDataFrame:
    """A grid of streets 200 m apart on 1 km², clipped to it, with local words for their classes."""
    lines = [LineString([(WEST + i, SOUTH), (WEST + i, SOUTH + 1000)]) for i in range(200, 1000, 200)]
    lines += [LineString([(WEST, SOUTH + i), (WEST + 1000, SOUTH + i)]) for i in range(200, 1000, 200)]
    kinds = ["主干路", "支路", "支路", "河道"] * 2
    names = [f"{k}{i}号" for i, k in enumerate(kinds)]
    return gpd.GeoDataFrame({"DLDJ": kinds, "MC": names, "SFQL": "否"}, geometry=lines, crs=4549)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """outline.gpkg and streets.gpkg in a folder."""
    outline = gpd.GeoDataFrame(geometry=[box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)], crs=4549)
    outline.to_file(tmp_path / "outline.gpkg")
    streets().to_file(tmp_path / "streets.gpkg")
    return tmp_path


def arguments(place: Path, *more: str | Path, network: str | Path = "streets.gpkg") -> list[str]:
    fixed = ["blocks", "--network", place / network, "--outline", place / "outline.gpkg", "--out", place / "b.parquet"]
    return [str(word) for word in (*fixed, *more)]


def refused(capsys: pytest.CaptureFixture[str], words: list[str]) -> str:
    assert main(words) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "Traceback" not in output.err
    return output.err


def printed(capsys: pytest.CaptureFixture[str], words: list[str]) -> tuple[dict[str, Any], str]:
    assert main([*words, "--json"]) == 0, capsys.readouterr().err
    output = capsys.readouterr()
    return json.loads(output.out), output.err


MAPPING = """
column = "DLDJ"
name = "MC"
[classes]
arterial = ["快速路", "主干路"]
minor = ["支路"]
river = ["河道"]
[bridge]
column = "SFQL"
values = ["是"]
"""


def test_a_local_scheme_is_read_by_its_mapping(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "classes.toml").write_text(MAPPING, "utf-8")
    result, _ = printed(capsys, arguments(place, "--classes", place / "classes.toml"))
    assert result["blocks"] == 25
    edges = tables.read_blocks(place / "b.parquet")[1]
    inner = edges[edges["right"] >= 0]
    assert inner.groupby("barrier")["length_m"].sum().round().to_dict() == {
        "river": 2000,
        "arterial": 2000,
        "road": 4000,
    }
    assert set(inner.loc[inner["barrier"] == "river", "name"]) == {"河道3号", "河道7号"}
    assert not inner.loc[inner["barrier"] == "river", "contact"].any()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("column = 'KIND'\n[classes]\nminor = ['支路']", "there is no column KIND"),
        ("column = 'DLDJ'\n[classes]\nmotorway = ['支路']", "there is no class motorway.*arterial"),
        ("column = 'DLDJ'", "no mapping of classes"),
        ("column = ", "no mapping of classes"),
        ("column = 'DLDJ'\n[classes]\nminor = ['胡同']", "nothing in it is a road"),
    ],
)
def test_a_wrong_mapping_gets_a_sentence(
    content: str, sentence: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "classes.toml").write_text(content, "utf-8")
    assert (
        pd.Series(refused(capsys, arguments(place, "--classes", place / "classes.toml"))).str.contains(sentence).all()
    )


def test_a_missing_mapping_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="does not exist"):
        read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_a_map_from_the_web_gives_the_same_blocks(system: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, arguments(place))
    plain = tables.read_layer(place / "b.parquet")
    there = datums.moved(streets().to_crs(4490), datums.SHIFTS[system], "EPSG:4326")
    there.to_parquet(place / "web.parquet")
    _, notes = printed(capsys, arguments(place, network="web.parquet"))
    assert f"The file web.parquet is in {system}; it was converted." in notes
    again = tables.read_layer(place / "b.parquet")
    assert shapely.hausdorff_distance(plain.geometry.to_numpy(), again.geometry.to_numpy()).max() < 0.02


def test_households_come_from_storeys_and_footprint_and_that_is_said(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corners = [(WEST + 50, SOUTH + 50), (WEST + 90, SOUTH + 50), (WEST + 50, SOUTH + 90), (WEST + 450, SOUTH + 50)]
    houses = gpd.GeoDataFrame(
        {"building": ["apartments", "yes", "church", "house"], "building:levels": ["6", None, "3", "2;3"]},
        geometry=[box(x, y, x + 20, y + 10) for x, y in corners], crs=4549,
    )  # fmt: skip
    houses.to_file(place / "houses.gpkg")
    _, notes = printed(capsys, arguments(place, "--buildings", place / "houses.gpkg"))
    assert "Households of 3 buildings are estimates: one for 100 m² of floor." in notes
    assert "1 buildings say no storeys; 4 are assumed." in notes
    blocks = tables.read_layer(place / "b.parquet")
    assert blocks["households"].sum() == 12 + 8 + 4
    assert blocks["buildings"].sum() == 3
    bare = houses[["geometry"]]
    bare.to_file(place / "bare.gpkg")
    assert "no column storeys. Add it" in refused(capsys, arguments(place, "--buildings", place / "bare.gpkg"))
    _, notes = printed(capsys, arguments(place, "--buildings", place / "bare.gpkg", "--storeys", "5"))
    assert "4 buildings say no storeys; 5 are assumed." in notes


def save(layer: gpd.GeoDataFrame) -> Any:
    return lambda path: layer.to_parquet(path)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("roads.shp", bytes(40 << 20))


def many_vertices() -> gpd.GeoDataFrame:
    angle = np.linspace(0, 300, 3_000_000)
    xy = np.column_stack([WEST + 500 + angle * np.cos(angle), SOUTH + 500 + angle * np.sin(angle)])
    return gpd.GeoDataFrame(geometry=[LineString(xy)], crs=4549)


def lines_of(*coordinates: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    shapes = [LineString([(WEST + x, SOUTH + y) for x, y in line]) for line in coordinates]
    return gpd.GeoDataFrame(geometry=shapes, crs=4549)


@pytest.mark.parametrize(
    ("write", "name", "sentence"),
    [
        (save(streets().iloc[:0]), "x.parquet", "no shapes in it"),
        (save(gpd.GeoDataFrame(geometry=[Point(float("nan"), 1.0)], crs=4549)), "x.parquet", "not numbers|no shape"),
        (save(lines_of([(float("inf"), 0), (0, 1)])), "x.parquet", "not numbers"),
        (save(many_vertices()), "x.parquet", "3,000,000 vertices, more than"),
        (save(lines_of([(100, 100), (400, 100)], [(500, 500), (900, 700)])), "x.parquet", "2 lines enclose nothing"),
        (save(streets().set_crs(None, allow_override=True)), "x.parquet", "has no coordinate system.*metres"),
        (bomb, "x.zip", "zip bomb"),
        (lambda path: path.write_bytes(b""), "x.gpkg", "does not begin as"),
        (lambda path: path.mkdir(), "x.gpkg", "cannot be read"),
    ],
    ids=["empty", "nan", "infinite", "vertices", "encloses nothing", "no system", "bomb", "no bytes", "folder"],
)  # fmt: skip
def test_hostile_networks_get_a_sentence(
    write: Any, name: str, sentence: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(place / name)
    error = refused(capsys, arguments(place, network=name))
    assert pd.Series(error).str.contains(sentence).all(), error


def test_self_crossing_and_doubled_lines_cut_as_they_lie(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    eight = lines_of([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    pd.concat([streets(), streets(), eight]).to_parquet(place / "x.parquet")
    result, notes = printed(capsys, arguments(place, network="x.parquet"))
    assert (result["gap_m2"], result["overlap_m2"], result["invalid"]) == (0.0, 0.0, 0)
    assert "8 lines drawn twice kept once" in notes


def test_a_self_crossing_outline_and_one_of_nothing_are_refused(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bow = Polygon([(WEST, SOUTH), (WEST + 900, SOUTH + 900), (WEST + 900, SOUTH), (WEST, SOUTH + 900)])
    gpd.GeoDataFrame(geometry=[bow], crs=4549).to_file(place / "outline.gpkg")
    assert "its outline crosses itself" in refused(capsys, arguments(place))
    gpd.GeoDataFrame(geometry=[Point(WEST, SOUTH)], crs=4549).to_file(place / "outline.gpkg")
    assert "it holds no area" in refused(capsys, arguments(place))


def test_blocks_that_cross_themselves_are_not_divided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bow = Polygon([(WEST, SOUTH), (WEST + 100, SOUTH + 100), (WEST + 100, SOUTH), (WEST, SOUTH + 100)])
    gpd.GeoDataFrame({"households": [300]}, geometry=[bow], crs=4549).to_parquet(tmp_path / "b.parquet")
    assert "1 of them cross themselves" in refused(capsys, ["propose", "--blocks", str(tmp_path / "b.parquet")])


def test_compounds_and_landmarks_are_kept_whole(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A walled compound in one block becomes a block; a landmark across a street ties the blocks on both sides."""
    estates = [
        box(WEST + 30, SOUTH + 30, WEST + 130, SOUTH + 150),
        box(WEST + 230, SOUTH + 30, WEST + 330, SOUTH + 150),
    ]
    gpd.GeoDataFrame({"name": ["晨光苑", None]}, geometry=estates, crs=4549).to_file(place / "estates.shp")
    marks = [box(WEST + 770, SOUTH + 700, WEST + 830, SOUTH + 730), Point(WEST + 500, SOUTH + 500)]
    gpd.GeoDataFrame({"名称": ["狼山", "钟楼"]}, geometry=marks, crs=4549).to_parquet(place / "marks.parquet")
    result, _ = printed(capsys, arguments(place, "--compounds", place / "estates.shp",
                                          "--landmarks", place / "marks.parquet"))  # fmt: skip
    assert result["blocks"] == 27
    blocks, edges = tables.read_blocks(place / "b.parquet")
    assert sorted(blocks["compound"].dropna()) == ["estates-2", "晨光苑"]
    assert blocks.loc[blocks["compound"] == "晨光苑"].area.item() == pytest.approx(12_000)
    assert blocks["landmark"].value_counts().to_dict() == {"狼山": 2, "钟楼": 1}
    assert edges.loc[edges["barrier"] == "wall", "length_m"].sum() == pytest.approx(880)


def test_communities_bring_their_kind(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    halves = [box(WEST, SOUTH, WEST + 400, SOUTH + 1000), box(WEST + 400, SOUTH, WEST + 1000, SOUTH + 1000)]
    table = {"code": ["320613001001", "320613001002"], "kind": ["rural", None]}
    gpd.GeoDataFrame(table, geometry=halves, crs=4549).to_crs(3857).to_file(place / "communities.fgb")
    result, _ = printed(capsys, arguments(place, "--communities", place / "communities.fgb"))
    assert result["communities"] == 2
    blocks = tables.read_layer(place / "b.parquet")
    assert blocks.groupby(["community", "kind"]).size().to_dict() == {
        ("320613001001", "rural"): 10,
        ("320613001002", "urban"): 15,
    }
