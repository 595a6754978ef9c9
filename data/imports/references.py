"""Rows that name other records: these must be on record, or come with the same delivery and be taken of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from data.contract import Column, load_contract
from data.imports.cells import simplified
from data.imports.convert import Typed
from data.imports.problems import quoted

LIKELY = 80.0
Untaken = Callable[[], set[str]]


@dataclass
class OnRecord:
    """The record tables as they stand."""

    tables: Mapping[str, pa.Table] = field(default_factory=dict)

    def of(self, name: str) -> pa.Table | None:
        """A table, or None where nothing of it is on record."""
        return self.tables.get(name)


@dataclass(frozen=True)
class _Named:
    """What a delivery brings of a table that others name: sheets of files that are taken, and of those that are not."""

    taken: list[Typed]
    refused: list[Typed]


def check_references(sheets: list[Typed], record: OnRecord, untaken: Untaken) -> None:
    """Blame rows that name what is neither on record nor taken of this delivery.

    A row that is wrong may hold back its file, and so wrong more rows elsewhere: all is looked at again until nothing
    is left to blame. `untaken`: the files of which nothing is taken as things stand.
    """
    _settle(sheets, record, untaken)
    for typed, column in _referring(sheets):
        _check_taken_back(typed, column, _named(sheets, column, untaken()).taken)
    _settle(sheets, record, untaken)


def _settle(sheets: list[Typed], record: OnRecord, untaken: Untaken) -> None:
    before = None
    while before != (before := _standing(sheets, untaken)):
        blocked = untaken()
        for typed, column in _referring(sheets):
            _check_reference(typed, column, _named(sheets, column, blocked), record)


def _standing(sheets: list[Typed], untaken: Untaken) -> tuple[int, frozenset[str]]:
    return sum(int(typed.bad.sum()) for typed in sheets), frozenset(untaken())


def _referring(sheets: list[Typed]) -> Iterable[tuple[Typed, Column]]:
    for typed in sheets:
        for column in typed.table.columns.values():
            if column.references and column.references != "area":
                yield typed, column


def _named(sheets: list[Typed], column: Column, blocked: set[str]) -> _Named:
    own = [typed for typed in sheets if typed.table.name == column.references]
    return _Named(
        [typed for typed in own if typed.sheet.file not in blocked],
        [typed for typed in own if typed.sheet.file in blocked],
    )


def _check_reference(typed: Typed, column: Column, named: _Named, record: OnRecord) -> None:
    """Values that name no record on record or in this delivery; a unique name of a record stands for its code."""
    wanted = column.references or ""
    known, names = _known(wanted, named.taken, record)
    values = typed.columns[column.name]
    strange = pc.unique(values.filter(pc.invert(pc.is_in(values, value_set=known))).drop_null())
    if not len(strange):
        return
    by_name = {value: names[simplified(value)] for value in strange.to_pylist() if simplified(value) in names}
    if by_name:
        typed.columns[column.name] = pa.array([by_name.get(value, value) for value in values.to_pylist()], pa.string())
    left = [value for value in strange.to_pylist() if value not in by_name]
    left = _blame_left_out(typed, column, named, left)
    if left:
        likely = process.extractOne(left[0], known.to_pylist(), scorer=fuzz.ratio, score_cutoff=LIKELY)
        values_ = {"wanted_": {"tables": [wanted]}, "likely": f"（{likely[0]}？）" if likely else ""}
        typed.blame(
            "unknown_reference", "error", _hit(typed, column, left), column=column.name, shown=quoted(left),
            values=values_,
        )  # fmt: skip


def _blame_left_out(typed: Typed, column: Column, named: _Named, values: list[str]) -> list[str]:
    """Blame rows whose record came with the delivery but is not taken of it; return the values nobody delivered."""
    key = load_contract().records[column.references or ""].key[0]
    for other in (*named.refused, *named.taken):
        delivered = set(other.columns[key].to_pylist())
        own = [value for value in values if value in delivered]
        hit = _hit(typed, column, own)
        if hit.any():
            about = {"wanted_": {"tables": [column.references]}, "other_file": other.sheet.file}
            kind = "reference_refused" if other in named.refused else "reference_wrong"
            shown = quoted(typed.columns[column.name].filter(pa.array(hit)).unique().to_pylist())
            typed.blame(kind, "error", hit, column=column.name, shown=shown, values=about)
        values = [value for value in values if value not in delivered]
    return values


def _hit(typed: Typed, column: Column, values: list[str]) -> NDArray[np.bool_]:
    """The rows, not blamed yet, that name one of these values."""
    named = pc.fill_null(pc.is_in(typed.columns[column.name], value_set=pa.array(values, pa.string())), False)
    found: NDArray[np.bool_] = named.to_numpy(zero_copy_only=False) & ~typed.bad
    return found


def _check_taken_back(typed: Typed, column: Column, delivered: Iterable[Typed]) -> None:
    """Blame rows that are to be kept and name a record that this very delivery takes back."""
    gone = [typed.gone.column(0) for typed in delivered if typed.gone.num_rows]
    if not gone:
        return
    leaving = pa.chunked_array([chunk for ids in gone for chunk in ids.chunks], pa.string())
    mask = _hit(typed, column, pc.unique(leaving).to_pylist()) & ~typed.withdrawn
    shown = quoted(typed.columns[column.name].filter(pa.array(mask)).unique().to_pylist())
    values = {"wanted_": {"tables": [column.references]}}
    typed.blame("reference_taken_back", "error", mask, column=column.name, shown=shown, values=values)


def _known(wanted: str, delivered: Iterable[Typed], record: OnRecord) -> tuple[pa.Array, dict[str, str]]:
    """All codes of a table, and code by simplified name where the name is borne once."""
    tables = [typed.good for typed in delivered]
    if (stored := record.of(wanted)) is not None:
        tables.append(stored)
    if not tables:
        return pa.array([], pa.string()), {}
    key = load_contract().records[wanted].key[0]
    codes = pc.unique(pa.chunked_array([chunk for t in tables for chunk in t.column(key).chunks], pa.string()))
    names: dict[str, str] = {}
    twice: set[str] = set()
    if all("name" in table.column_names for table in tables):
        for table in tables:
            for code, name in zip(table.column(key).to_pylist(), table.column("name").to_pylist(), strict=True):
                form = simplified(name)
                twice |= {form} if names.get(form, code) != code else set()
                names[form] = code
    return codes, {form: code for form, code in names.items() if form not in twice}
