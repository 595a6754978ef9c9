"""`python -m geo`: golden numbers on a tiny town, files in and out, and a sentence for every kind of bad input."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from geo import tables
from geo.__main__ import main
from geo.zoning import neighbourhoods
from tests.geo_places import SOUTH, WEST, grid_blocks, grid_edges

COMMUNITY = "320602001001"
KEYS = [
    "blocks", "neighbourhoods", "communities", "subdistricts", "area_km2", "invalid", "gap_m2", "overlap_m2",
    "non_contiguous", "not_nested", "within_20", "within_12", "polsby_popper_mean", "polsby_popper_min",
    "barrier_following", "severance_km", "buildings_3_10", "compounds_whole", "village_groups_kept", "border_by_class",
    "infeasible", "moved_share", "seconds", "both_banks",
]  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """blocks.parquet (4 × 4 blocks of 75 households) with its edges beside it."""
    blocks = grid_blocks(4, 4, households=75)
    edges = grid_edges(blocks, 4, 4)
    edges.loc[(edges["left"] % 4 == 1) & (edges["right"] == edges["left"] + 1), "barrier"] = "arterial"
    tables.write_layer(blocks, tmp_path / "town.parquet")
    tables.write_layer(edges, tables.edges_file(tmp_path / "town.parquet"))
    return tmp_path / "town.parquet"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, object]:
    assert main([*map(str, arguments), "--json"]) == 0
    result: dict[str, object] = json.loads(capsys.readouterr().out)
    assert list(result) == KEYS
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main([*map(str, arguments)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "Traceback" not in output.err
    return output.err


def test_propose_then_check_the_file_it_wrote(town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "proposal.gpkg"
    proposed = printed(capsys, "propose", "--blocks", town, "--seed", "1", "--out", out)
    assert proposed["neighbourhoods"] == 4
    assert proposed["within_12"] == 1.0
    assert proposed["barrier_following"] == 1.0
    assert proposed["border_by_class"] == {"river": 0.0, "arterial": 0.5, "road": 0.5, "lane": 0.0, "wall": 0.0,
                                           "landmark": 0.0, "rail": 0.0, "none": 0.0}  # fmt: skip
    assert proposed["infeasible"] == []
    assert proposed["moved_share"] is None
    layer = gpd.read_file(out)
    assert list(layer.columns) == ["code", "community", "kind", "target", "households", "buildings", "geometry"]
    assert layer.crs.to_epsg() == 4490
    checked = printed(capsys, "check", out, "--blocks", town)
    for key in KEYS:
        if key not in {"seconds", "infeasible", "compounds_whole", "village_groups_kept"}:
            assert checked[key] == proposed[key], key


def test_check_of_a_file_alone_leaves_null_what_needs_blocks(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["propose", "--blocks", str(town), "--out", str(tmp_path / "out.geojson")])
    capsys.readouterr()
    checked = printed(capsys, "check", tmp_path / "out.geojson")
    assert checked["neighbourhoods"] == 4
    assert checked["blocks"] is None
    assert checked["barrier_following"] is None


def test_an_edition_read_back_as_current_does_not_move(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "current.parquet"
    printed(capsys, "propose", "--blocks", town, "--out", out)
    assert printed(capsys, "propose", "--blocks", town, "--current", out, "--seed", "7")["moved_share"] == 0.0


def test_locked_neighbourhoods_stay_whatever_the_target(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.gpkg", tmp_path / "second.gpkg"
    printed(capsys, "propose", "--blocks", town, "--out", first)
    kept = f"{COMMUNITY}001"
    arguments = ("propose", "--blocks", town, "--current", first, "--target", "150", "--out", second, "--locked")
    printed(capsys, *arguments, kept)
    before, after = (gpd.read_file(path).set_index("code").geometry for path in (first, second))
    assert after[kept].equals_exact(before[kept], 1e-9) or after[kept].equals(before[kept])
    assert len(after) > len(before)
    assert "is locked but not in the current edition" in refused(capsys, *arguments, "320602001001999")


def test_a_smaller_target_gives_more_neighbourhoods(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "propose", "--blocks", town, "--target", "150")["neighbourhoods"] == 8


def test_buildings_give_the_blocks_their_households(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = grid_blocks(4, 4)
    houses = gpd.GeoDataFrame(
        {"households": 50}, index=range(32), geometry=[*blocks.centroid, *blocks.centroid], crs=4549
    )
    houses.to_file(tmp_path / "houses.gpkg")
    out = tmp_path / "out.parquet"
    printed(capsys, "propose", "--blocks", town, "--buildings", tmp_path / "houses.gpkg", "--out", out)
    layer = gpd.read_parquet(out)
    assert layer["households"].sum() == 1600
    assert layer["buildings"].sum() == 32


def test_bare_polygons_can_be_divided_without_edges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = grid_blocks(4, 4, households=75)[["households", "geometry"]]
    blocks.to_file(tmp_path / "bare.shp")
    result = printed(capsys, "propose", "--blocks", tmp_path / "bare.shp")
    assert result["neighbourhoods"] == 4
    assert result["non_contiguous"] == 0
    assert result["barrier_following"] is None
    assert result["buildings_3_10"] is None


def published(folder: Path) -> None:
    """A built edition of one community with two neighbourhoods, as the build writes it."""
    blocks = grid_blocks(4, 2, households=75)
    blocks["neighbourhood"] = [f"{COMMUNITY}00{1 + i % 4 // 2}" for i in range(8)]
    layer = neighbourhoods(blocks, blocks.set_index("block_id")["neighbourhood"])
    whole = blocks.union_all()
    boundaries = pd.concat([
        layer[["code", "geometry"]].assign(level="neighbourhood"),
        gpd.GeoDataFrame({"code": [COMMUNITY], "level": "community"}, geometry=[whole], crs=blocks.crs),
        gpd.GeoDataFrame({"code": ["320602"], "level": "district"}, geometry=[whole], crs=blocks.crs),
    ])  # fmt: skip
    version = folder / "extracts" / "v1"
    version.mkdir(parents=True)
    for name, table in (("blocks", blocks), ("edges", grid_edges(blocks, 4, 2)), ("boundaries", boundaries)):
        tables.write_layer(table, version / f"{name}.parquet")
    (folder / "extracts" / "manifest.json").write_text(json.dumps({"version": "v1"}))


def test_check_without_a_file_reads_the_published_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published(tmp_path)
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    result = printed(capsys, "check")
    assert (result["neighbourhoods"], result["blocks"], result["communities"]) == (2, 8, 1)
    assert (result["invalid"], result["gap_m2"], result["overlap_m2"], result["not_nested"]) == (0, 0.0, 0.0, 0)
    assert result["within_20"] == 1.0
    assert printed(capsys, "propose")["neighbourhoods"] == 2


def test_check_for_a_reader_names_what_is_wrong(town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["propose", "--blocks", str(town), "--out", str(tmp_path / "out.parquet")])
    layer = gpd.read_parquet(tmp_path / "out.parquet")
    layer.loc[0, "community"] = "320602001009"
    layer.to_parquet(tmp_path / "out.parquet")
    capsys.readouterr()
    assert main(["check", str(tmp_path / "out.parquet")]) == 0
    text = capsys.readouterr().out
    assert f"not_nested: {COMMUNITY}001" in text
    assert "None" not in text


def test_blocks_are_cut_from_osm_tags_and_buildings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outline = gpd.GeoDataFrame(geometry=[box(WEST, SOUTH, WEST + 400, SOUTH + 300)], crs=4549)
    outline.to_file(tmp_path / "outline.geojson")
    roads = gpd.GeoDataFrame({
        "highway": ["primary", "footway", None],
        "waterway": [None, None, "river"],
        "name": ["人民路", None, "濠河"],
        "geometry": [LineString([(WEST + 200, SOUTH - 50), (WEST + 200, SOUTH + 350)]),
                     LineString([(WEST + 100, SOUTH - 50), (WEST + 100, SOUTH + 350)]),
                     LineString([(WEST - 50, SOUTH + 150), (WEST + 450, SOUTH + 150)])],
    }, crs=4549)  # fmt: skip
    roads.to_file(tmp_path / "roads.gpkg")
    halves = [box(WEST, SOUTH, WEST + 195, SOUTH + 300), box(WEST + 195, SOUTH, WEST + 400, SOUTH + 300)]
    communities = gpd.GeoDataFrame({"code": ["320602001001", "320602001002"]}, geometry=halves, crs=4549)
    communities.to_file(tmp_path / "communities.gpkg")
    houses = gpd.GeoDataFrame({"households": [100, 100, 20]}, crs=4549, geometry=[
        Point(WEST + 50, SOUTH + 75), Point(WEST + 150, SOUTH + 75), Point(WEST + 300, SOUTH + 75)])  # fmt: skip
    houses.to_file(tmp_path / "houses.gpkg")
    out = tmp_path / "blocks.parquet"
    result = printed(capsys, "blocks", "--network", tmp_path / "roads.gpkg", "--outline", tmp_path / "outline.geojson",
                     "--communities", tmp_path / "communities.gpkg", "--buildings", tmp_path / "houses.gpkg",
                     "--out", out)  # fmt: skip
    assert (result["blocks"], result["communities"], result["area_km2"]) == (5, 2, 0.12)
    assert (result["gap_m2"], result["overlap_m2"], result["invalid"]) == (0.0, 0.0, 0)
    blocks, edges = tables.read_blocks(out)
    assert sorted(blocks["households"]) == [0, 0, 20, 100, 100]  # the one with 200 is split between its buildings
    assert blocks.groupby("community").geometry.apply(lambda rows: rows.area.sum()).round().tolist() == [60000, 60000]
    river = edges[edges["name"] == "濠河"]
    assert river["length_m"].sum() == pytest.approx(400)
    assert not river["contact"].any()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda layer: layer.drop(columns="code"), "there is no column code"),
        (lambda layer: layer.iloc[:0], "it has no shapes in it"),
        (lambda layer: layer.set_crs(None, allow_override=True), "has no coordinate system"),
        (lambda layer: layer.assign(geometry=[None] * len(layer)).set_crs(4490), "some of its rows have no shape"),
        (
            lambda layer: layer.assign(geometry=[Point(float("nan"), 0)] * len(layer)).set_crs(4490),
            "no shape|not numbers",
        ),
    ],
)
def test_a_spoilt_file_gets_a_sentence(
    spoil: object, sentence: str, town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["propose", "--blocks", str(town), "--out", str(tmp_path / "out.parquet")])
    layer = gpd.read_parquet(tmp_path / "out.parquet")
    spoil(layer).to_parquet(tmp_path / "bad.parquet")  # type: ignore[operator]
    capsys.readouterr()
    error = refused(capsys, "check", tmp_path / "bad.parquet")
    assert re.search(sentence, error)
    assert "bad.parquet" in error


def test_files_that_are_none_get_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.gpkg").write_text("this is no GeoPackage")
    (tmp_path / "empty.parquet").write_bytes(b"")
    assert "it cannot be read as a layer" in refused(capsys, "check", tmp_path / "text.gpkg")
    assert "it cannot be read as a layer" in refused(capsys, "check", tmp_path / "empty.parquet")
    assert "nowhere.shp: it does not exist" in refused(capsys, "check", tmp_path / "nowhere.shp")


def test_blocks_without_households_ask_for_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grid_blocks(2, 2)[["block_id", "geometry"]].to_parquet(tmp_path / "b.parquet")
    assert "there is no column households" in refused(capsys, "propose", "--blocks", tmp_path / "b.parquet")


def test_a_self_crossing_neighbourhood_is_counted_not_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bow = Polygon([(WEST, SOUTH), (WEST + 100, SOUTH + 100), (WEST + 100, SOUTH), (WEST, SOUTH + 100)])
    columns = {"code": [f"{COMMUNITY}001"], "community": [COMMUNITY], "kind": ["urban"], "target": [300]}
    layer = gpd.GeoDataFrame({**columns, "households": [300], "buildings": [5]}, geometry=[bow], crs=4549)
    layer.to_parquet(tmp_path / "bow.parquet")
    assert printed(capsys, "check", tmp_path / "bow.parquet")["invalid"] == 1


def test_a_network_elsewhere_and_one_that_encloses_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outline = gpd.GeoDataFrame(geometry=[box(WEST, SOUTH, WEST + 400, SOUTH + 300)], crs=4549)
    outline.to_file(tmp_path / "outline.gpkg")
    far = LineString([(WEST + 9000, SOUTH), (WEST + 9900, SOUTH)])
    gpd.GeoDataFrame(geometry=[far], crs=4549).to_file(tmp_path / "far.gpkg")
    arguments = ["--outline", str(tmp_path / "outline.gpkg"), "--out", str(tmp_path / "b.parquet")]
    error = refused(capsys, "blocks", "--network", tmp_path / "far.gpkg", *arguments)
    assert "none of its lines is inside the outline" in error
    points = gpd.GeoDataFrame(geometry=[Point(WEST, SOUTH)], crs=4549)
    points.to_file(tmp_path / "points.gpkg")
    assert "it holds no area" in refused(
        capsys,
        "blocks",
        "--network",
        tmp_path / "far.gpkg",
        "--outline",
        tmp_path / "points.gpkg",
        "--out",
        "b.parquet",
    )


def test_the_command_itself_exits_with_1_and_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "LINLI_DATA": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-m", "geo", "check", "--json"], capture_output=True, text=True, env=environment, check=False,
        cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("The published edition: there is none to read")
