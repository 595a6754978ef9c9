"""What a delivery would change: rows that are new, corrected or as before, and what is corrected with old and new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.aggregates import HEAVY
from data.contract import Table, load_contract
from data.imports import versions
from data.imports.convert import Typed
from data.imports.merge import fitted, matched, numbered
from data.imports.problems import quoted
from data.manifest import current_records, version_dir

LISTED = 200
"""Corrections that are kept and shown of a delivery."""
FORMER = 10
"""How many former states of a table are looked through for rows that would return to one."""


@dataclass(frozen=True)
class Correction:
    """One value that would be replaced: whose (key), which column, the value on record and the one delivered."""

    table: str
    key: str
    column: str
    old: str | None
    new: str | None
    file: str
    sheet: str
    row: int


@dataclass(frozen=True)
class Changes:
    """Rows by table (added, changed, same) if the delivery came into force now, and the first corrections."""

    counts: dict[str, tuple[int, int, int]]
    corrections: tuple[Correction, ...] = ()


def changes(root: Path, taken: list[Typed]) -> Changes:
    """Hold the rows to be taken against the records in force; warn of those that would return to a former state."""
    counts: dict[str, tuple[int, int, int]] = {}
    listed: list[Correction] = []
    for name in dict.fromkeys(typed.table.name for typed in taken):
        table = load_contract().records[name]
        current = versions.read_table(root, current_records(root), table)
        for typed in (each for each in taken if each.table.name == name and each.good.num_rows):
            new = fitted(typed.good, table)
            at, known, same = matched(table, current, new)
            corrected = known & ~same
            added, changed, equal = counts.get(name, (0, 0, 0))
            counts[name] = (
                added + int((~known).sum()), changed + int(corrected.sum()), equal + int(same.sum())
            )  # fmt: skip
            places = np.flatnonzero(corrected)
            if len(places):
                old = current.take(pa.array(at[places]))
                listed += _corrections(typed, places[:LISTED], old, new.take(pa.array(places)))
                _warn_of_return(root, typed, places, new)
    return Changes(counts, tuple(listed[:LISTED]))


def _corrections(typed: Typed, places: NDArray[np.int64], old: pa.Table, new: pa.Table) -> Iterator[Correction]:
    """The columns of corrected rows that differ, row by row."""
    rows = typed.rows[~typed.bad & ~typed.withdrawn][places]
    about = (typed.sheet.file, typed.sheet.name)
    for row, before, after in zip(
        rows, old.slice(0, LISTED).to_pylist(), new.slice(0, LISTED).to_pylist(), strict=True
    ):
        key = " ".join(str(after[name]) for name in typed.table.key)
        for column, value in after.items():
            if value != before[column]:
                yield Correction(typed.table.name, key, column, _said(before[column]), _said(value), *about, int(row))


def _said(value: Any) -> str | None:
    return None if value is None else str(value).removesuffix(" 00:00:00")


def _warn_of_return(root: Path, typed: Typed, places: NDArray[np.int64], new: pa.Table) -> None:
    """Warn of corrected rows that stood so before some load replaced them; an older file is the likely reason."""
    if typed.table.name == HEAVY:
        return  # its former states are too large to look through while somebody waits
    delivered = new.take(pa.array(places))
    returns = np.zeros(len(places), dtype=bool)
    for former in _former(root, typed.table):
        one, other = numbered(former, delivered, list(typed.table.columns))
        returns |= np.isin(other, one)
    if not returns.any():
        return
    mask = np.zeros(len(typed.bad), dtype=bool)
    mask[np.flatnonzero(~typed.bad & ~typed.withdrawn)[places[returns]]] = True
    key = typed.table.key[0]
    shown = quoted(delivered.column(key).filter(pa.array(returns)).to_pylist())
    typed.blame("returns_former", "warning", mask, column=key, shown=shown)


def _former(root: Path, table: Table) -> Iterator[pa.Table]:
    """Former states of a table, the newest first, each once: versions share the files that did not change."""
    seen: set[tuple[int, int]] = set()
    for version in versions.chain(root):
        path = version_dir(root, version) / f"{table.name}.parquet"
        if not path.is_file():
            continue
        stands = path.stat()
        if (stands.st_dev, stands.st_ino) not in seen:
            if seen:
                yield fitted(pq.read_table(path), table)
            seen.add((stands.st_dev, stands.st_ino))
        if len(seen) > FORMER:
            return
