"""A load: what one delivery brought, kept beside the records until it is applied, put in force and undone as a whole.

loads/L0001/load.json        who, when, files with their digests and why some were refused, rows by table: never changed
loads/L0001/findings.json    what was found, without anything about persons
loads/L0001/<table>.parquet  its rows, each with file, sheet and row
loads/L0001/<table>.withdrawn.parquet  the keys of records it takes back, likewise
loads/L0001/changes.json     what it would have changed when it was looked at: counts by table, the first corrections
loads/L0001/accepted.json    warnings that somebody accepted, with the reason
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.folders import sync
from data.imports import versions
from data.imports.changes import Changes, Correction
from data.imports.convert import Typed
from data.imports.merge import fitted
from data.imports.problems import FileRefused, Finding, LoadRefused, from_dict

if TYPE_CHECKING:  # whoever asks where a figure came from must not wait for all that checks a delivery
    from data.imports.examine import Examined

Heard = Callable[[str, float], None]
WITHDRAWN = ".withdrawn.parquet"
CHANGES = "changes.json"
FROM = ("_file", "_sheet", "_row")
RENAMED = {"gis_swapped_some": "gis_strays"}
"""Reasons as older loads keep them -> as they are called now."""


@dataclass(frozen=True)
class LoadedFile:
    """A delivered file: name, bytes, SHA-256, and how many rows of which table were taken of it.

    Of a file of which none was taken, `refused` keeps why: `kind` and `values` of the words (see `refusal`).
    """

    file: str
    size: int
    sha256: str
    rows: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, Any] | None = None

    @property
    def refusal(self) -> FileRefused | None:
        """Why nothing was taken of the file; None where something was."""
        if not self.refused:
            return None
        kind = self.refused["kind"]
        return FileRefused(RENAMED.get(kind, kind), **self.refused["values"])


@dataclass(frozen=True)
class Load:
    """One delivery as it was kept; `tables` counts its rows, `people_found` the details of persons stopped.

    `withdrawn` counts the records it takes back, by table.
    """

    id: str
    when: str
    by: str
    files: tuple[LoadedFile, ...]
    tables: Mapping[str, int]
    people_found: int = 0
    withdrawn: Mapping[str, int] = field(default_factory=dict)


def loads_dir(root: Path) -> Path:
    """Where the loads stand."""
    return root / "loads"


def stage(root: Path, examined: Examined, by: str) -> Load:
    """Keep what can be taken of a delivery, as a load that is not applied yet.

    The same files again give the load they already are. Raises LoadRefused nothing_taken, or already_applied.
    """
    taken = examined.taken()
    if not taken:
        raise LoadRefused("nothing_taken")
    with versions.locked(root):
        if (twin := _twin(root, examined)) is not None:
            return twin
        return _keep(root, examined, taken, by)


def _twin(root: Path, examined: Examined) -> Load | None:
    """The load that these very files already are. Raises LoadRefused already_applied when all of them are in force."""
    wanted = {(seen.file, seen.sha256): _rows_of(examined, seen.file) for seen in examined.files}
    wanted = {file: rows for file, rows in wanted.items() if rows}
    applied, sources = versions.applied_loads(root), dict[str, None]()
    left = dict(wanted)
    for load in all_loads(root):
        known = {(each.file, each.sha256): dict(each.rows) for each in load.files if each.rows}
        if load.id not in applied:
            if known == wanted:
                return load
            continue
        for file in [file for file, rows in left.items() if known.get(file) == rows]:
            del left[file]
            sources[load.id] = None
    if not left:
        raise LoadRefused("already_applied", load="、".join(sources))
    return None


def _keep(root: Path, examined: Examined, taken: list[Typed], by: str) -> Load:
    partial = loads_dir(root) / f".part-{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    identity = f"L{max((int(load.id[1:]) for load in all_loads(root)), default=0) + 1:04d}"
    tables: dict[str, int] = {}
    withdrawn: dict[str, int] = {}
    for name in dict.fromkeys(typed.table.name for typed in taken):
        own = [typed for typed in taken if typed.table.name == name]
        rows = pa.concat_tables([_with_place(typed) for typed in own])
        pq.write_table(rows, partial / f"{name}.parquet", compression="zstd")
        tables[name] = rows.num_rows
        gone = pa.concat_tables([_placed(typed, typed.gone, typed.withdrawn) for typed in own])
        if gone.num_rows:
            pq.write_table(gone, partial / f"{name}{WITHDRAWN}", compression="zstd")
            withdrawn[name] = gone.num_rows
    files = tuple(_file(examined, seen.file, seen.size, seen.sha256) for seen in examined.files)
    load = Load(identity, versions.now(), by, files, tables, examined.people_found, withdrawn)
    found = [finding.as_dict() for finding in examined.findings]
    (partial / "findings.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    (partial / CHANGES).write_text(json.dumps(asdict(examined.changes), ensure_ascii=False), encoding="utf-8")
    (partial / "load.json").write_text(json.dumps(asdict(load), ensure_ascii=False, indent=1), encoding="utf-8")
    for path in partial.iterdir():
        sync(path)
    partial.rename(loads_dir(root) / identity)
    sync(loads_dir(root))
    return load


def _file(examined: Examined, name: str, size: int, sha256: str) -> LoadedFile:
    rows = _rows_of(examined, name)
    return LoadedFile(name, size, sha256, rows, None if rows else _why(examined, name))


def _rows_of(examined: Examined, file: str) -> dict[str, int]:
    """Table -> rows that are taken of a file."""
    rows: dict[str, int] = {}
    for typed in examined.taken():
        if typed.sheet.file == file:
            rows[typed.table.name] = rows.get(typed.table.name, 0) + typed.good.num_rows + typed.gone.num_rows
    return rows


def _why(examined: Examined, file: str) -> dict[str, Any]:
    """Why nothing of a file is taken: it was not read, or has errors."""
    for refused in examined.unread:
        if refused.file == file:
            return {"kind": refused.kind, "values": {name: _plain(value) for name, value in refused.values.items()}}
    errors = sum(each.count for each in examined.findings if each.file == file and each.severity == "error")
    return {"kind": "errors", "values": {"file": file, "count": errors}}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float) else str(value)


def _with_place(typed: Typed) -> pa.Table:
    """The good rows of a sheet with file, sheet and row."""
    return _placed(typed, fitted(typed.good, typed.table), ~typed.withdrawn)


def _placed(typed: Typed, kept: pa.Table, rows: NDArray[np.bool_]) -> pa.Table:
    """What was kept of some rows of a sheet, with file, sheet and row."""
    for name, value in zip(FROM, (typed.sheet.file, typed.sheet.name), strict=False):
        kept = kept.append_column(name, pa.array([value] * kept.num_rows, pa.string()))
    return kept.append_column(FROM[2], pa.array(typed.rows[rows & ~typed.bad], pa.int64()))


def all_loads(root: Path) -> list[Load]:
    """Every load that was kept, the oldest first."""
    return [read_load(root, path.name) for path in sorted(loads_dir(root).glob("L[0-9]*")) if path.is_dir()]


def read_load(root: Path, identity: str) -> Load:
    """One load. Raises LoadRefused no_load."""
    try:
        said = versions.read_once(load_folder(root, identity) / "load.json")
    except (OSError, ValueError) as error:
        raise LoadRefused("no_load", load=identity) from error
    files = tuple(LoadedFile(**each) for each in said.pop("files"))
    return Load(**said, files=files)


def load_folder(root: Path, identity: str) -> Path:
    if not (identity.startswith("L") and identity[1:].isdigit()):
        raise LoadRefused("no_load", load=identity)
    return loads_dir(root) / identity


def status(root: Path, load: Load) -> str:
    """applied, rolled_back or staged."""
    return statuses(root, [load])[load.id]


def statuses(root: Path, known: Iterable[Load]) -> dict[str, str]:
    """The status of each load."""
    applied = versions.applied_loads(root)
    ever = {event.load for event in versions.history(root)}
    return {
        load.id: "applied" if load.id in applied else "rolled_back" if load.id in ever else "staged" for load in known
    }


def findings(root: Path, identity: str) -> list[Finding]:
    """What was found in a load."""
    stored = json.loads((load_folder(root, identity) / "findings.json").read_text(encoding="utf-8"))
    return [from_dict(each) for each in stored]


def changes_of(root: Path, identity: str) -> Changes:
    """What a load would have changed when it was looked at; empty where that was not kept."""
    with suppress(OSError, ValueError):
        said = json.loads((load_folder(root, identity) / CHANGES).read_text(encoding="utf-8"))
        counts = {name: (added, changed, same) for name, (added, changed, same) in said["counts"].items()}
        return Changes(counts, tuple(Correction(**each) for each in said["corrections"]))
    return Changes({})


def accepted(root: Path, identity: str) -> dict[str, str]:
    """Accepted warnings: finding identity -> reason with who and when."""
    with suppress(OSError, ValueError):
        said: dict[str, str] = json.loads((load_folder(root, identity) / "accepted.json").read_text(encoding="utf-8"))
        return said
    return {}


def waiting(root: Path, identity: str) -> list[Finding]:
    """Warnings of a load that nobody has accepted yet."""
    known = accepted(root, identity)
    return [each for each in findings(root, identity) if each.severity == "warning" and each.identity not in known]


def accept(root: Path, identity: str, warnings: Iterable[Finding], reason: str, by: str) -> None:
    """Write down that warnings are accepted, and why. Raises LoadRefused no_reason."""
    if len(reason.strip()) < 2:
        raise LoadRefused("no_reason")
    said = f"{reason.strip()}（{by}，{versions.now()}）"
    known = accepted(root, identity) | {each.identity: said for each in warnings}
    versions.replace_file(
        load_folder(root, identity) / "accepted.json", json.dumps(known, ensure_ascii=False, indent=1)
    )


def discard(root: Path, identity: str) -> None:
    """Remove a load that is not in force. Raises LoadRefused already_applied or no_load."""
    with versions.locked(root):
        load = read_load(root, identity)
        if any(event.load == load.id for event in versions.history(root)):
            raise LoadRefused("was_applied", load=identity)
        gone = loads_dir(root) / f".part-{os.getpid()}"
        load_folder(root, identity).rename(gone)
        shutil.rmtree(gone)
