"""rules.toml as typed values: names that offices use, what a value can be, and how rows hang together."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.contract import Column, Table

RULES = Path(__file__).with_name("rules.toml")
NUMBERS = ("int", "float")
TIMES = ("date", "month", "timestamp")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ColumnRule:
    """What a column's values can be beyond the contract."""

    least: float | None = None
    most: float | None = None
    future: bool = False
    free: bool = False
    level: str | None = None


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


def rule_of(column: Column) -> ColumnRule:
    """The rule of a column; a number that has none of its own is never negative."""
    said: Mapping[str, Any] = _rules()["columns"].get(column.name, {})
    free = column.type == "string" and bool(said.get("free"))
    least = said.get("least", 0 if column.type in NUMBERS else None)
    return ColumnRule(least, said.get("most"), bool(said.get("future")), free, said.get("level"))


def synonyms(column: str) -> list[str]:
    """Other names that offices give to a column."""
    return list(_rules()["headers"].get(column, ()))


def personal_headers() -> list[str]:
    """Names of columns that tell of a natural person."""
    return list(_rules()["personal"]["headers"])


def withdrawal_headers() -> list[str]:
    """Names of the column that takes records back, the one of templates first."""
    return list(_rules()["withdrawal"]["headers"])


def figure_tables() -> dict[str, list[str]]:
    """Published figure -> record tables it is counted from."""
    return dict(_rules()["published"])


def pairs(rule: str, table: str) -> Pairs:
    """Pairs of columns of a table bound by `order`, `at_most` or `inside`."""
    return tuple((first, second) for first, second in _rules()[rule].get(table, ()))


def period_column(table: Table) -> str | None:
    """The column that says which year a row belongs to, if the table has one."""
    if "year" in table.columns:
        return "year"
    found: str | None = _rules()["period"].get(table.name)
    return found


def amounts(table: Table) -> list[str]:
    """Columns that are added up: numbers outside of the key that are no shares, places or years."""
    left_out = {"year", "lon", "lat", "open_days_per_week", *table.key}
    return [c.name for c in table.columns.values() if c.type in NUMBERS and c.name not in left_out]
