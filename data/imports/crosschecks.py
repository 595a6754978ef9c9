"""Rows held against each other: keys in one file, in all files and on record, and jumps of totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data.contract import Table
from data.imports.convert import Typed
from data.imports.merge import no_origin, without
from data.imports.problems import Finding, quoted
from data.imports.references import OnRecord, check_references
from data.imports.rules import amounts, period_column
from data.imports.withdrawals import check_withdrawn

GREATEST_JUMP = 2.0
"""A year whose total is more than twice, or less than half, of the year before is worth a look."""
WORTH_COMPARING = 50
AREA_COLUMNS = ("neighbourhood", "home_neighbourhood", "community", "payer", "area")
SUBDISTRICT = 9


def check_across(
    sheets: list[Typed], record: OnRecord, names: Mapping[str, str], untaken: Callable[[], set[str]]
) -> list[Finding]:
    """Blame rows of `sheets` that contradict each other or the record; return findings on whole tables (jumps).

    `names` tells the name of each area, `untaken` the files of which nothing is taken as things stand.
    """
    for typed in sheets:
        _check_keys(typed)
    by_table: dict[str, list[Typed]] = {}
    for typed in sheets:
        by_table.setdefault(typed.table.name, []).append(typed)
    for same in by_table.values():
        _check_keys_across(same)
    for typed in sheets:
        check_withdrawn(typed, record.tables)
    check_references(sheets, record, untaken)
    for same in by_table.values():
        _leave_out_equal(same, untaken())
    return [finding for same in by_table.values() for finding in _jumps(same, record, names)]


def _key_frame(typed: Typed) -> pd.DataFrame:
    keys = pa.table({name: typed.columns[name] for name in typed.table.key})
    frame: pd.DataFrame = keys.to_pandas(date_as_object=False)
    return frame


def _check_keys(typed: Typed) -> None:
    """Of equal rows one is kept; rows of one key that differ are both wrong until somebody says which counts."""
    frame = _key_frame(typed)
    twice = frame.duplicated(keep=False).to_numpy() & ~typed.bad
    if not twice.any():
        return
    whole = pa.table(typed.columns).to_pandas(date_as_object=False)
    same = whole.duplicated(keep="first").to_numpy() & twice
    alike = ~whole.duplicated(keep=False).to_numpy() & twice
    shown = quoted([" ".join(map(str, row)) for row in frame[twice].head(3).itertuples(index=False)])
    values = {"key_": {"columns": list(typed.table.key)}}
    typed.blame("same_row", "note", same & ~alike, values=values, shown=shown)
    different = frame.duplicated(keep=False).to_numpy() & twice & ~_all_alike(frame, whole, twice)
    typed.blame("duplicate_key", "error", different, column=typed.table.key[0], values=values, shown=shown)
    typed.bad |= same


def _all_alike(frame: pd.DataFrame, whole: pd.DataFrame, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows whose key has one content only."""
    distinct = whole[rows].drop_duplicates()
    times = distinct.groupby(list(frame.columns), dropna=False).size()
    keys = pd.MultiIndex.from_frame(frame) if frame.shape[1] > 1 else pd.Index(frame.iloc[:, 0])
    return np.asarray(keys.map(times.to_dict()).to_numpy(dtype=float, na_value=0) == 1)


def _check_keys_across(same: list[Typed]) -> None:
    """Later sheets that repeat a key of an earlier one and say something else of it are wrong."""
    for position, later in enumerate(same):
        for earlier in same[:position]:
            repeated, equal = _repeated(later, earlier)
            values = {"other_file": earlier.sheet.file, "key_": {"columns": list(later.table.key)}}
            later.blame("differs_in_other_file", "error", repeated & ~equal, column=later.table.key[0], values=values)


def _leave_out_equal(same: list[Typed], untaken: set[str]) -> None:
    """Later sheets leave out what an earlier one says as well, if that one is taken."""
    for position, later in enumerate(same):
        for earlier in same[:position]:
            if earlier.sheet.file in untaken:
                continue
            equal = _repeated(later, earlier)[1]
            later.blame("same_in_other_file", "note", equal, values={"other_file": earlier.sheet.file})
            later.bad |= equal


