"""Which table is a sheet, where is its header, and which column is which: by name, synonym and remembered mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from data.contract import Table, load_contract
from data.imports.cells import simplified
from data.imports.coded import Sheet
from data.imports.privacy import found_in, masked
from data.imports.problems import FileRefused, Finding, quoted
from data.imports.rules import personal_headers, synonyms, withdrawal_headers
from data.wording import LANGUAGES, column_label, table_label

HEADER_ROWS = 25
"""How far down a header is looked for; titles and notes stand above it."""
ENOUGH = 0.5
NAMED = 0.3
"""What the name of a sheet or file adds to the likeness (0 to 1) of its columns."""
LIKELY = 75.0
Mapping_ = Mapping[str, str]


@dataclass(frozen=True)
class Recognised:
    """A sheet's table, the position of its header's last row, and the place of each column found.

    `withdrawn` is the place of the column whose ticks take records back, -1 where there is none.
    """

    table: Table
    header: int
    places: Mapping[str, int]
    labels: Sequence[str]
    findings: list[Finding] = field(default_factory=list)
    withdrawn: int = -1

    @property
    def usable(self) -> bool:
        """Whether every column that must be there is there."""
        return not any(finding.severity == "error" for finding in self.findings)


@cache
def lookup(table: str) -> dict[str, str]:
    """Every simplified header -> column of a table; what is the table's own word wins over a general synonym."""
    columns = load_contract().records[table].columns
    found: dict[str, str] = {}
    for name in columns:
        for label in synonyms(name):
            found.setdefault(simplified(label), name)
    own = {
        name: (name, column.zh, *(column_label(table, name, language) for language in LANGUAGES))
        for name, column in columns.items()
    }
    found |= {simplified(_bare(label)): name for name, labels in own.items() for label in labels}
    found |= {simplified(label): name for name, labels in own.items() for label in labels}
    return found


def _bare(label: str) -> str:
    """A header without its unit or remark in brackets."""
    return re.sub(r"[（(\[【].*?[）)\]】]", "", label) or label


@lru_cache(maxsize=4096)
def _forms(label: str) -> tuple[str, str]:
    """A header simplified, whole and without its unit or remark: asked of each table and each row anew."""
    return simplified(label), simplified(_bare(label))


def recognise(sheet: Sheet, table: str | None = None, remembered: Mapping[str, Mapping_] | None = None) -> Recognised:
    """Find table, header and columns of a sheet. `table` names it; `remembered`: table -> simplified header -> column.

    Raises FileRefused no_header, unknown_table or ambiguous_table. Missing columns are findings.
    """
    remembered = remembered or {}
    rows = [_texts(sheet.row(position)) for position in range(min(sheet.rows, HEADER_ROWS))]
    tables = [table] if table else list(load_contract().records)
    best: list[tuple[float, str, int, list[list[str]]]] = []
    for position in range(len(rows)):
        for cells in _readings(sheet, rows, position):
            for name in tables:
                score = _likeness(cells, name, remembered.get(name, {}))
                if score > 0:
                    best.append((score + (NAMED * _is_named(sheet, name)), name, position, cells))
    if not best:
        raise FileRefused("no_header", sheet.file, sheet=sheet.name, headers="、".join(_fullest(rows)))
    best.sort(key=lambda each: -each[0])
    score, name, position, cells = best[0]
    if score < ENOUGH:
        likely = "、".join(table_label(each, "zh") for each in dict.fromkeys(each[1] for each in best[:3]))
        raise FileRefused("unknown_table", sheet.file, sheet=sheet.name, likely=likely)
    rivals = [each[1] for each in best if each[0] >= score - 1e-9 and each[1] != name]
    if rivals:
        listed = "、".join(table_label(each, "zh") for each in dict.fromkeys([name, *rivals]))
        raise FileRefused("ambiguous_table", sheet.file, sheet=sheet.name, likely=listed)
    return _recognised(sheet, name, position, cells, remembered.get(name, {}))


def _texts(row: Sequence[Any]) -> list[str]:
    return ["" if value is None else str(value).strip() for value in row]


def _fullest(rows: list[list[str]]) -> list[str]:
    return list(quoted([cell for cell in max(rows, key=lambda row: sum(map(bool, row)), default=[]) if cell]))


def _readings(sheet: Sheet, rows: list[list[str]], position: int) -> list[list[list[str]]]:
    """A row as a header: each cell's possible texts, alone and below the (merged) cells of the row above."""
    own = rows[position]
    readings = [[[cell] for cell in own]]
    if position and any(rows[position - 1]):
        above = _spread(sheet, rows[position - 1], position - 1)
        above += [""] * (len(own) - len(above))
        readings.append([[f"{upper}{cell}", cell or upper] for upper, cell in zip(above, own, strict=False)])
    return readings


def _spread(sheet: Sheet, cells: list[str], position: int) -> list[str]:
    """A row with the text of each merged cell in all its columns; without merged cells, blanks take what is left."""
    spread = list(cells)
    across = [(a, b) for a, b in sheet.merged if a[0] <= position <= b[0]]
    for (_, left), (_, right) in across:
        for place in range(left, min(right + 1, len(spread))):
            spread[place] = spread[place] or cells[left]
    if not across:
        for place in range(1, len(spread)):
            spread[place] = spread[place] or spread[place - 1]
    return spread


