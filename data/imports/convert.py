"""From a recognised sheet to typed rows: totals, notes and examples are left out, every distinct cell is read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.contract import Column, Table
from data.demo_store import ARROW
from data.imports import privacy
from data.imports.cells import READERS, CellProblem, allowed, is_nothing, plain, read_bool, refuse_errors, simplified
from data.imports.coded import WHOLE_ROW, Coded, Sheet
from data.imports.dates import read_date, read_month, read_timestamp
from data.imports.headers import Recognised
from data.imports.places import Places
from data.imports.problems import Finding, quoted
from data.imports.rules import NUMBERS, rule_of

People = Literal["refuse", "drop"]
Reader = Callable[[object, Column], Any]
TIMES: dict[str, Reader] = {"date": read_date, "month": read_month, "timestamp": read_timestamp}
TOTAL = re.compile(r"^([合总小共累]\s*计|总数|total|subtotal|sum)[:：]?$|^[合总小共]计", re.IGNORECASE)
REMARK = re.compile(r"^(注\d?[:：]|备注[:：]|说明[:：]|填表|制表|填报|审核|单位负责人|报送|统计负责人|#|※|＊|\*注)")
EXAMPLE = re.compile(r"^(示例|例[:：]|样例|example)", re.IGNORECASE)
FIRST_COLUMNS = 3
CLOSE = 0.5
IDENTITIES = ("identity_number", "mobile_number", "person_name")


@dataclass
class Typed:
    """A sheet's rows as the contract's columns; `rows` are their numbers in the sheet, `bad` those with an error.

    `withdrawn` are the rows that take a record back: only their key is read.
    """

    sheet: Sheet
    recognised: Recognised
    rows: NDArray[np.int64]
    columns: dict[str, pa.Array]
    bad: NDArray[np.bool_]
    findings: list[Finding] = field(default_factory=list)
    withdrawn: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def table(self) -> Table:
        """The contract's table."""
        return self.recognised.table

    @property
    def good(self) -> pa.Table:
        """The records of the rows without an error."""
        return pa.table(self.columns).filter(pa.array(~self.bad & ~self.withdrawn))

    @property
    def gone(self) -> pa.Table:
        """The keys of the records that rows without an error take back."""
        return pa.table(self.columns).select(list(self.table.key)).filter(pa.array(~self.bad & self.withdrawn))

    def blame(
        self, kind: str, severity: Literal["error", "warning", "note"], rows: NDArray[np.bool_], **more: Any
    ) -> None:
        """Add a finding on rows (a mask); errors make them bad."""
        if not rows.any():
            return
        column = more.pop("column", "")
        numbers = tuple(int(row) for row in self.rows[rows])
        about = (self.sheet.file, self.sheet.name, self.table.name)
        place = self.recognised.places.get(column, -1)
        self.findings.append(Finding(kind, severity, *about, column, place, numbers, **more))
        if severity == "error":
            self.bad |= rows


def convert(sheet: Sheet, recognised: Recognised, places: Places, people: People) -> Typed:
    """Type every row of a sheet below its header."""
    body = np.arange(recognised.header + 1, sheet.rows)
    kept, findings = _kept(sheet, recognised, body)
    rows = kept + sheet.first_row
    typed = Typed(sheet, recognised, rows, {}, np.zeros(len(kept), dtype=bool), [*recognised.findings, *findings])
    _read_withdrawn(typed, kept)
    _refuse_wide_rows(typed, kept)
    _refuse_marked_rows(typed)
    for column in recognised.table.columns.values():
        place = recognised.places.get(column.name)
        if place is None:
            typed.columns[column.name] = pa.nulls(len(kept), ARROW[column.type])
        else:
            coded = sheet.columns[place].taken(kept)
            if column.name not in recognised.table.key:
                coded.codes[typed.withdrawn] = -1
            _Reading(typed, column, places, people).run(coded, place)
    _find_swapped(typed, kept, places)
    _compare_totals(typed, sheet, body, kept)
    return typed


def _read_withdrawn(typed: Typed, kept: NDArray[np.int64]) -> None:
    """Which rows take a record back; what is neither yes nor no in that column is an error."""
    typed.withdrawn = np.zeros(len(kept), dtype=bool)
    place = typed.recognised.withdrawn
    if place < 0:
        return
    coded = typed.sheet.columns[place].taken(kept)
    ticks, strange = np.zeros(len(coded.values) + 1, dtype=bool), np.zeros(len(coded.values) + 1, dtype=bool)
    for code, value in enumerate(coded.values):
        try:
            ticks[code] = not is_nothing(value) and read_bool(value)
        except CellProblem:
            strange[code] = True
    typed.withdrawn = ticks[coded.codes]
    shown = quoted([coded.values[code] for code in np.flatnonzero(strange)])
    typed.blame("withdraw_unclear", "error", strange[coded.codes], shown=shown)


