"""Versions of the extracts on object storage or a shared folder: one machine builds and sends, others bring them in.

At the place stand a folder a version and the manifest, which is sent last and read first: who reads gets the old
version or the new one, never parts of both.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from data import manifest, storage
from data.contract import DataError
from data.manifest import Manifest
from data.storage import Place, StorageUnreachable

Progress = Callable[[str, float], None]


class VersionDamaged(DataError):
    """Raised when a version that was brought in is not what its manifest says."""

    def __init__(self, url: str, table: str) -> None:
        super().__init__(
            f"The version at {url} is not whole: {table} is not as long as its manifest says. The former version stays "
            "in use. Send it again with `python -m data send`."
        )


def shared_place() -> Place | None:
    """Where versions are shared (LINLI_EXTRACTS: a folder or s3://…), None if they are not."""
    url = os.environ.get(storage.EXTRACTS, "").strip()
    return storage.place(url) if url else None


def send(root: Path, to: Place) -> Manifest:
    """Send the version in force, its manifest last. Raises NoManifest or StorageUnreachable."""
    current = manifest.read_manifest(root)
    folder = manifest.current_folder(root)
    inside = storage.place(f"{to.url}/{current.version}")
    storage.send(folder, inside, sorted(path.name for path in folder.iterdir() if path.is_file()))
    storage.send(manifest.extracts_dir(root), to, [manifest.MANIFEST])
    return current


def bring(root: Path, source: Place, progress: Progress) -> Manifest:
    """Bring in the version that the place's manifest names, if it is another one; return the manifest in force.

    Raises StorageUnreachable or VersionDamaged, and leaves the former version in force.
    """
    named = _read_manifest(source)
    folder = manifest.extracts_dir(root) / named.version
    if not _whole(folder, named):
        progress(named.version, 0.1)
        partial = folder.with_name(f".part-{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            storage.fetch(storage.place(f"{source.url}/{named.version}"), partial)
            _require_whole(partial, named, source)
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    manifest.write_manifest(root, named)
    progress(named.version, 1.0)
    return named


def _read_manifest(source: Place) -> Manifest:
    path = source.within(manifest.MANIFEST)
    try:
        with source.files.open_input_stream(path) as file:
            return Manifest(**json.loads(file.read()))
    except FileNotFoundError as error:
        raise StorageUnreachable(source.url, "no version was sent there yet") from error
    except (OSError, ValueError, TypeError) as error:
        raise StorageUnreachable(source.url, f"its manifest cannot be read: {str(error)[:120]}") from error


def _sizes(folder: Path, named: Manifest) -> list[str]:
    """Tables that are missing or of another length than the manifest says."""
    return [
        name for name, size in named.bytes.items()
        if not (folder / f"{name}.parquet").is_file() or (folder / f"{name}.parquet").stat().st_size != size
    ]  # fmt: skip


def _whole(folder: Path, named: Manifest) -> bool:
    return folder.is_dir() and not _sizes(folder, named)


def _require_whole(folder: Path, named: Manifest, source: Place) -> None:
    if wrong := _sizes(folder, named):
        raise VersionDamaged(source.url, wrong[0])
