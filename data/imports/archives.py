"""Unpacking a delivered archive without trusting it: names stay inside, bytes are counted as they come."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from data.imports.problems import FileRefused

MOST_BYTES = 2 << 30
MOST_FILES = 500
GREATEST_RATIO = 300
RATIO_COUNTS_FROM = 10 << 20
NOT_DATA = ("__MACOSX", "Thumbs.db", ".DS_Store", "desktop.ini")


def unpack(path: Path, folder: Path, file: str) -> list[tuple[Path, str]]:
    """Unpack into `folder`; (path, name as people know it) of each file. Raises FileRefused before anything is used."""
    try:
        with zipfile.ZipFile(path) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir() and _is_data(entry)]
            refuse_unsafe(entries, file)
            budget, made = MOST_BYTES, []
            for number, entry in enumerate(entries):
                name = shown_name(entry)
                target = folder / f"{number:03d}{PurePosixPath(name).suffix.lower()}"
                budget -= _extract(package, entry, target, budget, file)
                made.append((target, f"{file}/{name}"))
            return made
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise FileRefused("damaged_archive", file) from error
    except RuntimeError as error:  # zipfile says so when an entry wants a password
        raise FileRefused("password", file) from error


def _is_data(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    return not any(part in NOT_DATA or (part.startswith((".", "~$")) and part not in {".", ".."}) for part in parts)


def refuse_unsafe(entries: list[zipfile.ZipInfo], file: str) -> None:
    """Refuse names that lead out of the folder, too many files, nested archives and sizes no delivery has."""
    if not entries:
        raise FileRefused("empty_archive", file)
    if len(entries) > MOST_FILES:
        raise FileRefused("too_many_files", file, files=len(entries), most=MOST_FILES)
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in entry.filename:
            raise FileRefused("path_traversal", file, name=entry.filename[:60])
        if entry.external_attr >> 28 == 0xA:
            raise FileRefused("symbolic_link", file, name=entry.filename[:60])
        if name.suffix.lower() in {".zip", ".rar", ".7z", ".gz", ".tar"}:
            raise FileRefused("nested_archive", file, name=name.name[:60])
        inflated = entry.file_size > GREATEST_RATIO * max(entry.compress_size, 1)
        if inflated and entry.file_size > RATIO_COUNTS_FROM:
            raise FileRefused("bomb", file)
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise FileRefused("bomb", file)


def shown_name(entry: zipfile.ZipInfo) -> str:
    """The name people know; Windows tools write GBK without saying so, which zipfile reads as code page 437."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _extract(package: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: int, file: str) -> int:
    """Unpack one entry and return its bytes; what its header says of them is not believed."""
    written = 0
    with package.open(entry) as source, target.open("wb") as sink:
        while piece := source.read(1 << 20):
            written += len(piece)
            if written > budget:
                raise FileRefused("bomb", file)
            sink.write(piece)
    return written
