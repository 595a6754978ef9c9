"""How one area stands: every indicator against its parent, its siblings and the areas most like it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd

from data.indicators import LEVELS, Indicator
from pages.parts import data, undelivered
from queries.indicators import (
    Comparison,
    Direction,
    Numbers,
    Standing,
    compare,
    compare_period,
    peers,
    quotients,
    standing_of,
)
from queries.periods import Period

PEERS = 8
FEWEST = 4  # with fewer fellows a median and its deviation say nothing
TOLERANCE = 0.02  # against last year or a parent: a change of up to 2 % is "about the same"


@dataclass(frozen=True)
class Fellows:
    """Whom an area is compared with: its parent ("" for the district), those beside it, those most like it."""

    code: str
    level: str
    parent: str
    siblings: tuple[str, ...]
    peers: tuple[str, ...]

    @property
    def codes(self) -> list[str]:
        """All areas whose values are needed."""
        return sorted({self.code, *filter(None, [self.parent]), *self.siblings, *self.peers})


@dataclass(frozen=True)
class Entry:
    """One indicator of one area in one period; None where there is no data to say it from, or where it is withheld.

    `peers` compares with the areas alike, `versus` where they are too few: the parent, or last year.
    """

    indicator: Indicator
    value: float | None
    parent: float | None
    before: Comparison | None
    peers: Standing | None
    versus: Comparison | None
    place: Standing | None
    withheld: bool = False
    parts: tuple[float | None, float | None] = (None, None)
    """Numerator and denominator."""

    @property
    def judgement(self) -> str:
        """better, worse or neutral, as the chosen comparison says."""
        found = self.peers or self.versus
        return found.judgement if found else "neutral"

    @property
    def verdict(self) -> str:
        """higher, similar, lower, or "" where nothing can be compared."""
        found = self.peers or self.versus
        return found.verdict if found else ""

    @property
    def difference(self) -> float | None:
        """Ours less what it is compared with, in the indicator's unit."""
        found = self.peers or self.versus
        return found.difference if found else None


def fellows(code: str) -> Fellows:
    """Whom the area is compared with."""
    areas = data.areas()
    row = areas.loc[code]
    parent = row["parent"] if isinstance(row["parent"], str) else ""
    beside = areas[(areas["parent"] == parent) & (areas["level"] == row["level"])] if parent else areas.loc[[code]]
    alike = peers(areas.reset_index(drop=True), code, PEERS)
    return Fellows(code, str(row["level"]), parent, tuple(beside["code"]), tuple(alike) if len(alike) >= FEWEST else ())


def reaches(indicator: Indicator, level: str) -> bool:
    """Whether the indicator is known at this level: not finer than its finest one."""
    known = {"zone": "community", "former_district": "subdistrict"}.get(level, level)
    return LEVELS.index(known) <= LEVELS.index(indicator.finest)


def entries(indicators: Iterable[Indicator], around: Fellows, period: str) -> list[Entry]:
    """One entry an indicator that is known at the area's level, in the given order."""
    chosen = [indicator for indicator in indicators if reaches(indicator, around.level)]
    earlier = str(compare_period(Period.parse(period)))
    answer = _answer(chosen, around.codes, period)
    now, before = _table(chosen, around.codes, answer, period), value_table(chosen, [around.code], earlier)
    kept = _withheld(chosen, around.code, answer)
    own = answer[answer["code"] == around.code].set_index("measure")["value"]
    return [
        replace(
            _entry(each, around, now, before), withheld=each.id in kept,
            parts=(_known(own.get(each.numerator)), _known(own.get(each.denominator)) if each.denominator else None),
        )
        for each in chosen
    ]  # fmt: skip


def _withheld(indicators: Sequence[Indicator], code: str, answer: pd.DataFrame) -> set[str]:
    """Ids of the indicators that would tell of few people in this area."""
    kept = set(answer.loc[answer["withheld"] & (answer["code"] == code), "measure"])
    return {each.id for each in indicators if kept & set(each.measures)}


def value_table(indicators: Sequence[Indicator], codes: Sequence[str], period: str) -> pd.DataFrame:
    """One row per code, one column per indicator id."""
    return _table(indicators, codes, _answer(indicators, codes, period), period)


def withheld_table(indicators: Sequence[Indicator], codes: Sequence[str], period: str) -> pd.DataFrame:
    """As `value_table`: whether the value is not told since it would tell of few people."""
    answer = _answer(indicators, codes, period)
    kept = answer.pivot(index="code", columns="measure", values="withheld").reindex(index=list(codes))
    told = kept.reindex(columns=[m for each in indicators for m in each.measures]).eq(True)
    told = told.loc[:, ~told.columns.duplicated()]
    return pd.DataFrame({each.id: told[list(each.measures)].any(axis=1) for each in indicators}, index=kept.index)


def _answer(indicators: Sequence[Indicator], codes: Sequence[str], period: str) -> pd.DataFrame:
    return data.measure_values(sorted({m for each in indicators for m in each.measures}), codes, period)


def _table(indicators: Sequence[Indicator], codes: Sequence[str], answer: pd.DataFrame, period: str) -> pd.DataFrame:
    wide = answer.pivot(index="code", columns="measure", values="value").reindex(index=list(codes))
    parts = {str(measure): wide[measure].to_numpy(dtype="float64", na_value=np.nan) for measure in wide}
    found = pd.DataFrame({each.id: _ratio(parts, each, len(wide)) for each in indicators}, index=wide.index)
    for each, code in undelivered.partly(indicators, codes, period):  # of the offices that delivered both parts
        found.loc[code, each.id] = data.indicator_of(each, [code], period)["value"].get(code)
    return found


def _ratio(parts: Mapping[str, Numbers], indicator: Indicator, rows: int) -> Numbers:
    unknown = np.full(rows, np.nan)  # a measure that the data do not have
    below = parts.get(indicator.denominator, unknown) if indicator.denominator else None
    return quotients(parts.get(indicator.numerator, unknown), below, indicator.scale)


def _entry(indicator: Indicator, around: Fellows, now: pd.DataFrame, before: pd.DataFrame) -> Entry:
    column = now[indicator.id]
    ours = _known(column.get(around.code))
    parent = _known(column.get(around.parent)) if around.parent and indicator.denominator else None
    earlier = _known(before[indicator.id].get(around.code))
    direction = cast("Direction", indicator.direction)
    change = compare(ours, earlier, direction, abs(earlier or 0) * TOLERANCE)
    alike = _standing(column, [around.code, *around.peers], around.code, direction) if around.peers else None
    against = None if alike else compare(ours, parent, direction, abs(parent or 0) * TOLERANCE) if parent else change
    place = _standing(column, around.siblings, around.code, direction) if len(around.siblings) > 1 else None
    return Entry(indicator, ours, parent, change, alike, against, place)


def _standing(column: pd.Series[float], codes: Sequence[str], code: str, direction: Direction) -> Standing | None:
    everyone: Numbers = np.asarray(column.reindex(list(codes)), dtype=np.float64)
    found = standing_of(float(column.get(code, np.nan)), everyone, direction) if code in codes else None
    return found if found and found.of > 1 else None


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)