def _first_cells(columns: Sequence[Coded], rows: NDArray[np.int64]) -> list[tuple[Coded, NDArray[np.bool_]]]:
    """For each of the first columns, the rows whose first filled cell stands in it."""
    waiting, found = np.ones(len(rows), dtype=bool), []
    for coded in columns[:FIRST_COLUMNS]:
        filled = (coded.codes[rows] >= 0) & waiting
        found.append((coded, filled))
        waiting &= ~filled
    return found


def _matching(columns: Sequence[Coded], rows: NDArray[np.int64], pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    """Rows whose first filled cell says something."""
    found = np.zeros(len(rows), dtype=bool)
    for coded, first in _first_cells(columns, rows):
        hits = np.array([bool(pattern.search(plain(value))) for value in coded.values] + [False])
        found |= hits[coded.codes[rows]] & first
    return found


def _kept(sheet: Sheet, recognised: Recognised, body: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[Finding]]:
    """Positions of the rows that are records, and notes on those that are none."""
    filled = np.zeros(len(body), dtype=bool)
    for coded in sheet.columns:
        filled |= coded.codes[body] >= 0
    findings, left = [], body[filled]
    for kind, pattern in (("example_row", EXAMPLE), ("total_row", TOTAL), ("remark_row", REMARK)):
        hits = _matching(sheet.columns, left, pattern)
        if kind == "remark_row":
            hits &= _filled_cells(sheet, left) <= max(2, len(recognised.places) // 3)
        if hits.any():
            rows = tuple(int(row) for row in left[hits] + sheet.first_row)
            findings.append(Finding(kind, "note", sheet.file, sheet.name, recognised.table.name, rows=rows))
        left = left[~hits]
    return left, findings


def _filled_cells(sheet: Sheet, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    filled = np.zeros(len(rows), dtype=np.int64)
    for coded in sheet.columns:
        filled += coded.codes[rows] >= 0
    return filled


def _refuse_wide_rows(typed: Typed, kept: NDArray[np.int64]) -> None:
    """Rows with values right of the last header: a separator inside of a value has pushed them there."""
    beyond = np.zeros(len(kept), dtype=bool)
    for coded in typed.sheet.columns[len(typed.recognised.labels) :]:
        beyond |= coded.codes[kept] >= 0
    typed.blame("too_many_cells", "error", beyond)


def _refuse_marked_rows(typed: Typed) -> None:
    """Rows of which the reader of the file saw that they cannot be right."""
    kinds: dict[str, dict[int, str]] = defaultdict(dict)
    for (row, place), (kind, told) in typed.sheet.marks.items():
        if place == WHOLE_ROW:
            kinds[kind][row] = told
    for kind, rows in kinds.items():
        typed.blame(kind, "error", np.isin(typed.rows, list(rows)), shown=quoted(list(rows.values())))


class _Reading:
    """Reads one column: each distinct value once, its problems gathered by kind."""

    def __init__(self, typed: Typed, column: Column, places: Places, people: People) -> None:
        self.typed, self.column, self.places, self.people = typed, column, places, people
        self.free = rule_of(column).free
        self.apart = np.isin(typed.rows, [row for row, place in typed.sheet.marks if place == WHOLE_ROW])
        self.problems: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.about: dict[tuple[str, str], Mapping[str, object]] = {}

    def run(self, coded: Coded, place: int) -> None:
        """Type the column into `typed.columns` and blame what could not be read."""
        values = [self._read(code, value) for code, value in enumerate(coded.values)]
        empty = np.array([value is None for value in values] + [True])
        failed = np.zeros(len(values) + 1, dtype=bool)
        for key, codes in self.problems.items():
            self._blame(key, codes, coded, failed)
        marked = self._blame_marks(place)
        missing = empty[coded.codes] & ~failed[coded.codes] & ~marked & ~self.apart
        if self.column.name not in self.typed.table.key:
            missing &= ~self.typed.withdrawn
        if not self.column.nullable:
            self.typed.blame("empty_required", "error", missing, column=self.column.name)
        kind = ARROW[self.column.type]
        indices = pa.array(coded.codes, mask=coded.codes < 0)
        self.typed.columns[self.column.name] = pa.array(values, kind).take(indices)

    def _read(self, code: int, value: Any) -> Any:
        try:
            if is_nothing(value) and not self._means(value):
                return None
            refuse_errors(value)
            if self.column.type not in (*NUMBERS, *TIMES, "bool", "enum") and not isinstance(value, bool):
                value = self._without_people(code, value)
                if value is None:
                    return None
            return self._reader()(value, self.column)
        except CellProblem as problem:
            likely = str(problem.values.get("likely", ""))
            self.problems[problem.kind, likely].append(code)
            self.about[problem.kind, likely] = problem.values
            return None

    def _means(self, value: Any) -> bool:
        """Whether a word for nothing (无, none) is a value of this column."""
        if value is None or self.column.type not in ("bool", "enum"):
            return False
        return plain(value) == "无" if self.column.type == "bool" else simplified(value) in allowed(self.column)

    def _reader(self) -> Reader:
        if self.column.type == "code":
            return self.places.read
        if self.column.name.endswith("_id") or self.column.references:
            return READERS["code"]
        return TIMES.get(self.column.type) or READERS[self.column.type]

    def _without_people(self, code: int, value: Any) -> Any:
        """The value, if nobody's identity is in it; dropped or refused otherwise."""
        kinds = privacy.found_in(value, free=self.free)
        if not kinds:
            return value
        self.problems[kinds[0], ""].append(code)
        self.about[kinds[0], ""] = {}
        if self.people == "refuse" or not (self.free or self.column.nullable):
            return None
        return None if self.column.nullable else privacy.masked(value, free=self.free)

    def _blame(self, key: tuple[str, str], codes: list[int], coded: Coded, failed: NDArray[np.bool_]) -> None:
        kind, _ = key
        hit = np.zeros(len(failed), dtype=bool)
        hit[codes] = True
        personal = kind in IDENTITIES
        dropped = personal and self.people == "drop" and (self.free or self.column.nullable)
        if not dropped:
            failed |= hit
        shown = quoted([privacy.masked(coded.values[code]) for code in codes])
        self.typed.blame(
            f"{kind}_dropped" if dropped else kind,
            "warning" if dropped else "error",
            hit[coded.codes],
            column=self.column.name,
            shown=shown,
            values=dict(self.about[key]),
        )

    def _blame_marks(self, place: int) -> NDArray[np.bool_]:
        """What the scan of the file saw in single cells: failed and uncomputed formulas."""
        marked = np.zeros(len(self.typed.rows), dtype=bool)
        if not self.typed.sheet.marks:
            return marked
        kinds: dict[str, list[int]] = defaultdict(list)
        for position, row in enumerate(self.typed.rows):
            if (mark := self.typed.sheet.marks.get((int(row), place))) is not None:
                kinds[mark[0]].append(position)
        for kind, positions in kinds.items():
            hit = np.zeros(len(marked), dtype=bool)
            hit[positions] = True
            shown = quoted([self.typed.sheet.marks[int(self.typed.rows[p]), place][1] for p in positions])
            self.typed.blame(kind, "error", hit, column=self.column.name, shown=shown)
            marked |= hit
        return marked


def _find_swapped(typed: Typed, kept: NDArray[np.int64], places: Places) -> None:
    """Say of two columns in which most cells failed that they are exchanged, if each fits the other."""
    failing = [c for c in typed.table.columns.values() if _share_failed(typed, c.name, len(kept)) > CLOSE]
    found = typed.recognised.places
    for position, first in enumerate(failing):
        for second in failing[position + 1 :]:
            one, other = (typed.sheet.columns[found[c.name]].taken(kept) for c in (first, second))
            if _fits(one, second, places) > CLOSE and _fits(other, first, places) > CLOSE:
                everything = np.ones(len(kept), dtype=bool)
                values = {"columns_": {"columns": [first.name, second.name]}}
                typed.blame("swapped_columns", "error", everything, column=first.name, values=values)


def _share_failed(typed: Typed, column: str, rows: int) -> float:
    failed = {row for f in typed.findings if f.column == column and f.severity == "error" for row in f.rows}
    return len(failed) / rows if rows else 0.0


def _fits(coded: Coded, column: Column, places: Places) -> float:
    """The share of a sample of values that can be read as another column."""
    sample, read = coded.values[:200], 0
    reader = places.read if column.type == "code" else TIMES.get(column.type) or READERS[column.type]
    for value in sample:
        try:
            reader(value, column)
        except CellProblem:
            continue
        read += 1
    return read / len(sample) if sample and column.type != "string" else 0.0


def _compare_totals(typed: Typed, sheet: Sheet, body: NDArray[np.int64], kept: NDArray[np.int64]) -> None:
    """Hold a total row at the bottom against the sum of the rows above it."""
    totals = [row for f in typed.findings if f.kind == "total_row" for row in f.rows]
    if len(totals) != 1:
        return
    position = totals[0] - sheet.first_row
    for column in typed.table.columns.values():
        place = typed.recognised.places.get(column.name)
        if column.type not in NUMBERS or place is None or column.name in typed.table.key or not len(kept):
            continue
        try:
            said = READERS["float"](sheet.columns[place].at(position), column)
        except CellProblem:
            continue
        summed = float(np.nansum(np.array(typed.columns[column.name].to_pylist(), dtype=float)))
        if abs(said - summed) > CLOSE:
            values = {"said": said, "summed": summed}
            about = (sheet.file, sheet.name, typed.table.name, column.name, place, (totals[0],))
            typed.findings.append(Finding("total_mismatch", "warning", *about, values=values))
