"""Putting loads in force, undoing them, and switching to real records: each whole, or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import build, manifest, storage
from data.contract import DataError, Table, TableBroken, load_contract
from data.imports import loads, versions
from data.imports.merge import ORIGIN, Merged, fitted, merge, no_origin, numbered, without
from data.imports.problems import LoadRefused
from data.imports.withdrawals import taken_back
from data.reconcile import lost

Heard = Callable[[str, float], None]
WRITTEN, BUILT, LATER = 0.06, 0.96, 0.6
"""Shares of the whole: tables are written; extracts are built; the same where later editions are still to be built."""


@dataclass(frozen=True)
class Outcome:
    """What applying or undoing did: the version in force, the one before, rows by table, published figures missed.

    `counts`: table -> (added, changed, same); `withdrawn`: table -> rows taken back. `version` equals `former` where
    nothing had to change.
    """

    version: str
    former: str
    counts: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    extracts: str = ""
    withdrawn: Mapping[str, int] = field(default_factory=dict)


def apply(
    root: Path, identity: str, by: str, reason: str = "", progress: Heard = lambda _step, _share: None
) -> Outcome:
    """Put a load in force: its rows replace those of the same key, extracts are built, then all is switched at once.

    `reason` accepts the warnings that are left. Raises LoadRefused (and changes nothing): warnings, already_applied,
    loose_ends, records_broken, build_failed, published_missed, remote_records, busy.
    """
    refuse_remote()
    with versions.locked(root):
        load = loads.read_load(root, identity)
        if load.id in versions.applied_loads(root):
            raise LoadRefused("already_applied", load=identity)
        if (left := loads.waiting(root, identity)) and not reason:
            raise LoadRefused("warnings", load=identity, count=len(left))
        if left:
            loads.accept(root, identity, left, reason, by)
        return _apply(root, load, by, reason, progress)


def refuse_remote() -> None:
    """Records that stand in a cluster are written by the cluster's own jobs."""
    if os.environ.get(storage.RECORDS, "").strip():
        raise LoadRefused("remote_records")


def _apply(root: Path, load: loads.Load, by: str, reason: str, progress: Heard) -> Outcome:
    former, contract = manifest.current_records(root), load_contract()
    real = versions.is_empty(root) or not manifest.is_demonstration(root)
    counts: dict[str, tuple[int, int, int]] = {}
    gone, withdrawn = withdrawals(root, load), dict[str, int]()
    with versions.new_version(root) as (version, folder):
        for done, table in enumerate(contract.records.values()):
            progress(f"write {table.name}", WRITTEN * done / len(contract.records))
            if table.name not in load.tables and table.name not in gone:
                versions.share(root, former, folder, table)
                continue
            merged, left_out = merged_with(root, former, table, load, gone.get(table.name, []))
            if table.name in load.tables:
                counts[table.name] = (merged.added, merged.changed, merged.same)
            if left_out:
                withdrawn[table.name] = left_out
            versions.write_rows(folder, table, merged.rows, merged.origin)
        if not withdrawn and not any(added or changed for added, changed, _ in counts.values()):
            raise LoadRefused("no_change", load=load.id)
        _refuse_loose_ends(folder, {*counts, *withdrawn})
        _write_facts(folder, version, former, load.id, by, counts, real=real)
    event = versions.next_event(root, "applied", version, by, load.id, reason)
    return replace(put_in_force(root, event, counts, progress), withdrawn=withdrawn)


def _refuse_loose_ends(folder: Path, changed: set[str]) -> None:
    """Refuse tables that name what is not on record (any more), before the long build.

    `folder`: the tables of a version; `changed`: those that differ from the version before.
    """
    contract = load_contract()
    for table in contract.records.values():
        for column in table.columns.values():
            wanted = contract.records.get(column.references or "")
            if wanted is None or not {table.name, wanted.name} & changed:
                continue
            mine, theirs = (
                pq.read_table(folder / f"{name}.parquet", columns=[part]).column(0)
                for name, part in ((table.name, column.name), (wanted.name, wanted.key[0]))
            )
            loose = mine.filter(pc.invert(pc.is_in(mine, value_set=pc.unique(theirs)))).drop_null()
            if len(loose):
                where = {"column_": {"table": table.name, "columns": [column.name]}}
                labels = {"table_": {"tables": [table.name]}, "wanted_": {"tables": [wanted.name]}}
                shown = "、".join(map(str, pc.unique(loose)[:3].to_pylist()))
                raise LoadRefused("loose_ends", count=f"{len(loose):,}", shown=shown, **where, **labels)


