"""Where records and extracts may stand: a folder of this machine or object storage (s3://…), by pyarrow's filesystems.

DataError
└── StorageUnreachable   object storage does not answer, or refuses
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs

from data.contract import DataError

RECORDS, EXTRACTS = "LINLI_RECORDS", "LINLI_EXTRACTS"
S3 = "s3://"


class StorageUnreachable(DataError):
    """Raised when a place cannot be listed, read or written."""

    def __init__(self, url: str, why: object) -> None:
        super().__init__(
            f"The storage {url} cannot be used ({why}). Check the address, the network, the access key "
            "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) and, for a server of your own, AWS_ENDPOINT_URL."
        )


@dataclass(frozen=True)
class Place:
    """A folder by its address, and the door to it."""

    url: str
    files: fs.FileSystem
    path: str

    @property
    def remote(self) -> bool:
        """Whether it is object storage."""
        return self.url.startswith(S3)

    def within(self, name: str) -> str:
        """The path of something in it, as `files` wants it."""
        return f"{self.path}/{name}"


def place(url: str) -> Place:
    """The place at an address: s3://bucket/prefix, else a folder. Raises StorageUnreachable for an impossible one."""
    url = url.rstrip("/")
    if not url.startswith(S3):
        return Place(url, fs.LocalFileSystem(), str(Path(url).resolve()))
    with _told(url):
        return Place(url, _s3(), url.removeprefix(S3))


def _s3() -> fs.FileSystem:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or None
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return fs.S3FileSystem(endpoint_override=endpoint, region=region, connect_timeout=5, request_timeout=60)


@contextmanager
def _told(url: str) -> Iterator[None]:
    """What goes wrong on the way to a place is told in one sentence."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise StorageUnreachable(url, str(error).splitlines()[0][:200]) from error


def table_path(at: Place, name: str) -> str | None:
    """The path of a table: the file <name>.parquet or the folder <name> with its parts; None if there is neither."""
    with _told(at.url):
        found = at.files.get_file_info([at.within(f"{name}.parquet"), at.within(name)])
    if found[0].type == fs.FileType.File:
        return at.within(f"{name}.parquet")
    return at.within(name) if found[1].type == fs.FileType.Directory else None


def table_files(at: Place, name: str) -> list[fs.FileInfo]:
    """The Parquet files of a table, by path; none if it is not there."""
    path = table_path(at, name)
    if path is None:
        return []
    with _told(at.url):
        if path.endswith(".parquet"):
            return [at.files.get_file_info(path)]
        inside = at.files.get_file_info(fs.FileSelector(path, recursive=True))
    files = [info for info in inside if info.type == fs.FileType.File and info.path.endswith(".parquet")]
    return sorted(files, key=lambda info: info.path)


def dataset(at: Place, name: str) -> ds.Dataset:
    """A table as a dataset that is read piece by piece. Raises StorageUnreachable if it is not there."""
    files = table_files(at, name)
    if not files:
        raise StorageUnreachable(at.url, f"there is no {name}.parquet and no folder {name} with Parquet files")
    with _told(at.url):
        return ds.dataset([info.path for info in files], filesystem=at.files, format="parquet")


def listing_digest(at: Place, name: str) -> bytes:
    """Digest of names, sizes and times of a table's files: the content's own would mean to read all of it."""
    digest = hashlib.blake2b(digest_size=16)
    for info in table_files(at, name):
        digest.update(f"{info.path.removeprefix(at.path)} {info.size} {info.mtime_ns};".encode())
    return digest.digest()


def fetch(at: Place, folder: Path, skip: str = "") -> None:
    """Bring the files of a place (not its folders) into a folder, but those of table `skip`; unchanged ones stay.

    A file appears whole or not at all. Raises StorageUnreachable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _told(at.url):
        found = at.files.get_file_info(fs.FileSelector(at.path, recursive=False))
        for info in found:
            if info.type == fs.FileType.File and info.base_name != f"{skip}.parquet":
                _fetch_file(at, info, folder / info.base_name)


def _fetch_file(at: Place, info: fs.FileInfo, target: Path) -> None:
    if target.is_file() and (target.stat().st_size, target.stat().st_mtime_ns) == (info.size, info.mtime_ns):
        return
    partial = target.with_name(f".{target.name}.part")
    with at.files.open_input_stream(info.path) as source, partial.open("wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
    os.utime(partial, ns=(info.mtime_ns, info.mtime_ns))
    partial.replace(target)


@contextmanager
def folder_for_a_while(at: Place) -> Iterator[Callable[[str, pa.Table], list[str]]]:
    """Puts tables into a folder of its own in a place and gives the files of each; all is gone afterwards.

    A place that nothing is put into is not touched. Raises StorageUnreachable.
    """
    path = at.within(f".for-a-while-{uuid4().hex}")
    files: list[str] = []

    def put(name: str, table: pa.Table) -> list[str]:
        files.append(f"{path}/{name}.parquet")
        with _told(at.url):
            at.files.create_dir(path, recursive=True)
            pq.write_table(table, files[-1], filesystem=at.files)
        return files[-1:]

    try:
        yield put
    finally:
        if files:
            with _told(at.url):
                at.files.delete_dir(path)


def send(folder: Path, at: Place, names: list[str]) -> None:
    """Put files of a folder into a place, in the order given. Raises StorageUnreachable."""
    with _told(at.url):
        at.files.create_dir(at.path, recursive=True)
        for name in names:
            with (folder / name).open("rb") as source, at.files.open_output_stream(at.within(name)) as out:
                shutil.copyfileobj(source, out, 1 << 20)
