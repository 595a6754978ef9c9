"""The data contract as typed tables, and the check of any frame or Parquet file against it.

DataError
├── ContractError    contract.toml itself says something that cannot be
└── TableBroken      a record table or an extract is not what the contract says
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

CONTRACT = Path(__file__).with_name("contract.toml")
TYPES = ("string", "int", "float", "bool", "date", "timestamp", "month", "code", "enum", "geometry")
TEXTS = ("string", "code", "enum")
SHOWN = 3
"""How many wrong values a sentence quotes."""


class DataError(Exception):
    """The root of everything this package says about data it cannot use."""


class ContractError(DataError):
    """Raised when contract.toml itself cannot be used."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"The data contract cannot be used: {where} {why}. Correct data/contract.toml.")


class TableBroken(DataError):
    """Raised when a table is missing, unreadable or not what the contract says; `table`, `problems`, `next_step`."""

    def __init__(self, table: Table, problems: list[str]) -> None:
        self.table = table.name
        self.problems = problems
        self.next_step = "Make the records again with `make data`, or correct them where they come from"
        if table.source:
            self.next_step += f" ({table.source})"
        super().__init__(f"The table {table.name} cannot be used: {'; '.join(problems)}. {self.next_step}.")


@dataclass(frozen=True)
class Column:
    """One column: type (one of TYPES), Chinese label, unit, may it be empty, allowed values, table referred to."""

    name: str
    type: str
    zh: str
    unit: str | None = None
    nullable: bool = False
    values: tuple[str, ...] = ()
    references: str | None = None


@dataclass(frozen=True)
class Table:
    """One table: what a row is (`grain`), its key, who delivers it (`source`, records only) and its columns by name."""

    name: str
    zh: str
    grain: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    source: str | None = None
    crs: str | None = None

    @property
    def dates(self) -> list[str]:
        """Names of the columns that hold a date, a month or a time, in the contract's order."""
        return [c.name for c in self.columns.values() if c.type in ("date", "month", "timestamp")]


@dataclass(frozen=True)
class Contract:
    """All record tables and all extracts by name; `carried` names the records that are extracts unchanged."""

    version: int
    licence: str
    records: Mapping[str, Table]
    extracts: Mapping[str, Table]
    carried: tuple[str, ...]

    def enums(self) -> Iterator[tuple[str, str]]:
        """Every (column name, allowed value) once, in the contract's order."""
        seen: set[tuple[str, str]] = set()
        for table in (*self.records.values(), *self.extracts.values()):
            for column in table.columns.values():
                new = [(column.name, value) for value in column.values if (column.name, value) not in seen]
                seen.update(new)
                yield from new


@cache
def load_contract(path: Path = CONTRACT) -> Contract:
    """Read the contract once a process. Raises ContractError when a table or column is not described rightly."""
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    records = {name: _table(name, body) for name, body in text["records"].items()}
    described = {name: body for name, body in text["extracts"].items() if name != "carried"}
    carried = tuple(text["extracts"]["carried"]["tables"])
    if unknown := [name for name in carried if name not in records]:
        raise ContractError("extracts.carried", f"names tables without records: {', '.join(unknown)}")
    extracts = {name: _table(name, body) for name, body in described.items()}
    extracts |= {name: records[name] for name in carried}
    return Contract(int(text["version"]), str(text["licence"]), records, extracts, carried)


def _table(name: str, body: Mapping[str, Any]) -> Table:
    columns = {key: _column(name, key, value) for key, value in body["columns"].items()}
    key = tuple(body["key"])
    if missing := [part for part in key if part not in columns]:
        raise ContractError(f"table {name}", f"has a key without a column: {', '.join(missing)}")
    return Table(name, body["zh"], body["grain"], key, columns, body.get("source"), body.get("crs"))


def _column(table: str, name: str, body: Mapping[str, Any]) -> Column:
    kind = body["type"]
    if kind not in TYPES:
        raise ContractError(f"column {table}.{name}", f"has the unknown type {kind}")
    values = tuple(body.get("values", ()))
    if (kind == "enum") != bool(values):
        raise ContractError(f"column {table}.{name}", "must list values if and only if it is an enum")
    return Column(name, kind, body["zh"], body.get("unit"), bool(body.get("null")), values, body.get("references"))


@dataclass(frozen=True)
class Keys:
    """Known keys by table name ("area": all area codes), for columns that refer to another table."""

    known: dict[str, pa.Array] = field(default_factory=dict)

    def of(self, table: str) -> pa.Array | None:
        """The key values of `table`, or None when they are not known (then the reference is not checked)."""
        return self.known.get(table)


