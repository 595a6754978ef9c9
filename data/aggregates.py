"""Sums over attendance, the one table that grows with all that people do; made anew only where records changed.

A cell is a host subdistrict × month. Of each cell the rows, their sum and a digest are known; at the next build only
cells whose digest differs are summed again, so a month that one office delivers costs one month of that office.
Everything after this works on the sums, whose size does not grow with the records.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import storage
from data.contract import Contract, Table, TableBroken, check_table
from data.engines import Engine, Tables
from data.storage import Place

SQL = Path(__file__).parent / "sql"
HEAVY = "attendance"
SUMS = ("attendance_event", "attendance_home", "attendance_people")
KEPT = "aggregates"
Progress = Callable[[str, float], None]


def text(name: str) -> str:
    """The text of a statement of data/sql or data/sql/cluster."""
    path = SQL / "cluster" / f"{name}.sql"
    return (path if path.is_file() else SQL / f"{name}.sql").read_text(encoding="utf-8")


def aggregate(
    records: Place,
    extracts: Path,
    contract: Contract,
    small: duckdb.DuckDBPyConnection,
    engine: Engine,
    progress: Progress,
) -> Tables:
    """The sums over attendance and the cells they come from: attendance_event, _home, _people and _cells.

    `small` knows record_event and edition_area. Raises TableBroken where attendance is not what the contract says, and
    what the engine raises.
    """
    table = contract.records[HEAVY]
    check_columns(records, table)
    events = small.sql(text("aggregate_events")).to_arrow_table()
    progress("attendance cells", 0.0)
    cells = _cells(engine, events)
    _check_events(cells, table)
    known = _known(small, table)
    kept = extracts / f"{KEPT}-{key(known['known_area'])}"
    former = read_kept(kept) if engine.incremental else None
    changed = _changed(cells, former)
    fresh = _sums(engine, events, changed, known, table, progress)
    made = {name: _joined(fresh[name], former, name, changed) for name in SUMS} | {"attendance_cells": cells}
    _forget(extracts)
    if engine.incremental:
        _keep(kept, made)
    progress("attendance sums", 1.0)
    return made


def check_columns(records: Place, table: Table) -> None:
    """Raise TableBroken unless attendance has the columns and types of the contract."""
    schema = storage.dataset(records, table.name).schema
    check_table(schema.empty_table(), table)


def _cells(engine: Engine, events: pa.Table) -> pa.Table:
    name = "aggregate_digests" if engine.incremental else "attendance_cells"
    return engine.run({"cells": text(name)}, {"wanted_event": events})["cells"]


def _check_events(cells: pa.Table, table: Table) -> None:
    strange = cells.filter(pc.is_null(cells["subdistrict"]))
    if strange.num_rows:
        rows = pc.sum(strange["row_count"]).as_py()
        raise TableBroken(table, [f"the column event_id has {rows:,} values that event does not have"])


# ── what changed ──


def _changed(cells: pa.Table, former: Tables | None) -> pa.Table:
    """subdistrict, month of every cell whose rows are not those of the build before, new and vanished ones included."""
    columns = ["subdistrict", "month"]
    if former is None:
        return cells.select(columns)
    marks = [*columns, "row_count", "attendances", "digest"]
    now, then = _as_rows(cells, marks), _as_rows(former["attendance_cells"], marks)
    differ = sorted({row[:2] for row in now ^ then})
    return pa.table(
        {"subdistrict": [row[0] for row in differ], "month": [row[1] for row in differ]},
        schema=cells.select(columns).schema,
    )


def _as_rows(table: pa.Table, columns: list[str]) -> set[tuple[object, ...]]:
    return set(zip(*(table[name].to_pylist() for name in columns), strict=True))


def _sums(
    engine: Engine, events: pa.Table, changed: pa.Table, known: Tables, table: Table, progress: Progress
) -> dict[str, list[pa.Table]]:
    """The sums over changed cells, a year at a time where the engine wants it; each part is checked first."""
    wanted = _of_cells(events, changed, "month")
    yearly = _of_cells(events, _years(changed), "year")
    years = sorted(set(yearly["year"].to_pylist()))
    portions: list[list[int]] = [[year] for year in years] if engine.incremental and years else [years]
    found: dict[str, list[pa.Table]] = {name: [] for name in SUMS}
    for done, portion in enumerate(portions):
        progress(f"attendance sums {portion[0]}" if portion else "attendance sums", 0.2 + 0.7 * done / len(portions))
        own = {"wanted_event": _in(wanted, portion), "wanted_year_event": _in(yearly, portion)}
        answers = engine.run({name: text(name) for name in ("attendance_checks", *SUMS)}, own | known)
        _check_rows(answers["attendance_checks"], table)
        for name in SUMS:
            found[name].append(answers[name])
    return found


def _years(changed: pa.Table) -> pa.Table:
    return changed.append_column("year", pc.cast(pc.year(changed["month"]), pa.int64()))


def _of_cells(events: pa.Table, cells: pa.Table, unit: str) -> pa.Table:
    """The events of these cells (subdistrict × `unit`)."""
    wanted = cells.select(["subdistrict", unit]).group_by(["subdistrict", unit]).aggregate([])
    return events.join(wanted, keys=["subdistrict", unit], join_type="inner")


def _in(events: pa.Table, years: Iterable[int]) -> pa.Table:
    return events.filter(pc.is_in(events["year"], value_set=pa.array(years, pa.int64())))


def _joined(fresh: list[pa.Table], former: Tables | None, name: str, changed: pa.Table) -> pa.Table:
    """New sums, with those of the build before for all that did not change."""
    if former is None:
        return pa.concat_tables(fresh)
    unit = "year" if name == "attendance_people" else "month"
    gone = _years(changed).select(["subdistrict", unit]).group_by(["subdistrict", unit]).aggregate([])
    stayed = former[name].join(gone, keys=["subdistrict", unit], join_type="left anti")
    return pa.concat_tables([stayed.select(former[name].column_names), *fresh])


# ── the check of every row ──


def _known(small: duckdb.DuckDBPyConnection, table: Table) -> Tables:
    """Area codes, and the allowed values of the contract, for the check of every row."""
    pairs = [(c.name, value) for c in table.columns.values() for value in c.values]
    return {
        "known_area": small.table("edition_area").project("code").to_arrow_table(),
        "allowed_value": pa.table({"column_name": [p[0] for p in pairs], "allowed": [p[1] for p in pairs]}),
    }


def _check_rows(found: pa.Table, table: Table) -> None:
    """Raise TableBroken with every reason that the check of rows found."""
    problems: list[str] = []
    for row in found.sort_by("column_name").to_pylist():
        column, value, rows = row["column_name"], row["found"], row["row_count"]
        if not column:
            problems.append(f"{rows:,} rows repeat the key {' × '.join(table.key)}")
        elif value is None:
            problems.append(f"the column {column} is empty in {rows:,} rows")
        else:
            known = table.columns[column].references or "the contract"
            problems.append(f"the column {column} has the value {value}, which {known} does not have, in {rows:,} rows")
    if problems:
        raise TableBroken(table, problems[:12])


# ── what is kept between builds ──


def key(areas: pa.Table) -> str:
    """What sums depend on beside attendance: the statements, the areas, and the DuckDB that digests rows."""
    digest = hashlib.blake2b(duckdb.__version__.encode(), digest_size=6)
    for name in ("aggregate_events", "aggregate_digests", "attendance_checks", *SUMS):
        digest.update(text(name).encode())
    digest.update("".join(sorted(areas["code"].to_pylist())).encode())
    return digest.hexdigest()


def read_kept(folder: Path) -> Tables | None:
    """Sums and cells of the build before; None if there are none that fit or can be read."""
    try:
        return {name: pq.read_table(folder / f"{name}.parquet") for name in ("attendance_cells", *SUMS)}
    except (OSError, pa.ArrowException):
        return None


def _forget(extracts: Path) -> None:
    for old in (*extracts.glob(f"{KEPT}-*"), *extracts.glob(f".{KEPT}-*")):
        shutil.rmtree(old, ignore_errors=True)


def _keep(folder: Path, made: Mapping[str, pa.Table]) -> None:
    """Write what the next build can start from; if that is interrupted, it sums everything."""
    partial = folder.with_name(f".{folder.name}.part")
    partial.mkdir(parents=True)
    for name, table in made.items():
        pq.write_table(table, partial / f"{name}.parquet", compression="zstd")
    partial.rename(folder)
