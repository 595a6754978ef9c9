"""Versions of the record tables: each a whole folder, unchanged files shared; one pointer says which is in force.

records/*.parquet            R0000, the demonstration (or nothing)
records/versions/R0001/      one folder a version: tables, origin/<table>.parquet, version.json, delivery.toml
records/CURRENT              the name of the version in force; replacing this file is the moment of applying
records/APPLYING.json        what was about to be put in force, if a process died meanwhile
records/history/000001.json  what was put in force, when, by whom and why; only ever added to
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from data import build, editions, manifest
from data.contract import Table, load_contract
from data.folders import sync
from data.imports.merge import fitted, no_origin, schema_of
from data.imports.problems import LoadRefused
from data.manifest import BASE, CURRENT, Manifest, base_records_dir, current_records, version_dir

Heard = Callable[[str, float], None]
APPLYING = "APPLYING.json"
PATIENCE_S = 30
ORIGINS = "origin"
DELIVERY = "delivery.toml"
REAL = "demonstration = false\n"


@dataclass(frozen=True)
class Event:
    """One change of what is in force: applied, rolled_back or switched to real records."""

    number: int
    when: str
    by: str
    action: str
    version: str
    former: str
    load: str = ""
    reason: str = ""


def now() -> str:
    """The moment in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Only one process changes loads and versions at a time; what a dead one left behind is put right first.

    Raises LoadRefused busy when another holds the lock for longer than half a minute.
    """
    folder = root / "loads"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=PATIENCE_S):
            recover(root)
            yield
    except Timeout as error:
        raise LoadRefused("busy") from error


def recover(root: Path) -> None:
    """After a death in the middle: finish what was put in force, remove what was not."""
    base = base_records_dir(root)
    for path in (*(base / "versions").glob(".part-*"), *(root / "loads").glob(".part-*")):
        shutil.rmtree(path, ignore_errors=True)
    journal = base / APPLYING
    if not journal.is_file():
        return
    said = json.loads(journal.read_text(encoding="utf-8"))
    event = Event(**said["event"])
    if current_records(root) == event.version:
        _finish(root, event, said["manifest"])
    elif event.action != "rolled_back":
        shutil.rmtree(version_dir(root, event.version), ignore_errors=True)
    journal.unlink()


def put_in_force(root: Path, event: Event, made: Manifest, heard: Heard = lambda _step, _share: None) -> None:
    """Replace the pointer: before, the former version is in force, from then on this one; then its extracts.

    `heard` is told how far those of later editions are.
    """
    base = base_records_dir(root)
    replace_file(base / APPLYING, json.dumps({"event": asdict(event), "manifest": asdict(made)}, ensure_ascii=False))
    replace_file(base / CURRENT, event.version)
    _finish(root, event, asdict(made), heard)
    (base / APPLYING).unlink()


def _finish(root: Path, event: Event, made: Mapping[str, Any], heard: Heard = lambda _step, _share: None) -> None:
    build.put_in_force(root, Manifest(**made))
    if len(manifest.editions_built(root)) > 1:
        editions.settle(root, heard)  # later editions are shared out from the extracts of the first
    path = base_records_dir(root) / "history" / f"{event.number:06d}.json"
    path.parent.mkdir(exist_ok=True)
    replace_file(path, json.dumps(asdict(event), ensure_ascii=False, indent=1))


def replace_file(path: Path, content: str) -> None:
    """Replace a file in one step, after its bytes have reached the disk."""
    partial = path.with_name(f".{path.name}.part")
    with partial.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync(path.parent)


def history(root: Path) -> list[Event]:
    """Everything that was ever put in force, the oldest first."""
    paths = sorted((base_records_dir(root) / "history").glob("[0-9]*.json"))
    return [Event(**read_once(path)) for path in paths]


def next_event(root: Path, action: str, version: str, by: str, load: str = "", reason: str = "") -> Event:
    """The event that would come now."""
    return Event(len(history(root)) + 1, now(), by, action, version, current_records(root), load, reason)


def facts(root: Path, version: str) -> dict[str, Any]:
    """What a version says of itself: id, parent, load, when, by, rows by table, and counts of the load's rows."""
    if version == BASE:
        return {
            "id": BASE,
            "parent": "",
            "load": "",
            "when": "",
            "by": "",
            "rows": _rows(base_records_dir(root)),
            "counts": {},
        }
    try:
        said: dict[str, Any] = read_once(version_dir(root, version) / "version.json")
    except (OSError, ValueError) as error:
        raise LoadRefused("no_version", version=version) from error
    return said


