"""What feeds a figure: the loads and files whose rows of its tables lie in its area and its period, and which rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import manifest
from data.contract import Table, load_contract
from data.imports import loads, versions
from data.imports.loads import Load
from data.imports.rules import period_column
from queries.records import RECORD_TABLES

AREA_COLUMNS = ("neighbourhood", "community", "payer", "area")
LISTED_AS = {"event": "event_total"}
"""Record tables whose dates are told by the extract that is made of them."""


@dataclass(frozen=True)
class Fed:
    """Rows of one table that one file brought (`load` is "" for the demonstration's), from row `first` to `last`."""

    table: str
    load: str
    file: str
    rows: int
    first: int = 0
    last: int = 0


def fed(root: Path, tables: Sequence[str], areas: tuple[str, ...], first: date, last: date) -> list[Fed]:
    """What a figure over `tables` in these areas (codes; what is inside of them counts too) and days is made of.

    The newest load first, the demonstration last. Rows are counted as the figure counts them: what happened, those
    dated in the days; what stands, those dated until the last; without a date, all.
    """
    version = manifest.current_records(root)
    found = [each for name in tables for each in _fed(root, version, name, areas, first, last)]
    return sorted(found, key=lambda each: (each.load, each.rows), reverse=True)


@lru_cache(maxsize=4096)
def load_of(root: Path, identity: str) -> Load:
    """A load, which never changes once it is kept."""
    return loads.read_load(root, identity)


def has_loads(root: Path, table: str) -> bool:
    """Whether any row of a table may have come by a load."""
    return _origin_path(root, manifest.current_records(root), table).is_file()


def _origin_path(root: Path, version: str, table: str) -> Path:
    return manifest.version_dir(root, version) / versions.ORIGINS / f"{table}.parquet"


@lru_cache(maxsize=8192)
def _fed(root: Path, version: str, name: str, areas: tuple[str, ...], first: date, last: date) -> tuple[Fed, ...]:
    if not _origin_path(root, version, name).is_file():
        path = manifest.version_dir(root, version) / f"{name}.parquet"
        rows = pq.read_metadata(path).num_rows if path.is_file() else 0
        return (Fed(name, "", "", rows),) if rows else ()
    counted = _counted(root, version, name)
    chosen = counted[_inside(counted, areas) & _within(counted, load_contract().records[name], first, last)]
    sums = chosen.groupby(["load", "file"]).agg(rows=("rows", "sum"), first=("first", "min"), last=("last", "max"))
    return tuple(
        Fed(name, *key, *(int(value) for value in row)) for key, row in zip(sums.index, sums.values, strict=True)
    )


def _inside(counted: pd.DataFrame, areas: tuple[str, ...]) -> pd.Series[bool]:
    """Rows in one of the areas; those of a table without areas belong to all."""
    return counted["area"].str.startswith(areas) | (counted["area"] == "")


def _within(counted: pd.DataFrame, table: Table, first: date, last: date) -> pd.Series[bool]:
    column, kind = _dated(table)
    if not column:
        return pd.Series(True, index=counted.index)
    if column == "year":
        return counted["month"].between(first.year * 12, last.year * 12 + 11)
    return counted["month"].between(0 if kind == "stock" else _month(first), _month(last))


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _dated(table: Table) -> tuple[str, str]:
    """The column that dates a table's rows ("" where none does) and flow, stock, yearly or none."""
    entry = RECORD_TABLES.get(LISTED_AS.get(table.name, table.name))
    if entry is not None and entry.date in table.columns:
        return entry.date, entry.time
    if table.name == "attendance":
        return "held_on", "flow"
    return period_column(table) or "", "flow"


@lru_cache(maxsize=256)
def _counted(root: Path, version: str, name: str) -> pd.DataFrame:
    """Rows of a table by area, month, load and file, with the first and the last row of the file among them."""
    table = load_contract().records[name]
    rows = versions.read_table(root, version, table)
    origin = versions.read_origin(root, version, table, rows.num_rows)
    placed = pa.table(
        {
            "area": _areas(_hosts(root, version, rows) if name == "attendance" else rows),
            "month": _months(_hosts(root, version, rows) if name == "attendance" else rows, _dated(table)[0]),
            "load": pc.fill_null(origin.column("load"), ""),
            "file": pc.fill_null(origin.column("file"), ""),
            "row": pc.fill_null(origin.column("row"), 0),
        }
    )
    grouped = placed.group_by(["area", "month", "load", "file"]).aggregate(
        [("row", "count"), ("row", "min"), ("row", "max")]
    )
    names = {"row_count": "rows", "row_min": "first", "row_max": "last"}
    frame: pd.DataFrame = grouped.to_pandas().rename(columns=names)
    return frame


def _hosts(root: Path, version: str, attendance: pa.Table) -> pa.Table:
    """The event of each row of attendance: it says where and when people came together."""
    events = versions.read_table(root, version, load_contract().records["event"])
    return events.take(pc.index_in(attendance.column("event_id"), value_set=events.column("event_id")))


def _areas(rows: pa.Table) -> Any:
    """The finest area of each row, "" where it has none."""
    known = [rows.column(name) for name in AREA_COLUMNS if name in rows.column_names]
    return pc.coalesce(*known, pa.scalar("")) if known else pa.array([""] * rows.num_rows)


def _months(rows: pa.Table, column: str) -> Any:
    """Months since the year 0; -1 where a row has no date."""
    if not column:
        return pa.array([-1] * rows.num_rows, pa.int64())
    if column == "year":
        return pc.fill_null(pc.multiply(rows.column(column).cast(pa.int64()), 12), -1)
    days = rows.column(column).cast(pa.timestamp("s"))
    return pc.fill_null(pc.add(pc.multiply(pc.year(days), 12), pc.subtract(pc.month(days), 1)), -1)