def withdrawals(root: Path, load: loads.Load) -> dict[str, list[pa.Table]]:
    """Table -> keys (of some of its columns) of the records that a load takes back, with what belongs to them."""
    folder, contract = loads.load_folder(root, load.id), load_contract()
    return taken_back(
        {
            name: pq.read_table(folder / f"{name}{loads.WITHDRAWN}").select(list(contract.records[name].key))
            for name in load.withdrawn
        }
    )


def merged_with(
    root: Path, version: str, table: Table, load: loads.Load, gone: Iterable[pa.Table] = ()
) -> tuple[Merged, int]:
    """A table of a version without what a load takes back and with its rows put in, and how many rows went."""
    current = versions.read_table(root, version, table)
    origin = versions.read_origin(root, version, table, current.num_rows)
    rows = current.num_rows
    for keys in gone:
        current, origin, _ = without(current, origin, keys)
    went = rows - current.num_rows
    if table.name not in load.tables:
        return Merged(current, origin, 0, 0, current.num_rows), went
    staged = pq.read_table(loads.load_folder(root, load.id) / f"{table.name}.parquet")
    came = {"load": pa.array([load.id] * staged.num_rows, pa.string())}
    came |= {name: staged.column(source) for name, source in zip(("file", "sheet", "row"), loads.FROM, strict=True)}
    from_load = pa.table(came).cast(pa.schema(list(ORIGIN.items())))
    return merge(table, current, origin, fitted(staged, table), from_load), went


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
    built = LATER if len(manifest.editions_built(root)) > 1 else BUILT
    try:
        with manifest.reading(root, event.version):
            made = build.build_version(root, lambda step, share: progress(step, WRITTEN + (built - WRITTEN) * share))
        missed = newly_missed(root, made.version)
        if missed and alarm and not event.reason:
            raise LoadRefused("published_missed", count=len(missed), names="、".join(missed[:5]))
    except BaseException as error:
        if event.action != "rolled_back":
            shutil.rmtree(manifest.version_dir(root, event.version), ignore_errors=True)
        if isinstance(error, DataError) and not isinstance(error, LoadRefused):
            if isinstance(error, TableBroken) and error.table in load_contract().records:
                raise LoadRefused("records_broken", table_={"tables": [error.table]}) from error
            raise LoadRefused("build_failed") from error
        raise
    progress("switch", built)
    versions.put_in_force(root, event, made, lambda _step, share: progress("switch", built + (1 - built) * share))
    progress("done", 1.0)
    return Outcome(event.version, event.former, counts, tuple(missed), made.version)


def newly_missed(root: Path, version: str) -> list[str]:
    """Names of published figures that the extracts in use meet and those of `version` do not, or go beyond."""
    folder = manifest.extracts_dir(root)
    with suppress(manifest.NoManifest, OSError):
        before = pd.read_parquet(folder / manifest.read_manifest(root).version / "published.parquet")
        after = pd.read_parquet(folder / version / "published.parquet")
        return [str(name) for name in lost(before, after)["name_zh"]]
    return []


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

    Raises LoadRefused already_real, no_real_rows (nothing was applied yet), records_broken or build_failed.
    """
    refuse_remote()
    with versions.locked(root):
        if not manifest.is_demonstration(root):
            raise LoadRefused("already_real")
        former, kept = manifest.current_records(root), 0
        with versions.new_version(root) as (version, folder):
            for done, table in enumerate(tables := load_contract().records.values()):
                progress(f"write {table.name}", WRITTEN * done / len(tables))
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


def demonstration_rows(root: Path) -> dict[str, int]:
    """Table -> rows in force that no load brought, which switching to real records removes; without empty ones."""
    version, found = manifest.current_records(root), {}
    for table in load_contract().records.values():
        path = manifest.version_dir(root, version) / f"{table.name}.parquet"
        rows = pq.read_metadata(path).num_rows if path.is_file() else 0
        origin = path.parent / versions.ORIGINS / path.name
        if origin.is_file():
            rows = pq.read_table(origin, columns=["load"]).column(0).null_count
        if rows:
            found[table.name] = rows
    return found


def compare(root: Path, one: str, other: str) -> dict[str, tuple[int, int, int]]:
    """Rows that were added, changed and removed from a version (or a load's) to another, by table that differs."""
    first, second = (_version_of(root, name) for name in (one, other))
    found = {}
    for table in load_contract().records.values():
        if versions.is_shared(root, first, second, table):
            continue
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