def read_once(path: Path) -> Any:
    """What a JSON file says that is written once: it is read again only where another stands in its place."""
    stands = path.stat()
    return json.loads(_content(path, stands.st_mtime_ns, stands.st_size))


@lru_cache(maxsize=4000)
def _content(path: Path, _changed: int, _size: int) -> bytes:
    return path.read_bytes()


def _rows(folder: Path) -> dict[str, int]:
    paths = {name: folder / f"{name}.parquet" for name in load_contract().records}
    return {name: pq.read_metadata(path).num_rows for name, path in paths.items() if path.is_file()}


def chain(root: Path) -> list[str]:
    """The version in force and those it was made from, the newest first, down to R0000."""
    return [version for version, _ in _steps(root)]


def applied_loads(root: Path) -> dict[str, str]:
    """Load -> version, of the loads that are in force."""
    return {load: version for version, load in _steps(root) if load}


def _steps(root: Path) -> Iterator[tuple[str, str]]:
    """(version, load that made it), from the one in force down to R0000; each is read once."""
    version = current_records(root)
    while version != BASE:
        said = facts(root, version)
        yield version, str(said["load"])
        version = str(said["parent"])
    yield BASE, ""


def is_shared(root: Path, one: str, other: str, table: Table) -> bool:
    """Whether two versions have the very same file of a table: then nothing of it differs."""
    try:
        first, second = ((version_dir(root, each) / f"{table.name}.parquet").stat() for each in (one, other))
    except OSError:
        return False
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


def read_table(root: Path, version: str, table: Table) -> pa.Table:
    """A record table of a version; without rows where it has none."""
    path = version_dir(root, version) / f"{table.name}.parquet"
    return fitted(pq.read_table(path), table) if path.is_file() else schema_of(table).empty_table()


def read_origin(root: Path, version: str, table: Table, rows: int) -> pa.Table:
    """Where each row of `read_table` came from, in the same order: load, file, sheet, row."""
    path = version_dir(root, version) / ORIGINS / f"{table.name}.parquet"
    return pq.read_table(path) if path.is_file() else no_origin(rows)


@contextmanager
def new_version(root: Path) -> Iterator[tuple[str, Path]]:
    """(id, folder to write into); the folder is renamed to the id's own when the block ends without an error."""
    versions = base_records_dir(root) / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    taken = [int(path.name[1:]) for path in versions.glob("R[0-9]*")]
    identity = f"R{max(taken, default=0) + 1:04d}"
    partial = versions / f".part-{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    (partial / ORIGINS).mkdir(parents=True)
    try:
        yield identity, partial
        for path in (*partial.iterdir(), *(partial / ORIGINS).iterdir()):
            sync(path)
        partial.rename(versions / identity)
        sync(versions)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def share(root: Path, version: str, folder: Path, table: Table) -> None:
    """Take a table of a version over unchanged: the same file where the disk can, else a copy."""
    source = version_dir(root, version)
    path = source / f"{table.name}.parquet"
    if not path.is_file():
        write_rows(folder, table, schema_of(table).empty_table(), None)
        return
    _link(path, folder / path.name)
    if (origin := source / ORIGINS / path.name).is_file():
        _link(origin, folder / ORIGINS / path.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def write_rows(folder: Path, table: Table, rows: pa.Table, origin: pa.Table | None) -> None:
    """Write a table of a new version, and where its rows came from."""
    pq.write_table(rows, folder / f"{table.name}.parquet", compression="zstd")
    if origin is not None:
        names = [name for name in origin.column_names if name != "row"]
        path = folder / ORIGINS / f"{table.name}.parquet"
        pq.write_table(origin, path, compression="zstd", use_dictionary=names)


def is_empty(root: Path) -> bool:
    """Whether there is nothing on record, not even a demonstration."""
    folder = manifest.records_dir(root)
    return not any((folder / f"{name}.parquet").is_file() for name in load_contract().records)


def put_right(root: Path) -> None:
    """Finish or remove what a process that died left behind, if there is anything and nobody is at work."""
    if (base_records_dir(root) / APPLYING).is_file():
        with locked(root):
            pass
