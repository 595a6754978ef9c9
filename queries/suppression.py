"""Keeps small counts untold: which cells of a table of counts must be withheld, and an auditor that attacks the rest.

The rule. A cell is small when 0 < count < k (a threshold rule; Hundepool et al., Statistical Disclosure Control, 2012,
section 4.2; Statistical Policy Working Paper 22, FCSM 2005, chapter 4). Small cells are withheld (primary suppression),
and further cells with them (secondary suppression), until whoever knows every published cell, every sum and this rule
is left with an interval [low, high] for each small cell such that

    high ≥ k            he can't even tell that the count is small, and
    high − low ≥ k      he doesn't know it better than to within k.

These are the protection levels of Fischetti & Salazar (Management Science 47, 2001), one sliding level of k. The
interval is the least and the greatest value over all tables of numbers that agree with what is published: two linear
programs a cell. Zeros are shown, so a withheld count is known to be at least 1. What is small and what is withheld for
its sake must look the same to the reader: neither word nor mark may tell them apart.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

SMALL = 10
VARIABLE = "LINLI_SMALL_COUNT"
STATUSES = ("shown", "zero", "suppressed", "complementary")
WITHHELD = frozenset({"suppressed", "complementary"})

Sums = Sequence[tuple[str, Sequence[str]]]  # (whole, its parts); a label may be a whole in several ways
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Status = Literal["shown", "zero", "suppressed", "complementary"]


def threshold() -> int:
    """The count from which on counts are told: LINLI_SMALL_COUNT, or 10; 1 withholds nothing.

    Text that is no whole number from 1 on counts as not set: a slip must not lay people open.
    """
    given = os.environ.get(VARIABLE, "").strip()
    return int(given) if given.isdecimal() and int(given) >= 1 else SMALL


@dataclass(frozen=True)
class Recoverable:
    """A small cell an attacker can narrow down: its labels, its count, and the interval he is left with."""

    cell: tuple[Hashable, ...]
    count: int
    low: float
    high: float


@dataclass(frozen=True)
class _Table:
    """A table as arrays: counts, and each sum as (place of the whole, places of its parts)."""

    counts: Numbers
    told: Flags
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    of_cell: tuple[tuple[int, ...], ...]  # for each cell the sums it takes part in


def protect(
    frame: pd.DataFrame,
    count: str,
    within: Mapping[str, Sums],
    total: Mapping[str, str] | None = None,
    k: int = SMALL,
    *,
    unpublished: Flags | None = None,
    told: Flags | None = None,
    also: Iterable[tuple[int, Sequence[int]]] = (),
) -> pd.DataFrame:
    """The frame with a column `status`: shown, zero, suppressed (small) or complementary (withheld to protect those).

    Grain: one row per cell, that is per combination of the labels in the columns of `within` and `total`; wholes are
    rows like their parts. `within` says for each column which labels are sums of which (nested areas and overlays
    alike); `total` is short for a column whose one label is the sum of all others. A combination without a row counts
    as zero, a sum none of whose parts has a row as not published. `unpublished` marks rows that no page ever shows,
    `told` rows that are known anyhow and can't be withheld, `also` names further sums by the places of their rows.
    """
    table = _table(frame, count, _sums(frame, within, total), told, also)
    small = (table.counts > 0) & (table.counts < k) & ~table.told
    never = np.zeros(len(frame), dtype=bool) if unpublished is None else unpublished & (table.counts > 0)
    hidden = _protected(table, small, never, k)
    status = np.where(
        table.counts == 0, "zero", np.where(small, "suppressed", np.where(hidden, "complementary", "shown"))
    )
    return frame.assign(status=status)


def audit(
    frame: pd.DataFrame,
    count: str,
    within: Mapping[str, Sums],
    total: Mapping[str, str] | None = None,
    k: int = SMALL,
    *,
    told: Flags | None = None,
    also: Iterable[tuple[int, Sequence[int]]] = (),
) -> list[Recoverable]:
    """The small cells that the published ones give away, after `protect` or any other way of setting `status`.

    Each withheld cell is bounded by linear programs over all tables that agree with the published cells. A small cell
    that is itself shown is given away too.
    """
    table = _table(frame, count, _sums(frame, within, total), told, also)
    hidden = frame["status"].isin(WITHHELD).to_numpy()
    columns = [*within, *(total or {})] or [column for column in frame.columns if column not in {count, "status"}]
    keys = list(frame[columns].itertuples(index=False, name=None))
    small = [int(place) for place in np.flatnonzero((table.counts > 0) & (table.counts < k) & ~table.told)]
    bounds = {place: (float(table.counts[place]),) * 2 for place in small if not hidden[place]}
    for part in _parts(table, hidden, small):
        bounds |= {place: (part.extreme(place, least=True), part.extreme(place)) for place in part.wanted}
    return [
        Recoverable(keys[place], int(table.counts[place]), *bounds[place])
        for place in small
        if bounds[place][1] < k - 1e-6 or bounds[place][1] - bounds[place][0] < k - 1e-6
    ]


def is_withheld(status: pd.Series[Any]) -> pd.Series[bool]:
    """Which rows may not be told, by their status."""
    return status.isin(WITHHELD)


# ── the table as equations ──


def _sums(frame: pd.DataFrame, within: Mapping[str, Sums], total: Mapping[str, str] | None) -> dict[str, Sums]:
    whole = {
        column: [(label, [other for other in frame[column].unique() if other != label])]
        for column, label in (total or {}).items()
    }
    return {**within, **whole}


def _table(
    frame: pd.DataFrame,
    count: str,
    sums: Mapping[str, Sums],
    told: Flags | None,
    also: Iterable[tuple[int, Sequence[int]]],
) -> _Table:
    columns = list(sums)
    keys = list(frame[columns].itertuples(index=False, name=None))
    found: list[tuple[int, tuple[int, ...]]] = [(whole, tuple(parts)) for whole, parts in also]
    for place, column in enumerate(columns):
        lines: dict[tuple[Hashable, ...], dict[Hashable, int]] = defaultdict(dict)
        for row, key in enumerate(keys):
            lines[key[:place] + key[place + 1 :]][key[place]] = row
        for line in lines.values():
            for whole, parts in sums[column]:
                if whole in line and (present := tuple(line[part] for part in parts if part in line)):
                    found.append((line[whole], present))
    of_cell: list[list[int]] = [[] for _ in keys]
    for number, (whole_row, part_rows) in enumerate(found):
        for row in (whole_row, *part_rows):
            of_cell[row].append(number)
    known = np.zeros(len(frame), dtype=bool) if told is None else told
    return _Table(frame[count].to_numpy("float64"), known, tuple(found), tuple(tuple(each) for each in of_cell))


# ── withholding ──


class _Withheld:
    """The cells withheld so far, and how many of them each sum has."""

    def __init__(self, table: _Table, start: Flags) -> None:
        self.table = table
        self.hidden = np.zeros(len(start), dtype=bool)
        self.of_sum = [0] * len(table.sums)
        for place in np.flatnonzero(start):
            self.hide(int(place))

    def hide(self, place: int) -> tuple[int, ...]:
        """Withhold a cell; returns the sums it takes part in."""
        self.hidden[place] = True
        for number in self.table.of_cell[place]:
            self.of_sum[number] += 1
        return self.table.of_cell[place]

    def hide_one(self, number: int) -> tuple[int, ...]:
        """Withhold the cheapest shown part of a sum, its whole only where no part is left; returns its sums."""
        whole, parts = self.table.sums[number]
        for candidates in (parts, (whole,)):
            free = [place for place in candidates if self._free(place)]
            if free:
                return self.hide(min(free, key=self._cost))
        return ()

    def no_single(self, start: Iterable[int], small: Flags, harmless: Flags, k: int) -> None:
        """Withhold more in each sum with one withheld cell, or too little to raise a small one by k, and so on."""
        waiting = list(start)
        while waiting:
            number = waiting.pop()
            if self.of_sum[number] and self._tight(number, small, harmless, k):
                touched = self.hide_one(number)
                waiting.extend([*touched, number] if touched else ())

    def _tight(self, number: int, small: Flags, harmless: Flags, k: int) -> bool:
        inside = self._withheld_of(number)
        if len(inside) == 1:
            return not bool(harmless[inside[0]])
        if self.hidden[self.table.sums[number][0]] or not small[inside].any():
            return False
        least = min(self.table.counts[place] for place in inside if small[place])
        return bool(sum(float(self.table.counts[place]) - 1 for place in inside) - (least - 1) < k)

    def widen(self, place: int) -> tuple[int, ...]:
        """Withhold one more cell in the tightest sum of a cell, or else in the nearest sum that still has one.

        Sums lead from withheld cell to withheld cell; where all of them are withheld, nothing bounds the cell. Where
        some cells are told anyhow, that end can't be reached, and only the cell's own sums are tried.
        """

        def room(number: int) -> float:
            return float(sum(self.table.counts[other] for other in self._withheld_of(number) if other != place))

        near, seen = [place], {place}
        for cell in near:  # grows while it is walked: the nearest first
            for number in sorted(self.table.of_cell[cell], key=room):
                if touched := self.hide_one(number):
                    return touched
                beyond = [] if self.table.told.any() else [o for o in self._withheld_of(number) if o not in seen]
                seen.update(beyond)
                near.extend(beyond)
        return ()

    def _withheld_of(self, number: int) -> list[int]:
        whole, parts = self.table.sums[number]
        return [place for place in (whole, *parts) if self.hidden[place]]

    def _free(self, place: int) -> bool:
        return bool(self.table.counts[place] > 0 and not self.hidden[place] and not self.table.told[place])

    def _cost(self, place: int) -> tuple[int, float, int]:
        """In how many sums it would stand alone, then how much is lost with it."""
        alone = sum(self.of_sum[number] == 0 for number in self.table.of_cell[place])
        return alone, float(self.table.counts[place]), place


def _protected(table: _Table, small: Flags, never: Flags, k: int) -> Flags:
    """Withhold until no sum has a single withheld cell, and every small cell can stand k higher than it does."""
    withheld = _Withheld(table, small | never)
    harmless = never & ~small
    withheld.no_single(range(len(table.sums)), small, harmless, k)
    weak = np.flatnonzero(small).tolist()
    while weak := _weak(table, withheld.hidden, weak, k):  # whom one more protects stays protected by the next
        added = {number for place in weak for number in withheld.widen(place)}
        if not added:  # everything around these is withheld already
            break
        withheld.no_single(added, small, harmless, k)
    return withheld.hidden


# ── attacking ──


@dataclass(frozen=True)
class _Part:
    """A set of withheld cells that sums tie together, and the equations an attacker has for them."""

    places: npt.NDArray[np.int64]
    wanted: tuple[int, ...]
    equations: csr_matrix
    right: Numbers

    def solve(self, weights: Numbers, bounds: Any) -> Any:
        equations = self.equations if self.equations.shape[0] else None
        right = self.right if self.equations.shape[0] else None
        return linprog(weights, A_eq=equations, b_eq=right, bounds=bounds, method="highs")

    def extreme(self, place: int, *, least: bool = False) -> float:
        """The least or greatest value of a cell; infinite where nothing bounds it."""
        weights = np.where(self.places == place, 1.0 if least else -1.0, 0.0)
        answer = self.solve(weights, (1, None))
        if answer.fun is None:  # unbounded: the counts themselves show that the equations have a solution
            return float("inf")
        return float(answer.fun if least else -answer.fun)

    def reached(self, aims: Mapping[int, float]) -> set[int]:
        """Those of the cells that one table agreeing with the published cells brings to their aims at once.

        Maximises the sum of min(cell, aim); what is not reached here may still be reached alone.
        """
        cells, at = len(self.places), {int(place): number for number, place in enumerate(self.places)}
        aimed = list(aims)
        index = np.arange(len(aimed))
        less = coo_matrix(
            (
                np.concatenate([np.ones(len(aimed)), -np.ones(len(aimed))]),
                (np.tile(index, 2), np.concatenate([cells + index, [at[place] for place in aimed]]).astype(int)),
            ),
            shape=(len(aimed), cells + len(aimed)),
        )
        answer = linprog(
            np.concatenate([np.zeros(cells), -np.ones(len(aimed))]),
            A_ub=less.tocsr(),
            b_ub=np.zeros(len(aimed)),
            A_eq=_widened(self.equations, len(aimed)) if self.equations.shape[0] else None,
            b_eq=self.right if self.equations.shape[0] else None,
            bounds=[(1, None)] * cells + [(0, aims[place]) for place in aimed],
            method="highs",
        )
        if answer.x is None:
            return set()
        return {place for place in aimed if answer.x[at[place]] >= aims[place] - 1e-6}


def _widened(matrix: csr_matrix, columns: int) -> csr_matrix:
    found = matrix.tocoo()
    return coo_matrix((found.data, (found.row, found.col)), (matrix.shape[0], matrix.shape[1] + columns)).tocsr()


def _weak(table: _Table, hidden: Flags, small: Collection[int], k: int) -> list[int]:
    """The small cells that can't stand k higher in any table that agrees with the published cells."""
    weak: list[int] = []
    for part in _parts(table, hidden, small):
        aims = {place: table.counts[place] + k for place in part.wanted}
        while len(aims) > 1 and (reached := part.reached(aims)):
            aims = {place: aim for place, aim in aims.items() if place not in reached}
        weak += [place for place, aim in aims.items() if part.extreme(place) < aim - 1e-6]
    return weak