def _repeated(later: Typed, earlier: Typed) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows of a sheet repeat a key of an earlier one, and which of these say the same."""
    mine, theirs = pa.table(later.columns), earlier.good
    repeated = _in(mine, theirs, list(later.table.key)) & ~later.bad
    if not repeated.any():
        return repeated, repeated
    return repeated, _in(mine, theirs, list(later.table.columns)) & repeated


def _in(rows: pa.Table, others: pa.Table, columns: list[str]) -> NDArray[np.bool_]:
    """Which rows agree with one of the others in these columns (empty equals empty)."""
    one, two = (table.select(columns).to_pandas(date_as_object=False) for table in (rows, others))
    left = pd.util.hash_pandas_object(one, index=False, categorize=True).to_numpy()
    right = pd.util.hash_pandas_object(two, index=False, categorize=True).to_numpy()
    return np.asarray(np.isin(left, right))


def _jumps(same: list[Typed], record: OnRecord, names: Mapping[str, str]) -> list[Finding]:
    """Years of a subdistrict whose rows or sums would be far from those of the year before with the delivery in force.

    Only years that the delivery has rows of are looked at, each with the rows that are already on record for it.
    """
    table = same[0].table
    period, area = period_column(table), next((name for name in AREA_COLUMNS if name in table.columns), None)
    if period is None or area is None:
        return []
    new = pa.concat_tables([typed.good for typed in same])
    stored = record.of(table.name)
    touched = _sums(new, table, period, area)
    whole = touched if stored is None else _sums(_together(same, new, stored), table, period, area)
    now = whole.loc[whole.index.isin(touched.index)]
    found = []
    for column in now.columns:
        if (worst := _worst(now, whole, column)) is not None:
            place, year, amount, last = worst
            found.append(_jump(same[0], column, names.get(place, place), year, amount, last))
    return found


def _together(same: list[Typed], new: pa.Table, stored: pa.Table) -> pa.Table:
    """A table on record with the delivered rows in place of those of the same key, and without those taken back."""
    names = [name for name in new.column_names if name in stored.column_names]
    new, left = new.select(names).cast(stored.select(names).schema), stored.select(names)
    for keys in [new.select(list(same[0].table.key)), *(typed.gone for typed in same)]:
        left = without(left, no_origin(left.num_rows), keys)[0]
    return pa.concat_tables([left, new])


def _sums(rows: pa.Table, table: Table, period: str, area: str) -> pd.DataFrame:
    """Rows and sums of a table by subdistrict and year."""
    frame = rows.select(list(dict.fromkeys([period, area, *amounts(table)]))).to_pandas(date_as_object=False)
    year = frame[period] if period == "year" else frame[period].dt.year
    place = frame[area].astype("str").str.slice(0, SUBDISTRICT)
    grouped = frame.assign(rows=1).groupby([place.rename("place"), year.rename("year")])
    sums: pd.DataFrame = grouped[["rows", *amounts(table)]].sum()
    return sums


def _worst(now: pd.DataFrame, before: pd.DataFrame, column: str) -> tuple[str, int, float, float] | None:
    """The greatest jump of a sum: subdistrict, year, its value and that of the year before."""
    last = before[list({column: 0, "rows": 0})].reset_index()
    last["year"] += 1
    both = now[list({column: 0, "rows": 0})].reset_index().merge(last, on=["place", "year"], suffixes=("", "_before"))
    both = both[both[["rows", "rows_before"]].max(axis=1) >= WORTH_COMPARING]
    if both.empty:
        return None
    one, other = (both[name].to_numpy(dtype=float).clip(0.5) for name in (column, f"{column}_before"))
    ratio = np.maximum(one / other, other / one)
    if ratio.max() <= GREATEST_JUMP:
        return None
    row = both.iloc[int(ratio.argmax())]
    return str(row["place"]), int(row["year"]), float(row[column]), float(row[f"{column}_before"])


def _jump(typed: Typed, column: str, place: str, year: int, now: float, last: float) -> Finding:
    kind, about = ("jump_rows", "") if column == "rows" else ("jump", column)
    values = {"place": place, "year": str(year), "now": now, "last": last}
    where = typed.recognised.places.get(about, -1)
    sheet = (typed.sheet.file, typed.sheet.name, typed.table.name)
    return Finding(kind, "warning", *sheet, about, where, values=values)
