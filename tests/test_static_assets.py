"""static/ is complete before its manifest names it, speaks to nobody outside, and holds published geometry only."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas as gpd
import pytest

from data.static_assets import (
    MANIFEST,
    EditionMapMissing,
    MapNotDrawableError,
    StaticMissingError,
    StaticUnreadableError,
    build_static,
    read_static,
    static_of,
)
from tests.map_place import CODES, make_areas, write_extracts


@pytest.fixture
def extracts_of_place(tmp_path: Path) -> Path:
    return write_extracts(tmp_path / "extracts")


@pytest.fixture
def static(extracts_of_place: Path, tmp_path: Path) -> Path:
    build_static(extracts_of_place, tmp_path / "static")
    return tmp_path / "static"


def names(static: Path) -> set[str]:
    return {path.name for path in static.iterdir()}


def move_a_border(extracts: Path, by: float) -> None:
    areas = make_areas()
    areas["geometry"] = areas.geometry.translate(xoff=by)
    areas.to_parquet(extracts / "boundaries.parquet")


def test_every_file_carries_its_content_hash(static: Path) -> None:
    assets = read_static(static)
    assert names(static) - {MANIFEST} == set(json.loads((static / MANIFEST).read_bytes())["files"])
    assert all(re.search(r"-[0-9a-f]{12}\.(js|css|png|txt)$", name) for name in names(static) - {MANIFEST})
    assert [name.rsplit("-", 1)[0] for name in assets.scripts] == ["leaflet", "linli-map", "geometry"]
    assert assets.order["neighbourhood"] == tuple(sorted(CODES))


def test_leaflet_brings_its_licence_and_its_pictures(static: Path) -> None:
    licence = next(static.glob("leaflet-license-*.txt")).read_text()
    assert "Agafonkin" in licence
    assert "Redistribution and use" in licence
    style = next(static.glob("leaflet-style-*.css")).read_text()
    pictures = re.findall(r"url\(([^#)]+)\)", style)
    assert len(pictures) == 3
    assert set(pictures) <= names(static)


def test_nothing_points_outside(static: Path) -> None:
    for path in static.glob("*.[cj]s*"):
        text = path.read_text(encoding="utf-8")
        fetched = re.findall(r"src\s*=\s*[\"']https?:|url\(\s*[\"']?https?:|sourceMappingURL|@import", text)
        assert not fetched, path.name


def test_the_same_sources_are_not_built_twice(static: Path, extracts_of_place: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in static.iterdir()}
    build_static(extracts_of_place, static)
    assert {path.name: path.stat().st_mtime_ns for path in static.iterdir()} == before


def test_a_lost_file_is_made_again(static: Path, extracts_of_place: Path) -> None:
    lost = static / read_static(static).scripts[-1]
    lost.unlink()
    with pytest.raises(StaticMissingError, match="make data"):
        read_static(static)
    build_static(extracts_of_place, static)
    assert lost.is_file()


def test_a_damaged_file_is_made_again(static: Path, extracts_of_place: Path) -> None:
    damaged = static / read_static(static).scripts[0]
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:1000])
    build_static(extracts_of_place, static)
    assert damaged.read_bytes() == whole


def test_the_edition_before_stays_and_older_ones_go(static: Path, extracts_of_place: Path) -> None:
    editions = [read_static(static)]
    for step in (0.001, 0.002):
        move_a_border(extracts_of_place, step)
        editions.append(build_static(extracts_of_place, static))
    assert len({edition.version for edition in editions}) == 3
    geometry = {path.name for path in static.glob("geometry-*.js")}
    assert geometry == {editions[1].scripts[-1], editions[2].scripts[-1]}


def test_an_interrupted_build_leaves_what_stood(
    static: Path, extracts_of_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_static(static)
    move_a_border(extracts_of_place, 0.001)
    real, count = Path.replace, 0

    def dies_at_the_fifth(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dies_at_the_fifth)
        with pytest.raises(KeyboardInterrupt):
            build_static(extracts_of_place, static)
    assert read_static(static) == before
    after = build_static(extracts_of_place, static)
    assert after.version != before.version
    assert not [name for name in names(static) if name.startswith(".")]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": "1"}', b'{"version":"1","scripts":[],"styles":[],"order":[]}']
)
def test_a_broken_manifest_is_a_sentence_and_is_mended(static: Path, extracts_of_place: Path, content: bytes) -> None:
    (static / MANIFEST).write_bytes(content)
    with pytest.raises(StaticUnreadableError, match="make data"):
        read_static(static)
    assert build_static(extracts_of_place, static).order["community"]


def test_no_manifest_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StaticMissingError, match=r"manifest\.json is missing from static/"):
        read_static(tmp_path)


def test_a_missing_edition_is_made_again_from_its_own_tables_never_shown_as_another(
    static: Path, extracts_of_place: Path, tmp_path: Path
) -> None:
    move_a_border(extracts_of_place, 0.0004)
    with pytest.raises(StaticMissingError, match=r"manifest-2021-01\.json"):
        read_static(static, "2021-01")
    made = static_of(static, "2021-01", extracts_of_place)
    assert made == read_static(static, "2021-01") and made.scripts != read_static(static).scripts
    (static / made.scripts[-1]).unlink()
    assert static_of(static, "2021-01", extracts_of_place) == made and (static / made.scripts[-1]).is_file()
    with pytest.raises(EditionMapMissing, match="2022-01 is missing"):
        static_of(static, "2022-01", tmp_path / "nowhere")


def test_torn_boundaries_are_told_and_leave_what_stood(static: Path, extracts_of_place: Path) -> None:
    before = read_static(static)
    areas = make_areas()
    torn = areas["code"] == CODES[0]
    areas.loc[torn, "geometry"] = areas.loc[torn, "geometry"].translate(xoff=0.0004)
    areas.to_parquet(extracts_of_place / "boundaries.parquet")
    with pytest.raises(MapNotDrawableError, match="geo check"):
        build_static(extracts_of_place, static)
    assert read_static(static) == before


def test_the_district_fits_in_half_a_megabyte(extracts: Path, tmp_path: Path) -> None:
    assets = build_static(extracts, tmp_path)
    areas = gpd.read_parquet(extracts / "boundaries.parquet", columns=["code", "level", "geometry"])
    assert set(assets.order["neighbourhood"]) == set(areas.loc[areas["level"] == "neighbourhood", "code"])
    assert (tmp_path / assets.scripts[-1]).stat().st_size < 600_000