def _parts(table: _Table, hidden: Flags, wanted: Collection[int]) -> list[_Part]:
    """The withheld cells in sets that no equation ties to each other, those without a wanted cell left out."""
    places = np.flatnonzero(hidden)
    at = {int(place): number for number, place in enumerate(places)}
    rows: list[int] = []
    cols: list[int] = []
    signs: list[float] = []
    right: list[float] = []
    for whole, parts in table.sums:
        members = [(whole, -1.0), *((part, 1.0) for part in parts)]
        unknown = [(at[place], sign) for place, sign in members if hidden[place]]
        if unknown:
            rows += [len(right)] * len(unknown)
            cols += [place for place, _ in unknown]
            signs += [sign for _, sign in unknown]
            right.append(-sum(sign * table.counts[place] for place, sign in members if not hidden[place]))
    equations = coo_matrix((signs, (rows, cols)), shape=(len(right), len(places))).tocsr()
    return _split(places, equations, np.asarray(right), {int(place) for place in wanted})


def _split(places: npt.NDArray[np.int64], equations: csr_matrix, right: Numbers, wanted: set[int]) -> list[_Part]:
    count, label = connected_components(equations.T @ equations, directed=False) if len(places) else (0, np.array([]))
    row_label = label[equations.indices[equations.indptr[:-1]]] if len(right) else np.array([])
    found = []
    for number in range(count):
        inside = np.flatnonzero(label == number)
        mine = tuple(int(place) for place in places[inside] if int(place) in wanted)
        if mine:
            lines = np.flatnonzero(row_label == number)
            found.append(_Part(places[inside], mine, equations[lines][:, inside], right[lines]))
    return found
