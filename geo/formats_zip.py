"""Unpacking a zipped layer without trusting it: bytes are counted, and no name leads out of the folder."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

MOST_BYTES = 1 << 30
MOST_FILES = 200
GREATEST_RATIO = 200
"""Maps shrink two- to twentyfold; only a bomb shrinks more than this."""
RATIO_COUNTS_FROM = 10 << 20
LAYER_ENDINGS = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".parquet")


class UnsafeArchiveError(ValueError):
    """An archive that must not be unpacked, or holds no single layer; `why` says which of its faults it is."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a zip file into `folder`, flat, and return its one layer's file. Raises UnsafeArchiveError."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            check_entries(entries)
            budget = MOST_BYTES
            for entry in entries:
                budget -= _extract(opened, entry, folder / _plain_name(entry), budget)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnsafeArchiveError(f"it is not a readable zip file ({error})") from error
    layers = sorted(path for path in folder.iterdir() if path.suffix.lower() in LAYER_ENDINGS)
    if len(layers) != 1:
        found = ", ".join(path.name for path in layers[:5]) or "none"
        raise UnsafeArchiveError(f"a zip file must hold exactly one layer, this one holds {len(layers)} ({found})")
    return layers[0]


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse names that lead out of the folder, too many files, and sizes no map has."""
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
            raise UnsafeArchiveError(f"a name in it leads out of its folder ({entry.filename[:60]})")
        inflated = entry.file_size > GREATEST_RATIO * max(entry.compress_size, 1)
        if inflated and entry.file_size > RATIO_COUNTS_FROM:
            raise UnsafeArchiveError(
                f"{entry.filename[:60]} in it unpacks to over {GREATEST_RATIO} times its size, as only a zip bomb does"
            )
    if len(entries) > MOST_FILES:
        raise UnsafeArchiveError(f"it holds {len(entries):,} files; a layer needs at most {MOST_FILES}")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise UnsafeArchiveError("it unpacks to more than 1 GiB")


def _plain_name(entry: zipfile.ZipInfo) -> str:
    """The file's own name; Windows tools write GBK without saying so, which zipfile reads as code page 437."""
    name = PurePosixPath(entry.filename.replace("\\", "/")).name
    if entry.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def _extract(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Unpack one entry and return its bytes; what its header says of them is not believed."""
    written = 0
    with opened.open(entry) as source, target.open("wb") as sink:
        while piece := source.read(1 << 20):
            written += len(piece)
            if written > budget:
                raise UnsafeArchiveError("it unpacks to more than 1 GiB")
            sink.write(piece)
    return written
