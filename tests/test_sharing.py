"""Extracts that one machine sends and others bring in: the same tables, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data import sharing, storage
from data.__main__ import main
from data.build import build
from data.manifest import current_folder, extracts_dir, read_manifest
from data.sharing import VersionDamaged
from data.storage import StorageUnreachable
from tests import tiny_district as tiny


@pytest.fixture
def builder(tmp_path: Path) -> Path:
    """A data folder with a built version."""
    root = tiny.write_district(tmp_path / "builder")
    build(root)
    return root


def quiet(_step: str, _share: float) -> None:
    return None


def test_what_was_sent_is_brought_in(builder: Path, tmp_path: Path) -> None:
    shared, reader = storage.place(str(tmp_path / "shared")), tmp_path / "reader"
    sharing.send(builder, shared)
    assert sharing.bring(reader, shared, quiet) == read_manifest(builder) == read_manifest(reader)
    for path in current_folder(builder).glob("*.parquet"):
        assert pq.read_table(current_folder(reader) / path.name).equals(pq.read_table(path))
    before = {path: path.stat().st_mtime_ns for path in current_folder(reader).iterdir()}
    sharing.bring(reader, shared, quiet)
    assert {path: path.stat().st_mtime_ns for path in current_folder(reader).iterdir()} == before


def test_a_version_that_is_not_whole_changes_nothing(builder: Path, tmp_path: Path) -> None:
    shared, reader = storage.place(str(tmp_path / "shared")), tmp_path / "reader"
    sharing.send(builder, shared)
    sharing.bring(reader, shared, quiet)
    before = read_manifest(reader)
    tiny.write_record(builder, "service_team", [])
    tiny.write_record(builder, "team_reach", [])
    tiny.write_record(builder, "service_project", [])
    sent = sharing.send(builder, shared) if build(builder) != before else before
    (tmp_path / "shared" / sent.version / "measure.parquet").write_bytes(b"PAR1")
    with pytest.raises(VersionDamaged, match="measure is not as long as its manifest says"):
        sharing.bring(reader, shared, quiet)
    assert read_manifest(reader) == before
    assert not list(extracts_dir(reader).glob(".part-*"))


def test_a_place_without_a_version_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnreachable, match="no version was sent there yet"):
        sharing.bring(tmp_path, storage.place(str(tmp_path / "nowhere")), quiet)


def test_without_a_place_the_commands_say_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(storage.EXTRACTS, raising=False)
    assert main(["send"]) == 1
    assert "Set LINLI_EXTRACTS to a folder or s3://bucket/prefix" in capsys.readouterr().err
