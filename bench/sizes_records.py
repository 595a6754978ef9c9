"""Records of any size out of the demonstration's: its events and attendance again, under other ids and area codes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.manifest import EDITION, data_root, edition_dir, records_dir

DISTRICT = "320613"
CODES = ("code", "parent", "zone", "neighbourhood", "home_neighbourhood")
ROW_GROUP = 1 << 20


def write_records(root: Path, rows: int, districts: int) -> int:
    """A data folder with exactly `rows` rows of attendance over the areas of `districts` districts; returns events.

    Attendance is a folder of parts, each a copy of the demonstration's three years under event ids of its own, so that
    keys stay valid; copies take turns at the districts. One part at a time is in memory. All else is as it was.
    """
    shutil.copytree(records_dir(data_root()), root / "records", ignore=shutil.ignore_patterns("attendance.parquet"))
    shutil.copytree(edition_dir(data_root()), root / "editions" / EDITION)
    _write_areas(root / "editions" / EDITION / "areas.parquet", districts)
    source = pq.read_table(records_dir(data_root()) / "attendance.parquet", read_dictionary=["event_id"])
    (root / "records" / "attendance").mkdir()
    copies = 0
    for copy, part in _parts(source, rows):
        told = _copied(part, copy, districts)
        pq.write_table(told, root / "records" / "attendance" / f"part-{copy:04}.parquet", ROW_GROUP, compression="zstd")
        copies += 1
    return _write_events(root / "records" / "event.parquet", copies, districts)


def _parts(source: pa.Table, rows: int) -> Iterator[tuple[int, pa.Table]]:
    for copy in count():
        left = rows - copy * source.num_rows
        if left <= 0:
            return
        yield copy, source.slice(0, left)


def _copied(table: pa.Table, copy: int, districts: int) -> pa.Table:
    """The table with event ids of this copy, in the district whose turn it is."""
    for number, name in enumerate(table.column_names):
        if name == "event_id":
            column = pc.binary_join_element_wise(_as_text(table[name]), f"{copy:04}", "-")
            table = table.set_column(number, name, column)
        elif name in CODES:
            table = table.set_column(number, name, _in_district(table[name], copy % districts))
    return table


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.string())


def _in_district(codes: pa.ChunkedArray, number: int) -> pa.ChunkedArray:
    """The same places under the code of another district: 320613 itself, then 320001, 320002 and so on."""
    return pc.replace_substring_regex(_as_text(codes), f"^{DISTRICT}", f"320{number:03}") if number else codes


def _write_events(path: Path, copies: int, districts: int) -> int:
    source = pq.read_table(path)
    with pq.ParquetWriter(path, source.schema, compression="zstd") as out:
        for copy in range(copies):
            out.write_table(_copied(source, copy, districts).cast(source.schema))
    return copies * source.num_rows


def _write_areas(path: Path, districts: int) -> None:
    """The edition's areas once a district; the former districts are the first one's only."""
    source = pq.read_table(path)
    others = source.filter(pc.not_equal(pc.cast(source["level"], pa.string()), "former_district"))
    gone = pa.nulls(others.num_rows, source.schema.field("former_district").type)
    others = others.set_column(others.column_names.index("former_district"), "former_district", gone)
    copies = [_copied(others, number, districts).cast(source.schema) for number in range(1, districts)]
    pq.write_table(pa.concat_tables([source, *copies]), path)
