"""Records that a delivery takes back: they must be on record, and what hangs on them goes with them or forbids it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contract import load_contract
from data.imports.convert import Typed
from data.imports.merge import numbered
from data.imports.problems import quoted


def children(name: str) -> list[tuple[str, str]]:
    """(table, column) of rows that exist only with a record of the table `name`: the column is part of their key."""
    return [each for each in referring(name) if each[1] in load_contract().records[each[0]].key]


def referring(name: str) -> list[tuple[str, str]]:
    """(table, column) of everything that names a record of the table `name`."""
    return [
        (table.name, column.name)
        for table in load_contract().records.values()
        for column in table.columns.values()
        if column.references == name
    ]


def taken_back(keys: Mapping[str, pa.Table]) -> dict[str, list[pa.Table]]:
    """Table -> keys (of some of its columns) of the rows that go when the records of `keys` are taken back."""
    found: dict[str, list[pa.Table]] = {}
    for name, own in keys.items():
        found.setdefault(name, []).append(own)
        for child, column in children(name):
            found.setdefault(child, []).append(own.rename_columns([column]))
    return found


def check_withdrawn(typed: Typed, record: Mapping[str, pa.Table]) -> None:
    """Blame rows that take back what is not on record, or what others still name; say what goes with the rest.

    `record`: the record tables as they stand.
    """
    wanted = typed.withdrawn & ~typed.bad
    if not wanted.any():
        return
    key = list(typed.table.key)
    mine = pa.table({name: typed.columns[name] for name in key})
    stored = record.get(typed.table.name)
    known = np.zeros(len(wanted), dtype=bool)
    if stored is not None:
        mine = mine.cast(stored.select(key).schema)
        one, other = numbered(mine, stored.select(key), key)
        known = np.isin(one, other)
    shown = quoted([" ".join(map(str, row.values())) for row in mine.filter(pa.array(wanted & ~known)).to_pylist()[:3]])
    typed.blame("withdraw_unknown", "error", wanted & ~known, column=key[0], shown=shown)
    ids = mine.column(key[0])
    belonging = set(children(typed.table.name))
    for table, column in referring(typed.table.name):
        rows = record.get(table)
        if rows is None:
            continue
        named = pc.is_in(ids, value_set=pc.unique(rows.column(column))).to_numpy() & wanted & known
        hanging = int(pc.sum(pc.is_in(rows.column(column), value_set=_chosen(ids, named))).as_py() or 0)
        values = {"others_": {"tables": [table]}, "rows": hanging}
        if (table, column) in belonging:
            typed.blame("withdraw_with", "warning", named, column=key[0], values=values)
        else:
            typed.blame("withdraw_named", "error", named, column=key[0], values=values)
    typed.blame("withdraw", "warning", typed.withdrawn & ~typed.bad, column=key[0])


def _chosen(ids: pa.ChunkedArray, rows: NDArray[np.bool_]) -> pa.Array:
    return ids.filter(pa.array(rows)).combine_chunks()
