"""Record tables to Parquet, typed by the contract; each file appears whole or not at all."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

CONTRACT = Path(__file__).parent / "contract.toml"
ARROW = {
    "string": pa.string(),
    "enum": pa.string(),
    "code": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "month": pa.date32(),
    "timestamp": pa.timestamp("ms"),
}


@cache
def record_tables() -> dict[str, dict[str, Any]]:
    """Return the contract's record tables by name: zh, grain, key, source, columns."""
    tables: dict[str, dict[str, Any]] = tomllib.loads(CONTRACT.read_text(encoding="utf-8"))["records"]
    return tables


def write_table(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write `frame` as `folder`/`name`.parquet (zstd) with the contract's columns, order and types.

    Raises KeyError when a column of the contract is missing, ValueError when one has nulls it must not have.
    """
    columns = record_tables()[name]["columns"]
    arrays = {column: _typed(frame[column], spec, name) for column, spec in columns.items()}
    partial = folder / f".{name}.parquet.partial"
    pq.write_table(pa.table(arrays), partial, compression="zstd", compression_level=3)
    os.replace(partial, folder / f"{name}.parquet")


def _typed(values: pd.Series[Any], spec: dict[str, Any], table: str) -> pa.Array:
    array = pa.array(values.to_numpy() if values.dtype.kind == "M" else values, from_pandas=True)
    array = array.cast(ARROW[spec["type"]])
    if array.null_count and not spec.get("null"):
        raise ValueError(
            f"{table}.{values.name} has {array.null_count} missing values; the contract allows none. Fill them."
        )
    return array
