"""A sheet as columns in which every distinct value stands once: it is read, judged and turned into a type once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CHUNK = 50_000
WHOLE_ROW = -1
Range = tuple[tuple[int, int], tuple[int, int]]
Row = Sequence[Any]


@dataclass
class Coded:
    """One column: `codes` point into `values`, -1 where the cell is empty."""

    codes: NDArray[np.int32]
    values: list[Any]

    def at(self, row: int) -> Any:
        """The value of a row, None where it is empty."""
        code = int(self.codes[row])
        return None if code < 0 else self.values[code]

    def taken(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Coded:
        """The column at some rows, with those values only that stand there."""
        codes = self.codes[rows]
        used = np.unique(codes[codes >= 0])
        renumbered = np.full(len(self.values) + 1, -1, dtype=np.int32)
        renumbered[used] = np.arange(len(used), dtype=np.int32)
        return Coded(renumbered[codes], [self.values[code] for code in used])


@dataclass
class Sheet:
    """A sheet as it stands in a file; its row numbers, as people see them, are `first_row` + position.

    `merged` holds the corners of merged cells, as positions of (row, column); `marks` what a scan of the file saw in
    single cells that their values no longer tell: (row number, column place) -> kind of finding, text; a place of
    WHOLE_ROW is said of the row.
    """

    file: str
    name: str
    columns: list[Coded]
    rows: int
    first_row: int = 1
    merged: list[Range] = field(default_factory=list)
    marks: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)

    def row(self, position: int) -> list[Any]:
        """The values of a row, None where a cell is empty."""
        return [column.at(position) for column in self.columns]


def sheet_of(file: str, name: str, rows: Iterable[Row], first_row: int = 1) -> Sheet:
    """Read all rows into columns; rows may differ in length."""
    encoders: list[_Encoder] = []
    count = 0
    for chunk in _chunks(rows):
        for place, cells in enumerate(zip_longest(*chunk)):
            if place == len(encoders):
                encoders.append(_Encoder(count))
            encoders[place].add(cells)
        count += len(chunk)
        for late in encoders:
            late.fill(count)
    return Sheet(file, name, [encoder.column() for encoder in encoders], count, first_row)


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


class _Encoder:
    """Numbers a column's distinct values, chunk by chunk."""

    def __init__(self, missed: int) -> None:
        self.parts: list[NDArray[np.int32]] = [np.full(missed, -1, dtype=np.int32)]
        self.length = missed
        self.known: dict[tuple[type, Any], int] = {}

    def add(self, cells: Sequence[Any]) -> None:
        array = np.empty(len(cells), dtype=object)
        array[:] = cells
        codes, distinct = pd.factorize(array)
        numbers = np.array([self._number(value) for value in distinct] + [-1], dtype=np.int32)
        self.parts.append(numbers[codes])
        self.length += len(cells)

    def fill(self, length: int) -> None:
        if self.length < length:
            self.parts.append(np.full(length - self.length, -1, dtype=np.int32))
            self.length = length

    def _number(self, value: Any) -> int:
        if isinstance(value, str) and not value.strip():
            return -1
        return self.known.setdefault((type(value), value), len(self.known))

    def column(self) -> Coded:
        return Coded(np.concatenate(self.parts), [value for _, value in self.known])