def _match(cells: list[list[str]], table: str, remembered: Mapping_) -> dict[str, int]:
    """Column -> its place; the first of two equal headers counts."""
    known = lookup(table)
    found: dict[str, int] = {}
    for place, texts in enumerate(cells):
        for text in texts:
            for form in _forms(text):
                column = remembered.get(form) or known.get(form)
                if form and column and column not in found and place not in found.values():
                    found[column] = place
    return found


def _likeness(cells: list[list[str]], table: str, remembered: Mapping_) -> float:
    """From 0 to 1: the harmonic mean of columns found and headers understood."""
    withdraws = int(any(takes_back(text) for texts in cells for text in texts))
    headers = sum(1 for texts in cells if any(texts)) - withdraws
    columns, key = load_contract().records[table].columns, load_contract().records[table].key
    found = _match(cells, table, remembered)
    if len(found) + withdraws < min(2, len(columns)) or headers + withdraws < 2:
        return 0.0
    only_keys = withdraws and found.keys() <= set(key)  # a list of what is taken back needs no more
    needed = list(key) if only_keys else [name for name, column in columns.items() if not column.nullable]
    share = len(found.keys() & set(needed)) / len(needed)
    understood = len(found) / headers
    return 2 * share * understood / (share + understood) if share else 0.0


def takes_back(label: str) -> bool:
    """Whether a header is that of the column whose ticks take records back."""
    return bool(label) and _forms(label)[1] in _withdrawal_headers()


@cache
def _withdrawal_headers() -> frozenset[str]:
    return frozenset(simplified(each) for each in withdrawal_headers())


def _is_named(sheet: Sheet, table: str) -> bool:
    """Whether the sheet's or the file's name is the table's."""
    stem = sheet.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    names = {
        simplified(form)
        for label in (table, *(table_label(table, lang) for lang in LANGUAGES))
        for form in (label, _bare(label))
    }
    for text in (simplified(sheet.name), simplified(stem)):
        tail = re.sub(r"^(模板|\d+)|(模板|\d+)$", "", text)
        if text and (text in names or tail in names):
            return True
    return False


def _recognised(sheet: Sheet, name: str, position: int, cells: list[list[str]], remembered: Mapping_) -> Recognised:
    table = load_contract().records[name]
    places = _match(cells, name, remembered)
    labels = [next((text for text in texts if text), "") for texts in cells]
    while labels and not labels[-1]:
        labels.pop()
    left = {place: label for place, label in enumerate(labels) if label and place not in places.values()}
    withdrawn = next((place for place, label in left.items() if takes_back(label)), -1)
    left.pop(withdrawn, None)
    only_keys = withdrawn >= 0 and set(places) <= set(table.key)
    needed = set(table.key) if only_keys else {c for c, column in table.columns.items() if not column.nullable}
    missing = [c for c in table.columns if c not in places and c in needed]
    optional = [] if only_keys else [c for c in table.columns if c not in places and c not in needed]
    findings = [_missing(sheet, table, column, left) for column in missing]
    about = (sheet.file, sheet.name, name)
    if optional:
        findings.append(Finding("optional_missing", "note", *about, values={"columns_": {"columns": optional}}))
    personal = {place: label for place, label in left.items() if is_personal(label)}
    others = [label for place, label in left.items() if place not in personal]
    for place, label in personal.items():
        cells_there = int((sheet.columns[place].codes[position + 1 :] >= 0).sum())
        values = {"header": label, "cells": cells_there}
        findings.append(Finding("personal_column", "note", *about, place=place, values=values))
    if others:
        findings.append(Finding("column_ignored", "note", *about, shown=quoted(others)))
    for place in [place for place in left if place not in personal]:
        findings += _people_unread(sheet, table, place, position, left[place])
    return Recognised(table, position, places, labels, findings, withdrawn)


def _people_unread(sheet: Sheet, table: Table, place: int, header: int, label: str) -> list[Finding]:
    """A warning where a column that is not read holds numbers of people: they were seen, and are not kept."""
    coded = sheet.columns[place]
    known = np.array([bool(found_in(value)) for value in coded.values] + [False])
    hits = np.flatnonzero(known[coded.codes[header + 1 :]])
    if not len(hits):
        return []
    rows = tuple(int(row) for row in hits + header + 1 + sheet.first_row)
    shown = quoted([masked(coded.at(row - sheet.first_row)) for row in rows[:3]])
    values = {"header": label}
    return [Finding("people_unread", "warning", sheet.file, sheet.name, table.name, "", place, rows, shown, values)]


def is_personal(label: str) -> bool:
    """Whether a header announces something about a natural person."""
    return simplified(_bare(label)) in {simplified(each) for each in personal_headers()}


def _missing(sheet: Sheet, table: Table, column: str, left: Mapping[int, str]) -> Finding:
    """A missing column, with the header that looks most like it."""
    labels = {label: column_label(table.name, column, "zh") for label in left.values()}
    target = column_label(table.name, column, "zh")
    likely = process.extractOne(target, list(labels), scorer=fuzz.ratio, score_cutoff=LIKELY - 15) if labels else None
    kind = "missing_column_near" if likely else "missing_column"
    values = {"likely": likely[0], "name": column} if likely else {"name": column}
    return Finding(kind, "error", sheet.file, sheet.name, table.name, column, values=values)
