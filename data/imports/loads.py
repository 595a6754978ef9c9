"""A load: what one delivery brought, kept beside the records until it is applied, put in force and undone as a whole.

loads/L0001/load.json        who, when, files with their digests, rows by table: never changed
loads/L0001/findings.json    what was found, without anything about persons
loads/L0001/<table>.parquet  its rows, each with file, sheet and row
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
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import build, manifest, storage
from data.contract import DataError, Table, load_contract
from data.folders import sync
from data.imports import versions
from data.imports.convert import Typed
from data.imports.examine import Examined
from data.imports.merge import ORIGIN, Merged, fitted, merge, no_origin, numbered
from data.imports.problems import Finding, LoadRefused, from_dict

Heard = Callable[[str, float], None]
FROM = ("_file", "_sheet", "_row")


@dataclass(frozen=True)
class LoadedFile:
    """A delivered file: name, bytes, SHA-256, and how many rows of which table were taken of it (none: refused)."""

    file: str
    size: int
    sha256: str
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """One delivery as it was kept; `tables` counts its rows, `people_found` the details of persons stopped."""

    id: str
    when: str
    by: str
    files: tuple[LoadedFile, ...]
    tables: Mapping[str, int]
    people_found: int = 0


@dataclass(frozen=True)
class Outcome:
    """What applying or undoing did: the version in force, the one before, rows by table, published figures missed.

    `counts`: table -> (added, changed, same). `version` equals `former` where nothing had to change.
    """

    version: str
    former: str
    counts: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    extracts: str = ""


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
    """The load that these very files already are. Raises LoadRefused already_applied when it is in force."""
    blocked = examined.blocked_files
    digests = {(seen.file, seen.sha256) for seen in examined.files if seen.file not in blocked}
    wanted = {typed.table.name: 0 for typed in examined.taken()}
    for typed in examined.taken():
        wanted[typed.table.name] += typed.good.num_rows
    for load in all_loads(root):
        if {(each.file, each.sha256) for each in load.files if each.rows} == digests and dict(load.tables) == wanted:
            if load.id in versions.applied_loads(root):
                raise LoadRefused("already_applied", load=load.id)
            return load
    return None


def _keep(root: Path, examined: Examined, taken: list[Typed], by: str) -> Load:
    partial = loads_dir(root) / f".part-{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    identity = f"L{max((int(load.id[1:]) for load in all_loads(root)), default=0) + 1:04d}"
    tables: dict[str, int] = {}
    for name in dict.fromkeys(typed.table.name for typed in taken):
        rows = pa.concat_tables([_with_place(typed) for typed in taken if typed.table.name == name])
        pq.write_table(rows, partial / f"{name}.parquet", compression="zstd")
        tables[name] = rows.num_rows
    files = tuple(_file(examined, seen.file, seen.size, seen.sha256) for seen in examined.files)
    load = Load(identity, versions.now(), by, files, tables, examined.people_found)
    found = [finding.as_dict() for finding in examined.findings]
    (partial / "findings.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    (partial / "load.json").write_text(json.dumps(asdict(load), ensure_ascii=False, indent=1), encoding="utf-8")
    for path in partial.iterdir():
        sync(path)
    partial.rename(loads_dir(root) / identity)
    sync(loads_dir(root))
    return load


def _file(examined: Examined, name: str, size: int, sha256: str) -> LoadedFile:
    rows: dict[str, int] = {}
    for typed in examined.taken():
        if typed.sheet.file == name:
            rows[typed.table.name] = rows.get(typed.table.name, 0) + typed.good.num_rows
    return LoadedFile(name, size, sha256, rows)


def _with_place(typed: Typed) -> pa.Table:
    """The good rows of a sheet with file, sheet and row."""
    good = fitted(typed.good, typed.table)
    rows = pa.array(typed.rows[~typed.bad], pa.int64())
    about = (typed.sheet.file, typed.sheet.name)
    for name, value in zip(FROM, about, strict=False):
        good = good.append_column(name, pa.array([value] * good.num_rows, pa.string()))
    return good.append_column(FROM[2], rows)


def all_loads(root: Path) -> list[Load]:
    """Every load that was kept, the oldest first."""
    return [read_load(root, path.name) for path in sorted(loads_dir(root).glob("L[0-9]*")) if path.is_dir()]


def read_load(root: Path, identity: str) -> Load:
    """One load. Raises LoadRefused no_load."""
    try:
        said = json.loads((_folder(root, identity) / "load.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LoadRefused("no_load", load=identity) from error
    files = tuple(LoadedFile(**each) for each in said.pop("files"))
    return Load(**said, files=files)


def _folder(root: Path, identity: str) -> Path:
    if not (identity.startswith("L") and identity[1:].isdigit()):
        raise LoadRefused("no_load", load=identity)
    return loads_dir(root) / identity


def status(root: Path, load: Load) -> str:
    """applied, rolled_back or staged."""
    if load.id in versions.applied_loads(root):
        return "applied"
    return "rolled_back" if any(event.load == load.id for event in versions.history(root)) else "staged"


def findings(root: Path, identity: str) -> list[Finding]:
    """What was found in a load."""
    stored = json.loads((_folder(root, identity) / "findings.json").read_text(encoding="utf-8"))
    return [from_dict(each) for each in stored]


def accepted(root: Path, identity: str) -> dict[str, str]:
    """Accepted warnings: finding identity -> reason with who and when."""
    with suppress(OSError, ValueError):
        said: dict[str, str] = json.loads((_folder(root, identity) / "accepted.json").read_text(encoding="utf-8"))
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
    known = accepted(root, identity) | {
        each.identity: f"{reason.strip()}（{by}，{versions.now()}）" for each in warnings
    }
    versions.replace_file(_folder(root, identity) / "accepted.json", json.dumps(known, ensure_ascii=False, indent=1))


def discard(root: Path, identity: str) -> None:
    """Remove a load that is not in force. Raises LoadRefused already_applied or no_load."""
    with versions.locked(root):
        load = read_load(root, identity)
        if any(event.load == load.id for event in versions.history(root)):
            raise LoadRefused("was_applied", load=identity)
        gone = loads_dir(root) / f".part-{os.getpid()}"
        _folder(root, identity).rename(gone)
        shutil.rmtree(gone)


def apply(
    root: Path, identity: str, by: str, reason: str = "", progress: Heard = lambda _step, _share: None
) -> Outcome:
    """Put a load in force: its rows replace those of the same key, extracts are built, then all is switched at once.

    `reason` accepts the warnings that are left. Raises LoadRefused (and changes nothing): warnings, already_applied,
    records_broken, published_missed, remote_records, busy.
    """
    refuse_remote()
    with versions.locked(root):
        load = read_load(root, identity)
        if load.id in versions.applied_loads(root):
            raise LoadRefused("already_applied", load=identity)
        if (left := waiting(root, identity)) and not reason:
            raise LoadRefused("warnings", load=identity, count=len(left))
        if left:
            accept(root, identity, left, reason, by)
        return _apply(root, load, by, reason, progress)


def refuse_remote() -> None:
    """Records that stand in a cluster are written by the cluster's own jobs."""
    if os.environ.get(storage.RECORDS, "").strip():
        raise LoadRefused("remote_records")