def check_parquet(path: Path, table: Table, keys: Keys | None = None) -> None:
    """Raise TableBroken with every reason if a Parquet file is missing, unreadable or not what the contract says."""
    if not path.is_file():
        raise TableBroken(table, [f"the file {path.name} is missing"])
    texts = [c.name for c in table.columns.values() if c.type == "enum" or (c.name in table.key and c.type in TEXTS)]
    try:
        data = pq.read_table(path, read_dictionary=texts)
    except (pa.ArrowException, OSError) as error:
        raise TableBroken(table, [f"the file {path.name} is not readable Parquet ({type(error).__name__})"]) from error
    check_table(data, table, keys)


def check_frame(frame: pd.DataFrame, table: Table, keys: Keys | None = None) -> None:
    """Raise TableBroken with every reason if the frame is not what the contract says."""
    check_table(pa.Table.from_pandas(frame, preserve_index=False), table, keys)


def check_table(data: pa.Table, table: Table, keys: Keys | None = None) -> None:
    """Raise TableBroken with every reason if the Arrow table is not what the contract says.

    Checked: columns, types, nulls, allowed values, first days of months, references, and that the key is unique.
    """
    names = set(data.column_names)
    problems = [f"the column {name} is missing" for name in table.columns if name not in names]
    problems += [f"the column {name} is not in the contract" for name in data.column_names if name not in table.columns]
    for column in table.columns.values():
        if column.name in names:
            problems += _column_problems(data.column(column.name), column, keys or Keys())
    if not problems:
        problems = _key_problems(data, table)
    if problems:
        raise TableBroken(table, problems)


def _column_problems(values: pa.ChunkedArray, column: Column, keys: Keys) -> list[str]:
    problems = []
    if values.null_count and not column.nullable:
        problems.append(f"the column {column.name} is empty in {values.null_count:,} rows")
    if not _fits(values.type, column.type):
        return [*problems, f"the column {column.name} holds {values.type} where the contract says {column.type}"]
    if column.type == "enum":
        problems += _unknown(values, pa.array(column.values), column, "values that the contract does not know")
    if column.type == "month":
        wrong = pc.sum(pc.not_equal(pc.day(values), 1)).as_py()
        problems += [f"the column {column.name} is not the first day of a month in {wrong:,} rows"] if wrong else []
    known = keys.of(column.references) if column.references else None
    if known is not None:
        problems += _unknown(values, known, column, f"values that {column.references} does not have")
    return problems


def _fits(found: pa.DataType, wanted: str) -> bool:
    if pa.types.is_dictionary(found):
        found = found.value_type
    if wanted in TEXTS:
        return bool(pa.types.is_string(found) or pa.types.is_large_string(found))
    fits = {
        "int": pa.types.is_integer,
        "float": pa.types.is_floating,
        "bool": pa.types.is_boolean,
        "date": pa.types.is_date,
        "month": pa.types.is_date,
        "timestamp": pa.types.is_timestamp,
        "geometry": pa.types.is_binary,
    }
    return bool(fits[wanted](found) or (wanted == "geometry" and pa.types.is_large_binary(found)))


def _unknown(values: pa.ChunkedArray, allowed: pa.Array, column: Column, what: str) -> list[str]:
    distinct = pc.unique(values).drop_null().cast(pa.string())
    strange = distinct.filter(pc.invert(pc.is_in(distinct, value_set=allowed.cast(pa.string()))))
    if len(strange) == 0:
        return []
    shown = ", ".join(str(value) for value in strange[:SHOWN].to_pylist())
    return [f"the column {column.name} has {len(strange):,} {what} ({shown}{', …' if len(strange) > SHOWN else ''})"]


def _key_problems(data: pa.Table, table: Table) -> list[str]:
    doubles = data.num_rows - _distinct(data, list(table.key))
    return [f"{doubles:,} rows repeat the key {' × '.join(table.key)}"] if doubles else []


def _distinct(data: pa.Table, key: list[str]) -> int:
    """How many different keys there are: the columns' values numbered, and the numbers joined into one."""
    joined, size = np.zeros(data.num_rows, dtype=np.int64), 1
    for name in key:
        column = data.column(name).combine_chunks().dictionary_encode()
        values = max(len(column.dictionary), 1)
        if size * values >= 2**62:
            found, joined = np.unique(joined, return_inverse=True)
            size = len(found)
        joined, size = joined * values + column.indices.to_numpy(), size * values
    joined.sort()
    return min(1, len(joined)) + int(np.count_nonzero(np.diff(joined)))
