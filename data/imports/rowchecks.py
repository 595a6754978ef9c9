"""The contract and its rules as a pandera schema: ranges, order of dates, parts and wholes, places in their area."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa

from data.contract import Column, Table, load_contract
from data.imports.convert import Typed
from data.imports.locations import NEEDED, check_locations
from data.imports.problems import quoted
from data.imports.rules import TIMES, pairs, rule_of

EARLIEST = pd.Timestamp(1900, 1, 1)
BOUND = {"order": "order", "at_most": "part_larger", "inside": "elsewhere"}
"""Rules about two columns -> the kind of finding."""
CODE_LENGTH = {"community": 12, "neighbourhood": 15}


def check_rows(typed: Typed, boundaries: gpd.GeoSeries | None = None, names: Mapping[str, str] | None = None) -> None:
    """Blame rows whose values are readable but cannot be right.

    `boundaries`: shapes by area code (EPSG:4490); `names`: names by area code.
    """
    frame = pa.table(typed.columns).to_pandas(date_as_object=False)
    for failure in failures(typed.table, frame):
        mask = np.zeros(len(frame), dtype=bool)
        mask[failure["rows"]] = True
        mask &= ~typed.bad
        column = failure["column"]
        shown = quoted(list(frame.loc[mask, column])) if column in frame else ()
        typed.blame(failure["kind"], "error", mask, column=column, shown=shown, values=failure["values"])
    if boundaries is not None and set(typed.table.columns) >= NEEDED:
        check_locations(typed, frame, boundaries, names)


def failures(table: Table, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """What pandera finds: kind, column, values for the words, and positions of the rows."""
    try:
        schema(table.name, date.today()).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.dropna(subset=["index"])
        found = []
        for check, group in cases.groupby("check", sort=False):
            kind, column, *rest = str(check).split("|")
            values: dict[str, Any] = dict(part.split("=", 1) for part in rest if "=" in part)
            if kind in ("order", "part_larger", "elsewhere"):
                values = {"other_": {"columns": [values["other"]]}}
            rows = np.unique(group["index"].to_numpy(dtype=np.int64))
            found.append({"kind": kind, "column": column, "values": values, "rows": rows})
        return found
    return []


@cache
def schema(name: str, today: date) -> pandera.DataFrameSchema:
    """The pandera schema of a table; the name of each check is finding|column|what fills its words."""
    table = load_contract().records[name]
    columns = {c.name: pandera.Column(nullable=True, checks=_checks(c, today)) for c in table.columns.values()}
    wide = [
        _wide(kind, first, second)
        for rule, kind in BOUND.items()
        for first, second in pairs(rule, table.name)
        if {first, second} <= set(table.columns)
    ]
    return pandera.DataFrameSchema(columns, checks=wide)


def _checks(column: Column, today: date) -> list[pandera.Check]:
    rule, checks = rule_of(column), []
    if rule.least is not None:
        checks.append(pandera.Check.ge(rule.least, error=f"too_small|{column.name}|least={rule.least:g}"))
    if rule.most is not None:
        checks.append(pandera.Check.le(rule.most, error=f"too_large|{column.name}|most={rule.most:g}"))
    if column.type in TIMES:
        checks.append(pandera.Check.ge(EARLIEST, error=f"no_such_day|{column.name}"))
        if not rule.future:
            end = pd.Timestamp(today) + pd.Timedelta(days=1)
            checks.append(pandera.Check.lt(end, error=f"future_date|{column.name}"))
    if column.type == "enum":
        checks.append(pandera.Check.isin(column.values, error=f"not_allowed|{column.name}"))
    return checks


def _wide(kind: str, first: str, second: str) -> pandera.Check:
    """A check of two columns of one row, fulfilled where either is empty."""

    def holds(frame: pd.DataFrame) -> pd.Series[bool]:
        one, other = frame[first], frame[second]
        both = one.notna() & other.notna()
        if kind == "elsewhere":
            inside = one.astype("str").str.slice(0, CODE_LENGTH.get(second, 12)) == other.astype("str")
            return inside | ~both
        return (one <= other) | ~both

    blamed, reason = (second, first) if kind == "order" else (first, second)
    return pandera.Check(holds, error=f"{kind}|{blamed}|other={reason}")