def _apply(root: Path, load: Load, by: str, reason: str, progress: Heard) -> Outcome:
    former, contract = manifest.current_records(root), load_contract()
    real = versions.is_empty(root) or not manifest.is_demonstration(root)
    counts: dict[str, tuple[int, int, int]] = {}
    with versions.new_version(root) as (version, folder):
        for done, table in enumerate(contract.records.values()):
            progress(table.name, 0.3 * done / len(contract.records))
            if table.name not in load.tables:
                versions.share(root, former, folder, table)
                continue
            merged = merged_with(root, former, table, load)
            counts[table.name] = (merged.added, merged.changed, merged.same)
            versions.write_rows(folder, table, merged.rows, merged.origin)
        if not any(added or changed for added, changed, _ in counts.values()):
            raise LoadRefused("no_change", load=load.id)
        _write_facts(folder, version, former, load.id, by, counts, real=real)
    return put_in_force(root, versions.next_event(root, "applied", version, by, load.id, reason), counts, progress)


def merged_with(root: Path, version: str, table: Table, load: Load) -> Merged:
    """A table of a version with the rows of a load put in."""
    current = versions.read_table(root, version, table)
    origin = versions.read_origin(root, version, table, current.num_rows)
    staged = pq.read_table(_folder(root, load.id) / f"{table.name}.parquet")
    came = {"load": pa.array([load.id] * staged.num_rows, pa.string())}
    came |= {name: staged.column(source) for name, source in zip(("file", "sheet", "row"), FROM, strict=True)}
    return merge(table, current, origin, fitted(staged, table), pa.table(came).cast(pa.schema(list(ORIGIN.items()))))


def _write_facts(
    folder: Path,
    version: str,
    parent: str,
    load: str,
    by: str,
    counts: Mapping[str, tuple[int, int, int]],
    *,
    real: bool,
) -> None:
    rows = {path.stem: pq.read_metadata(path).num_rows for path in sorted(folder.glob("*.parquet"))}
    said = {
        "id": version,
        "parent": parent,
        "load": load,
        "when": versions.now(),
        "by": by,
        "rows": rows,
        "counts": counts,
    }
    if real:
        (folder / versions.DELIVERY).write_text(versions.REAL, encoding="utf-8")
    (folder / "version.json").write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")


