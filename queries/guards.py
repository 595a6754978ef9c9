"""What each query leaves out of its answer so that small counts stay untold; Database.frame applies it to every answer.

A guarded answer has one more column, `withheld` (bool): true where a number is missing because it is not told. With a
threshold of 1 nothing is withheld and no column added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from queries.withholding import AGES, ALL, COARSE, PROTECTED, RATED, SEXES, SURVEYED, Withholding, years_of

Frame = pd.DataFrame
Parameters = Mapping[str, Any]
EVERY_PAIR = 1_000_000
MONTH_PARTS = {
    "attendances_home": "home",
    "attendances_first_time": "first",
    "attendances_60_plus": "60+",
    "attendances_visiting": "visiting",
}


def _as_asked(parameters: Parameters) -> Parameters:
    return parameters


@dataclass(frozen=True)
class Guard:
    """`apply` takes what is withheld out of an answer; `ask` says which parameters the query is run with for that."""

    apply: Callable[[Withholding, Frame, Parameters], Frame]
    ask: Callable[[Parameters], Parameters] = _as_asked


# ── records ──


def _survey(known: Withholding, rows: Frame, _: Parameters) -> Frame:
    cells = known.cells("survey")
    keys = zip(rows["community"], rows["year"], rows["question"], rows["answer"], strict=True)
    return _without(rows, [key in cells for key in keys], "responses")


def _assessment(known: Withholding, rows: Frame, _: Parameters) -> Frame:
    cells = known.cells("assessment")
    keys = zip(rows["community"], rows["year"], rows["dimension"], strict=True)
    return _without(rows, [key in cells for key in keys], "raters", "score_sum", "score_squares")


def _without(rows: Frame, withheld: list[bool], *counts: str) -> Frame:
    flags = pd.Series(withheld, index=rows.index, dtype=bool)
    return rows.assign(**{c: _typed(rows[c]).mask(flags) for c in counts}, withheld=flags)


def _typed(counts: pd.Series[Any]) -> pd.Series[Any]:
    return counts.astype("Int64") if pd.api.types.is_integer_dtype(counts.dtype) else counts


# ── who attends ──


def _age_sex(known: Withholding, rows: Frame, asked: Parameters) -> Frame:
    """One row holds all whose age or sex was not recorded; a row is told where it is in each year of the period."""
    unrecorded = ~(rows["age_band"].isin(AGES) & rows["sex"].isin(SEXES))
    pooled = rows.assign(
        age_band=rows["age_band"].mask(unrecorded, "unknown"), sex=rows["sex"].mask(unrecorded, "unknown")
    )
    told = pooled.groupby(["age_band", "sex"], as_index=False, sort=True)[["attendances", "first_time"]].sum()
    cells, years = known.cells("person"), years_of(asked["start"], asked["end"])
    for column, part in (("attendances", ALL), ("first_time", "first")):
        groups = [
            "unknown" if age == "unknown" else f"{sex} {age}"
            for age, sex in zip(told["age_band"], told["sex"], strict=True)
        ]
        hidden = [any((asked["area"], year, group, part) in cells for year in years) for group in groups]
        told[column] = _typed(told[column]).mask(pd.Series(hidden, index=told.index, dtype=bool))
    return told.assign(withheld=told["attendances"].isna() | told["first_time"].isna())


def _all_pairs(parameters: Parameters) -> Parameters:
    return {**parameters, "limit": EVERY_PAIR}


def _flow(known: Withholding, rows: Frame, asked: Parameters) -> Frame:
    """Withheld pairs come last, in the order of their codes: a place among the others would tell their size."""
    hidden = _exchanged(known, zip(rows["host"], rows["home"], strict=True), asked)
    told = _without(rows, hidden, "attendances")
    ordered = told.sort_values(
        ["attendances", "host", "home"], ascending=[False, True, True], na_position="last", kind="stable"
    )
    return ordered.head(asked["limit"]).reset_index(drop=True)


def _exchange(known: Withholding, rows: Frame, asked: Parameters) -> Frame:
    """A row without host or home counts what is exchanged with everywhere outside the area."""
    away = f"~{asked['area']}"
    outside = [(h if isinstance(h, str) else away, c if isinstance(c, str) else away) for h, c in _pairs(rows)]
    return _without(rows, _exchanged(known, outside, asked), "attendances")


def _pairs(rows: Frame) -> Any:
    return zip(rows["host"], rows["home"], strict=True)


def _exchanged(known: Withholding, pairs: Any, asked: Parameters) -> list[bool]:
    years = [known.exchanged(year) for year in years_of(asked["start"], asked["end"])]
    return [any(pair in cells for cells in years) for pair in pairs]


# ── indicators ──


def _ratio(known: Withholding, rows: Frame, asked: Parameters) -> Frame:
    return _ratios(known, rows, asked, lambda _: (asked["start"], asked["end"]))


def _ratio_of_months(known: Withholding, rows: Frame, asked: Parameters) -> Frame:
    def month(row: Any) -> tuple[date, date]:
        first = pd.Timestamp(row.month)
        return first.date(), (first + pd.offsets.MonthEnd(0)).date()

    return _ratios(known, rows, asked, month)


def _ratio_of_years(known: Withholding, rows: Frame, asked: Parameters) -> Frame:
    return _ratios(known, rows, asked, lambda row: (date(row.year, 1, 1), date(row.year, 12, 31)))


def _ratios(known: Withholding, rows: Frame, asked: Parameters, period: Callable[[Any], tuple[date, date]]) -> Frame:
    """Numerator and denominator, both only where they are told; without its denominator a numerator is not told."""
    parts = {part: asked[part] for part in ("numerator", "denominator") if asked[part] in PROTECTED}
    if not parts:
        return rows.assign(withheld=False)
    hidden = {
        part: np.array(
            [is_withheld_measure(known, measure, str(row.code), *period(row)) for row in rows.itertuples()],
            dtype=np.bool_,
        )
        for part, measure in parts.items()
    }
    missing = rows["numerator"].isna().to_numpy()
    denominator = hidden.get("denominator", np.zeros(len(rows), dtype=np.bool_))
    either = hidden.get("numerator", np.zeros(len(rows), dtype=np.bool_)) | denominator
    return rows.assign(
        numerator=rows["numerator"].mask(either),
        denominator=rows["denominator"].mask(denominator),
        withheld=either & ~missing,
    )


def _measures(known: Withholding, rows: Frame, asked: Parameters) -> Frame:
    period = (asked["start"], asked["end"])
    hidden = [
        measure in PROTECTED and filled and is_withheld_measure(known, measure, code, *period)
        for measure, code, filled in zip(rows["measure"], rows["code"], rows["value"].notna(), strict=True)
    ]
    return _without(rows, hidden, "value")


def is_withheld_measure(known: Withholding, measure: str, area: str, start: date, end: date) -> bool:
    """Whether a protected measure of an area may not be told over a period."""
    if measure in SURVEYED or measure in RATED:
        table, cell = PROTECTED[measure]
        return (area, end.year, *cell) in known.cells(table)
    return _attended(known, measure, area, start, end)


def _attended(known: Withholding, measure: str, area: str, start: date, end: date) -> bool:
    """Parts of attendances: whole years by year; months only above communities, and where each month is told."""
    table, cell = PROTECTED[measure]
    if any((area, year, *cell) in known.cells(table) for year in years_of(start, end)):
        return True
    if (start.month, end.month) == (1, 12):
        return False
    if known.levels().get(area) not in COARSE:
        return True
    months = pd.period_range(start, end, freq="M").strftime("%Y-%m")
    return any((area, month, MONTH_PARTS[measure]) in known.cells("month") for month in months)


GUARDS: dict[str, Guard] = {
    "records_survey": Guard(_survey),
    "records_assessment": Guard(_assessment),
    "chart_attendance_age_sex": Guard(_age_sex),
    "chart_attendance_flow": Guard(_flow, _all_pairs),
    "events_exchange": Guard(_exchange),
    "indicator_by_area": Guard(_ratio),
    "indicator_by_code": Guard(_ratio),
    "indicator_series": Guard(_ratio_of_months),
    "indicator_years": Guard(_ratio_of_years),
    "measures_by_code": Guard(_measures),
}


def guarded(known: Withholding, query: str, ask: Callable[[Parameters], Frame], parameters: Parameters) -> Frame:
    """The answer of a query as it may be told; `ask` runs it with given parameters."""
    guard = GUARDS.get(query)
    if guard is None:
        return ask(parameters)
    if known.k <= 1:
        return ask(parameters)
    return guard.apply(known, ask(guard.ask(parameters)), parameters)
