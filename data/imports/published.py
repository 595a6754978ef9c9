"""Published figures that the records would no longer meet with a delivery in force, told when it is looked at.

The records are counted as a build counts them, with the delivered rows in place of those of the same key, for the whole
district only; nothing is stored.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import aggregates, build, engines, manifest, storage
from data.contract import DataError, Table, load_contract
from data.imports import versions
from data.imports.convert import Typed
from data.imports.merge import fitted, no_origin, numbered, without
from data.imports.problems import Finding
from data.imports.rules import figure_tables
from data.imports.withdrawals import taken_back
from data.reconcile import lost

Heard = Callable[[float], None]
LEVELS = ("district", "subdistrict")
"""Areas whose measures are counted here: the district's own, and the offices by whose months it is known."""
NEEDLESS = ("attendance_age_sex", "attendance_flow", "measure_catalogue")
TABLES_OF_EXTRACTS = {"reach": "block_reach", "three_in_one": "three_in_one"}


def check_published(root: Path, taken: list[Typed], progress: Heard = lambda _share: None) -> list[Finding]:
    """A warning for each published figure that is met now and would be missed, or gone beyond.

    Nothing where nothing was built yet, nothing changes, or the records stand in a cluster.
    """
    if not taken or os.environ.get(storage.RECORDS, "").strip():
        return []
    with suppress(DataError, OSError):  # what is wrong with the records as they stand is told when they are built
        folder = manifest.extracts_dir(root) / manifest.read_manifest(root, manifest.EDITION).version
        before = pd.read_parquet(folder / "published.parquet")
        if not (instead := changed(root, taken)):
            return []
        progress(0.3)
        return list(_findings(taken, lost(before, counted(root, folder, instead, progress))))
    return []


def changed(root: Path, taken: Iterable[Typed]) -> dict[str, pa.Table]:
    """The record tables that a delivery changes, as they would stand with it."""
    contract, version = load_contract(), manifest.current_records(root)
    arriving: dict[str, list[pa.Table]] = {}
    leaving: dict[str, pa.Table] = {}
    for typed in taken:
        arriving.setdefault(typed.table.name, []).append(fitted(typed.good, typed.table))
        if typed.gone.num_rows:
            kept = leaving.get(typed.table.name)
            leaving[typed.table.name] = typed.gone if kept is None else pa.concat_tables([kept, typed.gone])
    gone, found = taken_back(leaving), {}
    for name in {**arriving, **gone}:
        table = contract.records[name]
        now = versions.read_table(root, version, table)
        then = _replaced(table, now, arriving.get(name, []), gone.get(name, []))
        if then is not None:
            found[name] = then
    return found


def _replaced(table: Table, now: pa.Table, arriving: list[pa.Table], gone: list[pa.Table]) -> pa.Table | None:
    """A table without the keys that go and with the rows that come, by key; None where that changes nothing."""
    then = now
    for keys in gone:
        then = without(then, no_origin(then.num_rows), keys)[0]
    for rows in arriving:
        one, other = numbered(then, rows, list(table.columns))
        fresh = rows.filter(pa.array(~np.isin(other, one)))
        if fresh.num_rows:
            mine, theirs = numbered(then, fresh, table.key)
            then = pa.concat_tables([then.filter(pa.array(~np.isin(mine, theirs))), fresh])
    return None if then is now or (not arriving and then.num_rows == now.num_rows) else then


def counted(root: Path, folder: Path, instead: Mapping[str, pa.Table], progress: Heard) -> pd.DataFrame:
    """extracts.published as it would be with tables `instead` of those on record; `folder`: the extracts in use."""
    contract = load_contract()
    with (
        tempfile.TemporaryDirectory(prefix="linli-") as name,
        duckdb.connect(":memory:", config=engines.limits(Path(name) / "spill")) as connection,
    ):
        build.register(connection, root, contract, instead)
        records = _attendance(root, Path(name) / "records", instead)
        for kept in manifest.extracts_dir(root).glob(f"{aggregates.KEPT}-*"):
            shutil.copytree(kept, Path(name) / kept.name)
        build.sum_attendance(connection, records, Path(name) / "extracts", contract, "duckdb", lambda *_: None)
        for table, view in TABLES_OF_EXTRACTS.items():
            connection.read_parquet(str(folder / f"{table}.parquet")).create_view(view)
        steps = [step for step in build.STEPS if step not in NEEDLESS]
        for done, step in enumerate(steps):
            progress(0.5 + 0.5 * done / len(steps))
            if step == "measure":
                _only_above(connection)
            connection.sql(build.statement(step)).to_table(step)
        return build.published(connection)


def _attendance(root: Path, folder: Path, instead: Mapping[str, pa.Table]) -> storage.Place:
    """Where attendance stands: on record, or for the time being in a folder of its own."""
    if aggregates.HEAVY not in instead:
        return build.attendance_place(root)
    folder.mkdir()
    pq.write_table(instead[aggregates.HEAVY], folder / f"{aggregates.HEAVY}.parquet")
    return storage.place(str(folder))


def _only_above(connection: duckdb.DuckDBPyConnection) -> None:
    """From here on areas below the subdistricts are not summed up, which is most of the work."""
    area, whole = (connection.table(name).to_arrow_table() for name in ("area", "descendant"))
    codes = area.filter(pc.is_in(area.column("level"), value_set=pa.array(LEVELS))).column("code")
    narrow = whole.filter(pc.is_in(whole.column("ancestor"), value_set=codes.combine_chunks()))
    connection.register("descendant", narrow)


def _findings(taken: list[Typed], figures: pd.DataFrame) -> Iterator[Finding]:
    """A finding a figure, at the sheet it is counted from."""
    sources = figure_tables()
    for row in figures.to_dict("records"):
        wanted = sources.get(str(row["id"]), [])
        typed = min(taken, key=lambda each: (each.table.name not in wanted, taken.index(each)))
        amounts = {name: _said(row[column], str(row["unit"])) for name, column in AMOUNTS.items()}
        values = {"figure_": {"zh": row["name_zh"], "en": row["name_en"]}, **amounts}
        sheet = (typed.sheet.file, typed.sheet.name, typed.table.name)
        yield Finding("published_missed", "warning", *sheet, values=values)


AMOUNTS = {"published": "value", "last": "was", "now": "ours"}


def _said(value: object, unit: str) -> str:
    """A figure in as many digits as it has."""
    if value is None or value is pd.NA or value != value:
        return "—"
    number = float(str(value))
    if unit == "share":
        return f"{number * 100:.2f}".rstrip("0").rstrip(".") + "%"
    return f"{number:,.1f}".removesuffix(".0")