def put_in_force(
    root: Path,
    event: versions.Event,
    counts: Mapping[str, tuple[int, int, int]],
    progress: Heard,
    *,
    alarm: bool = True,
) -> Outcome:
    """Build the extracts of a version beside those in use, hold them against the published figures, and switch.

    A version that was made for this event is removed again if anything is wrong with it.
    """
    try:
        with manifest.reading(root, event.version):
            made = build.build_version(root, lambda step, share: progress(step, 0.3 + 0.65 * share))
        missed = newly_missed(root, made.version)
        if missed and alarm and not event.reason:
            raise LoadRefused("published_missed", count=len(missed), names="、".join(missed[:5]))
    except BaseException as error:
        if event.action != "rolled_back":
            shutil.rmtree(manifest.version_dir(root, event.version), ignore_errors=True)
        if isinstance(error, DataError) and not isinstance(error, LoadRefused):
            raise LoadRefused("records_broken", why=str(error)) from error
        raise
    versions.put_in_force(root, event, made)
    progress("done", 1.0)
    return Outcome(event.version, event.former, counts, tuple(missed), made.version)


def newly_missed(root: Path, version: str) -> list[str]:
    """Names of published figures that the extracts in use meet and those of `version` do not."""
    folder = manifest.extracts_dir(root)
    with suppress(manifest.NoManifest, OSError):
        before = _met(folder / manifest.read_manifest(root).version)
        after = _met(folder / version)
        return [name for name, met in after.items() if not met and before.get(name)]
    return []


def _met(folder: Path) -> dict[str, bool]:
    table = pq.read_table(folder / "published.parquet", columns=["name_zh", "met"])
    return {str(name): bool(met) for name, met in zip(*table.to_pydict().values(), strict=True) if met is not None}


def roll_back(root: Path, version: str, by: str, reason: str, progress: Heard = lambda _step, _share: None) -> Outcome:
    """Put a former version in force again (without one: that which the present one was made from).

    Raises LoadRefused no_version, nothing_before or in_force.
    """
    refuse_remote()
    with versions.locked(root):
        present = manifest.current_records(root)
        wanted = version or str(versions.facts(root, present)["parent"])
        if not wanted:
            raise LoadRefused("nothing_before")
        if wanted == present:
            raise LoadRefused("in_force", version=wanted)
        versions.facts(root, wanted)
        event = versions.next_event(root, "rolled_back", wanted, by, str(versions.facts(root, present)["load"]), reason)
        return put_in_force(root, event, {}, progress, alarm=False)


def switch_to_real(root: Path, by: str, progress: Heard = lambda _step, _share: None) -> Outcome:
    """Remove every row that no load brought, and say from now on that the records are real.

    Raises LoadRefused already_real, no_real_rows (nothing was applied yet) or records_broken.
    """
    refuse_remote()
    with versions.locked(root):
        if not manifest.is_demonstration(root):
            raise LoadRefused("already_real")
        former, kept = manifest.current_records(root), 0
        with versions.new_version(root) as (version, folder):
            for table in load_contract().records.values():
                rows = versions.read_table(root, former, table)
                origin = versions.read_origin(root, former, table, rows.num_rows)
                real = pc.is_valid(origin.column("load"))
                kept += int(pc.sum(real).as_py() or 0)
                versions.write_rows(folder, table, rows.filter(real), origin.filter(real))
            if not kept:
                raise LoadRefused("no_real_rows")
            _write_facts(folder, version, former, "", by, {}, real=True)
        event = versions.next_event(root, "switched", version, by)
        return put_in_force(root, event, {}, progress, alarm=False)


def compare(root: Path, one: str, other: str) -> dict[str, tuple[int, int, int]]:
    """Rows that were added, changed and removed from a version (or a load's) to another, by table that differs."""
    first, second = (_version_of(root, name) for name in (one, other))
    found = {}
    for table in load_contract().records.values():
        before, after = (versions.read_table(root, version, table) for version in (first, second))
        if not before.equals(after):
            found[table.name] = _differences(table, before, after)
    return found


def _version_of(root: Path, name: str) -> str:
    """A version's id given by itself or by the load that made it."""
    if name.startswith("L"):
        for event in reversed(versions.history(root)):
            if event.load == name and event.action == "applied":
                return event.version
        raise LoadRefused("no_version", version=name)
    versions.facts(root, name)
    return name


def _differences(table: Table, before: pa.Table, after: pa.Table) -> tuple[int, int, int]:
    merged = merge(table, before, no_origin(before.num_rows), after, no_origin(after.num_rows))
    old, new = numbered(before, after, table.key)
    return merged.added, merged.changed, int((~np.isin(old, new)).sum())


def origins(root: Path, table: str, keys: Mapping[str, Iterable[Any]]) -> pa.Table:
    """Where records came from: keys of the rows chosen by `keys` (column -> values), from_load, _file, _sheet, _row.

    Rows of the demonstration have no load.
    """
    described, version = load_contract().records[table], manifest.current_records(root)
    rows = versions.read_table(root, version, described)
    chosen = pa.chunked_array([pa.array([True] * rows.num_rows, pa.bool_())])
    for column, values in keys.items():
        kind = rows.schema.field(column).type
        chosen = pc.and_(chosen, pc.is_in(rows.column(column), value_set=pa.array(list(values), kind)))
    found = rows.select(list(described.key)).filter(chosen)
    origin = versions.read_origin(root, version, described, rows.num_rows).filter(chosen)
    for name in ORIGIN:
        found = found.append_column(f"from_{name}", origin.column(name))
    return found
