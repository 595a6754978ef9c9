"""Delivered rows into a record table by key: what is new is added, what differs replaces, what is equal stays.

Every row carries where it came from: the load, the file, the sheet and the row of the sheet; demonstration rows carry
nothing. Rows are compared exactly, by numbering the distinct values of both sides together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contract import Table
from data.demo_store import ARROW

ORIGIN: Mapping[str, pa.DataType] = {"load": pa.string(), "file": pa.string(), "sheet": pa.string(), "row": pa.int64()}
AREA_COLUMNS = ("neighbourhood", "community", "payer", "area", "home_neighbourhood")


@dataclass(frozen=True)
class Merged:
    """A record table with its rows' origins (same order), and how many rows are new, changed and the same as before."""

    rows: pa.Table
    origin: pa.Table
    added: int
    changed: int
    same: int


def schema_of(table: Table) -> pa.Schema:
    """The Arrow schema of a record table."""
    return pa.schema([(column.name, ARROW[column.type]) for column in table.columns.values()])


def no_origin(rows: int) -> pa.Table:
    """Origins of rows that no load brought."""
    return pa.table({name: pa.nulls(rows, kind) for name, kind in ORIGIN.items()})


def fitted(rows: pa.Table, table: Table) -> pa.Table:
    """Rows with the contract's columns in its order and types; a column that may be empty is added where it lacks."""
    columns = {
        field.name: rows.column(field.name).cast(field.type) if field.name in rows.column_names
        else pa.chunked_array([pa.nulls(rows.num_rows, field.type)])
        for field in schema_of(table)
    }  # fmt: skip
    return pa.table(columns)


def merge(table: Table, current: pa.Table, origin: pa.Table, delivered: pa.Table, delivered_origin: pa.Table) -> Merged:
    """`current` with `delivered` put in by key; a key stands once in each. Rows come sorted by area, date and key."""
    at, known, same = matched(table, current, delivered)
    stays = np.ones(current.num_rows, dtype=bool)
    stays[at[known & ~same]] = False
    rows = pa.concat_tables([current.filter(pa.array(stays)), delivered.filter(pa.array(~same))])
    origins = pa.concat_tables([origin.filter(pa.array(stays)), delivered_origin.filter(pa.array(~same))])
    sequence = pc.sort_indices(rows, [(name, "ascending") for name in sorting(table)])
    counts = (int((~known).sum()), int((known & ~same).sum()), int(same.sum()))
    return Merged(rows.take(sequence), origins.take(sequence), *counts)


def matched(
    table: Table, current: pa.Table, delivered: pa.Table
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """For each delivered row: where in `current` its key stands, whether it does, and whether the rows are equal."""
    key_now, key_new = numbered(current, delivered, table.key)
    all_now, all_new = numbered(current, delivered, list(table.columns))
    order = np.argsort(key_now, kind="stable")
    at = np.searchsorted(key_now, key_new, sorter=order)
    at = order[np.minimum(at, max(len(order) - 1, 0))] if len(order) else np.zeros(len(key_new), dtype=np.int64)
    known = key_now[at] == key_new if len(order) else np.zeros(len(key_new), dtype=bool)
    return at, known, known & (all_now[at] == all_new) if len(order) else known


def without(current: pa.Table, origin: pa.Table, keys: pa.Table) -> tuple[pa.Table, pa.Table, int]:
    """`current` and its origins without the rows of these keys (any columns of the table), and how many went."""
    if not keys.num_rows:
        return current, origin, 0
    mine = current.select(keys.column_names)
    now, gone = numbered(mine, keys.cast(mine.schema), keys.column_names)
    stays = pa.array(~np.isin(now, gone))
    left = current.filter(stays)
    return left, origin.filter(stays), current.num_rows - left.num_rows


def sorting(table: Table) -> list[str]:
    """The columns by which a record table is sorted: its areas, its dates, its key."""
    areas = [name for name in AREA_COLUMNS if name in table.columns]
    return list(dict.fromkeys([*areas, *table.dates, *table.key]))


def numbered(one: pa.Table, other: pa.Table, columns: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A number for each row of both tables, equal where all `columns` are equal (empty equals empty)."""
    joined, size = np.zeros(one.num_rows + other.num_rows, dtype=np.int64), 1
    for name in columns:
        values = pa.chunked_array([*one.column(name).chunks, *other.column(name).chunks], one.schema.field(name).type)
        coded = pc.dictionary_encode(values.combine_chunks(), null_encoding="encode")
        kinds = max(len(coded.dictionary), 1)
        if size * kinds >= 2**62:
            found, joined = np.unique(joined, return_inverse=True)
            size = len(found)
        joined, size = joined * kinds + coded.indices.to_numpy(zero_copy_only=False), size * kinds
    return joined[: one.num_rows], joined[one.num_rows :]
