"""Layers go out and come in unchanged in every format; encodings are told by their bytes; dangerous files refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import formats, formats_write, formats_zip, recognise
from geo.__main__ import main
from geo.formats_text import shapefile_encoding

ENDINGS = (".gpkg", ".geojson", ".shp", ".fgb", ".parquet")
NAMES = ["人民路", "濠河", "通甲路—中心村社区", "Müller-Straße", 'O\'Brien, "x"']


@pytest.fixture(scope="module")
def town() -> gpd.GeoDataFrame:
    """Five neighbouring areas with many vertices at odd places, Chinese attributes and a long field name."""
    rng = np.random.default_rng(7)
    shapes = [shapely.Point(120.86 + i / 50, 32.01).buffer(0.008 + rng.random() / 1e3, quad_segs=40) for i in range(5)]
    table = {"code": [f"32061300700100{i}" for i in range(5)], "名称": NAMES, "neighbourhood": NAMES}
    return gpd.GeoDataFrame({**table, "households": range(300, 305)}, geometry=shapes, crs="EPSG:4490")


def millimetres(there: gpd.GeoDataFrame, back: gpd.GeoDataFrame) -> float:
    """Greatest distance between vertices of two layers in one system, in millimetres (a degree taken as 111.32 km)."""
    gap = shapely.get_coordinates(shapely.normalize(there.geometry.to_numpy()))
    gap = gap - shapely.get_coordinates(shapely.normalize(back.geometry.to_numpy()))
    return float(np.abs(gap).max()) * (111.32e6 if there.crs.is_geographic else 1000)


@pytest.mark.parametrize("to", ["EPSG:4490", "EPSG:4549", "EPSG:3857"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_gdal_opens_again_what_was_written(ending: str, to: str, town: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / f"街区{ending}"
    renamed = formats_write.write(town, path, to=to)
    back = gpd.read_parquet(path) if ending == ".parquet" else gpd.read_file(path)
    back = back.rename(columns={new: old for old, new in renamed.items()}).sort_values("code", ignore_index=True)
    assert back.crs.to_epsg() == int(to[5:])
    assert millimetres(town.to_crs(to), back) < 1.0
    assert back["名称"].tolist() == NAMES
    assert back["neighbourhood"].tolist() == NAMES
    assert back["households"].tolist() == list(range(300, 305))
    assert bool(renamed) is (ending == ".shp")


def test_a_shapefile_says_its_encoding_and_lists_the_fields_it_renamed(town: gpd.GeoDataFrame, tmp_path: Path) -> None:
    assert formats_write.write(town, tmp_path / "a.shp") == {"neighbourhood": "neighbourh"}
    assert (tmp_path / "a.cpg").read_text().strip() == "UTF-8"
    assert (tmp_path / "a.fields.csv").read_text("utf-8-sig").splitlines() == ["field,name", "neighbourh,neighbourhood"]


@given(st.lists(st.text("abc_户数家庭名称", min_size=1, max_size=16), unique_by=str.upper, max_size=40))
@settings(max_examples=100, deadline=None)
def test_short_field_names_fit_and_differ(names: list[str]) -> None:
    short = formats_write.field_names(names)
    assert all(len(name.encode()) <= 10 for name in short.values())
    assert len({name.upper() for name in short.values()}) == len(names)
    assert all(short[name] == name for name in names if len(name.encode()) <= 10)


def test_a_text_too_long_for_a_shapefile_is_not_cut_in_silence(town: gpd.GeoDataFrame, tmp_path: Path) -> None:
    with pytest.raises(formats.TableError, match="at most 254 bytes, and 名称 has one of 300"):
        formats_write.write(town.assign(名称="邻" * 100), tmp_path / "a.shp")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_copy_in_gcj02_is_marked_and_found_again(ending: str, town: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / f"copy{ending}"
    formats_write.write(town, path, gcj02=True)
    copy = formats.read(path)
    assert copy["datum"].str.startswith("GCJ-02").all()
    if ending != ".geojson":  # which has no place for a system of its own
        assert "GCJ-02" in copy.crs.name
        assert copy.crs.to_epsg() is None
    assert millimetres(town, copy.set_crs(4490, allow_override=True).sort_values("code")) > 100_000
    settled = recognise.settle(copy, "The copy")
    assert settled.system == "GCJ-02"
    assert millimetres(town, settled.layer.sort_values("code")) < 1.0


def test_the_copy_is_written_by_the_command(town: gpd.GeoDataFrame, tmp_path: Path) -> None:
    town.to_file(tmp_path / "in.gpkg")
    assert main(["convert", str(tmp_path / "in.gpkg"), str(tmp_path / "out.shp"), "--gcj02"]) == 0
    assert "GCJ-02" in formats.read(tmp_path / "out.shp").crs.name
    assert main(["convert", str(tmp_path / "in.gpkg"), str(tmp_path / "out.fgb"), "--to", "EPSG:4549"]) == 0
    assert formats.read(tmp_path / "out.fgb").crs.to_epsg() == 4549


@pytest.mark.parametrize("to", ["EPSG:99999", "nonsense"])
def test_a_system_that_is_none_is_refused(
    to: str, town: gpd.GeoDataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.to_file(tmp_path / "in.gpkg")
    assert main(["convert", str(tmp_path / "in.gpkg"), str(tmp_path / "out.gpkg"), "--to", to]) == 1
    assert f"{to} is no coordinate system" in capsys.readouterr().err


def shapefile(folder: Path, names: list[str], encoding: str, cpg: str | None) -> Path:
    """A Shapefile with a text field in an encoding and a .cpg that may say something else, or nothing."""
    layer = gpd.GeoDataFrame({"name": names}, geometry=[shapely.Point(i, 0) for i in range(len(names))], crs=4490)
    path = folder / "roads.shp"
    layer.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    raw = bytearray(path.with_suffix(".dbf").read_bytes())
    raw[29] = 0  # the language byte, which many programs leave empty
    path.with_suffix(".dbf").write_bytes(raw)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


@pytest.mark.parametrize("cpg", [None, "UTF-8", "GBK", "936", "nonsense"])
@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_chinese_text_of_a_shapefile_is_read_whatever_its_cpg_says(
    encoding: str, cpg: str | None, tmp_path: Path
) -> None:
    names = ["人民路", "濠河", "青年中路", "Road 5", "通甲路（在建）"]
    path = shapefile(tmp_path, names, encoding, cpg)
    if encoding == "UTF-8" and cpg in {"GBK", "936"} and shapefile_encoding(path) == "GB18030":
        return  # these bytes are text in both, and the file itself says GBK
    assert formats.read(path)["name"].tolist() == names


def test_western_letters_are_not_taken_for_chinese(tmp_path: Path) -> None:
    names = ["Müllerstraße", "Żółta".replace("Ż", "Z").replace("ł", "l"), "Søndre gate", "Rue de l'Évêché"]
    assert formats.read(shapefile(tmp_path, names, "CP1252", None))["name"].tolist() == names


def test_a_name_cut_in_the_middle_of_a_character_is_still_told(tmp_path: Path) -> None:
    path = shapefile(tmp_path, ["中" * 100], "UTF-8", None)
    raw = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(raw[:-2] + b" " + raw[-1:])
    assert shapefile_encoding(path) == "UTF-8"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_zipped_shapefile_is_read(town: gpd.GeoDataFrame, tmp_path: Path) -> None:
    town.drop(columns="neighbourhood").to_file(tmp_path / "t.shp", encoding="GB18030")
    parts = {f"图层/街区{p.suffix}": p.read_bytes() for p in sorted(tmp_path.glob("t.*"))}
    back = formats.read(zipped(tmp_path / "t.zip", parts))
    assert back["名称"].tolist()[:3] == NAMES[:3]
    assert millimetres(town, back) < 1.0


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a.shp": bytes(60 << 20)}, "more than|over 200 times its size, as only a zip bomb does"),
        ({"../../outside.shp": b"x"}, "leads out of its folder"),
        ({"/etc/outside.shp": b"x"}, "leads out of its folder"),
        ({"C:\\outside.shp": b"x"}, "leads out of its folder"),
        ({f"{i}.shp": b"x" for i in range(300)}, "it holds 300 files"),
        ({"a.gpkg": b"x", "b.gpkg": b"x"}, "must hold exactly one layer, this one holds 2"),
        ({"readme.txt": b"x"}, "this one holds 0"),
        ({"a.zip": b"PK"}, "this one holds 0"),
    ],
)
def test_dangerous_archives_are_refused(files: dict[str, bytes], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(formats.TableError, match=sentence):
        formats.read(zipped(tmp_path / "x.zip", files))
    assert not (tmp_path.parent / "outside.shp").exists()


def test_an_archive_that_lies_about_its_size_is_stopped_while_unpacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "x.zip", {"a.shp": np.random.default_rng(0).bytes(3 << 20)})
    monkeypatch.setattr(formats_zip, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(formats_zip, "check_entries", lambda entries: None)
    with pytest.raises(formats.TableError, match="unpacks to more than 1 GiB"):
        formats.read(path)


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(formats.TableError, match="not a readable zip file"):
        formats.read(tmp_path / "x.zip")


VRT = """<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson", ".fgb", ".osm", ".pbf", ".vrt", ".parquet", ""])
def test_a_file_that_only_points_to_other_files_is_never_followed(
    ending: str, town: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    town.to_file(tmp_path / "secret.gpkg")
    (tmp_path / f"x{ending}").write_text(VRT.format(tmp_path / "secret.gpkg"))
    with pytest.raises(formats.TableError, match=r"does not begin as|are not read here"):
        formats.read(tmp_path / f"x{ending}")


def test_several_layers_ask_for_one_by_name(town: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    town.to_file(path, layer="areas")
    town.set_geometry(town.geometry.boundary).to_file(path, layer="lines")
    with pytest.raises(formats.TableError, match=r"several layers \(areas, lines\).*two.gpkg#areas"):
        formats.read(path)
    assert set(formats.read(path.with_name("two.gpkg#lines")).geom_type) == {"LineString"}
    with pytest.raises(formats.TableError, match="no layer rivers, only areas, lines"):
        formats.read(path.with_name("two.gpkg#rivers"))


def test_layers_in_two_systems_are_refused(town: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    town.to_file(path, layer="areas")
    town.to_crs(4549).to_file(path, layer="others")
    with pytest.raises(formats.TableError, match=r"different coordinate systems \(EPSG:4490, EPSG:4549\)"):
        formats.read_all(path)


def test_rows_of_degrees_among_rows_of_metres_are_refused(tmp_path: Path) -> None:
    lines = [shapely.LineString([(120.8, 32), (120.9, 32.1)]), shapely.LineString([(58e4, 354e4), (59e4, 355e4)])]
    gpd.GeoDataFrame(geometry=lines, crs=4549).to_file(tmp_path / "mixed.gpkg")
    with pytest.raises(formats.TableError, match="1 of its rows look like degrees and 1 like metres"):
        formats.read(tmp_path / "mixed.gpkg")


def test_three_million_vertices_get_a_sentence(tmp_path: Path) -> None:
    angle = np.linspace(0, 500, 3_000_000)
    spiral = shapely.LineString(
        np.column_stack([120.8 + angle / 1e4 * np.cos(angle), 32 + angle / 1e4 * np.sin(angle)])
    )
    gpd.GeoDataFrame(geometry=[spiral], crs=4490).to_parquet(tmp_path / "big.parquet")
    with pytest.raises(formats.TableError, match="3,000,000 vertices, more than the 2,000,000"):
        formats.read(tmp_path / "big.parquet")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "does not begin as"),
        ("{}", "cannot be read as a layer"),
        ('{"type": "FeatureCollection", "features": []}', "no shapes in it"),
        (json.dumps({"type": "Feature", "properties": {}, "geometry": None}), "no shape"),
        (
            '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [NaN, 1]}}',
            "not numbers|no shape|cannot be read",
        ),
        ("[" * 100_000, "cannot be read as a layer"),
    ],
)  # fmt: skip
def test_hostile_geojson_gets_a_sentence(content: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "x.geojson").write_text(content)
    with pytest.raises(formats.TableError, match=sentence):
        formats.read(tmp_path / "x.geojson")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".gpkg", ".shp", ".fgb", ".parquet", ".geojson", ".pbf", ".zip"]))
def test_any_bytes_get_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str) -> None:
    start = formats.BEGINNINGS.get(ending, b"{" if ending == ".geojson" else b"OSMHeader")
    path = tmp_path_factory.mktemp("bytes") / f"x{ending}"
    path.write_bytes(start + content)
    with pytest.raises(formats.TableError, match=r"^The file x.*\. [A-Z]"):
        formats.read(path)
