"""Broken data under the whole app: every page says what is wrong, why and what to do, and keeps its frame."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.manifest import read_manifest
from pages.parts import registry
from pages.parts.words import words
from tests.opening import html_of, opened, text_of

PAGES = [entry.name for entry in registry.PAGES]


def without_a_table(version: Path) -> None:
    (version / "measure.parquet").unlink()


def with_a_file_cut_short(version: Path) -> None:
    whole = (version / "measure.parquet").read_bytes()
    (version / "measure.parquet").write_bytes(whole[: len(whole) // 2])


def with_a_column_renamed(version: Path) -> None:
    table = pq.read_table(version / "area.parquet")
    pq.write_table(table.rename_columns(["kode", *table.column_names[1:]]), version / "area.parquet")


def without_a_manifest(version: Path) -> None:
    (version.parent / "manifest.json").unlink()


def with_a_manifest_of_nonsense(version: Path) -> None:
    (version.parent / "manifest.json").write_text("{", encoding="utf-8")


BREAKAGES = [
    without_a_table,
    with_a_file_cut_short,
    with_a_column_renamed,
    without_a_manifest,
    with_a_manifest_of_nonsense,
]


@pytest.fixture
def own_data(data_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the current version that a test may break; returns its folder."""
    version = read_manifest(data_root).version
    shutil.copytree(data_root / "extracts" / version, tmp_path / "extracts" / version)
    shutil.copy(data_root / "extracts" / "manifest.json", tmp_path / "extracts" / "manifest.json")
    monkeypatch.setenv("LINLI_DATA", str(tmp_path))
    return tmp_path / "extracts" / version


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.__name__)
def test_every_page_says_what_is_wrong_and_stands(breakage: Callable[[Path], None], own_data: Path) -> None:
    """Every page without a table; they share the ways of the other four among them, since all read by one door."""
    breakage(own_data)
    way = BREAKAGES.index(breakage)
    for index, name in enumerate(PAGES if way == 0 else PAGES[way - 1 :: len(BREAKAGES) - 1]):
        language = ("zh", "en")[index % 2]
        page = opened(name, lang=language)
        shown = text_of(page)
        assert not page.exception, name
        assert 'role="alert"' in html_of(page), name
        assert "make data" in shown, name
        assert words(language)["nav.overview"] in shown, name
        assert "Traceback" not in shown, name


def test_mended_data_are_read_without_a_restart(own_data: Path) -> None:
    manifest = own_data.parent / "manifest.json"
    kept = manifest.read_text(encoding="utf-8")
    manifest.write_text(json.dumps(json.loads(kept) | {"version": "nowhere"}), encoding="utf-8")
    assert "make data" in text_of(opened("overview"))
    manifest.write_text(kept, encoding="utf-8")
    assert "make data" not in text_of(opened("overview"))
