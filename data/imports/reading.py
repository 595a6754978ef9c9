"""From whatever was delivered to sheets: a file is taken for what it is, not for what its name says."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.imports import archives, gis
from data.imports.coded import Row, Sheet, sheet_of
from data.imports.databases import is_database, name_of, read_database
from data.imports.problems import FileRefused
from data.imports.textfiles import MOST_COLUMNS, read_text_file
from data.imports.workbooks import read_workbook

MOST_BYTES = 2 << 30
BATCH = 50_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"), (b"BM6", "picture"),
    (b"II*\0", "picture"), (b"RIFF", "picture"), (b"Rar!", "other_archive"), (b"7z\xbc\xaf", "other_archive"),
    (b"\x1f\x8b", "other_archive"), (b"BZh", "other_archive"), (b"\xfd7zXZ", "other_archive"), (b"MZ", "program"),
    (b"\x7fELF", "program"), (b"#!", "program"), (b"{\\rtf", "rich_text"), (b"SQLite format 3", "database_file"),
    (b"ARROW1", "arrow_file"), (b"\x00\x01\x00\x00Standard", "database_file"), (b"ustar", "other_archive"),
)  # fmt: skip
WORD_STREAM, BOOK_STREAMS = (
    "WordDocument".encode("utf-16-le"),
    ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")),
)
ENCRYPTED_STREAM, MACRO_STREAM = "EncryptedPackage".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le")
SLIDE_STREAM = "PowerPoint Document".encode("utf-16-le")


@dataclass(frozen=True)
class Delivered:
    """A file as delivered: the name people know it by, its bytes, their digest, and its sheets or why it has none.

    `layers`: what a GIS file was read as, to be seen on a map.
    """

    file: str
    size: int
    sha256: str
    sheets: list[Sheet] = field(default_factory=list)
    refused: FileRefused | None = None
    layers: list[gis.Layer] = field(default_factory=list)


Heard = Callable[[str, float], None]


def _quiet(_step: str, _share: float) -> None:
    return None


@contextmanager
def opened(sources: list[str], root: Path, progress: Heard = _quiet) -> Iterator[Iterator[Delivered]]:
    """Read files, archives, directories and databases one by one; a file that is refused does not stop the others.

    GIS files are held against the published edition below `root`.

    `progress` hears each file's name and the share of files done. Nothing unpacked outlives the context.
    """
    with tempfile.TemporaryDirectory(prefix="linli-") as folder:
        yield _all(sources, root, Path(folder), progress)


def _all(sources: list[str], root: Path, folder: Path, progress: Heard) -> Iterator[Delivered]:
    wanted = [each for source in sources for each in _files(source)]
    for done, (source, name) in enumerate(wanted):
        progress(name, done / max(len(wanted), 1))
        if is_database(source):
            yield _database(source)
        else:
            yield from _delivered(Path(source), name, root, folder / str(done))
    progress("", 1.0)


def _files(source: str) -> Iterator[tuple[str, str]]:
    """(path, name to show) of a source; a directory stands for the files in it, in order of name."""
    path = Path(source)
    if is_database(source) or not path.is_dir():
        yield source, path.name
        return
    for each in sorted(path.rglob("*")):
        inside = each.relative_to(path)
        if each.is_file() and not any(part.startswith((".", "~$")) for part in inside.parts):
            yield str(each), inside.as_posix()


def _database(address: str) -> Delivered:
    try:
        sheets = read_database(address)
    except FileRefused as refused:
        return Delivered(refused.file, 0, "", refused=refused)
    digest = hashlib.sha256(repr([(s.name, s.rows, [c.values for c in s.columns]) for s in sheets]).encode())
    return Delivered(name_of(address), 0, digest.hexdigest(), sheets)


def _delivered(path: Path, name: str, root: Path, folder: Path) -> Iterator[Delivered]:
    try:
        refuse_unreadable(path, name)
    except FileRefused as refused:
        yield Delivered(name, *_measured(path), refused=refused)
        return
    size, digest = path.stat().st_size, digest_of(path)
    try:
        kind = kind_of(path, name)
        if kind == "zip":
            folder.mkdir()
            for inner, inner_name in archives.unpack(path, folder, name):
                yield from _delivered(inner, inner_name, root, folder / inner.stem)
            return
        if kind == "gis":
            sheets, layers = gis.read_layers(path, name, gis.read_ground(root))
            yield Delivered(name, size, digest, sheets, gis.refusal(layers), layers)
            return
        yield Delivered(name, size, digest, [sheet for sheet in read_sheets(path, name, kind) if sheet.rows])
    except FileRefused as refused:
        yield Delivered(name, size, digest, refused=refused)


def _measured(path: Path) -> tuple[int, str]:
    """Bytes and digest of a file that is not read; nothing of what is not there or not allowed to be opened."""
    try:
        return (path.stat().st_size, digest_of(path)) if path.is_file() else (0, "")
    except OSError:
        return 0, ""


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_unreadable(path: Path, name: str) -> None:
    """Refuse what is no file, is empty, too large or not allowed to be read."""
    if not path.exists():
        raise FileRefused("missing", name)
    if not path.is_file():
        raise FileRefused("no_file", name)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise FileRefused("unreadable", name) from error
    if not size or not start.strip(b" \t\r\n\xef\xbb\xbf"):
        raise FileRefused("empty", name)
    if size > MOST_BYTES:
        raise FileRefused("too_large", name, megabytes=size >> 20, most=MOST_BYTES >> 20)


def kind_of(path: Path, name: str) -> str:
    """xlsx, xls, parquet, zip, gis or text, by the first bytes. Raises FileRefused for any other kind, by its name."""
    with path.open("rb") as file:
        start = file.read(512)
    if gis.is_layer(start, path, name):
        return "gis"
    if start.startswith(b"PK"):
        return _package(path, name)
    if start.startswith(OLE):
        return _compound(path, name)
    if start.startswith((b"\x09\x08", b"\x09\x04")):
        return "xls"
    if start.startswith(b"PAR1"):
        return "parquet"
    for magic, kind in MAGIC:
        if start.startswith(magic) or (magic == b"ustar" and start[257:262] == magic):
            raise FileRefused(kind, name)
    return _text(start, name)


def _package(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise FileRefused("half_written", name) from error
    if "[Content_Types].xml" in names:
        if any(each.startswith("word/") for each in names):
            raise FileRefused("word_document", name)
        if any(each.startswith("ppt/") for each in names):
            raise FileRefused("slides", name)
        return "xlsx"
    if "mimetype" in names and "content.xml" in names:
        raise FileRefused("open_document", name)
    return "gis" if gis.holds_layer(names) else "zip"


def _compound(path: Path, name: str) -> str:
    """An old Office file: a workbook, or something else in the same container."""
    data = path.read_bytes()
    if ENCRYPTED_STREAM in data:
        raise FileRefused("password", name)
    if any(stream in data for stream in BOOK_STREAMS):
        if MACRO_STREAM in data:
            raise FileRefused("macros", name)
        return "xls"
    if WORD_STREAM in data:
        raise FileRefused("word_document", name)
    raise FileRefused("slides" if SLIDE_STREAM in data else "unknown_office", name)


def _text(start: bytes, name: str) -> str:
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body")):
        raise FileRefused("web_page", name)
    if head.startswith((b"<?xml", b"<workbook")):
        raise FileRefused("old_xml", name)
    if head.startswith((b"{", b"[{")):
        raise FileRefused("json", name)
    if head.startswith((b"pk", b"par1")) or name.lower().endswith(
        (".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".py")
    ):
        raise FileRefused("program", name)
    if name.lower().endswith((".xlsx", ".xlsm", ".parquet", ".zip")) and b"," not in start and b"\t" not in start:
        raise FileRefused("half_written", name)
    return "text"


def read_sheets(path: Path, name: str, kind: str) -> list[Sheet]:
    """The sheets of a file of a known kind."""
    if kind in ("xlsx", "xls"):
        return read_workbook(path, name, kind)
    return [read_parquet(path, name) if kind == "parquet" else read_text_file(path, name)]


def read_parquet(path: Path, name: str) -> Sheet:
    """The one sheet of a Parquet file. Raises FileRefused damaged_parquet, too_wide or nested_parquet."""
    try:
        file = pq.ParquetFile(path)
        if len(file.schema_arrow) > MOST_COLUMNS:
            raise FileRefused("too_wide", name, columns=len(file.schema_arrow), most=MOST_COLUMNS)
        if any(pa.types.is_nested(each.type) for each in file.schema_arrow):
            raise FileRefused("nested_parquet", name)
        return sheet_of(name, "", _parquet_rows(file))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileRefused("damaged_parquet", name) from error


def _parquet_rows(file: pq.ParquetFile) -> Iterator[Row]:
    yield tuple(file.schema_arrow.names)
    for batch in file.iter_batches(BATCH):
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(*columns, strict=True)
